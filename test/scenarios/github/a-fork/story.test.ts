import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office, readable } from '../support/create-office.ts';

let office: Office;
afterEach(() => office.stop());

/** Mallory, who may write nothing here, proposes from a fork that Hedy joins. */
async function proposed(settings = ''): Promise<number> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'], settings } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const fork = await office.people.fork('mallory');
  const files = { 'policies/people/hedy.yaml': peopleFile(['hedy']), 'policies/teams/hedy.yaml': team(PRODUCTION, 'member', ['hedy']) };
  await fork.commitFiles('hedy', files, 'Hedy joins', 'mallory');
  return office.people.openPull({ head: 'mallory:hedy', base: 'main', title: 'Hedy joins', author: 'mallory' });
}

test('a fork gets its plan in the job summary, and the scheduled run writes the comment', async () => {
  const pull = await proposed();
  const run = await office.plan(pull, { forkToken: true });
  expect(run).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '1', exit_code: '0' } });
  await expect(readable(run.summary, office.github.origin)).toMatchFileSnapshot('summary.md');
  await expect(run.stderr.replaceAll(office.github.origin, 'https://github.example')).toMatchFileSnapshot('read-only.txt');
  expect(office.comment(pull)).toBeNull();

  expect((await office.plan(pull, { event: 'schedule' })).exit).toBe(0);
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
});

test('merged before any scheduled run: planned on the commit it was merged onto and what was last observed before', async () => {
  const pull = await proposed();
  expect((await office.plan(pull, { forkToken: true })).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  // An observation from after the merge is none that anybody had seen.
  office.vendor.portal().setRole('bob@acme.example', 'admin');
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
  await expect(office.comment(pull)).toMatchFileSnapshot('merged.md');
});

test('a fork that was merged a day after the last observation is withheld, and goes on after a fresh review', async () => {
  const pull = await proposed();
  office.hours(25);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(9);
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('too-old.md');

  await office.approve(pull, 'grace');
  expect((await office.apply({ event: 'workflow_dispatch', flags: ['--pull', String(pull)] })).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
});
