import { expect } from 'vitest';
import { openMemoryStorage } from '../../../src/apply/open-memory-storage.ts';
import { createTelnyxWorld, type TelnyxWorld } from '../../../src/emulator/create-telnyx-world.ts';
import type { TelnyxFault } from '../../../src/emulator/parse-telnyx-fault.ts';
import type { TelnyxSwitches } from '../../../src/emulator/telnyx-switches.ts';
import type { Change, Plan } from '../../../src/model.ts';
import type { Http, LedgerStorage, TextSink, World } from '../../../src/ports.ts';
import { runCli } from '../../../src/run-cli.ts';
import { createRandom } from '../../../src/text/create-random.ts';
import { memorySource } from '../../policy/memory-source.ts';
import { address, nameOf, OWNER, type Policies } from './company.ts';
import { type Checker, createChecker } from './create-checker.ts';

export const ORIGIN = 'http://127.0.0.1:4010';
export const START = '2026-11-23T09:00:00.000Z';
const HOUR_MS = 3_600_000;

export interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ScenarioOptions {
  readonly policies: Policies;
  /** By account: `ada admin`, `bob member invited`, `eve@elsewhere.example member`. */
  readonly live: Readonly<Record<string, readonly string[]>>;
  readonly now?: string;
  readonly elsewhere?: readonly string[];
  readonly switches?: Partial<TelnyxSwitches>;
  /** How wide the terminal is; no terminal where it is not given. */
  readonly columns?: number;
}

/** Where a run dies: at its nth request or its nth append, with the effect still to come, half there, or there and unanswered. */
export interface Crash {
  readonly at: number;
  readonly how: 'before' | 'torn' | 'after';
}

export interface Scenario {
  readonly world: TelnyxWorld;
  readonly checker: Checker;
  /** Files that commands wrote, and that a test puts there, by path. */
  readonly files: Map<string, string>;
  /** Folders of policies by name; `policies` is the one that counts. */
  readonly folders: Map<string, Policies>;
  env: Record<string, string | undefined>;
  /** Answers of a person at the terminal; null where there is none. */
  answer: boolean | (() => boolean) | null;
  /** What is given on standard input. */
  input: string;
  run(...argv: string[]): Promise<Ended>;
  /** Runs until the crash; null when the run died, its result when it came to its end before. */
  runUntil(crash: Crash, ...argv: string[]): Promise<Ended | null>;
  /** Runs and interrupts at the nth request that changes something. */
  runInterrupted(atWrite: number, ...argv: string[]): Promise<Ended>;
  plan(...argv: string[]): Promise<Plan>;
  policy(path: string, text: string | null): void;
  setPolicies(policies: Policies): void;
  hours(count: number): void;
  minutes(count: number): void;
  now(): string;
  fault(fault: TelnyxFault): void;
  portal(account?: string): ReturnType<TelnyxWorld['portal']>;
  /** `ada admin`, sorted; with the status where it is not active. */
  live(account?: string): string[];
  /** What changed the vendor's state or was meant to, since the last call: `DELETE bob`, `POST ada admin`, `PATCH ada member`. */
  writes(): string[];
  ledger(): Promise<string>;
  setLedger(text: string): Promise<void>;
  /** As another process that holds the ledger. */
  holdLedger(): Promise<void>;
}

export function keyOf(account: string): string {
  return `KEY-CANARY-${account}-0123456789abcdef`;
}

