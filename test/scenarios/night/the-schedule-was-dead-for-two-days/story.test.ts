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

test('a schedule that never ran at all is late at once and dead after a day', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Bob is raised', {
    [`teams/${PRODUCTION}-admin.yaml`]: team(PRODUCTION, 'admin', ['ada', 'grace', 'bob']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  office.hours(25);
  // An observation of today, so that nothing but the schedule is old.
  await office.apply({ event: 'workflow_dispatch' });
  expect((await office.plan(pull)).exit).toBe(8);
  expect(office.comment(pull)).toContain('No drift run was ever seen here');
});
