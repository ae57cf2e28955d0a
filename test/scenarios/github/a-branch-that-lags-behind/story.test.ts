import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const ADMINS = `teams/${PRODUCTION}-admin.yaml`;
const MEMBERS = `teams/${PRODUCTION}-member.yaml`;

let office: Office;
afterEach(() => office.stop());

test('others merged meanwhile: the branch that lags behind shows its own change alone, and undoes nothing of theirs', async () => {
  await begin();
  const old = await office.tip();
  await mergeWhatOthersDo();
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE bob', 'PATCH grace member', 'POST carol member']);

  const lagging = await office.propose('hedy', 'Dave joins', daveJoins(), old);
  expect(await office.plan(lagging)).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '1' } });
  await expect(office.comment(lagging)).toMatchFileSnapshot('comment.md');

  await office.approve(lagging, 'grace');
  await office.merge(lagging);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST dave member']);
  await expect(office.comment(lagging)).toMatchFileSnapshot('result.md');
  expect(office.live()).toEqual(['ada admin', 'carol member invited', 'dave member invited', 'erin admin', 'frank member', 'grace member']);
});

test('planned before the others merged and merged after them: what reviewers saw still stands, and nothing else is done', async () => {
  await begin();
  const lagging = await office.propose('hedy', 'Dave joins', daveJoins());
  expect((await office.plan(lagging)).exit).toBe(0);
  await office.approve(lagging, 'grace');
  await mergeWhatOthersDo();
  expect((await office.apply()).exit).toBe(0);
  office.writes();

  await office.merge(lagging);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST dave member']);
  await expect(office.comment(lagging)).toMatchFileSnapshot('result.md');
});

test('a guard that others made stricter meanwhile holds for the branch that lags behind', async () => {
  await begin();
  const old = await office.tip();
  await office.pushToMain('grace', { [`accounts/${PRODUCTION}.yaml`]: `${accountFile()}guards: { never_delete: [bob@acme.example] }\n` });
  expect((await office.apply()).exit).toBe(0);

  const lagging = await office.propose('hedy', 'Bob leaves', { [MEMBERS]: team(PRODUCTION, 'member', ['frank']) }, old);
  expect(await office.plan(lagging)).toMatchObject({ exit: 5, outputs: { verdict: 'blocked' } });
  await expect(office.comment(lagging)).toMatchFileSnapshot('guarded.md');
});

async function begin(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace', 'erin'], member: ['bob', 'frank'] } }, ['carol', 'dave']),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'erin admin', 'bob member', 'frank member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

/** Somebody joins, somebody leaves, somebody is lowered. */
async function mergeWhatOthersDo(): Promise<void> {
  const pull = await office.propose('ada', 'Carol for Bob', {
    [MEMBERS]: team(PRODUCTION, 'member', ['frank', 'carol', 'grace']),
    [ADMINS]: team(PRODUCTION, 'admin', ['ada', 'erin']),
    'people/everybody.yaml': peopleFile(['ada', 'grace', 'erin', 'frank', 'carol', 'dave']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'hedy');
  await office.merge(pull);
}

function daveJoins() {
  return { 'teams/night-shift.yaml': team(PRODUCTION, 'member', ['dave']) };
}

function accountFile(): string {
  return company({ [PRODUCTION]: {} })[`accounts/${PRODUCTION}.yaml`] ?? '';
}
