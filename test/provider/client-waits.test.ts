import { describe, expect, test } from 'vitest';
import type { Http, HttpReply } from '../../src/ports.ts';
import type { Credential } from '../../src/provider/credential.ts';
import { createVendorClient, type VendorClientOptions } from '../../src/provider/vendor-client.ts';
import { answerWith, createJumpingClock, jsonAnswer, KEY, RUN_MS, START_MS } from '../support/provider-world.ts';

const HALF_DAY_S = 43_200;
const ok = jsonAnswer(200, { data: 1 });
const limited = jsonAnswer(429, {});
const limitedFor = (seconds: number) => jsonAnswer(429, {}, { 'retry-after': String(seconds) });
const lost = { kind: 'lost' as const, reason: 'x' };

/** A client that always waits as long as it may. */
function open(http: Http, more: Partial<VendorClientOptions> = {}, credential: Credential = { kind: 'bearer', key: KEY }) {
  const clock = createJumpingClock();
  const never = new AbortController().signal;
  const client = createVendorClient({
    http,
    clock,
    random: () => 0.999_999,
    origin: 'https://api.acme.example',
    credential,
    deadlineAt: clock.now() + RUN_MS,
    interrupted: never,
    graceOver: never,
    ...more,
  });
  return { client, clock };
}
const inTurn = (...replies: readonly HttpReply[]) => answerWith((_request, number) => replies[number - 1] ?? ok);

describe('what a vendor wants to hear no more of for a while', () => {
  test.each(['GET', 'PATCH', 'DELETE', 'POST'] as const)(
    '%s: the same request is not sent before its time, and then it is',
    async (method) => {
      const http = inTurn(limitedFor(HALF_DAY_S));
      const { client, clock } = open(http);
      const send = (path: string) => (method === 'GET' ? client.get(path) : client.write(method, path));
      const told = { kind: 'limited', notBeforeMs: START_MS + HALF_DAY_S * 1_000, message: 'the vendor answered 429' };
      expect(await send('/x')).toEqual(told);
      clock.advance(HALF_DAY_S * 1_000 - 1);
      expect(await send('/x')).toEqual(told);
      expect(http.sent).toHaveLength(1);
      expect(client.requests()).toBe(1);
      expect(clock.sleeps).toEqual([]);
      expect((await send('/y')).kind).toBe('ok');
      clock.advance(1);
      expect((await send('/x')).kind).toBe('ok');
      expect(http.sent.map(({ url }) => url.slice(-2))).toEqual(['/x', '/y', '/x']);
    },
  );

  test('nor is it looked at before its time for what nothing depends on', async () => {
    const http = inTurn(limitedFor(HALF_DAY_S));
    const { client, clock } = open(http);
    await client.get('/x');
    expect((await client.peek('/x', clock.now() + 10_000)).kind).toBe('limited');
    expect(http.sent).toHaveLength(1);
  });

  test('its words do not close the way for another method', async () => {
    const http = inTurn(limitedFor(HALF_DAY_S));
    const { client } = open(http);
    await client.get('/x');
    expect((await client.write('PATCH', '/x', {})).kind).toBe('ok');
  });

  test('what was lost may be sent again, and is told as it came', async () => {
    const http = inTurn(lost);
    const { client } = open(http);
    expect(await client.write('PATCH', '/x', {})).toEqual({ kind: 'lost', message: 'x' });
    expect((await client.write('PATCH', '/x', {})).kind).toBe('ok');
    expect(http.sent).toHaveLength(2);
  });
});

