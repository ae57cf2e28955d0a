import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

let office: Office;
afterEach(() => office.stop());

async function open(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

/** Proposed, planned, approved, merged; gives the commit on main. */
async function merged(title: string, changes: Readonly<Record<string, string | null>>): Promise<string> {
  const pull = await office.propose('ada', title, changes);
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  return office.merge(pull);
}

const joins = (person: string) => ({
  [`people/${person}.yaml`]: peopleFile([person]),
  [`teams/${person}.yaml`]: team(PRODUCTION, 'member', [person]),
});
const leaves = (person: string) => ({ [`people/${person}.yaml`]: null, [`teams/${person}.yaml`]: null });

test('a run of an old commit does what a run of the newest would, and never goes back', async () => {
  await open();
  const joined = await merged('Hedy joins', joins('hedy'));
  expect((await office.apply()).exit).toBe(0);
  await merged('Hedy leaves', leaves('hedy'));
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member', 'DELETE hedy']);

  expect((await office.apply({ sha: joined })).exit).toBe(0);
  expect((await office.apply({ sha: joined, event: 'workflow_dispatch' })).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin']);
});

test('main is thrown back to before what was applied: blocked, until somebody dispatches a run on its tip', async () => {
  await open();
  const start = await office.tip();
  const joined = await merged('Hedy joins', joins('hedy'));
  expect((await office.apply()).exit).toBe(0);
  office.writes();
  await office.people.forcePush('main', start, 'mallory');

  const gone = await office.apply({ sha: joined });
  expect(gone.exit).toBe(5);
  await expect(gone.stderr.replace(/[0-9a-f]{12}/, 'COMMIT')).toMatchFileSnapshot('head-gone.txt');
  const back = await office.apply();
  expect(back.exit).toBe(5);
  expect(back.summary).toContain('rollback');
  expect(office.writes()).toEqual([]);

  // Nobody has approved that Hedy leaves, so the dispatch lifts the block and withholds that.
  const dispatched = await office.apply({ event: 'workflow_dispatch' });
  expect(dispatched.exit).toBe(4);
  expect(office.writes()).toEqual([]);
  await expect(dispatched.summary).toMatchFileSnapshot('dispatched.md');

  const pull = await office.propose('ada', 'Take it in', { 'people/zoe.yaml': peopleFile(['zoe']) });
  expect((await office.plan(pull)).exit).toBe(0);
  await expect(office.comment(pull)).toMatchFileSnapshot('taken-in.md');
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE hedy']);
});

test('an old dispatch that is run again lifts no block: it was for another tip', async () => {
  await open();
  const old = await office.tip();
  await merged('Hedy joins', joins('hedy'));
  const between = await office.tip();
  expect((await office.apply()).exit).toBe(0);
  await merged('Ivy joins', joins('ivy'));
  expect((await office.apply()).exit).toBe(0);
  await office.people.forcePush('main', between, 'mallory');
  expect((await office.apply({ event: 'workflow_dispatch', sha: old })).exit).toBe(5);
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(4);
});
