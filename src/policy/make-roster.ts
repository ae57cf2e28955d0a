import type { Day, Roster } from '../model.ts';
import { type Policies, placeOf } from './policies.ts';

/** What is attested about one account, or null. */
export function makeRoster(policies: Policies, account: string): Roster | null {
  const entry = policies.rosters.find((one) => one.account === account);
  if (entry === undefined) return null;
  const { attestedBy, attestedOn, rows, rotated, reviewed } = entry;
  return {
    account,
    attestedBy,
    attestedOn,
    rows: rows?.map((row) => ({ principal: row.email, roles: row.roles.toSorted(), status: row.status, source: placeOf(row) })) ?? null,
    rotated: lastDays(rotated),
    reviewed: lastDays(reviewed),
    source: placeOf(entry),
  };
}

/** What stands twice counts by its later day. */
function lastDays(entries: readonly { readonly what: string; readonly on: Day }[]): ReadonlyMap<string, Day> {
  const days = new Map<string, Day>();
  for (const { what, on } of entries) if (on > (days.get(what) ?? '')) days.set(what, on);
  return days;
}