describe('how long is waited', () => {
  test('our own waits double with every try of a read, whether it was limited or lost', async () => {
    const { client, clock } = open(inTurn(limited, lost, limited, limited));
    expect((await client.get('/x')).kind).toBe('ok');
    expect(clock.sleeps).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  test('so do those of what nothing depends on, and of a change', async () => {
    const peeking = open(inTurn(limited, limited, limited));
    expect((await peeking.client.peek('/x', START_MS + 60_000)).kind).toBe('ok');
    expect(peeking.clock.sleeps).toEqual([1_000, 2_000, 4_000]);
    const writing = open(inTurn(limited, limited, limited));
    expect((await writing.client.write('DELETE', '/x')).kind).toBe('ok');
    expect(writing.clock.sleeps).toEqual([1_000, 2_000, 4_000]);
  });

  test('a wait that ends with the deadline is waited, and one that passes it is not', async () => {
    const just = open(inTurn(limitedFor(RUN_MS / 1_000)));
    expect((await just.client.get('/x')).kind).toBe('ok');
    const beyond = open(inTurn(limitedFor(RUN_MS / 1_000 + 1)));
    expect((await beyond.client.get('/x')).kind).toBe('limited');
    expect(beyond.clock.sleeps).toEqual([]);
  });

  test('a count that comes with another answer than a 429 is no wait', async () => {
    const { client, clock } = open(inTurn(jsonAnswer(503, {}, { 'x-ratelimit-reset': '52' })));
    await client.get('/x');
    expect(clock.sleeps).toEqual([1_000]);
  });

  test('a vendor that is busy says itself when to come back', async () => {
    const { client, clock } = open(inTurn(jsonAnswer(503, {}, { 'retry-after': '52' })));
    await client.get('/x');
    expect(clock.sleeps).toEqual([52_000]);
  });
});

describe('how often a read is sent', () => {
  test.each([
    ['two losses and a limit', [lost, lost, limited], 4],
    ['three limits and two losses', [limited, limited, limited, lost, lost], 6],
  ])('%s leave it its third try', async (_what, replies, times) => {
    const http = inTurn(...replies);
    expect((await open(http).client.get('/x')).kind).toBe('ok');
    expect(http.sent).toHaveLength(times);
  });

  test('a third loss is the last, whatever limits came between', async () => {
    const http = inTurn(lost, limited, lost, limited, lost);
    expect((await open(http).client.get('/x')).kind).toBe('lost');
    expect(http.sent).toHaveLength(5);
  });
});

describe('how often a write is sent', () => {
  test.each(['PATCH', 'DELETE'] as const)('a %s that was rate limited did nothing and is sent again', async (method) => {
    const http = inTurn(limitedFor(5));
    const { client, clock } = open(http);
    expect((await client.write(method, '/x')).kind).toBe('ok');
    expect(http.sent).toHaveLength(2);
    expect(clock.sleeps).toEqual([5_000]);
  });

  test('a POST that was rate limited is not', async () => {
    const http = inTurn(limitedFor(5));
    const { client, clock } = open(http);
    expect(await client.write('POST', '/x', {})).toMatchObject({ kind: 'limited', notBeforeMs: START_MS + 5_000 });
    expect(http.sent).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });
});

describe('what a request carries', () => {
  test('nothing of a body where there is none', async () => {
    const http = inTurn();
    const { client, clock } = open(http);
    await client.get('/x');
    await client.peek('/y', clock.now() + 1_000);
    await client.write('DELETE', '/z');
    for (const { headers } of http.sent) {
      expect(headers).toEqual({ accept: 'application/json', authorization: `Bearer ${KEY}`, 'user-agent': 'rollcall' });
    }
    expect(http.sent.map((request) => `${request.method} ${request.url} ${'body' in request}`)).toEqual([
      'GET https://api.acme.example/x false',
      'GET https://api.acme.example/y false',
      'DELETE https://api.acme.example/z false',
    ]);
  });

  test('what nothing depends on has the time that is left, at least a millisecond and at most that of any request', async () => {
    const http = inTurn();
    const { client, clock } = open(http);
    for (const leftMs of [60_000, 20_000, 19_999, 1, 0, -5]) await client.peek('/x', clock.now() + leftMs);
    expect(http.sent.map(({ timeoutMs }) => timeoutMs)).toEqual([20_000, 20_000, 19_999, 1, 1, 1]);
  });
});

describe('what an answer means', () => {
  test.each([
    [199, 'lost'],
    [200, 'ok'],
    [299, 'ok'],
    [300, 'lost'],
    [399, 'lost'],
    [400, 'refused'],
    [499, 'refused'],
    [500, 'lost'],
  ])('%i with JSON is %s', async (status, kind) => {
    expect((await open(inTurn(jsonAnswer(status, {}))).client.write('PATCH', '/x', {})).kind).toBe(kind);
  });

  test('the code of the vendor counts for nothing from 500 on', async () => {
    const judge = () => 'limited' as const;
    for (const [status, kind] of [
      [499, 'limited'],
      [500, 'lost'],
    ] as const) {
      expect((await open(inTurn(jsonAnswer(status, { code: '2' })), { judge }).client.write('POST', '/x', {})).kind).toBe(kind);
    }
  });

  test.each(['', '\uFEFF'])('a byte order mark in front is no part of it, one inside is', async (front) => {
    const { client } = open(inTurn(jsonAnswer(200, `${front}{"a":"\uFEFFb"}`)));
    expect(await client.get('/x')).toEqual({ kind: 'ok', status: 200, json: { a: '\uFEFFb' } });
  });

  test('an answer without a content type is no JSON', async () => {
    const { client } = open(inTurn({ kind: 'reply', status: 200, headers: {}, body: '{}' }));
    expect(await client.write('PATCH', '/x', {})).toEqual({ kind: 'lost', message: 'the answer (200) was not JSON' });
  });

  test('no content is an answer without a document', async () => {
    const { client } = open(inTurn({ kind: 'reply', status: 204, headers: {}, body: '' }));
    expect(await client.write('DELETE', '/x')).toEqual({ kind: 'ok', status: 204, json: null });
  });
});

describe('a clock that is not the vendor’s', () => {
  const date = new Date(START_MS - 600_000).toUTCString();
  const off = jsonAnswer(200, { data: 1 }, { date });

  test('no read is believed, and each try is one', async () => {
    const http = answerWith(() => off);
    expect(await open(http).client.get('/x')).toEqual({
      kind: 'lost',
      message: "this machine's clock is 10 minutes ahead of the vendor's, so nothing is judged by it. Set it by NTP",
    });
    expect(http.sent).toHaveLength(3);
  });

  test('a change that was made is made', async () => {
    expect(await open(inTurn(off)).client.write('PATCH', '/x', {})).toEqual({ kind: 'ok', status: 200, json: { data: 1 } });
  });

  test.each([
    [429, 'limited'],
    [422, 'refused'],
    [404, 'absent'],
    [403, 'credentials'],
  ])('a %i stays what it is: %s', async (status, kind) => {
    const http = answerWith(() => jsonAnswer(status, {}, { date, 'retry-after': String(HALF_DAY_S) }));
    expect((await open(http).client.get('/x')).kind).toBe(kind);
  });
});

describe('a token of its own', () => {
  function countingDrops() {
    let drops = 0;
    const credential: Credential = {
      kind: 'oauth',
      token: async () => ({ kind: 'token', token: 'token-one' }),
      drop: () => {
        drops += 1;
        return true;
      },
      secrets: () => [KEY],
    };
    return { credential, drops: () => drops };
  }

  test.each([
    ['forbidden', jsonAnswer(403, {}), 'credentials'],
    ['refused', jsonAnswer(422, {}), 'refused'],
    ['absent', jsonAnswer(404, {}), 'absent'],
    ['answered', ok, 'ok'],
  ])('is kept where a read is %s', async (_what, reply, kind) => {
    const { credential, drops } = countingDrops();
    const http = answerWith(() => reply);
    expect((await open(http, {}, credential).client.get('/x')).kind).toBe(kind);
    expect(http.sent).toHaveLength(1);
    expect(drops()).toBe(0);
  });

  test('is kept where the vendor’s own code says that it is not the token', async () => {
    const { credential, drops } = countingDrops();
    const http = answerWith(() => jsonAnswer(401, {}));
    expect((await open(http, { judge: () => 'refused' }, credential).client.get('/x')).kind).toBe('refused');
    expect(drops()).toBe(0);
  });

  test('is asked for no more where it was put off with its time told', async () => {
    const notBeforeMs = START_MS + 5_000;
    const http = inTurn();
    const credential: Credential = {
      kind: 'oauth',
      token: async () => ({ kind: 'limited', notBeforeMs, message: 'later' }),
      drop: () => false,
      secrets: () => [],
    };
    const { client, clock } = open(http, {}, credential);
    const told = { kind: 'limited', notBeforeMs, message: 'later' };
    expect([await client.get('/x'), await client.peek('/x', START_MS + 60_000), await client.write('PATCH', '/x')]).toEqual([
      told,
      told,
      told,
    ]);
    expect(clock.sleeps).toEqual([]);
    expect(http.sent).toEqual([]);
  });
});

test('a secret in what a vendor answers well is taken out of it', async () => {
  const { client } = open(inTurn(jsonAnswer(200, { data: [{ name: `my ${KEY}` }] })));
  const answer = await client.get('/x');
  expect(answer.kind).toBe('ok');
  expect(JSON.stringify(answer)).not.toContain('canary');
});
