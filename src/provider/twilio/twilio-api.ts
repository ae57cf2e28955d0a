import { visibleWord } from '../../text/encode.ts';
import { type Answer, isRecord } from '../vendor-client.ts';
import { type Listing, readTwilioPages, twilioInstant } from './read-twilio-pages.ts';

/**
 * The endpoints and wire types of a Twilio organization: SCIM users (docs/iam/scim/api-reference), roles and role assignments
 * (docs/iam/access-control/{role,role-assignment}-resource) and the accounts listing (twilio_iam_organizations of Twilio's OpenAPI).
 * Nothing of the wire leaves this folder.
 */
const PAGE_SIZE = 100;

/** The two places where a surface may live: the documented one, and the one of the OpenAPI description, which has the organization in it. */
export type Home = 'iam' | 'preview';

export function usersPath(home: Home, organization: string): string {
  return home === 'iam' ? '/scim/v2/Users' : `/Organizations/${sidOf('OR', organization)}/scim/Users`;
}

export function assignmentsPath(home: Home, organization: string): string {
  return home === 'iam' ? '/v2/Organizations/RoleAssignments' : `/Organizations/${sidOf('OR', organization)}/RoleAssignments`;
}

/** A SID becomes part of a path only when it is one: anything else could name another endpoint. */
export function sidOf(prefix: string, value: string): string {
  if (!isSid(prefix, value)) throw new Error(`what should be a ${prefix} SID reached the Twilio API as something else`);
  return value;
}

export function isSid(prefix: string, value: unknown): value is string {
  return typeof value === 'string' && value.length === 34 && value.startsWith(prefix) && /^[0-9a-f]{32}$/i.test(value.slice(2));
}

type Ask = (path: string) => Promise<Answer>;
type Item = Readonly<Record<string, unknown>>;

export interface WireUser {
  readonly id: string;
  /** In lower case; the SID in lower case where the login has no address. */
  readonly email: string;
  /** What stands where an address belongs; null where there is one. */
  readonly noAddress: string | null;
  readonly name: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly displayName: string;
  readonly active: boolean | null;
  /** What `If-Match` takes: `W/13`. */
  readonly version: string | null;
  readonly since: string | null;
}

/**
 * All SCIM users, or those of one address. SCIM here has no pages ("startIndex, itemsPerPage are not supported"), so the list is whole when
 * as many came as are stated and no id came twice.
 */
export async function listUsers(ask: Ask, path: string, email?: string): Promise<Listing<WireUser>> {
  const filter = email === undefined ? '' : `?filter=${encodeURIComponent(`userName eq "${email.replace(/["\\]/g, '\\$&')}"`)}`;
  const answer = await ask(`${path}${filter}`);
  if (answer.kind !== 'ok') return { kind: 'failed', answer };
  const { status, json } = answer;
  if (status !== 200) return { kind: 'misshapen', message: `the vendor answered ${status} where 200 belongs` };
  const items = isRecord(json) ? json['Resources'] : undefined;
  const total = isRecord(json) ? json['totalResults'] : undefined;
  // RFC 7644 lets an empty list leave its rows out.
  const rows = (Array.isArray(items) ? items : items === undefined && total === 0 ? [] : [null]).map(userOf);
  const wrong = rows.find((row) => typeof row === 'string');
  if (wrong !== undefined) return { kind: 'misshapen', message: wrong };
  const users = rows.filter((row) => typeof row !== 'string');
  if (users.length !== total) return { kind: 'misshapen', message: `${users.length} users came where ${statedTotal(total)} were stated` };
  if (new Set(users.map((user) => user.id)).size !== users.length) return { kind: 'misshapen', message: 'the same user came twice' };
  return { kind: 'rows', rows: users };
}

function statedTotal(total: unknown): string {
  return typeof total === 'number' ? String(total) : 'no number';
}

/** One SCIM user, or what about it is not as documented. */
export function userOf(item: unknown): WireUser | string {
  if (!isRecord(item)) return 'the users are not a list of objects';
  const { id, userName, displayName, active, name, meta } = item;
  if (!isSid('US', id)) return 'a user has no valid SID';
  if (typeof userName !== 'string') return 'a user has no name to sign in with';
  // One login that is no person's must not keep all the others from being seen.
  const isAddress = userName.includes('@') && userName.length <= 254;
  const names = isRecord(name) ? name : {};
  const [givenName, familyName, shown] = [textOf(names['givenName']), textOf(names['familyName']), textOf(displayName)];
  const version = isRecord(meta) ? textOf(meta['version']) : '';
  return {
    id,
    email: isAddress ? addressOf(userName) : id.toLowerCase(),
    noAddress: isAddress ? null : userName,
    name: `${givenName} ${familyName}`.trim() || shown,
    givenName,
    familyName,
    displayName: shown,
    active: typeof active === 'boolean' ? active : null,
    // A header takes no other character.
    version: /^[\x21-\x7e]{1,100}$/.test(version) ? version : null,
    since: isRecord(meta) ? twilioInstant(meta['created']) : null,
  };
}

