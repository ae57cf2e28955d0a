import type { Day, DesiredPrincipal, Grant, Holding } from './model.ts';

export const NOTHING: Holding = { roles: [], groups: [] };

/** Whether two holdings give the same; both are sorted. */
export function sameHolding(a: Holding, b: Holding): boolean {
  return sameList(a.roles, b.roles) && sameList(a.groups, b.groups);
}

export function isEmpty(holding: Holding): boolean {
  return holding.roles.length === 0 && holding.groups.length === 0;
}

export function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

/** Later than every day, so that no end compares as text with the last days there are. */
export const NO_END: Day = '9999-12-31';

/** The last day on which a role or group is held by policy: `NO_END` without one, empty where it is not held today. */
export function lastDayOf(one: DesiredPrincipal | undefined, role: string): Day {
  const held = one?.holding.roles.includes(role) === true || one?.holding.groups.includes(role) === true;
  return one === undefined || !held ? '' : lastEnd(one.grants.filter((grant) => grant.role === role || grant.group === role));
}

/** The last day that any of the grants gives something: `NO_END` without one, empty where there is no grant. */
export function lastEnd(grants: readonly Grant[]): Day {
  return grants.reduce<Day>((latest, { until }) => ((until ?? NO_END) > latest ? (until ?? NO_END) : latest), '');
}
