import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import type { Http, HttpReply, HttpRequest } from '../ports.ts';

/** Sockets to one host, shared by all accounts: enough to hide latency, few enough for TLS handshakes and vendors' patience. */
const SOCKETS_PER_HOST = 16;

/** What people read for Node's codes; the others are shown as they are. */
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'its name was not found',
  EAI_AGAIN: 'its name could not be looked up',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no way to it',
  ETIMEDOUT: 'it did not answer in time',
  ABORT_ERR: 'interrupted',
  ERR_INVALID_CHAR: 'the request cannot be sent as it is',
};

type Transport = typeof import('node:http') | typeof import('node:https');
type Protocol = 'http:' | 'https:';

interface Line {
  readonly transport: Transport;
  /** Connections that are kept between requests. */
  readonly kept: Agent;
  readonly fresh: Agent;
}

/**
 * The real network: one request, one answer. Node's own client follows no redirect, asks for no compression, repeats nothing and ends
 * with an error on a short body. TLS is loaded for the first https address.
 */
export function createHttpClient(maxBodyBytes: number): Http {
  const lines = new Map<Protocol, Promise<Line>>();
  const lineFor = (protocol: Protocol): Promise<Line> => {
    const known = lines.get(protocol);
    if (known !== undefined) return known;
    const opened = openLine(protocol);
    lines.set(protocol, opened);
    return opened;
  };
  return {
    send: async (outgoing) => send(await lineFor(outgoing.url.startsWith('https:') ? 'https:' : 'http:'), outgoing, maxBodyBytes),
    close: async () => {
      for (const line of lines.values()) {
        const { kept, fresh } = await line;
        kept.destroy();
        fresh.destroy();
      }
    },
  };
}

async function openLine(protocol: Protocol): Promise<Line> {
  const transport = protocol === 'https:' ? await import('node:https') : await import('node:http');
  const openAgent = (keepAlive: boolean) => new transport.Agent({ keepAlive, maxSockets: SOCKETS_PER_HOST });
  return { transport, kept: openAgent(true), fresh: openAgent(false) };
}

async function send({ transport, kept, fresh }: Line, outgoing: HttpRequest, maxBodyBytes: number): Promise<HttpReply> {
  const { method, headers, body, timeoutMs } = outgoing;
  if (outgoing.signal?.aborted) return { kind: 'unsent', reason: 'aborted' };
  // One deadline covers the whole exchange: an idle timer is never tripped by a body that drips.
  const deadline = AbortSignal.timeout(timeoutMs);
  const signal = outgoing.signal === undefined ? deadline : AbortSignal.any([deadline, outgoing.signal]);
  // A kept connection may be closed from the other side just as a request goes out, and nobody knows whether that one arrived. A read is
  // sent again; what changes something would have to wait until a read decides, so it goes out on a connection of its own.
  const agent = method === 'GET' ? kept : fresh;
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  let left = () => false;
  try {
    const request = transport.request(outgoing.url, { method, headers: { ...headers, ...length }, agent, signal });
    left = watchLeaving(request);
    const answer = new Promise<IncomingMessage>((resolve, reject) => request.on('response', resolve).on('error', reject));
    request.end(body);
    const reply = await answer;
    const text = await readBody(reply, Math.min(maxBodyBytes, outgoing.maxBodyBytes));
    if (text === null) return { kind: 'lost', reason: 'the body is larger than allowed' };
    return { kind: 'reply', status: reply.statusCode ?? 0, headers: flatten(reply.headers), body: text };
  } catch (error) {
    const code = errorCode(error);
    const reason = deadline.aborted ? 'no whole answer in time' : (WORDS[code] ?? code);
    return { kind: left() ? 'lost' : 'unsent', reason };
  }
}

/**
 * Whether a byte of the request may have left. Nothing leaves before the connection stands (with TLS: before the other side has proved
 * who it is), so a failure before that cannot have done anything.
 */
function watchLeaving(request: ClientRequest): () => boolean {
  let left = false;
  const leave = () => {
    left = true;
  };
  request.on('socket', (socket) => {
    if (!socket.connecting) leave();
    else socket.once('encrypted' in socket ? 'secureConnect' : 'connect', leave);
  });
  return () => left;
}

/** The whole body as text; null as soon as it is larger than allowed. */
async function readBody(reply: IncomingMessage, maxBytes: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop closes the connection.
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function flatten(headers: IncomingMessage['headers']): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'the connection broke';
}
