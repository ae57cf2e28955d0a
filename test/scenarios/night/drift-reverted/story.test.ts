import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

let office: Office;
afterEach(() => office.stop());

test('a role raised and a stranger invited overnight are taken back, the issue says so, and it closes once the keys are attested', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(10);
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin', 'grace@acme.example');
  office.vendor.portal(PRODUCTION).inviteByPortal('mallory@acme.example', 'member', 'Mallory', 'grace@acme.example');
  office.hours(1);

  expect(await office.drift()).toMatchObject({ exit: 0, outputs: { exit_code: '0' } });
  expect(office.writes()).toEqual(['DELETE mallory', 'PATCH bob member']);
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin']);
  expect(office.issue()).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:drift'], comments: [] });
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('reverted.md');

  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  // Whoever was an admin for an hour could read keys.
  expect(office.issue()).toMatchObject({ state: 'open', body: expect.stringContaining('### 1 offboarding incomplete\n') });
  const attested = 'attested_by: ada@acme.example\nattested_on: 2026-11-23\nreviewed:\n  - { after: bob@acme.example, on: 2026-11-23 }\n';
  const pull = await office.propose('grace', 'The keys were looked through', { 'rosters/telnyx-production.yaml': attested });
  await office.plan(pull);
  await office.approve(pull, 'ada');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.issue()?.state).toBe('closed');
  await expect(office.issue()?.comments.join('\n')).toMatchFileSnapshot('closed.md');

  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin', 'grace@acme.example');
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['PATCH bob member']);
  expect(office.issue()).toMatchObject({ number: 1, state: 'open' });
});
