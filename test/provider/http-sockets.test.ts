import { createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Http, HttpRequest } from '../../src/ports.ts';
import { createHttpClient } from '../../src/provider/http-client.ts';
import { KEY } from '../support/provider-world.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function openHttp(maxBytes = 1_000): Http {
  const http = createHttpClient(maxBytes);
  closing.unshift(() => http.close());
  return http;
}

interface RawServer {
  readonly port: number;
  /** Each connection's bytes so far. */
  readonly heard: readonly Buffer[];
  readonly open: () => number;
}

/** A server of bare sockets: what it does with the request that has this number on its connection and on this server. */
async function listen(answer: (socket: Socket, onConnection: number, inAll: number) => void): Promise<RawServer> {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  let inAll = 0;
  const server = createServer((socket) => {
    const place = heard.push(Buffer.alloc(0)) - 1;
    let onConnection = 0;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      heard[place] = Buffer.concat([heard[place] ?? Buffer.alloc(0), bytes]);
      onConnection += 1;
      inAll += 1;
      answer(socket, onConnection, inAll);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, heard, open: () => sockets.size };
}

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}';
const answerOk = (socket: Socket) => void socket.write(OK);

function ask(port: number, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'GET', url: `http://127.0.0.1:${port}/v2`, headers: {}, timeoutMs: 20_000, maxBodyBytes: 1_000, ...more };
}

describe('connections', () => {
  test('are kept between reads, while each write has its own, and closing the client closes all', async () => {
    const server = await listen(answerOk);
    const http = openHttp();
    for (const method of ['GET', 'GET', 'POST', 'PATCH', 'GET'] as const) {
      expect(await http.send(ask(server.port, { method }))).toMatchObject({ kind: 'reply', status: 200, body: '{}' });
    }
    expect(
      server.heard.map((bytes) =>
        bytes
          .toString()
          .match(/^[A-Z]+ /gm)
          ?.join(''),
      ),
    ).toEqual(['GET GET GET ', 'POST ', 'PATCH ']);
    await http.close();
    await expect.poll(server.open).toBe(0);
  });

  test('that were kept and break under a read leave it lost, since it may have arrived', async () => {
    const server = await listen((socket, onConnection) => (onConnection === 1 ? answerOk(socket) : socket.destroy()));
    const http = openHttp();
    await http.send(ask(server.port));
    expect(await http.send(ask(server.port))).toEqual({ kind: 'lost', reason: 'the connection was reset' });
    expect(server.heard).toHaveLength(1);
  });

  test('of https prove who is there before anything is sent: where that fails, the request is unsent', async () => {
    const server = await listen((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const reply = await openHttp().send(
      ask(server.port, { url: `https://127.0.0.1:${server.port}/secret-path`, method: 'POST', body: '{}' }),
    );
    expect(reply.kind).toBe('unsent');
    // The first byte of a TLS handshake.
    expect(server.heard[0]?.[0]).toBe(0x16);
    expect(server.heard[0]?.includes('secret-path')).toBe(false);
  });

  test('are not even tried for what was called off before', async () => {
    const server = await listen(answerOk);
    expect(await openHttp().send(ask(server.port, { signal: AbortSignal.abort() }))).toEqual({ kind: 'unsent', reason: 'aborted' });
    expect(server.heard).toEqual([]);
  });
});

describe('what goes out and comes in', () => {
  test.each(['POST', 'PATCH', 'DELETE'] as const)('a %s with a body says how many bytes it has', async (method) => {
    const server = await listen(answerOk);
    await openHttp().send(ask(server.port, { method, body: 'é', headers: { 'x-own': 'yes' } }));
    const said = server.heard[0]?.toString() ?? '';
    expect(said).toMatch(/^content-length: 2\r$/im);
    expect(said).toMatch(/^x-own: yes\r$/im);
    expect(said.endsWith('\r\n\r\né')).toBe(true);
  });

  test('a header that comes twice is one with a comma', async () => {
    const server = await listen((socket) => void socket.write(OK.replace('\r\n', '\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n')));
    expect(await openHttp().send(ask(server.port))).toMatchObject({ headers: { 'set-cookie': 'a=1, b=2', 'content-length': '2' } });
  });

  test.each([
    ['the client', 5, 1_000],
    ['the request', 1_000, 5],
  ])('a body as large as %s allows is read, and one byte more is lost', async (_whose, ofClient, ofRequest) => {
    for (const [body, kind] of [
      ['12345', 'reply'],
      ['123456', 'lost'],
    ]) {
      const server = await listen((socket) => void socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body?.length}\r\n\r\n${body}`));
      expect((await openHttp(ofClient).send(ask(server.port, { maxBodyBytes: ofRequest }))).kind).toBe(kind);
    }
  });
});

test('a body without an end is left as soon as it is too large, and its connection closed', async () => {
  const server = await listen((socket) => void socket.write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(2_000)}`));
  expect(await openHttp().send(ask(server.port))).toEqual({ kind: 'lost', reason: 'the body is larger than allowed' });
  await expect.poll(server.open).toBe(0);
});

describe('why there is no answer, in words', () => {
  test('nobody listens, the connection breaks, the run is interrupted, or the vendor is silent', async () => {
    const silent = await listen(() => {});
    const breaking = await listen((socket) => socket.destroy());
    const call = new AbortController();
    const called = await listen(() => call.abort());
    expect(await openHttp().send(ask(1))).toEqual({ kind: 'unsent', reason: 'the connection was refused' });
    expect(await openHttp().send(ask(breaking.port))).toEqual({ kind: 'lost', reason: 'the connection was reset' });
    expect(await openHttp().send(ask(called.port, { signal: call.signal }))).toEqual({ kind: 'lost', reason: 'interrupted' });
    expect(await openHttp().send(ask(silent.port, { timeoutMs: 30 }))).toEqual({ kind: 'lost', reason: 'no whole answer in time' });
  });

  test('what cannot be sent is unsent, with the code where there are no words', async () => {
    const http = openHttp();
    const headers = { authorization: 'Bearer x\r\ny: z' };
    expect(await http.send(ask(1, { headers }))).toEqual({ kind: 'unsent', reason: 'the request cannot be sent as it is' });
    expect(await http.send(ask(1, { url: 'nonsense' }))).toEqual({ kind: 'unsent', reason: 'ERR_INVALID_URL' });
  });

  test.each([new Error(KEY), KEY, null, { code: KEY }])('a failure that has no code is told without its own words', async (thrown) => {
    const headers = {
      get authorization(): string {
        throw thrown;
      },
    };
    expect(await openHttp().send(ask(1, { headers }))).toEqual({ kind: 'unsent', reason: 'the connection broke' });
  });
});
