import type { Begun, KeysReading, LivePrincipal, Subaccount } from '../../model.ts';
import type { Facts, Pass } from '../read-complete.ts';
import { findOtherNeed } from './find-other-need.ts';
import { findOwner } from './find-owner.ts';
import { listSubaccounts } from './list-subaccounts.ts';
import { emptyHanded, makeTwilioPrincipals } from './make-twilio-principals.ts';
import { namesScope } from './open-twilio-organization.ts';
import { readReach } from './read-reach.ts';
import { readTwilioKeys } from './read-twilio-keys.ts';
import { type Listing, type Unlisted, whyNoList } from './read-twilio-pages.ts';
import { isClosed, readAccounts, readRoles, readUsers, type TwilioAccount } from './twilio-account.ts';
import { isSid, listAssignments, sameSid, type WireAssignment, type WireManagedAccount, type WireUser } from './twilio-api.ts';

/** What stands in the way of a read when the account's own credential is not there. */
export const NO_CREDENTIAL = 'ACCOUNT_SID and AUTH_TOKEN of this account are not set';

const LOGINS_STAY =
  'A delete takes the roles in this account and leaves the login active: what is closed to this credential could still need it.';

/**
 * One whole read of an account: the organization's users, its roles, and this scope's assignments, which state no total and are therefore
 * read twice. Without the users, the roles or the assignments there is no read; whatever else is closed to the credential stands in a note.
 */
export async function readTwilioAccount(account: TwilioAccount, begun: readonly Begun[], expired: () => boolean): Promise<Pass> {
  const pin = wrongAccount(account);
  if (pin !== null) return { kind: 'credentials', message: pin };
  const users = await readUsers(account);
  if (users.kind !== 'rows') return failure(users, 'the users', account);
  const roles = await readRoles(account);
  if (roles.kind === 'unread') return failure(roles.listing, 'the roles', account);
  const assignments = await readTwice(account, expired);
  if (assignments.kind !== 'rows') return failure(assignments, 'the role assignments', account);
  const accounts = await readAccounts(account);
  if (accounts.kind !== 'rows' && !isClosed(accounts)) return failure(accounts, 'the accounts', account);
  const owner = findOwner(account, users.rows, accounts);
  const why = whyForeign(account, accounts, assignments.rows);
  if (why !== null) return { kind: 'credentials', message: why };
  account.remembered.roles = roles;
  account.remembered.accounts = accounts;
  const gathered = { users: users.rows, assignments: assignments.rows, book: roles.book, owner: owner.identity };
  const people = makeTwilioPrincipals(gathered);
  const left = await readBegun(account, begun, users.rows, people.principals);
  if (left.kind !== 'people') return left;
  const reach = await readReach(account, users.rows, roles.book);
  if (reach.kind !== 'reach') return failure(reach.listing, reach.what, account);
  const beside = await readBeside(account);
  if ('kind' in beside) return beside;
  const isHalfSeen = accounts.kind !== 'rows' || !reach.sawOrganization;
  const facts: Facts = {
    scope: account.scope,
    ...beside.facts,
    without: people.without,
    productRoles: roles.book.productRoles,
    reach: [...people.reach, ...reach.reach],
    notes: [owner.note, roles.note, ...reach.notes, isHalfSeen ? LOGINS_STAY : null, ...beside.notes].filter((note) => note !== null),
  };
  return { kind: 'rows', rows: [...people.principals, ...left.principals], stated: true, facts };
}

/** The account that a credential is for is the one of the policy, or the one above it. */
export function wrongAccount({ own, scope, above }: TwilioAccount): string | null {
  const expected = above ?? scope;
  if (own === null || sameSid(own.sid, expected)) return null;
  const given = isSid('AC', own.sid) ? own.sid : 'no account SID';
  return `ACCOUNT_SID is ${given}, and policy's scope is ${expected}: a credential for another account is refused`;
}

/** An organization that has nobody in the account, and does not say that it has the account, may be another one than policy means. */
function whyForeign(account: TwilioAccount, accounts: Listing<WireManagedAccount>, assignments: readonly WireAssignment[]): string | null {
  const { scope, above } = account;
  if (above !== null || assignments.length > 0) return null;
  if (accounts.kind === 'rows') return accounts.rows.some(({ sid }) => sameSid(sid, scope)) ? null : foreign(account);
  return `nobody holds a role in policy's scope (${scope}), and nothing else shows that it belongs to this organization: the accounts: ${whyNoList(accounts)}`;
}

