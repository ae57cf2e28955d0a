import type { StillSo } from '../../model.ts';
import { type Answer, isRecord, type VendorClient } from '../vendor-client.ts';

/**
 * The endpoints and wire types of Telnyx `sub-users`, as the project's seed documents describe them (`/v2/sub_users`; it stands in no
 * published Telnyx specification). Nothing of the wire leaves this folder.
 */
const PATH = '/v2/sub_users';
/** The documented maximum; the default would be 20. */
export const PAGE_SIZE = 250;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface WireSubUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly status: string;
  readonly createdAt: string | null;
}

export interface WirePage {
  readonly rows: readonly WireSubUser[];
  readonly total: number | null;
  readonly pageSize: number | null;
  /** Whether another page follows; null when the page does not say. */
  readonly hasNext: boolean | null;
}

/** A page, or what about it is not as documented. The link to the next page is looked at, never followed. */
export function pageOf(json: unknown, page: number): WirePage | string {
  if (!isRecord(json) || !Array.isArray(json['data'])) return 'a page has no list of users';
  const meta = isRecord(json['meta']) ? json['meta'] : {};
  const rows: WireSubUser[] = [];
  for (const item of json['data']) {
    const row = subUserOf(item);
    if (typeof row === 'string') return row;
    rows.push(row);
  }
  const total = meta['total_results'] ?? null;
  if (total !== null && !isCount(total)) return 'the stated total is not a number';
  const number = meta['page_number'] ?? page;
  if (number !== page) return 'another page came than the one asked for';
  const size = meta['page_size'] ?? null;
  if (size !== null && (!isCount(size) || size < 1)) return 'the stated page size is not a number';
  const next = meta['next_page_url'];
  return { rows, total, pageSize: size, hasNext: next === undefined ? null : next !== null && next !== '' };
}

/** One user of a `data` member, or what about it is not as documented. */
export function subUserOf(item: unknown): WireSubUser | string {
  if (!isRecord(item)) return 'a user is not an object';
  const { id, email, name, role, status, record_type: type, created_at: createdAt } = item;
  if (!isUuid(id)) return 'a user has no valid id';
  if (typeof email !== 'string' || !email.includes('@') || email.length > 254) return 'a user has no e-mail address';
  if (type !== undefined && type !== 'sub_user') return 'a row is not a sub_user';
  return {
    id,
    email,
    name: typeof name === 'string' ? name : '',
    role: typeof role === 'string' ? role : '',
    status: typeof status === 'string' ? status : '',
    createdAt: instantOf(createdAt),
  };
}

export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** For what no decision rests on. */
export const ONE_SUB_USER = `${PATH}?page%5Bsize%5D=1`;

export function listSubUsers(client: VendorClient, page: number): Promise<Answer> {
  return client.get(`${PATH}?page%5Bnumber%5D=${page}&page%5Bsize%5D=${PAGE_SIZE}`);
}

export function getSubUser(client: VendorClient, id: string): Promise<Answer> {
  return client.get(pathOf(id));
}

export function inviteSubUser(client: VendorClient, body: { email: string; name: string; role: string }): Promise<Answer> {
  return client.write('POST', PATH, body);
}

/** Only name and role can be changed. */
export function patchSubUser(client: VendorClient, id: string, body: { name?: string; role?: string }, stillSo?: StillSo): Promise<Answer> {
  return client.write('PATCH', pathOf(id), body, { stillSo });
}

/** Immediate and irreversible; it takes back an open invitation too. */
export function deleteSubUser(client: VendorClient, id: string, stillSo?: StillSo): Promise<Answer> {
  return client.write('DELETE', pathOf(id), undefined, { stillSo });
}

/** An id becomes part of a path only when it is a UUID: anything else could name another endpoint. */
function pathOf(id: string): string {
  if (!isUuid(id)) throw new Error('a principal id that is not a UUID reached the Telnyx API');
  return `${PATH}/${encodeURIComponent(id)}`;
}

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** Only ASCII is trimmed and lower-cased: Unicode's rules would make the Kelvin sign a k, and a stranger somebody we know. */
export function addressOf(email: string): string {
  return email.replace(/^[ \t]*(.*[^ \t])?[ \t]*$/s, '$1').replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** An instant in our own form, or null: the vendor's text is shown to people and compared with clocks. */
export function instantOf(value: unknown): string | null {
  const ms = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
