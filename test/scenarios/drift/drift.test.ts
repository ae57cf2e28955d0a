import { expect, test } from 'vitest';
import { crowd, PRODUCTION } from '../support/company.ts';
import { createScenario, stepsOf } from '../support/create-scenario.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

test('a raised role is drift, reported with exit 2 and taken back by `drift --revert`', async () => {
  const scenario = await startConverged();
  scenario.portal().setRole('bob@acme.example', 'admin');
  const shown = await scenario.run('drift');
  expect(shown.exit).toBe(2);
  expect(shown.stdout).toContain('bob@acme.example');
  expect(scenario.writes()).toEqual([]);
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['PATCH bob member']);
  expect(await scenario.run('drift')).toMatchObject({ exit: 0, stdout: expect.stringContaining('No drift') });
});

test('`drift --revert` a second time is quiet', async () => {
  const scenario = await startConverged();
  scenario.portal().setRole('bob@acme.example', 'admin');
  await scenario.run('drift', '--revert');
  scenario.writes();
  const before = scenario.world.requests.length;
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  expect(scenario.world.requests.slice(before)).toHaveLength(1);
});

test('a stray invitation and a stranger who is active are taken back', async () => {
  const scenario = await startConverged();
  scenario.portal().inviteByPortal('mallory@elsewhere.example', 'admin', 'Mallory');
  scenario.portal().inviteByPortal('eve@elsewhere.example', 'member', 'Eve');
  scenario.portal().accept('eve@elsewhere.example');
  const plan = JSON.parse((await scenario.run('drift', '--format', 'json')).stdout);
  expect(plan.changes.map((change: { reason_code: string }) => change.reason_code).toSorted()).toEqual(['stranger', 'stray_invitation']);
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.live()).toHaveLength(4);
});

test('apply and plan show drift and leave it to `drift`', async () => {
  const scenario = await startConverged();
  scenario.portal().setRole('bob@acme.example', 'admin');
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  expect(stepsOf(await scenario.plan())).toEqual(['invite new member (git)', 'patch bob member (drift)']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['POST new member']);
  expect(await scenario.run('drift')).toMatchObject({ exit: 2 });
});

test('somebody who was deleted in the console is reported, and never invited again by itself', async () => {
  const scenario = await startConverged();
  scenario.portal().deleteByPortal('bob@acme.example');
  for (const argv of [['drift'], ['drift', '--revert']]) {
    const run = await scenario.run(...argv);
    expect(run.exit).toBe(2);
    expect(run.stdout).toContain('bob@acme.example');
  }
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  scenario.hours(48);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 2 });
  expect(scenario.writes()).toEqual([]);
});

test('the urgent leaver: deleted in the console on Friday, taken out of policy on Monday, nothing in between', async () => {
  const scenario = await startConverged();
  scenario.portal().deleteByPortal('bob@acme.example');
  scenario.hours(60);
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 2 });
  scenario.setPolicies(withPeople({ ...TEAM, member: ['cleo'] }));
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
});

test('a lowered admin is reported and not raised again', async () => {
  const scenario = await startConverged();
  scenario.portal().setRole('zoe@acme.example', 'member');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 2 });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
});

test('with `lost: revert` what was lost is given back', async () => {
  const settings = 'drift: { lost: revert }\n';
  const scenario = await startConverged({ ...TEAM, settings });
  scenario.portal().setRole('zoe@acme.example', 'member');
  scenario.portal().deleteByPortal('bob@acme.example');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes().toSorted()).toEqual(['PATCH zoe admin', 'POST bob member']);
});

test('with `gained: report` nothing is taken back', async () => {
  const scenario = await startConverged({ ...TEAM, settings: 'drift: { gained: report }\n' });
  scenario.portal().setRole('bob@acme.example', 'admin');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 2 });
  expect(scenario.writes()).toEqual([]);
});

test('a name that the person edited is no drift; with `names: enforce` it is', async () => {
  const scenario = await startConverged();
  scenario.portal().rename('bob@acme.example', 'Bobby Tables');
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
  const strict = await startConverged({ ...TEAM, settings: 'names: enforce\n' });
  strict.portal().rename('bob@acme.example', 'Bobby Tables');
  expect(await strict.run('drift')).toMatchObject({ exit: 2 });
});

test('a war over a role of no privilege is left alone after three reverts, and an hour of peace ends it', async () => {
  const settings = 'drift: { lost: revert }\n';
  const scenario = await startConverged({ ...TEAM, settings });
  for (let round = 0; round < 3; round += 1) {
    scenario.minutes(10);
    scenario.portal().setRole('zoe@acme.example', 'member');
    expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  }
  scenario.minutes(10);
  scenario.portal().setRole('zoe@acme.example', 'member');
  const left = await scenario.run('drift', '--revert');
  expect(left.exit).toBe(2);
  expect(left.stdout).toContain('reverted 3 times in 24 hours');
  expect(scenario.writes()).toHaveLength(3);
  scenario.portal().setRole('zoe@acme.example', 'admin');
  scenario.hours(1.1);
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  scenario.portal().setRole('zoe@acme.example', 'member');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toHaveLength(1);
});

