import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const ADMINS = `teams/${PRODUCTION}-admin.yaml`;
const MEMBERS = `teams/${PRODUCTION}-member.yaml`;

let office: Office;
let joins: number;
let raised: number;
afterEach(() => office.stop());

for (const method of ['squash', 'merge', 'rebase'] as const) {
  test(`two pull requests merged by ${method} are applied by one run, each for what it was approved for`, async () => {
    await begin();
    await office.approve(joins, 'grace');
    await office.approve(raised, 'ada');
    await office.merge(joins, method);
    await office.merge(raised, method);

    expect(await office.apply()).toMatchObject({ exit: 0, outputs: { exit_code: '0' } });
    expect(office.writes()).toEqual(['PATCH bob admin', 'POST carol member', 'POST dave member']);
    await expect(office.comment(joins)).toMatchFileSnapshot('joins-result.md');
    await expect(office.comment(raised)).toMatchFileSnapshot('raised-result.md');
    expect(await approvals()).toEqual(['pull 1: invite carol@acme.example, invite dave@acme.example', 'pull 2: patch bob@acme.example']);
    await pushMainAgainForNothing();
  });
}

test('of two merged in one push only one was approved: its changes are made, the other is withheld and says so', async () => {
  await begin();
  await office.approve(joins, 'grace');
  await office.merge(joins);
  await office.merge(raised);

  expect(await office.apply()).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual(['POST carol member', 'POST dave member']);
  await expect(office.comment(joins)).toMatchFileSnapshot('joins-beside-withheld.md');
  await expect(office.comment(raised)).toMatchFileSnapshot('raised-withheld.md');

  await office.approve(raised, 'ada');
  expect(await office.apply({ event: 'workflow_dispatch' })).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['PATCH bob admin']);
});

test('the second of two takes back what the first brought: nothing is left to do, and both say so', async () => {
  await begin();
  await office.approve(joins, 'grace');
  await office.merge(joins, 'merge');
  const back = await office.propose('hedy', 'Nobody joins', {
    [MEMBERS]: team(PRODUCTION, 'member', ['bob']),
    'people/new.yaml': null,
  });
  expect(await office.plan(back)).toMatchObject({ exit: 0 });
  await office.approve(back, 'grace');
  await office.merge(back, 'merge');

  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(joins)).toMatchFileSnapshot('taken-back.md');
  await expect(office.comment(back)).toMatchFileSnapshot('takes-back.md');
});

/** Two plans side by side; the first pull request consists of two commits. */
async function begin(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  joins = await office.propose('ada', 'Carol and Dave join', {
    'people/new.yaml': peopleFile(['carol']),
    [MEMBERS]: team(PRODUCTION, 'member', ['bob', 'carol']),
  });
  await office.push(joins, 'ada', {
    'people/new.yaml': peopleFile(['carol', 'dave']),
    [MEMBERS]: team(PRODUCTION, 'member', ['bob', 'carol', 'dave']),
  });
  raised = await office.propose('hedy', 'Bob is an admin', { [ADMINS]: team(PRODUCTION, 'admin', ['ada', 'grace', 'bob']) });
  expect(await office.plan(joins)).toMatchObject({ exit: 0, outputs: { changes: '2' } });
  expect(await office.plan(raised)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
}

/** Who agreed to what, as the ledger has it. */
async function approvals(): Promise<string[]> {
  const records = (await office.ledger()).map((line) => JSON.parse(line) as Approval);
  const said = records.flatMap(({ kind, by, changes = [] }) =>
    kind === 'approval' ? [`${by}: ${changes.map(({ action, principal }) => `${action} ${principal}`).join(', ')}`] : [],
  );
  return said.toSorted();
}

interface Approval {
  readonly kind: string;
  readonly by?: string;
  readonly changes?: readonly { readonly action: string; readonly principal: string }[];
}

/** A commit that touches no policy: what was applied is not looked at again. */
async function pushMainAgainForNothing(): Promise<void> {
  await office.people.commitFiles('main', { 'README.md': 'Access\n' }, 'Words', 'grace');
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
}
