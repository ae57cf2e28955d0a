import type { Prepared } from '../deliver-with-fault.ts';
import type { EmulatedReply } from '../vendor-error.ts';
import { newUser } from './open-twilio-state.ts';
import { readScimPatch, readScimUser, type ScimFields } from './read-scim-fields.ts';
import { shapeUser, versionOf } from './shape-user.ts';
import { type OrganizationAsk, onlyReply, readBody } from './twilio-ask.ts';
import { scimError, scimReply } from './twilio-error.ts';
import { changeUser, type Organization, type TwilioUser, userByEmail } from './twilio-state.ts';

/** Answers SCIM `/Users` and `/Users/{US}`. Source: twilio.com/docs/iam/scim/api-reference. */
export function answerScim(ask: OrganizationAsk): Prepared {
  const { request, sid, switches, organization } = ask;
  if (sid === null) {
    if (request.method === 'GET') return onlyReply(listUsers(ask));
    return request.method === 'POST' ? createUser(ask) : onlyReply(wrongMethod());
  }
  if (request.method === 'GET') {
    const seen = organization.users.seen(sid);
    return onlyReply(seen ? scimReply(200, shapeUser(seen)) : noSuchUser());
  }
  const user = organization.users.get(sid);
  if (!['PUT', 'PATCH', 'DELETE'].includes(request.method)) return onlyReply(wrongMethod());
  if (!user) return onlyReply(noSuchUser());
  if (user.sid === organization.ownerSid)
    return onlyReply(scimError(400, 25_016, 'The Organization Owner cannot be updated', 'mutability'));
  if (user.status === 'suspended') return onlyReply(scimError(400, 25_009, 'Only active or inactive users can be updated', 'mutability'));
  if (request.method === 'DELETE') {
    return {
      reply: { status: 204, headers: {}, body: '' },
      commit: () => void changeUser(organization, null, { ...user, status: 'inactive' }, ask.needs),
    };
  }
  const prepared = request.method === 'PUT' ? replaceUser(ask, user) : patchUser(ask, user);
  // Whoever ignores a change of `active` still answers as if all were well.
  return switches.patch_active === 'ignored' && prepared.commit !== null
    ? { reply: scimReply(200, shapeUser(user)), commit: null }
    : prepared;
}

function listUsers({ query, organization }: OrganizationAsk): EmulatedReply {
  const filter = query.get('filter');
  let users = organization.users.allSeen();
  if (filter !== null) {
    const [, key, quoted] = /^(userName|externalId) eq ("(?:[^"\\]|\\.)*")$/.exec(filter) ?? [];
    if (key === undefined || quoted === undefined) {
      return scimError(400, 25_001, 'The filter must be userName eq "…" or externalId eq "…"', 'invalidFilter');
    }
    const value = unquote(quoted);
    users = users.filter((user) => (key === 'userName' ? user.email.toLowerCase() === value.toLowerCase() : user.externalId === value));
  }
  const rows = users.map(shapeUser);
  return scimReply(200, { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: rows.length, Resources: rows });
}

function createUser(ask: OrganizationAsk): Prepared {
  const { request, organization, switches, needs } = ask;
  const body = readBody(request.body);
  if (body === null) return onlyReply(scimError(400, 25_006, 'The request body is not a JSON object', 'invalidSyntax'));
  const fields = readScimUser(body);
  if ('status' in fields) return onlyReply(fields);
  const { email = '' } = fields;
  const refusal = checkAddress(organization, email, fields.externalId ?? null, ask);
  if (refusal !== null) return onlyReply(refusal);
  if (organization.users.all().length >= switches.max_users) {
    return onlyReply(scimError(400, 25_007, 'The limit of managed users has been reached'));
  }
  const stamp = new Date(needs.now()).toISOString();
  const row = withFields({ ...newUser({ email, name: '' }, needs), created: stamp, modified: stamp }, fields);
  return { reply: scimReply(201, shapeUser(row)), commit: () => organization.users.put(row.sid, row) };
}

