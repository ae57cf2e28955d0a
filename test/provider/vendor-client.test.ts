import { describe, expect, test } from 'vitest';
import type { Http } from '../../src/ports.ts';
import type { Credential, Token } from '../../src/provider/credential.ts';
import { type Answer, createVendorClient, MAX_BODY_BYTES, type VendorClient } from '../../src/provider/vendor-client.ts';
import { answerWith, createJumpingClock, createSeededRandom, jsonAnswer, KEY, RUN_MS } from '../support/provider-world.ts';

/** The forms in which a key is met: as it is, base64 with and without padding, URL-safe base64, URL-escaped, JSON-escaped, hex. */
const BYTES = Buffer.from(KEY, 'utf8');
const FORMS: readonly string[] = [
  KEY,
  BYTES.toString('base64'),
  BYTES.toString('base64url'),
  encodeURIComponent(KEY),
  JSON.stringify(KEY).slice(1, -1),
  BYTES.toString('hex'),
];

function open(http: Http, interrupted = new AbortController().signal, graceOver = new AbortController().signal) {
  const clock = createJumpingClock();
  const client = createVendorClient({
    http,
    clock,
    random: createSeededRandom(),
    origin: 'https://api.telnyx.com',
    bearer: KEY,
    deadlineAt: clock.now() + RUN_MS,
    interrupted,
    graceOver,
  });
  return { client, clock };
}

const METHODS: Record<string, (client: VendorClient) => Promise<Answer>> = {
  GET: (client) => client.get('/v2/x'),
  POST: (client) => client.write('POST', '/v2/x', { a: 1 }),
  PATCH: (client) => client.write('PATCH', '/v2/x', { a: 1 }),
  DELETE: (client) => client.write('DELETE', '/v2/x'),
};

describe('what an answer means', () => {
  test.each([
    ['200 with JSON', jsonAnswer(200, { data: [] }), 'ok'],
    ['204', { kind: 'reply' as const, status: 204, headers: {}, body: '' }, 'ok'],
    ['400', jsonAnswer(400, {}), 'refused'],
    ['401', jsonAnswer(401, {}), 'credentials'],
    ['403', jsonAnswer(403, {}), 'credentials'],
    ['404', jsonAnswer(404, {}), 'absent'],
    ['422', jsonAnswer(422, {}), 'refused'],
    ['429', jsonAnswer(429, {}), 'limited'],
    ['408', jsonAnswer(408, {}), 'lost'],
    ['301', jsonAnswer(301, {}, { location: 'https://vendor.example/' }), 'lost'],
    ['500', jsonAnswer(500, {}), 'lost'],
    ['599', jsonAnswer(599, {}), 'lost'],
    ['200 with a web page', { kind: 'reply' as const, status: 200, headers: { 'content-type': 'text/html' }, body: '{}' }, 'lost'],
    ['200 with half of a JSON', jsonAnswer(200, '{"data":'), 'lost'],
    ['a reset', { kind: 'lost' as const, reason: 'reset' }, 'lost'],
    ['no connection', { kind: 'unsent' as const, reason: 'refused' }, 'unsent'],
  ])('%s', async (_what, reply, kind) => {
    expect((await open(answerWith(() => reply)).client.write('POST', '/v2/x', {})).kind).toBe(kind);
  });

  test("a vendor's error is told in its own words, on one line, made visible and cut", async () => {
    const detail = `No.\n::set-output name=x::y${'z'.repeat(500)}`;
    const answer = await open(answerWith(() => jsonAnswer(422, { errors: [{ code: '10012', title: 'Duplicate', detail }] }))).client.get(
      '/v2/x',
    );
    if (answer.kind !== 'refused') throw new Error(answer.kind);
    expect(answer.code).toBe('10012');
    expect(answer.message).toContain('the vendor answered 422: Duplicate - No.');
    expect(answer.message).not.toMatch(/\n|::/);
    expect(answer.message.length).toBeLessThan(300);
  });

  test.each(['', '[]', '{"errors":{}}', '{"errors":[null]}', '{"errors":[{"code":7,"title":{},"detail":[]}]}'])(
    'an error body of another shape (%s) is no reason to fall over',
    async (body) => {
      expect(await open(answerWith(() => jsonAnswer(422, body))).client.get('/v2/x')).toMatchObject({ message: 'the vendor answered 422' });
    },
  );
});

