import { describe, expect, test } from 'vitest';
import type { AccountPolicy, Holding, Roster, RosterRow } from '../../src/model.ts';
import type { Http, HttpReply, HttpRequest } from '../../src/ports.ts';
import { createTwilioAccountClient } from '../../src/provider/twilio/create-twilio-client.ts';
import { TWILIO_CONSOLE } from '../../src/provider/twilio/twilio-console-capabilities.ts';
import { createTwilioConsoleProvider } from '../../src/provider/twilio/twilio-console-provider.ts';
import { twilioOrigins } from '../../src/provider/twilio/twilio-origins.ts';

const NOW = '2026-11-22T09:00:00.000Z';
const SCOPE = `AC${'0a'.repeat(16)}`;
const KEY = `SK${'3d'.repeat(16)}`;
const SECRET = 'canary-0123456789abcdef0123456789ab';
const place = { file: 'policies/rosters/twilio-labs.yaml', line: 4, column: 5 };
const AGAIN =
  'Look at the users page and the invited page, attest them with `rollcall roster --account twilio-labs`, and merge policies/rosters/twilio-labs.yaml';

const row = (principal: string, roles: readonly string[], status: RosterRow['status'] = 'active'): RosterRow => ({
  principal,
  roles,
  status,
  source: place,
});
const rosterOf = (attestedOn: string, rows: readonly RosterRow[] | null): Roster => ({
  account: 'twilio-labs',
  attestedBy: 'ada@acme.example',
  attestedOn,
  rows,
  rotated: new Map(),
  reviewed: new Map(),
  source: place,
});
const PEOPLE = [
  row('root@acme.example', ['owner']),
  row('grace@acme.example', ['billing_manager'], 'invited'),
  row('ada@acme.example', ['support', 'developer']),
];

/** The provider of `twilio-labs` and every request it sends; without `answer` it has no credential. */
function open(roster: Roster | null, answer?: (request: HttpRequest) => HttpReply) {
  const sent: HttpRequest[] = [];
  const http: Http = {
    send: async (request) => {
      sent.push(request);
      return answer?.(request) ?? { kind: 'unsent', reason: 'nobody is there' };
    },
    close: async () => undefined,
  };
  const clock = { now: () => Date.parse(NOW), sleep: async () => undefined };
  const never = new AbortController().signal;
  const world = {
    http,
    clock,
    random: () => 0.5,
    origins: twilioOrigins(null),
    deadlineAt: Date.parse(NOW) + 60_000,
    interrupted: never,
    graceOver: never,
  };
  const keysClient = answer === undefined ? null : createTwilioAccountClient(world, SCOPE, SECRET);
  const policy = { name: 'twilio-labs', provider: 'twilio', api: 'console', scope: SCOPE } as AccountPolicy;
  return { ...createTwilioConsoleProvider({ policy, roster, keysClient, clock }), sent };
}

