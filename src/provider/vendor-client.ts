import type { Clock, Http, HttpReply, HttpRequest, Random } from '../ports.ts';
import { redact, visible } from '../text/encode.ts';
import { retryDelay } from './retry-delay.ts';

export const MAX_BODY_BYTES = 4 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 20_000;
const READ_TRIES = 3;

export interface VendorClientOptions {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  /** Scheme and host; a constant of the vendor, or a loopback address. */
  readonly origin: string;
  readonly bearer: string;
  /** Milliseconds since 1970 after which nothing is waited for. */
  readonly deadlineAt: number;
  /** Ends every wait. */
  readonly interrupted: AbortSignal;
  /** Ends the request in flight: some seconds after the interruption, so that what was begun can finish. */
  readonly graceOver: AbortSignal;
}

export type Answer =
  | { readonly kind: 'ok'; readonly status: number; readonly json: unknown }
  | { readonly kind: 'absent' }
  /** 401 or 403: nothing more is asked of this account. */
  | { readonly kind: 'credentials'; readonly message: string }
  /** Any other 4xx, in the vendor's own code and words (made visible). */
  | { readonly kind: 'refused'; readonly status: number; readonly code: string; readonly message: string }
  /** Rate limited; nothing was done. */
  | { readonly kind: 'limited'; readonly notBeforeMs: number; readonly message: string }
  | { readonly kind: 'unsent'; readonly message: string }
  /** For a write: it may have happened. */
  | { readonly kind: 'lost'; readonly message: string };

export interface VendorClient {
  /** Up to three tries on network errors, 5xx and answers that are no JSON; after a 429 for as long as the deadline allows. */
  get(path: string): Promise<Answer>;
  /**
   * For what no decision rests on: one try, and after a 429 another one if it is due before `untilMs` (milliseconds since 1970), by which
   * everything is over. A refusal says nothing of the key's other uses, and an interruption ends it at once.
   */
  peek(path: string, untilMs: number): Promise<Answer>;
  /** Sent once; a PATCH or DELETE that was rate limited is sent again, a POST never. */
  write(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  requests(): number;
}

/**
 * JSON over HTTP with one bearer key: no redirect is followed, no message leaves with the key in it, and once the key was refused
 * nothing more is sent.
 */
export function createVendorClient(options: VendorClientOptions): VendorClient {
  const { http, clock, random, origin, bearer, deadlineAt, interrupted, graceOver } = options;
  let requests = 0;
  let keyRefused: Answer | null = null;

  async function send(method: HttpRequest['method'], path: string, body?: unknown, limits: Partial<Limits> = {}): Promise<Sent> {
    if (keyRefused !== null) return { answer: keyRefused, headers: {} };
    requests += 1;
    const reply = await http.send({
      method,
      url: `${origin}${path}`,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${bearer}`,
        'user-agent': 'rollcall',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: REQUEST_TIMEOUT_MS,
      maxBodyBytes: MAX_BODY_BYTES,
      signal: graceOver,
      ...limits,
    });
    return { answer: answerOf(reply, bearer), headers: reply.kind === 'reply' ? reply.headers : {} };
  }

  async function once(method: HttpRequest['method'], path: string, body?: unknown): Promise<Sent> {
    const sent = await send(method, path, body);
    if (sent.answer.kind === 'credentials') keyRefused = sent.answer;
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

  async function get(path: string): Promise<Answer> {
    for (let tries = 1, limited = 0; ; ) {
      const sent = await once('GET', path);
      const { answer } = sent;
      if (answer.kind !== 'limited' && answer.kind !== 'unsent' && answer.kind !== 'lost') return answer;
      if (answer.kind !== 'limited' && tries >= READ_TRIES) return answer;
      const delayMs = delayAfter(sent, tries + limited);
      if (!(await waited(delayMs))) return postponed(answer, clock.now() + delayMs);
      if (answer.kind === 'limited') limited += 1;
      else tries += 1;
    }
  }

  async function peek(path: string, untilMs: number): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const timeoutMs = Math.max(1, Math.min(REQUEST_TIMEOUT_MS, untilMs - clock.now()));
      const sent = await send('GET', path, undefined, { timeoutMs, signal: interrupted });
      const delayMs = delayAfter(sent, attempt);
      if (sent.answer.kind !== 'limited' || clock.now() + delayMs >= untilMs || !(await waited(delayMs))) return sent.answer;
    }
  }

  async function write(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      const sent = await once(method, path, body);
      const { answer } = sent;
      const again = answer.kind === 'unsent' ? attempt < READ_TRIES : answer.kind === 'limited' && method !== 'POST';
      const delayMs = delayAfter(sent, attempt);
      if (!again || !(await waited(delayMs))) return postponed(answer, clock.now() + delayMs);
    }
  }

  return { get, peek, write, requests: () => requests };
}

type Limits = Pick<HttpRequest, 'timeoutMs' | 'signal'>;

interface Sent {
  readonly answer: Answer;
  readonly headers: Readonly<Record<string, string>>;
}

function postponed(answer: Answer, notBeforeMs: number): Answer {
  return answer.kind === 'limited' ? { ...answer, notBeforeMs } : answer;
}

function answerOf(reply: HttpReply, bearer: string): Answer {
  if (reply.kind !== 'reply') {
    return { kind: reply.kind, message: visible(redact(reply.reason, [bearer])) };
  }
  const { status } = reply;
  if (status === 204) return { kind: 'ok', status, json: null };
  const json = parseJson(reply);
  if (status >= 200 && status < 300) {
    return json === undefined ? { kind: 'lost', message: `the answer (${status}) was not JSON` } : { kind: 'ok', status, json };
  }
  const { code, message } = vendorError(json, bearer);
  const says = message === '' ? `the vendor answered ${status}` : `the vendor answered ${status}: ${message}`;
  if (status === 404) return { kind: 'absent' };
  if (status === 401 || status === 403) return { kind: 'credentials', message: says };
  if (status === 429) return { kind: 'limited', notBeforeMs: 0, message: says };
  // 408 says that the vendor gave up waiting, which is no word on the request.
  if (status >= 400 && status < 500 && status !== 408) return { kind: 'refused', status, code, message: says };
  // 5xx, and also 3xx: a redirect is never followed and says nothing about what was done.
  return { kind: 'lost', message: says };
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

/** The first of `errors[]` in Telnyx's error body: `code` is a string, every field is optional. */
function vendorError(json: unknown, bearer: string): { code: string; message: string } {
  const errors = isRecord(json) && Array.isArray(json['errors']) ? json['errors'] : [];
  const first: unknown = errors[0];
  if (!isRecord(first)) return { code: '', message: '' };
  const words = [first['title'], first['detail']].filter((word): word is string => typeof word === 'string');
  return { code: visible(redact(String(first['code'] ?? ''), [bearer])), message: visible(redact(words.join(' - '), [bearer]), 200) };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
