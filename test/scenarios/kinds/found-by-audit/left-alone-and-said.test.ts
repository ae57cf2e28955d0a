import { expect, test } from 'vitest';
import { createOffice } from '../../github/support/create-office.ts';
import { kindsCompany, MAIN, organizationSeed } from '../support/kinds-company.ts';
import { CREW, crew, peopleOf, startOrganization } from '../support/start-organization.ts';

const UNLISTED = `IX${'9'.repeat(32)}`;

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

test('an account whose ownership somebody else has taken is drift, and every look says who has it', async () => {
  const scenario = await startOrganization();
  const portal = scenario.twilio.portal(MAIN);
  portal.createUser('mallory@acme.example', 'Mallory');
  portal.setOwner('mallory@acme.example');
  const words = 'mallory@acme.example has access that nobody agreed to (owner) and is left alone: the vendor names this person';
  const reverted = await scenario.run('drift', '--revert');
  expect(reverted.exit).toBe(2);
  expect(flat(reverted.stderr)).toContain(words);
  const shown = await scenario.run('drift');
  expect(shown.exit).toBe(2);
  expect(flat(shown.stdout)).toContain(words);
  portal.setOwner('root@acme.example');
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
});

test('an identity outside the organization that turns up as administrator is drift; one that was there when supervision began is not', async () => {
  const scenario = await startOrganization({ seed: { externals: { 'eve@elsewhere.example': ['developer'] } } });
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
  scenario.twilio.portal(MAIN).addExternal('mallory@elsewhere.example', 'administrator');
  const drift = await scenario.run('drift');
  expect(drift.exit).toBe(2);
  expect(flat(drift.stdout)).toMatch(/has access that nobody agreed to \(administrator\) and is left alone: an identity outside SCIM/);
});

test('an administrator by hand who was also given a role that no list has is taken back all the same, and that role stays', async () => {
  const scenario = await startOrganization();
  const portal = scenario.twilio.portal(MAIN);
  portal.giveRole('bob@acme.example', 'administrator');
  portal.giveRole('bob@acme.example', UNLISTED);
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.live()).toContain(`bob ${UNLISTED}+developer`);
  expect(flat((await scenario.run('plan')).stdout)).toContain(
    `The vendor shows: holds a role that the live list of roles does not have (${UNLISTED}), which stays as it is (bob@acme.example).`,
  );
});

test('a stranger with such a role beside administrator loses administrator, and what is left of them is drift until somebody takes it', async () => {
  const scenario = await startOrganization();
  const portal = scenario.twilio.portal(MAIN);
  portal.createUser('mallory@acme.example', 'Mallory');
  portal.giveRole('mallory@acme.example', 'administrator');
  portal.giveRole('mallory@acme.example', UNLISTED);
  await scenario.run('drift', '--revert');
  expect(scenario.live()).toContain(`mallory ${UNLISTED}`);
  scenario.hours(1);
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 2 });
  portal.takeRole('mallory@acme.example', UNLISTED);
  scenario.hours(1);
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
});

test('an approved delete of somebody who is left alone by then is withheld, and says why', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, developer: [] }, '', ['bob']));
  await scenario.run('plan', '--out', 'plan.json');
  const portal = scenario.twilio.portal(MAIN);
  portal.giveRole('bob@acme.example', UNLISTED);
  portal.takeRole('bob@acme.example', 'developer');
  const apply = await scenario.run('apply', '--plan', 'plan.json');
  expect(apply.exit).toBe(4);
  expect(flat(apply.stdout)).toContain(
    'withheld delete bob@acme.example (developer) this person is left alone: holds a role that the live list of roles does not have',
  );
  expect(scenario.writes()).toEqual([]);
});

test('a delete that leaves a role which no list has is not reported as done, now or later', async () => {
  const scenario = await startOrganization();
  scenario.twilio.portal(MAIN).giveRole('bob@acme.example', UNLISTED);
  scenario.setPolicies(crew({ ...CREW, developer: [] }, '', ['bob']));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 6 });
  expect(scenario.writes()).toEqual(['take bob developer']);
  scenario.hours(1);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 4 });
  expect(await scenario.run('drift')).toMatchObject({ exit: 2 });
});

test('a stranger who is administrator and has such a role beside it stands in for no administrator', async () => {
  const settings = 'guards: { max_deletes: 3, max_deletes_percent: 100, min_admins: 3 }\n';
  const scenario = await startOrganization({ settings });
  const portal = scenario.twilio.portal(MAIN);
  portal.createUser('mallory@acme.example', 'Mallory');
  portal.giveRole('mallory@acme.example', 'administrator');
  portal.giveRole('mallory@acme.example', UNLISTED);
  scenario.setPolicies(crew({ ...CREW, administrator: ['ada'] }, settings, ['zoe']));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 5 });
  expect(scenario.live()).toContain('zoe administrator');
});

test('a night in which the ownership turned out to be with somebody else opens an issue, which closes once it is back', async () => {
  const office = await createOffice({
    policies: kindsCompany({ [MAIN]: { kind: 'organization', grants: CREW } }),
    twilio: organizationSeed({ people: peopleOf(CREW) }),
    teams: {},
  });
  try {
    expect((await office.begin()).exit).toBe(0);
    office.hours(1);
    const portal = office.twilio.portal(MAIN);
    portal.createUser('mallory@acme.example', 'Mallory');
    portal.setOwner('mallory@acme.example');
    expect((await office.drift()).exit).toBe(2);
    expect(office.issue(MAIN)?.state).toBe('open');
    expect(flat(office.issue(MAIN)?.body ?? '')).toContain('has access that nobody agreed to');
    portal.setOwner('root@acme.example');
    office.hours(1);
    expect((await office.drift()).exit).toBe(0);
    expect(office.issue(MAIN)?.state).toBe('closed');
  } finally {
    await office.stop();
  }
});
