import { expect, test } from 'vitest';
import { createKindsScenario, type KindsScenario } from './support/create-kinds-scenario.ts';
import { kindsCompany, MAIN, organizationSeed } from './support/kinds-company.ts';
import { CREW, crew } from './support/start-organization.ts';
import { countMade, finish } from './support/twilio-stories.ts';

const EAST = `AC${'e1'.repeat(16)}`;
const WEST = `AC${'e2'.repeat(16)}`;
const nameOfSub = (sid: string) => `${MAIN}-${sid.toLowerCase()}`;
const ALL = 'subaccounts: all\n';

/** Two subaccounts in which the same people hold the same as above. */
async function startFannedOut(settings = ALL): Promise<KindsScenario> {
  const people = Object.fromEntries(
    Object.entries(CREW).flatMap(([role, holders]) =>
      holders.map((person): [string, string[]] => [person, [role, ...(settings === ALL ? [`${role} in east`, `${role} in west`] : [])]]),
    ),
  );
  const scenario = createKindsScenario({
    policies: crew(CREW, settings),
    twilio: organizationSeed({
      people,
      accounts: [
        { name: 'east', sid: EAST, parent: MAIN },
        { name: 'west', sid: WEST, parent: MAIN },
      ],
    }),
  });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  return scenario;
}

/** The accounts that the ledger says nobody watches any more. */
async function releasedIn(scenario: KindsScenario): Promise<string[]> {
  const records = (await scenario.ledger()).split('\n').filter((line) => line.includes('"kind":"released"'));
  return records.map((line) => (JSON.parse(line) as { account: string }).account);
}

test('one policy for every subaccount: each has a section of its own in the plan, and its own changes', async () => {
  const scenario = await startFannedOut();
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'new'] }, ALL));
  const plan = await scenario.plan();
  expect(plan.accounts.map((one) => one.account)).toEqual([MAIN, nameOfSub(EAST), nameOfSub(WEST)]);
  expect(plan.changes.map(({ account, action, principal }) => `${account} ${action} ${principal}`)).toEqual([
    `${MAIN} invite new@acme.example`,
    `${nameOfSub(EAST)} invite new@acme.example`,
    `${nameOfSub(WEST)} invite new@acme.example`,
  ]);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes().toSorted()).toEqual(
    [
      'make a login for new',
      'give new developer',
      `give new developer in ${nameOfSub(EAST)}`,
      `give new developer in ${nameOfSub(WEST)}`,
    ].toSorted(),
  );
  expect(scenario.logins('new@acme.example')).toEqual(['active']);
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
});

test('a leaver loses every subaccount, and only then the login', async () => {
  const scenario = await startFannedOut();
  scenario.setPolicies(crew({ ...CREW, developer: [] }, ALL));
  for (let runs = 0; runs < 2; runs += 1) await scenario.run('apply', '--yes');
  const made = scenario.writes();
  expect(made.toSorted()).toEqual(
    [
      'take bob developer',
      `take bob developer in ${nameOfSub(EAST)}`,
      `take bob developer in ${nameOfSub(WEST)}`,
      'deactivate bob',
    ].toSorted(),
  );
  expect(made.at(-1)).toBe('deactivate bob');
  expect(scenario.logins('bob@acme.example')).toEqual(['inactive']);
});

test('a guard of one subaccount stops that one alone', async () => {
  const scenario = await startFannedOut();
  const portal = scenario.twilio.portal('east');
  for (const person of ['p1', 'p2', 'p3', 'p4']) {
    portal.createUser(`${person}@acme.example`, person);
    portal.giveRole(`${person}@acme.example`, 'support');
  }
  const run = await scenario.run('drift', '--revert');
  expect(run.exit, run.stdout).toBe(5);
  expect(scenario.writes()).toEqual([]);
  scenario.twilio.portal('west').giveRole('bob@acme.example', 'administrator');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 5 });
  expect(scenario.writes()).toEqual([`take bob administrator in ${nameOfSub(WEST)}`]);
});

test('a subaccount that somebody opens next week is planned from the next run on, and its people count as there at the baseline', async () => {
  const scenario = await startFannedOut();
  scenario.hours(24 * 7);
  const opened = scenario.twilio.portal(MAIN).addSubaccount('north');
  const sid = opened.done ? opened.id : '';
  scenario.twilio.portal('north').giveRole('cleo@acme.example', 'developer');
  const plan = await scenario.plan();
  expect(plan.accounts.map((one) => one.account)).toContain(nameOfSub(sid));
  const changes = plan.changes.filter((change) => change.account === nameOfSub(sid));
  expect(changes.map(({ action, principal, origin }) => `${action} ${principal} ${origin}`).toSorted()).toEqual([
    'invite ada@acme.example unrecorded',
    'invite bob@acme.example unrecorded',
    'invite zoe@acme.example unrecorded',
    'patch cleo@acme.example unrecorded',
  ]);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.live('north')).toEqual(['ada administrator', 'bob developer', 'cleo support', 'zoe administrator']);
});

