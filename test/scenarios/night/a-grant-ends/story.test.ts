import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, team } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

let office: Office;
afterEach(() => office.stop());

test('the day after a grant ends its access goes, unless another grant holds it', async () => {
  office = await createOffice({
    policies: {
      ...company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob until 2026-11-24', 'carol until 2026-11-24'] } }),
      'teams/front.yaml': team(PRODUCTION, 'member', ['carol']),
    },
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(37);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('on-the-last-day.md');

  office.hours(3);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE bob']);
  expect(office.live()).toEqual(['ada admin', 'carol member', 'grace admin']);
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('ended.md');
});

test('an end that a direct push brought ends nothing at night: nobody approved it', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  await office.pushToMain('ada', { [`teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['bob until 2026-11-24']) });
  office.hours(48);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin']);
});
