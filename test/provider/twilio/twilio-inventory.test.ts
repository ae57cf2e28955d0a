import { describe, expect, test } from 'vitest';
import type { HttpReply, HttpRequest } from '../../../src/ports.ts';
import { createTwilioAccountClient } from '../../../src/provider/twilio/create-twilio-client.ts';
import { listSubaccounts } from '../../../src/provider/twilio/list-subaccounts.ts';
import { readTwilioEvents } from '../../../src/provider/twilio/read-twilio-events.ts';
import { readTwilioKeys } from '../../../src/provider/twilio/read-twilio-keys.ts';
import { twilioOrigins } from '../../../src/provider/twilio/twilio-origins.ts';
import { answerWith, createJumpingClock, createSeededRandom, jsonAnswer, RUN_MS } from '../../support/provider-world.ts';
import { ADA, AUTH_TOKEN, BEN, LABS, MAIN, openWorld } from './twilio-world.ts';

const key = (number: number) => `SK${String(number).padStart(32, '0')}`;

function open(answer: (request: HttpRequest, number: number) => HttpReply) {
  const http = answerWith(answer);
  const clock = createJumpingClock();
  const never = new AbortController().signal;
  const deadlineAt = clock.now() + RUN_MS;
  const world = {
    http,
    clock,
    random: createSeededRandom(),
    origins: twilioOrigins(null),
    deadlineAt,
    interrupted: never,
    graceOver: never,
  };
  return { client: createTwilioAccountClient(world, MAIN, AUTH_TOKEN), clock, http };
}

describe('the API keys of an account', () => {
  test('are asked for with account SID and token, page after page by its token alone', async () => {
    const { client, http } = open((_request, number) =>
      jsonAnswer(200, {
        keys: [
          { sid: key(3 - number), friendly_name: `Key ${3 - number}`, date_created: 'Tue, 18 Nov 2025 10:00:00 +0000', secret: 'canary-1' },
        ],
        meta: { next_page_url: number === 1 ? 'http://example.com/v1/Keys?PageToken=a%2Fb&Page=1' : null },
      }),
    );
    expect(await readTwilioKeys(client, MAIN)).toEqual({
      kind: 'keys',
      keys: [
        { sid: key(1), name: 'Key 1', created: '2025-11-18T10:00:00.000Z' },
        { sid: key(2), name: 'Key 2', created: '2025-11-18T10:00:00.000Z' },
      ],
    });
    expect(http.sent.map(({ url }) => url)).toEqual([
      `https://iam.twilio.com/v1/Keys?AccountSid=${MAIN}&PageSize=1000`,
      `https://iam.twilio.com/v1/Keys?AccountSid=${MAIN}&PageSize=1000&PageToken=a%2Fb`,
    ]);
    expect(http.sent[0]?.headers['authorization']).toBe(`Basic ${Buffer.from(`${MAIN}:${AUTH_TOKEN}`).toString('base64')}`);
  });

  test.each<[string, unknown, string]>([
    ['a refusal', { code: 20003, message: `Authenticate ${AUTH_TOKEN}`, status: 401 }, 'the vendor answered 401 (20003): Authenticate'],
    ['a page without keys', null, 'a page has no list of keys'],
    ['a key without a SID', { keys: [{ friendly_name: 'x' }], meta: {} }, 'an API key has no valid SID'],
    ['a key twice', { keys: [{ sid: key(1) }, { sid: key(1) }], meta: {} }, 'the same row came twice'],
    ['pages in a circle', { keys: [], meta: { next_page_url: '?PageToken=x' } }, 'the pages do not end'],
    ['a next page without a token', { keys: [], meta: { next_page_url: 'https://iam.twilio.com/v1/Keys' } }, 'without its token'],
  ])('%s: not read, and why', async (_name, body, why) => {
    const status = body !== null && typeof body === 'object' && 'code' in body ? 401 : 200;
    const { client } = open(() => jsonAnswer(status, body ?? {}));
    const reading = await readTwilioKeys(client, MAIN);
    expect(reading).toMatchObject({ kind: 'not_read', why: expect.stringContaining(why) });
    expect(JSON.stringify(reading)).not.toContain(AUTH_TOKEN);
  });
});

