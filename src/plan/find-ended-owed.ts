import { groupBy } from '../group-by.ts';
import { isLockedOut, NOTHING, sameHolding } from '../holding.ts';
import type { AccountHistory, ApprovedSet, Change, DesiredAccount, LivePrincipal, Observation, PlanAccount } from '../model.ts';
import { matchApproved } from './match-approved.ts';

export interface EndedOwedInput {
  readonly account: string;
  /** The plan of this run, and whom it lists without a change. */
  readonly fresh: readonly Change[];
  readonly shown: Pick<PlanAccount, 'left_alone' | 'unmanaged'>;
  readonly approved: ApprovedSet;
  readonly history: AccountHistory;
  readonly observation: Observation;
  readonly desired: DesiredAccount;
  /** Whether people agreed to what policy gives somebody: nothing else takes an approval back. */
  readonly isAgreed: (principal: string) => boolean;
}

export interface EndedOwed {
  /** Approved, and true without anything being done: with what is held now. */
  readonly already: readonly Change[];
  /** Owed, and no longer what policy wants. */
  readonly superseded: readonly Change[];
}

/** Approved or owed changes that the fresh plan no longer has: they are true, or policy wants something else by now. */
export function findEndedOwed({ account, fresh, approved, history, observation, desired, shown, isAgreed }: EndedOwedInput): EndedOwed {
  const freshOf = groupBy(fresh, (change) => change.principal);
  const live = new Map(observation.principals.map((one) => [one.principal, one]));
  const owed = [...history.owed.values()].map((one) => one.change);
  const agreed = new Map(
    [...[...approved.changes.values()].filter((change) => change.account === account), ...owed].map((change) => [change.id, change]),
  );

  const leftAlone = new Set(shown.left_alone.map((one) => one.principal));
  const kept = new Set(shown.unmanaged.map((one) => one.principal));
  const already: Change[] = [];
  const superseded: Change[] = [];
  for (const change of agreed.values()) {
    if ((freshOf.get(change.principal) ?? []).some((one) => matchApproved(one, change, history) !== null)) continue;
    const shownAs = live.get(change.principal);
    const isGone = shownAs?.status === 'inactive' || (change.after === null && isLockedOut(shownAs?.status));
    const there = isGone ? undefined : shownAs;
    // Nothing about whoever is left alone is true or superseded before that is lifted; who is inactive, or was
    // to be deleted and is locked out, has no access, as was approved.
    if (leftAlone.has(change.principal) && !isGone) continue;
    const isTrue = change.after === null ? there === undefined : there !== undefined && holds(there, change);
    if (isTrue) already.push(change);
    else if (
      history.owed.get(change.principal)?.change.id === change.id &&
      (kept.has(change.principal) || (!isStillWanted(change, desired) && isAgreed(change.principal)))
    ) {
      superseded.push(change);
    }
  }
  return { already, superseded };
}

/** Judged by policy and not by the plan: what somebody does in the account, or what a drift run leaves out, takes no approval back. */
function isStillWanted({ principal, before, after }: Change, desired: DesiredAccount): boolean {
  const granted = desired.principals.get(principal);
  if (!sameHolding(granted?.holding ?? NOTHING, after ?? NOTHING)) return false;
  const renamed = before !== null && after !== null && before.name !== after.name;
  return !renamed || granted?.name === after.name;
}

function holds(live: LivePrincipal, { before, after }: Change): boolean {
  if (after === null) return false;
  const renamed = before !== null && before.name !== after.name;
  return sameHolding(live, after) && (!renamed || live.name === after.name);
}
