import type { TelnyxFault } from './parse-telnyx-fault.ts';
import { type Fields, isFields } from './read-fields.ts';
import { type EmulatedReply, type EmulatedRequest, type VendorCode, vendorError } from './vendor-error.ts';
import type { Prepared } from './write-sub-user.ts';

/** What reaches the client. */
export type Delivery =
  | { readonly kind: 'whole'; readonly reply: EmulatedReply; readonly delayMs: number }
  /** No byte of the request is taken. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'reset' }
  /** Nothing, until the client gives up. */
  | { readonly kind: 'silence' }
  /** Half the body, then the end. */
  | { readonly kind: 'cut'; readonly reply: EmulatedReply }
  | { readonly kind: 'drip'; readonly reply: EmulatedReply; readonly msPerByte: number };

export interface Delivered {
  readonly delivery: Delivery;
  /** Whether a write became true. */
  readonly applied: boolean;
}

/** Asks the vendor for an answer without yet doing the write. */
export type Prepare = (request: EmulatedRequest) => Prepared;

const FOREIGN = 'https://vendor.example/v2/sub_users?page[number]=2&page[size]=250';
const OVERSIZED_BYTES = 5 * 1024 * 1024;
const PAGE = '<!doctype html><html><title>Maintenance</title><p>We will be back soon.</p></html>';

/** Lets one fault strike one request. */
export function deliverWithFault(fault: TelnyxFault | null, request: EmulatedRequest, prepare: Prepare): Delivered {
  if (fault === null) return through(prepare(request), (reply) => whole(reply));
  switch (fault.kind) {
    case 'refused':
      return { delivery: { kind: 'refused' }, applied: false };
    case 'reset_before':
      return { delivery: { kind: 'reset' }, applied: false };
    case 'reset_after':
      return through(prepare(request), () => ({ kind: 'reset' }));
    case 'not_applied':
      return { delivery: whole(prepare(request).reply), applied: false };
    case 'redirect': {
      const headers = { location: fault.location ?? FOREIGN };
      return { delivery: whole({ status: fault.status ?? 307, headers, body: '' }), applied: false };
    }
    case 'timeout':
      return instead({ kind: 'silence' }, fault.when, request, prepare);
    case 'html':
      return instead(
        whole({ status: fault.status ?? 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: PAGE }),
        fault.when,
        request,
        prepare,
      );
    case 'status':
      return instead(whole(statusReply(fault)), fault.when, request, prepare);
    case 'repeat_page':
      return through(prepare({ ...request, path: firstPage(request.path) }), (reply) => whole(reply));
    default:
      return through(prepare(request), (reply) => spoil(fault, reply));
  }
}

function through(prepared: Prepared, deliver: (reply: EmulatedReply) => Delivery): Delivered {
  prepared.commit?.();
  return { delivery: deliver(prepared.reply), applied: prepared.commit !== null };
}

function instead(delivery: Delivery, when: 'before' | 'after' | undefined, request: EmulatedRequest, prepare: Prepare): Delivered {
  return when === 'after' ? through(prepare(request), () => delivery) : { delivery, applied: false };
}

function whole(reply: EmulatedReply, delayMs = 0): Delivery {
  return { kind: 'whole', reply, delayMs };
}

type Spoiling = Exclude<
  TelnyxFault,
  { kind: 'refused' | 'reset_before' | 'reset_after' | 'not_applied' | 'redirect' | 'timeout' | 'html' | 'status' | 'repeat_page' }
>;

function spoil(fault: Spoiling, reply: EmulatedReply): Delivery {
  switch (fault.kind) {
    case 'delay':
      return whole(reply, fault.ms);
    case 'drip':
      return { kind: 'drip', reply, msPerByte: fault.ms ?? 1000 };
    case 'cut_body':
      return reply.body === '' ? whole(reply) : { kind: 'cut', reply };
    case 'oversized':
      return whole({
        ...reply,
        body: reply.body + ' '.repeat(Math.max(0, (fault.bytes ?? OVERSIZED_BYTES) - Buffer.byteLength(reply.body))),
      });
    case 'bad_json':
      return whole({ ...reply, body: reply.body.slice(0, -1) });
    default:
      return whole(rewrite(reply, EDITS[fault.kind as keyof typeof EDITS]));
  }
}

type Edit = (data: unknown, meta: Fields) => Fields;

const EDITS = {
  empty_page: (_data, meta) => ({ data: [], meta }),
  empty_list: (_data, meta) => ({ data: [], meta: { ...meta, ...zero(meta, 'total_results'), ...zero(meta, 'total_pages') } }),
  short_page: (data, meta) => ({ data: rowsOf(data).slice(0, -1), meta }),
  duplicate_row: (data, meta) => ({ data: withFirstRepeated(rowsOf(data)), meta }),
  total_changes: (data, meta) => ({ data, meta: { ...meta, total_results: Number(meta['total_results'] ?? 0) + 1 } }),
  foreign_next: (data, meta) => ({ data, meta: { ...meta, next_page_url: FOREIGN } }),
  wrong_shape: (data, meta) => ({ data: Array.isArray(data) ? { items: data } : [data], meta }),
  unknown_role: (data, meta) => ({ data: withFirst(data, { role: 'auditor' }), meta }),
  unknown_status: (data, meta) => ({ data: withFirst(data, { status: 'dormant' }), meta }),
} as const satisfies Record<string, Edit>;

/** Edits the document of a good answer; errors and empty bodies stay as they are. */
function rewrite(reply: EmulatedReply, edit: Edit): EmulatedReply {
  if (reply.status >= 300 || reply.body === '') return reply;
  const document: unknown = JSON.parse(reply.body);
  if (!isFields(document)) return reply;
  const { data, meta } = document as { data?: unknown; meta?: unknown };
  const edited = edit(data, isFields(meta) ? meta : {});
  return { ...reply, body: JSON.stringify(meta === undefined ? { data: edited['data'] } : edited) };
}

function rowsOf(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? data : [];
}

/** The first row stands in the last one's place, so that the number of rows is still right. */
function withFirstRepeated(rows: readonly unknown[]): readonly unknown[] {
  return rows.length === 1 ? [rows[0], rows[0]] : rows.map((row, index) => (index === rows.length - 1 ? rows[0] : row));
}

function withFirst(data: unknown, fields: Fields): unknown {
  const change = (row: unknown): unknown => (isFields(row) ? { ...row, ...fields } : row);
  return Array.isArray(data) ? data.map((row: unknown, index) => (index === 0 ? change(row) : row)) : change(data);
}

function zero(meta: Fields, key: string): Fields {
  return Object.hasOwn(meta, key) ? { [key]: 0 } : {};
}

function firstPage(path: string): string {
  const url = new URL(path, 'http://127.0.0.1');
  url.searchParams.set('page[number]', '1');
  return `${url.pathname}${url.search}`;
}

function statusReply({ status, body, headers }: Extract<TelnyxFault, { kind: 'status' }>): EmulatedReply {
  const own = vendorError(status, CODES[status] ?? (status >= 500 ? '10007' : '10015'), 'The emulator was told to answer this.');
  const text = body === undefined ? own.body : typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: { ...own.headers, ...headers }, body: status === 204 || status === 304 ? '' : text };
}

const CODES: Readonly<Record<number, VendorCode>> = { 401: '10009', 403: '10010', 404: '10005', 429: '10011' };
