import { type Answer, isRecord, type VendorClient } from '../vendor-client.ts';
import { instantOf, isCount, isUuid } from './telnyx-api.ts';

/**
 * The endpoints and wire types of Telnyx `organizations`, from Telnyx's published specification (openapi/spec3.yml of 2026-07-16):
 * people can be listed and removed, and nothing else. Nothing of the wire leaves this folder.
 */
const PATH = '/v2/organizations/users';

export interface WireGroup {
  readonly id: string;
  /** Groups have no other handle that people know, and no API says that names are unique. */
  readonly name: string;
}

export interface WireOrganizationUser {
  readonly id: string;
  readonly email: string;
  readonly isOwner: boolean;
  /** `enabled`, `disabled` or `blocked`, or a word that nobody documented. */
  readonly status: string;
  readonly groups: readonly WireGroup[];
  readonly bypassesSso: boolean;
  readonly createdAt: string | null;
  /** Null when they never signed in; undefined when the vendor does not say. */
  readonly lastSignInAt: string | null | undefined;
}

/** Everybody in the organization, or what about the report is not as documented. */
export function reportOf(json: unknown): readonly WireOrganizationUser[] | string {
  if (!isRecord(json) || !Array.isArray(json['data'])) return 'the report has no list of users';
  const rows: WireOrganizationUser[] = [];
  for (const item of json['data']) {
    const row = organizationUserOf(item);
    if (typeof row === 'string') return row;
    rows.push(row);
  }
  return rows;
}

/** How many people there are by the list, null where it does not say, and the ids that it shows. */
export interface WireCount {
  readonly total: number | null;
  readonly ids: readonly string[];
}

/** What one page of the list says of the whole, or what about it is not as documented. */
export function countOf(json: unknown): WireCount | string {
  if (!isRecord(json) || !Array.isArray(json['data'])) return 'the list has no users';
  const total = (isRecord(json['meta']) ? json['meta']['total_results'] : null) ?? null;
  if (total !== null && !isCount(total)) return 'the stated total is not a number';
  const ids: string[] = [];
  for (const item of json['data']) {
    const id: unknown = isRecord(item) ? item['id'] : undefined;
    if (!isUuid(id)) return 'a user of the list has no valid id';
    ids.push(id);
  }
  return { total, ids };
}

/**
 * One user, or what about them is not as documented. The report's own schema requires id, record_type, email, user_status and groups;
 * it requires created_at as well, by which nothing is decided.
 */
export function organizationUserOf(item: unknown): WireOrganizationUser | string {
  if (!isRecord(item)) return 'a user is not an object';
  const { id, email, record_type: type, user_status: status, organization_user_bypasses_sso: bypasses, last_sign_in_at: signIn } = item;
  if (!isUuid(id)) return 'a user has no valid id';
  if (typeof email !== 'string' || !email.includes('@') || email.length > 254) return 'a user has no e-mail address';
  if (type !== 'organization_owner' && type !== 'organization_sub_user')
    return 'a row is neither the owner nor a member of an organization';
  if (typeof status !== 'string' || status === '') return 'a user has no status';
  const groups = groupsOf(item['groups']);
  if (typeof groups === 'string') return groups;
  return {
    id,
    email,
    isOwner: type === 'organization_owner',
    status,
    groups,
    bypassesSso: bypasses === true,
    createdAt: instantOf(item['created_at']),
    lastSignInAt: signIn === null ? null : (instantOf(signIn) ?? undefined),
  };
}

function groupsOf(value: unknown): readonly WireGroup[] | string {
  if (!Array.isArray(value)) return 'a user has no list of groups';
  const groups: WireGroup[] = [];
  for (const item of value) {
    const { id, name } = isRecord(item) ? (item as { id?: unknown; name?: unknown }) : {};
    if (typeof id !== 'string' || id === '' || typeof name !== 'string') return 'a group has no id or no name';
    if (groups.some((group) => group.id === id)) return 'a user is in the same group twice';
    groups.push({ id, name });
  }
  return groups;
}

/** All users with their groups in one answer, without pages. */
export function getUsersReport(client: VendorClient): Promise<Answer> {
  return client.get(`${PATH}/users_groups_report`);
}

/** A page of one user: what matters of it is the stated total. */
export function countUsers(client: VendorClient): Promise<Answer> {
  return client.get(ONE_ORGANIZATION_USER);
}

export const ONE_ORGANIZATION_USER = `${PATH}?page%5Bnumber%5D=1&page%5Bsize%5D=1`;

export function getOrganizationUser(client: VendorClient, id: string): Promise<Answer> {
  return client.get(`${pathOf(id)}?include_groups=true`);
}

/** Answers 200 with the user; what became of them only a read shows. */
export function removeOrganizationUser(client: VendorClient, id: string): Promise<Answer> {
  return client.write('POST', `${pathOf(id)}/actions/remove`);
}

/** An id becomes part of a path only when it is a UUID: anything else could name another endpoint. */
function pathOf(id: string): string {
  if (!isUuid(id)) throw new Error('a principal id that is not a UUID reached the Telnyx API');
  return `${PATH}/${encodeURIComponent(id)}`;
}
