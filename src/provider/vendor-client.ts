import type { StillSo } from '../model.ts';
import type { Clock, Http, HttpReply, HttpRequest, Random } from '../ports.ts';
import { visible } from '../text/encode.ts';
import { type Cleaner, createCleaner } from './create-cleaner.ts';
import { authorizationOf, type Credential, secretsOf } from './credential.ts';
import { doubtClock } from './doubt-clock.ts';
import { retryDelay } from './retry-delay.ts';
import { normaliseVendorError, type VendorError } from './vendor-error.ts';

export const MAX_BODY_BYTES = 4 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 20_000;
const READ_TRIES = 3;
const FORM = 'application/x-www-form-urlencoded';

export type VendorClientOptions = ClientWorld & ({ readonly bearer: string } | { readonly credential: Credential });

interface ClientWorld {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  /** Scheme and host; a constant of the vendor, or a loopback address. */
  readonly origin: string;
  /** Milliseconds since 1970 after which nothing is waited for. */
  readonly deadlineAt: number;
  /** Ends every wait. */
  readonly interrupted: AbortSignal;
  /** Ends the request in flight: some seconds after the interruption, so that what was begun can finish. */
  readonly graceOver: AbortSignal;
  /** What the vendor's own code says where its status says something else. */
  readonly judge?: (error: VendorError) => 'refused' | 'limited' | null;
}

export type Answer =
  | { readonly kind: 'ok'; readonly status: number; readonly json: unknown }
  | { readonly kind: 'absent'; readonly code: string; readonly message: string }
  /** 401 or 403: nothing more is asked of this account. */
  | { readonly kind: 'credentials'; readonly status: number; readonly message: string }
  /** Any other 4xx, in the vendor's own code and words (made visible). */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  /** Rate limited; nothing was done. */
  | { readonly kind: 'limited'; readonly notBeforeMs: number; readonly message: string }
  /** Rate limited, and by the end of the wait not what it stood on; nothing was done. */
  | { readonly kind: 'stale'; readonly message: string }
  | { readonly kind: 'unsent'; readonly message: string }
  /** For a write: it may have happened. */
  | { readonly kind: 'lost'; readonly message: string };

export interface VendorClient {
  /**
   * Up to three tries on network errors, 5xx and answers that are no JSON; after a 429 for as long as the deadline allows. Where a read
   * `mayBeRefused`, a refusal says nothing of the key's other uses.
   */
  get(path: string, options?: { readonly mayBeRefused?: boolean }): Promise<Answer>;
  /**
   * For what no decision rests on: one try, and after a 429 another one if it is due before `untilMs` (milliseconds since 1970), by which
   * everything is over. A refusal says nothing of the key's other uses, and an interruption ends it at once.
   */
  peek(path: string, untilMs: number): Promise<Answer>;
  /** A POST that changes nothing, sent and repeated as a read is: a form in, JSON out. */
  ask(path: string, form: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sent once; a PATCH or DELETE that was rate limited is sent again where it is `stillSo`, a POST never. */
  write(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown, options?: WriteOptions): Promise<Answer>;
  requests(): number;
}

export interface WriteOptions {
  /** Beside the client's own, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly stillSo?: StillSo | undefined;
}

/**
 * JSON over HTTP with one credential: no redirect is followed, no message leaves with a secret in it, and once the credential was refused
 * nothing more is sent.
 */
export function createVendorClient(options: VendorClientOptions): VendorClient {
  const { http, clock, random, origin, deadlineAt, interrupted, graceOver, judge = () => null } = options;
  const credential: Credential = 'credential' in options ? options.credential : { kind: 'bearer', key: options.bearer };
  const cleaner = createCleaner();
  let requests = 0;
  let keyRefused: Answer | null = null;
  /** What the vendor wants to hear no more of before an instant that was not waited for. */
  const closed = new Map<string, Postponed>();

  async function send({ method, path, body, headers = {} }: Outgoing, limits: Partial<Limits> = {}): Promise<Sent> {
    if (keyRefused !== null) return { answer: keyRefused, headers: {} };
    const postponed = closed.get(`${method} ${path}`);
    if (postponed !== undefined && clock.now() < postponed.notBeforeMs) return { answer: postponed, headers: {} };
    const authorization = await authorizationOf(credential);
    if (typeof authorization !== 'string') return { answer: authorization, headers: {} };
    requests += 1;
    const reply = await http.send({
      method,
      url: `${origin}${path}`,
      headers: {
        accept: 'application/json',
        ...(authorization === '' ? {} : { authorization }),
        'user-agent': 'rollcall',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      timeoutMs: REQUEST_TIMEOUT_MS,
      maxBodyBytes: MAX_BODY_BYTES,
      signal: graceOver,
      ...limits,
    });
    return heard(reply, method);
  }

  /** An answer as far as it may be believed and shown. */
  function heard(reply: HttpReply, method: HttpRequest['method']): Sent {
    cleaner.knows(secretsOf(credential));
    const answer = answerOf(reply, cleaner, judge);
    if (reply.kind !== 'reply' || answer.kind !== 'ok') return { answer, headers: reply.kind === 'reply' ? reply.headers : {} };
    const doubt = method === 'GET' ? doubtClock(reply.headers, origin, clock.now()) : null;
    const believed: Answer =
      doubt === null ? { ...answer, json: cleaner.document(answer.json, reply.body) } : { kind: 'lost', message: doubt };
    return { answer: believed, headers: reply.headers };
  }

  async function once(outgoing: Outgoing): Promise<Sent> {
    let sent = await send(outgoing);
    // A token may end before its time. Only a read is asked again with another one: no write is ever sent twice.
    if (outgoing.method === 'GET' && isUnknownToken(sent.answer) && credential.kind === 'oauth' && credential.drop()) {
      sent = await send(outgoing);
    }
    if (sent.answer.kind === 'credentials' && outgoing.mayBeRefused !== true) keyRefused = sent.answer;
    return sent;
  }

  function delayAfter({ answer, headers }: Sent, attempt: number): number {
    return retryDelay({ attempt, headers, limited: answer.kind === 'limited', nowMs: clock.now() }, random);
  }

  /** Waits and says true, or says false when the wait would pass the deadline or the run was interrupted. */
  async function waited(delayMs: number): Promise<boolean> {
    if (interrupted.aborted || clock.now() + delayMs > deadlineAt) return false;
    await clock.sleep(delayMs, interrupted);
    return !interrupted.aborted;
  }

  async function read(outgoing: Outgoing): Promise<Answer> {
    for (let tries = 1, limited = 0; ; ) {
      const sent = await once(outgoing);
      const { answer } = sent;
      if ((answer.kind !== 'limited' && answer.kind !== 'unsent' && answer.kind !== 'lost') || isPostponed(answer)) return answer;
      if (answer.kind !== 'limited' && tries >= READ_TRIES) return answer;
      const delayMs = delayAfter(sent, tries + limited);
      if (!(await waited(delayMs))) return postpone(outgoing, answer, delayMs);
      if (answer.kind === 'limited') limited += 1;
      else tries += 1;
    }
  }

  async function peek(path: string, untilMs: number): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const timeoutMs = Math.max(1, Math.min(REQUEST_TIMEOUT_MS, untilMs - clock.now()));
      const sent = await send({ method: 'GET', path }, { timeoutMs, signal: interrupted });
      const delayMs = delayAfter(sent, attempt);
      if (sent.answer.kind !== 'limited' || isPostponed(sent.answer) || clock.now() + delayMs >= untilMs || !(await waited(delayMs)))
        return sent.answer;
    }
  }

