import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const MEMBERS = `teams/${PRODUCTION}-member.yaml`;
const CAROL = team(PRODUCTION, 'member', ['bob', 'frank', 'carol']);

let office: Office;
afterEach(() => office.stop());

test('two mistakes: each is said at its line, the check fails, and once they are repaired the plan takes their place', async () => {
  await begin();
  const pull = await office.propose('ada', 'Carol joins', {
    [MEMBERS]: `${CAROL}grant: []\n`,
    'people/carol.yaml': peopleFile(['carol']).replace('@', '[at]'),
  });
  const planned = await office.plan(pull);
  expect(planned).toMatchObject({ exit: 3, outputs: { verdict: 'invalid', changes: '0', exit_code: '3' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');
  const [check] = office.checks(await office.tip('ada/carol-joins'));
  expect(check).toMatchObject({ conclusion: 'failure', title: 'Access plan: policy invalid · 2 errors', annotations: 2 });
  expect(annotations()).toEqual([
    'failure policies/people/carol.yaml:1 invalid-email',
    'failure policies/teams/telnyx-production-member.yaml:7 unknown-key',
  ]);

  await office.push(pull, 'ada', { [MEMBERS]: CAROL, 'people/carol.yaml': peopleFile(['carol']) });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '1' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('repaired.md');
});

test('two pull requests that are valid alone and invalid together: the merged result is what is judged', async () => {
  await begin();
  const grant = await office.propose('ada', 'Bob twice', { 'teams/second.yaml': team(PRODUCTION, 'member', ['bob']) });
  expect((await office.plan(grant)).exit).toBe(0);
  await office.pushToMain('grace', {
    [MEMBERS]: team(PRODUCTION, 'member', ['frank']),
    'people/everybody.yaml': peopleFile(['ada', 'grace', 'frank']),
  });
  expect(await office.plan(grant)).toMatchObject({ exit: 3 });
  await expect(office.comment(grant)).toMatchFileSnapshot('invalid-together.md');
});

test('merged although invalid: nothing is sent anywhere, and what repairs it brings both', async () => {
  await begin();
  const pull = await office.propose('ada', 'Carol joins', { [MEMBERS]: CAROL });
  expect((await office.plan(pull)).exit).toBe(3);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 3 });
  expect(office.writes()).toEqual([]);
  expect(office.vendor.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('merged-invalid.md');

  const repair = await office.propose('hedy', 'Name Carol', { 'people/carol.yaml': peopleFile(['carol']) });
  const planned = await office.plan(repair);
  await expect(office.comment(repair)).toMatchFileSnapshot('repair.md');
  expect(planned).toMatchObject({ exit: 0, outputs: { verdict: 'applicable' } });
  await office.approve(repair, 'grace');
  await office.merge(repair);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST carol member']);
});

test('an end date that has passed is a mistake on a line that the pull request writes, and no concern of it elsewhere', async () => {
  await begin({ 'teams/old.yaml': team(PRODUCTION, 'member', ['erin until 2026-11-01']) });
  const elsewhere = await office.propose('ada', 'Carol joins', { [MEMBERS]: CAROL, 'people/carol.yaml': peopleFile(['carol']) });
  expect(await office.plan(elsewhere)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  expect(office.comment(elsewhere)).not.toContain('2026-11-01');

  const touching = await office.propose('ada', 'Erin until Friday', {
    'teams/old.yaml': team(PRODUCTION, 'member', ['erin until 2026-11-20']),
  });
  expect(await office.plan(touching)).toMatchObject({ exit: 3 });
  await expect(office.comment(touching)).toMatchFileSnapshot('end-passed.md');
});

async function begin(more: Readonly<Record<string, string>> = {}): Promise<void> {
  office = await createOffice({
    policies: { ...company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob', 'frank'] } }, ['erin']), ...more },
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member', 'frank member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

function annotations(): string[] {
  return [...office.people.repository.checks.values()].flatMap((check) =>
    check.annotations.map((one) => `${one.annotation_level} ${one.path}:${one.start_line} ${one.title}`),
  );
}
