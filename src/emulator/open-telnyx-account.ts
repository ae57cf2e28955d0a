import { type Actor, type AuditLog, openAuditLog } from './open-audit-log.ts';
import type { TelnyxSeedAccount, TelnyxSeedUser } from './parse-telnyx-seed.ts';
import type { TelnyxSwitches } from './telnyx-switches.ts';

/** A sub-user as the vendor writes it. Rows are never changed in place, so an answer can hold them. */
export interface SubUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly status: string;
  readonly record_type: 'sub_user';
  readonly created_at: string;
  readonly updated_at: string;
}

export interface Group {
  readonly id: string;
  readonly name: string;
}

/** What an organization knows of a user beside the row. Never changed in place either. */
export interface Membership {
  readonly groups: readonly Group[];
  readonly lastSignInAt: string | null;
  readonly bypassesSso: boolean;
}

export interface TelnyxAccount {
  readonly name: string;
  /** Which of the two APIs its key answers to. */
  readonly api: 'sub-users' | 'organizations' | 'both';
  /** The truth, which writes are judged by. */
  owner(): SubUser;
  find(id: string): SubUser | undefined;
  findByEmail(email: string): SubUser | undefined;
  users(): readonly SubUser[];
  /** Somebody's doing, or the API's, which counts as the owner's. */
  put(row: SubUser, by?: Actor): void;
  delete(id: string, by?: Actor): void;
  setOwner(row: SubUser): void;
  /** Permission groups, in the order they were made. */
  groups(): readonly Group[];
  addGroup(group: Group): void;
  member(id: string): Membership;
  setMember(id: string, membership: Membership): void;
  readonly audit: AuditLog;
  /** The owner or sub-user with this address, as one who does something; the owner when none is given. */
  actor(email?: string): Actor | undefined;
  /** What reads show: the truth, `read_lag_ms` late. */
  read(id: string): SubUser | undefined;
  list(): readonly SubUser[];
  everybody(): { readonly owner: SubUser; readonly rows: ReadonlyMap<string, SubUser>; memberOf(id: string): Membership };
  /** Addresses with a Telnyx account of their own, in lower case. */
  readonly elsewhere: Set<string>;
  openInvitations(): number;
  noteInvitation(at: number): void;
  /** When the invitations of the last 3,600 s were sent, oldest first, whatever became of them. */
  invitationTimes(): readonly number[];
}

export interface AccountNeeds {
  readonly now: () => number;
  readonly newId: () => string;
  readonly switches: () => TelnyxSwitches;
}

interface View {
  readonly rows: Map<string, SubUser>;
  readonly members: Map<string, Membership>;
  owner: SubUser;
}

type Write = (view: View) => void;

export const HOUR_MS = 3_600_000;
const SEED_AGE_MS = 30 * 24 * HOUR_MS;
const NEWCOMER: Membership = { groups: [], lastSignInAt: null, bypassesSso: false };

/** One account's rows, indexed so that no request walks over all of them except to list after a write. */
export function openTelnyxAccount(seed: TelnyxSeedAccount, needs: AccountNeeds): TelnyxAccount {
  const owner = seedRow({ email: seed.owner, name: 'Account owner', role: 'owner' }, needs);
  const truth: View = { rows: new Map(), members: new Map(), owner };
  const late = openLateView({ rows: new Map(), members: new Map(), owner }, needs);
  const index = createIndex();
  const invitationTimes: number[] = [];
  const write = (change: Write): void => {
    change(truth);
    late.queue(change);
  };
  const audit = openAuditLog(owner.id, needs.now);
  const findByEmail = (email: string): SubUser | undefined => truth.rows.get(index.idOf(email) ?? '');
  const replace = (id: string, after: SubUser | undefined, by = asOwner(truth.owner)): void => {
    const before = truth.rows.get(id);
    if (before) index.drop(before);
    if (after) index.add(after);
    write((view) => (after ? view.rows.set(id, after) : view.rows.delete(id)));
    audit.note(by, before, after);
  };
  for (const view of [truth, late.view]) view.members.set(owner.id, { ...NEWCOMER, lastSignInAt: owner.created_at });
  const groups = (seed.groups ?? []).map(({ id, name }): Group => ({ id: id?.toLowerCase() ?? needs.newId(), name }));
  for (const user of seed.users) {
    const row = seedRow(user, needs);
    index.add(row);
    for (const view of [truth, late.view]) {
      view.rows.set(row.id, row);
      view.members.set(row.id, seedMember(user, row, groups));
    }
    if (row.status === 'invited') invitationTimes.push(Date.parse(row.created_at));
  }
  invitationTimes.sort((a, b) => a - b);
  return {
    name: seed.name,
    api: seed.api ?? 'sub-users',
    owner: () => truth.owner,
    find: (id) => truth.rows.get(id),
    findByEmail,
    users: () => [...truth.rows.values()],
    put: (row, by) => replace(row.id, row, by),
    delete: (id, by) => replace(id, undefined, by),
    setOwner: (row) =>
      write((view) => {
        view.owner = row;
      }),
    groups: () => groups,
    addGroup: (group) => void groups.push(group),
    member: (id) => truth.members.get(id) ?? NEWCOMER,
    setMember: (id, membership) => write((view) => view.members.set(id, membership)),
    audit,
    actor: (email) => actorOf(email, truth.owner, findByEmail),
    read: (id) => late.read(id),
    list: () => late.list(),
    everybody: () => late.everybody(),
    elsewhere: new Set((seed.elsewhere ?? []).map((email) => email.toLowerCase())),
    openInvitations: () => index.invited.size,
    noteInvitation: (at) => void invitationTimes.push(at),
    invitationTimes: () => dropOld(invitationTimes, needs.now() - HOUR_MS),
  };
}