/** Whether this address may be a managed user's. */
function checkAddress(
  organization: Organization,
  email: string,
  externalId: string | null,
  { switches }: OrganizationAsk,
): EmulatedReply | null {
  const duplicate = (): EmulatedReply =>
    scimError(switches.duplicate_user_status, 25_022, 'A user with this userName or externalId exists already', 'uniqueness');
  if (userByEmail(organization, email)) return duplicate();
  if (externalId !== null && organization.users.all().some((user) => user.externalId === externalId)) return duplicate();
  const lower = email.toLowerCase();
  if (organization.elsewhere.has(lower) || [...organization.externals.values()].some((one) => one.toLowerCase() === lower)) {
    if (switches.elsewhere_code === 25_022) return duplicate();
    return scimError(400, 25_019, 'The user belongs to another organization');
  }
  if (!organization.domains.has(lower.slice(lower.lastIndexOf('@') + 1))) {
    return scimError(400, 25_017, 'The email domain is not verified by the organization', 'invalidValue');
  }
  return null;
}

function replaceUser(ask: OrganizationAsk, user: TwilioUser): Prepared {
  const body = readBody(ask.request.body);
  if (body === null) return onlyReply(scimError(400, 25_006, 'The request body is not a JSON object', 'invalidSyntax'));
  const { meta } = body as { meta?: { version?: unknown } };
  const wanted = ask.request.headers['if-match'] ?? meta?.version;
  if (wanted !== undefined && wanted !== versionOf(user)) return onlyReply(conflict());
  const fields = readScimUser(body);
  return 'status' in fields ? onlyReply(fields) : write(ask, user, fields);
}

function patchUser(ask: OrganizationAsk, user: TwilioUser): Prepared {
  const body = readBody(ask.request.body);
  if (body === null) return onlyReply(scimError(400, 25_006, 'The request body is not a JSON object', 'invalidSyntax'));
  const wanted = ask.request.headers['if-match'];
  if (wanted !== undefined && wanted !== versionOf(user)) return onlyReply(conflict());
  const read = readScimPatch(body);
  if ('status' in read) return onlyReply(read);
  if (read.unknown.length > 0 && ask.switches.unknown_patch_path === 'refused') {
    return onlyReply(scimError(400, 25_015, `Unknown path ${read.unknown[0]}`, 'invalidPath'));
  }
  return Object.keys(read.fields).length === 0 ? onlyReply(scimReply(200, shapeUser(user))) : write(ask, user, read.fields);
}

function write({ organization, switches, needs }: OrganizationAsk, user: TwilioUser, fields: ScimFields): Prepared {
  const { email } = fields;
  if (email !== undefined && email !== user.email) {
    if (switches.email_change === 'refused') {
      return onlyReply(scimError(400, 25_012, 'Updating the email address is unsupported', 'mutability'));
    }
    if (userByEmail(organization, email)) {
      return onlyReply(scimError(409, 25_022, 'A user with this userName or externalId exists already', 'uniqueness'));
    }
  }
  const after = withFields(user, fields);
  const stamped = { ...after, modified: new Date(needs.now()).toISOString(), version: user.version + 1 };
  return { reply: scimReply(200, shapeUser(stamped)), commit: () => void changeUser(organization, null, after, needs) };
}

function withFields(user: TwilioUser, { active, ...fields }: ScimFields): TwilioUser {
  return { ...user, ...fields, ...(active === undefined ? {} : { status: active ? 'active' : 'inactive' }) };
}

function unquote(quoted: string): string {
  return quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

/** 409, not 412. */
function conflict(): EmulatedReply {
  return scimError(409, 25_020, 'Version conflict');
}

function noSuchUser(): EmulatedReply {
  return scimError(404, 25_008, 'User not found. Only managed users can be retrieved');
}

function wrongMethod(): EmulatedReply {
  return scimError(405, 20_004, 'Method not allowed');
}
