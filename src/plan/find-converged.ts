import { NOTHING } from '../holding.ts';
import type { CapabilitiesOf, DesiredState, History, Plan, Reading } from '../model.ts';
import type { ConvergedAccess } from '../pull.ts';
import { gains, heldIn, isPrivileged } from './privilege.ts';

export interface ConvergedInput {
  readonly plan: Pick<Plan, 'accounts'>;
  readonly desired: DesiredState;
  readonly readings: ReadonlyMap<string, Reading>;
  readonly history: History;
  readonly capabilitiesOf: CapabilitiesOf;
}

/** What somebody changed in an account and policy says by now as well, so that no change is left to show it: gained privilege first. */
export function findConverged({ plan, desired, readings, history, capabilitiesOf }: ConvergedInput): ConvergedAccess[] {
  const found = plan.accounts.flatMap(({ account, converged }) => {
    const policy = desired.accounts.get(account)?.policy;
    const capabilities = policy === undefined ? null : capabilitiesOf(policy);
    const reading = readings.get(account);
    const known = history.accounts.get(account);
    if (capabilities === null || reading?.kind !== 'complete') return [];
    return converged.map((principal) => {
      const live = reading.observation.principals.find((one) => one.principal === principal) ?? null;
      const { roles, groups } = heldIn(live);
      const now = { roles, groups };
      const last = known?.lastApplied.has(principal) ? known.lastApplied.get(principal) : known?.baseline?.get(principal);
      const before = { roles: last?.roles ?? NOTHING.roles, groups: last?.groups ?? NOTHING.groups };
      const alarming = gains(before, now, capabilities) && isPrivileged(now, capabilities);
      const source = desired.accounts.get(account)?.principals.get(principal)?.source ?? null;
      return { account, principal, before, now, alarming, source };
    });
  });
  return found.toSorted((a, b) => Number(b.alarming) - Number(a.alarming));
}
