import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

let office: Office;
afterEach(() => office.stop());

test('somebody raises the same role after every run: it is taken back each time, and people are told of the war', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  for (const round of [1, 2, 3, 4, 5]) {
    office.hours(0.5);
    office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin', 'grace@acme.example');
    office.hours(0.5);
    expect((await office.drift()).exit).toBe(0);
    expect(office.writes(), `round ${round}`).toEqual(['PATCH bob member']);
    expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin']);
  }
  expect(office.issue()?.state).toBe('open');
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('war.md');
});
