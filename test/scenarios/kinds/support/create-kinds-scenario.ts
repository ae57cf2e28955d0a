import { expect } from 'vitest';
import { openMemoryStorage } from '../../../../src/apply/open-memory-storage.ts';
import { createTelnyxWorld, type TelnyxWorld } from '../../../../src/emulator/create-telnyx-world.ts';
import type { VirtualClock } from '../../../../src/emulator/create-world.ts';
import type { TelnyxSeedAccount } from '../../../../src/emulator/parse-telnyx-seed.ts';
import type { TelnyxSwitches } from '../../../../src/emulator/telnyx-switches.ts';
import { createTwilioWorld, type TwilioWorld } from '../../../../src/emulator/twilio/create-twilio-world.ts';
import type { TwilioSeed } from '../../../../src/emulator/twilio/parse-twilio-seed.ts';
import type { Change, Plan } from '../../../../src/model.ts';
import type { Http, LedgerStorage, TextSink, World } from '../../../../src/ports.ts';
import { runCli } from '../../../../src/run-cli.ts';
import { createRandom } from '../../../../src/text/create-random.ts';
import { memorySource } from '../../../policy/memory-source.ts';
import type { Policies } from '../../support/company.ts';
import { type Crash, createDeath, mortal } from './create-death.ts';
import { createKindsChecker } from './create-kinds-checker.ts';
import { EDGE, MAIN, telnyxKeyOf } from './kinds-company.ts';

const TELNYX_ORIGIN = 'http://127.0.0.1:4010';
const TWILIO_ORIGIN = 'http://127.0.0.1:4020';
export const START = '2026-11-23T09:00:00.000Z';
const HOUR_MS = 3_600_000;

