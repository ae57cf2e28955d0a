import { isEmpty, NOTHING, sameHolding } from '../holding.ts';
import type { AccountHistory, Capabilities, Change, Holding, Owed } from '../model.ts';
import { owedFor } from './match-approved.ts';
import { gains, heldIn } from './privilege.ts';
import type { Row } from './settle-account.ts';

/**
 * What somebody keeps who gained access beside a change that is owed to them and was tried in vain: of what they hold, all that last-applied
 * state or policy has, or policy itself where that is nothing. Null where nothing was gained so, or where the owed change takes it anyway.
 * An approval of something else keeps in no access that nobody agreed to, however often it fails.
 */
export function keepAgreed(
  { principal, live, lastApplied, desired, kind }: Row,
  change: Change,
  { history, capabilities }: { readonly history: AccountHistory; readonly capabilities: Capabilities },
): Holding | null {
  const owed = history.owed.get(principal);
  if (live === null || lastApplied === null || kind === 'kept' || !wasInVain(owed, desired)) return null;
  if (owedFor(change, history) !== null && !history.parked.has(principal)) return null;
  const held = heldIn(live);
  if (!gains(lastApplied, held, capabilities) || !gains(desired, held, capabilities)) return null;
  const kept: Holding = {
    roles: held.roles.filter((role) => lastApplied.roles.includes(role) || desired.roles.includes(role)),
    groups: held.groups.filter((group) => lastApplied.groups.includes(group) || desired.groups.includes(group)),
  };
  if (sameHolding(kept, held)) return null;
  return isEmpty(kept) ? desired : kept;
}

/** Whether what policy wants was approved, and a run that made it or was to make it ended otherwise. */
function wasInVain(owed: Owed | undefined, desired: Holding): boolean {
  return owed !== undefined && owed.outcome !== null && sameHolding(owed.change.after ?? NOTHING, desired);
}
