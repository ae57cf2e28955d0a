import { afterEach, expect, test } from 'vitest';
import { approval, company, crowd, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const ACCOUNT = `accounts/${PRODUCTION}.yaml`;
const MEMBERS = `teams/${PRODUCTION}-member.yaml`;
const many = crowd(8);
const few = many.slice(0, 3);
const fiveLeave = { [MEMBERS]: team(PRODUCTION, 'member', few) };

let office: Office;
afterEach(() => office.stop());

async function open(settings = ''): Promise<void> {
  const account = { admin: ['ada', 'grace'], member: many, settings };
  office = await createOffice({
    policies: company({ [PRODUCTION]: account }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', ...many.map((person) => `${person} member`)] },
  });
  expect((await office.begin()).exit).toBe(0);
}

function settings(lines: string): Record<string, string> {
  return { [ACCOUNT]: `provider: telnyx\napi: sub-users\nowner: root@acme.example\n${lines}` };
}

test('a pull request that deletes five people and raises max_deletes with it is held to the old limit', async () => {
  await open();
  const pull = await office.propose('ada', 'Five leave', { ...fiveLeave, ...settings('guards: { max_deletes: 5 }\n') });
  expect(await office.plan(pull)).toMatchObject({ exit: 5, outputs: { verdict: 'blocked' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('blocked.md');

  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(4);
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('merged-all-the-same.md');

  // The limit that came with the merge guards whatever comes after it: the next pull request takes the five in.
  const next = await office.propose('ada', 'Take the five in', { [`teams/zoe.yaml`]: team(PRODUCTION, 'member', ['ada']) });
  expect((await office.plan(next)).exit).toBe(0);
  await expect(office.comment(next)).toMatchFileSnapshot('taken-in.md');
  await office.approve(next, 'grace');
  await office.merge(next);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toHaveLength(5);
});

test('a pull request that brings the approval file it needs is not covered by it', async () => {
  await open();
  const pull = await office.propose('ada', 'Five leave', { ...fiveLeave, 'approvals/five.yaml': approval(PRODUCTION, 5, '2026-11-28') });
  expect((await office.plan(pull)).exit).toBe(5);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(4);
  expect(office.writes()).toEqual([]);
});

test('a pull request that takes somebody out of never_delete and deletes them is held to it', async () => {
  await open('guards: { never_delete: [p08@acme.example] }\n');
  const pull = await office.propose('ada', 'One leaves', {
    [MEMBERS]: team(PRODUCTION, 'member', many.slice(0, 7)),
    ...settings(''),
  });
  expect((await office.plan(pull)).exit).toBe(5);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(4);
  expect(office.writes()).toEqual([]);
});

test('the right way: the limit first, then those who leave, and both may be merged before one run applies them', async () => {
  await open();
  const limit = await office.propose('ada', 'A higher limit', settings('guards: { max_deletes: 5 }\n'));
  expect((await office.plan(limit)).exit).toBe(0);
  await expect(office.comment(limit)).toMatchFileSnapshot('limit.md');
  await office.approve(limit, 'grace');
  await office.merge(limit);

  const leave = await office.propose('ada', 'Five leave', fiveLeave);
  expect((await office.plan(leave)).exit).toBe(0);
  await office.approve(leave, 'grace');
  await office.merge(leave);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes().toSorted()).toEqual(['DELETE p04', 'DELETE p05', 'DELETE p06', 'DELETE p07', 'DELETE p08']);
});

test('merged in one push, but planned before the limit was raised: blocked as it was shown', async () => {
  await open();
  const leave = await office.propose('ada', 'Five leave', fiveLeave);
  const limit = await office.propose('ada', 'A higher limit', settings('guards: { max_deletes: 5 }\n'));
  expect((await office.plan(leave)).exit).toBe(5);
  expect((await office.plan(limit)).exit).toBe(0);
  for (const pull of [limit, leave]) {
    await office.approve(pull, 'grace');
    await office.merge(pull);
  }
  expect((await office.apply()).exit).toBe(4);
  expect(office.writes()).toEqual([]);
});

test('a guard that was tightened after the plan was shown holds what is merged after it', async () => {
  await open();
  const leaves = await office.propose('ada', 'One leaves', { [MEMBERS]: team(PRODUCTION, 'member', many.slice(0, 7)) });
  expect((await office.plan(leaves)).exit).toBe(0);
  await office.approve(leaves, 'grace');
  const keep = await office.propose('grace', 'Nobody deletes p08', settings('guards: { never_delete: [p08@acme.example] }\n'));
  expect((await office.plan(keep)).exit).toBe(0);
  await office.approve(keep, 'ada');
  await office.merge(keep);
  await office.merge(leaves);
  expect((await office.apply()).exit).toBe(5);
  expect(office.writes()).toEqual([]);
  await expect(office.comment(leaves)).toMatchFileSnapshot('tightened.md');

  // What is asked again under other settings is held to those: nothing stays blocked for good by what it was first shown with.
  const release = await office.propose('grace', 'Let p08 go', settings(''));
  expect((await office.plan(release)).exit).toBe(0);
  await office.approve(release, 'ada');
  await office.merge(release);
  expect((await office.apply()).exit).toBe(5);
  const again = await office.propose('ada', 'Take it in', { 'people/zoe.yaml': peopleFile(['zoe']) });
  expect((await office.plan(again)).exit).toBe(0);
  await office.approve(again, 'grace');
  await office.merge(again);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE p08']);
});
