import type { Membership, SubUser, TelnyxAccount } from './open-telnyx-account.ts';
import { takePage } from './take-page.ts';
import type { TelnyxSwitches } from './telnyx-switches.ts';
import { type EmulatedReply, jsonReply, vendorError } from './vendor-error.ts';

/** A user of an organization as the vendor writes it: without a name and without a role. */
export interface OrganizationUser {
  readonly id: string;
  readonly record_type: 'organization_owner' | 'organization_sub_user';
  readonly email: string;
  readonly user_status: string;
  readonly organization_user_bypasses_sso: boolean;
  readonly created_at: string;
  readonly last_sign_in_at?: string | null;
  readonly groups?: Membership['groups'];
}

/** By the published specification; the list of sub-users has a default of its own. */
const DEFAULT_PAGE_SIZE = 250;
const STATUSES = ['enabled', 'disabled', 'blocked'];

/** Answers `GET /v2/organizations/users`: one page, with the published `meta`, which has no link to the next one. */
export function listOrganizationUsers(account: TelnyxAccount, query: URLSearchParams, switches: TelnyxSwitches): EmulatedReply {
  const status = query.get('filter[user_status]');
  if (status !== null && !STATUSES.includes(status)) {
    return vendorError(400, '10015', `filter[user_status] must be one of ${STATUSES.join(', ')}.`, '/filter[user_status]');
  }
  const part = query.get('filter[email]')?.toLowerCase() ?? '';
  const withGroups = query.get('include_groups') === 'true';
  const rows = usersOf(account, switches, switches.organization_owner === 'listed', withGroups)
    .filter((user) => status === null || user.user_status === status)
    .filter((user) => user.email.toLowerCase().includes(part));
  const page = takePage(rows, query, { ...switches, default_page_size: DEFAULT_PAGE_SIZE });
  if ('status' in page) return page;
  const totals = switches.total_results === 'stated' ? { total_pages: page.pages, total_results: rows.length } : {};
  return jsonReply(200, { data: page.data, meta: { ...totals, page_number: page.number, page_size: page.size } });
}

/** Answers `GET /v2/organizations/users/users_groups_report`: everybody at once, with their groups. */
export function reportOrganizationUsers(account: TelnyxAccount, switches: TelnyxSwitches): EmulatedReply {
  return jsonReply(200, { data: usersOf(account, switches, switches.organization_owner !== 'hidden', true) });
}

/** Answers `GET /v2/organizations/users/{id}`; null where nobody has the id. */
export function getOrganizationUser(
  account: TelnyxAccount,
  id: string,
  query: URLSearchParams,
  switches: TelnyxSwitches,
): EmulatedReply | null {
  const { owner, rows, memberOf } = account.everybody();
  const withGroups = query.get('include_groups') === 'true';
  const isOwner = id === owner.id && switches.organization_owner !== 'hidden';
  const row = isOwner ? owner : rows.get(id);
  if (row === undefined || row.status === 'invited') return null;
  const user = shapeOrganizationUser(row, memberOf(id), switches, withGroups);
  return jsonReply(200, { data: isOwner ? asOwner(user) : user });
}

/** Open invitations are in no list. */
function usersOf(account: TelnyxAccount, switches: TelnyxSwitches, withOwner: boolean, withGroups: boolean): readonly OrganizationUser[] {
  const { owner, rows, memberOf } = account.everybody();
  const shape = (row: SubUser): OrganizationUser => shapeOrganizationUser(row, memberOf(row.id), switches, withGroups);
  const members = [...rows.values()].filter((row) => row.status !== 'invited').map(shape);
  return withOwner ? [...members, asOwner(shape(owner))] : members;
}

function asOwner(user: OrganizationUser): OrganizationUser {
  return { ...user, record_type: 'organization_owner' };
}

export function shapeOrganizationUser(
  row: SubUser,
  { groups, lastSignInAt, bypassesSso }: Membership,
  switches: TelnyxSwitches,
  withGroups: boolean,
): OrganizationUser {
  return {
    id: row.id,
    record_type: 'organization_sub_user',
    email: row.email,
    user_status: STATUS_WORDS[row.status] ?? row.status,
    organization_user_bypasses_sso: bypassesSso,
    created_at: row.created_at,
    ...(switches.last_sign_in === 'absent' ? {} : { last_sign_in_at: switches.last_sign_in === 'null' ? null : lastSignInAt }),
    ...(withGroups ? { groups } : {}),
  };
}

const STATUS_WORDS: Readonly<Record<string, string>> = { active: 'enabled', suspended: 'disabled' };
