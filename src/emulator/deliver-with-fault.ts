import type { Fault } from './parse-fault.ts';
import type { EmulatedReply, EmulatedRequest } from './vendor-error.ts';

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

/** An answer and the write that makes it true; a fault may drop either. */
export interface Prepared {
  readonly reply: EmulatedReply;
  readonly commit: (() => void) | null;
}

/** Asks the vendor for an answer without yet doing the write. */
export type Prepare = (request: EmulatedRequest) => Prepared;

/** The faults that only a lie within a vendor's own documents can be. */
export type DocumentFault =
  | 'wrong_shape'
  | 'unknown_role'
  | 'unknown_status'
  | 'empty_page'
  | 'empty_list'
  | 'short_page'
  | 'duplicate_row'
  | 'total_changes'
  | 'foreign_next';

/** How one vendor's answers go wrong. */
export interface Spoilage {
  /** Where a redirect leads that says nothing else. */
  readonly foreign: string;
  /** An error with this status in the vendor's own form. */
  error(status: number, request: EmulatedRequest): EmulatedReply;
  /** A good answer with its document changed. */
  rewrite(kind: DocumentFault, reply: EmulatedReply): EmulatedReply;
  /** The same path, asking for the first page. */
  firstPage(path: string): string;
  isList(request: EmulatedRequest): boolean;
}

const OVERSIZED_BYTES = 5 * 1024 * 1024;
const PAGE = '<!doctype html><html><title>Maintenance</title><p>We will be back soon.</p></html>';

/** Lets one fault strike one request. */
export function deliverWithFault(fault: Fault | null, request: EmulatedRequest, prepare: Prepare, spoilage: Spoilage): Delivered {
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
      const headers = { location: fault.location ?? spoilage.foreign };
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
      return instead(whole(statusReply(fault, spoilage.error(fault.status, request))), fault.when, request, prepare);
    case 'repeat_page':
      return through(prepare({ ...request, path: spoilage.firstPage(request.path) }), (reply) => whole(reply));
    default:
      return through(prepare(request), (reply) => spoil(fault, reply, spoilage));
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
  Fault,
  { kind: 'refused' | 'reset_before' | 'reset_after' | 'not_applied' | 'redirect' | 'timeout' | 'html' | 'status' | 'repeat_page' }
>;

function spoil(fault: Spoiling, reply: EmulatedReply, spoilage: Spoilage): Delivery {
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
      return whole(spoilage.rewrite(fault.kind as DocumentFault, reply));
  }
}

function statusReply({ status, body, headers }: Extract<Fault, { kind: 'status' }>, own: EmulatedReply): EmulatedReply {
  const text = body === undefined ? own.body : typeof body === 'string' ? body : JSON.stringify(body);
  return { status, headers: { ...own.headers, ...headers }, body: status === 204 || status === 304 ? '' : text };
}
