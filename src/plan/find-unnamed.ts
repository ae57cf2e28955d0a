import type { CapabilitiesOf, Change, DesiredState, Reading } from '../model.ts';
import type { Unnamed } from '../pull.ts';
import { compareText } from '../text/digest.ts';
import { isPrivileged } from './privilege.ts';

export interface UnnamedInput {
  readonly desired: DesiredState;
  readonly readings: ReadonlyMap<string, Reading>;
  /** Whoever a change is about is shown by it. */
  readonly changes: readonly Change[];
  readonly capabilitiesOf: CapabilitiesOf;
}

/** Whoever may have access, whom no policy gives any and no change is about: privileged ones first in each account. */
export function findUnnamed({ desired, readings, changes, capabilitiesOf }: UnnamedInput): Unnamed[] {
  const shown = new Set(changes.map(({ account, principal }) => keyOf(account, principal)));
  return [...desired.accounts]
    .toSorted(([a], [b]) => compareText(a, b))
    .flatMap(([account, { policy, principals }]) => {
      const reading = readings.get(account);
      const capabilities = capabilitiesOf(policy);
      if (reading?.kind !== 'complete' || capabilities === null) return [];
      return reading.observation.principals
        .filter(({ status }) => status === 'active' || status === 'invited' || status === 'unknown')
        .filter(({ principal }) => principal !== policy.owner && !principals.has(principal) && !shown.has(keyOf(account, principal)))
        .map((live) => {
          const { principal, status, roles, groups } = live;
          return { account, principal, status, roles, groups, privileged: isPrivileged(live, capabilities) };
        })
        .toSorted((a, b) => Number(b.privileged) - Number(a.privileged) || compareText(a.principal, b.principal));
    });
}

function keyOf(account: string, principal: string): string {
  return JSON.stringify([account, principal]);
}
