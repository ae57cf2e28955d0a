import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION } from '../../support/company.ts';

let office: Office;
afterEach(() => office.stop());

test('the policies on main are invalid: the newest valid ones count, and the run says so', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  await office.pushToMain('ada', { 'teams/broken.yaml': 'members: []\ngrants: []\nnonsense: 1\n' });
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin', 'grace@acme.example');
  office.hours(1);
  const night = await office.drift();
  expect(night.exit).toBe(0);
  expect(night.stdout).toMatch(/The policies of [0-9a-f]{12} on main are invalid, so the newest valid ones before it counted\./);
  expect(office.issue()?.body).toMatch(
    /#### To know\n\n- The policies of `[0-9a-f]{12}` on main are invalid, so the newest valid ones before it counted\.\n/,
  );
  expect(office.writes()).toEqual(['PATCH bob member']);
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin']);
});