/** Only ASCII is trimmed and lower-cased: Unicode's rules would make the Kelvin sign a k, and a stranger somebody we know. */
function addressOf(email: string): string {
  return email.replace(/^[ \t]*(.*[^ \t])?[ \t]*$/s, '$1').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

export interface WireAssignment {
  readonly sid: string;
  readonly roleSid: string;
  readonly scope: string;
  readonly identity: string;
  /** What of the account it is held for, where that is not all of it, made visible: `billing_group BG…`. */
  readonly resource: string | null;
}

/** The role assignments of a scope, of an identity or of both; without either the vendor refuses (25203). */
export async function listAssignments(
  ask: Ask,
  path: string,
  of: { readonly scope?: string; readonly identity?: string },
  expired: () => boolean = () => false,
): Promise<Listing<WireAssignment>> {
  const filters = [of.identity === undefined ? '' : `Identity=${of.identity}&`, of.scope === undefined ? '' : `Scope=${of.scope}&`];
  const listing = await readTwilioPages({
    ask,
    path: `${path}?${filters.join('')}PageSize=${PAGE_SIZE}`,
    key: 'content',
    row: assignmentOf,
    idOf: (row) => row.sid,
    expired,
  });
  if (listing.kind !== 'rows') return listing;
  const asked = (row: WireAssignment) =>
    (of.scope === undefined || sameSid(row.scope, of.scope)) && (of.identity === undefined || sameSid(row.identity, of.identity));
  return { kind: 'rows', rows: listing.rows.filter(asked) };
}

function assignmentOf(item: Item): WireAssignment | string {
  const { sid, role_sid: roleSid, scope, identity, resource_type: type, resource_id: resource } = item;
  if (!isSid('IY', sid)) return 'a role assignment has no valid SID';
  if (!isSid('IX', roleSid)) return 'a role assignment names no role';
  if (!isSid('AC', scope) && !isSid('OR', scope)) return 'a role assignment names no scope';
  if (typeof identity !== 'string' || !/^[A-Z]{2}[0-9a-f]{32}$/i.test(identity)) return 'a role assignment names no identity';
  const words = [textOf(type), textOf(resource)].filter((word) => word !== '').map(visibleWord);
  return { sid, roleSid, scope, identity, resource: words.length === 0 ? null : words.join(' ') };
}

export function sameSid(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export interface WireRole {
  readonly sid: string;
  readonly name: string;
  /** Null for the general roles and those of the organization. */
  readonly productGroup: string | null;
  /** `ORGANIZATION`, `ACCOUNT` or `SUB_ACCOUNT`: the lowest it can be given for. */
  readonly level: string;
}

/** Every role that the organization knows; the preview paths have no such list. */
export function listRoles(ask: Ask): Promise<Listing<WireRole>> {
  return readTwilioPages({
    ask,
    path: '/v2/Organizations/Roles?PageSize=1000',
    key: 'roles',
    row: (item): WireRole | string => {
      const { sid, friendly_name: name, product_group: group, role_product_group: roleGroup, lowest_level: level } = item;
      if (!isSid('IX', sid)) return 'a role has no valid SID';
      if (typeof name !== 'string' || name.trim() === '') return 'a role has no name';
      return { sid, name, productGroup: textOf(group) || textOf(roleGroup) || null, level: textOf(level) };
    },
    idOf: (role) => role.sid,
  });
}

export interface WireManagedAccount {
  readonly sid: string;
  readonly owner: string | null;
  readonly isClosed: boolean;
}

/** The accounts that the organization manages; it lives at preview-iam alone. */
export function listManagedAccounts(ask: Ask, organization: string): Promise<Listing<WireManagedAccount>> {
  return readTwilioPages({
    ask,
    path: `/Organizations/${sidOf('OR', organization)}/Accounts?PageSize=${PAGE_SIZE}`,
    key: 'content',
    row: ({ account_sid: sid, owner_sid: owner, status }): WireManagedAccount | string =>
      isSid('AC', sid) ? { sid, owner: isSid('US', owner) ? owner : null, isClosed: status === 'closed' } : 'an account has no valid SID',
    idOf: (account) => account.sid,
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
