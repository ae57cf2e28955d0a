import pLimit from 'p-limit';
import type { Holding, LivePrincipal, OneReading, Provider, Status, WriteResult } from '../../model.ts';
import type { Clock } from '../../ports.ts';
import { type Pass, readComplete } from '../read-complete.ts';
import { type Answer, isRecord, type VendorClient } from '../vendor-client.ts';
import { findOtherApi } from './find-other-api.ts';
import { probeTelnyx } from './probe-telnyx.ts';
import { readTelnyxEvents } from './read-telnyx-events.ts';
import {
  addressOf,
  deleteSubUser,
  getSubUser,
  inviteSubUser,
  listSubUsers,
  PAGE_SIZE,
  pageOf,
  patchSubUser,
  subUserOf,
  type WirePage,
  type WireSubUser,
} from './telnyx-api.ts';
import { TELNYX_SUB_USERS } from './telnyx-capabilities.ts';
import { toWriteResult } from './to-write-result.ts';

const { api, provider } = TELNYX_SUB_USERS;
const PAGES_IN_FLIGHT = 16;
/** A vendor that never says the last page must not keep us for ever: a million principals. */
const MAX_PAGES = 4_000;
const STATUSES: ReadonlySet<string> = new Set(['active', 'invited', 'suspended'] satisfies Status[]);

/** Told how many pages of how many have come; null where no total is stated. */
type OnPage = (done: number, total: number | null) => void;

/** Telnyx `sub-users` behind the provider interface: wire in, model out. */
export function createTelnyxProvider(account: string, client: VendorClient, clock: Clock, onPage: OnPage = () => undefined): Provider {
  return {
    reader: {
      account,
      capabilities: TELNYX_SUB_USERS,
      read: (lastGood, suspect) => {
        const otherApi = findOtherApi(client, clock, account, 'sub-users');
        const pass = (expired: () => boolean): Promise<Pass> =>
          readAllPages(counted((number) => readPage(client, number, expired, otherApi), onPage));
        return readComplete({ account, provider, api, clock, pass, requests: client.requests, lastGood, suspect });
      },
      readOne: async (principalId) => oneReadingOf(await getSubUser(client, principalId), principalId),
      probe: () => probeTelnyx(client, clock, account, 'sub-users'),
      events: (since) => readTelnyxEvents(client, clock, since),
    },
    writer: {
      invite: async (principal, name, holding) =>
        writeResultOf(await inviteSubUser(client, { email: principal, name, role: roleOf(holding) })),
      patch: async (principalId, fields, stillSo) => {
        const [role] = fields.roles ?? [];
        const body = { ...(fields.name === undefined ? {} : { name: fields.name }), ...(role === undefined ? {} : { role }) };
        return writeResultOf(await patchSubUser(client, principalId, body, stillSo));
      },
      assign: noParts,
      unassign: noParts,
      delete: async (principalId, stillSo) => {
        const answer = await deleteSubUser(client, principalId, stillSo);
        // Already gone is what was wanted; the read-back proves it either way.
        return answer.kind === 'absent' ? { kind: 'accepted', principalId } : writeResultOf(answer);
      },
    },
  };
}

/** One request makes every change here, so no plan has parts. */
function noParts(): Promise<WriteResult> {
  throw new Error('a part of a change reached an API that makes changes whole');
}

type ReadPage = (number: number) => Promise<WirePage | Pass>;

/** Tells of every page that came, in whatever order. */
function counted(read: ReadPage, onPage: OnPage): ReadPage {
  let done = 0;
  let last: number | null = null;
  return async (number) => {
    const page = await read(number);
    if ('kind' in page) return page;
    done += 1;
    if (page.total !== null) last = lastPage(page, page.total);
    onPage(done, last);
    return page;
  };
}

async function readAllPages(read: ReadPage): Promise<Pass> {
  const first = await read(1);
  if ('kind' in first) return first;
  const pages = first.total === null ? await readUnstated(read, first) : await readStated(read, first, first.total);
  if ('kind' in pages) return pages;
  const rows = pages.flatMap((page) => page.rows);
  if (new Set(rows.map((row) => row.id.toLowerCase())).size !== rows.length) return inconsistent('the same user came twice');
  if (pages.some((page) => page.total !== first.total)) return inconsistent('the total changed between pages');
  if (first.total !== null && rows.length !== first.total) {
    return inconsistent(`${rows.length} users came where ${first.total} were stated`);
  }
  return { kind: 'rows', rows: toLive(rows), stated: first.total !== null };
}

/** The first page told the total, so the rest can be asked for side by side. */
async function readStated(read: ReadPage, first: WirePage, total: number): Promise<WirePage[] | Pass> {
  const last = lastPage(first, total);
  if (last > MAX_PAGES) return inconsistent('the stated total is beyond belief');
  const limit = pLimit(PAGES_IN_FLIGHT);
  const numbers = Array.from({ length: Math.max(0, last - 1) }, (_, index) => index + 2);
  let failed: Pass | null = null;
  const rest = await Promise.all(
    numbers.map((number) =>
      limit(async () => {
        if (failed !== null) return null;
        const page = await read(number);
        if (!('kind' in page)) return page;
        failed = page;
        return null;
      }),
    ),
  );
  if (failed !== null) return failed;
  return [first, ...rest.filter((page) => page !== null)];
}

