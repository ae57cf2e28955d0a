import { checkInvitation, newInvitation, sendInvitation } from './check-invitation.ts';
import type { Prepared } from './deliver-with-fault.ts';
import type { SubUser, TelnyxAccount } from './open-telnyx-account.ts';
import { type Fields, isEmail, isFields } from './read-fields.ts';
import type { TelnyxSwitches } from './telnyx-switches.ts';
import { type EmulatedReply, jsonReply, NO_SUCH_RESOURCE, vendorError } from './vendor-error.ts';

export type { Prepared } from './deliver-with-fault.ts';

export interface WriteNeeds {
  readonly account: TelnyxAccount;
  readonly switches: TelnyxSwitches;
  readonly now: number;
  readonly newId: () => string;
}

const ROLES: readonly unknown[] = ['admin', 'member'];

/** Answers `POST /v2/sub_users`: an invitation. */
export function inviteSubUser(body: string, { account, switches, now, newId }: WriteNeeds): Prepared {
  const fields = readBody(body);
  if (fields === null) return refused(vendorError(400, '10015', 'The request body is not a JSON object.', '/'));
  for (const field of ['email', 'name', 'role']) {
    if (isMissing(fields[field])) return refused(vendorError(422, '10004', `The '${field}' parameter is required.`, `/${field}`));
  }
  const { email, name, role } = fields as { email: unknown; name: unknown; role: unknown };
  if (!isEmail(email)) return refused(vendorError(422, '10015', 'The email is not an e-mail address.', '/email'));
  if (!isName(name)) return refused(badName());
  if (!isRole(role)) return refused(badRole());
  const refusal = checkInvitation(account, email, switches, now);
  if (refusal?.cause === 'duplicate') return refused(vendorError(422, '10012', refusal.detail, '/email'));
  if (refusal?.cause === 'elsewhere') return refused(vendorError(422, '10015', refusal.detail, '/email'));
  if (refusal) return refused(limitReached(refusal.detail, refusal.waitMs, switches));
  const row = newInvitation({ id: newId(), email, name, role }, now);
  return { reply: jsonReply(201, { data: row }), commit: () => sendInvitation(account, row, now) };
}

/** Answers `PATCH /v2/sub_users/{id}`: name and role only. */
export function patchSubUser(id: string, body: string, { account, switches, now }: WriteNeeds): Prepared {
  const before = account.find(id);
  if (!before) return refused(ownerOrNobody(id, account, switches));
  const fields = readBody(body);
  if (fields === null) return refused(vendorError(400, '10015', 'The request body is not a JSON object.', '/'));
  const keys = Object.keys(fields);
  if (keys.length === 0) return refused(vendorError(422, '10004', "One of the parameters 'name' and 'role' is required.", '/'));
  const other = keys.find((key) => key !== 'name' && key !== 'role');
  if (other !== undefined && switches.patch_other_fields === 'refused') {
    return refused(vendorError(422, '10015', 'Only name and role can be updated.', `/${other}`));
  }
  const { name = before.name, role = before.role } = fields as { name?: unknown; role?: unknown };
  if (!isName(name)) return refused(badName());
  if (keys.includes('role') && !isRole(role)) return refused(badRole());
  const newRole = isRole(role) && switches.patch_role === 'honoured' ? role : before.role;
  const row: SubUser = { ...before, name, role: newRole, updated_at: new Date(now).toISOString() };
  return { reply: jsonReply(200, { data: row }), commit: () => account.put(row) };
}

/** Answers `DELETE /v2/sub_users/{id}`: at once and for good; of an invitation, its revocation. */
export function deleteSubUser(id: string, { account, switches }: WriteNeeds): Prepared {
  if (!account.find(id)) return refused(ownerOrNobody(id, account, switches));
  return { reply: { status: 204, headers: {}, body: '' }, commit: () => account.delete(id) };
}

function refused(reply: EmulatedReply): Prepared {
  return { reply, commit: null };
}

/** Where the owner is listed, its id is known and may be sent; elsewhere it is nobody's. */
function ownerOrNobody(id: string, account: TelnyxAccount, switches: TelnyxSwitches): EmulatedReply {
  return switches.list_owner && id === account.owner().id
    ? vendorError(403, '10010', 'The owner of an organization cannot be changed or deleted.')
    : vendorError(404, '10005', NO_SUCH_RESOURCE);
}

function limitReached(detail: string, waitMs: number, switches: TelnyxSwitches): EmulatedReply {
  if (switches.limit_status === 422) return vendorError(422, '10015', detail);
  const reply = vendorError(429, '10011', detail);
  if (!switches.rate_limit_headers || waitMs === 0) return reply;
  const headers = {
    'x-ratelimit-limit': String(switches.per_hour),
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Math.ceil(waitMs / 1000)),
  };
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function readBody(body: string): Fields | null {
  try {
    const value: unknown = JSON.parse(body);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function isRole(value: unknown): value is 'admin' | 'member' {
  return ROLES.includes(value);
}

function badName(): EmulatedReply {
  return vendorError(422, '10015', 'The name must be a text that is not empty.', '/name');
}

function badRole(): EmulatedReply {
  return vendorError(422, '10015', 'The role must be one of admin, member.', '/role');
}
