import type { Day, DesiredState, Place } from '../model.ts';
import type { GrantEnd } from '../watch.ts';
import { addDays, compareEnds, earlier, hasEnded } from './calendar.ts';
import type { CapabilitiesOf } from './check-policies.ts';
import { type GrantEntry, type Policies, placeOf, type TeamEntry } from './policies.ts';

export interface AccountEnd extends GrantEnd {
  readonly account: string;
  /** Every `until` that has to move for the access to go on: the member's and the grant's where both end that day. */
  readonly places: readonly Place[];
}

type Member = TeamEntry['members'][number];

interface Held {
  readonly member: Member;
  readonly grant: GrantEntry;
  readonly until: Day | null;
}

/**
 * The grants that have ended, or end within so many days (today is day 0), one entry for each principal who holds one, in the order of
 * the policies. What is owed to the owner of an account never ends.
 */
export function findEnding(args: {
  readonly policies: Policies;
  readonly desired: DesiredState;
  readonly today: Day;
  readonly days: number;
  readonly capabilitiesOf: CapabilitiesOf;
}): AccountEnd[] {
  const { policies, desired, today, days, capabilitiesOf } = args;
  const held = heldByAccess(policies);
  const last = addDays(today, days);
  const found: AccountEnd[] = [];
  for (const [key, all] of held) {
    const [account = '', principal = ''] = key.split(' ');
    const policy = desired.accounts.get(account)?.policy;
    if (policy === undefined || policy.owner === principal) continue;
    const roles = capabilitiesOf(policy.provider, policy.api)?.roles ?? [];
    for (const one of all) {
      if (one.until === null || one.until > last) continue;
      found.push(endOf(one, one.until, account, isHeldOtherwise(one, all, roles, today)));
    }
  }
  return found;
}

function heldByAccess({ teams }: Policies): Map<string, Held[]> {
  const held = new Map<string, Held[]>();
  for (const team of teams) {
    for (const grant of team.grants) {
      for (const member of team.members) {
        const key = `${grant.account} ${member.email}`;
        const one: Held = { member, grant, until: earlier(member.until, grant.until) };
        const known = held.get(key);
        if (known === undefined) held.set(key, [one]);
        else known.push(one);
      }
    }
  }
  return held;
}

function endOf({ member, grant }: Held, until: Day, account: string, heldOtherwise: boolean): AccountEnd {
  const places = [
    ...(member.until === until ? [placeOf(member, 'until')] : []),
    ...(grant.until === until ? [placeOf(grant, 'until')] : []),
  ];
  const roles = [grant.role ?? grant.group ?? ''];
  return { account, principal: member.email, roles, until, source: places[0] ?? placeOf(grant), places, heldOtherwise };
}

/** Another grant of as strong a role, or of the same group, that lasts longer and has not ended itself. */
function isHeldOtherwise(one: Held, all: readonly Held[], roles: readonly string[], today: Day): boolean {
  const rank = ({ role }: GrantEntry) => roles.indexOf(role ?? '');
  return all.some((other) => {
    if (other === one || hasEnded(other.until, today) || compareEnds(other.until, one.until) <= 0) return false;
    return one.grant.role === null ? other.grant.group === one.grant.group : rank(other.grant) >= rank(one.grant);
  });
}
