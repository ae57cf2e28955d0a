import { expect, test } from 'vitest';
import type { TelnyxSwitches } from '../../../src/emulator/telnyx-switches.ts';
import { createKindsScenario, type KindsScenario, stepsOf } from './support/create-kinds-scenario.ts';
import { EDGE, edgeSeed, kindsCompany, subUsersSeed } from './support/kinds-company.ts';
import { peopleOf } from './support/start-organization.ts';

const SETTINGS = 'privileged_groups: [Org admins]\n';
const GRANTS = {
  'group:Org admins': ['ada', 'zoe'],
  'group:Voice': ['bob'],
  'group:Billing': ['cleo'],
} as const;

type Grants = Readonly<Record<string, readonly string[]>>;

function edge(grants: Grants, settings = SETTINGS) {
  return kindsCompany({ [EDGE]: { kind: 'organizations', grants, settings } });
}

/** An organization in which everything is right and recorded. */
async function startEdge(telnyxSwitches: Partial<TelnyxSwitches> = {}): Promise<KindsScenario> {
  const people = Object.entries(peopleOf(GRANTS)).map(([person, held]) => [person, held.map((group) => group.replace(/^group:/, ''))]);
  const scenario = createKindsScenario({ policies: edge(GRANTS), telnyx: [edgeSeed(Object.fromEntries(people))], telnyxSwitches });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  return scenario;
}

async function expectSettled(scenario: KindsScenario): Promise<void> {
  const run = await scenario.run('plan', '--detailed-exitcode');
  expect(run.exit, run.stdout + run.stderr).toBe(0);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
}

test('somebody changes groups: the portal steps are given, and the read after it is done proves it', async () => {
  const scenario = await startEdge();
  scenario.setPolicies(edge({ ...GRANTS, 'group:Voice': [], 'group:Billing': ['cleo', 'bob'] }));
  const plan = await scenario.plan();
  expect(stepsOf(plan)).toEqual(['patch bob member+Billing (git, manual)']);
  expect(plan.changes[0]?.steps.join('\n')).toContain('Take bob@acme.example out of the group "Voice".');
  const run = await scenario.run('apply', '--yes');
  expect(run).toMatchObject({ exit: 10, stdout: expect.stringContaining('manual     by hand: patch bob@acme.example') });
  expect(run.stdout).toContain('Add bob@acme.example to the group "Billing".');
  expect(scenario.writes()).toEqual([]);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });

  const portal = scenario.telnyx.portal(EDGE);
  portal.takeFromGroup('bob@acme.example', 'Voice');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  portal.addToGroup('bob@acme.example', 'Billing');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectSettled(scenario);
  // Last-applied state moved with it: going back is a change of somebody in the portal.
  portal.takeFromGroup('bob@acme.example', 'Billing');
  expect(stepsOf(await scenario.plan())).toEqual(['patch bob member+Billing (drift, manual)']);
});

test('somebody joins: invited by hand, and proved by the read that shows them in their group', async () => {
  const scenario = await startEdge();
  scenario.setPolicies(edge({ ...GRANTS, 'group:Voice': ['bob', 'new'] }));
  expect(stepsOf(await scenario.plan())).toEqual(['invite new member+Voice (git, manual)']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  const portal = scenario.telnyx.portal(EDGE);
  portal.inviteByPortal('new@acme.example', 'member', 'New');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  portal.accept('new@acme.example');
  expect(stepsOf(await scenario.plan())).toEqual(['patch new member+Voice (both, manual)']);
  portal.addToGroup('new@acme.example', 'Voice');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  await expectSettled(scenario);
});

test('somebody leaves: removed by the API, and the read back shows them gone', async () => {
  const scenario = await startEdge();
  scenario.setPolicies(edge({ ...GRANTS, 'group:Voice': [] }));
  expect(stepsOf(await scenario.plan())).toEqual(['delete bob (git)']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining('applied    delete bob@acme.example'),
  });
  expect(scenario.writes()).toEqual(['remove bob in telnyx-edge']);
  expect(scenario.live(EDGE)).toEqual(['ada Org admins', 'cleo Billing', 'zoe Org admins']);
  await expectSettled(scenario);
});

