import { expect, test } from 'vitest';
import { crowd, PRODUCTION } from '../support/company.ts';
import { createScenario, stepsOf } from '../support/create-scenario.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

test('25 new people: ten now, the rest owed with its time, and everybody in the end', async () => {
  const crew = crowd(25);
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...crew] }));
  const plan = await scenario.plan('--out', 'plan.json');
  expect(plan.changes.filter((change) => change.not_before === null)).toHaveLength(10);
  const first = await scenario.run('apply', '--plan', 'plan.json');
  expect(first.exit).toBe(10);
  expect(first.stdout).toContain('Applied 10');
  expect(first.stdout).toContain('10:00');
  expect(scenario.writes()).toHaveLength(10);
  // Nothing goes before its time.
  scenario.minutes(59);
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual([]);
  for (let hour = 0; hour < 2; hour += 1) {
    for (const person of crew) scenario.portal().accept(`${person}@acme.example`);
    scenario.hours(1);
    await scenario.run('apply', '--plan', 'plan.json');
  }
  for (const person of crew) scenario.portal().accept(`${person}@acme.example`);
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 0 });
  expect(scenario.live().filter((one) => one.startsWith('p'))).toHaveLength(25);
  expect(scenario.checker.writes.filter((one) => one.method === 'POST')).toHaveLength(25);
});

test('the scheduled drift run goes on with owed invitations, so nobody has to apply again', async () => {
  const crew = crowd(12);
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...crew] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
  for (const person of crew) scenario.portal().accept(`${person}@acme.example`);
  scenario.hours(1);
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.checker.writes.filter((one) => one.method === 'POST')).toHaveLength(12);
});

test('while ten invitations are open none is sent, and the plan names who waits', async () => {
  const crew = crowd(12);
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...crew] }));
  await scenario.run('apply', '--yes');
  scenario.writes();
  scenario.hours(5);
  const waiting = await scenario.run('apply', '--yes');
  expect(waiting.exit).toBe(10);
  expect(scenario.writes()).toEqual([]);
  expect(waiting.stdout).toContain('p11@acme.example');
  expect(waiting.stdout).toContain('waits for one of the open invitations to be accepted');
  scenario.portal().accept('p03@acme.example');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual(['POST p11 member']);
});

test('invitations that somebody else sends from the portal are counted too: a refusal by the vendor is owed, not failed', async () => {
  const scenario = await startConverged();
  for (const person of crowd(9, 'other')) scenario.portal().inviteByPortal(`${person}@elsewhere.example`, 'member', 'Other');
  for (const person of crowd(9, 'other')) scenario.portal().revoke(`${person}@elsewhere.example`);
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...crowd(3)] }));
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(10);
  expect(scenario.live().filter((one) => one.startsWith('p'))).toHaveLength(1);
  scenario.hours(1);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
});

test('once the vendor has said that the limit is reached, no further invitation is tried in that run', async () => {
  const scenario = await startConverged();
  for (const person of crowd(10, 'other')) scenario.portal().inviteByPortal(`${person}@elsewhere.example`, 'member', 'Other');
  for (const person of crowd(10, 'other')) scenario.portal().revoke(`${person}@elsewhere.example`);
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...crowd(5)] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual(['POST p01 member']);
});

test('an account may set lower limits for itself', async () => {
  const settings = 'invites: { per_hour: 2, open: 3 }\n';
  const scenario = await startConverged({ ...TEAM, settings });
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...crowd(5)], settings }));
  await scenario.run('apply', '--yes');
  expect(scenario.writes()).toHaveLength(2);
  scenario.hours(1);
  await scenario.run('apply', '--yes');
  expect(scenario.writes()).toHaveLength(1);
});

test('an invitation that lapses is sent again, three times, and then it is a question to the owner', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  await scenario.run('apply', '--yes');
  for (let lapse = 1; lapse <= 3; lapse += 1) {
    // Somebody looks at least once a day, so that an invitation which is gone can only have lapsed.
    for (let day = 1; day <= 3; day += 1) {
      scenario.hours(24);
      await scenario.run('drift', '--revert');
    }
    scenario.portal().expire('new@acme.example');
    expect(stepsOf(await scenario.plan())).toEqual(['invite new member (git)']);
    expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
    expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  }
  expect(scenario.writes()).toEqual(Array.from({ length: 4 }, () => 'POST new member'));
  scenario.hours(24);
  scenario.portal().expire('new@acme.example');
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(10);
  expect(run.stdout).toMatch(/An invitation to new@acme\.example and 3 more .*lapsed/);
  expect(scenario.writes()).toEqual([]);
  scenario.portal().inviteByPortal('new@acme.example', 'member', 'New');
  scenario.portal().accept('new@acme.example');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
});

test('an address that has a Telnyx account of its own is one step for a person, not a retry', async () => {
  const scenario = await startConverged(TEAM, { elsewhere: ['new@acme.example'] });
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new', 'other'] }));
  const first = await scenario.run('apply', '--yes');
  expect(first.exit).toBe(10);
  expect(scenario.writes()).toEqual(['POST new member', 'POST other member']);
  expect(first.stdout).toContain('Please cancel the Telnyx account of new@acme.example');
  for (let hour = 0; hour < 30; hour += 1) {
    scenario.hours(1);
    expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 10 });
  }
  expect(scenario.writes()).toEqual([]);
  const plan = await scenario.plan();
  expect(plan.changes.map(({ principal, executor }) => [principal, executor])).toEqual([['new@acme.example', 'manual']]);
});

test('once support has freed the address, somebody invites it by hand, as the step says, and the next read proves it', async () => {
  const scenario = await startConverged(TEAM, { elsewhere: ['new@acme.example'] });
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({
    exit: 10,
    stdout: expect.stringContaining('invite new@acme.example by hand at'),
  });
  scenario.portal().closeOwnAccount('new@acme.example');
  scenario.hours(24);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  scenario.portal().inviteByPortal('new@acme.example', 'member', 'New');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['POST new member']);
});

test('somebody who was invited by hand meanwhile, with the role that policy says, is not invited again', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  await scenario.run('plan', '--out', 'plan.json');
  scenario.portal().inviteByPortal('new@acme.example', 'member', 'New');
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 0, stdout: expect.stringContaining('already 1') });
  expect(scenario.writes()).toEqual([]);
});

test('a new person in a brand-new account: the first apply invites everybody', async () => {
  const scenario = createScenario({ policies: withPeople(TEAM), live: { [PRODUCTION]: [] } });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toHaveLength(4);
});
