import { expect, test } from 'vitest';
import type { TwilioSwitches } from '../../../src/emulator/twilio/twilio-switches.ts';
import { stepsOf } from './support/create-kinds-scenario.ts';
import { kindsCompany, MAIN, OTHER } from './support/kinds-company.ts';
import { CREW, crew, expectSettled, peopleOf, startOrganization } from './support/start-organization.ts';
import { finish } from './support/twilio-stories.ts';

/** One setting for each point where Twilio's documents contradict each other or are silent, other than the default. */
const DOUBTS: readonly Partial<TwilioSwitches>[] = [
  { token_status: 201 },
  { token_expires_in: 'absurd' },
  { token_lifetime_s: 120 },
  { roles_list: 'missing' },
  { accounts_scope: false },
  { accounts_scope: false, missing_scope_status: 401 },
  { org_scope_listed: false },
  { duplicate_user_status: 400 },
  { duplicate_assignment: 'same' },
  { duplicate_assignment: 'second' },
  { deactivation: 'drops_assignments' },
  { unknown_patch_path: 'refused' },
  { email_change: 'refused' },
  { assign_inactive: 'refused' },
  { external_listed: false },
  { owner_listed: true },
  { subaccounts_listed: false },
  { unknown_assignment_status: 400 },
  { read_lag_ms: 5_000 },
  { retry_after_s: 30, requests_per_minute: 20 },
  { events: 'off' },
  { next_page_host: 'foreign', max_page_size: 2 },
  { max_page_size: 1 },
  { iam_v1_errors: 'rfc9457' },
  { more_info_key: 'moreInfo' },
  { iam_paths: 'missing' },
  { preview_paths: 'missing' },
];

test.each(DOUBTS)(
  'whatever Twilio does (%j): people come, rise, fall, leave and come back, and the plan is empty afterwards',
  async (some) => {
    const grants = { ...CREW, administrator: ['ada', 'zoe', 'yan'] };
    const scenario = await startOrganization({ grants, seed: { people: { eve: ['support'], dan: [] }, inactive: ['eve'] } });
    scenario.twilio.setSwitches(some);
    scenario.setPolicies(crew({ administrator: ['ada', 'zoe', 'bob'], developer: ['yan', 'eve', 'dan'], billing_manager: ['new'] }));
    await finish(scenario, 'apply', '--yes');
    expect(scenario.live()).toEqual([
      'ada administrator',
      'bob administrator',
      'dan developer',
      'eve developer',
      'new billing_manager',
      'yan developer',
      'zoe administrator',
    ]);
    // What the credential may not see could need the login, so that it stays.
    const isClosed = some.accounts_scope === false || some.org_scope_listed === false || some.preview_paths === 'missing';
    expect(scenario.logins('cleo@acme.example')).toEqual([isClosed ? 'active' : 'inactive']);
    expect(scenario.logins('new@acme.example')).toEqual(['active']);
    scenario.minutes(1);
    await expectSettled(scenario);
  },
);

test('Twilio refuses administrator beside other roles: the developer stays what they are, and the words of the vendor say why', async () => {
  const scenario = await startOrganization();
  scenario.twilio.setSwitches({ administrator_beside_others: 'refused' });
  scenario.setPolicies(crew({ ...CREW, administrator: ['ada', 'zoe', 'bob'], developer: [] }));
  const run = await scenario.run('apply', '--yes');
  expect(run).toMatchObject({ exit: 6, stdout: expect.stringContaining('Administrator cannot be combined with other roles') });
  expect(scenario.writes()).toEqual(['give bob administrator']);
  expect(scenario.live()).toContain('bob developer');
});

test('somebody moves from one account of the organization to another: the login is never ended on the way', async () => {
  const both = (main: Readonly<Record<string, readonly string[]>>, other: Readonly<Record<string, readonly string[]>>) =>
    kindsCompany({ [MAIN]: { kind: 'organization', grants: main }, [OTHER]: { kind: 'organization', grants: other } });
  const scenario = await startOrganization({
    seed: { people: { ...peopleOf(CREW), ada: ['administrator', 'administrator in twilio-other'] }, accounts: [{ name: OTHER }] },
    more: { policies: both(CREW, { administrator: ['ada'] }) },
  });
  scenario.setPolicies(both({ ...CREW, developer: [] }, { administrator: ['ada'], developer: ['bob'] }));
  await finish(scenario, 'apply', '--yes');
  expect(scenario.writes().toSorted()).toEqual(['give bob developer in twilio-other', 'take bob developer']);
  expect(scenario.logins('bob@acme.example')).toEqual(['active']);
  expect(scenario.live(OTHER)).toEqual(['ada administrator', 'bob developer']);
  await expectSettled(scenario);
});

test('where policy says so unmanaged people are deleted, and identities outside the organization and the owner stay', async () => {
  const scenario = await startOrganization({
    seed: { people: { guest: ['support'] }, externals: { 'eve@elsewhere.example': ['developer'] } },
  });
  scenario.setPolicies(crew(CREW, 'unmanaged: delete\n'));
  expect(stepsOf(await scenario.plan())).toEqual(['delete guest (git)']);
  await finish(scenario, 'apply', '--yes');
  expect(scenario.writes()).toEqual(['take guest support', 'deactivate guest']);
  expect(scenario.live()).toContain('eve@elsewhere.example developer external');
});

test('a name is enforced where policy says so, and nothing else of the login is touched', async () => {
  const scenario = await startOrganization({ settings: 'names: enforce\ndrift: { gained: revert, lost: revert }\n' });
  scenario.twilio.portal(MAIN).rename('bob@acme.example', 'Robert Tables');
  const run = await scenario.run('drift', '--revert');
  await scenario.run('apply', '--yes');
  expect(scenario.writes(), run.stdout).toEqual(['rename bob']);
  expect(scenario.twilio.state(MAIN).people.find(({ email }) => email === 'bob@acme.example')).toMatchObject({
    name: 'Bob',
    status: 'active',
  });
});

test('a suspended login is shown, counts as no access, and is never let in again', async () => {
  const scenario = await startOrganization();
  scenario.twilio.portal(MAIN).suspend('bob@acme.example');
  const plan = await scenario.plan();
  expect(plan.changes.filter(({ origin }) => origin !== 'drift')).toEqual([]);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  await scenario.run('drift', '--revert');
  expect(scenario.writes()).toEqual([]);
});

test('the same person raised in the Console again and again: taken back each time, and people are told of the war', async () => {
  const scenario = await startOrganization();
  const said: string[] = [];
  for (let times = 0; times < 4; times += 1) {
    scenario.twilio.portal(MAIN).giveRole('bob@acme.example', 'administrator');
    said.push((await scenario.run('drift', '--revert')).stdout);
    scenario.minutes(5);
  }
  expect(scenario.writes()).toEqual(Array.from({ length: 4 }, () => 'take bob administrator'));
  expect(said.at(-1)).toContain('war');
  expect(scenario.live()).toContain('bob developer');
});
