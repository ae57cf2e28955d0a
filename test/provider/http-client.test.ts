import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { TelnyxFault } from '../../src/emulator/parse-telnyx-fault.ts';
import { type RunningTelnyx, startTelnyx } from '../../src/emulator/start-telnyx.ts';
import type { Http, HttpRequest } from '../../src/ports.ts';
import { createHttpClient } from '../../src/provider/http-client.ts';
import { ACCOUNT, createJumpingClock, createSeededRandom, KEY, manyUsers } from '../support/provider-world.ts';

const MAX_BYTES = 64 * 1024;
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function openHttp(maxBytes = MAX_BYTES): Http {
  const http = createHttpClient(maxBytes);
  closing.push(() => http.close());
  return http;
}

async function openVendor(...faults: TelnyxFault[]): Promise<RunningTelnyx> {
  const account = { name: ACCOUNT, key: KEY, owner: 'root@acme.example', users: manyUsers(3) };
  // A clock that never ends a wait: a silence or a delay lasts until the client gives up.
  const clock = { ...createJumpingClock(), sleep: () => new Promise<void>(() => {}) };
  const running = await startTelnyx({ clock, random: createSeededRandom(), seed: { accounts: [account] } });
  for (const fault of faults) running.world.faults.add(fault);
  closing.push(() => running.stop());
  return running;
}

/** A bare socket that answers each connection with these bytes, for what no well-behaved server would send. */
async function openRaw(bytes: string | Buffer, then: (socket: Socket) => void = (socket) => socket.end()): Promise<string> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(bytes, () => then(socket)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url, headers: { authorization: `Bearer ${KEY}` }, timeoutMs: 20_000, maxBodyBytes: MAX_BYTES, ...more };
}

describe('over real sockets', () => {
  test('a whole answer comes with its status, its headers in lower case and its body', async () => {
    const { origin } = await openVendor();
    const reply = await openHttp().send(get(`${origin}/v2/sub_users`));
    expect(reply).toMatchObject({ kind: 'reply', status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } });
  });

  test('a redirect is an answer like another: nobody goes where it leads', async () => {
    const other = await openVendor();
    const { origin, world } = await openVendor({ kind: 'redirect', location: `${other.origin}/v2/sub_users`, times: 'always' });
    for (const method of ['GET', 'POST'] as const) {
      expect(await openHttp().send(get(`${origin}/v2/sub_users`, { method }))).toMatchObject({ kind: 'reply', status: 307 });
    }
    expect(world.requests).toHaveLength(2);
    expect(other.world.requests).toHaveLength(0);
  });

  test.each(['cut_body', 'reset_before', 'reset_after'] as const)('%s: lost, since it may have arrived', async (kind) => {
    const { origin, world } = await openVendor({ kind, times: 'always' });
    expect((await openHttp().send(get(`${origin}/v2/sub_users`))).kind).toBe('lost');
    expect(world.requests).toHaveLength(1);
  });

  test.each(['timeout', 'drip', 'delay'] as const)('%s: lost when the time for the whole exchange is over', async (kind) => {
    const fault = kind === 'delay' ? { kind, ms: 60_000 } : { kind };
    const { origin } = await openVendor(fault);
    expect(await openHttp().send(get(`${origin}/v2/sub_users`, { timeoutMs: 100 }))).toMatchObject({
      kind: 'lost',
      reason: 'no whole answer in time',
    });
  });

  test('a request that is called off in flight is lost, and one that was never begun is unsent', async () => {
    const { origin, world } = await openVendor({ kind: 'timeout' });
    const call = new AbortController();
    const flying = openHttp().send(get(`${origin}/v2/sub_users`, { signal: call.signal }));
    await expect.poll(() => world.requests.length).toBe(1);
    call.abort();
    expect((await flying).kind).toBe('lost');
    expect((await openHttp().send(get(`${origin}/v2/sub_users`, { signal: call.signal }))).kind).toBe('unsent');
    expect(world.requests).toHaveLength(1);
  });

  test('nobody listening, and a name that no one has: unsent, so that trying again is safe', async () => {
    const { origin, stop } = await openVendor();
    await stop();
    expect((await openHttp().send(get(`${origin}/v2/sub_users`, { method: 'POST', body: '{}' }))).kind).toBe('unsent');
    expect((await openHttp().send(get('http://nobody.invalid/'))).kind).toBe('unsent');
  });

  test('more than the allowed bytes are lost: by their announcement, by their number, and by the request’s own limit', async () => {
    const { origin } = await openVendor({ kind: 'oversized', bytes: MAX_BYTES + 1, times: 'always' });
    expect((await openHttp().send(get(`${origin}/v2/sub_users`))).kind).toBe('lost');
    const endless = await openRaw(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${'x'.repeat(2 * MAX_BYTES)}`);
    expect((await openHttp().send(get(endless))).kind).toBe('lost');
    const small = await openVendor();
    expect((await openHttp().send(get(`${small.origin}/v2/sub_users`, { maxBodyBytes: 10 }))).kind).toBe('lost');
  });

  test('a body shorter than announced is lost', async () => {
    const origin = await openRaw('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"data":[]}');
    expect((await openHttp().send(get(origin))).kind).toBe('lost');
  });

  test.each(['', 'HTTP/1.1 200', 'SSH-2.0-OpenSSH_9.2\r\n', 'HTTP/1.1 200 OK\r\nx: \u0000\r\n\r\n'])(
    'an answer that is no HTTP (%j) is lost',
    async (bytes) => {
      const origin = bytes === '' ? await openRaw(' ', (socket) => socket.destroy()) : await openRaw(bytes);
      expect((await openHttp().send(get(origin))).kind).toBe('lost');
    },
  );

  test('a compressed body is not asked for and not unpacked', async () => {
    const origin = await openRaw('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\nabc');
    expect(await openHttp().send(get(origin))).toMatchObject({ kind: 'reply', body: 'abc' });
  });

  test('no failure names the key, not even a header that cannot be sent', async () => {
    const bad = get('http://127.0.0.1:1/', { headers: { authorization: `Bearer ${KEY}\r\nx: y` } });
    for (const request of [bad, get('http://127.0.0.1:1/'), get('nonsense'), get('ftp://127.0.0.1/')]) {
      const reply = await openHttp().send(request);
      expect(reply.kind).not.toBe('reply');
      expect(JSON.stringify(reply)).not.toContain(KEY);
    }
  });
});
