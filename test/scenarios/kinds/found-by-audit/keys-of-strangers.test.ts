import { expect, test } from 'vitest';
import type { Policies } from '../../support/company.ts';
import { createKindsScenario, type KindsScenario } from '../support/create-kinds-scenario.ts';
import { consoleSeed, kindsCompany, LABS, MAIN, roster } from '../support/kinds-company.ts';
import { crew, startOrganization } from '../support/start-organization.ts';

const KEYS = [
  { name: 'Deploy', created_at: '2026-03-01T00:00:00Z' },
  { name: 'CI', created_at: '2026-10-01T00:00:00Z' },
];
const SEEN = { root: ['owner'], ada: ['administrator'], yan: ['administrator'] };

type People = Readonly<Record<string, readonly string[]>>;

function labs(people: People, on: string, grants: People = { administrator: ['ada', 'yan'] }): Policies {
  return {
    ...kindsCompany({ [LABS]: { kind: 'console', grants } }, ['zoe', 'bob']),
    [`rosters/${LABS}.yaml`]: roster({ people, on }),
  };
}

async function startLabs(people: People, grants?: People): Promise<KindsScenario> {
  const { root: _owner, ...members } = { ...SEEN, ...people };
  const policies = labs({ ...SEEN, ...people }, '2026-11-23', grants);
  const scenario = createKindsScenario({ policies, twilio: { consoles: [consoleSeed(members, KEYS)] } });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  return scenario;
}

async function expectLeftBehind(scenario: KindsScenario, who: string): Promise<void> {
  expect((await scenario.run('explain', `${who}@acme.example`)).stdout).toContain('offboarding incomplete: 2 API keys');
}

test('one list of keys that comes empty ends no offboarding: the next one has to agree', async () => {
  const trio = { administrator: ['ada', 'yan', 'zoe'] };
  const scenario = await startOrganization({ grants: trio, seed: { keys: KEYS } });
  scenario.setPolicies(crew({ administrator: ['ada', 'yan'] }, '', ['zoe']));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectLeftBehind(scenario, 'zoe');
  scenario.hours(1);
  scenario.twilio.faults.add({ kind: 'empty_page', times: 1, match: { path: '/v1/Keys' } });
  await scenario.run('apply', '--yes');
  expect((await scenario.run('explain', 'zoe@acme.example')).stdout).toContain('offboarding incomplete');
  scenario.hours(1);
  await scenario.run('apply', '--yes');
  await expectLeftBehind(scenario, 'zoe');
});

test('a stranger who was administrator of a Console account and is taken out by hand leaves keys behind', async () => {
  const scenario = await startLabs({});
  scenario.hours(24);
  scenario.setPolicies(labs({ ...SEEN, mallory: ['administrator'] }, '2026-11-24'));
  await scenario.run('drift', '--revert');
  expect((await scenario.run('explain', 'mallory@acme.example')).stdout).not.toContain('offboarding incomplete');
  scenario.hours(24);
  scenario.setPolicies(labs(SEEN, '2026-11-25'));
  await scenario.run('drift', '--revert');
  await expectLeftBehind(scenario, 'mallory');
});

test('a stranger who was seen as administrator and goes before anything is done leaves keys behind, their own among them', async () => {
  const scenario = await startOrganization({ seed: { keys: KEYS.slice(0, 1) } });
  const portal = scenario.twilio.portal(MAIN);
  portal.createUser('mallory@acme.example', 'Mallory');
  portal.giveRole('mallory@acme.example', 'administrator');
  await scenario.run('apply', '--yes');
  scenario.hours(1);
  portal.createKey('Made by Mallory');
  portal.takeRole('mallory@acme.example', 'administrator');
  scenario.hours(1);
  await scenario.run('apply', '--yes');
  await expectLeftBehind(scenario, 'mallory');
});

test('somebody whose access policy still gives, and who lost it in the Console, leaves nothing behind: they are to come back', async () => {
  const scenario = await startOrganization({ seed: { keys: KEYS } });
  scenario.twilio.portal(MAIN).takeRole('bob@acme.example', 'developer');
  await scenario.run('drift', '--revert');
  expect((await scenario.run('explain', 'bob@acme.example')).stdout).not.toContain('offboarding incomplete');
});

test('a roster that shows a leaver once more does not end what is left of them', async () => {
  const grants = { administrator: ['ada', 'yan', 'zoe'] };
  const all = { ...SEEN, zoe: ['administrator'] };
  const scenario = await startLabs({ zoe: ['administrator'] }, grants);
  scenario.hours(24);
  scenario.setPolicies(labs(SEEN, '2026-11-24'));
  await scenario.run('apply', '--yes');
  await expectLeftBehind(scenario, 'zoe');
  scenario.setPolicies(labs(all, '2026-11-24'));
  await scenario.run('apply', '--yes');
  scenario.hours(24);
  scenario.setPolicies(labs(SEEN, '2026-11-25'));
  await scenario.run('apply', '--yes');
  await expectLeftBehind(scenario, 'zoe');
});

test('a developer whom one roster calls pending, and who leaves then, leaves keys behind all the same', async () => {
  const grants = { administrator: ['ada', 'yan'], developer: ['bob'] };
  const scenario = await startLabs({ bob: ['developer'] }, grants);
  const pending = { ...SEEN, bob: ['developer', 'pending'] };
  scenario.hours(24);
  scenario.setPolicies(labs(pending, '2026-11-24', grants));
  await scenario.run('apply', '--yes');
  scenario.setPolicies(labs(pending, '2026-11-24'));
  await scenario.run('apply', '--yes');
  scenario.hours(24);
  scenario.setPolicies(labs(SEEN, '2026-11-25'));
  await scenario.run('apply', '--yes');
  await expectLeftBehind(scenario, 'bob');
});
