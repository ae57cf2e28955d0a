import { expect, test } from 'vitest';
import { MAIN } from '../support/kinds-company.ts';
import { CREW, crew, expectSettled, startOrganization } from '../support/start-organization.ts';

const ROLE_REFUSED = {
  kind: 'status',
  status: 400,
  body: { code: 25201, message: 'no' },
  match: { method: 'POST', path: 'RoleAssignments' },
} as const;

test.each([1, 7])('privilege gained by somebody whose approved change keeps failing is taken back %i hours later', async (hours) => {
  const office = await startOrganization();
  office.setPolicies(crew({ ...CREW, support: ['cleo', 'bob'] }));
  office.twilio.faults.add({ ...ROLE_REFUSED, times: 'always' });
  await office.run('apply', '--yes');
  office.hours(hours);
  office.twilio.portal(MAIN).giveRole('bob@acme.example', 'administrator');
  await office.run('drift', '--revert');
  expect(office.live()).toContain('bob developer');
  office.twilio.faults.clear();
  office.hours(7);
  expect(await office.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(office.live()).toContain('bob developer+support');
  await expectSettled(office);
});

test('what failed for good keeps nothing else from being made: policy may want something else of the same person at once', async () => {
  const office = await startOrganization();
  office.setPolicies(crew({ ...CREW, support: ['cleo', 'bob'] }));
  office.twilio.faults.add({ ...ROLE_REFUSED, times: 1 });
  await office.run('apply', '--yes');
  office.hours(1);
  office.setPolicies(crew({ ...CREW, developer: [], support: ['cleo'], billing_manager: ['bob'] }));
  expect(await office.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(office.live()).toContain('bob billing_manager');
});

test('what drift gained is not given back when the role that policy wants instead is refused', async () => {
  const office = await startOrganization();
  const portal = office.twilio.portal(MAIN);
  portal.takeRole('cleo@acme.example', 'support');
  portal.giveRole('cleo@acme.example', 'administrator');
  office.setPolicies(crew({ ...CREW, support: [], billing_manager: ['cleo'] }));
  office.twilio.faults.add({ ...ROLE_REFUSED, times: 1 });
  await office.run('apply', '--yes');
  expect(office.writes()).not.toContain('give cleo administrator');
  expect(office.live().join()).not.toContain('cleo administrator');
});