test('a subaccount that no policy names is a note under `none`, and nobody there is touched', async () => {
  const scenario = await startFannedOut('');
  const plan = await scenario.plan();
  expect(plan.accounts.map((one) => one.account)).toEqual([MAIN]);
  expect(plan.accounts[0]?.notes.filter((note) => note.includes('is in no policy'))).toEqual([
    expect.stringContaining(EAST),
    expect.stringContaining(WEST),
  ]);
});

test('a subaccount with an account file of its own goes by that file', async () => {
  const scenario = await startFannedOut();
  const policies = kindsCompany({
    [MAIN]: { kind: 'organization', grants: CREW, settings: ALL },
    'twilio-east': { kind: 'organization', scope: EAST, grants: { administrator: ['ada', 'zoe'], developer: ['bob'] } },
  });
  scenario.setPolicies(policies);
  scenario.env['TWILIO_EAST_CLIENT_ID'] = scenario.env['TWILIO_MAIN_CLIENT_ID'];
  scenario.env['TWILIO_EAST_CLIENT_SECRET'] = scenario.env['TWILIO_MAIN_CLIENT_SECRET'];
  const plan = await scenario.plan();
  expect(plan.accounts.map((one) => one.account)).toEqual(expect.arrayContaining([MAIN, 'twilio-east', nameOfSub(WEST)]));
  expect(plan.accounts.map((one) => one.account)).not.toContain(nameOfSub(EAST));
});

test('the account above cannot be read: nothing below it is planned, and nothing below it is released', async () => {
  const scenario = await startFannedOut();
  scenario.setPolicies(crew({ ...CREW, developer: [] }, ALL));
  scenario.twilio.faults.add({ kind: 'status', status: 503, times: 'always', match: { path: '/scim/' } });
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout + run.stderr).toBe(8);
  expect(scenario.writes()).toEqual([]);
  expect(await releasedIn(scenario)).toEqual([]);
  const plan = await scenario.plan();
  expect(plan.changes).toEqual([]);
  expect(plan.unsupervised).toEqual([]);
});

test('the list of subaccounts cannot be read: the account above counts as not read, so that nobody takes them for watched', async () => {
  const scenario = await startFannedOut();
  scenario.setPolicies(crew({ ...CREW, developer: [] }, ALL));
  scenario.env['TWILIO_MAIN_ACCOUNT_SID'] = undefined;
  scenario.env['TWILIO_MAIN_AUTH_TOKEN'] = undefined;
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout + run.stderr).toBe(9);
  expect(scenario.writes()).toEqual([]);
  expect(await releasedIn(scenario)).toEqual([]);
  expect((await scenario.plan()).accounts[0]?.observation.reason).toContain('policy watches the subaccounts, and they could not be read');
});

test('a role of the account above does not cascade, and the effective access of the whole organization is shown', async () => {
  const scenario = await startFannedOut();
  scenario.twilio.portal(MAIN).giveOrganizationRole('cleo@acme.example', 'Organization Admin');
  const plan = await scenario.plan();
  const east = plan.accounts.find((one) => one.account === nameOfSub(EAST));
  expect(east?.notes.join(' ')).toContain('Organization Admin through the whole organization: cleo@acme.example');
  expect(plan.changes).toEqual([]);
});

test('killed at each input and output while somebody leaves every subaccount: the next runs take the rest, and end the login once', async () => {
  for (let at = 1; ; at += 1) {
    const scenario = await startFannedOut();
    scenario.setPolicies(crew({ ...CREW, developer: [] }, ALL));
    const whole = await scenario.runUntil({ at, how: 'after' }, 'apply', '--yes');
    if (whole !== null) {
      expect(whole).toMatchObject({ exit: 0 });
      break;
    }
    await finish(scenario, 'apply', '--yes');
    expect(scenario.logins('bob@acme.example'), `killed at ${at}`).toEqual(['inactive']);
    expect(countMade(scenario), `killed at ${at}`).toBe(4);
    expect(await scenario.run('plan', '--detailed-exitcode'), `killed at ${at}`).toMatchObject({ exit: 0 });
  }
});

test('`subaccounts: all` is taken out of policy: those below are named as no longer watched, and nobody there is touched', async () => {
  const scenario = await startFannedOut();
  scenario.setPolicies(crew(CREW, ''));
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout).toBe(0);
  expect((await releasedIn(scenario)).toSorted()).toEqual([nameOfSub(EAST), nameOfSub(WEST)]);
  expect(run.stdout + run.stderr).toContain(nameOfSub(EAST));
  expect(scenario.writes()).toEqual([]);
});
