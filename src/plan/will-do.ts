import type { AccountPolicy, Change, Plan } from '../model.ts';

/**
 * Whether a run in this mode makes the change itself, given approval where it needs one: `change` leaves drift to `drift`, and
 * `drift` follows the account's rules, goes on with what is owed and takes what has ended. Nothing that waits for a person is made.
 */
export function willDo(change: Change, mode: Plan['mode'], policy: AccountPolicy): boolean {
  if (change.tags.includes('waits_for_replacement')) return false;
  if (mode === 'change') return change.origin !== 'drift';
  if (change.origin === 'drift') return reverts(change, policy);
  return change.origin === 'end' || change.tags.includes('owed');
}

/** What a drift change is answered with, by the account's rules; a war over a field ends in leaving it, unless it gives privilege. */
export function reverts(change: Change, policy: AccountPolicy): boolean {
  const gained = change.tags.includes('drift_gained');
  if (change.tags.includes('war') && !gained) return false;
  return policy.drift[gained ? 'gained' : 'lost'] === 'revert';
}