  async function write(outgoing: Outgoing, stillSo: StillSo | undefined): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const sent = await once(outgoing);
      const { answer } = sent;
      if (isPostponed(answer)) return answer;
      const again = answer.kind === 'unsent' ? attempt < READ_TRIES : answer.kind === 'limited' && outgoing.method !== 'POST';
      const delayMs = delayAfter(sent, attempt);
      if (!again || !(await waited(delayMs))) return postpone(outgoing, answer, delayMs);
      if (answer.kind === 'limited' && stillSo !== undefined && !(await stillSo())) {
        return { kind: 'stale', message: 'it was changed while the vendor had us wait' };
      }
    }
  }

  /** Leaves a rate limited request for later: the same one is not sent again before that. */
  function postpone({ method, path }: Outgoing, answer: Answer, delayMs: number): Answer {
    if (answer.kind !== 'limited') return answer;
    const postponed = { ...answer, notBeforeMs: clock.now() + delayMs };
    closed.set(`${method} ${path}`, postponed);
    return postponed;
  }

  return {
    get: (path, { mayBeRefused = false } = {}) => read({ method: 'GET', path, mayBeRefused }),
    peek,
    ask: (path, form) => read({ method: 'POST', path, body: new URLSearchParams(form).toString(), headers: { 'content-type': FORM } }),
    write: (method, path, body, { headers = {}, stillSo } = {}) =>
      write({ method, path, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, stillSo),
    requests: () => requests,
  };
}

function isUnknownToken(answer: Answer): boolean {
  return answer.kind === 'credentials' && answer.status === 401;
}

interface Outgoing {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly mayBeRefused?: boolean;
}

type Limits = Pick<HttpRequest, 'timeoutMs' | 'signal'>;

interface Sent {
  readonly answer: Answer;
  readonly headers: Readonly<Record<string, string>>;
}

type Postponed = Extract<Answer, { kind: 'limited' }>;

/** Whether its time was told already, by the request itself or by what it needed first. */
function isPostponed(answer: Answer): boolean {
  return answer.kind === 'limited' && answer.notBeforeMs > 0;
}

function answerOf(reply: HttpReply, { redact }: Cleaner, judge: NonNullable<ClientWorld['judge']>): Answer {
  if (reply.kind !== 'reply') {
    return { kind: reply.kind, message: visible(redact(reply.reason)) };
  }
  const { status } = reply;
  if (status === 204) return { kind: 'ok', status, json: null };
  const json = parseJson(reply);
  if (status >= 200 && status < 300) {
    return json === undefined ? { kind: 'lost', message: `the answer (${status}) was not JSON` } : { kind: 'ok', status, json };
  }
  const error = normaliseVendorError(status, json, redact);
  const { code, says: message } = error;
  if (status === 404) return { kind: 'absent', code, message };
  const judged = status < 500 ? judge(error) : null;
  if (judged === 'limited' || (judged === null && status === 429)) return { kind: 'limited', notBeforeMs: 0, message };
  if (judged === null && (status === 401 || status === 403)) return { kind: 'credentials', status, message };
  // 408 says that the vendor gave up waiting, which is no word on the request.
  if (status >= 400 && status < 500 && status !== 408) return { kind: 'refused', status, code, message };
  // 5xx, and also 3xx: a redirect is never followed and says nothing about what was done.
  return { kind: 'lost', message };
}

function parseJson(reply: { readonly headers: Readonly<Record<string, string>>; readonly body: string }): unknown {
  if (!(reply.headers['content-type'] ?? '').toLowerCase().includes('json')) return undefined;
  try {
    // A byte order mark is no part of the document.
    return JSON.parse(reply.body.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
