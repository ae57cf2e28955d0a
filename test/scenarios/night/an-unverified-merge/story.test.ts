import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, team } from '../../support/company.ts';

let office: Office;
afterEach(() => office.stop());

test('a merge that no run has verified yet is not applied by the night', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Bob is raised', {
    [`teams/${PRODUCTION}-admin.yaml`]: team(PRODUCTION, 'admin', ['ada', 'grace', 'bob']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin']);
  expect(office.issue()).toBeNull();

  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['PATCH bob admin']);
});