test('Telnyx takes the removal and the person stays enabled: a step for support, not reported as applied, and not tried again', async () => {
  const scenario = await startEdge({ removed_user: 'enabled' });
  scenario.setPolicies(edge({ ...GRANTS, 'group:Voice': [] }));
  const run = await scenario.run('apply', '--yes');
  expect(run).toMatchObject({ exit: 10, stdout: expect.stringContaining('Applied 0') });
  expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain('"Please block the user bob@acme.example in our organization');
  expect(scenario.writes()).toEqual(['remove bob in telnyx-edge']);
  scenario.hours(30);
  expect(stepsOf(await scenario.plan())).toEqual(['delete bob (git, manual)']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual([]);
  scenario.telnyx.portal(EDGE).block('bob@acme.example');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectSettled(scenario);
});

test.each(['blocked', 'disabled'] as const)(
  'Telnyx keeps a removed person in the list as %s: that is gone, and nobody lets them in again',
  async (status) => {
    const scenario = await startEdge({ removed_user: status });
    scenario.setPolicies(edge({ ...GRANTS, 'group:Voice': [] }));
    expect(await scenario.run('apply', '--yes')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('applied    delete bob@acme.example'),
    });
    expect(scenario.live(EDGE)).toContain(`bob Voice ${status}`);
    await expectSettled(scenario);
    scenario.setPolicies(edge(GRANTS));
    const plan = await scenario.plan();
    expect(plan.accounts[0]?.left_alone).toEqual([
      expect.objectContaining({ principal: 'bob@acme.example', note: expect.stringContaining('never re-enabled by rollcall') }),
    ]);
    expect(stepsOf(plan)).toEqual([]);
  },
);

test('somebody is put among the organization admins in the portal: drift, high risk, taken back by hand and never called applied', async () => {
  const scenario = await startEdge();
  const portal = scenario.telnyx.portal(EDGE);
  portal.addToGroup('bob@acme.example', 'Org admins', 'zoe@acme.example');
  const seen = await scenario.run('drift');
  expect(seen).toMatchObject({ exit: 2, stdout: expect.stringContaining('gained') });
  const run = await scenario.run('drift', '--revert');
  expect(run.exit, run.stdout).toBe(10);
  expect(run.stdout).toContain('Take bob@acme.example out of the group "Org admins".');
  expect(run.stdout).not.toMatch(/^applied/m);
  expect(scenario.writes()).toEqual([]);
  portal.takeFromGroup('bob@acme.example', 'Org admins');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  await expectSettled(scenario);
});

test('a stranger in the organization is drift, and removed by the API', async () => {
  const scenario = await startEdge();
  const portal = scenario.telnyx.portal(EDGE);
  portal.inviteByPortal('mallory@acme.example', 'member', 'Mallory');
  portal.accept('mallory@acme.example');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['remove mallory in telnyx-edge']);
  await expectSettled(scenario);
});

test('the last organization admins but the owner: min_admins counts the privileged group and blocks the account', async () => {
  const scenario = await startEdge();
  scenario.setPolicies(edge({ ...GRANTS, 'group:Org admins': [], 'group:Voice': ['bob', 'ada', 'zoe'] }));
  const run = await scenario.run('apply', '--yes');
  expect(run).toMatchObject({ exit: 5, stdout: expect.stringContaining('✗ min_admins') });
  expect(scenario.writes()).toEqual([]);
});

test('last sign-in and single sign-on are shown and change nothing', async () => {
  const scenario = await startEdge();
  const before = await scenario.plan();
  const portal = scenario.telnyx.portal(EDGE);
  portal.signIn('bob@acme.example');
  portal.setSsoBypass('cleo@acme.example', true);
  const after = await scenario.plan();
  expect(after.digest).toBe(before.digest);
  const bob = await scenario.run('explain', 'bob@acme.example');
  expect(bob.stdout).toContain('Voice');
  await scenario.run('observe', '--out', 'live.json');
  const explained = await scenario.run('explain', 'cleo@acme.example', '--observation', 'live.json');
  expect(explained.stdout).toContain('bypasses single sign-on');
});

