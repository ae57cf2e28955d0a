import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

let office: Office;
afterEach(() => office.stop());

test('a new address is invited on merge; the old one goes in the night after the new one is active, two weeks later', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Bob has a new address', {
    'people/everybody.yaml': `${peopleFile(['ada', 'grace'])}- email: robert@acme.example\n  name: Bob\n  previously: [bob@acme.example]\n`,
    [`teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['robert']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(10);
  expect(office.writes()).toEqual(['POST robert member']);

  for (const _ of ['first', 'second']) {
    office.hours(6 * 24);
    expect((await office.drift()).exit).toBe(10);
  }
  expect(office.writes()).toEqual([]);
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin', 'robert member invited']);
  expect(office.issue()).toMatchObject({ state: 'open', comments: [] });
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('waits.md');

  office.vendor.portal(PRODUCTION).accept('robert@acme.example');
  office.hours(48);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE bob']);
  expect(office.live()).toEqual(['ada admin', 'grace admin', 'robert member']);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.issue()?.state).toBe('closed');
});
