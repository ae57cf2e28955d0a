import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const joins = { 'people/hedy.yaml': peopleFile(['hedy']), 'teams/hedy.yaml': team(PRODUCTION, 'member', ['hedy']) };

let office: Office;
afterEach(() => office.stop());

/** Ada proposes that Hedy joins; the plan was shown. */
async function planned(): Promise<number> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Hedy joins', joins);
  expect((await office.plan(pull)).exit).toBe(0);
  return pull;
}

async function review(pull: number, by: string, state: 'approved' | 'changes_requested' | 'commented'): Promise<number> {
  office.hours(1 / 60);
  return office.people.review(pull, { by, state });
}

/** Past what the browser refuses, as somebody with a token of their own may write it. */
function approvesHerOwn(pull: number): void {
  const facts = office.people.repository.issues.get(pull);
  if (facts?.pull == null) throw new Error('there is no such pull request');
  const review = { id: 1, author: facts.author, state: 'APPROVED', body: '', commit: facts.pull.headSha } as const;
  facts.pull.reviews.push({ ...review, at: Date.parse(office.now()) });
}

test.each<readonly [string, (pull: number) => Promise<unknown>]>([
  ['nobody approved it', async () => undefined],
  ['its author approved it', async (pull) => approvesHerOwn(pull)],
  ['somebody who may only read approved it', (pull) => review(pull, 'mallory', 'approved')],
  [
    'somebody approved an older commit',
    async (pull) => {
      await review(pull, 'grace', 'approved');
      await office.push(pull, 'ada', { 'people/joan.yaml': peopleFile(['joan']) });
      expect((await office.plan(pull)).exit).toBe(0);
    },
  ],
  ['the approval was dismissed', async (pull) => office.people.dismissReview(pull, await review(pull, 'grace', 'approved'))],
  [
    'who approved it asked for changes afterwards',
    async (pull) => {
      await review(pull, 'grace', 'approved');
      await review(pull, 'grace', 'changes_requested');
    },
  ],
])('merged although %s: withheld, and a later approval goes on', async (_, before) => {
  const pull = await planned();
  await before(pull);
  await office.merge(pull);
  const run = await office.apply();
  expect(run.exit).toBe(4);
  expect(office.writes()).toEqual([]);
  expect(run.stderr).toContain('nobody but its author has approved its final commit');
  // In the same words, whatever it is that lacks.
  await expect(office.comment(pull)?.replace(/\n<sub>.*<\/sub>\n/, '')).toMatchFileSnapshot('withheld.md');

  await office.approve(pull, 'grace');
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
});

test('a comment after an approval takes nothing of it back', async () => {
  const pull = await planned();
  await review(pull, 'grace', 'approved');
  await review(pull, 'grace', 'commented');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
});
