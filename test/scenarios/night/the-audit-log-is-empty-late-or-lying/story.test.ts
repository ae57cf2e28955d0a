import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION } from '../../support/company.ts';

let office: Office;
afterEach(() => office.stop());

test.each([
  [{ audit_log: 'off' }, '| not known |'],
  [{ audit_log: 'empty' }, '| not known |'],
  [{ audit_lag_ms: 7_200_000 }, '| not known |'],
  [{ audit_log: 'lying' }, '| likely '],
] as const)(
  'with an audit log that is %j the role is taken back all the same, and the issue claims no more than is known',
  async (log, says) => {
    office = await createOffice({
      policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
      live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
    });
    expect((await office.begin()).exit).toBe(0);
    office.vendor.setSwitches(log);
    office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin', 'grace@acme.example');
    office.hours(1);
    expect((await office.drift()).exit).toBe(0);
    expect(office.writes()).toEqual(['PATCH bob member']);
    expect(office.issue()?.body).toContain(says);
  },
);

test('what the owner did is said to be likely the owner, whom the account does not list', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin');
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.issue()?.body).toContain('| likely `the account owner');
});
