import { expect, test } from 'vitest';
import { address, type Policies } from '../support/company.ts';
import { createKindsScenario, type KindsScenario } from './support/create-kinds-scenario.ts';
import { consoleSeed, EDGE, edgeSeed, kindsCompany, LABS, MAIN, roster } from './support/kinds-company.ts';
import { CREW, crew, startOrganization } from './support/start-organization.ts';
import { finish } from './support/twilio-stories.ts';

const DEPLOY = `SK${'d1'.repeat(16)}`;
const CI = `SK${'d2'.repeat(16)}`;
const KEYS = [
  { name: 'Deploy', sid: DEPLOY, created_at: '2026-03-01T00:00:00Z' },
  { name: 'CI', sid: CI, created_at: '2026-10-01T00:00:00Z' },
];
const FILE = `rosters/${MAIN}.yaml`;
/** Zoe, an administrator, is no longer wanted. */
const WITHOUT_ZOE = { ...CREW, administrator: ['ada', 'yan'] };
const TRIO = { ...CREW, administrator: ['ada', 'yan', 'zoe'] };

async function startWithKeys(grants = TRIO, policies: Policies = {}): Promise<KindsScenario> {
  const scenario = await startOrganization({ grants, seed: { keys: KEYS } });
  scenario.setPolicies({ ...crew(WITHOUT_ZOE), ...policies });
  return scenario;
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** What `explain`, `ledger show` and the plan's JSON say of keys that are left. */
async function leftBehind(scenario: KindsScenario, who: string): Promise<{ explain: string; ledger: string; keys: string[] }> {
  const explain = flat((await scenario.run('explain', address(who))).stdout);
  const ledger = flat((await scenario.run('ledger', 'show')).stdout);
  const plan = await scenario.plan();
  return { explain, ledger, keys: plan.accounts.flatMap((one) => one.residual_keys.map(({ sid }) => sid)) };
}

async function expectOffboarding(scenario: KindsScenario, who: string, words: string): Promise<void> {
  const { explain, ledger } = await leftBehind(scenario, who);
  expect(explain).toContain('offboarding incomplete');
  expect(explain).toContain(words);
  expect(ledger).toContain(address(who));
  expect(ledger.toLowerCase()).toContain('offboarding');
}

async function expectClosed(scenario: KindsScenario, who: string): Promise<void> {
  // Two lists in a row have to agree, since no vendor says how many keys there are.
  for (let runs = 0; runs < 2; runs += 1) {
    scenario.minutes(1);
    expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  }
  const { explain, keys } = await leftBehind(scenario, who);
  expect(explain).not.toContain('offboarding incomplete');
  expect(keys).toEqual([]);
}

test('an administrator leaves: the plan lists every key they could have read, by name, SID and day, and never a secret', async () => {
  const scenario = await startWithKeys();
  const plan = await scenario.plan();
  const [account] = plan.accounts;
  expect(account?.residual_keys).toEqual([
    { sid: DEPLOY, name: 'Deploy', created: expect.stringContaining('2026-03-01'), principals: ['zoe@acme.example'] },
    { sid: CI, name: 'CI', created: expect.stringContaining('2026-10-01'), principals: ['zoe@acme.example'] },
  ]);
  expect(plan.changes[0]?.steps.join(' ')).toContain('API keys outlive people');
  const { stdout } = await scenario.run('plan');
  expect(stdout).toContain(`${DEPLOY} (Deploy, 2026-03-01)`);
  const markdown = await scenario.run('plan', '--format', 'markdown');
  expect(markdown.stdout).toContain(DEPLOY);
});

test('after the delete the offboarding stays incomplete in explain and in the ledger, and no exit code is changed by it', async () => {
  const scenario = await startWithKeys();
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectOffboarding(scenario, 'zoe', '2 API keys');
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0, stdout: expect.stringContaining(DEPLOY) });
  scenario.hours(24 * 90);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectOffboarding(scenario, 'zoe', '2 API keys');
});

test('keys that are gone from the list close it, one after the other; a key that is newer counts for nothing', async () => {
  const scenario = await startWithKeys();
  await scenario.run('apply', '--yes');
  const portal = scenario.twilio.portal(MAIN);
  scenario.hours(1);
  portal.createKey('Deploy, new');
  portal.deleteKey(DEPLOY);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectOffboarding(scenario, 'zoe', '1 API key');
  portal.deleteKey(CI);
  // One list without them could have come short.
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectOffboarding(scenario, 'zoe', 'the next read of the keys settles it');
  await expectClosed(scenario, 'zoe');
});

