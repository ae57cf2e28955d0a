import type { AccountPolicy, Day, Finding } from '../model.ts';
import { compareEnds, earlier, hasEnded } from './calendar.ts';
import type { CheckContext } from './check-policies.ts';
import { finding } from './findings.ts';
import { type GrantEntry, type Policies, placeOf, placeText } from './policies.ts';

/** One grant as one principal holds it. */
interface Held {
  readonly grant: GrantEntry;
  readonly rank: number;
  readonly until: Day | null;
  readonly order: number;
}

/** Grants that add nothing for any of their members: as strong a role for as long comes by another grant. */
export function* checkSuperfluous(policies: Policies, context: CheckContext): Iterable<Finding> {
  const adds = new Set<GrantEntry>();
  const covering = new Map<GrantEntry, GrantEntry>();
  for (const held of heldByPrincipal(policies, context).values()) {
    if (held.length === 1 && held[0] !== undefined) adds.add(held[0].grant);
    else judge(held, adds, covering);
  }
  for (const [grant, by] of covering) {
    if (!adds.has(grant)) yield finding('superfluous-grant', placeOf(grant), placeText(placeOf(by)));
  }
}

/** Strongest first, then the longest, then the first written: each is covered by one that came before and lasts as long. */
function judge(held: Held[], adds: Set<GrantEntry>, covering: Map<GrantEntry, GrantEntry>): void {
  held.sort((a, b) => b.rank - a.rank || compareEnds(b.until, a.until) || a.order - b.order);
  let longest: Held | null = null;
  for (const one of held) {
    if (longest !== null && compareEnds(longest.until, one.until) >= 0) {
      if (!covering.has(one.grant)) covering.set(one.grant, longest.grant);
    } else {
      adds.add(one.grant);
      longest = one;
    }
  }
}

/** By principal and account, and by group where it is one. The owner holds everything anyway and is left out. */
function heldByPrincipal(policies: Policies, context: CheckContext): Map<string, Held[]> {
  const all = new Map<string, Held[]>();
  let order = 0;
  for (const team of policies.teams) {
    for (const grant of team.grants) {
      const account = context.accounts.get(grant.account)?.policy;
      const rank = rankOf(grant, account, context);
      if (account === undefined || rank === -1) continue;
      order += 1;
      for (const member of team.members) {
        const until = earlier(member.until, grant.until);
        if (member.email === account.owner || hasEnded(until, context.today)) continue;
        add(all, `${member.email}\n${grant.account}\n${grant.group ?? ''}`, { grant, rank, until, order });
      }
    }
  }
  return all;
}

function rankOf(grant: GrantEntry, account: AccountPolicy | undefined, context: CheckContext): number {
  if (account === undefined || grant.role === null) return 0;
  return context.capabilitiesOf(account.provider, account.api)?.roles.indexOf(grant.role) ?? -1;
}

function add(all: Map<string, Held[]>, key: string, held: Held): void {
  const list = all.get(key);
  if (list === undefined) all.set(key, [held]);
  else list.push(held);
}
