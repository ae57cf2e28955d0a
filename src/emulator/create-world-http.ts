import type { Clock, Http, HttpReply, HttpRequest } from '../ports.ts';
import type { EmulatedWorld } from './create-world.ts';
import type { EmulatedReply } from './vendor-error.ts';

export interface WorldHttpOptions {
  /** The one origin that is answered, instead of the vendor's own; any other is unsent. */
  readonly origin?: string;
  /** Before each answer, by the world's clock. */
  readonly latencyMs?: number;
}

/** The world behind rollcall's `Http` port, without sockets. Writes are done when the request is sent, however late the answer is. */
export function createWorldHttp(world: EmulatedWorld, clock: Clock, own: readonly string[], options: WorldHttpOptions): Http {
  const { origin, latencyMs = 0 } = options;
  const answered = origin === undefined ? own : [origin];
  return {
    send: async (request) => {
      if (request.signal?.aborted) return { kind: 'unsent', reason: 'aborted' };
      const url = URL.canParse(request.url) ? new URL(request.url) : null;
      if (url === null || !answered.includes(url.origin)) return { kind: 'unsent', reason: 'no such host in this world' };
      const leave = world.enter(request.method);
      try {
        return await exchange(world, clock, request, url, latencyMs);
      } finally {
        leave();
      }
    },
    close: async () => {},
  };
}

async function exchange(world: EmulatedWorld, clock: Clock, request: HttpRequest, url: URL, latencyMs: number): Promise<HttpReply> {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const path = `${url.pathname}${url.search}`;
  const delivery = world.deliver({ method: request.method, path, headers, body: request.body ?? '', origin: url.origin });
  if (delivery.kind === 'refused') return { kind: 'unsent', reason: 'connection refused' };
  const waitMs = latencyMs + lateness(delivery);
  if (waitMs > 0) await clock.sleep(Math.min(waitMs, request.timeoutMs), request.signal);
  if (request.signal?.aborted) return { kind: 'lost', reason: 'aborted' };
  if (waitMs >= request.timeoutMs) return { kind: 'lost', reason: `no whole answer within ${request.timeoutMs} ms` };
  if (delivery.kind === 'reset' || delivery.kind === 'silence') return { kind: 'lost', reason: 'connection reset' };
  if (delivery.kind === 'cut') return { kind: 'lost', reason: 'the body was cut' };
  return whole(delivery.reply, request.maxBodyBytes);
}

/** Milliseconds until the last byte; a silence outlasts every client. */
function lateness(delivery: Exclude<ReturnType<EmulatedWorld['deliver']>, { kind: 'refused' }>): number {
  if (delivery.kind === 'whole') return delivery.delayMs;
  if (delivery.kind === 'drip') return Buffer.byteLength(delivery.reply.body) * delivery.msPerByte;
  return delivery.kind === 'silence' ? Number.POSITIVE_INFINITY : 0;
}

function whole(reply: EmulatedReply, maxBodyBytes: number): HttpReply {
  if (isLonger(reply.body, maxBodyBytes)) return { kind: 'lost', reason: `a body of more than ${maxBodyBytes} bytes` };
  return { kind: 'reply', status: reply.status, headers: reply.headers, body: reply.body };
}

/** Most bodies are so short, or so long, that their letters need no counting in bytes: no letter has more than three. */
function isLonger(text: string, bytes: number): boolean {
  return text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes);
}