function lastPage({ pageSize }: WirePage, total: number): number {
  return Math.ceil(total / Math.min(pageSize ?? PAGE_SIZE, PAGE_SIZE));
}

/** No total is stated: one page after another until one is the last by its own word or is not full. */
async function readUnstated(read: ReadPage, first: WirePage): Promise<WirePage[] | Pass> {
  const pages = [first];
  // A page that does not say whether another follows is the last one only when the one behind it is empty: it may be full, whatever its size.
  for (let page = first; page.hasNext === true || page.rows.length >= PAGE_SIZE || (page.hasNext === null && page.rows.length > 0); ) {
    if (pages.length >= MAX_PAGES) return inconsistent('the pages do not end');
    const next = await read(pages.length + 1);
    if ('kind' in next) return next;
    if (next.rows.length === 0) {
      // Where no page says that another follows, a full last page is known by the empty one behind it.
      if (page.hasNext) return inconsistent(`page ${pages.length + 1} is empty where page ${pages.length} said it was there`);
      break;
    }
    if (page.rows.length < (first.pageSize ?? first.rows.length)) return inconsistent(`page ${pages.length} was not full and not the last`);
    pages.push(next);
    page = next;
  }
  return pages;
}

async function readPage(
  client: VendorClient,
  number: number,
  expired: () => boolean,
  otherApi: () => Promise<string | null>,
): Promise<WirePage | Pass> {
  if (expired()) return { kind: 'unreachable', message: `the pages before page ${number} took longer than a read may` };
  const answer = await listSubUsers(client, number);
  if (answer.kind === 'ok') {
    if (answer.status !== 200) return inconsistent(`page ${number}: the vendor answered ${answer.status} where 200 belongs`);
    const page = pageOf(answer.json, number);
    return typeof page === 'string' ? inconsistent(`page ${number}: ${page}`) : page;
  }
  if (answer.kind === 'credentials') return { kind: 'credentials', message: answer.message };
  if (answer.kind === 'absent') {
    const words = number === 1 ? await otherApi() : null;
    return words === null
      ? inconsistent(`page ${number} of the sub-users is not there (404): is this API enabled for the account?`)
      : { kind: 'unreachable', message: `page ${number} of the sub-users is not there (404); ${words}` };
  }
  if (answer.kind === 'refused') return inconsistent(`page ${number}: ${answer.message}`);
  // Network errors and 5xx have had their three tries, a 429 has waited as long as it may.
  return { kind: 'unreachable', message: `page ${number}: ${answer.message}` };
}

function inconsistent(message: string): Pass {
  return { kind: 'inconsistent', message };
}

function toLive(rows: readonly WireSubUser[]): LivePrincipal[] {
  const live = rows.map(livePrincipalOf);
  const seen = new Map<string, number>();
  for (const { principal } of live) seen.set(principal, (seen.get(principal) ?? 0) + 1);
  // Two users with one address cannot be told apart by policy, so both are shown and left alone.
  return live.map((one) => ((seen.get(one.principal) ?? 0) > 1 ? { ...one, status: 'unknown' } : one));
}

/** One list a role, not one a person. */
const NONE: readonly string[] = [];
const ROLE_LISTS = new Map(TELNYX_SUB_USERS.roles.map((role): [string, readonly string[]] => [role, [role]]));

function livePrincipalOf(row: WireSubUser): LivePrincipal {
  return {
    principal: addressOf(row.email),
    principal_id: row.id,
    status: STATUSES.has(row.status) ? (row.status as Status) : 'unknown',
    name: row.name,
    roles: ROLE_LISTS.get(row.role) ?? (row.role === '' ? NONE : [row.role]),
    groups: NONE,
    since: row.createdAt,
  };
}

function oneReadingOf(answer: Answer, principalId: string): OneReading {
  if (answer.kind === 'absent') return { kind: 'absent' };
  if (answer.kind === 'credentials') return { kind: 'credentials', message: answer.message };
  if (answer.kind !== 'ok') return { kind: 'unreadable', message: answer.message };
  const row = isRecord(answer.json) ? subUserOf(answer.json['data']) : 'the answer has no user';
  if (typeof row === 'string') return { kind: 'unreadable', message: row };
  if (row.id.toLowerCase() !== principalId.toLowerCase())
    return { kind: 'unreadable', message: 'another user came than the one asked for' };
  return { kind: 'present', live: livePrincipalOf(row) };
}

function writeResultOf(answer: Answer): WriteResult {
  const row = answer.kind === 'ok' && isRecord(answer.json) ? subUserOf(answer.json['data']) : null;
  return toWriteResult(answer, row === null || typeof row === 'string' ? null : row.id);
}

function roleOf(holding: Holding): string {
  const [role] = holding.roles;
  if (role === undefined) throw new Error('an invitation without a role reached the Telnyx API');
  return role;
}
