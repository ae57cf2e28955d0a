import type { DesiredAccount, DesiredState } from '../model.ts';

/**
 * Access by policy, with the settings, approval files and roster that people agreed to: guards, rules for drift and budgets that a direct
 * push brought let nobody in and delete nobody, and what it attests hides nobody and ends no offboarding. An account whose file is gone stays as it was accepted: a push ends no supervision. The account
 * above says which subaccounts there are, by the settings it is held to.
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
  const names = [...new Set([...desired.accounts.keys(), ...known])];
  // Who is watched through the account above is not taken out of that by a file of their own that a push brought.
  const below = new Set(names.flatMap((name) => subaccountOf(accepted(name)) ?? []));
  for (const name of names) {
    const [account, held] = [desired.accounts.get(name), accepted(name)];
    const one = account === undefined || held === null ? (account ?? held) : { ...held, principals: account.principals };
    if (one !== null && subaccountOf(one) === null && !below.has(one.policy.scope ?? '')) accounts.set(name, one);
  }
  return { ...desired, accounts };
}

/** The SID of a subaccount that the file above fans out to. */
function subaccountOf(account: DesiredAccount | null): string | null {
  return account === null || account.policy.file === account.policy.name ? null : account.policy.scope;
}
