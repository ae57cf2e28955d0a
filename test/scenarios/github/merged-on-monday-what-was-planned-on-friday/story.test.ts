import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const WEEKEND_HOURS = 66;

let office: Office;
afterEach(() => office.stop());

async function open(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob', 'hedy'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member', 'hedy member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  // The office begins on a Monday.
  office.hours(4 * 24);
}

/** Bob leaves and Hedy is raised: shown and approved on Friday. */
async function plannedOnFriday(): Promise<number> {
  const pull = await office.propose('ada', 'Bob leaves and Hedy is raised', {
    [`teams/${PRODUCTION}-member.yaml`]: null,
    [`teams/${PRODUCTION}-admin.yaml`]: team(PRODUCTION, 'admin', ['ada', 'grace', 'hedy']),
    'people/everybody.yaml': peopleFile(['ada', 'grace', 'hedy']),
  });
  await office.plan(pull);
  await office.approve(pull, 'grace');
  return pull;
}

test('what was planned on a fresh observation on Friday and merged on Monday is applied', async () => {
  await open();
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(0);
  const pull = await plannedOnFriday();
  office.hours(WEEKEND_HOURS);
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes().toSorted()).toEqual(['DELETE bob', 'PATCH hedy admin']);
  await expect(office.comment(pull)).toMatchFileSnapshot('merged.md');
});

test('what was planned on Friday on an observation of Monday approves nothing', async () => {
  await open();
  const pull = await plannedOnFriday();
  await expect(office.comment(pull)).toMatchFileSnapshot('stale.md');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(9);
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('stale-and-merged.md');
});

test('the account changed over the weekend: what differs is withheld and planned anew, and goes on once somebody has reviewed that', async () => {
  await open();
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(0);
  const pull = await plannedOnFriday();
  office.hours(WEEKEND_HOURS);
  await office.merge(pull);
  office.vendor.portal().setRole('bob@acme.example', 'admin');
  expect((await office.apply()).exit).toBe(4);
  expect(office.writes()).toEqual(['PATCH hedy admin']);
  await expect(office.comment(pull)).toMatchFileSnapshot('changed-over-the-weekend.md');

  // The schedule is alive: no check would pass otherwise.
  expect((await office.drift()).exit).toBe(4);
  expect(office.writes()).toEqual([]);
  expect((await office.plan(pull, { event: 'workflow_dispatch' })).exit).toBe(0);
  await expect(office.comment(pull)).toMatchFileSnapshot('planned-anew.md');
  await office.approve(pull, 'grace');
  expect((await office.apply({ event: 'workflow_dispatch', flags: ['--pull', String(pull)] })).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE bob']);
});
