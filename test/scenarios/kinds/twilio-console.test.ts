import { expect, test } from 'vitest';
import { createKindsScenario, type KindsScenario, stepsOf } from './support/create-kinds-scenario.ts';
import { consoleSeed, kindsCompany, LABS, MAIN, organizationSeed, roster } from './support/kinds-company.ts';
import { CREW, peopleOf } from './support/start-organization.ts';

const MEMBERS = { ada: ['administrator'], zoe: ['administrator'], bob: ['developer'], cleo: ['billing_manager', 'support'] };
const SEEN = { root: ['owner'], ...MEMBERS };
const GRANTS = { administrator: ['ada', 'zoe'], developer: ['bob'], billing_manager: ['cleo'], support: ['cleo'] };
const FILE = `rosters/${LABS}.yaml`;

type Grants = Readonly<Record<string, readonly string[]>>;

/** A Console account beside one of an organization, which goes on whatever becomes of the first. */
function policies(grants: Grants, main: Grants = CREW) {
  return kindsCompany({ [LABS]: { kind: 'console', grants }, [MAIN]: { kind: 'organization', grants: main } });
}

async function startLabs(): Promise<KindsScenario> {
  const scenario = createKindsScenario({
    policies: { ...policies(GRANTS), [FILE]: roster({ people: SEEN, on: '2026-11-20' }) },
    twilio: { ...organizationSeed({ people: peopleOf(CREW) }), consoles: [consoleSeed(MEMBERS)] },
  });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  return scenario;
}

/** New policies with the roster that is there, or another one. */
function setPolicies(scenario: KindsScenario, grants: Grants, people: Grants, on = '2026-11-22', main: Grants = CREW): void {
  scenario.setPolicies({ ...policies(grants, main), [FILE]: roster({ people, on }) });
}

test('an attested roster stands for a read, and the plan says who attested it and when', async () => {
  const scenario = await startLabs();
  const plan = await scenario.plan();
  const labs = plan.accounts.find((one) => one.account === LABS);
  expect(labs).toMatchObject({ verdict: 'empty', observation: { complete: true, source: 'roster' } });
  expect(labs?.notes.join(' ')).toMatch(/root@acme\.example.*2026-11-20/);
});

test.each([
  ['is missing', null],
  ['is older than 30 days', roster({ people: SEEN, on: '2026-10-23' })],
])('a roster that %s: that account is unverified (exit 8), and the others go on', async (_what, text) => {
  const scenario = await startLabs();
  scenario.setPolicies({
    ...policies({ ...GRANTS, developer: [] }, { ...CREW, developer: ['bob', 'new'] }),
    ...(text === null ? {} : { [FILE]: text }),
  });
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout + run.stderr).toBe(8);
  expect(run.stdout + run.stderr).toMatch(/unverified|roster/);
  expect(scenario.writes()).toEqual(['make a login for new', 'give new developer']);
  const plan = await scenario.plan();
  expect(plan.accounts.find((one) => one.account === LABS)).toMatchObject({ verdict: 'incomplete', observation: { cause: 'unverified' } });
  expect(plan.changes.filter((change) => change.account === LABS)).toEqual([]);
  expect(plan.accounts.find((one) => one.account === MAIN)?.verdict).toBe('empty');
});

test('a roster dated in the future is a finding, because nobody can have looked on that day (exit 3)', async () => {
  const scenario = await startLabs();
  setPolicies(scenario, { ...GRANTS, developer: [] }, SEEN, '2026-11-25');
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(3);
  expect(run.stdout + run.stderr).toContain('2026-11-25 has not come yet');
  expect(scenario.writes()).toEqual([]);
});

test('a roster holds for 30 days and not for 31', async () => {
  const scenario = await startLabs();
  setPolicies(scenario, GRANTS, SEEN, '2026-11-23');
  scenario.hours(30 * 24);
  expect(await scenario.run('plan')).toMatchObject({ exit: 0 });
  scenario.hours(24);
  expect(await scenario.run('plan')).toMatchObject({ exit: 8 });
});

