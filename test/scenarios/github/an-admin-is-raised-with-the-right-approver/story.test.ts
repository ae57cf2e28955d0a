import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, team } from '../../support/company.ts';
import { createOffice, type Office, type OfficeOptions } from '../support/create-office.ts';

const ADMINS = `teams/${PRODUCTION}-admin.yaml`;

let office: Office;
let pull: number;
afterEach(() => office.stop());

test('somebody of security approved: the admin is raised, and the ledger keeps by whose word', async () => {
  await begin('"@acme/security"', { teams: { 'acme/security': ['hedy'] } });
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');
  await office.approve(pull, 'hedy');
  expect((await office.plan(pull)).exit).toBe(0);
  await expect(office.comment(pull)).toMatchFileSnapshot('approved.md');
  await office.merge(pull);

  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['PATCH bob admin']);
  await expect(office.comment(pull)).toMatchFileSnapshot('result.md');
  expect(await takenIn()).toEqual([{ pull: 1, head: await office.tip('ada/bob-is-an-admin'), by: ['hedy'] }]);
});

test('one approves as a person with write access, another as the named approver: both are recorded', async () => {
  await begin('"@hedy", "@acme/security"', { teams: { 'acme/security': [] } });
  await office.approve(pull, 'grace');
  await office.approve(pull, 'hedy');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['PATCH bob admin']);
  expect(await takenIn()).toMatchObject([{ pull: 1, by: ['grace', 'hedy'] }]);
});

test('a person named as the approver needs no team that could be read', async () => {
  await begin('"@acme/security", "@Hedy"', { teams: { 'acme/security': ['grace'] }, readsMembers: false });
  await office.approve(pull, 'hedy');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['PATCH bob admin']);
});

test('security approves only after the merge: the next run goes on with it', async () => {
  await begin('"@acme/security"', { teams: { 'acme/security': ['hedy'] } });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
  await office.approve(pull, 'hedy');
  expect(await office.apply({ event: 'workflow_dispatch' })).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['PATCH bob admin']);
});

async function begin(approvers: string, options: Pick<OfficeOptions, 'teams' | 'readsMembers'>): Promise<void> {
  const settings = `approvers: { admin: [${approvers}] }\n`;
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'], settings } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
    ...options,
  });
  expect((await office.begin()).exit).toBe(0);
  pull = await office.propose('ada', 'Bob is an admin', { [ADMINS]: team(PRODUCTION, 'admin', ['ada', 'grace', 'bob']) });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '1' } });
}

/** What the ledger says of the approvals that were taken in. */
async function takenIn(): Promise<unknown[]> {
  const records = (await office.ledger()).map((line) => JSON.parse(line) as Record<string, unknown>);
  return records.filter(({ kind }) => kind === 'taken').map(({ pull: number, head, by }) => ({ pull: number, head, by }));
}
