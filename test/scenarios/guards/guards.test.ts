import { expect, test } from 'vitest';
import { approval, crowd, PRODUCTION } from '../support/company.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

const CONTRACTORS = crowd(6, 'contractor');
const WITH_CONTRACTORS = { ...TEAM, member: ['bob', 'cleo', ...CONTRACTORS] };

test('six deletes at once are blocked in plan and apply alike, and nothing is sent', async () => {
  const scenario = await startConverged(WITH_CONTRACTORS);
  scenario.setPolicies(withPeople(TEAM));
  const plan = await scenario.run('plan', '--out', 'plan.json');
  expect(plan.exit).toBe(5);
  expect(plan.stdout).toContain('max_deletes 6 of 3');
  expect(plan.stdout).toContain('policies/approvals/NAME.yaml');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 5 });
  const byPlan = await scenario.run('apply', '--plan', 'plan.json');
  expect(byPlan).toMatchObject({ exit: 5, stderr: expect.stringContaining('the plan was blocked when it was made') });
  expect(scenario.writes()).toEqual([]);
});

test('an approval file lets them pass, is counted, and is spent over several runs', async () => {
  const scenario = await startConverged(WITH_CONTRACTORS);
  const first = withPeople({ ...TEAM, member: ['bob', 'cleo', ...CONTRACTORS.slice(4)] });
  first['approvals/2026-11-contractors.yaml'] = approval(PRODUCTION, 5, '2026-11-30');
  scenario.setPolicies(first);
  const plan = await scenario.run('plan');
  expect(plan.exit).toBe(0);
  expect(plan.stdout).toContain('max_deletes 4 of 3');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toHaveLength(4);
  // One is left of five, and two more are to go.
  scenario.setPolicies({ ...withPeople(TEAM), 'approvals/2026-11-contractors.yaml': approval(PRODUCTION, 5, '2026-11-30') });
  const second = await scenario.run('apply', '--yes');
  expect(second.exit).toBe(5);
  expect(second.stdout).toContain('1 left');
  expect(scenario.writes()).toEqual([]);
  scenario.setPolicies({ ...withPeople(TEAM), 'approvals/2026-11-contractors.yaml': approval(PRODUCTION, 6, '2026-11-30') });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toHaveLength(2);
});

test('two approvals in force together allow as many deletes as they say together, over two runs as in one', async () => {
  const scenario = await startConverged(WITH_CONTRACTORS);
  const approvals = {
    'approvals/a.yaml': approval(PRODUCTION, 3, '2026-11-30'),
    'approvals/b.yaml': approval(PRODUCTION, 3, '2026-11-30'),
  };
  scenario.setPolicies({ ...withPeople({ ...TEAM, member: ['bob', 'cleo', ...CONTRACTORS.slice(3)] }), ...approvals });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  scenario.setPolicies({ ...withPeople(TEAM), ...approvals });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toHaveLength(6);
});

test('an expired approval lifts nothing', async () => {
  const scenario = await startConverged(WITH_CONTRACTORS);
  scenario.setPolicies({ ...withPeople(TEAM), 'approvals/old.yaml': approval(PRODUCTION, 12, '2026-11-22') });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 5 });
  expect(scenario.writes()).toEqual([]);
});

test('an approval that reaches further than 7 days is refused', async () => {
  const scenario = await startConverged(WITH_CONTRACTORS);
  scenario.setPolicies({ ...withPeople(TEAM), 'approvals/long.yaml': approval(PRODUCTION, 12, '2027-11-22') });
  const run = await scenario.run('apply', '--yes');
  expect([3, 5]).toContain(run.exit);
  expect(scenario.writes()).toEqual([]);
});

test('deletes are counted over 24 hours: three, three hours later one more is blocked, a day later it goes', async () => {
  const scenario = await startConverged(WITH_CONTRACTORS);
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...CONTRACTORS.slice(3)] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  scenario.hours(3);
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...CONTRACTORS.slice(4)] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 5 });
  scenario.hours(22);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toHaveLength(4);
});

test('an invitation in the same account waits as long as a guard blocks', async () => {
  const scenario = await startConverged(WITH_CONTRACTORS);
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 5 });
  expect(scenario.writes()).toEqual([]);
});

test('no approval lifts min_admins, never_delete or an account that would be emptied', async () => {
  const lifted = { 'approvals/all.yaml': approval(PRODUCTION, 50, '2026-11-30') };
  const admins = await startConverged();
  admins.setPolicies({ ...withPeople({ admin: [], member: ['ada', 'zoe', 'bob', 'cleo'] }), ...lifted });
  expect(await admins.run('apply', '--yes')).toMatchObject({ exit: 5, stdout: expect.stringContaining('min_admins') });
  const kept = await startConverged({ ...TEAM, settings: 'guards: { never_delete: [cleo@acme.example] }\n' });
  kept.setPolicies({
    ...withPeople({ ...TEAM, member: ['bob'], settings: 'guards: { never_delete: [cleo@acme.example] }\n' }, ['cleo']),
    ...lifted,
  });
  expect(await kept.run('apply', '--yes')).toMatchObject({ exit: 5, stdout: expect.stringContaining('never_delete') });
  const emptied = await startConverged();
  emptied.setPolicies({ ...withPeople({}, ['ada', 'zoe', 'bob', 'cleo']), ...lifted });
  expect(await emptied.run('apply', '--yes')).toMatchObject({ exit: 5, stdout: expect.stringContaining('empty_desired') });
  for (const scenario of [admins, kept, emptied]) expect(scenario.writes()).toEqual([]);
});

test('the percentage counts above 30 people only, rounded down', async () => {
  const many = crowd(36, 'm');
  const settings = 'guards: { max_deletes: 30, max_deletes_percent: 10 }\n';
  const scenario = await startConverged({ admin: TEAM.admin, member: many, settings });
  scenario.setPolicies(withPeople({ admin: TEAM.admin, member: many.slice(4), settings }));
  const plan = await scenario.run('plan');
  expect(plan).toMatchObject({ exit: 5, stdout: expect.stringContaining('which is 3') });
});