test('keys attested as rotated close it, and a rotation before the person left does not', async () => {
  const scenario = await startWithKeys();
  await scenario.run('apply', '--yes');
  scenario.hours(24);
  scenario.policy(FILE, roster({ on: '2026-11-24', rotated: { [DEPLOY]: '2026-11-22', [CI]: '2026-11-24' } }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectOffboarding(scenario, 'zoe', '1 API key');
  scenario.policy(FILE, roster({ on: '2026-11-24', rotated: { [DEPLOY]: '2026-11-24', [CI]: '2026-11-24' } }));
  await expectClosed(scenario, 'zoe');
});

test('somebody who is lowered from developer to support leaves keys behind as well', async () => {
  const scenario = await startOrganization({ seed: { keys: KEYS } });
  scenario.setPolicies(crew({ ...CREW, developer: [], support: ['cleo', 'bob'] }));
  expect((await scenario.plan()).accounts[0]?.residual_keys.map(({ sid }) => sid)).toEqual([DEPLOY, CI]);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectOffboarding(scenario, 'bob', '2 API keys');
  // Wanted as a developer again a day later, they may read the keys again.
  scenario.hours(24);
  scenario.setPolicies(crew());
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectClosed(scenario, 'bob');
});

test('a billing manager or somebody in support who leaves could read no key and leaves none', async () => {
  const scenario = await startOrganization({ grants: { ...CREW, billing_manager: ['dan'] }, seed: { keys: KEYS } });
  scenario.setPolicies(crew({ ...CREW, support: [] }));
  const plan = await scenario.plan();
  expect(plan.changes.map(({ principal }) => principal).toSorted()).toEqual(['cleo@acme.example', 'dan@acme.example']);
  expect(plan.accounts[0]?.residual_keys).toEqual([]);
  expect(plan.changes.flatMap(({ steps }) => steps).join(' ')).not.toContain('API keys');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  const { ledger } = await leftBehind(scenario, 'cleo');
  expect(ledger.toLowerCase()).not.toContain('offboarding incomplete');
});

test('without the account credential the keys are not read: the plan says so, and the offboarding waits for a review', async () => {
  const scenario = await startWithKeys();
  scenario.env['TWILIO_MAIN_ACCOUNT_SID'] = undefined;
  scenario.env['TWILIO_MAIN_AUTH_TOKEN'] = undefined;
  expect(flat((await scenario.run('plan')).stdout)).toContain('ACCOUNT_SID and AUTH_TOKEN of this account are not set');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectOffboarding(scenario, 'zoe', 'the API keys were not read');
  scenario.policy(FILE, roster({ on: '2026-11-23', reviewed: { zoe: '2026-11-23' } }));
  await expectClosed(scenario, 'zoe');
});

test('somebody takes the administrator away in the Console at night: their keys are left behind all the same', async () => {
  const scenario = await startOrganization({ grants: TRIO, seed: { keys: KEYS } });
  const portal = scenario.twilio.portal(MAIN);
  portal.takeRole('zoe@acme.example', 'administrator');
  portal.deactivate('zoe@acme.example');
  scenario.setPolicies(crew(WITHOUT_ZOE));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectOffboarding(scenario, 'zoe', '2 API keys');
});

test('killed at any request of the delete and run again: the keys are not forgotten', async () => {
  for (let at = 1; ; at += 1) {
    const scenario = await startWithKeys();
    const run = await scenario.runUntil({ at, how: 'after' }, 'apply', '--yes');
    if (run === null) await finish(scenario, 'apply', '--yes');
    const { explain } = await leftBehind(scenario, 'zoe');
    expect(explain, `killed at ${at}`).toContain('offboarding incomplete: 2 API keys');
    if (run !== null) break;
  }
});

test('a Telnyx organization admin leaves: no API lists the keys, so a review in the roster closes it', async () => {
  const policies = (admins: readonly string[]) =>
    kindsCompany({
      [EDGE]: {
        kind: 'organizations',
        grants: { 'group:Org admins': admins, 'group:Voice': ['bob'] },
        settings: 'privileged_groups: [Org admins]\n',
      },
    });
  const scenario = createKindsScenario({
    policies: policies(['ada', 'yan', 'zoe']),
    telnyx: [edgeSeed({ ada: ['Org admins'], yan: ['Org admins'], zoe: ['Org admins'], bob: ['Voice'] })],
  });
  await scenario.run('apply', '--yes');
  scenario.setPolicies(policies(['ada', 'yan']));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['remove zoe in telnyx-edge']);
  await expectOffboarding(scenario, 'zoe', 'reviewed:');
  scenario.policy(`rosters/${EDGE}.yaml`, roster({ on: '2026-11-23', reviewed: { zoe: '2026-11-22' } }));
  await scenario.run('apply', '--yes');
  await expectOffboarding(scenario, 'zoe', 'reviewed:');
  scenario.policy(`rosters/${EDGE}.yaml`, roster({ on: '2026-11-23', reviewed: { zoe: '2026-11-23' } }));
  await expectClosed(scenario, 'zoe');
});

test('an administrator of a Console account leaves by hand: once a roster proves it, the keys of that account are left behind', async () => {
  const members = { ada: ['administrator'], yan: ['administrator'], zoe: ['administrator'] };
  const policies = (admins: readonly string[]) => kindsCompany({ [LABS]: { kind: 'console', grants: { administrator: admins } } });
  const seen = { root: ['owner'], ...members };
  const scenario = createKindsScenario({
    policies: { ...policies(['ada', 'yan', 'zoe']), [`rosters/${LABS}.yaml`]: roster({ people: seen, on: '2026-11-23' }) },
    twilio: { consoles: [consoleSeed(members, KEYS)] },
  });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  const { zoe: _gone, ...left } = seen;
  scenario.setPolicies({ ...policies(['ada', 'yan']), [`rosters/${LABS}.yaml`]: roster({ people: seen, on: '2026-11-23' }) });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect((await leftBehind(scenario, 'zoe')).explain).not.toContain('offboarding incomplete');
  scenario.hours(24);
  scenario.policy(`rosters/${LABS}.yaml`, roster({ people: left, on: '2026-11-24' }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await expectOffboarding(scenario, 'zoe', '2 API keys');
});
