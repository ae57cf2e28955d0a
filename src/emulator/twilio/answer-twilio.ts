import type { Prepare, Prepared } from '../deliver-with-fault.ts';
import type { EmulatedReply, EmulatedRequest } from '../vendor-error.ts';
import type { TokenOffice } from './open-token-office.ts';
import { type Ask, onlyReply } from './twilio-ask.ts';
import { classicError, scimError } from './twilio-error.ts';
import type { Organization, TwilioAccount, TwilioNeeds, TwilioState } from './twilio-state.ts';
import { ACCOUNTS, type Host, type Permissions, type Surface, TWILIO_SURFACES, USERS } from './twilio-surfaces.ts';
import type { TwilioSwitches } from './twilio-switches.ts';

export interface TwilioParts {
  readonly state: TwilioState;
  readonly needs: TwilioNeeds;
  readonly office: TokenOffice;
}

const MINUTE_MS = 60_000;
const THROTTLED = { scim: 25_021, bearer: 25_109, basic: 20_429 } as const;

/** Twilio as a function. Each resource answers on its own host, and all of them on a loopback origin. */
export function answerTwilio(parts: TwilioParts): Prepare {
  const isOver = createCounter(parts.needs);
  return (request) => {
    const [path = '', query = ''] = splitOnce(request.path, '?');
    const surface = TWILIO_SURFACES.find(({ hosts, pattern }) => pattern.test(path) && isServed(request.origin, hosts));
    if (!surface) return onlyReply(nowhere(path));
    const [first = '', second = ''] = (surface.pattern.exec(path) ?? []).slice(1);
    const isPreview = path.startsWith('/Organizations/');
    const sid = isPreview ? second : first;
    const ask: Ask = {
      request,
      sid: sid === '' ? null : sid,
      path,
      query: new URLSearchParams(query),
      origin: request.origin ?? `https://${surface.hosts[0]}`,
      isPreview,
      state: parts.state,
      needs: parts.needs,
      switches: parts.needs.switches(),
    };
    const who = whose(request, parts);
    if (who !== null && isOver(who.sid)) return onlyReply(throttled(surface, ask.switches));
    return answerSurface(surface, ask, who, isPreview ? first : null, parts.office);
  };
}

function answerSurface(
  surface: Surface,
  ask: Ask,
  who: Organization | TwilioAccount | null,
  organizationSid: string | null,
  office: TokenOffice,
): Prepared {
  const { answer } = surface;
  if (answer.auth === 'none') return answer.by(ask, office);
  if (answer.auth === 'basic') {
    if (who === null || !('authToken' in who)) return onlyReply(classicError(401, 20_003, 'Authenticate'));
    return onlyReply(ask.request.method === 'GET' ? answer.by({ ...ask, account: who }) : wrongMethod(ask));
  }
  const organization = who !== null && 'clientId' in who ? who : null;
  const refusal = checkGate(answer.gate, ask) ?? checkBearer(surface, answer.needs, ask, organization, organizationSid);
  if (refusal !== null || organization === null) return onlyReply(refusal ?? nowhere(ask.path));
  return answer.by({ ...ask, organization });
}

/** The organization or the account that a request's credential opens. */
export function whose(
  request: EmulatedRequest,
  { state, office }: Pick<TwilioParts, 'state' | 'office'>,
): Organization | TwilioAccount | null {
  const authorization = request.headers['authorization'] ?? '';
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (token !== undefined) return office.ownerOf(token);
  const [sid, secret] = splitOnce(Buffer.from(/^Basic +(\S+)$/i.exec(authorization)?.[1] ?? '', 'base64').toString('utf8'), ':');
  return state.accounts.find((account) => account.sid === sid && account.authToken === secret) ?? null;
}

/** Paths that are not there for anybody. */
function checkGate(gate: 'iam' | 'preview' | null, { switches, path }: Ask): EmulatedReply | null {
  if (gate === 'preview' && switches.preview_paths === 'missing') return nowhere(path);
  if (gate !== 'iam' || switches.iam_paths === 'there') return null;
  return switches.iam_paths === 'missing' ? nowhere(path) : classicError(403, 20_003, 'Authorization denied', switches.more_info_key);
}

function checkBearer(
  surface: Surface,
  needs: Permissions,
  { switches, request }: Ask,
  organization: Organization | null,
  organizationSid: string | null,
): EmulatedReply | null {
  if (organization === null) return denied(surface, 401, 'The access token is missing, invalid or expired', switches);
  if (organizationSid !== null && organizationSid !== organization.sid) {
    return classicError(404, 25_100, 'Organization not found', switches.more_info_key);
  }
  const isReading = request.method === 'GET';
  const permission = isReading ? needs.read : needs.write;
  const canRead = (needs !== ACCOUNTS || switches.accounts_scope) && (needs !== USERS || switches.users_scope);
  const has = isReading ? canRead : switches.write_scope;
  return has ? null : denied(surface, switches.missing_scope_status, `required permission ${permission} is missing`, switches);
}

function denied({ style }: Surface, status: 401 | 403, words: string, switches: TwilioSwitches): EmulatedReply {
  return style === 'scim' ? scimError(status, 25_018, words) : classicError(status, 20_003, words, switches.more_info_key);
}

function throttled({ style, answer }: Surface, { retry_after_s: waitS, more_info_key: key }: TwilioSwitches): EmulatedReply {
  const words = 'Too many requests';
  const reply =
    style === 'scim'
      ? scimError(429, THROTTLED.scim, words)
      : classicError(429, THROTTLED[answer.auth === 'bearer' ? 'bearer' : 'basic'], words, key);
  return waitS === 0 ? reply : { ...reply, headers: { ...reply.headers, 'retry-after': String(waitS) } };
}

/** The 2010 API answers in XML unless it is asked for `.json`. */
function nowhere(path: string): EmulatedReply {
  if (path.startsWith('/2010-04-01/') && !path.endsWith('.json')) {
    const body =
      '<?xml version="1.0" encoding="UTF-8"?><TwilioResponse><RestException><Code>20404</Code><Status>404</Status></RestException></TwilioResponse>';
    return { status: 404, headers: { 'content-type': 'application/xml' }, body };
  }
  return classicError(404, 20_404, `The requested resource ${splitOnce(path, '?')[0] ?? ''} was not found`);
}

function wrongMethod({ switches }: Ask): EmulatedReply {
  return classicError(405, 20_004, 'Method not allowed', switches.more_info_key);
}

function isServed(origin: string | undefined, hosts: readonly Host[]): boolean {
  if (origin === undefined) return true;
  const { hostname } = new URL(origin);
  return !hostname.endsWith('.twilio.com') || hosts.some((host) => host === hostname);
}

/** Counts the requests of each organization or account in windows of a minute. */
function createCounter({ now, switches }: TwilioNeeds): (sid: string) => boolean {
  const windows = new Map<string, { readonly since: number; readonly used: number }>();
  return (sid) => {
    const before = windows.get(sid);
    const fresh = !before || now() - before.since >= MINUTE_MS;
    const used = fresh ? 1 : before.used + 1;
    windows.set(sid, { since: fresh ? now() : before.since, used });
    return used > switches().requests_per_minute;
  };
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
