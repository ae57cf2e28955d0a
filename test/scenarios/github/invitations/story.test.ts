import { afterEach, expect, test } from 'vitest';
import { company, crowd, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const MEMBERS = `teams/${PRODUCTION}-member.yaml`;
const CROWD = crowd(13);

let office: Office;
afterEach(() => office.stop());

test('thirteen people join: ten are invited, the comment says when the rest are, and later runs go on without a new approval', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'], settings: 'invites: { per_hour: 10, open: 12 }\n' } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'The class of November', {
    'people/class.yaml': peopleFile(CROWD),
    [MEMBERS]: team(PRODUCTION, 'member', ['bob', ...CROWD]),
  });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '13' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');
  await office.approve(pull, 'grace');
  await office.merge(pull);

  expect(await office.apply()).toMatchObject({ exit: 10, outputs: { exit_code: '10' } });
  expect(office.writes()).toEqual(CROWD.slice(0, 10).map((person) => `POST ${person} member`));
  await expect(office.comment(pull)).toMatchFileSnapshot('ten-now.md');

  expect(await office.apply({ event: 'workflow_dispatch' })).toMatchObject({ exit: 10 });
  expect(office.writes()).toEqual([]);

  const another = await office.propose('hedy', 'Bob leaves', { [MEMBERS]: team(PRODUCTION, 'member', CROWD) });
  expect(await office.plan(another)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  await expect(office.comment(another)).toMatchFileSnapshot('another-meanwhile.md');

  for (const person of CROWD.slice(0, 5)) office.vendor.portal(PRODUCTION).accept(`${person}@acme.example`);
  office.hours(1);
  expect(await office.apply({ event: 'workflow_dispatch' })).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(CROWD.slice(10).map((person) => `POST ${person} member`));
  expect(office.live()).toHaveLength(16);
});
