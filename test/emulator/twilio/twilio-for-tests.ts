import type { VirtualClock } from '../../../src/emulator/create-world.ts';
import { type Fields, isFields } from '../../../src/emulator/read-fields.ts';
import { createTwilioWorld, type TwilioWorld } from '../../../src/emulator/twilio/create-twilio-world.ts';
import type { TwilioSeed } from '../../../src/emulator/twilio/parse-twilio-seed.ts';
import type { TwilioSwitches } from '../../../src/emulator/twilio/twilio-switches.ts';
import { createJumpingClock, createTestRandom } from '../world-for-tests.ts';

export const OR = `OR${'a'.repeat(32)}`;
export const MAIN = `AC${'1'.repeat(32)}`;
export const SUB = `AC${'2'.repeat(32)}`;
export const LABS = `AC${'3'.repeat(32)}`;
export const ADA = `US${'a1'.repeat(16)}`;
export const GRACE = `US${'b2'.repeat(16)}`;
export const OLD_KEY = `SK${'c3'.repeat(16)}`;
export const ADMINISTRATOR = 'IX00000000000000000000000000000102';
export const DEVELOPER = 'IX00000000000000000000000000000103';
export const CLIENT = { id: `OQ${'d'.repeat(32)}`, secret: 'organization-secret' };
export const MAIN_TOKEN = 'main-auth-token';

export const TWILIO_SEED: TwilioSeed = {
  organizations: [
    {
      sid: OR,
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      owner: 'root@acme.example',
      elsewhere: ['own@acme.example'],
      accounts: [
        {
          name: 'twilio-main',
          sid: MAIN,
          auth_token: MAIN_TOKEN,
          keys: [{ name: 'deploy', sid: OLD_KEY, created_at: '2025-01-31T10:00:00.000Z' }],
        },
        { name: 'twilio-sub', sid: SUB, auth_token: 'sub-auth-token', parent: 'twilio-main' },
      ],
      users: [
        { email: 'ada@acme.example', name: 'Ada Lovelace', sid: ADA, roles: [{ role: 'administrator', scope: 'twilio-main' }] },
        { email: 'Grace@acme.example', name: 'Grace Hopper', sid: GRACE, roles: [{ role: 'developer', scope: 'twilio-main' }] },
      ],
      externals: [{ email: 'sven@partner.example', name: 'Sven', roles: [{ role: 'support', scope: 'twilio-main' }] }],
    },
  ],
  consoles: [
    {
      name: 'twilio-labs',
      sid: LABS,
      auth_token: 'labs-auth-token',
      owner: 'root@acme.example',
      members: [
        { email: 'ada@acme.example', name: 'Ada Lovelace', roles: ['administrator'] },
        { email: 'kim@acme.example', roles: ['developer', 'billing_manager'], status: 'pending', invited_at: '2026-11-20T08:00:00Z' },
      ],
    },
  ],
};

export interface TwilioAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: Fields;
}

export interface TestTwilio {
  readonly world: TwilioWorld;
  readonly clock: VirtualClock;
  /** With a token of the organization. */
  ask(method: string, url: string, body?: unknown, headers?: Readonly<Record<string, string>>): TwilioAnswer;
  /** With the SID and the token of an account. */
  askAs(sid: string, token: string, url: string): TwilioAnswer;
  token(secret?: string): TwilioAnswer;
}

export function openTwilio(switches: Partial<TwilioSwitches> = {}, seed: TwilioSeed = TWILIO_SEED): TestTwilio {
  const clock = createJumpingClock();
  const world = createTwilioWorld({ clock, random: createTestRandom(), seed: { ...seed, switches } });
  const send = (method: string, url: string, headers: Readonly<Record<string, string>>, body: string): TwilioAnswer => {
    const { origin, pathname, search } = new URL(url);
    const reply = world.handle({ method, path: pathname + search, headers, body, origin });
    const parsed: unknown = reply.body.startsWith('{') ? JSON.parse(reply.body) : {};
    return { status: reply.status, headers: reply.headers, text: reply.body, body: isFields(parsed) ? parsed : {} };
  };
  const token = (secret = CLIENT.secret): TwilioAnswer => {
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: CLIENT.id, client_secret: secret });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return send('POST', 'https://oauth.twilio.com/v2/token', headers, form.toString());
  };
  let bearer: string | null = null;
  return {
    world,
    clock,
    token,
    ask: (method, url, body, headers = {}) => {
      bearer ??= String(token().body['access_token']);
      const own = { authorization: `Bearer ${bearer}`, ...headers };
      return send(method, url, own, body === undefined ? '' : JSON.stringify(body));
    },
    askAs: (sid, secret, url) => send('GET', url, { authorization: `Basic ${Buffer.from(`${sid}:${secret}`).toString('base64')}` }, ''),
  };
}

export const USERS = 'https://iam.twilio.com/scim/v2/Users';
export const ASSIGNMENTS = 'https://iam.twilio.com/v2/Organizations/RoleAssignments';

export function newScimUser(email: string, givenName = 'New', familyName = 'Person'): Fields {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: email,
    name: { givenName, familyName },
    emails: [{ primary: true, value: email, type: 'work' }],
  };
}

export function patchOf(...operations: readonly Fields[]): Fields {
  return { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations };
}

/** The rows of whichever list the document has. */
export function rowsOf(answer: TwilioAnswer): readonly Record<string, unknown>[] {
  const list = Object.values(answer.body).find((value) => Array.isArray(value) && value.every((row) => isFields(row)));
  return (list ?? []) as readonly Record<string, unknown>[];
}

export function namesOf(answer: TwilioAnswer): readonly unknown[] {
  return rowsOf(answer).map((row) => row['userName']);
}