export function createScenario({ policies, live, now = START, elsewhere = [], switches = {}, columns }: ScenarioOptions): Scenario {
  let nowMs = Date.parse(now);
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      if (Number.isFinite(ms)) nowMs += ms;
    },
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
  const accounts = Object.entries(live).map(([name, users]) => ({
    name,
    key: keyOf(name),
    owner: OWNER,
    users: users.map(seedUser),
    elsewhere,
  }));
  const world = createTelnyxWorld({ clock, random: createRandom(7), seed: { accounts, switches } });
  const folders = new Map([['policies', { ...policies }]]);
  const files = new Map<string, string>();
  const checker = createChecker(world, () => folders.get('policies') ?? {}, clock);
  let storage = openMemoryStorage();
  let written = 0;
  let interruptAt: number | null = null;

  const scenario: Scenario = {
    world,
    checker,
    files,
    folders,
    env: {
      ROLLCALL_TELNYX_ORIGIN: ORIGIN,
      ...Object.fromEntries(accounts.map(({ name, key }) => [`${name.toUpperCase().replaceAll('-', '_')}_API_KEY`, key])),
    },
    answer: null,
    input: '',
    run: async (...argv) => ended(await start(argv, null)),
    runUntil: (crash, ...argv) => start(argv, crash),
    runInterrupted: async (atWrite, ...argv) => {
      interruptAt = atWrite;
      try {
        return ended(await start(argv, null));
      } finally {
        interruptAt = null;
      }
    },
    plan: async (...argv) => {
      const run = await scenario.run('plan', '--format', 'json', ...argv);
      expect(run.stderr).not.toContain('rollcall:');
      return JSON.parse(run.stdout) as Plan;
    },
    policy: (path, text) => {
      const inside = folders.get('policies') ?? {};
      if (text === null) delete inside[path];
      else inside[path] = text;
    },
    setPolicies: (next) => {
      folders.set('policies', { ...next });
    },
    hours: (count) => clock.advance(count * HOUR_MS),
    minutes: (count) => clock.advance(count * 60_000),
    now: () => new Date(nowMs).toISOString(),
    fault: (fault) => world.faults.add(fault),
    portal: (account) => world.portal(account),
    live: (account) =>
      world
        .state(account)
        .users.map((user) => [short(user.email), user.role, ...(user.status === 'active' ? [] : [user.status])].join(' '))
        .toSorted(),
    writes: () => {
      const fresh = checker.writes.slice(written).map((one) => one.words);
      written = checker.writes.length;
      return fresh;
    },
    ledger: async () => (await storage.read()).text,
    setLedger: async (text) => {
      storage = openMemoryStorage();
      await storage.append(text, '0');
    },
    holdLedger: async () => {
      await storage.acquire();
    },
  };

  async function start(argv: readonly string[], crash: Crash | null): Promise<Ended | null> {
    const out = { stdout: '', stderr: '' };
    const interrupt = new AbortController();
    const death = createDeath(crash);
    const violations: unknown[] = [];
    let writesNow = 0;
    const inner = world.http({ origin: ORIGIN });
    const http: Http = {
      send: async (request) => {
        try {
          checker.before(request);
        } catch (error) {
          violations.push(error);
        }
        if (request.method !== 'GET') {
          writesNow += 1;
          if (writesNow === interruptAt) interrupt.abort();
        }
        return death.step(() => inner.send(request), null);
      },
      close: () => inner.close(),
    };
    const outer: World = {
      env: scenario.env,
      cwd: '/',
      clock,
      random: createRandom(3),
      openHttp: async () => http,
      files: {
        resolve: (path) => `/${path}`,
        readText: async (path) => files.get(path) ?? null,
        writeText: async (path, text) => {
          files.set(path, text);
        },
        create: async (path, text) => {
          if (files.has(path)) return 'exists';
          files.set(path, text);
          return 'made';
        },
        temporary: () => Promise.reject(new Error('no folder is made in a scenario')),
        policies: (folder) => {
          const inside = folders.get(folder.replace(/\/+$/, ''));
          return inside === undefined
            ? { list: async () => null, read: () => Promise.reject(new Error('no folder')) }
            : memorySource(inside);
        },
      },
      git: () => ({ run: async () => ({ code: 128, stdout: new Uint8Array() }) }),
      openStorage: () => mortal(storage, death),
      stdout: collect((text) => {
        out.stdout += text;
      }, columns),
      stderr: collect((text) => {
        out.stderr += text;
      }, undefined),
      readInput: async () => scenario.input,
      prompt: null,
      ask:
        scenario.answer === null
          ? null
          : async () => (typeof scenario.answer === 'function' ? scenario.answer() : scenario.answer === true),
      interrupted: interrupt.signal,
      graceOver: new AbortController().signal,
    };
    const before = world.requests.length;
    const exit = await Promise.race([runCli(argv, outer), death.died]);
    // Not thrown where it was seen: rollcall would take it for an error of its own.
    for (const violation of violations) throw violation;
    if (isReading(argv)) expect(world.requests.slice(before).filter((one) => one.mutating)).toEqual([]);
    checkCanary(
      accounts.map(({ key }) => key),
      [out.stdout, out.stderr, (await storage.read()).text, ...files.values()],
    );
    if (exit === 'died') {
      await storage.release();
      return null;
    }
    return { exit, ...out };
  }
  return scenario;
}