describe('how often a request is sent', () => {
  test.each([
    ['GET', 'lost', 3],
    ['GET', 'unsent', 3],
    ['POST', 'lost', 1],
    ['POST', 'unsent', 3],
    ['PATCH', 'lost', 1],
    ['PATCH', 'unsent', 3],
    ['DELETE', 'lost', 1],
    ['DELETE', 'unsent', 3],
  ] as const)('%s, always %s: %i times', async (method, kind, times) => {
    const http = answerWith(() => ({ kind, reason: 'x' }));
    const { client } = open(http);
    expect((await METHODS[method]?.(client))?.kind).toBe(kind);
    expect(http.sent).toHaveLength(times);
    expect(client.requests()).toBe(times);
  });

  test.each(Object.keys(METHODS))('%s: a refused key is used once and never again', async (method) => {
    const http = answerWith(() => jsonAnswer(401, {}));
    const { client } = open(http);
    for (let turn = 0; turn < 3; turn += 1) expect((await METHODS[method]?.(client))?.kind).toBe('credentials');
    expect(http.sent).toHaveLength(1);
    expect(client.requests()).toBe(1);
  });

  test.each([
    ['lost', { kind: 'lost' as const, reason: 'x' }],
    ['unsent', { kind: 'unsent' as const, reason: 'x' }],
    ['refused', jsonAnswer(422, {})],
  ])('what nothing depends on is tried once when it is %s', async (kind, reply) => {
    const http = answerWith(() => reply);
    const { client, clock } = open(http);
    expect((await client.peek('/v2/x', clock.now() + 10_000)).kind).toBe(kind);
    expect(http.sent).toHaveLength(1);
    expect(http.sent[0]?.timeoutMs).toBe(10_000);
  });

  test.each([401, 403])('what nothing depends on may be refused (%i), and the key is used on for everything else', async (status) => {
    const http = answerWith((_request, number) => jsonAnswer(number === 1 ? status : 200, {}));
    const { client, clock } = open(http);
    expect((await client.peek('/v2/x', clock.now() + 10_000)).kind).toBe('credentials');
    expect((await client.get('/v2/y')).kind).toBe('ok');
  });

  test('what nothing depends on waits out a rate limit, as long as that ends in time', async () => {
    const http = answerWith((_request, number) => (number === 1 ? jsonAnswer(429, {}, { 'retry-after': '4' }) : jsonAnswer(200, {})));
    const { client, clock } = open(http);
    expect((await client.peek('/v2/x', clock.now() + 10_000)).kind).toBe('ok');
    expect(http.sent[1]?.timeoutMs).toBe(6_000);
    const late = open(answerWith(() => jsonAnswer(429, {}, { 'x-ratelimit-reset': '10' })));
    expect((await late.client.peek('/v2/x', late.clock.now() + 10_000)).kind).toBe('limited');
    expect(late.clock.sleeps).toEqual([]);
  });

  test('an interruption ends at once what nothing depends on', async () => {
    const interruption = new AbortController();
    const http = answerWith(() => jsonAnswer(429, {}));
    const { client, clock } = open(http, interruption.signal);
    interruption.abort();
    await client.peek('/v2/x', clock.now() + 10_000);
    expect(http.sent).toHaveLength(1);
    expect(http.sent[0]?.signal?.aborted).toBe(true);
  });

  test('rate limits do not use up the three tries of a read', async () => {
    const http = answerWith((_request, number) => (number <= 8 ? jsonAnswer(429, {}) : jsonAnswer(200, {})));
    expect((await open(http).client.get('/v2/x')).kind).toBe('ok');
    expect(http.sent).toHaveLength(9);
  });

  test('rate limits without an end are given up before the deadline, with the instant of the next try', async () => {
    const { client, clock } = open(answerWith(() => jsonAnswer(429, {})));
    const startMs = clock.now();
    const answer = await client.get('/v2/x');
    expect(answer.kind === 'limited' && answer.notBeforeMs).toBeGreaterThan(startMs + RUN_MS);
    expect(clock.now()).toBeLessThanOrEqual(startMs + RUN_MS);
  });

  test('after an interruption nothing is waited for, and what is sent is sent once', async () => {
    const interruption = new AbortController();
    interruption.abort();
    for (const method of Object.keys(METHODS)) {
      const http = answerWith(() => ({ kind: 'unsent', reason: 'x' }));
      const { client, clock } = open(http, interruption.signal);
      await METHODS[method]?.(client);
      expect(http.sent).toHaveLength(1);
      expect(clock.sleeps).toEqual([]);
    }
  });

  test('the request in flight ends with the grace after an interruption, not with the interruption', async () => {
    const grace = new AbortController();
    const http = answerWith(() => jsonAnswer(200, {}));
    await open(http, new AbortController().signal, grace.signal).client.get('/v2/x');
    expect(http.sent[0]?.signal).toBe(grace.signal);
  });
});

