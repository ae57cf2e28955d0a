import { NOTHING } from '../holding.ts';
import type { Access, AccountHistory, Capabilities, Change, Holding } from '../model.ts';

export function isPrivileged(holding: Holding, capabilities: Capabilities): boolean {
  return (
    holding.roles.some((role) => capabilities.privilegedRoles.includes(role) || role === capabilities.ownerRole) ||
    holding.groups.some((group) => capabilities.privilegedGroups.includes(group))
  );
}

/** Whether `after` gives anything that `before` does not: a stronger role, one more that adds up, or one more group. */
export function gains(before: Holding, after: Holding, capabilities: Capabilities): boolean {
  return gainsRole(before, after, capabilities) || after.groups.some((group) => !before.groups.includes(group));
}

/** Whether a change deletes a principal, or leaves them with less than they had: what two agreeing reads have to stand behind. */
export function takesAway(change: Change, capabilities: Capabilities): boolean {
  if (change.reason_code === 'owner_transfer') return false;
  return change.action === 'delete' || gains(change.after ?? NOTHING, heldIn(change.before), capabilities);
}

/** What one side of a change is worth: whoever is inactive can do nothing with the roles that are left. */
export function heldIn(access: Access | null): Holding {
  return access === null || access.status === 'inactive' ? NOTHING : access;
}

/** Whether somebody with this can read API keys, which work on when they are gone. */
export function readsKeys({ roles, groups }: Holding, { keyRoles, keyGroups, ownerRole }: Capabilities): boolean {
  return roles.some((role) => keyRoles.includes(role) || role === ownerRole) || groups.some((group) => keyGroups.includes(group));
}

/**
 * Whether somebody who could read API keys no longer can after a change: by what they hold, by what was last true, or by what a change of ours
 * had taken when it was cut off. An invitation nobody has accepted never let anybody read one.
 */
export function losesKeys(
  { principal, before, after }: Pick<Change, 'principal' | 'before' | 'after'>,
  capabilities: Capabilities,
  { lastApplied, halfway }: Pick<AccountHistory, 'lastApplied' | 'halfway'>,
): boolean {
  if (readsKeys(after ?? NOTHING, capabilities)) return false;
  const known = [before, lastApplied.get(principal)].flatMap((held) => (held?.status === 'active' ? [held] : []));
  return [...known, ...(halfway.get(principal) ?? [])].some((held) => readsKeys(held, capabilities));
}

function gainsRole(before: Holding, after: Holding, capabilities: Capabilities): boolean {
  if (capabilities.severalRoles === 'strongest') return strength(after, capabilities) > strength(before, capabilities);
  const coversAll = before.roles.some((role) => role === capabilities.ownerRole);
  const coversOthers = before.roles.some((role) => capabilities.aloneRoles.includes(role));
  return after.roles.some((role) => {
    if (coversAll || before.roles.includes(role)) return false;
    return role === capabilities.ownerRole || !coversOthers;
  });
}

function strength(holding: Holding, capabilities: Capabilities): number {
  return Math.max(-1, ...holding.roles.map((role) => strengthOf(role, capabilities)));
}

function strengthOf(role: string, capabilities: Capabilities): number {
  return role === capabilities.ownerRole ? capabilities.roles.length : capabilities.roles.indexOf(role);
}