function json(status: number, body: unknown): HttpReply {
  return { kind: 'reply', status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

describe('an attested roster stands for a read:', () => {
  test('its rows are who is there, and the plan says who vouches for them', async () => {
    const { reader, sent } = open(rosterOf('2026-11-20', PEOPLE));
    const reading = await reader.read(null, null);
    if (reading.kind !== 'complete') throw new Error(reading.message);
    const { observation } = reading;
    expect(observation).toMatchObject({
      account: 'twilio-labs',
      provider: 'twilio',
      api: 'console',
      at: NOW,
      requests: 0,
      source: 'roster',
    });
    expect(observation.principals.map(({ principal, status, roles }) => [principal, status, roles])).toEqual([
      ['ada@acme.example', 'active', ['developer', 'support']],
      ['grace@acme.example', 'invited', ['billing_manager']],
      ['root@acme.example', 'active', ['owner']],
    ]);
    expect(observation.keys).toEqual({ kind: 'not_read', why: 'ACCOUNT_SID and AUTH_TOKEN of this account are not given' });
    expect(observation.notes).toEqual(['Who is in this account is what ada@acme.example attested on 2026-11-20; no API shows it.']);
    expect(sent).toEqual([]);
  });

  test('on its thirtieth day it is believed', async () => {
    expect((await open(rosterOf('2026-10-23', PEOPLE)).reader.read(null, null)).kind).toBe('complete');
  });

  test('who holds only a role that rollcall does not know is shown and left alone; beside another one it is told and shields nothing', async () => {
    const { reader } = open(
      rosterOf('2026-11-20', [row('ada@acme.example', ['Studio Viewer', 'developer']), row('cleo@acme.example', ['Studio Viewer'])]),
    );
    const words = 'holds Studio Viewer, which rollcall does not give or take';
    const one = await reader.readOne('ada@acme.example');
    expect(one).toMatchObject({ kind: 'present', live: { roles: ['developer'], remarks: [words] } });
    expect(one.kind === 'present' && one.live.note).toBeUndefined();
    expect(await reader.readOne('cleo@acme.example')).toMatchObject({ kind: 'present', live: { roles: ['Studio Viewer'], note: words } });
    expect(await reader.readOne('bob@acme.example')).toEqual({ kind: 'absent' });
  });

  test('one with less than half of those who were there is doubted, as any short read is', async () => {
    const { reader } = open(rosterOf('2026-11-20', PEOPLE));
    expect(await reader.read({ principals: 7, at: NOW }, null)).toMatchObject({ kind: 'incomplete', cause: 'shrunk' });
  });
});

describe('what is not believed makes the account unverified:', () => {
  test.each([
    ['no roster', null, 'only the Console shows who is in this account, and no roster attests it.'],
    ['a roster without rows', rosterOf('2026-11-20', null), 'only the Console shows who is in this account, and no roster attests it.'],
    [
      'a roster of 31 days ago',
      rosterOf('2026-10-22', PEOPLE),
      'the roster that ada@acme.example attested on 2026-10-22 is 31 days old, and one is believed for 30 days.',
    ],
    [
      'a roster of tomorrow',
      rosterOf('2026-11-23', PEOPLE),
      'the roster that ada@acme.example attested on 2026-11-23 is dated in the future, so nobody can have looked yet.',
    ],
  ])('%s', async (_what, roster, why) => {
    const { reader, sent } = open(roster, () => json(200, {}));
    const message = `${why} ${AGAIN}`;
    expect(await reader.read(null, null)).toEqual({
      kind: 'incomplete',
      account: 'twilio-labs',
      at: NOW,
      cause: 'unverified',
      message,
      requests: 0,
      suspect: null,
    });
    expect(await reader.readOne('ada@acme.example')).toEqual({ kind: 'unreadable', message });
    expect(sent).toEqual([]);
  });
});

describe("with the account's own credential", () => {
  const keys = {
    keys: [{ sid: KEY, friendly_name: 'ivr', date_created: 'Mon, 02 Nov 2026 10:00:00 +0000', date_updated: null, secret: SECRET }],
    meta: { key: 'keys', page: 0, page_size: 1000, next_page_url: null, url: `https://iam.twilio.com/v1/Keys?AccountSid=${SCOPE}` },
  };

  test('its keys are listed, without any secret', async () => {
    const { reader } = open(rosterOf('2026-11-20', PEOPLE), () => json(200, keys));
    const reading = await reader.read(null, null);
    expect(reading).toMatchObject({
      kind: 'complete',
      observation: { requests: 1, keys: { kind: 'keys', keys: [{ sid: KEY, name: 'ivr', created: '2026-11-02T10:00:00.000Z' }] } },
    });
    expect(JSON.stringify(reading)).not.toContain(SECRET);
  });

  test('keys that Twilio refuses to list say so, and the people are believed all the same', async () => {
    const { reader } = open(rosterOf('2026-11-20', PEOPLE), () => json(401, { code: 20003, message: 'Authenticate', status: 401 }));
    const reading = await reader.read(null, null);
    expect(reading).toMatchObject({
      kind: 'complete',
      observation: { keys: { kind: 'not_read', why: expect.stringContaining('Authenticate') } },
    });
  });

  test('a probe says what works and what no API can do', async () => {
    const works = await open(rosterOf('2026-11-20', PEOPLE), () => json(200, keys)).reader.probe();
    expect(works).toMatchObject({ credential: 'works', otherApi: null });
    expect(works.abilities.map(({ what, answer }) => `${what}: ${answer}`)).toEqual([
      'list people: no',
      'change people: no',
      'list API keys: yes',
    ]);
    const refused = await open(null, () => json(401, { code: 20003, message: 'Authenticate', status: 401 })).reader.probe();
    expect(refused).toMatchObject({ credential: 'refused', words: expect.stringContaining('Authenticate') });
    expect(refused.abilities[0]?.words).toContain('no roster attests it');
    const without = await open(null).reader.probe();
    expect(without).toMatchObject({ credential: 'unknown', words: 'ACCOUNT_SID and AUTH_TOKEN of this account are not given' });
    expect(without.abilities.at(-1)).toMatchObject({ answer: 'not tried' });
  });

  test('without it, there are no events and that is said', async () => {
    expect(await open(null).reader.events(NOW)).toEqual({
      kind: 'unavailable',
      why: 'ACCOUNT_SID and AUTH_TOKEN of this account are not given',
    });
  });
});

test('nothing is ever written', async () => {
  const { writer, sent } = open(rosterOf('2026-11-20', PEOPLE), () => json(200, {}));
  const holding: Holding = { roles: ['developer'], groups: [] };
  const all = [
    writer.invite('bob@acme.example', 'Bob', holding),
    writer.patch('ada@acme.example', { roles: ['support'] }),
    writer.assign('ada@acme.example', 'support'),
    writer.unassign('ada@acme.example', 'support'),
    writer.delete('ada@acme.example'),
  ];
  const ends = await Promise.allSettled(all);
  expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected', 'rejected']);
  expect(sent).toEqual([]);
});

describe('the steps a person takes:', () => {
  const { manualSteps } = TWILIO_CONSOLE;
  const of = (...roles: string[]): Holding => ({ roles, groups: [] });
  const ATTEST =
    "Attest it: `rollcall roster --account NAME`, with this account's name, makes a roster of the users page and the invited page; once that is merged, the next read proves it.";
  const OPEN =
    'Sign in at www.twilio.com/console as the owner or an administrator, choose this very account, and open Account > Manage users.';

  test('to invite somebody', () => {
    expect(manualSteps.invite('bob@acme.example', of('developer', 'support'))).toEqual([
      OPEN,
      'Choose Invite, enter bob@acme.example, tick Developer and Support, and choose Send Invitation. An invitation is for this one account: access does not cascade to or from another.',
      ATTEST,
    ]);
  });

  test('to lower an administrator, who is disabled and confirmed before another role is given', () => {
    expect(manualSteps.patch('bob@acme.example', of('administrator'), of('billing_manager', 'developer')).slice(1, -2)).toEqual([
      'Open bob@acme.example by their name. Somebody who has not accepted yet stands on the Invited Users page: take that invitation back and send another with the new roles.',
      'Disable Administrator and confirm: until then the Console gives no other role.',
      'Tick Billing Manager and Developer, and choose Save. Developer, Billing Manager and Support go together.',
    ]);
  });

  test('to make somebody an administrator', () => {
    expect(manualSteps.patch('bob@acme.example', of('developer'), of('administrator'))[2]).toBe(
      'Tick Administrator, which clears every other role, and choose Save.',
    );
  });

  test('to change one role for another', () => {
    expect(manualSteps.patch('bob@acme.example', of('developer', 'support'), of('billing_manager', 'support'))[2]).toBe(
      'Tick Billing Manager, clear Developer, and choose Save. Developer, Billing Manager and Support go together.',
    );
  });

  test('to delete somebody, whose login stays', () => {
    expect(manualSteps.delete('bob@acme.example', of('developer'))).toEqual([
      OPEN,
      'Open bob@acme.example by their name, choose Remove User from this account, and confirm. Somebody who has not accepted yet stands on the Invited Users page: take the invitation back there.',
      'This does not delete the Twilio login: they can still sign in, and keep what they hold in other accounts and subaccounts.',
      ATTEST,
    ]);
  });

  test('to resend an invitation, from the invited page', () => {
    expect(manualSteps.resend('bob@acme.example').join(' ')).toContain(
      'Invited Users page. Find bob@acme.example, choose Resend Invite from the Actions menu',
    );
  });

  test('every one of them ends with the attestation that proves it', () => {
    const all = [
      manualSteps.invite('bob@acme.example', of('support')),
      manualSteps.patch('bob@acme.example', of('support'), of('developer')),
      manualSteps.delete('bob@acme.example', of('support')),
      manualSteps.resend('bob@acme.example'),
    ];
    for (const steps of all) expect(steps.at(-1)).toBe(ATTEST);
    expect(manualSteps.ownerTransfer('twilio-labs', 'ada@acme.example')).toContain(`Once support has confirmed: ${ATTEST}`);
  });
});
