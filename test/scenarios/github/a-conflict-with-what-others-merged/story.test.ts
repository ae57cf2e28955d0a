import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const ADMINS = `teams/${PRODUCTION}-admin.yaml`;
const MEMBERS = `teams/${PRODUCTION}-member.yaml`;
const BRANCH = 'hedy/carol-comes-and-bob-is-an-admin';

let office: Office;
afterEach(() => office.stop());

test('the same access was changed on both sides: blocked until the branch is rebased and says which is meant', async () => {
  await begin();
  const pull = await proposeAnAdmin();
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '2' } });
  await mergeTheLeaver();
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE bob']);

  const planned = await office.plan(pull);
  expect(planned).toMatchObject({ exit: 5, outputs: { verdict: 'blocked', exit_code: '5' } });
  expect(office.checks(await office.tip(BRANCH)).at(-1)).toMatchObject({ conclusion: 'failure' });
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');

  await rebase({ 'teams/night-shift.yaml': team(PRODUCTION, 'member', ['carol']) });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '1' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('rebased.md');

  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST carol member']);
});

test('the same lines were changed on both sides: there is no merged result, so there is no plan', async () => {
  await begin();
  const pull = await office.propose('hedy', 'Carol comes and Bob is an admin', { [MEMBERS]: team(PRODUCTION, 'member', ['bob', 'carol']) });
  await mergeTheLeaver();
  const planned = await office.plan(pull);
  expect(planned).toMatchObject({ exit: 5 });
  expect(office.checks(await office.tip(BRANCH)).at(-1)).toMatchObject({ conclusion: 'failure', title: 'Access plan: none could be made' });
  await expect(office.comment(pull)).toMatchFileSnapshot('same-lines.md');
});

test('merged although it was blocked: it approves nothing, is planned anew, and goes on after a fresh review', async () => {
  await begin();
  const pull = await proposeAnAdmin();
  await mergeTheLeaver();
  expect((await office.apply()).exit).toBe(0);
  office.writes();
  expect((await office.plan(pull)).exit).toBe(5);
  await office.approve(pull, 'grace');
  await office.merge(pull);

  const refused = await office.apply();
  expect(refused).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('refused.md');

  const tooEarly = await office.apply({ event: 'workflow_dispatch', flags: ['--pull', String(pull)] });
  expect(tooEarly).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);

  expect((await office.plan(pull, { event: 'workflow_dispatch' })).exit).toBe(0);
  await expect(office.comment(pull)).toMatchFileSnapshot('planned-anew.md');
  await office.approve(pull, 'grace');
  const applied = await office.apply({ event: 'workflow_dispatch', flags: ['--pull', String(pull)] });
  expect(applied).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST bob admin', 'POST carol member']);
  await expect(office.comment(pull)).toMatchFileSnapshot('result.md');
});

async function begin(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob', 'frank'] } }, ['carol']),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member', 'frank member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

function proposeAnAdmin(): Promise<number> {
  return office.propose('hedy', 'Carol comes and Bob is an admin', {
    [ADMINS]: team(PRODUCTION, 'admin', ['ada', 'grace', 'bob']),
    'teams/night-shift.yaml': team(PRODUCTION, 'member', ['carol']),
  });
}

/** Bob loses the grant that the other pull request builds on. */
async function mergeTheLeaver(): Promise<void> {
  const pull = await office.propose('ada', 'Bob leaves', { [MEMBERS]: team(PRODUCTION, 'member', ['frank']) });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'hedy');
  await office.merge(pull);
}

async function rebase(changes: Readonly<Record<string, string>>): Promise<void> {
  const files = Object.fromEntries(Object.entries(changes).map(([name, text]) => [`policies/${name}`, text]));
  const rebased = await office.people.commitFiles('hedy/rebased', files, 'Carol comes', 'hedy', { from: await office.tip() });
  await office.people.forcePush(BRANCH, rebased, 'hedy');
}
