import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, team } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

let office: Office;
afterEach(() => office.stop());

test('changed in policy and in the console to different ends: the night writes nothing and shows it', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob', 'carol'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(10);
  await office.pushToMain('ada', {
    [`teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['carol']),
  });
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin', 'grace@acme.example');
  office.hours(1);

  expect((await office.drift()).exit).toBe(4);
  expect(office.writes()).toEqual([]);
  expect(office.live()).toEqual(['ada admin', 'bob admin', 'carol member', 'grace admin']);
  expect(office.issue()).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:drift'] });
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('both.md');
});
