import type { AccountPolicy, Change } from './model.ts';

/** What an account that says nothing answers drift with. */
export const DEFAULT_DRIFT: AccountPolicy['drift'] = { gained: 'revert', lost: 'report' };

/** Which side of the scales a difference is on: somebody gained access, or somebody lost it. */
export function sideOf(change: Pick<Change, 'tags'>): 'gained' | 'lost' {
  return change.tags.includes('drift_gained') ? 'gained' : 'lost';
}

/** What drift is answered with, by the account's rules; a war over a field ends in leaving it, unless what comes back is privilege. */
export function answerDrift(change: Pick<Change, 'tags'>, rules: AccountPolicy['drift']): 'reverted' | 'reported' | 'left' {
  const side = sideOf(change);
  if (change.tags.includes('war') && side === 'lost') return 'left';
  return rules[side] === 'revert' ? 'reverted' : 'reported';
}

/**
 * Whether a look at drift tells of a change: somebody made it in the account, also against what policy changed meanwhile, or an
 * invitation was gone before anybody looked. What policy newly wants, what has ended and what is owed is none of it.
 */
export function isUnexplained({ origin, reason_code, tags }: Pick<Change, 'origin' | 'reason_code' | 'tags'>): boolean {
  if (origin === 'drift' || origin === 'both') return true;
  return origin === 'unrecorded' && reason_code === 'invitation_lapsed' && !tags.includes('owed');
}
