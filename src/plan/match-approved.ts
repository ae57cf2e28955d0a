import { sameHolding } from '../holding.ts';
import type { Access, AccountHistory, Change, Holding } from '../model.ts';

/**
 * Whether an approved change stands behind a fresh one. `same`: its very id. `rebased`: the same principal and after, and the
 * fresh before is what our own ledger last wrote (an earlier approved change was applied in between) or what a change of several
 * requests left when it was cut off, or only the executor differs (what the API could not do is done by hand, or the other way round).
 */
export function matchApproved(fresh: Change, approved: Change, history: AccountHistory): 'same' | 'rebased' | null {
  if (fresh.id === approved.id) return 'same';
  const alike = fresh.account === approved.account && fresh.principal === approved.principal;
  if (!alike || !sameAccess(fresh.after, approved.after)) return null;
  // Stryker disable next-line OptionalChaining: whoever is renamed is still there after it, and so by now in what was approved.
  if (renames(fresh) && fresh.after?.name !== approved.after?.name) return null;
  if (fresh.before?.status === 'inactive' && approved.before?.status !== 'inactive') return null;
  const sameStep = fresh.action === approved.action && fresh.principal_id === approved.principal_id;
  if (sameStep && sameAccess(fresh.before, approved.before)) return 'rebased';
  // Who is not even listed was not left so by a change of ours that was cut off: somebody else took them out.
  if (fresh.before === null) return null;
  const lastWritten = history.lastApplied.get(fresh.principal) ?? null;
  const isOurs = lastWritten !== null && sameHolding(fresh.before, lastWritten);
  return isOurs || isHalfway(fresh.before, fresh.principal, history) ? 'rebased' : null;
}

/** Whether somebody holds what a change of ours, begun and cut off, has left them with. */
export function isHalfway(live: Holding, principal: string, { halfway }: AccountHistory): boolean {
  return (halfway.get(principal) ?? []).some((held) => sameHolding(held, live));
}

/** The change that the ledger owes this principal, if this one still comes to the same. */
export function owedFor(change: Change, history: AccountHistory): Change | null {
  const owed = history.owed.get(change.principal)?.change;
  return owed !== undefined && matchApproved(change, owed, history) !== null ? owed : null;
}

function sameAccess(a: Access | null, b: Access | null): boolean {
  return a === null || b === null ? a === b : sameHolding(a, b);
}

function renames(change: Change): boolean {
  return change.before !== null && change.after !== null && change.before.name !== change.after.name;
}

/** An invitation that was seen open until lately: sent by an approval, and still owed by it. */
export function isLapsed(change: Change): boolean {
  return change.reason_code === 'invitation_lapsed' && change.origin === 'git';
}
