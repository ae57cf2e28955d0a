import { expect, test } from 'vitest';
import type { Plan } from '../../../src/model.ts';
import { createKindsScenario, type KindsScenario, stepsOf } from './support/create-kinds-scenario.ts';
import { consoleSeed, EDGE, edgeSeed, kindsCompany, LABS, MAIN, organizationSeed, roster, subUsersSeed } from './support/kinds-company.ts';
import { CREW, peopleOf } from './support/start-organization.ts';

const EAST = `AC${'e1'.repeat(16)}`;
const PRODUCTION = 'telnyx-production';

function policies(leaver: boolean) {
  const developer = leaver ? [] : ['bob'];
  return {
    ...kindsCompany(
      {
        [PRODUCTION]: { kind: 'sub-users', grants: { admin: ['ada', 'zoe'], member: developer } },
        [EDGE]: { kind: 'organizations', grants: { 'group:Voice': ['ada', ...developer] }, settings: 'privileged_groups: [Org admins]\n' },
        [MAIN]: { kind: 'organization', grants: { ...CREW, developer }, settings: 'subaccounts: all\n' },
        [LABS]: { kind: 'console', grants: { administrator: ['ada'], developer } },
      },
      ['bob'],
    ),
    [`rosters/${LABS}.yaml`]: roster({ people: { root: ['owner'], ada: ['administrator'], bob: ['developer'] }, on: '2026-11-22' }),
  };
}

async function startFourKinds(): Promise<KindsScenario> {
  const people = Object.fromEntries(
    Object.entries(peopleOf(CREW)).map(([who, roles]) => [who, [...roles, ...roles.map((role) => `${role} in east`)]]),
  );
  const scenario = createKindsScenario({
    policies: policies(false),
    telnyx: [subUsersSeed(PRODUCTION, ['ada admin', 'zoe admin', 'bob member']), edgeSeed({ ada: ['Voice'], bob: ['Voice'] })],
    twilio: {
      ...organizationSeed({
        people: { ...people, eve: [] },
        inactive: ['eve'],
        accounts: [{ name: 'east', sid: EAST, parent: MAIN }],
        keys: [{ name: 'Deploy', created_at: '2026-03-01T00:00:00Z' }],
        externals: { 'guest@elsewhere.example': ['support'] },
      }),
      consoles: [consoleSeed({ ada: ['administrator'], bob: ['developer'] })],
    },
  });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  return scenario;
}

test('one leaver in accounts of four kinds and a subaccount: one plan, one apply, and what is by hand is said so', async () => {
  const scenario = await startFourKinds();
  scenario.setPolicies(policies(true));
  expect(stepsOf(await scenario.plan())).toEqual([
    'delete bob (git)',
    'delete bob (git)',
    'delete bob (git)',
    'delete bob (git)',
    'delete bob (git, manual)',
  ]);
  const run = await scenario.run('apply', '--yes');
  expect(run).toMatchObject({ exit: 10, stdout: expect.stringContaining('Applied 4') });
  expect(scenario.writes().toSorted()).toEqual(
    [
      'remove bob in telnyx-production',
      'remove bob in telnyx-edge',
      'take bob developer',
      `take bob developer in ${MAIN}-${EAST.toLowerCase()}`,
      'deactivate bob',
    ].toSorted(),
  );
});

test('a plan made of what was observed is the plan made live, for every kind of account, and asks no vendor anything', async () => {
  const scenario = await startFourKinds();
  expect(await scenario.run('observe', '--out', 'live.json')).toMatchObject({ exit: 0 });
  scenario.setPolicies(policies(true));
  const live = await scenario.plan();
  const asked = scenario.twilio.requests.length + scenario.telnyx.requests.length;
  scenario.env = {};
  const run = await scenario.run('plan', '--format', 'json', '--observation', 'live.json');
  expect(run.exit, run.stderr).toBe(0);
  const observed = JSON.parse(run.stdout) as Plan;
  expect(observed.digest).toBe(live.digest);
  expect(observed.accounts.map((one) => one.account)).toEqual(live.accounts.map((one) => one.account));
  expect(observed.accounts.flatMap((one) => one.residual_keys.map((key) => key.name))).toEqual(
    live.accounts.flatMap((one) => one.residual_keys.map((key) => key.name)),
  );
  expect(scenario.twilio.requests.length + scenario.telnyx.requests.length).toBe(asked);
});

test('one vendor is down: its accounts are incomplete, and those of the other are finished all the same', async () => {
  const scenario = await startFourKinds();
  scenario.setPolicies(policies(true));
  scenario.twilio.faults.add({ kind: 'timeout', times: 'always' });
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout).toBe(8);
  expect(scenario.writes().toSorted()).toEqual(['remove bob in telnyx-edge', 'remove bob in telnyx-production']);
});

test('`explain` shows one person across accounts of both vendors in one table', async () => {
  const scenario = await startFourKinds();
  await scenario.run('observe', '--out', 'live.json');
  const run = await scenario.run('explain', 'bob@acme.example', '--observation', 'live.json');
  expect(run.exit, run.stderr).toBe(0);
  for (const account of [PRODUCTION, EDGE, MAIN, LABS]) expect(run.stdout).toContain(account);
  for (const api of ['telnyx sub-users', 'telnyx organizations', 'twilio organization', 'twilio console'])
    expect(run.stdout).toContain(api);
});
