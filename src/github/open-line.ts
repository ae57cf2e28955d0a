import type { Octokit } from '@octokit/rest';
import { RollcallError } from '../errors.ts';
import { redact, visible } from '../text/encode.ts';
import { encodeSentence } from '../text/encode-sentence.ts';

const PAGE_ROWS = 100;
/** Bodies of comments and reviews are up to 262,144 bytes, so a hundred of them can be more than a body may be. */
const SMALL_PAGE_ROWS = 5;
const MAX_ROWS = 5000;
const MAX_MESSAGE = 300;

/** What came of one call. Nothing of a failure but these words leaves here: Octokit's own errors hold the request with its headers. */
export type Attempt<T> =
  | { readonly kind: 'ok'; readonly data: T }
  /** A 4xx: nothing was done. A rate limit is a 429 here, whatever GitHub called it. */
  | { readonly kind: 'refused'; readonly status: number; readonly says: string; readonly error: RollcallError }
  /** No whole answer, or a 5xx: a write may or may not have happened. */
  | { readonly kind: 'lost'; readonly error: RollcallError };

type Call<T> = () => Promise<{ readonly data: T }>;

/** One repository over one token. `needs` is the permission a call asks for, as a workflow spells it. */
export interface Line {
  readonly rest: Octokit['rest'];
  readonly at: { readonly owner: string; readonly repo: string };
  attempt<T>(needs: string, call: Call<T>): Promise<Attempt<T>>;
  /** All pages, counted here and ended by a short one; a part is never taken for the whole. */
  attemptPages<T>(needs: string, read: (page: { readonly per_page: number; readonly page: number }) => Call<T[]>): Promise<Attempt<T[]>>;
}

export function openLine(octokit: Octokit, at: Line['at'], secrets: readonly string[]): Line {
  const attempt = async <T>(needs: string, call: Call<T>): Promise<Attempt<T>> => {
    try {
      return { kind: 'ok', data: (await call()).data };
    } catch (error) {
      return failureOf(error, needs, secrets);
    }
  };

  const readAll: Line['attemptPages'] = async (needs, read) => {
    const whole = await readPages(attempt, needs, read, PAGE_ROWS);
    return whole.kind === 'lost' ? readPages(attempt, needs, read, SMALL_PAGE_ROWS) : whole;
  };

  return { rest: octokit.rest, at, attempt, attemptPages: readAll };
}

/** The answer of a call that has to succeed. */
export function must<T>(attempt: Attempt<T>): T {
  if (attempt.kind === 'ok') return attempt.data;
  throw attempt.error;
}

async function readPages<T>(
  attempt: Line['attempt'],
  needs: string,
  read: (page: { readonly per_page: number; readonly page: number }) => Call<T[]>,
  per_page: number,
): Promise<Attempt<T[]>> {
  const rows: T[] = [];
  const list = `a list (${needs})`;
  for (let page = 1; page * per_page <= MAX_ROWS; page += 1) {
    const answer = await attempt(needs, read({ per_page, page }));
    if (answer.kind !== 'ok') return answer;
    if (!Array.isArray(answer.data)) return { kind: 'lost', error: new RollcallError('githubUnreachable', list, 'the answer was no list') };
    rows.push(...answer.data);
    if (answer.data.length < per_page) return { kind: 'ok', data: rows };
  }
  return { kind: 'refused', status: 0, says: '', error: new RollcallError('githubTooMany', list, String(MAX_ROWS)) };
}

interface RequestFailure extends Error {
  readonly status: number;
  readonly request: { readonly method: string; readonly url: string };
  readonly response?: { readonly headers: Readonly<Record<string, unknown>>; readonly data: unknown };
}

function failureOf(error: unknown, needs: string, secrets: readonly string[]): Attempt<never> {
  if (error instanceof RollcallError) throw error;
  const clean = (text: string) => visible(redact(text, secrets), MAX_MESSAGE);
  if (!isRequestFailure(error)) {
    const why = error instanceof Error ? error.message : 'no reason given';
    return { kind: 'lost', error: new RollcallError('githubUnreachable', 'a request', clean(why)) };
  }
  // A redirect or another host.
  if (error.cause instanceof RollcallError) return { kind: 'lost', error: error.cause };
  const asked = encodeSentence(redact(`${error.request.method} ${new URL(error.request.url).pathname}`, secrets));
  const says = clean(wordsOf(error));
  if (error.status >= 500) {
    const why = error.response === undefined ? says : `${error.status}: ${says}`;
    return { kind: 'lost', error: new RollcallError('githubUnreachable', asked, why) };
  }
  const status = isLimit(error) ? 429 : error.status;
  return {
    kind: 'refused',
    status,
    says,
    error: new RollcallError(CODES[status] ?? 'githubRejected', asked, String(error.status), says, needs),
  };
}

const CODES: Readonly<Record<number, 'githubRefused' | 'githubNotFound' | 'githubLimited'>> = {
  401: 'githubRefused',
  403: 'githubRefused',
  404: 'githubNotFound',
  410: 'githubNotFound',
  429: 'githubLimited',
};

function isRequestFailure(error: unknown): error is RequestFailure {
  return error instanceof Error && 'status' in error && 'request' in error;
}

/** GitHub's own sentence and those of its `errors`, without the address of a manual that Octokit puts behind them. */
function wordsOf({ message, response }: RequestFailure): string {
  const data = response?.data;
  if (!isRecord(data) || typeof data['message'] !== 'string') return message;
  const errors: unknown[] = Array.isArray(data['errors']) ? data['errors'] : [];
  const details = errors.map((error) => (isRecord(error) ? (error['message'] ?? error['code']) : error));
  return [data['message'], ...details.filter((detail) => typeof detail === 'string')].join(', ');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** GitHub answers a used-up limit with 403 or 429; only headers and words tell it from a missing permission. */
function isLimit({ status, message, response }: RequestFailure): boolean {
  if (status !== 403) return false;
  const headers = response?.headers ?? {};
  return headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0' || /\brate limit\b/i.test(message);
}
