import { sameHolding } from '../holding.ts';
import type { AccountHistory, ApprovedSet, Change, LivePrincipal, Observation } from '../model.ts';
import { matchApproved } from './match-approved.ts';

export interface EndedOwed {
  /** Approved, and true without anything being done: with what is held now. */
  readonly already: readonly Change[];
  /** Owed, and no longer what policy wants. */
  readonly superseded: readonly Change[];
}

/** Approved or owed changes that the fresh plan no longer has: they are true, or policy wants something else by now. */
export function findEndedOwed(
  account: string,
  fresh: readonly Change[],
  approved: ApprovedSet,
  history: AccountHistory,
  observation: Observation,
): EndedOwed {
  const freshOf = new Map<string, Change[]>();
  for (const change of fresh) {
    const known = freshOf.get(change.principal);
    if (known === undefined) freshOf.set(change.principal, [change]);
    else known.push(change);
  }
  const live = new Map(observation.principals.map((one) => [one.principal, one]));
  const owed = [...history.owed.values()].map((one) => one.change);
  const agreed = new Map(
    [...[...approved.changes.values()].filter((change) => change.account === account), ...owed].map((change) => [change.id, change]),
  );

  const already: Change[] = [];
  const superseded: Change[] = [];
  for (const change of agreed.values()) {
    if ((freshOf.get(change.principal) ?? []).some((one) => matchApproved(one, change, history) !== null)) continue;
    const there = live.get(change.principal);
    // Whoever is suspended is left alone: nothing about them is true or superseded before that is lifted.
    if (there !== undefined && there.status !== 'active' && there.status !== 'invited') continue;
    const isTrue = change.after === null ? there === undefined : there !== undefined && holds(there, change);
    if (isTrue) already.push(change);
    else if (history.owed.get(change.principal)?.change.id === change.id && !isStillWanted(change, freshOf.get(change.principal) ?? [])) {
      superseded.push(change);
    }
  }
  return { already, superseded };
}

/** Somebody changed the account meanwhile, and policy still wants the same: that stays owed until the account is as it was approved. */
function isStillWanted(owed: Change, fresh: readonly Change[]): boolean {
  return fresh.some(
    (one) =>
      one.origin === 'drift' || (one.after === null || owed.after === null ? one.after === owed.after : sameHolding(one.after, owed.after)),
  );
}

function holds(live: LivePrincipal, { before, after }: Change): boolean {
  if (after === null) return false;
  const renamed = before !== null && before.name !== after.name;
  return sameHolding(live, after) && (!renamed || live.name === after.name);
}