export interface Ended {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KindsOptions {
  readonly policies: Policies;
  readonly telnyx?: readonly TelnyxSeedAccount[];
  readonly twilio?: TwilioSeed;
  readonly telnyxSwitches?: Partial<TelnyxSwitches>;
}

/** rollcall's command line in front of an emulated Telnyx and an emulated Twilio, in one process and on one clock. */
export interface KindsScenario {
  readonly telnyx: TelnyxWorld;
  readonly twilio: TwilioWorld;
  readonly files: Map<string, string>;
  env: Record<string, string | undefined>;
  /** What is given on standard input. */
  input: string;
  run(...argv: string[]): Promise<Ended>;
  /** Runs until the crash; null when the run died, its result when it came to its end before. */
  runUntil(crash: Crash, ...argv: string[]): Promise<Ended | null>;
  plan(...argv: string[]): Promise<Plan>;
  setPolicies(policies: Policies): void;
  policy(path: string, text: string | null): void;
  minutes(count: number): void;
  hours(count: number): void;
  /** `ada administrator`, sorted; with the status where it is not active. Groups stand where a Telnyx organization has them. */
  live(account?: string): string[];
  /** The status of every login with this address. */
  logins(email: string): string[];
  /** The requests that change something, since the last call. */
  writes(): string[];
  ledger(): Promise<string>;
}

export function createKindsScenario({ policies, telnyx: accounts = [], twilio: seed, telnyxSwitches = {} }: KindsOptions): KindsScenario {
  const clock = startClock();
  const telnyx = createTelnyxWorld({ clock, random: createRandom(7), seed: { accounts, switches: telnyxSwitches } });
  const twilio = createTwilioWorld({ clock, random: createRandom(11), seed: seed ?? {} });
  let folder: Policies = { ...policies };
  const files = new Map<string, string>();
  const checker = createKindsChecker({ telnyx, twilio, policies: () => folder, clock });
  const storage = openMemoryStorage();
  const secrets = new Set(accounts.map(({ key }) => key));
  let written = 0;

  const scenario: KindsScenario = {
    telnyx,
    twilio,
    files,
    env: { ROLLCALL_TELNYX_ORIGIN: TELNYX_ORIGIN, ROLLCALL_TWILIO_ORIGIN: TWILIO_ORIGIN, ...credentialsOf(telnyx, twilio, secrets) },
    input: '',
    run: async (...argv) => {
      const run = await start(argv, null);
      if (run === null) throw new Error('the run died');
      return run;
    },
    runUntil: (crash, ...argv) => start(argv, crash),
    plan: async (...argv) => {
      const run = await scenario.run('plan', '--format', 'json', ...argv);
      expect(run.stderr).not.toContain('rollcall:');
      return JSON.parse(run.stdout) as Plan;
    },
    setPolicies: (next) => {
      folder = { ...next };
    },
    policy: (path, text) => {
      const { [path]: _old, ...rest } = folder;
      folder = text === null ? rest : { ...rest, [path]: text };
    },
    minutes: (count) => clock.advance(count * 60_000),
    hours: (count) => clock.advance(count * HOUR_MS),
    live: (account = MAIN) => liveOf(account, telnyx, twilio),
    logins: (email) =>
      twilio
        .state(MAIN)
        .people.filter((person) => person.email === email)
        .map((person) => person.status),
    writes: () => {
      const fresh = checker.writes.slice(written);
      written = checker.writes.length;
      return fresh;
    },
    ledger: async () => (await storage.read()).text,
  };

  async function start(argv: readonly string[], crash: Crash | null): Promise<Ended | null> {
    const out = { stdout: '', stderr: '' };
    const death = createDeath(crash);
    const violations: unknown[] = [];
    checker.begin();
    const inner = openBoth(telnyx, twilio);
    const http: Http = {
      send: async (request) => {
        try {
          checker.before(request, (await storage.read()).text);
        } catch (error) {
          violations.push(error);
        }
        const reply = await death.step(() => inner.send(request), null);
        checker.after(request, reply);
        if (reply.kind === 'reply') for (const secret of secretsIn(reply.body)) secrets.add(secret);
        return reply;
      },
      close: () => inner.close(),
    };
    const before = checker.writes.length;
    const outer = worldOf({ scenario, clock, http, files, folder: () => folder, out, storage: mortal(storage, death) });
    const exit = await Promise.race([runCli(argv, outer), death.died]);
    // Not thrown where it was seen: rollcall would take it for an error of its own.
    for (const violation of violations) throw violation;
    if (isReading(argv)) expect(checker.writes.slice(before)).toEqual([]);
    checkCanary([...secrets], [out.stdout, out.stderr, (await storage.read()).text, ...files.values()]);
    if (exit !== 'died') return { exit, ...out };
    await storage.release();
    return null;
  }
  return scenario;
}

function startClock(): VirtualClock {
  let nowMs = Date.parse(START);
  return {
    now: () => nowMs,
    sleep: async (ms) => {
      if (Number.isFinite(ms)) nowMs += ms;
    },
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

/** What Actions would set: the credentials of every account by its name; each of them is a canary. */
function credentialsOf(telnyx: TelnyxWorld, twilio: TwilioWorld, secrets: Set<string>): Record<string, string> {
  const env: Record<string, string> = {};
  const set = (account: string, suffix: string, value: string | null): void => {
    if (value !== null) env[`${account.toUpperCase().replaceAll('-', '_')}_${suffix}`] = value;
  };
  for (const name of telnyx.accounts) set(name, 'API_KEY', telnyxKeyOf(name));
  for (const name of twilio.accounts) {
    const { clientId, clientSecret, accountSid, authToken } = twilio.credentials(name);
    set(name, 'CLIENT_ID', clientId);
    set(name, 'CLIENT_SECRET', clientSecret);
    set(name, 'ACCOUNT_SID', accountSid);
    set(name, 'AUTH_TOKEN', authToken);
    secrets.add(authToken);
    if (clientSecret !== null) secrets.add(clientSecret);
  }
  return env;
}

/** Two vendors behind one connection, each on its own origin; no other is answered. */
function openBoth(telnyx: TelnyxWorld, twilio: TwilioWorld): Http {
  const [first, second] = [telnyx.http({ origin: TELNYX_ORIGIN }), twilio.http({ origin: TWILIO_ORIGIN })];
  return {
    send: (request) => (request.url.startsWith(`${TWILIO_ORIGIN}/`) ? second : first).send(request),
    close: async () => {
      await first.close();
      await second.close();
    },
  };
}

interface WorldParts {
  readonly scenario: KindsScenario;
  readonly clock: VirtualClock;
  readonly http: Http;
  readonly files: Map<string, string>;
  readonly folder: () => Policies;
  readonly out: { stdout: string; stderr: string };
  readonly storage: LedgerStorage;
}

function worldOf({ scenario, clock, http, files, folder, out, storage }: WorldParts): World {
  return {
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
      policies: (path) =>
        path === 'policies' ? memorySource(folder()) : { list: async () => null, read: () => Promise.reject(new Error('no folder')) },
    },
    git: () => ({ run: async () => ({ code: 128, stdout: new Uint8Array() }) }),
    openStorage: () => storage,
    stdout: collect(out, 'stdout'),
    stderr: collect(out, 'stderr'),
    readInput: async () => scenario.input,
    ask: null,
    prompt: null,
    interrupted: new AbortController().signal,
    graceOver: new AbortController().signal,
  };
}

/** A sink that is no terminal. */
function collect(out: WorldParts['out'], to: 'stdout' | 'stderr'): TextSink {
  return {
    write: (text) => {
      out[to] += text;
    },
    isTerminal: false,
    columns: 120,
  };
}

function liveOf(account: string, telnyx: TelnyxWorld, twilio: TwilioWorld): string[] {
  const short = (email: string): string => email.replace(/@acme\.example$/, '');
  const say = (email: string, held: readonly string[], status: string): string =>
    [short(email), ...(held.length > 0 ? [held.toSorted().join('+')] : []), ...(status === 'active' ? [] : [status])].join(' ');
  if (telnyx.accounts.includes(account)) {
    const { users, groups } = telnyx.state(account);
    const held = (email: string) => groups.flatMap(({ name, members }) => (members.includes(email) ? [name] : []));
    const rolesOf = (user: { email: string; role: string }) => (account === EDGE ? held(user.email) : [user.role]);
    return users.map((user) => say(user.email, rolesOf(user), user.status)).toSorted();
  }
  const { people } = twilio.state(account);
  return people
    .filter(({ roles }) => roles.length > 0)
    .map(({ email, roles, status }) => say(email, roles, status))
    .toSorted();
}

/** Tokens as the vendor gives them out, and those that it shows in clear. */
function secretsIn(body: string): string[] {
  return [...body.matchAll(/"(?:access_token|auth_token|secret|api_key)":"([^"]{8,})"/g)].map(([, secret = '']) => secret);
}

/** No command of these may change anything at a vendor. */
function isReading(argv: readonly string[]): boolean {
  const [command = ''] = argv;
  return !['apply', 'drift'].includes(command) || (command === 'drift' && !argv.includes('--revert'));
}

/** No secret in any form in anything that was written. */
function checkCanary(secrets: readonly string[], texts: readonly string[]): void {
  for (const secret of secrets) {
    const forms = [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex'), encodeURIComponent(secret)];
    for (const text of texts) for (const form of forms) expect(text.includes(form), 'a secret was written somewhere').toBe(false);
  }
}

/** Changes as people say them, sorted: `invite ada administrator (git)`. */
export function stepsOf(plan: Plan): string[] {
  return plan.changes.map(wordsOf).toSorted();
}

function wordsOf({ action, principal, after, origin, executor }: Change): string {
  const to = after === null ? [] : [[...after.roles, ...after.groups].join('+')];
  const name = principal.replace(/@acme\.example$/, '');
  return [action, name, ...to, `(${origin}${executor === 'manual' ? ', manual' : ''})`].join(' ');
}
