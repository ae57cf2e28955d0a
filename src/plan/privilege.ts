import { NOTHING } from '../holding.ts';
import type { Capabilities, Change, Holding } from '../model.ts';

export function isPrivileged(holding: Holding, capabilities: Capabilities): boolean {
  return holding.roles.some((role) => capabilities.privilegedRoles.includes(role) || role === capabilities.ownerRole);
}

/** Whether `after` gives anything that `before` does not: a stronger role, or one more group. */
export function gains(before: Holding, after: Holding, capabilities: Capabilities): boolean {
  return strength(after, capabilities) > strength(before, capabilities) || after.groups.some((group) => !before.groups.includes(group));
}

/** Whether a change deletes a principal, or leaves them with less than they had: what two agreeing reads have to stand behind. */
export function takesAway(change: Change, capabilities: Capabilities): boolean {
  if (change.reason_code === 'owner_transfer') return false;
  return change.action === 'delete' || gains(change.after ?? NOTHING, change.before ?? NOTHING, capabilities);
}

function strength(holding: Holding, capabilities: Capabilities): number {
  return Math.max(-1, ...holding.roles.map((role) => strengthOf(role, capabilities)));
}

function strengthOf(role: string, capabilities: Capabilities): number {
  return role === capabilities.ownerRole ? capabilities.roles.length : capabilities.roles.indexOf(role);
}
