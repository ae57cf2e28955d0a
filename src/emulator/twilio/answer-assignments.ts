import type { Prepared } from '../deliver-with-fault.ts';
import { type EmulatedReply, jsonReply } from '../vendor-error.ts';
import type { Actor } from './open-event-log.ts';
import { metaOf, type PageAsk, takeTokenPage } from './take-token-page.ts';
import { type OrganizationAsk, onlyReply, readBody } from './twilio-ask.ts';
import { classicError } from './twilio-error.ts';
import { ADMINISTRATOR, GENERAL_ROLES, OWNER, TWILIO_ROLES } from './twilio-roles.ts';
import { type Assignment, changeAssignment, type Organization } from './twilio-state.ts';

const SID = /^[A-Z]{2}[0-9a-fA-F]{32}$/;
/** Source: twilio.com/docs/iam/access-control/rbac-twilio-console. */
const MOST_ROLES = 50;

/** Answers `/v2/Organizations/RoleAssignments`, and the same below an organization on the preview host. */
export function answerAssignments(ask: OrganizationAsk): Prepared {
  const { method } = ask.request;
  if (ask.sid !== null)
    return method === 'DELETE' ? deleteAssignment(ask, ask.sid) : onlyReply(refuse(ask, 405, 20_004, 'Method not allowed'));
  if (method === 'GET') return onlyReply(listAssignments(ask));
  return method === 'POST' ? createAssignment(ask) : onlyReply(refuse(ask, 405, 20_004, 'Method not allowed'));
}

const ROLE_ROWS = TWILIO_ROLES.map((role) => ({
  ...role,
  external_description: `${role.friendly_name} as Twilio describes it.`,
  role_product_group: role.product_group,
  policy: { allow: [], deny: null, format: '2' },
  resource_types: null,
  date_created: '2024-05-01T00:00:00Z',
  date_updated: '2024-05-01T00:00:00Z',
}));

/** Answers `/v2/Organizations/Roles`. */
export function answerRoles(ask: OrganizationAsk): EmulatedReply {
  const { query, needs } = ask;
  const search = query.get('Search')?.toLowerCase();
  const roles = ROLE_ROWS.filter((role) => search === undefined || role.friendly_name.toLowerCase().includes(search));
  const pages = pageAsk(ask, 'roles', 50, 1000);
  const page = takeTokenPage(roles, pages);
  if ('status' in page) return page;
  return needs.switches().roles_list === 'missing'
    ? refuse(ask, 404, 20_404, 'The requested resource was not found')
    : jsonReply(200, { roles: page.rows, meta: metaOf(page, pages) });
}

function listAssignments(ask: OrganizationAsk): EmulatedReply {
  const { query, organization, switches, isPreview } = ask;
  const [identity, scope] = [query.get('Identity'), query.get('Scope')];
  if (identity === null && scope === null) return refuse(ask, 400, 25_203, 'Listing role assignments requires identity and/or scope');
  if ([identity, scope].some((sid) => sid !== null && !SID.test(sid))) return refuse(ask, 400, 20_001, 'Invalid request');
  if (scope !== null && !isScope(organization, scope, switches.org_scope_listed)) {
    return refuse(ask, 400, 25_200, 'The scope must be a managed account of the organization');
  }
  const rows = shownAssignments(ask).filter(
    (row) => (identity === null || row.identity === identity) && (scope === null || row.scope === scope) && fitsResource(row, query),
  );
  const pages = pageAsk(ask, 'content', isPreview ? 100 : 50, 100);
  const page = takeTokenPage(rows, pages);
  return 'status' in page ? page : jsonReply(200, { content: page.rows, meta: metaOf(page, pages) });
}

function fitsResource(row: Assignment, query: URLSearchParams): boolean {
  const [type, id] = [query.get('ResourceType'), query.get('ResourceId')];
  return (type === null || row.resource_type === type) && (id === null || row.resource_id === id);
}

function shownAssignments({ organization, switches }: OrganizationAsk): readonly Assignment[] {
  const rows = organization.assignments
    .allSeen()
    .filter((row) => switches.external_listed || !organization.externals.has(row.identity))
    .filter((row) => switches.org_scope_listed || row.scope !== organization.sid);
  if (!switches.owner_listed) return rows;
  const owners = [...organization.accounts.values()].map(({ sid, ownerSid }) => ownerAssignment(sid, ownerSid));
  return [...owners, ...rows];
}

function ownerAssignment(scope: string, identity: string): Assignment {
  return { sid: `IY${scope.slice(2)}`, role_sid: OWNER, scope, identity, resource_type: null, resource_id: null };
}