describe('what a request carries', () => {
  test('the key in one header, JSON, a limit of the body and of the time', async () => {
    const http = answerWith(() => jsonAnswer(200, {}));
    await open(http).client.write('PATCH', '/v2/x', { name: 'X' });
    expect(http.sent).toMatchObject([
      {
        url: 'https://api.telnyx.com/v2/x',
        method: 'PATCH',
        body: '{"name":"X"}',
        timeoutMs: 20_000,
        maxBodyBytes: MAX_BODY_BYTES,
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      },
    ]);
    const { authorization: _, ...rest } = http.sent[0]?.headers ?? {};
    expect(JSON.stringify([rest, http.sent[0]?.url, http.sent[0]?.body])).not.toContain(KEY);
  });
});

describe('the key stays inside', () => {
  test.each(FORMS)('a vendor that echoes it as %s in an error body is not repeated', async (form) => {
    for (const status of [400, 401, 403, 422, 429, 500]) {
      const echo = { errors: [{ code: form, title: `Bearer ${form}`, detail: `the key ${form} and ${form}` }] };
      const answer = await open(answerWith(() => jsonAnswer(status, echo, { 'retry-after': '7200' }))).client.get('/v2/x');
      for (const known of FORMS) expect(JSON.stringify(answer)).not.toContain(known);
      expect('message' in answer && answer.message).toContain('secret');
    }
  });

  test.each(FORMS)('a network error that quotes it as %s is not repeated', async (form) => {
    for (const kind of ['lost', 'unsent'] as const) {
      const answer = await open(answerWith(() => ({ kind, reason: `invalid header value "Bearer ${form}"` }))).client.get('/v2/x');
      for (const known of FORMS) expect(JSON.stringify(answer)).not.toContain(known);
    }
  });
});

