import { answerOrganizations } from './answer-organizations.ts';
import type { Prepare } from './deliver-with-fault.ts';
import { listAuditEvents } from './list-audit-events.ts';
import { listSubUsers } from './list-sub-users.ts';
import type { AccountNeeds, TelnyxAccount } from './open-telnyx-account.ts';
import { UUID } from './parse-telnyx-seed.ts';
import { type EmulatedReply, type EmulatedRequest, jsonReply, NO_SUCH_RESOURCE, vendorError, wrongMethod } from './vendor-error.ts';
import { deleteSubUser, inviteSubUser, type Prepared, patchSubUser, type WriteNeeds } from './write-sub-user.ts';

const VENDOR_ORIGIN = 'https://api.telnyx.com';
const MINUTE_MS = 60_000;
/** Where each API begins; an account answers to one of them, or to both. */
const PATHS = { 'sub-users': '/v2/sub_users', organizations: '/v2/organizations/users' } as const;

/** Telnyx as a function: who asks, how often, what for. Writes wait for the caller to commit them. */
export function answerTelnyx(accountOf: (request: EmulatedRequest) => TelnyxAccount | null, needs: AccountNeeds): Prepare {
  const count = createCounter(needs);
  return (request) => {
    const account = accountOf(request);
    if (!account) return onlyReply(vendorError(401, '10009', 'The API key looks malformed, or no account has it.'));
    const { over, headers } = count(account.name);
    const prepared = over
      ? onlyReply(vendorError(429, '10011', 'You have exceeded the maximum number of allowed requests.'))
      : route(request, { account, switches: needs.switches(), now: needs.now(), newId: needs.newId });
    return { ...prepared, reply: { ...prepared.reply, headers: { ...headers, ...prepared.reply.headers } } };
  };
}

function route(request: EmulatedRequest, needs: WriteNeeds): Prepared {
  const [path = '', query = ''] = splitOnce(request.path, '?');
  const api = Object.entries(PATHS).find(([, start]) => path === start || path.startsWith(`${start}/`))?.[0];
  if (api !== undefined && needs.account.api !== 'both' && needs.account.api !== api) {
    return onlyReply(vendorError(404, '10005', NO_SUCH_RESOURCE));
  }
  if (api === 'organizations') return answerOrganizations(request.method, path, new URLSearchParams(query), needs);
  if (path === '/v2/sub_users') {
    if (request.method === 'POST') return inviteSubUser(request.body, needs);
    if (request.method !== 'GET') return onlyReply(wrongMethod('GET, POST'));
    return onlyReply(listSubUsers(needs.account, new URLSearchParams(query), needs.switches, request.origin ?? VENDOR_ORIGIN));
  }
  if (path === '/v2/audit_events') {
    if (request.method !== 'GET') return onlyReply(wrongMethod('GET'));
    return onlyReply(listAuditEvents(needs.account, new URLSearchParams(query), needs.switches, needs.now));
  }
  const id = /^\/v2\/sub_users\/([^/]+)$/.exec(path)?.[1]?.toLowerCase();
  if (id === undefined) return onlyReply(vendorError(404, '10005', NO_SUCH_RESOURCE));
  if (!['GET', 'PATCH', 'DELETE'].includes(request.method)) return onlyReply(wrongMethod('GET, PATCH, DELETE'));
  if (!UUID.test(id)) return onlyReply(vendorError(422, '10006', 'The ID is not a UUID.', '/id'));
  if (request.method === 'PATCH') return patchSubUser(id, request.body, needs);
  if (request.method === 'DELETE') return deleteSubUser(id, needs);
  const row = needs.account.read(id);
  return onlyReply(row ? jsonReply(200, { data: row }) : vendorError(404, '10005', NO_SUCH_RESOURCE));
}

/** Counts each account's requests in windows of a minute and says so in the vendor's headers (reset in seconds). */
function createCounter({ now, switches }: AccountNeeds) {
  const windows = new Map<string, { readonly since: number; readonly used: number }>();
  return (account: string): { readonly over: boolean; readonly headers: Readonly<Record<string, string>> } => {
    const { requests_per_minute: limit, rate_limit_headers: shown } = switches();
    const before = windows.get(account);
    const fresh = !before || now() - before.since >= MINUTE_MS;
    const since = fresh ? now() : before.since;
    const used = fresh ? 1 : before.used + 1;
    windows.set(account, { since, used });
    if (!shown) return { over: used > limit, headers: {} };
    const headers = {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - used)),
      'x-ratelimit-reset': String(Math.ceil((since + MINUTE_MS - now()) / 1000)),
    };
    return { over: used > limit, headers };
  };
}

function onlyReply(reply: EmulatedReply): Prepared {
  return { reply, commit: null };
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
