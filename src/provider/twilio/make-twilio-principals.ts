import { groupBy } from '../../group-by.ts';
import type { LivePrincipal, Reach, Status } from '../../model.ts';
import { compareText } from '../../text/digest.ts';
import { visible } from '../../text/encode.ts';
import type { RoleBook } from './make-role-book.ts';
import { sameSid, type WireAssignment, type WireUser } from './twilio-api.ts';

export interface Gathered {
  readonly users: readonly WireUser[];
  /** All of the account's scope, those on one resource among them. */
  readonly assignments: readonly WireAssignment[];
  readonly book: RoleBook;
  /** The login of the account's owner, where it is known. */
  readonly owner: string | null;
}

export interface TwilioPeople {
  readonly principals: readonly LivePrincipal[];
  /** Inactive logins without a role here. */
  readonly without: readonly LivePrincipal[];
  /** Roles on one resource of people who hold nothing else here. */
  readonly reach: readonly Reach[];
}

/** Whoever holds a role for the whole account is a principal of it; the rest of the organization is no concern of the account. */
export function makeTwilioPrincipals(gathered: Gathered): TwilioPeople {
  const { users, assignments, owner } = gathered;
  const held = groupBy(assignments, (one) => one.identity.toLowerCase());
  if (owner !== null && !held.has(owner.toLowerCase())) held.set(owner.toLowerCase(), []);
  const byId = new Map(users.map((user) => [user.id.toLowerCase(), user]));
  const logins = groupBy(users, (user) => user.email);
  const principals: LivePrincipal[] = [];
  const reach: Reach[] = [];
  for (const [identity, rows] of held) {
    const live = livePrincipalOf(rows[0]?.identity ?? owner ?? identity, byId.get(identity), rows, gathered);
    if (live.roles.length === 0) reach.push(...resourceReach(live.principal, rows, gathered.book));
    // Two logins with one address cannot be told apart by policy, so both are shown and left alone.
    else principals.push((logins.get(live.principal)?.length ?? 0) > 1 ? { ...live, status: 'unknown', note: TWICE } : live);
  }
  const present = new Set(principals.map((one) => one.principal_id.toLowerCase()));
  const isIdle = (user: WireUser) => statusOf(user) === 'inactive' && logins.get(user.email)?.length === 1;
  const idle = users.filter((user) => isIdle(user) && !present.has(user.id.toLowerCase()));
  return { principals, without: idle.map((user) => livePrincipalOf(user.id, user, [], gathered)), reach };
}

const TWICE = 'two logins have this address';

/** One person with what they hold in the account; `user` is undefined for an identity that SCIM does not have. */
export function livePrincipalOf(
  identity: string,
  user: WireUser | undefined,
  rows: readonly WireAssignment[],
  { book, owner }: Pick<Gathered, 'book' | 'owner'>,
): LivePrincipal {
  const whole = rows.filter((row) => row.resource === null);
  const unknown = [...new Set(whole.filter((row) => book.wordOf(row.roleSid) === null).map((row) => row.roleSid))];
  const words = [...new Set(whole.map((row) => book.wordOf(row.roleSid) ?? row.roleSid))].toSorted(compareText);
  const isOwner = (owner !== null && sameSid(owner, identity)) || words.includes('owner');
  // A role that no list has shields itself alone: what is held beside it is given and taken as everybody's is.
  const known = words.filter((word) => !unknown.includes(word));
  const isBeside = unknown.length > 0 && known.length > 0 && statusOf(user) === 'active';
  const strange = `holds a role that the live list of roles does not have (${unknown.join(', ')})`;
  const remarks = [
    ...rows.filter((row) => row.resource !== null).map((row) => `holds "${visible(wordOf(row, book))}" on one resource (${row.resource})`),
    ...(isBeside ? [`${strange}, which stays as it is`] : []),
  ];
  const unclear = whyUnclear(identity, user);
  const notes = [...unclear, ...(unknown.length > 0 && !isBeside ? [strange] : [])];
  return {
    principal: user?.email ?? identity.toLowerCase(),
    principal_id: user?.id ?? identity,
    status: statusOf(user),
    name: user?.name ?? '',
    roles: isOwner ? ['owner'] : isBeside ? known : words,
    groups: [],
    since: user?.since ?? null,
    ...(notes.length > 0 && (!isOwner || unclear.length > 0) ? { note: notes.join('; ') } : {}),
    ...(remarks.length > 0 ? { remarks: remarks.toSorted(compareText) } : {}),
    ...(isBeside ? { beside: unknown } : {}),
  };
}

/** Policy knows people by their addresses alone. */
function statusOf(user: WireUser | undefined): Status {
  if (user === undefined || user.noAddress !== null || user.active === null) return 'unknown';
  return user.active ? 'active' : 'inactive';
}

/** Why nobody can say whose identity this is; empty for a login with an address. */
function whyUnclear(identity: string, user: WireUser | undefined): readonly string[] {
  if (user === undefined) return [`an identity outside SCIM (${identity}): a user of another organization, or an independent one`];
  return user.noAddress === null ? [] : [`the login has no e-mail address: "${visible(user.noAddress)}" stands in its place`];
}

function resourceReach(principal: string, rows: readonly WireAssignment[], book: RoleBook): Reach[] {
  return rows.map((row) => ({ principal, role: wordOf(row, book), through: `one resource (${row.resource ?? row.scope})` }));
}

/** Roles that are held elsewhere and work here all the same. */
export function reachOf(
  rows: readonly WireAssignment[],
  through: string,
  { users, book }: Pick<Gathered, 'users' | 'book'>,
): readonly Reach[] {
  const emails = new Map(users.map((user) => [user.id.toLowerCase(), user.email]));
  return rows.map((row) => ({
    principal: emails.get(row.identity.toLowerCase()) ?? row.identity.toLowerCase(),
    role: wordOf(row, book),
    through: row.resource === null ? through : `${through}, on one resource (${row.resource})`,
  }));
}

function wordOf(row: WireAssignment, book: RoleBook): string {
  return book.wordOf(row.roleSid) ?? row.roleSid;
}

/** Somebody with a login and nothing else. */
export function emptyHanded(user: WireUser): LivePrincipal {
  return {
    principal: user.email,
    principal_id: user.id,
    status: statusOf(user),
    name: user.name,
    roles: [],
    groups: [],
    since: user.since,
  };
}