function collect(write: (text: string) => void, columns: number | undefined): TextSink {
  return { write, isTerminal: columns !== undefined, columns: columns ?? 120 };
}

function ended(run: Ended | null): Ended {
  if (run === null) throw new Error('the run died');
  return run;
}

function short(email: string): string {
  return email.replace(/@acme\.example$/, '');
}

function seedUser(words: string) {
  const [person = '', role = 'member', status = 'active'] = words.split(' ');
  return { email: address(person), name: nameOf(person), role, status };
}

/** No command of these may change anything at a vendor. */
function isReading(argv: readonly string[]): boolean {
  const [command = ''] = argv;
  return ['plan', 'observe', 'validate', 'explain', 'ledger'].includes(command) || (command === 'drift' && !argv.includes('--revert'));
}

/** No key in any form in anything that was written. */
function checkCanary(keys: readonly string[], texts: readonly string[]): void {
  for (const key of keys) {
    const forms = [key, Buffer.from(key).toString('base64'), Buffer.from(key).toString('hex'), encodeURIComponent(key)];
    for (const text of texts) for (const form of forms) expect(text.includes(form), 'a key was written somewhere').toBe(false);
  }
}

interface Death {
  /** One input or output of the run; the one that is its last never answers, and neither does any after it. */
  step<T>(act: () => Promise<T>, half: (() => Promise<unknown>) | null): Promise<T>;
  readonly died: Promise<'died'>;
}

/** A process that is killed does nothing more: no answer comes, no `finally` runs. */
function createDeath(crash: Crash | null): Death {
  let steps = 0;
  let dead = false;
  let die: (word: 'died') => void = () => undefined;
  const died = new Promise<'died'>((resolve) => {
    die = resolve;
  });
  const silence = <T>(): Promise<T> => {
    dead = true;
    die('died');
    return new Promise<T>(() => undefined);
  };
  return {
    died,
    step: async (act, half) => {
      if (dead) return new Promise(() => undefined);
      steps += 1;
      if (crash === null || steps !== crash.at) return act();
      if (crash.how === 'after') await act();
      if (crash.how === 'torn' && half !== null) await half();
      return silence();
    },
  };
}

function mortal(storage: LedgerStorage, death: Death): LedgerStorage {
  return {
    ...storage,
    append: (lines, version) =>
      death.step(
        () => storage.append(lines, version),
        () => storage.append(lines.slice(0, Math.floor(lines.length / 2)), version),
      ),
  };
}

/** Changes as people say them, sorted: `invite ada admin (git)`. */
export function stepsOf(plan: Plan): string[] {
  return plan.changes.map(wordsOf).toSorted();
}

function wordsOf({ action, principal, after, origin, executor }: Change): string {
  const to = after === null ? [] : [after.roles.join('+')];
  return [action, short(principal), ...to, `(${origin}${executor === 'manual' ? ', manual' : ''})`].join(' ');
}
