import { LEAST_SIZE } from './comment-size.ts';
import { countBytes, joinBlocks } from './fit-lines.ts';
import { renderCallouts } from './render-callouts.ts';
import { BODY_MAX_BYTES } from './render-comment.ts';
import { type ReviewFacts, renderReview } from './render-review.ts';

/** What everything else in a comment may take at its least size: title, approvals, counts, freshness, footer. */
const RESERVE_BYTES = 12_000;

/**
 * Whether the rows that may never be cut fit into a comment: deletes, gained privilege, manual steps, conflicts, loosened settings,
 * blocks. It depends on the plan and the repository's address alone, so that apply finds what the reviewer saw.
 */
export function fitsReview(pullPlan: Omit<ReviewFacts, 'url'>, url: string): boolean {
  const guards = pullPlan.plan.guards.filter(({ guard }) => guard !== 'unreviewable_plan');
  const facts: ReviewFacts = { ...pullPlan, plan: { ...pullPlan.plan, guards }, url };
  return countBytes(joinBlocks([renderCallouts(facts), ...renderReview(facts, LEAST_SIZE)])) <= BODY_MAX_BYTES - RESERVE_BYTES;
}
