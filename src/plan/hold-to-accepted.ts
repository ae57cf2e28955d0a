import type { DesiredAccount, DesiredState } from '../model.ts';

/**
 * Access by policy, with the settings and approval files that people agreed to: guards, rules for drift and budgets that a direct push
 * brought let nobody in and delete nobody. An account whose file is gone stays as it was accepted: a push ends no supervision.
 *
 * @param accepted the policies that people agreed to, by account; null before there are any
 * @param known every account that was ever watched
 */
export function holdToAccepted(
  desired: DesiredState,
  accepted: (account: string) => DesiredAccount | null,
  known: Iterable<string>,
): DesiredState {
  const accounts = new Map<string, DesiredAccount>();
  for (const name of new Set([...desired.accounts.keys(), ...known])) {
    const [account, held] = [desired.accounts.get(name), accepted(name)];
    const one = account === undefined || held === null ? (account ?? held) : { ...account, policy: held.policy, approvals: held.approvals };
    if (one !== null) accounts.set(name, one);
  }
  return { ...desired, accounts };
}