function asOwner({ id }: SubUser): Actor {
  return { id, kind: 'account_owner' };
}

function actorOf(email: string | undefined, owner: SubUser, find: (email: string) => SubUser | undefined): Actor | undefined {
  if (email === undefined || email.toLowerCase() === owner.email.toLowerCase()) return asOwner(owner);
  const row = find(email);
  return row && { id: row.id, kind: 'organization_member' };
}

/** A copy of the rows that writes reach late. */
function openLateView(view: View, { now, switches }: AccountNeeds) {
  const waiting: { readonly at: number; readonly change: Write }[] = [];
  let listed: { readonly key: string; readonly rows: readonly SubUser[] } | null = null;
  const catchUp = (): void => {
    const due = waiting.findIndex((write) => write.at > now());
    for (const { change } of waiting.splice(0, due < 0 ? waiting.length : due)) {
      change(view);
      listed = null;
    }
  };
  const build = (key: string, { list_owner, invited_are_listed }: TelnyxSwitches) => {
    const rows = [...view.rows.values()].filter((row) => invited_are_listed || row.status !== 'invited');
    return { key, rows: list_owner ? [view.owner, ...rows] : rows };
  };
  return {
    view,
    queue: (change: Write): void => {
      waiting.push({ at: now() + switches().read_lag_ms, change });
    },
    read: (id: string): SubUser | undefined => {
      catchUp();
      return switches().list_owner && id === view.owner.id ? view.owner : view.rows.get(id);
    },
    list: (): readonly SubUser[] => {
      catchUp();
      const key = `${switches().list_owner}-${switches().invited_are_listed}`;
      if (listed?.key !== key) listed = build(key, switches());
      return listed.rows;
    },
    everybody: () => {
      catchUp();
      return { owner: view.owner, rows: view.rows, memberOf: (id: string) => view.members.get(id) ?? NEWCOMER };
    },
  };
}

/** Ids by e-mail, and the open invitations. */
function createIndex() {
  const byEmail = new Map<string, Set<string>>();
  const invited = new Set<string>();
  return {
    invited,
    idOf: (email: string): string | undefined => byEmail.get(email.toLowerCase())?.values().next().value,
    add: (row: SubUser): void => {
      const key = row.email.toLowerCase();
      const ids = byEmail.get(key) ?? new Set();
      byEmail.set(key, ids.add(row.id));
      if (row.status === 'invited') invited.add(row.id);
    },
    drop: (row: SubUser): void => {
      const key = row.email.toLowerCase();
      const ids = byEmail.get(key);
      ids?.delete(row.id);
      if (ids?.size === 0) byEmail.delete(key);
      invited.delete(row.id);
    },
  };
}

function seedRow(user: TelnyxSeedUser, { now, newId }: AccountNeeds): SubUser {
  const createdAt = user.created_at ?? new Date(now() - SEED_AGE_MS).toISOString();
  return {
    id: user.id?.toLowerCase() ?? newId(),
    email: user.email,
    name: user.name,
    role: user.role,
    status: user.status ?? 'active',
    record_type: 'sub_user',
    created_at: createdAt,
    updated_at: createdAt,
  };
}

/** Whoever is active has signed in at least once, unless the seed says otherwise. */
function seedMember(user: TelnyxSeedUser, row: SubUser, groups: readonly Group[]): Membership {
  const signedIn = row.status === 'invited' ? null : row.created_at;
  return {
    groups: groups.filter(({ id, name }) => user.groups?.some((one) => one === name || one.toLowerCase() === id)),
    lastSignInAt: user.last_sign_in_at === undefined ? signedIn : user.last_sign_in_at,
    bypassesSso: user.bypasses_sso ?? false,
  };
}

/** An invitation counts for 3,600 s: sent at t, it is forgotten at t + 3,600,000 ms. */
function dropOld(times: number[], until: number): readonly number[] {
  const young = times.findIndex((at) => at > until);
  times.splice(0, young < 0 ? times.length : young);
  return times;
}
