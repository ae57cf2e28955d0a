import type { Change, Day, DesiredPrincipal, Grant, Holding, Part, Status } from './model.ts';
import { compareText } from './text/digest.ts';

export const NOTHING: Holding = { roles: [], groups: [] };

/** Whether two holdings give the same; both are sorted. */
export function sameHolding(a: Holding, b: Holding): boolean {
  return sameList(a.roles, b.roles) && sameList(a.groups, b.groups);
}

/** Listed, and let in by nothing that is left: what a vendor that never forgets anybody makes of a delete. */
export function isLockedOut(status: Status | undefined): boolean {
  return status === 'inactive' || status === 'disabled' || status === 'blocked';
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

/**
 * What somebody holds before the first part of a change, between its parts and after the last: where a run was cut off they hold one of
 * these, and nothing else explains it. Lists are sorted.
 */
export function holdingsAlong({ before, after }: Pick<Change, 'before' | 'after'>, parts: readonly Part[]): readonly Holding[] {
  const apart = parts.length > 1;
  let held: Holding = { roles: before?.roles ?? [], groups: before?.groups ?? [] };
  const along: Holding[] = [held];
  for (const part of parts) {
    held = holdingAfter(held, part, after, apart);
    along.push(held);
  }
  return along;
}

/** What is held after one part of a change. An invitation brings its roles with it where no other part (`apart`) gives them. */
export function holdingAfter(held: Holding, part: Part, after: Holding | null, apart: boolean): Holding {
  switch (part.do) {
    case 'assign':
      return { ...held, roles: [...new Set([...held.roles, part.role])].toSorted(compareText) };
    case 'unassign':
      return { ...held, roles: held.roles.filter((role) => role !== part.role) };
    case 'patch':
      return { ...held, roles: part.fields.roles ?? held.roles };
    case 'delete':
      return NOTHING;
    case 'invite':
      return apart ? held : (after ?? held);
    default:
      return part satisfies never;
  }
}
