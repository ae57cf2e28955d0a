import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../github/support/create-office.ts';
import { company, PRODUCTION } from '../support/company.ts';

let office: Office;
afterEach(() => office.stop());

test('drift reverted', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(10);
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin', 'grace@acme.example');
  office.vendor.portal(PRODUCTION).deleteByPortal('ada@acme.example');
  office.hours(1);
  const night = await office.drift();
  console.log(night, office.writes(), office.issue(), office.live());
  office.hours(1);
  const second = await office.drift();
  console.log(second, office.writes(), office.issue());
});
