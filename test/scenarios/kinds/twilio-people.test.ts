import { expect, test } from 'vitest';
import { crowd, OWNER, peopleFile } from '../support/company.ts';
import { createKindsScenario, stepsOf } from './support/create-kinds-scenario.ts';
import { kindsCompany, MAIN, OTHER, organizationSeed, SCOPES } from './support/kinds-company.ts';
import { CREW, crew, expectSettled, startOrganization } from './support/start-organization.ts';

test('somebody joins: a login is made, the roles are given, and they are active at once', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'new'], support: ['cleo', 'new'] }));
  expect(stepsOf(await scenario.plan())).toEqual(['invite new developer+support (git)']);
  const run = await scenario.run('apply', '--yes');
  expect(run).toMatchObject({ exit: 0, stdout: expect.stringContaining('applied    invite new@acme.example as developer, support') });
  expect(scenario.writes()).toEqual(['make a login for new', 'give new developer', 'give new support']);
  expect(scenario.logins('new@acme.example')).toEqual(['active']);
  expect(scenario.live()).toContain('new developer+support');
  await expectSettled(scenario);
});

test('somebody who has a login in the organization already gets the role and no second login', async () => {
  const scenario = await startOrganization({ seed: { people: { dan: [] } } });
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'dan'] }));
  expect(stepsOf(await scenario.plan())).toEqual(['invite dan developer (git)']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['give dan developer']);
  expect(scenario.logins('dan@acme.example')).toEqual(['active']);
  await expectSettled(scenario);
});

test('twelve people join at once: as many an hour as the account file says, and nobody waits for an invitation that does not exist', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, billing_manager: crowd(12) }));
  const run = await scenario.run('apply', '--yes');
  expect(run).toMatchObject({ exit: 10, stdout: expect.stringContaining('Applied 10') });
  expect(run.stdout).not.toContain('open invitations');
  scenario.minutes(61);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toHaveLength(24);
  await expectSettled(scenario);
});

test('a developer becomes administrator: the new role is given before the old one is taken', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, administrator: ['ada', 'zoe', 'bob'], developer: [] }));
  const plan = await scenario.plan();
  expect(stepsOf(plan)).toEqual(['patch bob administrator (git)']);
  expect(plan.changes[0]).toMatchObject({ risk: 'high', tags: expect.arrayContaining(['privilege_gained']) });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['give bob administrator', 'take bob developer']);
  await expectSettled(scenario);
});

test('an administrator becomes developer: the old role is taken before the new one is given', async () => {
  const scenario = await startOrganization({ grants: { ...CREW, administrator: ['ada', 'zoe', 'yan'] } });
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'yan'] }));
  expect(stepsOf(await scenario.plan())).toEqual(['patch yan developer (git)']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['take yan administrator', 'give yan developer']);
  await expectSettled(scenario);
});

test('a swap of one role for another of the same weight is made before it is broken', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, support: [], billing_manager: ['cleo'] }));
  expect(stepsOf(await scenario.plan())).toEqual(['patch cleo billing_manager (git)']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['give cleo billing_manager', 'take cleo support']);
  await expectSettled(scenario);
});

test('two people swap administrator for developer: nobody is left without an administrator on the way', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, administrator: ['ada', 'bob'], developer: ['zoe'] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.live()).toEqual(['ada administrator', 'bob administrator', 'cleo support', 'zoe developer']);
  await expectSettled(scenario);
});

test('a leaver whose roles are all gone: the login is deactivated, and read back as inactive', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, developer: [] }));
  expect(stepsOf(await scenario.plan())).toEqual(['delete bob (git)']);
  const run = await scenario.run('apply', '--yes');
  expect(run).toMatchObject({ exit: 0, stdout: expect.stringContaining('applied    delete bob@acme.example') });
  expect(scenario.writes()).toEqual(['take bob developer', 'deactivate bob']);
  expect(scenario.logins('bob@acme.example')).toEqual(['inactive']);
  await expectSettled(scenario);
});

