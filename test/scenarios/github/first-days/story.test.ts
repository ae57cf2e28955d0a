import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, SUPPORT, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const MEMBERS = `teams/${PRODUCTION}-member.yaml`;
const SMALL = company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }, ['carol']);

let office: Office;
afterEach(() => office.stop());

test('nothing was ever observed: the pull request is told what to run first, and after that first run it is planned', async () => {
  office = await createOffice({ policies: SMALL, live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] } });
  const pull = await office.propose('ada', 'Carol joins', { [MEMBERS]: team(PRODUCTION, 'member', ['bob', 'carol']) });
  expect(await office.plan(pull)).toMatchObject({ exit: 8, outputs: { changes: '0' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('never-observed.md');
  expect(office.checks(await office.tip('ada/carol-joins'))).toMatchObject([{ conclusion: 'failure' }]);

  expect(await office.begin()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual([]);
  expect(await office.tip('rollcall-state')).not.toBe('');
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  expect(office.comment(pull)).toContain('invite');
});

test('the account differs from policy on the first day: nobody approved that, so it waits for the first pull request that shows it', async () => {
  office = await createOffice({
    policies: SMALL,
    live: { [PRODUCTION]: ['ada admin', 'grace member', 'bob member', 'eve@elsewhere.example admin'] },
  });
  const first = await office.begin();
  expect(first).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);

  const pull = await office.propose('ada', 'Carol joins', { [MEMBERS]: team(PRODUCTION, 'member', ['bob', 'carol']) });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('waiting-from-before.md');
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST carol member', 'PATCH grace admin']);
  await expect(office.comment(pull)).toMatchFileSnapshot('taken-in.md');
  expect(office.live()).toContain('eve@elsewhere.example admin');
});

test('a pull request brings an account: it is observed once it is merged, and what differs there waits for the next pull request', async () => {
  office = await createOffice({
    policies: SMALL,
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'], [SUPPORT]: ['ada admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const support = company({ [SUPPORT]: { admin: ['ada'], member: ['carol'] } });
  const brings = await office.propose('ada', 'Telnyx support', {
    [`accounts/${SUPPORT}.yaml`]: support[`accounts/${SUPPORT}.yaml`] ?? '',
    [`teams/${SUPPORT}-admin.yaml`]: support[`teams/${SUPPORT}-admin.yaml`] ?? '',
    [`teams/${SUPPORT}-member.yaml`]: support[`teams/${SUPPORT}-member.yaml`] ?? '',
  });
  expect(await office.plan(brings)).toMatchObject({ exit: 0, outputs: { verdict: 'incomplete' } });
  expect(office.checks(await office.tip('ada/telnyx-support'))).toMatchObject([{ conclusion: 'neutral' }]);
  await expect(office.comment(brings)).toMatchFileSnapshot('new-account.md');
  await office.approve(brings, 'grace');
  await office.merge(brings);
  expect(await office.apply()).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(brings)).toMatchFileSnapshot('new-account-observed.md');

  const next = await office.propose('hedy', 'Take it in', { [MEMBERS]: `# Reviewed.\n${team(PRODUCTION, 'member', ['bob'])}` });
  expect(await office.plan(next)).toMatchObject({ exit: 0, outputs: { changes: '0' } });
  await expect(office.comment(next)).toMatchFileSnapshot('new-account-taken-in.md');
  await office.approve(next, 'grace');
  await office.merge(next);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['DELETE bob', 'POST carol member']);
});

test('a pull request takes an account out: nobody there is touched, and it says how many people nobody watches any more', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] }, [SUPPORT]: { admin: ['ada', 'grace'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'], [SUPPORT]: ['ada admin', 'grace admin'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Support moves elsewhere', {
    [`accounts/${SUPPORT}.yaml`]: null,
    [`teams/${SUPPORT}-admin.yaml`]: null,
  });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '0' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('account-leaves.md');
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual([]);
  expect(office.live(SUPPORT)).toEqual(['ada admin', 'grace admin']);
  await expect(office.comment(pull)).toMatchFileSnapshot('account-left.md');
  const released = (await office.ledger()).map((line) => JSON.parse(line) as { readonly kind: string; readonly account?: string });
  expect(released.filter(({ kind }) => kind === 'released')).toMatchObject([{ account: SUPPORT }]);
});
