import type { Fault } from '../../src/emulator/parse-fault.ts';

/** Which requests a fault means anything to. */
export interface FaultKind {
  readonly name: string;
  readonly fault: Fault;
  /** What the vendor can say it to; reads are not struck by what comes to the same for them. */
  readonly of: 'all' | 'reads' | 'writes';
  readonly vendor?: 'telnyx' | 'twilio';
  /** Who has to do what the fault leaves undone of an invitation, where no later run can. */
  readonly leaves?: 'manual';
  /** How long the vendor says to wait, where that is longer than a run does. */
  readonly waitsMinutes?: number;
}

const all = (name: string, fault: Fault): FaultKind => ({ name, fault, of: 'all' });
const ofWrites = (name: string, fault: Fault): FaultKind => ({ name, fault, of: 'writes' });
const ofReads = (name: string, fault: Fault): FaultKind => ({ name, fault, of: 'reads' });

const JSON_TYPE = { 'content-type': 'application/json' };

/** A 429 with what the vendor says of when to come back. */
function throttled(name: string, headers: Readonly<Record<string, string>>, of: FaultKind['of'] = 'all'): FaultKind {
  return { name: `429 ${name}`, fault: { kind: 'status', status: 429, headers }, of };
}

/** Answered with an error, done all the same or not; for a read they are all one, and so are the redirects. */
function failed(status: number): readonly FaultKind[] {
  return [
    { name: `${status}, nothing done`, fault: { kind: 'status', status }, of: status === 500 ? 'all' : 'writes' },
    ofWrites(`${status}, and done`, { kind: 'status', status, when: 'after' }),
  ];
}

/** 200 with a body of another kind than the documented one. */
function said(name: string, body: unknown, headers: Readonly<Record<string, string>> = JSON_TYPE, status = 200): FaultKind {
  return all(`${status} ${name}`, { kind: 'status', status, body, headers });
}

/** What Telnyx says to a change in its own words. */
function telnyx(name: string, status: number, code: string, detail: string): FaultKind {
  const body = { errors: [{ code, title: 'Refused', detail }] };
  return { ...ofWrites(`Telnyx: ${name}`, { kind: 'status', status, body }), vendor: 'telnyx' };
}

function twilio(name: string, status: number, code: number): FaultKind {
  const body = { code, message: 'Refused', detail: 'Refused', status };
  return { ...ofWrites(`Twilio: ${name}`, { kind: 'status', status, body }), vendor: 'twilio' };
}

/** The fault matrix: every way in which the answer to one request may go wrong. */
export const FAULT_KINDS: readonly FaultKind[] = [
  all('refused', { kind: 'refused' }),
  all('reset, nothing done', { kind: 'reset_before' }),
  ofWrites('reset, and done', { kind: 'reset_after' }),
  all('silence, nothing done', { kind: 'timeout' }),
  ofWrites('silence, and done', { kind: 'timeout', when: 'after' }),
  all('cut', { kind: 'cut_body' }),
  all('dripping', { kind: 'drip' }),
  all('too long', { kind: 'oversized' }),
  all('late', { kind: 'delay', ms: 19_000 }),
  all('too late', { kind: 'delay', ms: 21_000 }),
  throttled('bare', {}),
  throttled('for two seconds', { 'retry-after': '2' }),
  throttled('for a minute by the limit', { 'x-ratelimit-reset': '60' }),
  throttled('until an instant', { 'retry-after': 'Tue, 24 Nov 2026 09:05:00 GMT' }),
  { ...throttled('for a day', { 'retry-after': '86400' }), waitsMinutes: 24 * 60 },
  throttled('for less than nothing', { 'retry-after': '-5' }, 'writes'),
  throttled('for a number that is none', { 'retry-after': 'NaN' }, 'writes'),
  throttled('for years', { 'retry-after': '1000000000' }),
  throttled('until the year 9999', { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, 'writes'),
  ...[500, 502, 503, 504].flatMap(failed),
  all('503 with a Retry-After', { kind: 'status', status: 503, headers: { 'retry-after': '7' } }),
  all('401', { kind: 'status', status: 401 }),
  all('403', { kind: 'status', status: 403 }),
  all('400', { kind: 'status', status: 400 }),
  all('404', { kind: 'status', status: 404 }),
  all('408', { kind: 'status', status: 408 }),
  all('409', { kind: 'status', status: 409 }),
  ofWrites('409, and done', { kind: 'status', status: 409, when: 'after' }),
  ofWrites('404, and done', { kind: 'status', status: 404, when: 'after' }),
  all('410', { kind: 'status', status: 410 }),
  all('422', { kind: 'status', status: 422 }),
  telnyx('a duplicate address', 422, '10012', 'The email is already in use.'),
  telnyx('too many invitations', 422, '10015', 'You have too many active invitations.'),
  telnyx('an idempotency key used before', 422, '10015', 'The Idempotency-Key was used with another body.'),
  { ...telnyx('an account elsewhere', 422, '10015', 'The email belongs to an existing Telnyx account.'), leaves: 'manual' },
  { ...twilio('a duplicate', 409, 25_022), leaves: 'manual' },
  twilio('another version', 409, 25_020),
  { ...twilio('a domain not verified', 400, 25_017), leaves: 'manual' },
  twilio('the limit of users', 400, 25_007),
  twilio('throttled in its own words', 400, 25_021),
  all('307', { kind: 'redirect' }),
  ...[301, 302, 308].map((status) => ofWrites(`${status}`, { kind: 'redirect', status })),
  all('a page of maintenance', { kind: 'html' }),
  all('a page of maintenance, 502', { kind: 'html', status: 502 }),
  ofWrites('a page of maintenance, and done', { kind: 'html', when: 'after' }),
  said('of another type', '{"data":[]}', { 'content-type': 'text/plain' }),
  said('with nothing', ''),
  said('{}', {}),
  said('with errors', { errors: [] }),
  said('with no data', { data: null, content: null, Resources: null }),
  said('with data that is an object', { data: {}, content: {}, Resources: {} }),
  said('with a list in its place', []),
  said('null', 'null'),
  said('with nothing', '', JSON_TYPE, 204),
  all('JSON cut short', { kind: 'bad_json' }),
  all('another shape', { kind: 'wrong_shape' }),
  ofReads('an unknown role', { kind: 'unknown_role' }),
  ofReads('an unknown status', { kind: 'unknown_status' }),
  ofWrites('answered as if done', { kind: 'not_applied' }),
  ofReads('an empty page', { kind: 'empty_page' }),
  ofReads('an empty list', { kind: 'empty_list' }),
  ofReads('a row less', { kind: 'short_page' }),
  ofReads('a row twice', { kind: 'duplicate_row' }),
  ofReads('another total', { kind: 'total_changes' }),
  ofReads('the first page again', { kind: 'repeat_page' }),
  ofReads('a next page elsewhere', { kind: 'foreign_next' }),
];
