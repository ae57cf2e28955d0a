import { expect, test } from 'vitest';
import { createKindsScenario } from '../support/create-kinds-scenario.ts';
import { EDGE, edgeSeed, kindsCompany, MAIN } from '../support/kinds-company.ts';
import { CREW, crew, expectSettled, startOrganization } from '../support/start-organization.ts';

test('a stranger who goes late after their delete, and comes back under another id, is deleted by the API again', async () => {
  const grants = { 'group:Org admins': ['ada', 'zoe'] };
  const office = createKindsScenario({
    policies: kindsCompany({ [EDGE]: { kind: 'organizations', grants, settings: 'privileged_groups: [Org admins]\n' } }),
    telnyx: [edgeSeed({ ada: ['Org admins'], zoe: ['Org admins'] })],
    telnyxSwitches: { read_lag_ms: 30_000 },
  });
  const portal = office.telnyx.portal(EDGE);
  const comeIn = () => {
    portal.inviteByPortal('mallory@acme.example', 'member', 'M');
    portal.accept('mallory@acme.example');
    portal.addToGroup('mallory@acme.example', 'Org admins');
    office.hours(1);
  };
  expect(await office.run('apply', '--yes')).toMatchObject({ exit: 0 });
  office.hours(1);
  comeIn();
  const first = await office.run('drift', '--revert');
  expect(first.stdout.replaceAll(/\s+/g, ' ')).toContain('support');
  office.hours(1);
  await office.run('drift', '--revert');
  comeIn();
  await office.run('drift', '--revert');
  office.hours(1);
  expect(office.live(EDGE).join()).not.toContain('mallory');
});

test('an address whose domain is verified by now is invited by the API a day later', async () => {
  const office = await startOrganization();
  const portal = office.twilio.portal(MAIN);
  portal.dropDomain('acme.example');
  office.setPolicies(crew({ ...CREW, developer: ['bob', 'new'] }));
  await office.run('apply', '--yes');
  portal.verifyDomain('acme.example');
  office.hours(23);
  await office.run('apply', '--yes');
  expect(office.live()).not.toContain('new developer');
  office.hours(2);
  expect(await office.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(office.live()).toContain('new developer');
});

test('a change that was never made and is no longer wanted leaves nothing that is taken for true later', async () => {
  const office = await startOrganization({ seed: { keys: [{ name: 'deploy', created_at: '2026-05-01T00:00:00Z' }] } });
  office.setPolicies(crew({ ...CREW, support: [], developer: ['bob', 'cleo'] }));
  office.twilio.faults.add({ kind: 'timeout', when: 'before', times: 1, match: { method: 'POST', path: 'RoleAssignments' } });
  await office.run('apply', '--yes');
  office.setPolicies(crew());
  await office.run('apply', '--yes');
  office.hours(48);
  office.setPolicies(crew({ ...CREW, support: [] }, '', ['cleo']));
  expect(await office.run('apply', '--yes')).toMatchObject({ exit: 0 });
  const { stdout } = await office.run('explain', 'cleo@acme.example');
  expect(stdout).not.toContain('offboarding incomplete');
});

test('a login made for an invitation that came to nothing is ended when the grant is withdrawn', async () => {
  const office = await startOrganization();
  office.setPolicies(crew({ ...CREW, developer: ['bob', 'new'] }));
  const match = { method: 'POST', path: 'RoleAssignments' } as const;
  office.twilio.faults.add({ kind: 'status', status: 400, times: 1, body: { code: 25201, message: 'no' }, match });
  await office.run('apply', '--yes');
  expect(office.logins('new@acme.example')).toEqual(['active']);
  office.setPolicies(crew());
  await office.run('apply', '--yes');
  const { stdout } = await office.run('drift');
  expect(stdout).toContain('new@acme.example');
  await office.run('drift', '--revert');
  expect(office.logins('new@acme.example')).toEqual(['inactive']);
  await expectSettled(office);
});

test('a login made for an invitation that came to nothing stays for who holds something elsewhere by then', async () => {
  const office = await startOrganization({ seed: { accounts: [{ name: 'east', sid: `AC${'e1'.repeat(16)}` }] } });
  office.setPolicies(crew({ ...CREW, developer: ['bob', 'new'] }));
  const match = { method: 'POST', path: 'RoleAssignments' } as const;
  office.twilio.faults.add({ kind: 'status', status: 400, times: 1, body: { code: 25201, message: 'no' }, match });
  await office.run('apply', '--yes');
  office.twilio.portal('east').giveRole('new@acme.example', 'support');
  office.setPolicies(crew());
  await office.run('apply', '--yes');
  await office.run('drift', '--revert');
  expect(office.logins('new@acme.example')).toEqual(['active']);
  await expectSettled(office);
});
