import type { DesiredAccount, DesiredState } from '../model.ts';

/**
 * Access by policy, with the settings and approval files that people agreed to: guards, rules for drift and budgets that a direct push
 * brought let nobody in and delete nobody.
 *
 * @param accepted the policies that people agreed to, by account; null before there are any
 */
export function holdToAccepted(desired: DesiredState, accepted: (account: string) => DesiredAccount | null): DesiredState {
  const accounts = [...desired.accounts].map(([name, account]): [string, DesiredAccount] => {
    const { policy, approvals } = accepted(name) ?? account;
    return [name, { ...account, policy, approvals }];
  });
  return { ...desired, accounts: new Map(accounts) };
}
