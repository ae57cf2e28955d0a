import type { Finding } from '../model.ts';
import { visible } from '../text/encode.ts';
import { hasEnded } from './calendar.ts';
import type { CheckContext } from './check-policies.ts';
import { finding } from './findings.ts';
import { type Policies, placeOf } from './policies.ts';

/** Members and grants whose last day has passed. */
export function* checkEnds(policies: Policies, context: CheckContext): Iterable<Finding> {
  for (const team of policies.teams) {
    for (const entry of [...team.members, ...team.grants]) {
      if (entry.until !== null && hasEnded(entry.until, context.today)) yield finding('end-passed', placeOf(entry, 'until'), entry.until);
    }
  }
}

/** Privileged grants that somebody other than the owner holds without any end. */
export function* checkPrivilegedEnds(policies: Policies, context: CheckContext): Iterable<Finding> {
  for (const team of policies.teams) {
    const endless = team.members.filter((member) => member.until === null);
    for (const grant of team.grants) {
      const account = context.accounts.get(grant.account)?.policy;
      if (account === undefined || grant.until !== null) continue;
      const capabilities = context.capabilitiesOf(account);
      const privileged = (grant.role === null ? capabilities?.privilegedGroups : capabilities?.privilegedRoles) ?? [];
      const word = grant.role ?? grant.group ?? '';
      if (!privileged.includes(word) || !endless.some((member) => member.email !== account.owner)) continue;
      yield finding('no-end-on-privilege', placeOf(grant), visible(word), grant.account);
    }
  }
}
