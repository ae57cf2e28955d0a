import { createTelnyxWorld, type TelnyxWorld, type VirtualClock } from '../../src/emulator/create-telnyx-world.ts';
import type { SubUser } from '../../src/emulator/open-telnyx-account.ts';
import { type Fail, isFields } from '../../src/emulator/read-fields.ts';
import type { TelnyxSwitches } from '../../src/emulator/telnyx-switches.ts';
import type { EmulatedReply } from '../../src/emulator/vendor-error.ts';
import type { Random } from '../../src/ports.ts';

export const KEY = 'KEY-production';
export const OTHER_KEY = 'KEY-support';
export const START = Date.parse('2026-11-22T09:00:00.000Z');

export const SEED = {
  accounts: [
    {
      name: 'telnyx-production',
      key: KEY,
      owner: 'root@acme.example',
      users: [
        { email: 'ada@acme.example', name: 'Ada', role: 'admin', id: '11111111-1111-4111-8111-111111111111' },
        { email: 'Grace@acme.example', name: 'Grace', role: 'member', id: '22222222-2222-4222-8222-222222222222' },
      ],
      elsewhere: ['Own@acme.example'],
    },
    { name: 'telnyx-support', key: OTHER_KEY, owner: 'root@acme.example', users: [] },
  ],
};
export const ADA = '11111111-1111-4111-8111-111111111111';
export const GRACE = '22222222-2222-4222-8222-222222222222';
export const NOBODY = '99999999-9999-4999-8999-999999999999';

/** Time passes only when somebody sleeps or advances it. */
export function createJumpingClock(start = START): VirtualClock {
  let now = start;
  return {
    now: () => now,
    sleep: async (ms) => {
      if (Number.isFinite(ms)) now += ms;
    },
    advance: (ms) => {
      now += ms;
    },
  };
}

export function createTestRandom(seed = 7): Random {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}

export interface TestWorld {
  readonly world: TelnyxWorld;
  readonly clock: VirtualClock;
  ask(method: string, path: string, body?: unknown, key?: string): Answer;
  invite(email: string): Answer;
  list(query?: string): Page;
}

export interface Answer extends EmulatedReply {
  readonly code: string | undefined;
  readonly detail: string | undefined;
  readonly user: SubUser;
}

export interface Page {
  readonly data: readonly SubUser[];
  readonly meta: Readonly<Record<string, unknown>>;
}

export function openWorld(switches: Partial<TelnyxSwitches> = {}, seed: Parameters<typeof createTelnyxWorld>[0]['seed'] = SEED): TestWorld {
  const clock = createJumpingClock();
  const world = createTelnyxWorld({ clock, random: createTestRandom(), seed: { ...seed, switches } });
  const ask: TestWorld['ask'] = (method, path, body, key = KEY) =>
    readAnswer(
      world.handle({ method, path, headers: { authorization: `Bearer ${key}` }, body: body === undefined ? '' : JSON.stringify(body) }),
    );
  return {
    world,
    clock,
    ask,
    invite: (email) => ask('POST', '/v2/sub_users', { email, name: 'New Person', role: 'member' }),
    list: (query = '') => JSON.parse(ask('GET', `/v2/sub_users${query}`).body) as Page,
  };
}

export function readAnswer(reply: EmulatedReply): Answer {
  const document: unknown = reply.body === '' ? {} : JSON.parse(reply.body);
  const { data, errors } = (isFields(document) ? document : {}) as { data?: SubUser; errors?: { code: string; detail: string }[] };
  return { ...reply, code: errors?.[0]?.code, detail: errors?.[0]?.detail, user: data as SubUser };
}

export function emails(page: Page): readonly string[] {
  return page.data.map((row) => row.email);
}

/** Ends a parse with the reason as a plain error. */
export const failPlainly: Fail = (why) => {
  throw new Error(why);
};
