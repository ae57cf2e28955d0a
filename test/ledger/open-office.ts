import { apply } from '../../src/commands/apply.ts';
import { drift } from '../../src/commands/drift.ts';
import { createRun, type GlobalFlags } from '../../src/commands/run-context.ts';
import { createTelnyxWorld, type TelnyxWorld } from '../../src/emulator/create-telnyx-world.ts';
import { RollcallError } from '../../src/errors.ts';
import type { HttpRequest, LedgerStorage, World } from '../../src/ports.ts';
import { createRandom } from '../../src/text/create-random.ts';
import { memorySource } from '../policy/memory-source.ts';
import { address, nameOf, OWNER, type Policies } from '../scenarios/support/company.ts';

const ORIGIN = 'http://127.0.0.1:4010';
export const LEDGER = '/repository/.rollcall/ledger.jsonl';
const START = Date.parse('2026-11-23T09:00:00.000Z');

export type Errand = 'apply' | 'revert';

/** How a process meets the world: where its ledger is, and what happens around each of its requests. */
export interface Meets {
  readonly storage: LedgerStorage;
  readonly around?: (request: HttpRequest, send: () => Promise<unknown>) => Promise<unknown>;
}

export interface Ended {
  readonly exit: number;
  readonly said: string;
}

/** A company, its vendors, and processes of rollcall that share one clock and one ledger. */
export interface Office {
  readonly world: TelnyxWorld;
  /** What asked a vendor for a change, in order: `POST new@acme.example`; `!` behind one that changed something. */
  writes(): readonly string[];
  /** Who is there: `ada admin`, sorted. */
  live(account: string): readonly string[];
  setPolicies(policies: Policies): void;
  minutes(count: number): void;
  milliseconds(count: number): void;
  run(errand: Errand, meets: Meets): Promise<Ended>;
}

export function openOffice(policies: Policies, live: Readonly<Record<string, readonly string[]>>): Office {
  let nowMs = START;
  let files = policies;
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      if (Number.isFinite(ms)) nowMs += ms;
    },
  };
  const accounts = Object.entries(live).map(([name, users]) => ({ name, key: keyOf(name), owner: OWNER, users: users.map(seedUser) }));
  const world = createTelnyxWorld({ clock, random: createRandom(7), seed: { accounts, switches: {} } });
  const env = {
    ROLLCALL_TELNYX_ORIGIN: ORIGIN,
    ...Object.fromEntries(accounts.map(({ name, key }) => [`${name.toUpperCase().replaceAll('-', '_')}_API_KEY`, key])),
  };
  const emails = new Map<string, string>();
  const noteIds = () => {
    for (const { name } of accounts) for (const { id, email } of world.state(name).users) emails.set(id, email);
  };
  noteIds();
  return {
    world,
    writes: () =>
      world.requests
        .filter(({ mutating }) => mutating)
        .map(({ method, path, body, applied }) => {
          const email = (JSON.parse(body || '{}') as { email?: string }).email ?? emails.get(path.split('/').at(-1) ?? '') ?? 'nobody';
          return `${method} ${email}${applied ? '!' : ''}`;
        }),
    live: (account) =>
      world
        .state(account)
        .users.map(({ email, role }) => `${email.replace(/@acme\.example$/, '')} ${role}`)
        .toSorted(),
    setPolicies: (next) => {
      files = next;
    },
    minutes: (count) => {
      nowMs += count * 60_000;
    },
    milliseconds: (count) => {
      nowMs += count;
    },
    run: async (errand, { storage, around = (_request, send) => send() }) => {
      const inner = world.http({ origin: ORIGIN });
      let said = '';
      const sink = {
        write: (text: string) => {
          said += text;
        },
        isTerminal: false,
        columns: 120,
      };
      const send: typeof inner.send = async (request) => {
        const answer = await around(request, () => inner.send(request));
        noteIds();
        return answer as Awaited<ReturnType<typeof inner.send>>;
      };
      const outer: World = {
        env,
        cwd: '/repository',
        clock,
        random: createRandom(3),
        openHttp: async () => ({ send, close: () => inner.close() }),
        files: {
          resolve: (path) => `/repository/${path}`,
          readText: async () => null,
          writeText: () => Promise.reject(new Error('nothing is written here')),
          create: async () => 'exists',
          temporary: () => Promise.reject(new Error('no folder is made here')),
          policies: () => memorySource(files),
        },
        git: () => ({ run: async () => ({ code: 128, stdout: new Uint8Array() }) }),
        openStorage: () => storage,
        stdout: sink,
        stderr: sink,
        readInput: async () => '',
        prompt: null,
        ask: null,
        interrupted: new AbortController().signal,
        graceOver: new AbortController().signal,
      };
      const exit = await execute(errand, outer).catch((error: unknown) => {
        if (!(error instanceof RollcallError)) throw error;
        said += error.message;
        return error.exit;
      });
      return { exit, said };
    },
  };
}

const FLAGS: GlobalFlags = {
  policies: 'policies',
  account: [],
  format: 'text',
  out: null,
  quiet: true,
  colour: false,
  ledger: LEDGER,
  debug: false,
};

function execute(errand: Errand, world: World): Promise<number> {
  const run = createRun(world, FLAGS);
  return errand === 'apply' ? apply(run, { plan: null, yes: true }) : drift(run, true);
}

function keyOf(account: string): string {
  return `KEY-of-${account}-0123456789abcdef`;
}

function seedUser(words: string) {
  const [person = '', role = 'member', status = 'active'] = words.split(' ');
  return { email: address(person), name: nameOf(person), role, status };
}