function createAssignment(ask: OrganizationAsk): Prepared {
  const { organization, switches, needs, request } = ask;
  const body = readBody(request.body);
  const { role_sid: role, scope, identity, resource_type: type = null, resource_id: id = null } = (body ?? {}) as Record<string, unknown>;
  if (typeof role !== 'string' || typeof scope !== 'string' || typeof identity !== 'string') {
    return onlyReply(refuse(ask, 400, 20_001, 'Invalid request'));
  }
  const row: Assignment = {
    sid: needs.newSid('IY'),
    role_sid: role,
    scope,
    identity,
    resource_type: typeof type === 'string' ? type : null,
    resource_id: typeof id === 'string' ? id : null,
  };
  const refusal = checkAssignment(ask, row);
  if (refusal !== null) return onlyReply(refusal);
  const same = heldBy(organization, identity).find((one) => isSame(one, row));
  if (same && switches.duplicate_assignment === 'refused') {
    return onlyReply(refuse(ask, 400, 20_001, 'Invalid request: the identity has this role already'));
  }
  if (same && switches.duplicate_assignment === 'same') return onlyReply(jsonReply(201, same));
  return { reply: jsonReply(201, row), commit: () => changeAssignment(organization, byApi(scope), row, true, switches) };
}

/** Codes 25200 to 25202; that Administrator stands alone is only known of the Console. */
function checkAssignment(ask: OrganizationAsk, { role_sid: role, scope, identity }: Assignment): EmulatedReply | null {
  const { organization, switches } = ask;
  const user = organization.users.get(identity);
  if (!user) return refuse(ask, 400, 25_201, 'The identity must be a managed user of the organization');
  if (!isScope(organization, scope, switches.org_scope_assignable)) {
    return refuse(ask, 400, 25_200, 'The scope must be a managed account of the organization');
  }
  const known = TWILIO_ROLES.find((one) => one.sid === role && one.sid !== OWNER);
  if (!known || (known.lowest_level === 'ORGANIZATION') !== (scope === organization.sid)) {
    return refuse(ask, 400, 25_202, `Invalid role; acceptable: ${Object.values(GENERAL_ROLES).join(', ')}`);
  }
  if (user.status === 'suspended' || (user.status === 'inactive' && switches.assign_inactive === 'refused')) {
    return refuse(ask, 400, 25_019, 'The identity is not active');
  }
  const held = heldBy(organization, identity);
  if (held.length >= MOST_ROLES) return refuse(ask, 400, 25_019, `A user can have at most ${MOST_ROLES} roles`);
  const general = held.filter((one) => one.scope === scope && Object.values(GENERAL_ROLES).includes(one.role_sid) && one.role_sid !== role);
  const clashes = general.some((one) => one.role_sid === ADMINISTRATOR) || (role === ADMINISTRATOR && general.length > 0);
  const isGeneral = Object.values(GENERAL_ROLES).includes(role);
  if (switches.administrator_beside_others === 'refused' && isGeneral && clashes) {
    return refuse(ask, 400, 25_019, 'Administrator cannot be combined with other roles');
  }
  return null;
}

function deleteAssignment(ask: OrganizationAsk, sid: string): Prepared {
  const { organization, switches } = ask;
  const row = organization.assignments.get(sid);
  if (!row) {
    const isOwners = [...organization.accounts.values()].some((account) => `IY${account.sid.slice(2)}` === sid);
    if (isOwners && switches.owner_listed) return onlyReply(refuse(ask, 403, 20_003, 'Authorization denied'));
    const status = switches.unknown_assignment_status;
    return onlyReply(
      refuse(ask, status, status === 404 ? 20_404 : 20_001, status === 404 ? 'Role assignment not found' : 'Invalid request'),
    );
  }
  const commit = (): void => changeAssignment(organization, byApi(row.scope), row, false, switches);
  return { reply: { status: 204, headers: {}, body: '' }, commit };
}

/** What an app does stands in an account's events as the account's own doing. */
function byApi(scope: string): Actor {
  return { sid: scope, type: 'account', source: 'api' };
}

function isScope({ sid, accounts }: Organization, scope: string, orToo: boolean): boolean {
  return accounts.has(scope) || (orToo && scope === sid);
}

function heldBy({ assignments }: Organization, identity: string): readonly Assignment[] {
  return assignments.all().filter((one) => one.identity === identity);
}

function isSame(a: Assignment, b: Assignment): boolean {
  return a.role_sid === b.role_sid && a.scope === b.scope && a.resource_type === b.resource_type && a.resource_id === b.resource_id;
}

function pageAsk(ask: OrganizationAsk, key: string, defaultSize: number, maxSize: number): PageAsk {
  const { origin, path, query, switches } = ask;
  return {
    url: `${origin}${path}`,
    query,
    switches,
    defaultSize,
    maxSize,
    key,
    refuse: (code, message) => refuse(ask, 400, code, message),
  };
}

/** The preview paths are specified with SCIM's media type. */
function refuse({ isPreview, switches }: OrganizationAsk, status: number, code: number, message: string): EmulatedReply {
  const reply = classicError(status, code, message, switches.more_info_key);
  return isPreview ? { ...reply, headers: { 'content-type': 'application/scim+json' } } : reply;
}
