import { describe, expect, test } from 'vitest';
import { ADA, LABS, MAIN, MAIN_TOKEN, OLD_KEY, OR, openTwilio, rowsOf, SUB, type TestTwilio } from './twilio-for-tests.ts';

const MANAGED = `https://preview-iam.twilio.com/Organizations/${OR}/Accounts`;
const ALL = 'https://api.twilio.com/2010-04-01/Accounts.json';
const KEYS = `https://iam.twilio.com/v1/Keys?AccountSid=${MAIN}`;
const EVENTS = 'https://monitor.twilio.com/v1/Events';
const asMain = ({ askAs }: TestTwilio, url: string) => askAs(MAIN, MAIN_TOKEN, url);

describe('accounts', () => {
  test('of the organization say who owns them', () => {
    const { ask, world } = openTwilio();
    const owner = world.state().people.find(({ email }) => email === 'root@acme.example')?.sid;
    expect(rowsOf(ask('GET', MANAGED))).toMatchObject([
      { account_sid: MAIN, owner_sid: owner, status: 'active' },
      { account_sid: SUB, owner_sid: owner, status: 'active' },
    ]);
    expect(ask('GET', `${MANAGED}/${MAIN}`).body['owner_sid']).toBe(owner);
    expect(ask('GET', `${MANAGED}/${LABS}`)).toMatchObject({ status: 404, body: { code: 25101 } });
  });

  test('are refused to an app that may not list them', () => {
    expect(openTwilio({ accounts_scope: false }).ask('GET', MANAGED)).toMatchObject({
      status: 403,
      body: { code: 20003, message: 'required permission twilio/iam/accounts/list is missing' },
    });
  });

  test('below an account are in its own list, each with its token in clear, and in no state that we show', () => {
    const open = openTwilio();
    const answer = asMain(open, ALL);
    expect(rowsOf(answer)).toMatchObject([
      { sid: MAIN, owner_account_sid: MAIN, auth_token: MAIN_TOKEN },
      { sid: SUB, owner_account_sid: MAIN, auth_token: 'sub-auth-token' },
    ]);
    expect(answer.body).toMatchObject({ page: 0, next_page_uri: null });
    expect(JSON.stringify(open.world.state())).not.toContain(MAIN_TOKEN);
  });

  test('below an account may be missing from the organization’s list', () => {
    expect(rowsOf(openTwilio({ subaccounts_listed: false }).ask('GET', MANAGED))).toHaveLength(1);
  });

  test('open with their own token only', () => {
    const { askAs } = openTwilio();
    expect(askAs(MAIN, 'wrong', ALL)).toMatchObject({ status: 401, body: { code: 20003, message: 'Authenticate' } });
    expect(askAs(SUB, 'sub-auth-token', KEYS)).toMatchObject({ status: 403 });
  });

  test('come in pages with relative links', () => {
    const first = asMain(openTwilio(), `${ALL}?PageSize=1`);
    expect(first.body['next_page_uri']).toMatch(/^\/2010-04-01\/Accounts\.json\?PageSize=1&Page=1&PageToken=PT/);
  });

  test('answer in XML to whoever forgets .json', () => {
    expect(asMain(openTwilio(), 'https://api.twilio.com/2010-04-01/Accounts').text).toContain('<Code>20404</Code>');
  });
});

describe('API keys', () => {
  test('are listed without a secret and without who made them', () => {
    const open = openTwilio();
    expect(rowsOf(asMain(open, KEYS))).toEqual([
      {
        sid: OLD_KEY,
        friendly_name: 'deploy',
        date_created: 'Fri, 31 Jan 2025 10:00:00 +0000',
        date_updated: 'Fri, 31 Jan 2025 10:00:00 +0000',
        flags: ['rest_api', 'signing'],
      },
    ]);
    expect(rowsOf(asMain(open, `https://api.twilio.com/2010-04-01/Accounts/${MAIN}/Keys.json`))).toMatchObject([{ sid: OLD_KEY }]);
  });

  test('of a subaccount open to the account above', () => {
    const open = openTwilio();
    open.world.portal('twilio-sub').createKey('below');
    expect(rowsOf(asMain(open, `https://iam.twilio.com/v1/Keys?AccountSid=${SUB}`))).toMatchObject([{ friendly_name: 'below' }]);
  });

  test('need the account to be named, and the refusal may have the newer shape', () => {
    const url = 'https://iam.twilio.com/v1/Keys';
    expect(asMain(openTwilio(), url)).toMatchObject({ status: 400, body: { code: 20001, message: 'AccountSid is required' } });
    const newer = asMain(openTwilio({ iam_v1_errors: 'rfc9457' }), url);
    expect(newer.body).toMatchObject({ title: 'Invalid request', detail: 'AccountSid is required', errors: [{ pointer: '/AccountSid' }] });
    expect(newer.headers['content-type']).toBe('application/problem+json');
  });
});

describe('events', () => {
  test('say who gave a role in the Console and who made a key, newest first', () => {
    const open = openTwilio();
    open.world.portal().giveRole('Grace@acme.example', 'support', 'ada@acme.example');
    open.clock.advance(1000);
    open.world.portal().createKey('laptop', 'ada@acme.example');
    expect(rowsOf(asMain(open, EVENTS))).toMatchObject([
      { event_type: 'account-api-keys.created', actor_sid: ADA, actor_type: 'user', source: 'web' },
      {
        event_type: 'user.updated',
        actor_sid: ADA,
        account_sid: MAIN,
        event_data: { resource_properties: { roles: { previous: ['developer'], updated: ['developer', 'support'] } } },
      },
    ]);
  });

  test('take one filter beside the dates', () => {
    const open = openTwilio();
    open.world.portal().createKey('laptop', 'ada@acme.example');
    expect(rowsOf(asMain(open, `${EVENTS}?ActorSid=${ADA}`))).toHaveLength(1);
    expect(rowsOf(asMain(open, `${EVENTS}?EndDate=2026-11-22T08:00:00Z`))).toEqual([]);
    expect(asMain(open, `${EVENTS}?ActorSid=${ADA}&EventType=user.updated`)).toMatchObject({ status: 400, body: { code: 20001 } });
  });

  test.each([
    ['empty', 200, 0],
    ['off', 403, 0],
  ] as const)('are not to be had where the log is %s', (events, status, count) => {
    const open = openTwilio({ events });
    open.world.portal().createKey('laptop');
    const answer = asMain(open, EVENTS);
    expect([answer.status, rowsOf(answer).length]).toEqual([status, count]);
  });

  test('may come late, name another, or not speak of roles at all', () => {
    const late = openTwilio({ events_lag_ms: 60_000 });
    late.world.portal().createKey('laptop');
    expect(rowsOf(asMain(late, EVENTS))).toEqual([]);
    late.clock.advance(60_000);
    expect(rowsOf(asMain(late, EVENTS))).toHaveLength(1);
    const lying = openTwilio({ events: 'lying' });
    lying.world.portal().createKey('laptop', 'ada@acme.example');
    expect(rowsOf(asMain(lying, EVENTS))[0]?.['actor_sid']).toBe(`US${'e'.repeat(32)}`);
    const silent = openTwilio({ role_events: false });
    silent.world.portal().giveRole('Grace@acme.example', 'support');
    expect(rowsOf(asMain(silent, EVENTS))).toEqual([]);
  });
});
