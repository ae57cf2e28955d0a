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
  /** Approved, and not to be made because somebody is left alone: with the reason. */
  readonly untouched: readonly Untouched[];
}

export interface Untouched {
  readonly change: Change;
  readonly message: string;
}

/** Approved or owed changes that the fresh plan no longer has: they are true, or policy wants something else by now. */
export function findEndedOwed({ account, fresh, approved, history, observation, desired, shown, isAgreed }: EndedOwedInput): EndedOwed {
  const freshOf = groupBy(fresh, (change) => change.principal);
  const live = new Map(observation.principals.map((one) => [one.principal, one]));
  const owed = [...history.owed.values()].map((one) => one.change);
  const owedIds = new Set(owed.map(({ id }) => id));
  const agreed = new Map(
    [...[...approved.changes.values()].filter((change) => change.account === account), ...owed].map((change) => [change.id, change]),
  );

  const leftAlone = new Map(shown.left_alone.map((one) => [one.principal, one.note]));
  const kept = new Set(shown.unmanaged.map((one) => one.principal));
  const already: Change[] = [];
  const superseded: Change[] = [];
  const untouched: Untouched[] = [];
  for (const change of agreed.values()) {
    if ((freshOf.get(change.principal) ?? []).some((one) => matchApproved(one, change, history) !== null)) continue;
    const shownAs = live.get(change.principal);
    const isGone = shownAs?.status === 'inactive' || (change.after === null && isLockedOut(shownAs?.status));
    // Nothing about whoever is left alone is true or superseded before that is lifted; who is inactive, or was
    // to be deleted and is locked out, has no access, as was approved.
    const why = leftAlone.get(change.principal);
    if (why !== undefined && !isGone) {
      untouched.push({ change, message: `this person is left alone: ${why}` });
      continue;
    }
    const isTrue = isThere(change, isGone ? undefined : shownAs);
    if (isTrue) already.push(change);
    else if (owedIds.has(change.id) && (kept.has(change.principal) || (!isStillWanted(change, desired) && isAgreed(change.principal)))) {
      superseded.push(change);
    }
  }
  return { already, superseded, untouched };
}

/** Judged by policy and not by the plan: what somebody does in the account, or what a drift run leaves out, takes no approval back. */
function isStillWanted({ principal, before, after }: Change, desired: DesiredAccount): boolean {
  const granted = desired.principals.get(principal);
  if (!sameHolding(granted?.holding ?? NOTHING, after ?? NOTHING)) return false;
  const renamed = before !== null && after !== null && before.name !== after.name;
  return !renamed || granted?.name === after.name;
}

/** Whether somebody as they are live is what a change comes to. */
function isThere({ before, after }: Change, live: LivePrincipal | undefined): boolean {
  if (after === null || live === undefined) return after === null && live === undefined;
  const renamed = before !== null && before.name !== after.name;
  return sameHolding(live, after) && (!renamed || live.name === after.name);
}
