import { NOTHING } from '../holding.ts';
import type { LeftAlone } from '../model.ts';
import { visible } from '../text/encode.ts';
import { type LeftAloneInput, listLeftAlone } from './settle-account.ts';

/**
 * Who is left alone and has access all the same that neither policy nor last-applied state nor the baseline explains, and whom the vendor
 * names as the owner against policy. No change can be made of it, so that it has to be said.
 */
export function findUnexplained(input: LeftAloneInput): readonly LeftAlone[] {
  const { desired, history, capabilities } = input;
  if (!history.recorded) return [];
  const isOwner = ({ roles }: LeftAlone) => roles.includes(capabilities.ownerRole);
  return listLeftAlone(input).filter(
    (one) => one.principal !== desired.policy.owner && mayHaveAccess(one) && (isOwner(one) || isNews(one, input)),
  );
}

/** One of them in a whole sentence. */
export function describeUnexplained({ principal, roles, groups, note }: LeftAlone): string {
  const held = [...roles, ...groups].map((one) => visible(one)).join(', ');
  return `${visible(principal)} has access that nobody agreed to (${held}) and is left alone: ${note}.`;
}

/** A status that nobody understands may well let somebody in. */
function mayHaveAccess({ status }: LeftAlone): boolean {
  return status === 'active' || status === 'invited' || status === 'unknown';
}

function isNews(
  { principal, roles, groups }: LeftAlone,
  { desired, history: { lastApplied, baseline }, observation }: LeftAloneInput,
): boolean {
  const granted = desired.principals.get(principal)?.holding ?? NOTHING;
  // Before supervision has begun, whoever is there was there.
  const then = baseline === null ? observation.principals.find((live) => live.principal === principal) : baseline.get(principal);
  const known = (lastApplied.has(principal) ? lastApplied.get(principal) : then) ?? NOTHING;
  return (
    roles.some((role) => !known.roles.includes(role) && !granted.roles.includes(role)) ||
    groups.some((group) => !known.groups.includes(group) && !granted.groups.includes(group))
  );
}
