import { describe, expect, test } from 'vitest';
import type { HttpReply, HttpRequest } from '../../../src/ports.ts';
import { openOauth } from '../../../src/provider/twilio/oauth-token.ts';
import { twilioOrigins } from '../../../src/provider/twilio/twilio-origins.ts';
import { answerWith, createJumpingClock, createSeededRandom, jsonAnswer, RUN_MS } from '../../support/provider-world.ts';
import { ADA, CLIENT_ID, CLIENT_SECRET, observe, openWorld } from './twilio-world.ts';

function open(answer: (request: HttpRequest, number: number) => HttpReply) {
  const http = answerWith(answer);
  const clock = createJumpingClock();
  const never = new AbortController().signal;
  const world = {
    http,
    clock,
    random: createSeededRandom(),
    origins: twilioOrigins(null),
    deadlineAt: clock.now() + 100 * RUN_MS,
    interrupted: never,
    graceOver: never,
  };
  return { oauth: openOauth(world, CLIENT_ID, CLIENT_SECRET), clock, http };
}

const numbered =
  (expires_in: unknown, status = 200) =>
  (_request: HttpRequest, number: number) =>
    jsonAnswer(status, { access_token: `access-token-${number}`, token_type: 'Bearer', expires_in });

describe('a token', () => {
  test('is asked for with the secret in the body, as a form, and in no header', async () => {
    const { oauth, http } = open(numbered(3600));
    expect(await oauth.token()).toEqual({ kind: 'token', token: 'access-token-1' });
    const [request] = http.sent;
    expect(request).toMatchObject({ method: 'POST', url: 'https://oauth.twilio.com/v2/token' });
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(JSON.stringify(request?.headers)).not.toContain('authorization');
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      grant_type: 'client_credentials',
      client_id: CLIENT_ID,
      client_secret: CLIENT_SECRET,
    });
  });

  test.each([200, 201])('comes with %i', async (status) => {
    expect(await open(numbered(3600, status)).oauth.token()).toMatchObject({ kind: 'token' });
  });

  test.each([
    [3600, 3_539, 3_541],
    [1_438_315_200_000, 3_539, 3_541],
    [100, 49, 51],
    [0, 29, 31],
    ['soon', 239, 241],
    [undefined, 239, 241],
  ])('that is said to last %s seconds serves for %i seconds and not for %i', async (expires_in, serves, ends) => {
    const { oauth, clock, http } = open(numbered(expires_in));
    await oauth.token();
    clock.advance(serves * 1000);
    await oauth.token();
    expect(http.sent).toHaveLength(1);
    clock.advance((ends - serves) * 1000);
    expect(await oauth.token()).toEqual({ kind: 'token', token: 'access-token-2' });
  });

  test('is fetched once for requests that need it at the same time', async () => {
    const { oauth, http } = open(numbered(3600));
    await Promise.all([oauth.token(), oauth.token(), oauth.token()]);
    expect(http.sent).toHaveLength(1);
  });

  test.each([
    [401, { error: 'invalid_client' }],
    [400, { error: 'invalid_client', error_description: `no client with ${CLIENT_SECRET}` }],
    [403, { code: 20003, message: 'Authorization denied', status: 403 }],
  ])('that is refused (%i) is not asked for again, and the secret stays inside', async (status, body) => {
    const { oauth, http } = open(() => jsonAnswer(status, body));
    const refused = await oauth.token();
    expect(refused).toMatchObject({
      kind: 'credentials',
      message: expect.stringContaining(`no access token: the vendor answered ${status} (`),
    });
    expect(JSON.stringify(refused)).not.toContain(CLIENT_SECRET);
    expect(await oauth.token()).toEqual(refused);
    expect(http.sent).toHaveLength(1);
  });

  test('that does not come is tried for three times, and what it was wanted for counts as unsent', async () => {
    const { oauth, http } = open(() => jsonAnswer(404, {}));
    expect(await oauth.token()).toMatchObject({ kind: 'unsent' });
    const broken = open(() => jsonAnswer(500, {}));
    expect(await broken.oauth.token()).toMatchObject({ kind: 'unsent' });
    expect([http.sent.length, broken.http.sent.length]).toEqual([1, 3]);
  });

  test.each([{}, { access_token: 7 }, { access_token: 'with blank' }, { access_token: '' }])('%j has none', async (body) => {
    expect(await open(() => jsonAnswer(200, body)).oauth.token()).toMatchObject({ kind: 'unsent' });
  });

  test('is part of no message, however a vendor echoes it', async () => {
    let token = '';
    const world = openWorld({
      answer: async (request, next) => {
        token = request.headers['authorization']?.replace('Bearer ', '') ?? token;
        const isOne = request.url.includes(`/Users/${ADA}`);
        return isOne ? jsonAnswer(400, { detail: `bad token ${token}`, status: '400', code: 25015 }) : next();
      },
    });
    const told = JSON.stringify([await world.provider.reader.readOne(ADA), await world.provider.writer.patch(ADA, { name: 'A B' })]);
    expect(token).not.toBe('');
    expect(told).toContain('bad token');
    expect(told).not.toContain(token);
  });

  test('that ended before its time is replaced by a read, and never by a write', async () => {
    const world = openWorld({ switches: { token_expires_in: 'absurd', token_lifetime_s: 120 } });
    await observe(world);
    world.clock.advance(200_000);
    await observe(world);
    expect(world.sent.filter(({ url }) => url.endsWith('/token'))).toHaveLength(2);
  });
});
