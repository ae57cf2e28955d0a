import type { Change, Digest, Plan } from '../model.ts';

/** By account: what its policy says is to be done with drift. */
export type DriftRules = ReadonlyMap<string, { readonly gained: 'revert' | 'report'; readonly lost: 'revert' | 'report' }>;

export interface DriftJudgement {
  readonly side: 'gained' | 'lost' | 'other';
  readonly fate: 'reverted' | 'reported' | 'left';
}

/** A judge that says of each change of a drift plan what `drift --revert` would do with it. */
export function judgeDrift(plan: Plan, rules: DriftRules): (change: Change) => DriftJudgement {
  const left = new Set<Digest>(plan.guards.filter((guard) => guard.verdict === 'leave').flatMap((guard) => guard.changes));
  return (change) => {
    const side = change.tags.includes('drift_gained') ? 'gained' : change.tags.includes('drift_lost') ? 'lost' : 'other';
    if (left.has(change.id)) return { side, fate: 'left' };
    const rule = rules.get(change.account) ?? { gained: 'revert', lost: 'report' };
    return { side, fate: side !== 'other' && rule[side] === 'revert' ? 'reverted' : 'reported' };
  };
}

export function describeJudgement({ side, fate }: DriftJudgement): string {
  const word = { reverted: 'would be reverted', reported: 'only reported', left: 'left alone' }[fate];
  return side === 'other' ? word : `${side}, ${word}`;
}
