import { groupBy } from '../../group-by.ts';
import type { Capabilities, Day } from '../../model.ts';
import { compareText } from '../../text/digest.ts';
import { compareEnds, hasEnded } from '../calendar.ts';

/** What of a grant says how much it gives, where and until when. */
export interface Given {
  readonly account: string;
  readonly role: string | null;
  readonly group: string | null;
  readonly until: Day | null;
}

export type CapabilitiesOfAccount = (account: string) => Capabilities | null;

/**
 * What grants come to from today on, by account: each role and group with its last day, of roles only those that no stronger one
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
  const rank = ({ role }: Given) => (role === null ? -1 : (capabilities?.roles.indexOf(role) ?? -1));
  const strongestFirst = grants.toSorted((a, b) => rank(b) - rank(a) || compareEnds(b.until, a.until));
  const parts: string[] = [];
  const groups = new Map<string, Day | null>();
  let longest: Given | null = null;
  for (const grant of strongestFirst) {
    if (grant.group !== null) {
      const known = groups.get(grant.group);
      if (known === undefined || compareEnds(grant.until, known) > 0) groups.set(grant.group, grant.until);
    } else if (longest === null || compareEnds(grant.until, longest.until) > 0) {
      parts.push(`${grant.role} ${grant.until ?? ''}`);
      longest = grant;
    }
  }
  for (const [group, until] of [...groups].toSorted(([a], [b]) => compareText(a, b))) parts.push(`group ${group} ${until ?? ''}`);
  return JSON.stringify(parts);
}
