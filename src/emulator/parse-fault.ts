import { type Fail, isFields, readCount, readFields, readOneOf, readText } from './read-fields.ts';

/** Which requests a fault strikes, and how often. */
export interface FaultAim {
  readonly match?: {
    readonly method?: string;
    /** A part of the path with its query, as it stands in the request line. */
    readonly path?: string;
    /** A part of the host, where a vendor has several. */
    readonly host?: string;
    /** The account's name; for what Twilio keeps by organization, the organization's SID. */
    readonly account?: string;
    /** From the nth matching request on, counted from 1. */
    readonly nth?: number;
  };
  /** How many requests it strikes; 1 unless given. */
  readonly times?: number | 'always';
}

/** Whether the request reaches the vendor's state (`after`) or not (`before`, the default) when the answer is not the vendor's. */
interface Timed {
  readonly when?: 'before' | 'after';
}

export type FaultShape =
  /** An answer with this status; the body is text or JSON, an error in the vendor's form when not given. */
  | (Timed & {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    })
  /** A web page where JSON belongs, 200 unless given. */
  | (Timed & { readonly kind: 'html'; readonly status?: number })
  /** No answer until the client gives up. */
  | (Timed & { readonly kind: 'timeout' })
  /** Never reaches the state; 307 to another host unless given. */
  | { readonly kind: 'redirect'; readonly location?: string; readonly status?: number }
  /** The answer, this many milliseconds late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The answer, one byte every `ms` milliseconds (1,000 unless given). */
  | { readonly kind: 'drip'; readonly ms?: number }
  /** The answer, padded with blanks to `bytes` (5 MiB unless given). */
  | { readonly kind: 'oversized'; readonly bytes?: number }
  | { readonly kind: PlainFaultKind };

/**
 * Kinds without settings. Not reaching the state: `refused` (no byte is taken), `reset_before`, `not_applied` (a good answer, nothing done).
 * After it: `reset_after`, `cut_body` (half the bytes), `bad_json`, `wrong_shape`, `unknown_role`, `unknown_status`.
 * Of lists only: `empty_page` (no rows, same total), `empty_list` (no rows, total 0), `short_page` (one row less), `duplicate_row`,
 * `total_changes` (one more), `repeat_page` (page 1 whatever was asked), `foreign_next` (a next page on another host).
 */
export const PLAIN_FAULT_KINDS = [
  'refused',
  'reset_before',
  'reset_after',
  'cut_body',
  'bad_json',
  'wrong_shape',
  'unknown_role',
  'unknown_status',
  'not_applied',
  'empty_page',
  'empty_list',
  'short_page',
  'duplicate_row',
  'total_changes',
  'repeat_page',
  'foreign_next',
] as const;
export type PlainFaultKind = (typeof PLAIN_FAULT_KINDS)[number];

export const FAULT_KINDS = ['status', 'html', 'timeout', 'redirect', 'delay', 'drip', 'oversized', ...PLAIN_FAULT_KINDS] as const;

export type Fault = FaultAim & FaultShape;

/** Reads a fault from parsed JSON. */
export function parseFault(value: unknown, fail: Fail): Fault {
  if (!isFields(value)) return fail('a fault is not an object');
  const kind = readOneOf(value['kind'], 'kind', FAULT_KINDS, fail);
  const settings = SETTINGS[kind as keyof typeof SETTINGS] ?? [];
  readFields(value, `the fault ${kind}`, ['kind', 'match', 'times', ...settings], fail);
  checkAim(value['match'], value['times'], fail);
  if (value['when'] !== undefined) readOneOf(value['when'], 'when', ['before', 'after'], fail);
  if (kind === 'delay' || value['ms'] !== undefined) readCount(value['ms'], 'ms', 0, fail);
  if (value['bytes'] !== undefined) readCount(value['bytes'], 'bytes', 1, fail);
  if (value['location'] !== undefined) readText(value['location'], 'location', fail);
  if (kind === 'status' || value['status'] !== undefined) {
    if (readCount(value['status'], 'status', 200, fail) > 599) fail('status is above 599');
  }
  if (value['headers'] !== undefined) checkHeaders(value['headers'], fail);
  return value as unknown as Fault;
}

const SETTINGS = {
  status: ['when', 'status', 'body', 'headers'],
  html: ['when', 'status'],
  timeout: ['when'],
  redirect: ['location', 'status'],
  delay: ['ms'],
  drip: ['ms'],
  oversized: ['bytes'],
} as const satisfies Record<Exclude<FaultShape['kind'], PlainFaultKind>, readonly string[]>;

function checkAim(match: unknown, times: unknown, fail: Fail): void {
  if (times !== undefined && times !== 'always') readCount(times, 'times', 1, fail);
  if (match === undefined) return;
  const fields = readFields(match, 'match', ['method', 'path', 'host', 'account', 'nth'], fail);
  for (const key of ['method', 'path', 'host', 'account']) {
    if (fields[key] !== undefined) readText(fields[key], `match.${key}`, fail);
  }
  if (fields['nth'] !== undefined) readCount(fields['nth'], 'match.nth', 1, fail);
}

function checkHeaders(value: unknown, fail: Fail): void {
  const headers = isFields(value) ? value : fail('headers is not an object');
  for (const [name, text] of Object.entries(headers)) {
    if (!/^[a-z0-9-]+$/.test(name)) fail('a header name has other characters than a-z, 0-9 and -');
    if (typeof text !== 'string' || !/^[\x20-\x7e]*$/.test(text)) fail(`headers.${name} is not printable ASCII`);
  }
}
