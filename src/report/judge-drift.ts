import { answerDrift, DEFAULT_DRIFT, sideOf } from '../drift-answer.ts';
import type { AccountPolicy, Change } from '../model.ts';

/** By account: what its policy says is to be done with drift. */
export type DriftRules = ReadonlyMap<string, AccountPolicy['drift']>;

export interface DriftJudgement {
  /** `none` is no drift: what has ended and what is owed goes on in a drift run too. */
  readonly side: 'gained' | 'lost' | 'none';
  readonly fate: 'reverted' | 'reported' | 'left' | 'made' | 'waits';
}

/** The fates in which `drift --revert` does something. */
export const WILL_DO: ReadonlySet<DriftJudgement['fate']> = new Set(['reverted', 'made'] as const);

/** What `drift --revert` would do with a change of a drift plan, by its account's rules. */
export function judgeDrift(change: Change, rules: DriftRules): DriftJudgement {
  const isUnapproved = (change.origin === 'both' || change.origin === 'unrecorded') && !change.tags.includes('owed');
  if (isUnapproved || change.executor === 'manual' || change.tags.includes('waits_for_replacement')) return { side: 'none', fate: 'waits' };
  if (change.origin !== 'drift') return { side: 'none', fate: 'made' };
  return { side: sideOf(change), fate: answerDrift(change, rules.get(change.account) ?? DEFAULT_DRIFT) };
}

export function describeJudgement({ side, fate }: DriftJudgement): string {
  const word = { reverted: 'would be reverted', reported: 'only reported', left: 'left alone', made: 'would be made', waits: 'waits' }[
    fate
  ];
  return side === 'none' ? word : `${side}, ${word}`;
}
