import { expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../support/company.ts';
import { createScenario, stepsOf } from '../support/create-scenario.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

test('a new person is invited, accepts, and the next plan is empty', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  expect(stepsOf(await scenario.plan())).toEqual(['invite new member (git)']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['POST new member']);
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('Invited, not yet accepted (1): new@acme.example'),
  });
  scenario.portal().accept('new@acme.example');
  scenario.hours(1);
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0, stdout: expect.stringContaining('No changes.') });
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
  expect(scenario.live()).toEqual(['ada admin', 'bob member', 'cleo member', 'new member', 'zoe admin']);
});

test('an invitation goes out with the name and the role that policy has', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, admin: ['ada', 'zoe', 'new'] }));
  await scenario.run('apply', '--yes');
  expect(scenario.world.state().users.find((user) => user.email === 'new@acme.example')).toMatchObject({
    name: 'New',
    role: 'admin',
    status: 'invited',
  });
});

test('a member is made an admin and an admin a member; the lowering comes first', async () => {
  const scenario = await startConverged({ admin: ['ada', 'zoe', 'yan'], member: ['bob'] });
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['yan'] }));
  const plan = await scenario.run('plan');
  expect(plan.stdout).toContain('gains privilege');
  expect(plan.stdout).toContain('Admins: 4.');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['PATCH yan member', 'PATCH bob admin']);
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
});

test('a person removed in Git is deleted in the account; of an admin people are told that keys stay behind, of a member not', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  expect((await scenario.run('plan')).stdout).not.toContain('API keys outlive people');
  scenario.setPolicies(withPeople({ ...TEAM, admin: ['ada'], member: ['bob'] }));
  expect((await scenario.run('plan')).stdout).toContain('API keys outlive people');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['DELETE cleo', 'DELETE zoe']);
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
});

test('before a delete the account is read twice and the person once more', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  const before = scenario.world.requests.length;
  await scenario.run('apply', '--yes');
  const words = scenario.world.requests.slice(before).map((one) => `${one.method} ${one.path.includes('?') ? 'list' : 'one'}`);
  expect(words.slice(0, words.indexOf('DELETE one') + 1)).toEqual(['GET list', 'GET list', 'GET one', 'DELETE one']);
});

test('a grant that ends takes its access with it, without a commit or an approval', async () => {
  const scenario = await startConverged(
    { ...TEAM, member: ['bob', 'cleo until 2026-11-25'] },
    { live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member'] } },
  );
  scenario.hours(60);
  expect(scenario.now().slice(0, 10)).toBe('2026-11-25');
  expect(stepsOf(await scenario.plan())).toEqual([]);
  scenario.hours(4);
  expect(stepsOf(await scenario.plan())).toEqual(['delete cleo (end)']);
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['DELETE cleo']);
});

