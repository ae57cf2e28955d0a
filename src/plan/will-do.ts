import { answerDrift } from '../drift-answer.ts';
import type { AccountPolicy, Change, Plan } from '../model.ts';

/**
 * Whether a run in this mode makes the change itself, given approval where it needs one: `change` leaves drift to `drift`, and
 * `drift` follows the account's rules, goes on with what is owed and takes what has ended. Nothing that waits for a person is made.
 */
export function willDo(change: Change, mode: Plan['mode'], policy: AccountPolicy): boolean {
  if (change.tags.includes('waits_for_replacement')) return false;
  if (mode === 'change') return change.origin !== 'drift';
  if (change.origin === 'drift') return answerDrift(change, policy.drift) === 'reverted';
  return change.origin === 'end' || change.tags.includes('owed');
}
