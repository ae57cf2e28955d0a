import { groupBy } from '../group-by.ts';
import type { Capabilities, CapabilitiesOf, Day, DesiredState, Place } from '../model.ts';
import type { GrantEnd } from '../watch.ts';
import { addDays, compareEnds, earlier, hasEnded } from './calendar.ts';
import { coversGrant } from './covers-grant.ts';
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
 * The grants that have ended, however long ago, or end within `days` (today is day 0): one entry for each member of each grant, those of
 * one principal in one account together. The owner of an account is left out, because policy never changes what they hold.
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
    const capabilities = capabilitiesOf(policy);
    for (const one of all) {
      if (one.until === null || one.until > last) continue;
      found.push(endOf(one, one.until, account, isHeldOtherwise(one, all, capabilities, today)));
    }
  }
  return found;
}

function heldByAccess({ teams }: Policies): Map<string, Held[]> {
  const held = teams.flatMap(({ grants, members }) =>
    grants.flatMap((grant) => members.map((member): Held => ({ member, grant, until: earlier(member.until, grant.until) }))),
  );
  return groupBy(held, ({ grant, member }) => `${grant.account} ${member.email}`);
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
function isHeldOtherwise(one: Held, all: readonly Held[], capabilities: Capabilities | null, today: Day): boolean {
  return all.some((other) => {
    if (other === one || hasEnded(other.until, today) || compareEnds(other.until, one.until) <= 0) return false;
    return coversGrant(other.grant, one.grant, capabilities);
  });
}
