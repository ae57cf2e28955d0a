import { sameHolding } from '../holding.ts';
import type { Holding, Origin } from '../model.ts';

/** The corners of one principal's three-way comparison; an empty holding is no access. */
export interface Corners {
  /** D: last true by approval; null when nothing is known. */
  readonly lastApplied: Holding | null;
  /** V: as the vendor reports it. */
  readonly live: Holding;
  /** N: by policy now. */
  readonly desired: Holding;
  /** N if no grant had ended. */
  readonly desiredWithoutEnds: Holding;
}

/**
 * Who made the difference between live and desired: `same` when there is none, `converged` when both came to the same by
 * ways of their own.
 */
export function classifyOrigin({ lastApplied, live, desired, desiredWithoutEnds }: Corners): Origin | 'same' | 'converged' {
  const endExplains = hasOutlived(live, desired, desiredWithoutEnds);
  if (sameHolding(live, desired)) {
    return lastApplied === null || sameHolding(lastApplied, desired) ? 'same' : 'converged';
  }
  if (lastApplied === null) return endExplains ? 'end' : 'unrecorded';
  if (sameHolding(lastApplied, live)) return endExplains ? 'end' : 'git';
  if (sameHolding(lastApplied, desired)) return 'drift';
  return 'both';
}

/**
 * Whether what is live is what policy gives and, beyond it, nothing but what it gave until an end. Of roles or groups that add up some
 * may have ended before the others, and be gone by now.
 */
export function hasOutlived(live: Holding, desired: Holding, desiredWithoutEnds: Holding): boolean {
  if (sameHolding(live, desired) || sameHolding(desired, desiredWithoutEnds)) return false;
  return sameHolding(live, desiredWithoutEnds) || (isPart(desired, live) && isPart(live, desiredWithoutEnds));
}

function isPart(part: Holding, whole: Holding): boolean {
  return part.roles.every((role) => whole.roles.includes(role)) && part.groups.every((group) => whole.groups.includes(group));
}
