import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, team } from '../../support/company.ts';

let office: Office;
afterEach(() => office.stop());

test('no night ran for two days: the plan says so where people look, and the first night after it makes the plan good again', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  expect((await office.drift()).exit).toBe(0);
  office.hours(48);
  const pull = await office.propose('ada', 'Bob is raised', {
    [`teams/${PRODUCTION}-admin.yaml`]: team(PRODUCTION, 'admin', ['ada', 'grace', 'bob']),
  });
  await office.plan(pull);
  await expect(office.comment(pull)).toMatchFileSnapshot('late.md');
  expect(office.checks(await office.tip('ada/bob-is-raised')).at(-1)?.conclusion).toBe('failure');

  expect((await office.drift()).exit).toBe(0);
  await expect(office.comment(pull)).toMatchFileSnapshot('in-time.md');
  expect(office.writes()).toEqual([]);
});