test('a leaver who holds a role in another account of the organization loses this one and keeps the login', async () => {
  const scenario = await startOrganization({
    seed: { people: { bob: ['developer', 'support in twilio-other'] }, accounts: [{ name: OTHER }] },
  });
  scenario.setPolicies(crew({ ...CREW, developer: [] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['take bob developer']);
  expect(scenario.logins('bob@acme.example')).toEqual(['active']);
  expect(scenario.live(OTHER)).toEqual(['bob support']);
  await expectSettled(scenario);
});

test('a leaver with a role for the whole organization, or for one resource, keeps the login', async () => {
  const scenario = await startOrganization();
  scenario.twilio.portal(MAIN).giveOrganizationRole('bob@acme.example', 'Organization Admin');
  scenario.twilio.portal(MAIN).giveResourceRole('cleo@acme.example', 'Studio Viewer', 'studio_flow', 'FW0123');
  scenario.setPolicies(crew({ ...CREW, developer: [], support: [] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes().toSorted()).toEqual(['take bob developer', 'take cleo support']);
  expect([...scenario.logins('bob@acme.example'), ...scenario.logins('cleo@acme.example')]).toEqual(['active', 'active']);
  await expectSettled(scenario);
});

test('somebody whose login was deactivated is wanted again: it is activated, and no second one is made', async () => {
  const scenario = await startOrganization({ seed: { people: { eve: [] }, inactive: ['eve'] } });
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'eve'] }));
  const plan = await scenario.plan();
  expect(stepsOf(plan)).toEqual(['patch eve developer (git)']);
  expect(plan.changes[0]?.reason_code).toBe('reactivated');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['activate eve', 'give eve developer']);
  expect(scenario.logins('eve@acme.example')).toEqual(['active']);
  await expectSettled(scenario);
});

test('a login that is ended between plan and apply is not brought back by an approval that knew nothing of it (exit 4)', async () => {
  const scenario = await startOrganization({ seed: { people: { dan: [] } } });
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'dan'] }));
  await scenario.run('plan', '--out', 'plan.json');
  scenario.twilio.portal(MAIN).deactivate('dan@acme.example');
  const run = await scenario.run('apply', '--plan', 'plan.json');
  expect(run).toMatchObject({ exit: 4, stdout: expect.stringContaining('not in the approved plan') });
  expect(scenario.writes()).toEqual([]);
});

test('somebody inactive who still holds a role too many: it is dropped before the login is activated', async () => {
  const scenario = await startOrganization({ seed: { people: { eve: ['administrator'] }, inactive: ['eve'] } });
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'eve'] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['take eve administrator', 'activate eve', 'give eve developer']);
  await expectSettled(scenario);
});

test('somebody inactive whom nobody wants is shown with their roles and left alone', async () => {
  const scenario = await startOrganization({ seed: { people: { eve: ['developer'] }, inactive: ['eve'] } });
  const plan = await scenario.plan();
  expect(stepsOf(plan)).toEqual([]);
  expect(plan.accounts[0]?.left_alone).toEqual([
    expect.objectContaining({ principal: 'eve@acme.example', status: 'inactive', note: expect.stringContaining('counts as no access') }),
  ]);
});

test('an address changes: the new one is given access first, and the old one goes in the next run', async () => {
  const scenario = await startOrganization();
  const people = `${peopleFile(['ada', 'zoe', 'cleo'])}- email: robert@acme.example\n  name: Bob\n  previously: [bob@acme.example]\n`;
  scenario.setPolicies({ ...crew({ ...CREW, developer: ['robert'] }), 'people/everybody.yaml': people });
  expect(stepsOf(await scenario.plan())).toEqual(['delete bob (git)', 'invite robert developer (git)']);
  for (let runs = 0; runs < 2; runs += 1) await scenario.run('apply', '--yes');
  expect(scenario.writes()).toEqual(['make a login for robert', 'give robert developer', 'take bob developer', 'deactivate bob']);
  expect(scenario.live()).toEqual(['ada administrator', 'cleo support', 'robert developer', 'zoe administrator']);
  await expectSettled(scenario);
});

