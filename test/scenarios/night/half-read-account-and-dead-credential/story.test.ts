import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, SUPPORT } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

let office: Office;
afterEach(() => office.stop());

async function twoAccounts(): Promise<void> {
  office = await createOffice({
    policies: company({
      [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] },
      [SUPPORT]: { admin: ['ada', 'grace'], member: ['bob'] },
    }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'], [SUPPORT]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  for (const account of [PRODUCTION, SUPPORT]) office.vendor.portal(account).setRole('bob@acme.example', 'admin', 'grace@acme.example');
  office.hours(1);
}

test('an account that cannot be read is left alone and its issue says unread; the other goes on', async () => {
  await twoAccounts();
  office.vendor.faults.add({ kind: 'status', status: 503, match: { account: PRODUCTION }, times: 'always' });
  expect((await office.drift()).exit).toBe(8);
  expect(office.writes()).toEqual(['PATCH bob member']);
  expect(office.live(PRODUCTION)).toEqual(['ada admin', 'bob admin', 'grace admin']);
  expect(office.live(SUPPORT)).toEqual(['ada admin', 'bob member', 'grace admin']);
  await expect(bodyOf(office.issue(PRODUCTION))).toMatchFileSnapshot('unread.md');

  office.vendor.faults.clear();
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.live(PRODUCTION)).toEqual(['ada admin', 'bob member', 'grace admin']);
});

test('a credential that died stops its account at once, and the other goes on', async () => {
  await twoAccounts();
  expect((await office.drift({ env: { TELNYX_PRODUCTION_API_KEY: 'KEY_CANARY_dead' } })).exit).toBe(9);
  expect(office.writes()).toEqual(['PATCH bob member']);
  expect(office.live(PRODUCTION)).toEqual(['ada admin', 'bob admin', 'grace admin']);
  await expect(bodyOf(office.issue(PRODUCTION))).toMatchFileSnapshot('refused.md');
});
