import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

let office: Office;
afterEach(() => office.stop());

test('access that somebody took away is reported and never given back, and the issue is not commented again while nothing changes', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(10);
  office.vendor.portal(PRODUCTION).setRole('ada@acme.example', 'member', 'grace@acme.example');
  office.hours(1);

  for (const _ of ['first', 'second']) {
    expect(await office.drift()).toMatchObject({ exit: 2, outputs: { exit_code: '2' } });
    expect(office.issue()).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:drift'], comments: [] });
    office.hours(1);
  }
  expect(office.writes()).toEqual([]);
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('reported.md');

  office.vendor.portal(PRODUCTION).setRole('ada@acme.example', 'admin', 'grace@acme.example');
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.issue()?.state).toBe('closed');
});
