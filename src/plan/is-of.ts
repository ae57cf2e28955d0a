import type { AccountPolicy, Observation } from '../model.ts';

/** Whether an observation is of the account that policy means: of the same vendor and API and, where policy pins one, of that scope. */
export function isOf({ provider, api, scope }: Observation, policy: Pick<AccountPolicy, 'provider' | 'api' | 'scope'>): boolean {
  return provider === policy.provider && api === policy.api && (scope ?? '').toLowerCase() === (policy.scope ?? '').toLowerCase();
}
