import type { Holding } from './model.ts';

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
