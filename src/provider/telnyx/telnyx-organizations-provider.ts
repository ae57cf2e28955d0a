import type { LivePrincipal, OneReading, Provider, Status, WriteResult } from '../../model.ts';
import type { Clock } from '../../ports.ts';
import { compareText } from '../../text/digest.ts';
import { visible } from '../../text/encode.ts';
import { type Pass, readComplete } from '../read-complete.ts';
import { type Answer, isRecord, type VendorClient } from '../vendor-client.ts';
import { findOtherApi } from './find-other-api.ts';
import { probeTelnyx } from './probe-telnyx.ts';
import { readTelnyxEvents } from './read-telnyx-events.ts';
import { addressOf } from './telnyx-api.ts';
import {
  countOf,
  countUsers,
  getOrganizationUser,
  getUsersReport,
  organizationUserOf,
  removeOrganizationUser,
  reportOf,
  type WireCount,
  type WireOrganizationUser,
} from './telnyx-organizations-api.ts';
import { TELNYX_ORGANIZATIONS } from './telnyx-organizations-capabilities.ts';
import { toWriteResult } from './to-write-result.ts';

const { api, provider } = TELNYX_ORGANIZATIONS;
const STATUSES: ReadonlyMap<string, Status> = new Map([
  ['enabled', 'active'],
  ['disabled', 'disabled'],
  ['blocked', 'blocked'],
]);

/** Telnyx `organizations` behind the provider interface: people are read and deleted, everything else is done in the portal. */
export function createTelnyxOrganizationsProvider(account: string, client: VendorClient, clock: Clock): Provider {
  const owners = new Set<string>();
  const noteOwners = (rows: readonly WireOrganizationUser[]): void => {
    for (const row of rows) if (row.isOwner) owners.add(row.id.toLowerCase());
  };
  return {
    reader: {
      account,
      capabilities: TELNYX_ORGANIZATIONS,
      read: (lastGood, suspect) => {
        const otherApi = findOtherApi(client, clock, account, 'organizations');
        const pass = (expired: () => boolean): Promise<Pass> => readReport(client, expired, otherApi, noteOwners);
        return readComplete({ account, provider, api, clock, pass, requests: client.requests, lastGood, suspect });
      },
      readOne: async (principalId) => {
        const row = rowOf(await getOrganizationUser(client, principalId), principalId);
        if ('kind' in row) return row;
        noteOwners([row]);
        return oneReadingOf(row);
      },
      probe: () => probeTelnyx(client, clock, account, 'organizations'),
      events: (since) => readTelnyxEvents(client, clock, since),
    },
    writer: {
      invite: byHand,
      patch: byHand,
      assign: byHand,
      unassign: byHand,
      delete: async (principalId) => {
        if (owners.has(principalId.toLowerCase())) return { kind: 'refused', message: 'the owner of an organization is never deleted' };
        const answer = await removeOrganizationUser(client, principalId);
        // Already gone is what was wanted; the read-back proves it either way.
        return answer.kind === 'absent' ? { kind: 'accepted', principalId } : toWriteResult(answer, principalId);
      },
    },
  };
}

async function byHand(): Promise<WriteResult> {
  throw new Error('a change that a person makes in the portal reached the Telnyx API');
}

type OtherApi = () => Promise<string | null>;
type NoteOwners = (rows: readonly WireOrganizationUser[]) => void;

/** The report has everybody and states no total; the paged list states the total, which proves the report whole. */
async function readReport(client: VendorClient, expired: () => boolean, otherApi: OtherApi, noteOwners: NoteOwners): Promise<Pass> {
  if (expired()) return { kind: 'unreachable', message: 'the reads before this one took longer than a read may' };
  const rows = await readJson(getUsersReport(client), 'the users report', reportOf, otherApi);
  if ('kind' in rows) return rows;
  const count = await readJson(countUsers(client), 'the list of users', countOf, otherApi);
  if ('kind' in count) return count;
  const contradiction = contradictionOf(rows, count);
  if (contradiction !== null) return inconsistent(contradiction);
  noteOwners(rows);
  return { kind: 'rows', rows: toLive(rows), stated: count.total !== null };
}

async function readJson<Parsed extends object>(
  asked: Promise<Answer>,
  what: string,
  parse: (json: unknown) => Parsed | string,
  otherApi: OtherApi,
): Promise<Parsed | Pass> {
  const answer = await asked;
  if (answer.kind === 'ok') {
    if (answer.status !== 200) return inconsistent(`${what}: the vendor answered ${answer.status} where 200 belongs`);
    const parsed = parse(answer.json);
    return typeof parsed === 'string' ? inconsistent(`${what}: ${parsed}`) : parsed;
  }
  if (answer.kind === 'credentials') return { kind: 'credentials', message: answer.message };
  if (answer.kind === 'absent') {
    const words = await otherApi();
    return words === null
      ? inconsistent(`${what} is not there (404): does this key's account have an organization?`)
      : { kind: 'unreachable', message: `${what} is not there (404); ${words}` };
  }
  if (answer.kind === 'refused') return inconsistent(`${what}: ${answer.message}`);
  // Network errors and 5xx have had their three tries, a 429 has waited as long as it may.
  return { kind: 'unreachable', message: `${what}: ${answer.message}` };
}

