import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

let office: Office;
afterEach(() => office.stop());

const mutating = () => office.github.world.requests.filter((request) => request.mutating);

test('in a public repository nothing is written, read or sent, unless somebody says that everybody may read it', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
    isPrivate: false,
  });
  const refused = await office.begin();
  expect(refused).toMatchObject({ exit: 64, stdout: '', summary: '', outputs: {} });
  await expect(refused.stderr).toMatchFileSnapshot('refused.txt');
  const pull = await office.propose('ada', 'Hedy joins', {
    'people/hedy.yaml': peopleFile(['hedy']),
    'teams/hedy.yaml': team(PRODUCTION, 'member', ['hedy']),
  });
  expect(await office.plan(pull)).toMatchObject({ exit: 64, stdout: '', summary: '', outputs: {} });
  expect(mutating()).toEqual([]);
  expect(office.vendor.requests).toEqual([]);

  const flags = ['--public'];
  expect((await office.apply({ event: 'workflow_dispatch', flags })).exit).toBe(0);
  expect((await office.plan(pull, { flags })).exit).toBe(0);
  expect(office.comment(pull)).toContain('hedy@acme.example');
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply({ flags })).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
});
