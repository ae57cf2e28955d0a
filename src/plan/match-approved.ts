import { sameHolding } from '../holding.ts';
import type { Access, AccountHistory, Change } from '../model.ts';

/**
 * Whether an approved change stands behind a fresh one. `same`: its very id. `rebased`: the same principal and after, and the
 * fresh before is what our own ledger last wrote (an earlier approved change was applied in between), or only the executor differs
 * (what the API could not do is done by hand, or the other way round).
 */
export function matchApproved(fresh: Change, approved: Change, history: AccountHistory): 'same' | 'rebased' | null {
  if (fresh.id === approved.id) return 'same';
  const alike = fresh.account === approved.account && fresh.principal === approved.principal;
  if (!alike || !sameAccess(fresh.after, approved.after)) return null;
  if (renames(fresh) && fresh.after?.name !== approved.after?.name) return null;
  const sameStep = fresh.action === approved.action && fresh.principal_id === approved.principal_id;
  if (sameStep && sameAccess(fresh.before, approved.before)) return 'rebased';
  const lastWritten = history.lastApplied.get(fresh.principal) ?? null;
  return fresh.before !== null && lastWritten !== null && sameHolding(fresh.before, lastWritten) ? 'rebased' : null;
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