describe('the subaccounts', () => {
  const account = (sid: string, above: string, more: object = {}) => ({
    sid,
    owner_account_sid: above,
    friendly_name: `Name ${sid.slice(-1)}`,
    status: 'active',
    auth_token: 'canary-auth-token',
    ...more,
  });

  test('are those right below the account, without the closed ones and without any token', async () => {
    const { client, http } = open((_request, number) =>
      jsonAnswer(200, {
        accounts:
          number % 2 === 1
            ? [account(MAIN, MAIN), account(`AC${'7'.repeat(32)}`, MAIN)]
            : [account(LABS, MAIN), account(`AC${'8'.repeat(32)}`, MAIN, { status: 'closed' }), account(`AC${'9'.repeat(32)}`, LABS)],
        next_page_uri: number % 2 === 1 ? '/2010-04-01/Accounts.json?Page=1&PageToken=PA1' : null,
      }),
    );
    const reading = await listSubaccounts(client, MAIN);
    expect(reading).toEqual({
      kind: 'subaccounts',
      subaccounts: [
        { sid: LABS, name: 'Name 2' },
        { sid: `AC${'7'.repeat(32)}`, name: 'Name 7' },
      ],
    });
    expect(JSON.stringify(reading)).not.toContain('canary');
    expect(http.sent[1]?.url).toBe('https://api.twilio.com/2010-04-01/Accounts.json?PageSize=1000&Page=1&PageToken=PA1');
  });

  test('are unknown where the list has not even the account itself, or comes out otherwise the second time', async () => {
    const lists = (...rows: (readonly object[])[]) => open((_request, number) => jsonAnswer(200, { accounts: rows[number - 1] }));
    const [main, labs] = [account(MAIN, MAIN), account(LABS, MAIN)];
    expect(await listSubaccounts(lists([]).client, MAIN)).toEqual({
      kind: 'inconsistent',
      why: 'the subaccounts could not be read: the account itself is not in the list',
    });
    for (const two of [lists([main], [main, labs]), lists([main, labs], [main])]) {
      expect(await listSubaccounts(two.client, MAIN)).toEqual({
        kind: 'inconsistent',
        why: 'the subaccounts could not be read: two lists in a row did not agree',
      });
    }
  });

  test('are told apart: refused to a standard key, or unreadable', async () => {
    const refused = open(() => jsonAnswer(403, { code: 20003, message: 'Authorization denied', status: 403 }));
    expect(await listSubaccounts(refused.client, MAIN)).toMatchObject({ kind: 'credentials' });
    expect(await listSubaccounts(open(() => jsonAnswer(500, {})).client, MAIN)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('who did what', () => {
  const event = (number: number, more: object = {}) => ({
    sid: `AE${String(number).padStart(32, '0')}`,
    event_date: `2026-11-22T08:0${number}:00Z`,
    event_type: 'user.updated',
    actor_sid: ADA,
    actor_type: 'user',
    resource_sid: BEN,
    event_data: { secret: 'canary-1' },
    ...more,
  });

  test('a person in the Console, by SID, oldest first', async () => {
    const { client, clock, http } = open(() => jsonAnswer(200, { events: [event(2), event(1)], meta: {} }));
    const reading = await readTwilioEvents(client, clock, '2026-11-22T08:00:00.000Z');
    expect(reading).toMatchObject({
      kind: 'events',
      events: [
        { at: '2026-11-22T08:01:00.000Z', actorId: ADA, actorKind: 'user', targetId: BEN, what: 'user.updated', fields: [] },
        { at: '2026-11-22T08:02:00.000Z' },
      ],
    });
    expect(JSON.stringify(reading)).not.toContain('canary');
    expect(http.sent[0]?.url).toBe('https://monitor.twilio.com/v1/Events?StartDate=2026-11-22T08%3A00%3A00.000Z&PageSize=1000');
  });

  test('signing in explains nobody’s access', async () => {
    const { client, clock } = open(() => jsonAnswer(200, { events: [event(1, { event_type: 'user-session.created' })], meta: {} }));
    expect(await readTwilioEvents(client, clock, '2026-11-22T08:00:00.000Z')).toEqual({ kind: 'events', events: [] });
  });

  test('a log that is refused or of another shape is unavailable, and no more than that', async () => {
    for (const reply of [jsonAnswer(403, { code: 20003, message: 'denied', status: 403 }), jsonAnswer(200, { events: [{}], meta: {} })]) {
      const { client, clock, http } = open(() => reply);
      expect(await readTwilioEvents(client, clock, '2026-11-22T08:00:00.000Z')).toMatchObject({ kind: 'unavailable' });
      expect(http.sent).toHaveLength(1);
    }
  });

  test('a role that somebody gave in the Console is theirs, and one given by rollcall is the account’s', async () => {
    const world = openWorld();
    world.vendor.portal('main').giveRole('ben@acme.example', 'support', 'ada@acme.example');
    const reading = await world.provider.reader.events('2026-11-22T08:00:00.000Z');
    expect(reading).toMatchObject({ kind: 'events', events: [{ actorId: ADA, actorKind: 'user', targetId: BEN }] });
  });
});

describe('what a credential is good for', () => {
  const answers = async (world: ReturnType<typeof openWorld>) =>
    Object.fromEntries((await world.provider.reader.probe()).abilities.map((one) => [one.what, one.answer]));

  test('everything that lists is tried once, and nothing that changes', async () => {
    const world = openWorld();
    expect(await answers(world)).toEqual({
      'list people': 'yes',
      'create, change and deactivate people': 'not tried',
      'list roles': 'yes',
      'list role assignments': 'yes',
      'give and take roles': 'not tried',
      'list accounts and their owners': 'yes',
      'list API keys': 'yes',
      'list subaccounts': 'yes',
      'read events': 'yes',
    });
    expect(world.sent.filter(({ method, url }) => method !== 'GET' && !url.endsWith('/token'))).toEqual([]);
  });

  test('what is missing is told in the words of the vendor', async () => {
    const world = openWorld({ switches: { accounts_scope: false, iam_paths: 'missing' }, accountSid: null });
    const probe = await world.provider.reader.probe();
    expect(probe).toMatchObject({ credential: 'works', otherApi: null });
    expect(probe.abilities.find((one) => one.what === 'list people')?.answer).toBe('yes');
    expect(probe.abilities.find((one) => one.what === 'list accounts and their owners')).toMatchObject({
      answer: 'no',
      words: expect.stringContaining('the vendor answered 403'),
    });
    expect(probe.abilities.find((one) => one.what === 'list API keys')).toMatchObject({
      answer: 'not tried',
      words: 'ACCOUNT_SID and AUTH_TOKEN of this account are not set',
    });
  });

  test('a refused client, and a credential for another account', async () => {
    expect(await openWorld({ clientSecret: 'wrong-secret' }).provider.reader.probe()).toMatchObject({
      credential: 'refused',
      abilities: [],
    });
    expect((await answers(openWorld({ accountSid: LABS })))['list API keys']).toBe('no');
  });
});
