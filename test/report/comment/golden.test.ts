import { expect, test } from 'vitest';
import type { CommentContent } from '../../../src/pull.ts';
import { renderComment } from '../../../src/report/comment/render-comment.ts';
import { guard, PASSING_GUARDS, plan } from '../build-plan.ts';
import { blockedPlan, firstPlan } from '../example-plans.ts';
import { bytesOf } from './check-markdown.ts';
import {
  acceptedView,
  conflictView,
  deletesView,
  doneResult,
  fullView,
  invalidContent,
  manyView,
  planContent,
  proposedView,
  refusedResult,
  result,
  smallView,
  unplannedContent,
  vendorsView,
  type view,
} from './example-views.ts';

const shown = (content: CommentContent, name: string, maxBytes?: number) =>
  expect(renderComment(content, maxBytes)).toMatchFileSnapshot(`golden/${name}.md`);
const planOf = (one: ReturnType<typeof view>): CommentContent => ({ kind: 'plan', view: one });

test('an ordinary pull request is read in half a minute', async () => {
  await shown(planOf(smallView()), 'small-plan');
});

test('what rollcall proposed itself says who may not be the one to approve it, and why an approval does not count', async () => {
  await shown(planOf(proposedView()), 'proposed-plan');
});

test('a pull request with everything at once says the worst first', async () => {
  await shown(planOf(fullView()), 'full-plan');
});

test('accounts of every kind stand beside each other, with the keys that outlive people and what is done by hand', async () => {
  await shown(planOf(vendorsView()), 'vendors-plan');
});

test('a pull request that changes nobody is answered in a few friendly lines', async () => {
  await shown(planContent({ plan: plan({ guards: PASSING_GUARDS }) }), 'no-changes');
});

test('a plan without changes says what merging accepts, and names who is there without a policy, admins first', async () => {
  await shown(planOf(acceptedView()), 'accepted');
  await shown({ kind: 'result', result: { ...doneResult(), results: [], unnamed: acceptedView().unnamed } }, 'result-nothing');
});

test('what waited before is not this pull request, and merging it takes in what is withheld', async () => {
  const made = plan({ changes: firstPlan().changes.filter(({ principal }) => /^(leo|grace|oscar)@/.test(principal)) });
  await shown(planContent({ plan: made, own: new Set() }), 'only-waiting');
});

test('a blocked plan is shown whole, with the way out', async () => {
  await shown(planContent({ plan: blockedPlan() }), 'blocked-plan');
});

test('a conflict with the base branch names both sides, and stale data is said', async () => {
  await shown(planOf(conflictView()), 'conflict');
});

test('the second size does without the diffs', async () => {
  const content = planOf(fullView());
  const whole = renderComment(content);
  await shown(content, 'size-2', bytesOf(whole) - 1);
  expect(whole).toContain('```diff');
  expect(renderComment(content, bytesOf(whole) - 1)).not.toContain('```diff');
});

test('the third size counts who is not touched and links the first 100 rows', async () => {
  await shown(planOf(manyView(120)), 'size-3', 30_000);
});

test('the fourth size shows the risky rows and counts the others', async () => {
  await shown(planOf(manyView(2000)), 'size-4');
});

test('the fifth size has only counts and says that nobody can approve it', async () => {
  const { plan: made, ...rest } = deletesView(2000);
  const block = guard({ guard: 'unreviewable_plan', verdict: 'block', message: 'what is risky here is longer than a comment may be' });
  await shown(planOf({ ...rest, plan: { ...made, verdict: 'blocked', guards: [block] } }), 'size-5');
});

test('invalid policies are a table of findings', async () => {
  await shown(invalidContent(2), 'invalid');
  await shown(invalidContent(61), 'invalid-many');
});

test('why there is no plan is said with the way out', async () => {
  await shown(unplannedContent(), 'unplanned');
});

test('what came of a merge is said with what is left to do', async () => {
  await shown({ kind: 'result', result: result() }, 'result');
  await shown({ kind: 'result', result: doneResult() }, 'result-done');
  await shown({ kind: 'result', result: refusedResult() }, 'result-refused');
});
