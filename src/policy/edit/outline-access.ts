import { groupBy } from '../../group-by.ts';
import type { Capabilities, Day } from '../../model.ts';
import { compareText } from '../../text/digest.ts';
import { compareEnds, hasEnded } from '../calendar.ts';
import { coversGrant, rankOfGrant } from '../covers-grant.ts';

/** What of a grant says how much it gives, where and until when. */
export interface Given {
  readonly account: string;
  readonly role: string | null;
  readonly group: string | null;
  readonly until: Day | null;
}

export type CapabilitiesOfAccount = (account: string) => Capabilities | null;

/**
 * What grants come to from today on, by account: each role and group with its last day, but for those that a stronger one
 * outlasts. Two lists of grants that give the same on every day have the same outline.
 */
export function outlineAccess(grants: readonly Given[], today: Day, capabilitiesOf: CapabilitiesOfAccount): ReadonlyMap<string, string> {
  const byAccount = groupBy(
    grants.filter((grant) => !hasEnded(grant.until, today)),
    (grant) => grant.account,
  );
  const outlines = new Map<string, string>();
  for (const [account, held] of byAccount) outlines.set(account, outlineOf(held, capabilitiesOf(account)));
  return outlines;
}

export function sameOutline(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([account, outline]) => b.get(account) === outline);
}

function outlineOf(grants: readonly Given[], capabilities: Capabilities | null): string {
  const rank = (grant: Given) => rankOfGrant(grant, capabilities);
  const strongestFirst = grants.toSorted((a, b) => rank(b) - rank(a) || compareEnds(b.until, a.until));
  const adding: Given[] = [];
  for (const grant of strongestFirst) {
    const isCovered = adding.some((one) => coversGrant(one, grant, capabilities) && compareEnds(one.until, grant.until) >= 0);
    if (!isCovered) adding.push(grant);
  }
  const parts = adding.map(({ role, group, until }) => JSON.stringify([role, group, until]));
  return JSON.stringify(parts.toSorted(compareText));
}