/** What of the report cannot be, or null. */
function contradictionOf(rows: readonly WireOrganizationUser[], { total, ids }: WireCount): string | null {
  const known = new Set(rows.map((row) => row.id.toLowerCase()));
  if (known.size !== rows.length) return 'the same user came twice';
  if (total !== null && rows.length !== total) return `the users report has ${rows.length} users where the list states ${total}`;
  if (ids.some((id) => !known.has(id.toLowerCase()))) return 'the list shows a user whom the users report has not';
  const names = new Map<string, string>();
  for (const { id, name } of rows.flatMap((row) => row.groups)) {
    if ((names.get(id) ?? name) !== name) return 'one group came with two names';
    names.set(id, name);
  }
  return null;
}

function inconsistent(message: string): Pass {
  return { kind: 'inconsistent', message };
}

function toLive(rows: readonly WireOrganizationUser[]): LivePrincipal[] {
  const shared = namesOfSeveral(rows);
  const live = rows.map((row) => livePrincipalOf(row, shared));
  const seen = new Map<string, number>();
  for (const { principal } of live) seen.set(principal, (seen.get(principal) ?? 0) + 1);
  // Two users with one address cannot be told apart by policy, so both are shown and left alone.
  return live.map((one) => ((seen.get(one.principal) ?? 0) > 1 ? { ...one, status: 'unknown' } : one));
}

/** Names that more than one group has: policy knows groups by their names alone. */
function namesOfSeveral(rows: readonly WireOrganizationUser[]): ReadonlySet<string> {
  const byName = new Map<string, string>();
  const several = new Set<string>();
  for (const { id, name } of rows.flatMap((row) => row.groups)) {
    if ((byName.get(name) ?? id) !== id) several.add(name);
    byName.set(name, id);
  }
  return several;
}

function livePrincipalOf(row: WireOrganizationUser, shared: ReadonlySet<string>): LivePrincipal {
  const note = noteOf(row, shared);
  const remarks = remarksOf(row);
  return {
    principal: addressOf(row.email),
    principal_id: row.id,
    status: STATUSES.get(row.status) ?? 'unknown',
    name: '',
    roles: [row.isOwner ? TELNYX_ORGANIZATIONS.ownerRole : 'member'],
    groups: [...new Set(row.groups.map((group) => group.name))].toSorted(compareText),
    since: row.createdAt,
    ...(note === null ? {} : { note }),
    ...(remarks.length === 0 ? {} : { remarks }),
  };
}

/** A group that its name does not tell makes it impossible to say what somebody holds. */
function noteOf({ groups }: WireOrganizationUser, shared: ReadonlySet<string>): string | null {
  if (groups.some(({ name }) => name.trim() === '')) return 'is in a permission group without a name';
  const unclear = groups.find(({ name }) => shared.has(name));
  return unclear === undefined ? null : `is in a permission group whose name another group has as well ("${visible(unclear.name)}")`;
}

function remarksOf({ lastSignInAt, bypassesSso }: WireOrganizationUser): string[] {
  const signIn =
    lastSignInAt === null ? ['never signed in'] : lastSignInAt === undefined ? [] : [`last signed in ${lastSignInAt.slice(0, 10)}`];
  return [...signIn, ...(bypassesSso ? ['bypasses single sign-on'] : [])];
}

/** The one user that was asked for, or why there is none. */
function rowOf(answer: Answer, principalId: string): WireOrganizationUser | OneReading {
  if (answer.kind === 'absent') return { kind: 'absent' };
  if (answer.kind === 'credentials') return { kind: 'credentials', message: answer.message };
  if (answer.kind !== 'ok') return { kind: 'unreadable', message: answer.message };
  const row = isRecord(answer.json) ? organizationUserOf(answer.json['data']) : 'the answer has no user';
  if (typeof row === 'string') return { kind: 'unreadable', message: row };
  if (row.id.toLowerCase() !== principalId.toLowerCase())
    return { kind: 'unreadable', message: 'another user came than the one asked for' };
  return row;
}

/** Who was removed may stay in the list, disabled or blocked: they have no access, which is what a delete is for. */
function oneReadingOf(row: WireOrganizationUser): OneReading {
  const live = livePrincipalOf(row, namesOfSeveral([row]));
  return live.status === 'disabled' || live.status === 'blocked' ? { kind: 'absent' } : { kind: 'present', live };
}