test('a grant ends on its last day and not a day earlier', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, developer: ['bob until 2026-11-23'] }));
  await expectSettled(scenario);
  scenario.hours(24);
  expect(stepsOf(await scenario.plan())).toEqual(['delete bob (end)']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['take bob developer', 'deactivate bob']);
});

test('people whom no policy names are shown as unmanaged, and identities outside the organization by their SID', async () => {
  const scenario = await startOrganization({
    seed: { people: { guest: ['support'] }, externals: { 'eve@elsewhere.example': ['developer'] } },
  });
  const plan = await scenario.plan();
  expect(stepsOf(plan)).toEqual([]);
  expect(plan.accounts[0]?.unmanaged.map(({ principal }) => principal)).toEqual(['guest@acme.example']);
  const [external] = plan.accounts[0]?.left_alone ?? [];
  expect(external).toMatchObject({
    principal: expect.stringMatching(/^us[0-9a-f]{32}$/),
    roles: ['developer'],
    note: expect.stringContaining('an identity outside SCIM'),
  });
  await expectSettled(scenario);
});

test('somebody outside the organization is made administrator at night: shown in plan and drift with the role, and not touched', async () => {
  const scenario = await startOrganization();
  scenario.twilio.portal(MAIN).addExternal('eve@elsewhere.example', 'administrator');
  for (const command of ['plan', 'drift'] as const) {
    const { stdout } = await scenario.run(command);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/us[0-9a-f]{32} \((unknown, )?administrator; an identity outside SCIM/);
  }
  await scenario.run('drift', '--revert');
  await scenario.run('apply', '--yes');
  expect(scenario.writes()).toEqual([]);
  expect(scenario.live()).toContain('eve@elsewhere.example administrator external');
});

test('a role that the live list does not have is shown, and its holder is left alone', async () => {
  const unknown = `IX${'9'.repeat(32)}`;
  const scenario = await startOrganization({ seed: { people: { eve: [unknown] } } });
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'eve'] }));
  const plan = await scenario.plan();
  expect(stepsOf(plan)).toEqual([]);
  expect(plan.accounts[0]?.left_alone).toEqual([
    expect.objectContaining({
      principal: 'eve@acme.example',
      note: expect.stringMatching(/the live list of roles does not have.*policy wants developer/),
    }),
  ]);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
});

test('a product role is given by its friendly name', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, 'Studio Viewer': ['bob'] }));
  expect(stepsOf(await scenario.plan())).toEqual(['patch bob Studio Viewer+developer (git)']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['give bob Studio Viewer']);
  await expectSettled(scenario);
});

test('a product role that Twilio does not have cannot be given by anybody: the change is by hand, and nothing of it is made', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, 'Studio Gardener': ['bob'] }));
  const plan = await scenario.plan();
  expect(plan.changes).toEqual([expect.objectContaining({ principal: 'bob@acme.example', executor: 'manual' })]);
  expect(plan.changes[0]?.steps.join(' ')).toContain('Studio Gardener');
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(10);
  expect(run.stdout).toContain('manual     by hand: patch bob@acme.example');
  expect(scenario.writes()).toEqual([]);
});

test('the owner whom policy declares needs no role, and another one than it declares is told and never touched', async () => {
  const scenario = await startOrganization();
  scenario.twilio.portal(MAIN).setOwner('zoe@acme.example');
  const run = await scenario.run('plan');
  expect(run.stdout.replaceAll(/\s+/g, ' ')).toMatch(
    /zoe@acme\.example \(owner; the vendor names this person as the account's owner, policy names root@acme\.example/,
  );
  scenario.setPolicies(crew({ ...CREW, administrator: ['ada'] }));
  await scenario.run('apply', '--yes');
  expect(scenario.writes()).toEqual([]);
});

test('where the app may not list accounts, the declared owner is trusted, and the plan says so', async () => {
  const scenario = await startOrganization();
  scenario.twilio.setSwitches({ accounts_scope: false });
  const run = await scenario.run('plan');
  expect(run.exit).toBe(0);
  expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain(`The owner ${OWNER} is trusted as policy declares it`);
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'new'] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['make a login for new', 'give new developer']);
});

