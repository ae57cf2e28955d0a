import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

let office: Office;
afterEach(() => office.stop());

test('a leaver deleted in the console on Friday night stays deleted over the weekend, and Monday’s merge finds it true', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob', 'carol'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(109);
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example', 'grace@acme.example');
  for (const hours of [1, 24, 24]) {
    office.hours(hours);
    expect((await office.drift()).exit).toBe(2);
  }
  expect(office.writes()).toEqual([]);
  expect(office.issue()).toMatchObject({ state: 'open', comments: [] });
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('weekend.md');

  office.hours(10);
  const pull = await office.propose('ada', 'Bob has left', {
    'people/everybody.yaml': peopleFile(['ada', 'grace', 'carol']),
    [`teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['carol']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.live()).toEqual(['ada admin', 'carol member', 'grace admin']);
  expect(office.issue()?.state).toBe('closed');
});