describe('credentials of other kinds', () => {
  const SECRET = 'secret+/=canary';

  function openWith(credential: Credential, http: Http, judge?: (error: { readonly code: string }) => 'refused' | 'limited' | null) {
    const clock = createJumpingClock();
    const never = new AbortController().signal;
    return createVendorClient({
      http,
      clock,
      random: createSeededRandom(),
      origin: 'https://iam.twilio.com',
      credential,
      deadlineAt: clock.now() + RUN_MS,
      interrupted: never,
      graceOver: never,
      ...(judge === undefined ? {} : { judge }),
    });
  }

  function oauth(tokens: readonly Token[], dropped = true): Credential & { readonly asked: () => number } {
    let asked = 0;
    let at = 0;
    return {
      kind: 'oauth',
      token: async () => {
        asked += 1;
        return tokens[Math.min(at, tokens.length - 1)] ?? { kind: 'unsent', message: 'none' };
      },
      drop: () => {
        at += 1;
        return dropped;
      },
      secrets: () => [SECRET],
      asked: () => asked,
    };
  }

  const TOKENS: readonly Token[] = [
    { kind: 'token', token: 'token-one' },
    { kind: 'token', token: 'token-two' },
  ];

  test('a user and a password in the basic scheme, of which neither form is repeated', async () => {
    const pair = Buffer.from(`AC1:${SECRET}`).toString('base64');
    const http = answerWith(() => jsonAnswer(400, { code: 1, message: `bad ${pair} ${SECRET}` }));
    const answer = await openWith({ kind: 'basic', user: 'AC1', password: SECRET }, http).get('/v1/x');
    expect(http.sent[0]?.headers['authorization']).toBe(`Basic ${pair}`);
    expect(JSON.stringify(answer)).not.toMatch(new RegExp(`canary|${pair}`));
  });

  test.each<[string, Token, string]>([
    ['refused', { kind: 'credentials', status: 401, message: 'no' }, 'credentials'],
    ['put off', { kind: 'limited', notBeforeMs: 0, message: 'no' }, 'limited'],
    ['not there', { kind: 'unsent', message: 'no' }, 'unsent'],
  ])('a token that is %s: nothing is sent', async (_name, token, kind) => {
    const http = answerWith(() => jsonAnswer(200, {}));
    expect((await openWith(oauth([token]), http).write('POST', '/x', {})).kind).toBe(kind);
    expect(http.sent).toEqual([]);
  });

  test('a read asks again with another token, once; a write never does', async () => {
    const refuseFirst = () => answerWith((request) => jsonAnswer(request.headers['authorization'] === 'Bearer token-one' ? 401 : 200, {}));
    const read = refuseFirst();
    expect((await openWith(oauth(TOKENS), read).get('/x')).kind).toBe('ok');
    expect(read.sent.map(({ headers }) => headers['authorization'])).toEqual(['Bearer token-one', 'Bearer token-two']);
    const always = answerWith(() => jsonAnswer(401, {}));
    expect((await openWith(oauth(TOKENS), always).get('/x')).kind).toBe('credentials');
    expect(always.sent).toHaveLength(2);
    const young = refuseFirst();
    expect((await openWith(oauth(TOKENS, false), young).get('/x')).kind).toBe('credentials');
    expect(young.sent).toHaveLength(1);
    for (const method of ['POST', 'PATCH', 'DELETE'] as const) {
      const written = refuseFirst();
      expect((await openWith(oauth(TOKENS), written).write(method, '/x', {})).kind).toBe('credentials');
      expect(written.sent).toHaveLength(1);
    }
  });

  test('a read that may be refused leaves the credential in use', async () => {
    const http = answerWith((_request, number) => jsonAnswer(number === 1 ? 403 : 200, {}));
    const client = openWith({ kind: 'bearer', key: KEY }, http);
    expect((await client.get('/x', { mayBeRefused: true })).kind).toBe('credentials');
    expect((await client.get('/y')).kind).toBe('ok');
  });

  test('the code of the vendor counts for more than its status, below 500', async () => {
    const judge = ({ code }: { readonly code: string }) => (code === '1' ? 'refused' : code === '2' ? 'limited' : null);
    const write = async (status: number, code: number) =>
      (
        await openWith(
          { kind: 'bearer', key: KEY },
          answerWith(() => jsonAnswer(status, { code, message: 'x' })),
          judge,
        ).write('POST', '/x')
      ).kind;
    expect(await Promise.all([write(403, 1), write(429, 1), write(400, 2), write(403, 3), write(500, 1), write(404, 1)])).toEqual([
      'refused',
      'refused',
      'limited',
      'credentials',
      'lost',
      'absent',
    ]);
  });

  test('a form that changes nothing is repeated like a read, and carries no header of ours', async () => {
    const http = answerWith((_request, number) => (number < 3 ? { kind: 'lost', reason: 'x' } : jsonAnswer(201, {})));
    expect((await openWith({ kind: 'none', secrets: [SECRET] }, http).ask('/v2/token', { a: 'b c', d: '&' })).kind).toBe('ok');
    expect(http.sent).toHaveLength(3);
    expect(http.sent[2]).toMatchObject({
      method: 'POST',
      body: 'a=b+c&d=%26',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(http.sent[2]?.headers['authorization']).toBeUndefined();
  });

  test('headers of a write stand beside those of the client', async () => {
    const http = answerWith(() => jsonAnswer(200, {}));
    await openWith({ kind: 'bearer', key: KEY }, http).write(
      'PATCH',
      '/x',
      {},
      { headers: { 'if-match': 'W/1', 'content-type': 'application/scim+json' } },
    );
    expect(http.sent[0]?.headers).toMatchObject({
      'if-match': 'W/1',
      'content-type': 'application/scim+json',
      authorization: `Bearer ${KEY}`,
    });
  });
});
