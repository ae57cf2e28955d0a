import type { Capabilities, LivePrincipal } from '../../model.ts';
import { isProductRole, rolesOf } from '../check-grants.ts';
import { forbiddenCharacters } from '../decode-text.ts';
import { findSecrets } from '../find-secrets.ts';
import { validateTeam } from '../generated/validators.js';
import type { Word } from './imported.ts';

/**
 * The grants that come to exactly what somebody holds in an account, none of them needless: a group brings the role along that everybody
 * has. A text where policy cannot say it: why, as a clause.
 */
export function findWords({ roles, groups }: LivePrincipal, account: string, capabilities: Capabilities): readonly Word[] | string {
  const { impliedRole, severalRoles, aloneRoles } = capabilities;
  const isImplied = groups.length > 0 && impliedRole !== null;
  const told = isImplied ? roles.filter((role) => role !== impliedRole) : roles;
  const alone = told.find((role) => aloneRoles.includes(role));
  if (isImplied && !roles.includes(impliedRole)) return `is in a group without being ${impliedRole}, which policy cannot say`;
  if (severalRoles === 'strongest' && told.length + (isImplied ? 1 : 0) > 1)
    return 'holds several roles where policy knows one; take the weaker ones away there and import again';
  if (alone !== undefined && told.length > 1)
    return `holds other roles beside ${alone}, which covers them and stands alone in policy; take them away there and import again`;
  const words = [...told.map((role) => ({ account, role, group: null })), ...groups.map((group) => ({ account, role: null, group }))];
  if (words.length === 0) return 'holds nothing that policy could name';
  return words.every((word) => isGrantable(word, capabilities)) ? words : 'holds a role or a group whose name policy cannot hold';
}

/** One text for one word, to look it up by and to order by. */
export function keyOfWord({ account, role, group }: Word): string {
  return JSON.stringify([account, role === null ? 'group' : 'role', role ?? group]);
}

function isGrantable({ account, role, group }: Word, capabilities: Capabilities): boolean {
  const text = role ?? group ?? '';
  const grant = role === null ? { account, group, reason: 'x' } : { account, role, reason: 'x' };
  const isHeld = validateTeam({ members: [], grants: [grant] }) && !/[\u0000-\u001f]/.test(text);
  if (!isHeld || forbiddenCharacters(text).length > 0 || findSecrets(text, 1).length > 0) return false;
  return role === null ? capabilities.groups : isRole(role, capabilities);
}

/** A product role that is spelled like a general one would be taken for a slip of the pen. */
function isRole(role: string, capabilities: Capabilities): boolean {
  const word = role.toLowerCase().replaceAll(' ', '_');
  const isGeneral = capabilities.roles.includes(word) || word === capabilities.ownerRole || word === 'viewer';
  return rolesOf(capabilities).includes(role) || (capabilities.productRoles && isProductRole(role) && !isGeneral);
}
