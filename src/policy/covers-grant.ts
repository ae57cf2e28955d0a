import type { Capabilities, Grant, Holding } from '../model.ts';

type Given = Pick<Grant, 'role' | 'group'>;

/** Whether a grant gives all that another one of the same account gives, as long as it lasts. */
export function coversGrant(one: Given, other: Given, capabilities: Capabilities | null): boolean {
  if (other.role === null) return one.group === other.group;
  if (one.role === null) return other.role === (capabilities?.impliedRole ?? null);
  if (one.role === other.role || capabilities === null) return one.role === other.role;
  if (capabilities.severalRoles === 'set') return capabilities.aloneRoles.includes(one.role);
  const rank = (role: string) => capabilities.roles.indexOf(role);
  return rank(other.role) >= 0 && rank(one.role) >= rank(other.role);
}

/** In an order in which no grant covers one that comes before it, but for equals: groups, then the strongest role first. */
export function rankOfGrant({ role }: Given, capabilities: Capabilities | null): number {
  if (role === null || capabilities === null) return Number.MAX_SAFE_INTEGER;
  return capabilities.aloneRoles.includes(role) ? capabilities.roles.length : capabilities.roles.indexOf(role);
}

/** What of a holding another one does not give, role by role and group by group. */
export function missingFrom(held: Holding, wanted: Holding, capabilities: Capabilities): Holding {
  const given = [...held.roles.map((role) => ({ role, group: null })), ...held.groups.map((group) => ({ role: null, group }))];
  return {
    roles: wanted.roles.filter((role) => !given.some((one) => coversGrant(one, { role, group: null }, capabilities))),
    groups: wanted.groups.filter((group) => !held.groups.includes(group)),
  };
}

/** Whether a role or a group is one that makes somebody privileged. */
export function isPrivilegedGrant({ role, group }: Given, capabilities: Capabilities | null): boolean {
  if (capabilities === null) return false;
  return role === null ? capabilities.privilegedGroups.includes(group ?? '') : capabilities.privilegedRoles.includes(role);
}