function foreign({ scope }: TwilioAccount): string {
  return `policy's scope (${scope}) is not a managed account of this organization`;
}

function failure(listing: Unlisted, what: string, account: TwilioAccount): Pass {
  if (listing.kind === 'misshapen') return { kind: 'inconsistent', message: `${what}: ${listing.message}` };
  const { answer } = listing;
  if (namesScope(answer)) return { kind: 'credentials', message: `${foreign(account)}: ${answer.message}` };
  const message = `${what}: ${answer.message}`;
  if (answer.kind === 'credentials') return { kind: 'credentials', message };
  return { kind: answer.kind === 'absent' || answer.kind === 'refused' ? 'inconsistent' : 'unreachable', message };
}

/** Two lists of the same assignments, one right after the other. */
async function readTwice(account: TwilioAccount, expired: () => boolean): Promise<Listing<WireAssignment>> {
  const { organization, client, scope } = account;
  const once = () =>
    organization.listAt('assignments', client, (place) =>
      listAssignments((path) => place.client.get(path, { mayBeRefused: place.isFirst }), place.path, { scope }, expired),
    );
  const first = await once();
  if (first.kind !== 'rows') return first;
  const second = await once();
  if (second.kind !== 'rows') return second;
  const agree = fingerprint(first.rows) === fingerprint(second.rows);
  return agree ? second : { kind: 'misshapen', message: 'two lists in a row did not agree' };
}

function fingerprint(rows: readonly WireAssignment[]): string {
  return rows
    .map((row) => [row.sid, row.roleSid, row.identity, row.resource ?? ''].join(' '))
    .toSorted()
    .join('\n');
}

/** Those whose change was begun: there, and with nothing. A delete is whole where something else needs the login. */
async function readBegun(
  account: TwilioAccount,
  begun: readonly Begun[],
  users: readonly WireUser[],
  principals: readonly LivePrincipal[],
): Promise<{ readonly kind: 'people'; readonly principals: readonly LivePrincipal[] } | Pass> {
  const left: LivePrincipal[] = [];
  const wanted = new Map(begun.map((one) => [one.principalId.toLowerCase(), one]));
  const present = new Set(principals.map((one) => one.principal_id.toLowerCase()));
  for (const user of users) {
    const id = user.id.toLowerCase();
    const change = wanted.get(id);
    if (change === undefined || present.has(id) || user.active !== true) continue;
    const need = change.isDelete ? await findOtherNeed(account, user.id, user.email) : ({ kind: 'free' } as const);
    if (need.kind === 'unread') return { kind: 'unreachable', message: need.message };
    if (need.kind === 'free') left.push(emptyHanded(user));
  }
  return { kind: 'people', principals: left };
}

interface Beside {
  readonly facts: { readonly keys: KeysReading; readonly subaccounts?: readonly Subaccount[] };
  readonly notes: readonly string[];
}

/**
 * What the account's own credential tells. Where it is missing or refused the read stands without, unless policy watches the subaccounts:
 * then nobody would notice that they are not watched.
 */
async function readBeside({ own, scope, above, policy }: TwilioAccount): Promise<Beside | Pass> {
  const fansOut = policy.subaccounts === 'all';
  if (own === null) {
    if (fansOut) return { kind: 'credentials', message: `policy watches the subaccounts, and they could not be read: ${NO_CREDENTIAL}` };
    return { facts: { keys: { kind: 'not_read', why: NO_CREDENTIAL } }, notes: [] };
  }
  const keys = await readTwilioKeys(own.client, scope);
  if (above !== null) return { facts: { keys }, notes: [] };
  const below = await listSubaccounts(own.client, scope);
  if (below.kind === 'subaccounts') return { facts: { keys, subaccounts: below.subaccounts }, notes: [] };
  if (fansOut) {
    const message = `policy watches the subaccounts, and ${below.why}`;
    return { kind: below.kind === 'unreadable' ? 'unreachable' : below.kind, message };
  }
  return { facts: { keys }, notes: [`${below.why[0]?.toUpperCase() ?? ''}${below.why.slice(1)}.`] };
}