test('policy names organizations and the key is of sub-users: nothing is done, and the plan says which it is', async () => {
  const scenario = createKindsScenario({
    policies: edge(GRANTS),
    telnyx: [{ ...subUsersSeed(EDGE, ['ada admin', 'bob member']) }],
  });
  const run = await scenario.run('apply', '--yes');
  expect([8, 9], run.stdout + run.stderr).toContain(run.exit);
  expect((run.stdout + run.stderr).replaceAll(/\s+/g, ' ')).toContain('sub-users');
  expect(scenario.writes()).toEqual([]);
  expect((await scenario.run('doctor')).stdout.replaceAll(/\s+/g, ' ')).toContain('api: sub-users');
});

test('policy names sub-users and the key is of organizations: nothing is done, and the plan says which it is', async () => {
  const scenario = createKindsScenario({
    policies: kindsCompany({ [EDGE]: { kind: 'sub-users', grants: { admin: ['ada'], member: ['bob'] } } }),
    telnyx: [edgeSeed({ ada: ['Org admins'], bob: ['Voice'] })],
  });
  const run = await scenario.run('apply', '--yes');
  expect([8, 9], run.stdout + run.stderr).toContain(run.exit);
  expect((run.stdout + run.stderr).replaceAll(/\s+/g, ' ')).toContain('organizations');
  expect(scenario.writes()).toEqual([]);
  expect((await scenario.run('doctor')).stdout.replaceAll(/\s+/g, ' ')).toContain('api: organizations');
});

const DOUBTS: readonly Partial<TelnyxSwitches>[] = [
  { organization_owner: 'hidden' },
  { last_sign_in: 'null' },
  { last_sign_in: 'absent' },
  { max_page_size: 1 },
  { audit_log: 'off' },
  { rate_limit_headers: false },
  { read_lag_ms: 5_000 },
];

test.each(DOUBTS)(
  'whatever Telnyx does (%j): somebody leaves by the API, the group of another changes by hand, and the plan is empty',
  async (some) => {
    const scenario = await startEdge(some);
    scenario.setPolicies(edge({ ...GRANTS, 'group:Voice': ['cleo'], 'group:Billing': [] }));
    const run = await scenario.run('apply', '--yes');
    expect(run.exit, run.stdout + run.stderr).toBe(10);
    expect(scenario.writes()).toEqual(['remove bob in telnyx-edge']);
    scenario.telnyx.portal(EDGE).takeFromGroup('cleo@acme.example', 'Billing');
    scenario.telnyx.portal(EDGE).addToGroup('cleo@acme.example', 'Voice');
    scenario.minutes(1);
    expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
    await expectSettled(scenario);
  },
);

test('killed at each input and output of a removal: the next runs finish it, and it is never sent twice', async () => {
  for (const how of ['after', 'torn'] as const) {
    for (let at = 1; ; at += 1) {
      const scenario = await startEdge();
      scenario.setPolicies(edge({ ...GRANTS, 'group:Voice': [] }));
      const whole = await scenario.runUntil({ at, how }, 'apply', '--yes');
      if (whole !== null) {
        expect(whole).toMatchObject({ exit: 0 });
        break;
      }
      const run = await scenario.run('apply', '--yes');
      expect(run.exit, `killed ${how} ${at}: ${run.stdout}`).toBe(0);
      expect(
        scenario.telnyx.requests.filter((one) => one.applied),
        `killed ${how} ${at}`,
      ).toHaveLength(1);
      await expectSettled(scenario);
    }
  }
});

test('as many leavers as a day allows stay enabled after their removal: the same three are not counted twice, and nothing blocks the rest', async () => {
  const leavers = ['p1', 'p2', 'p3'];
  const grants = { ...GRANTS, 'group:Billing': ['cleo', ...leavers] };
  const scenario = createKindsScenario({
    policies: edge(grants),
    telnyx: [
      edgeSeed({
        ada: ['Org admins'],
        zoe: ['Org admins'],
        bob: ['Voice'],
        cleo: ['Billing'],
        ...Object.fromEntries(leavers.map((person) => [person, ['Billing']])),
      }),
    ],
    telnyxSwitches: { removed_user: 'enabled' },
  });
  await scenario.run('apply', '--yes');
  scenario.setPolicies(edge(GRANTS));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toHaveLength(3);
  const again = await scenario.run('apply', '--yes');
  expect(again.exit, again.stdout).toBe(10);
  expect(scenario.writes()).toEqual([]);
});