test.each(['refused', 'missing'] as const)('the documented paths are %s: the older ones do all the same work', async (answer) => {
  const scenario = await startOrganization();
  scenario.twilio.setSwitches({ iam_paths: answer });
  scenario.setPolicies(crew({ administrator: ['ada', 'zoe', 'bob'], support: ['new'] }));
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout + run.stderr).toBe(0);
  expect(scenario.writes().toSorted()).toEqual([
    'deactivate cleo',
    'give bob administrator',
    'give new support',
    'make a login for new',
    'take bob developer',
    'take cleo support',
  ]);
  await expectSettled(scenario);
});

test('a credential for another account than the scope is refused before anything is compared (exit 9)', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, developer: [] }));
  scenario.env['TWILIO_MAIN_ACCOUNT_SID'] = SCOPES[OTHER] ?? '';
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(9);
  expect(run.stdout + run.stderr).toContain('is of another account than the scope');
  expect(scenario.writes()).toEqual([]);
});

test('a scope that the organization does not manage is refused (exit 9)', async () => {
  const scenario = createKindsScenario({
    policies: kindsCompany({ [MAIN]: { kind: 'organization', grants: CREW, scope: `AC${'ff'.repeat(16)}` } }),
    twilio: organizationSeed({ people: { ada: ['administrator'] } }),
  });
  scenario.env['TWILIO_MAIN_ACCOUNT_SID'] = undefined;
  scenario.env['TWILIO_MAIN_AUTH_TOKEN'] = undefined;
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(9);
  expect((run.stdout + run.stderr).replaceAll(/\s+/g, ' ')).toContain('is not a managed account of this organization');
  expect(scenario.writes()).toEqual([]);
});

test('a wrong client secret is exit 9, and neither secret nor token is ever written', async () => {
  const scenario = await startOrganization();
  scenario.env['TWILIO_MAIN_CLIENT_SECRET'] = 'SECRET-CANARY-wrong-0123456789abcdef';
  const run = await scenario.run('plan');
  expect(run.exit).toBe(9);
  expect(run.stdout + run.stderr).not.toContain('SECRET-CANARY');
});

test('a role raised in the Console is drift: it is shown, and taken back', async () => {
  const scenario = await startOrganization();
  scenario.twilio.portal(MAIN).giveRole('bob@acme.example', 'administrator', 'ada@acme.example');
  const seen = await scenario.run('drift');
  expect(seen).toMatchObject({
    exit: 2,
    stdout: expect.stringContaining('administrator, developer → developer · gained, would be reverted'),
  });
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['take bob administrator']);
  expect(scenario.live()).toContain('bob developer');
  await expectSettled(scenario);
});

test('somebody new in the Console is drift, and goes again with their login', async () => {
  const scenario = await startOrganization();
  scenario.twilio.portal(MAIN).createUser('mallory@acme.example', 'Mallory');
  scenario.twilio.portal(MAIN).giveRole('mallory@acme.example', 'administrator');
  expect(await scenario.run('drift')).toMatchObject({ exit: 2 });
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['take mallory administrator', 'deactivate mallory']);
  expect(scenario.logins('mallory@acme.example')).toEqual(['inactive']);
});

test('a leaver who is deactivated at night is reported and not let in again', async () => {
  const scenario = await startOrganization();
  scenario.twilio.portal(MAIN).deactivate('bob@acme.example');
  const seen = await scenario.run('drift');
  expect(seen).toMatchObject({ exit: 2, stdout: expect.stringContaining('bob@acme.example') });
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 2 });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  expect(scenario.logins('bob@acme.example')).toEqual(['inactive']);
  // On Monday policy says the same.
  scenario.setPolicies(crew({ ...CREW, developer: [] }));
  await scenario.run('apply', '--yes');
  expect(scenario.writes()).toEqual([]);
});
