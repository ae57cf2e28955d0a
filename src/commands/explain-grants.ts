import { NO_END } from '../holding.ts';
import type { Capabilities, Day, Grant } from '../model.ts';
import { coversGrant } from '../policy/covers-grant.ts';
import type { ExplainedGrant } from '../report/render-explain.ts';

/** The grants of one person in one account as they stand on a day, each with whether its deletion would leave everything as it is. */
export function explainGrants(grants: readonly Grant[], day: Day, capabilities: Capabilities | null): ExplainedGrant[] {
  const open = grants.filter(({ until }) => until === null || until >= day);
  return grants.map((grant) => {
    const { role, group, reason, until, team, source } = grant;
    const isOpen = open.includes(grant);
    const isSuperfluous =
      isOpen && open.some((other) => other !== grant && outlasts(other, grant) && coversGrant(other, grant, capabilities));
    return { role, group, reason, until, team, place: source, ended: !isOpen, superfluous: isSuperfluous };
  });
}

/** Whoever holds as much by another grant still needs this one on the day the other has ended. */
function outlasts(one: Grant, other: Grant): boolean {
  return (one.until ?? NO_END) >= (other.until ?? NO_END);
}
