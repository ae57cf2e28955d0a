import { Agent, request } from 'undici';
import type { Http, HttpReply, HttpRequest } from '../ports.ts';

/** Sockets to one host, shared by all accounts: enough to hide latency, few enough for TLS handshakes and vendors' patience. */
const CONNECTIONS_PER_ORIGIN = 16;
const CONNECT_TIMEOUT_MS = 10_000;

/** Failures that end before a byte of the request has left: trying again cannot do anything twice. */
const UNSENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  // The other side is not who it should be: the handshake ends before the request.
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/**
 * The real network: one request, one answer. `request()` of undici follows no redirect, asks for no compression and fails on
 * a short body; its retries are not used, because they would repeat a DELETE and shorten a vendor's Retry-After.
 */
export function createHttpClient(maxBodyBytes: number): Http {
  const agent = new Agent({
    connections: CONNECTIONS_PER_ORIGIN,
    connect: { timeout: CONNECT_TIMEOUT_MS },
    maxResponseSize: maxBodyBytes,
    pipelining: 1,
  });
  return {
    send: (outgoing) => send(agent, outgoing),
    close: () => agent.destroy(),
  };
}

async function send(agent: Agent, outgoing: HttpRequest): Promise<HttpReply> {
  if (outgoing.signal?.aborted) return { kind: 'unsent', reason: 'aborted' };
  // bodyTimeout of undici is an idle timer that a dripping body never trips, so one deadline covers the whole exchange.
  const deadline = AbortSignal.timeout(outgoing.timeoutMs);
  const signal = outgoing.signal === undefined ? deadline : AbortSignal.any([deadline, outgoing.signal]);
  try {
    const reply = await request(outgoing.url, {
      dispatcher: agent,
      method: outgoing.method,
      headers: outgoing.headers,
      ...(outgoing.body === undefined ? {} : { body: outgoing.body }),
      signal,
    });
    const body = await reply.body.text();
    if (Buffer.byteLength(body) > outgoing.maxBodyBytes)
      return { kind: 'lost', reason: `a body of more than ${outgoing.maxBodyBytes} bytes` };
    return { kind: 'reply', status: reply.statusCode, headers: flatten(reply.headers), body };
  } catch (error) {
    return failureOf(error, deadline.aborted);
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function failureOf(error: unknown, timedOut: boolean): HttpReply {
  const code = errorCode(error);
  if (UNSENT.has(code)) return { kind: 'unsent', reason: code };
  if (timedOut) return { kind: 'lost', reason: 'no whole answer in time' };
  return { kind: 'lost', reason: code === '' ? 'the connection broke' : code };
}

function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // Node tries several addresses of one name and reports them together.
  if (code === '' && error instanceof AggregateError) return errorCode(error.errors[0]);
  if (code === '' && error.cause !== undefined) return errorCode(error.cause);
  return code;
}
