import type { PatchFields, ProviderWriter, StillSo, WriteResult } from '../../model.ts';
import { visible } from '../../text/encode.ts';
import { findOtherNeed } from './find-other-need.ts';
import type { RoleBook } from './make-role-book.ts';
import type { Unlisted } from './read-twilio-pages.ts';
import { placeFor, type RolesReading, readIdentity, readRoles, type TwilioAccount } from './twilio-account.ts';
import { listUsers, sameSid, sidOf, userOf, type WireAssignment, type WireUser } from './twilio-api.ts';
import { twilioWriteResult, unreadResult } from './twilio-write-result.ts';

const SCIM = { 'content-type': 'application/scim+json' };
const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User';
const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The writes of one account: people by SCIM, roles by assignments. Each looks first and then sends at most one request that changes something. */
export function createTwilioWriter(account: TwilioAccount): ProviderWriter {
  const news = async (write: Promise<WriteResult>): Promise<WriteResult> => {
    const result = await write;
    account.organization.forget();
    return result;
  };
  const taken = new Map<string, readonly string[]>();
  return {
    invite: (principal, name) => news(makeLogin(account, principal, name).then((made) => confirmLogin(account, principal, made))),
    patch: (principalId, fields, stillSo) =>
      news(patchLogin(account, principalId, { fields, taken: taken.get(principalId) ?? [], stillSo })),
    assign: (principalId, role) => news(assignRole(account, principalId, role)),
    unassign: (principalId, role, stillSo) => {
      taken.set(principalId, [...(taken.get(principalId) ?? []), role]);
      return news(unassignRole(account, principalId, role, stillSo));
    },
    delete: (principalId, stillSo) => news(endLogin(account, principalId, stillSo)),
  };
}

/** The login that has the address already is taken as it is; a refusal as duplicate is looked into in the same way. */
async function makeLogin(account: TwilioAccount, principal: string, name: string): Promise<WriteResult> {
  const there = await findLogin(account, principal);
  if (there.kind !== 'absent') return there.result;
  const { client, path } = placeFor(account, 'users');
  const body = {
    schemas: [USER_SCHEMA],
    userName: principal,
    displayName: name,
    name: namesOf(name),
    emails: [{ primary: true, value: principal, type: 'work' }],
    active: true,
  };
  const answer = await client.write('POST', path, body, { headers: SCIM });
  if (answer.kind === 'ok') {
    const user = userOf(answer.json);
    if (typeof user !== 'string' && user.email === principal) return { kind: 'accepted', principalId: user.id };
    return { kind: 'undecided', message: 'the vendor accepted a new login and answered with none of that address' };
  }
  const result = twilioWriteResult(answer, null);
  if (result.kind !== 'duplicate') return result;
  const again = await findLogin(account, principal);
  return again.kind === 'absent' ? { kind: 'address_taken', message: result.message } : again.result;
}

/** Whoever has the SID is given the roles that follow, so it is held to the address; a login that does not show yet is nobody else's. */
async function confirmLogin(account: TwilioAccount, principal: string, made: WriteResult): Promise<WriteResult> {
  if (made.kind !== 'accepted' || made.principalId === null) return made;
  const user = await readLogin(account, made.principalId);
  if ('result' in user || user.email === principal) return made;
  return { kind: 'undecided', message: 'the vendor named the login of somebody else' };
}

type Found = { readonly kind: 'absent' } | { readonly kind: 'found' | 'unread'; readonly result: WriteResult };

async function findLogin(account: TwilioAccount, principal: string): Promise<Found> {
  const { client, path } = placeFor(account, 'users');
  const listing = await listUsers((page) => client.get(page), path, principal);
  if (listing.kind !== 'rows') return { kind: 'unread', result: unlistedResult(listing) };
  // The filter may mean something else by "equal" than policy does.
  const [user, other] = listing.rows.filter((row) => row.email === principal);
  if (user === undefined) return { kind: 'absent' };
  if (other !== undefined) return { kind: 'found', result: { kind: 'refused', message: 'two logins have this address' } };
  if (user.active === true) return { kind: 'found', result: { kind: 'accepted', principalId: user.id } };
  const message = 'there is a login of this address, and it is inactive: the next plan activates it';
  return { kind: 'found', result: { kind: 'stale', message } };
}

