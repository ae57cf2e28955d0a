import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

let office: Office;
afterEach(() => office.stop());

test('a person joins: proposed, shown, approved, merged, invited', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);

  const pull = await office.propose('ada', 'Hedy joins', {
    'people/hedy.yaml': peopleFile(['hedy']),
    [`teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['bob', 'hedy']),
  });
  const planned = await office.plan(pull);
  expect(planned).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '1', exit_code: '0' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');

  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(office.writes()).toEqual([]);
  const applied = await office.apply();
  expect(applied).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST hedy member']);
  await expect(office.comment(pull)).toMatchFileSnapshot('result.md');
});
