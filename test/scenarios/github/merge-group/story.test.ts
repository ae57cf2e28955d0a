import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const ADMINS = `teams/${PRODUCTION}-admin.yaml`;
const MEMBERS = `teams/${PRODUCTION}-member.yaml`;

let office: Office;
afterEach(() => office.stop());

for (const method of ['squash', 'merge'] as const) {
  test(`a merge queue that merges by ${method}: the group gets a check run, and once it landed both pull requests are applied`, async () => {
    await begin({ admin: ['ada', 'grace'], member: ['bob'] });
    const joins = await planned('ada', 'Carol joins', {
      'people/carol.yaml': peopleFile(['carol']),
      [MEMBERS]: team(PRODUCTION, 'member', ['bob', 'carol']),
    });
    const raised = await planned('hedy', 'Bob is an admin', { [ADMINS]: team(PRODUCTION, 'admin', ['ada', 'grace', 'bob']) });
    const said = [office.comment(joins), office.comment(raised)];

    const group = await office.people.makeMergeGroup([joins, raised], method);
    const run = await office.planGroup(group.headSha, group.baseSha, group.ref);
    expect(run).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '2' } });
    expect(office.checks(group.headSha)).toEqual([
      { conclusion: 'success', title: 'Access plan: 2 changes on 1 account · 🔴 1 admin gained', annotations: 2 },
    ]);
    expect([office.comment(joins), office.comment(raised)]).toEqual(said);

    await office.people.landMergeGroup(group);
    expect(await office.apply()).toMatchObject({ exit: 0 });
    expect(office.writes()).toEqual(['PATCH bob admin', 'POST carol member']);
    await expect(office.comment(joins)).toMatchFileSnapshot('joins-result.md');
    await expect(office.comment(raised)).toMatchFileSnapshot('raised-result.md');
  });
}

test('each pull request keeps to the limit of deletes, the group does not: its check fails, and landing it all the same deletes nobody', async () => {
  await begin({ admin: ['ada', 'grace'], member: ['bob', 'carol', 'dave', 'erin', 'frank'] }, ['dave', 'erin', 'frank']);
  const first = await planned('ada', 'Bob and Carol leave', { [MEMBERS]: team(PRODUCTION, 'member', ['frank']) });
  const second = await planned('hedy', 'Dave and Erin leave', { 'teams/second.yaml': team(PRODUCTION, 'member', ['frank']) });

  const group = await office.people.makeMergeGroup([first, second], 'squash');
  const run = await office.planGroup(group.headSha, group.baseSha, group.ref);
  expect(run).toMatchObject({ exit: 5, outputs: { verdict: 'blocked', changes: '4' } });
  expect(office.checks(group.headSha)).toMatchObject([{ conclusion: 'failure' }]);
  expect(run.summary).toContain('Blocked by max_deletes');

  await office.people.landMergeGroup(group);
  expect(await office.apply()).toMatchObject({ exit: 5 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(first)).toMatchFileSnapshot('too-many-together.md');
  expect(office.comment(first)).not.toContain('nothing to do');
});

async function begin(
  account: { readonly admin: readonly string[]; readonly member: readonly string[] },
  second: readonly string[] = [],
): Promise<void> {
  const first = account.member.filter((person) => person === 'frank' || !second.includes(person));
  office = await createOffice({
    policies: {
      ...company({ [PRODUCTION]: { ...account, member: first } }, second),
      ...(second.length > 0 ? { 'teams/second.yaml': team(PRODUCTION, 'member', second) } : {}),
    },
    live: { [PRODUCTION]: [...account.admin.map((one) => `${one} admin`), ...account.member.map((one) => `${one} member`)] },
  });
  expect((await office.begin()).exit).toBe(0);
}

async function planned(author: string, title: string, changes: Readonly<Record<string, string>>): Promise<number> {
  const pull = await office.propose(author, title, changes);
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  return pull;
}