test('every change is by hand, with the steps of the Console, and nothing is ever sent', async () => {
  const scenario = await startLabs();
  setPolicies(scenario, { administrator: ['ada'], developer: ['zoe', 'new'], billing_manager: ['cleo'], support: ['cleo'] }, SEEN);
  expect(stepsOf(await scenario.plan())).toEqual([
    'delete bob (git, manual)',
    'invite new developer (git, manual)',
    'patch zoe developer (git, manual)',
  ]);
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(10);
  const said = run.stdout.replaceAll(/\s+/g, ' ');
  expect(said).toContain('Choose Invite, enter new@acme.example, tick Developer, and choose Send Invitation.');
  expect(said).toContain('Disable Administrator and confirm: until then the Console gives no other role.');
  expect(said).toContain('choose Remove User from this account, and confirm');
  expect(said).toContain('This does not delete the Twilio login');
  expect(run.stdout).not.toMatch(/^applied/m);
  expect(scenario.writes()).toEqual([]);
});

test('done in the Console and attested: the next run proves it, and last-applied state moves', async () => {
  const scenario = await startLabs();
  setPolicies(scenario, { ...GRANTS, administrator: ['ada'], developer: ['bob', 'zoe'] }, SEEN);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  const done = { ...SEEN, zoe: ['developer'] };
  setPolicies(scenario, { ...GRANTS, administrator: ['ada'], developer: ['bob', 'zoe'] }, done, '2026-11-23');
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout).toBe(0);
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
  // Somebody makes her an administrator again: that is drift now, told by the next attestation.
  setPolicies(scenario, { ...GRANTS, administrator: ['ada'], developer: ['bob', 'zoe'] }, SEEN, '2026-11-23');
  expect(stepsOf(await scenario.plan())).toEqual(['patch zoe developer (drift, manual)']);
});

test('an invitation that nobody has accepted is pending and no change; accepted, it is active', async () => {
  const scenario = await startLabs();
  const grants = { ...GRANTS, developer: ['bob', 'new'] };
  setPolicies(scenario, grants, SEEN);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  setPolicies(scenario, grants, { ...SEEN, new: ['developer', 'pending'] }, '2026-11-23');
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout).toBe(0);
  const plan = await scenario.plan();
  const [pending] = plan.accounts.find((one) => one.account === LABS)?.pending ?? [];
  expect(pending?.principal).toBe('new@acme.example');
  expect(pending?.steps.join(' ')).toContain('choose Resend Invite from the Actions menu');
  setPolicies(scenario, grants, { ...SEEN, new: ['developer'] }, '2026-11-23');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(stepsOf(await scenario.plan())).toEqual([]);
});

test('what the Console shows, pasted: `rollcall roster` makes the file, and the plan on it is empty', async () => {
  const scenario = await startLabs();
  const side = scenario.twilio.console(LABS);
  scenario.input = `${side.usersPage()}\n${side.invitedPage()}`;
  const run = await scenario.run('roster', '--account', LABS, '--attested-by', 'root@acme.example');
  expect(run.exit, run.stdout + run.stderr).toBe(0);
  const text = scenario.files.get(`policies/rosters/${LABS}.yaml`) ?? run.stdout;
  expect(text).toContain('ada@acme.example');
  scenario.policy(FILE, text);
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
});

test('a Console account without its own credential is read by its roster all the same', async () => {
  const scenario = await startLabs();
  scenario.env['TWILIO_LABS_ACCOUNT_SID'] = undefined;
  scenario.env['TWILIO_LABS_AUTH_TOKEN'] = undefined;
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
});

test('the credential of another account is refused before its keys are asked for (exit 9), and the other account goes on', async () => {
  const scenario = await startLabs();
  scenario.env['TWILIO_LABS_ACCOUNT_SID'] = scenario.env['TWILIO_MAIN_ACCOUNT_SID'];
  setPolicies(scenario, GRANTS, SEEN, '2026-11-22', { ...CREW, developer: ['bob', 'new'] });
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout).toBe(9);
  expect(run.stdout + run.stderr).toContain('is of another account than the scope');
  expect(scenario.writes()).toEqual(['make a login for new', 'give new developer']);
});
