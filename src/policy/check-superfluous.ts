import type { Capabilities, Day, Finding } from '../model.ts';
import { compareEnds, earlier, hasEnded } from './calendar.ts';
import type { CheckContext } from './check-policies.ts';
import { coversGrant, rankOfGrant } from './covers-grant.ts';
import { finding } from './findings.ts';
import { type GrantEntry, type Policies, placeOf, placeText } from './policies.ts';

/** One grant as one principal holds it, and the next that they hold in the same account. */
interface Held {
  readonly grant: GrantEntry;
  readonly capabilities: Capabilities;
  readonly rank: number;
  readonly until: Day | null;
  readonly order: number;
  readonly next: Held | undefined;
}

/** Grants that add nothing for any of their members: as much, for as long, comes by another grant. */
export function* checkSuperfluous(policies: Policies, context: CheckContext): Iterable<Finding> {
  const adds = new Set<GrantEntry>();
  const covering = new Map<GrantEntry, GrantEntry>();
  for (const byPrincipal of heldByAccount(policies, context).values()) {
    for (const held of byPrincipal.values()) {
      if (held.next === undefined) adds.add(held.grant);
      else judge(held, adds, covering);
    }
  }
  for (const [grant, by] of covering) {
    if (!adds.has(grant)) yield finding('superfluous-grant', placeOf(grant), placeText(placeOf(by)));
  }
}

/** Strongest first, then the longest, then the first written: each is covered by one that came before and lasts as long. */
function judge(first: Held, adds: Set<GrantEntry>, covering: Map<GrantEntry, GrantEntry>): void {
  const all: Held[] = [];
  for (let held: Held | undefined = first; held !== undefined; held = held.next) all.push(held);
  all.sort((a, b) => b.rank - a.rank || compareEnds(b.until, a.until) || a.order - b.order);
  const adding: Held[] = [];
  for (const one of all) {
    const by = adding.findLast(({ grant, until }) => coversGrant(grant, one.grant, one.capabilities) && compareEnds(until, one.until) >= 0);
    if (by === undefined) {
      adds.add(one.grant);
      adding.push(one);
    } else if (!covering.has(one.grant)) covering.set(one.grant, by.grant);
  }
}

/** By account, then by principal. The owner holds everything anyway and is left out. */
function heldByAccount(policies: Policies, context: CheckContext): Map<string, Map<string, Held>> {
  const all = new Map<string, Map<string, Held>>();
  let order = 0;
  for (const team of policies.teams) {
    for (const grant of team.grants) {
      const account = context.accounts.get(grant.account)?.policy;
      const capabilities = account === undefined ? null : context.capabilitiesOf(account);
      if (account === undefined || capabilities === null || !isGrantable(grant, capabilities)) continue;
      order += 1;
      const rank = rankOfGrant(grant, capabilities);
      const byPrincipal = all.get(grant.account) ?? new Map<string, Held>();
      all.set(grant.account, byPrincipal);
      for (const { email, until: memberUntil } of team.members) {
        const until = earlier(memberUntil, grant.until);
        if (email === account.owner || hasEnded(until, context.today)) continue;
        byPrincipal.set(email, { grant, capabilities, rank, until, order, next: byPrincipal.get(email) });
      }
    }
  }
  return all;
}

/** Another role is a finding of its own. */
function isGrantable({ role }: GrantEntry, { roles, productRoles }: Capabilities): boolean {
  return role === null || productRoles || roles.includes(role);
}