function namesOf(name: string): { readonly givenName: string; readonly familyName?: string } {
  const words = name.trim().split(/\s+/);
  const familyName = words.length > 1 ? words.at(-1) : undefined;
  return familyName === undefined ? { givenName: words[0] ?? '' } : { givenName: words.slice(0, -1).join(' '), familyName };
}

interface Operation {
  readonly op: 'replace' | 'remove';
  readonly path: string;
  readonly value?: string | boolean;
}

/**
 * Unknown paths are ignored with 200, so what comes back is compared with what was asked for. Nobody is let in again who still holds what
 * was `taken` from them.
 */
async function patchLogin(
  account: TwilioAccount,
  principalId: string,
  { fields, taken, stillSo }: { readonly fields: PatchFields; readonly taken: readonly string[]; readonly stillSo: StillSo | undefined },
): Promise<WriteResult> {
  const user = await readLogin(account, principalId);
  if ('result' in user) return user.result;
  const operations = operationsOf(user, fields);
  if (operations.length === 0) return { kind: 'accepted', principalId };
  const kept = fields.active === true ? await findKept(account, principalId, taken) : null;
  if (kept !== null) return kept;
  const { client, path } = placeFor(account, 'users');
  const headers = user.version === null ? SCIM : { ...SCIM, 'if-match': user.version };
  const body = { schemas: [PATCH_SCHEMA], Operations: operations };
  const answer = await client.write('PATCH', `${path}/${user.id}`, body, { headers, stillSo });
  const now = answer.kind === 'ok' && answer.json !== null ? userOf(answer.json) : null;
  if (now !== null && typeof now !== 'string' && operationsOf(now, fields).length > 0) {
    const paths = operationsOf(now, fields).map((one) => one.path);
    const isWhole = paths.length === operations.length;
    return {
      kind: 'refused',
      message: `the vendor answered 200 and ${isWhole ? 'changed nothing' : 'did not change everything'} (${paths.join(', ')})`,
    };
  }
  return twilioWriteResult(answer, principalId);
}

/** Null when the vendor shows none of these roles any more; otherwise why nothing is sent. */
async function findKept(account: TwilioAccount, principalId: string, roles: readonly string[]): Promise<WriteResult | null> {
  for (const role of roles) {
    const book = await bookOf(account);
    if (book.kind !== 'roles') return book.result;
    const held = await readHeld(account, principalId, role, book.book);
    if (held.kind === 'unread') return held.result;
    if (held.rows.length > 0) return { kind: 'unsent', message: `the vendor still shows ${visible(role)}, which was taken before` };
  }
  return null;
}

/** What is not yet as the fields say. */
function operationsOf(user: WireUser, { name, active }: PatchFields): readonly Operation[] {
  const operations: Operation[] = [];
  if (active === true && user.active !== true) operations.push({ op: 'replace', path: 'active', value: true });
  if (name !== undefined && name !== user.name) {
    const { givenName, familyName } = namesOf(name);
    operations.push({ op: 'replace', path: 'name.givenName', value: givenName });
    if (familyName !== undefined) operations.push({ op: 'replace', path: 'name.familyName', value: familyName });
    else if (user.familyName !== '') operations.push({ op: 'remove', path: 'name.familyName' });
    operations.push({ op: 'replace', path: 'displayName', value: name });
  }
  return operations;
}

type NoLogin = { readonly result: WriteResult; readonly isGone: boolean };

async function readLogin(account: TwilioAccount, principalId: string): Promise<WireUser | NoLogin> {
  const { client, path } = placeFor(account, 'users');
  const answer = await client.get(`${path}/${sidOf('US', principalId)}`);
  if (answer.kind !== 'ok') return { result: unreadResult(answer), isGone: answer.kind === 'absent' };
  const user = userOf(answer.json);
  const unsent = (message: string): NoLogin => ({ result: { kind: 'unsent', message }, isGone: false });
  if (typeof user === 'string') return unsent(user);
  return sameSid(user.id, principalId) ? user : unsent('another user came than the one asked for');
}