test('a grant that ends takes nothing from somebody who holds the access by another grant', async () => {
  const policies = withPeople({ ...TEAM, member: ['bob', 'cleo until 2026-11-25'] });
  policies['teams/night-shift.yaml'] = team(PRODUCTION, 'member', ['cleo']);
  const scenario = createScenario({ policies, live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member'] } });
  await scenario.run('apply', '--yes');
  scenario.hours(24 * 10);
  expect(stepsOf(await scenario.plan())).toEqual([]);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
});

test('of an ended admin grant and a lasting member grant the member stays', async () => {
  const policies = withPeople({ admin: ['ada', 'zoe'], member: ['bob', 'cleo'] });
  policies['teams/incident.yaml'] = team(PRODUCTION, 'admin', ['cleo'], '2026-11-24');
  const scenario = createScenario({ policies, live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo admin'] } });
  await scenario.run('apply', '--yes');
  scenario.hours(48);
  expect(stepsOf(await scenario.plan())).toEqual(['patch cleo member (end)']);
  expect(await scenario.run('apply', '--plan', 'none.json')).toMatchObject({ exit: 64 });
  scenario.setPolicies(policies);
  await scenario.run('plan', '--out', 'plan.json');
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['PATCH cleo member']);
});

test('an e-mail change invites the new address and deletes the old one only once the new one is active', async () => {
  const scenario = await startConverged();
  const moved = withPeople({ ...TEAM, member: ['bob', 'cleo.park'] });
  moved['people/everybody.yaml'] = `${peopleFile(['ada', 'zoe', 'bob', 'cleo.park'])}  previously: [cleo@acme.example]\n`;
  scenario.setPolicies(moved);
  const plan = await scenario.run('plan');
  expect(plan.stdout).toContain('cleo@acme.example');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual(['POST cleo.park member']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual([]);
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
  scenario.portal().accept('cleo.park@acme.example');
  scenario.hours(1);
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['DELETE cleo']);
  expect(scenario.live()).toEqual(['ada admin', 'bob member', 'cleo.park member', 'zoe admin']);
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
});

test('an owner transfer is a step for a person, and is seen to be done', async () => {
  const policies = withPeople({ ...TEAM, settings: '' });
  policies[`accounts/${PRODUCTION}.yaml`] = 'provider: telnyx\napi: sub-users\nowner: helen@acme.example\n';
  const scenario = createScenario({
    policies,
    live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member', 'helen admin'] },
  });
  const first = await scenario.run('apply', '--yes');
  expect(first.exit).toBe(10);
  expect(first.stdout).toContain('Please make helen@acme.example the owner of our account');
  expect(scenario.writes()).toEqual([]);
  scenario.portal().setOwner('helen@acme.example');
  scenario.portal().deleteByPortal('root@acme.example');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
});

test('an owner transfer warns that the founder becomes an ordinary admin, whom `drift --revert` takes for a stranger', async () => {
  const policies = withPeople(TEAM);
  policies[`accounts/${PRODUCTION}.yaml`] = 'provider: telnyx\napi: sub-users\nowner: helen@acme.example\n';
  const scenario = createScenario({
    policies,
    live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member', 'helen admin'] },
  });
  const plan = await scenario.run('plan');
  expect(plan.stdout).toMatch(/present owner[^.]*ordinary admin/s);
});

test('a contractor whom no policy names is left alone, shown in every plan, and no drift', async () => {
  const scenario = createScenario({
    policies: withPeople(TEAM),
    live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member', 'sven@elsewhere.example member'] },
  });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  for (const command of ['plan', 'drift']) {
    const run = await scenario.run(command);
    expect(run).toMatchObject({ exit: 0 });
    expect(run.stdout).toContain('Unmanaged, left alone (1): sven@elsewhere.example (member)');
  }
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
});

test('with `unmanaged: delete` the contractor is a change that needs approval', async () => {
  const live = { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member', 'sven@elsewhere.example member'] };
  const scenario = createScenario({ policies: withPeople(TEAM), live });
  await scenario.run('apply', '--yes');
  scenario.setPolicies(withPeople({ ...TEAM, settings: 'unmanaged: delete\n' }));
  const plan = await scenario.plan('--out', 'plan.json');
  expect(plan.changes.map(({ action, reason_code }) => [action, reason_code])).toEqual([['delete', 'unmanaged']]);
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['DELETE sven@elsewhere.example']);
});

test('a contractor whom policy takes in keeps the access without any change', async () => {
  const scenario = createScenario({
    policies: withPeople(TEAM),
    live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member', 'dan member'] },
  });
  await scenario.run('apply', '--yes');
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'dan'] }));
  expect(stepsOf(await scenario.plan())).toEqual([]);
  await scenario.run('apply', '--yes');
  scenario.setPolicies(withPeople(TEAM));
  expect(stepsOf(await scenario.plan())).toEqual(['delete dan (git)']);
});

test('a name changed in Git goes out; a name that the person changed stays', async () => {
  const scenario = await startConverged();
  scenario.portal().rename('bob@acme.example', 'Robert the Great');
  expect(stepsOf(await scenario.plan())).toEqual([]);
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
  const policies = withPeople(TEAM);
  policies['people/everybody.yaml'] = (policies['people/everybody.yaml'] ?? '').replace('name: Bob', 'name: Robert');
  scenario.setPolicies(policies);
  expect(stepsOf(await scenario.plan())).toEqual(['patch bob member (git)']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['PATCH bob name=Robert']);
  scenario.portal().rename('bob@acme.example', 'Bobby');
  expect(stepsOf(await scenario.plan())).toEqual([]);
});

test('an account file that is removed ends supervision, empties nothing, and says how many are no longer watched', async () => {
  const both = company({ [PRODUCTION]: TEAM, 'telnyx-support': { member: ['bob', 'cleo', 'dan'] } });
  const scenario = createScenario({
    policies: both,
    live: {
      [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member'],
      'telnyx-support': ['bob member', 'cleo member', 'dan member'],
    },
  });
  await scenario.run('apply', '--yes');
  scenario.setPolicies(withPeople(TEAM, ['dan']));
  const plan = await scenario.run('plan');
  expect(plan.exit).toBe(0);
  expect(plan.stdout).toMatch(/telnyx-support.*\b3\b/s);
  expect((await scenario.plan()).unsupervised).toEqual([{ account: 'telnyx-support', principals: 3 }]);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  expect(scenario.live('telnyx-support')).toHaveLength(3);
});

test('suspended people are shown, count as no access and are never touched', async () => {
  const scenario = await startConverged();
  scenario.portal().suspend('bob@acme.example');
  const drift = await scenario.run('drift', '--revert');
  expect(drift.exit).toBe(0);
  const plan = await scenario.run('plan');
  expect(plan.stdout).toContain('bob@acme.example');
  expect(plan.stdout).toContain('suspended');
  scenario.setPolicies(withPeople({ ...TEAM, member: ['cleo'] }));
  await scenario.run('apply', '--yes');
  expect(scenario.writes()).toEqual([]);
});
