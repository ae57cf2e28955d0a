import { isEmpty, sameHolding } from '../holding.ts';
import type { AccountHistory, Change, DesiredAccount, Holding, LastApplied, Observation } from '../model.ts';

/**
 * What last-applied state has to learn from an account as it is: everybody who holds exactly what policy says and is not remembered
 * so, and everybody remembered who is neither granted anything nor there. Whoever a change is planned for is left out: that is not true yet.
 */
export function findSettled(
  desired: DesiredAccount,
  observation: Observation,
  history: AccountHistory,
  changes: readonly Change[],
): Map<string, LastApplied | null> {
  const moving = new Set(changes.map((change) => change.principal));
  const live = new Map(observation.principals.map((one) => [one.principal, one]));
  const settled = new Map<string, LastApplied | null>();
  for (const one of desired.principals.values()) {
    const there = live.get(one.principal);
    if (there === undefined || isEmpty(one.holding) || moving.has(one.principal) || !sameHolding(there, one.holding)) continue;
    if (there.status !== 'active' && there.status !== 'invited') continue;
    const now: LastApplied = { ...one.holding, name: one.name, status: there.status };
    if (!sameRecord(history.lastApplied.get(one.principal) ?? null, now)) settled.set(one.principal, now);
  }
  for (const [principal, before] of history.lastApplied) {
    const granted = desired.principals.get(principal);
    const nobody = (granted === undefined || isEmpty(granted.holding)) && !live.has(principal);
    if (before !== null && nobody && !moving.has(principal)) settled.set(principal, null);
  }
  return settled;
}

/** Who is there that policy gives nothing: what a baseline remembers. */
export function findBaseline(desired: DesiredAccount, observation: Observation): Map<string, Holding> {
  const baseline = new Map<string, Holding>();
  for (const one of observation.principals) {
    const granted = desired.principals.get(one.principal);
    if (one.principal === desired.policy.owner || (granted !== undefined && !isEmpty(granted.holding))) continue;
    baseline.set(one.principal, { roles: one.roles, groups: one.groups });
  }
  return baseline;
}

function sameRecord(a: LastApplied | null, b: LastApplied): boolean {
  return a !== null && a.name === b.name && a.status === b.status && sameHolding(a, b);
}