/** What a second assignment of the same role comes to is undocumented, so nothing is sent for a role that is there. */
async function assignRole(account: TwilioAccount, principalId: string, role: string): Promise<WriteResult> {
  const book = await bookOf(account);
  if (book.kind !== 'roles') return book.result;
  const sid = book.book.sidOf(role);
  if (sid === null) return { kind: 'refused', message: `the live list of roles has no ${visible(role)} that can be given for an account` };
  const before = await readHeld(account, principalId, role, book.book);
  if (before.kind === 'unread') return before.result;
  if (before.rows.length > 0) return { kind: 'accepted', principalId };
  const { client, path } = placeFor(account, 'assignments');
  const answer = await client.write('POST', path, { role_sid: sid, scope: account.scope, identity: sidOf('US', principalId) });
  if (answer.kind !== 'refused') return twilioWriteResult(answer, principalId);
  const after = await readHeld(account, principalId, role, book.book);
  const isThere = after.kind === 'held' && after.rows.length > 0;
  return isThere ? { kind: 'accepted', principalId } : twilioWriteResult(answer, principalId);
}

async function unassignRole(account: TwilioAccount, principalId: string, role: string, stillSo?: StillSo): Promise<WriteResult> {
  const book = await bookOf(account);
  if (book.kind !== 'roles') return book.result;
  const before = await readHeld(account, principalId, role, book.book);
  if (before.kind === 'unread') return before.result;
  const [first] = before.rows;
  if (first === undefined) return { kind: 'accepted', principalId };
  const { client, path } = placeFor(account, 'assignments');
  const answer = await client.write('DELETE', `${path}/${first.sid}`, undefined, { stillSo });
  // Already gone is what was wanted; the read-back proves it either way.
  if (answer.kind === 'absent') return { kind: 'accepted', principalId };
  if (answer.kind !== 'refused') return twilioWriteResult(answer, principalId);
  const after = await readHeld(account, principalId, role, book.book);
  const isGone = after.kind === 'held' && after.rows.every((row) => row.sid !== first.sid);
  return isGone ? { kind: 'accepted', principalId } : twilioWriteResult(answer, principalId);
}

/** Ends a login that nothing in the organization needs: SCIM deactivates and never deletes. One that is needed stays, and that is a success. */
async function endLogin(account: TwilioAccount, principalId: string, stillSo?: StillSo): Promise<WriteResult> {
  const user = await readLogin(account, principalId);
  // Already gone is what was wanted; the read-back proves it either way.
  if ('result' in user) return user.isGone ? { kind: 'accepted', principalId } : user.result;
  if (user.active === false) return { kind: 'accepted', principalId };
  const need = await findOtherNeed(account, principalId, user.email);
  if (need.kind === 'needed') return { kind: 'accepted', principalId };
  if (need.kind === 'unread') return { kind: 'undecided', message: `nothing was deactivated, because ${need.message}` };
  const { client, path } = placeFor(account, 'users');
  const answer = await client.write('DELETE', `${path}/${user.id}`, undefined, { stillSo });
  return answer.kind === 'absent' ? { kind: 'accepted', principalId } : twilioWriteResult(answer, principalId);
}

async function bookOf(
  account: TwilioAccount,
): Promise<Extract<RolesReading, { kind: 'roles' }> | { readonly kind: 'unread'; readonly result: WriteResult }> {
  const roles = account.remembered.roles ?? (await readRoles(account));
  return roles.kind === 'roles' ? roles : { kind: 'unread', result: unlistedResult(roles.listing) };
}

type Held = { readonly kind: 'held'; readonly rows: readonly WireAssignment[] } | { readonly kind: 'unread'; readonly result: WriteResult };

/** The assignments by which somebody holds a role for the whole account. */
async function readHeld(account: TwilioAccount, principalId: string, role: string, book: RoleBook): Promise<Held> {
  const listing = await readIdentity(account, sidOf('US', principalId), account.scope);
  if (listing.kind !== 'rows') return { kind: 'unread', result: unlistedResult(listing) };
  const isIt = (row: WireAssignment) => row.resource === null && (book.wordOf(row.roleSid) ?? row.roleSid) === role;
  return { kind: 'held', rows: listing.rows.filter(isIt) };
}

function unlistedResult(listing: Unlisted): WriteResult {
  return listing.kind === 'misshapen' ? { kind: 'unsent', message: listing.message } : unreadResult(listing.answer);
}