test('in a war over gained privilege rollcall keeps taking it back and tells people', async () => {
  const scenario = await startConverged({ ...TEAM, settings: 'guards: { max_deletes: 10 }\n' });
  let last = '';
  for (let round = 0; round < 5; round += 1) {
    scenario.minutes(10);
    scenario.portal().setRole('bob@acme.example', 'admin');
    const run = await scenario.run('drift', '--revert');
    expect(run.exit).toBe(0);
    last = run.stdout;
  }
  expect(scenario.writes()).toHaveLength(5);
  expect(last, 'people are told of the war').toMatch(/war|reverted 3 times/);
});

test('more strangers than the budget: the guard blocks rather than delete a crowd', async () => {
  const scenario = await startConverged();
  for (const person of crowd(5, 'm')) scenario.portal().inviteByPortal(`${person}@elsewhere.example`, 'member', 'M');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 5 });
  expect(scenario.writes()).toEqual([]);
});

test('before anything was applied nothing can be called drift', async () => {
  const scenario = createScenario({
    policies: withPeople(TEAM),
    live: { [PRODUCTION]: ['ada member', 'zoe admin', 'bob admin', 'eve@elsewhere.example admin'] },
  });
  const run = await scenario.run('drift');
  expect(run.exit).toBe(0);
  expect(run.stderr).toContain('nothing was applied here yet');
  expect(run.stdout, 'it does not claim a clean account').not.toContain('Live access is what was last applied');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
});

test('an owed invitation is no drift', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...crowd(12)] }));
  await scenario.run('apply', '--yes');
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
});

test('policy changed in Git and not yet applied is no drift, and `drift --revert` leaves it alone', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['new'] }));
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
});

test('policy and account both changed, differently: it waits for approval, and `drift` leaves it', async () => {
  const scenario = await startConverged();
  scenario.portal().setRole('bob@acme.example', 'admin');
  scenario.setPolicies(withPeople({ ...TEAM, member: ['cleo'] }));
  expect(stepsOf(await scenario.plan())).toEqual(['delete bob (both)']);
  await scenario.run('drift', '--revert');
  expect(scenario.writes()).toEqual([]);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['DELETE bob']);
});

test('policy and account came to the same by ways of their own: noted, nothing to do', async () => {
  const scenario = await startConverged();
  scenario.portal().setRole('bob@acme.example', 'admin');
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['cleo'] }));
  const plan = await scenario.plan();
  expect(plan.changes).toEqual([]);
  expect(plan.accounts[0]?.converged).toEqual(['bob@acme.example']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect((await scenario.plan()).accounts[0]?.converged).toEqual([]);
});

test('somebody deleted by policy who is invited back in the portal is a stranger', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  await scenario.run('apply', '--yes');
  scenario.portal().inviteByPortal('cleo@acme.example', 'admin', 'Cleo');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['DELETE cleo', 'DELETE cleo']);
});

test('an unmanaged contractor who is made admin is taken back to what they held at the baseline', async () => {
  const scenario = createScenario({
    policies: withPeople(TEAM),
    live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member', 'sven@elsewhere.example member'] },
  });
  await scenario.run('apply', '--yes');
  scenario.portal().setRole('sven@elsewhere.example', 'admin');
  expect(await scenario.run('drift')).toMatchObject({ exit: 2 });
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['PATCH sven@elsewhere.example member']);
});

test('two admins raised and policy lowers nobody: taking back never trips min_admins', async () => {
  const scenario = await startConverged();
  scenario.portal().setRole('bob@acme.example', 'admin');
  scenario.portal().setRole('cleo@acme.example', 'admin');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toHaveLength(2);
});

test('drift in one account, an unreadable other one: exit 8 speaks of the worst, the drift is taken back all the same', async () => {
  const { company, SUPPORT } = await import('../support/company.ts');
  const policies = company({ [PRODUCTION]: TEAM, [SUPPORT]: TEAM });
  const live = ['ada admin', 'zoe admin', 'bob member', 'cleo member'];
  const scenario = createScenario({ policies, live: { [PRODUCTION]: live, [SUPPORT]: live } });
  await scenario.run('apply', '--yes');
  scenario.portal(SUPPORT).setRole('bob@acme.example', 'admin');
  scenario.fault({ kind: 'html', times: 'always', match: { account: PRODUCTION } });
  expect(await scenario.run('drift')).toMatchObject({ exit: 8 });
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 8 });
  expect(scenario.writes()).toEqual(['PATCH bob member']);
});

test('a role that somebody raised is seen by `drift` also while policy is about to change that person', async () => {
  const scenario = await startConverged();
  scenario.portal().setRole('bob@acme.example', 'admin');
  scenario.setPolicies(withPeople({ ...TEAM, member: ['cleo'] }));
  expect((await scenario.run('drift')).stdout).toContain('bob@acme.example');
});

test('whoever is unmanaged is lowered to what they were when somebody raises them, and stays unmanaged: nobody ever deletes them', async () => {
  const scenario = createScenario({
    policies: withPeople(TEAM),
    live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member', 'una@elsewhere.example member'] },
  });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  scenario.portal().setRole('una@elsewhere.example', 'admin');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['PATCH una@elsewhere.example member']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  expect(scenario.live()).toContain('una@elsewhere.example member');
});
