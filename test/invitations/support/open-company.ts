import { expect } from 'vitest';
import { openMemoryStorage } from '../../../src/apply/open-memory-storage.ts';
import { createTelnyxWorld, type TelnyxWorld } from '../../../src/emulator/create-telnyx-world.ts';
import type { TelnyxPortal } from '../../../src/emulator/open-telnyx-portal.ts';
import type { TelnyxFault } from '../../../src/emulator/parse-telnyx-fault.ts';
import type { TelnyxSwitches } from '../../../src/emulator/telnyx-switches.ts';
import type { Plan } from '../../../src/model.ts';
import type { Http, World } from '../../../src/ports.ts';
import { runCli } from '../../../src/run-cli.ts';
import { createRandom } from '../../../src/text/create-random.ts';
import { memorySource } from '../../policy/memory-source.ts';
import { company, OWNER, PRODUCTION } from '../../scenarios/support/company.ts';

const KEY = 'KEY-of-invitations-0123456789abcdef';
export const HOUR_MS = 3_600_000;
export const START_MS = Date.parse('2026-11-23T09:00:00.000Z');

export interface Limits {
  readonly perHour: number;
  readonly open: number;
}

export interface CompanyOptions {
  readonly people: readonly string[];
  /** By policy and, unless `switches` say otherwise, by the vendor. */
  readonly limits?: Limits;
  /** Who has a Telnyx account of their own. */
  readonly elsewhere?: readonly string[];
  readonly faults?: readonly TelnyxFault[];
  /** What happens right after the nth POST was answered, counted from 1. */
  readonly afterPost?: (nth: number, portal: TelnyxPortal) => void;
  readonly switches?: Partial<TelnyxSwitches>;
}

/** One POST as the vendor met it, by the vendor's clock. */
export interface Post {
  readonly atMs: number;
  readonly person: string;
  /** Whether the vendor refused this one person: for good, or in words that did not arrive, which leaves them alone for hours. */
  readonly refused: 'taken' | 'in_no_words' | null;
}

export interface Ended {
  readonly exit: number;
  readonly stdout: string;
}

/** One account in which nobody is yet, people whom policy wants there, and an eye on the vendor's side that knows the limits. */
export interface Company {
  readonly vendor: TelnyxWorld;
  readonly posts: readonly Post[];
  /** What the eye saw that must not be, in the order it happened. */
  readonly broken: readonly string[];
  /** The time by the vendor's clock. */
  now(): number;
  advance(ms: number): void;
  /** How far the clock of whoever runs rollcall goes ahead of the vendor's. */
  setAhead(ms: number): void;
  run(...argv: string[]): Promise<Ended>;
  plan(): Promise<Plan>;
  setPeople(people: readonly string[]): void;
  /** Who is there, by status. */
  who(status: 'invited' | 'active'): string[];
  accept(person: string): void;
}

export function openCompany({
  people,
  limits = { perHour: 10, open: 10 },
  elsewhere = [],
  faults = [],
  switches,
  afterPost,
}: CompanyOptions): Company {
  let trueMs = START_MS;
  let aheadMs = 0;
  const vendorClock = { now: () => trueMs, sleep: async (ms: number) => pass(ms), advance: pass };
  const runClock = { now: () => trueMs + aheadMs, sleep: async (ms: number) => pass(ms) };
  const vendor = createTelnyxWorld({
    clock: vendorClock,
    random: createRandom(7),
    seed: {
      accounts: [{ name: PRODUCTION, key: KEY, owner: OWNER, users: [], elsewhere: elsewhere.map(addressOf) }],
      switches: { per_hour: limits.perHour, open: limits.open, ...switches },
    },
  });
  for (const fault of faults) vendor.faults.add(fault);
  const storage = openMemoryStorage();
  const posts: Post[] = [];
  const broken: string[] = [];
  let policies = policiesOf(people, limits);

  function pass(ms: number): void {
    if (Number.isFinite(ms)) trueMs += ms;
  }

  async function run(...argv: string[]): Promise<Ended> {
    const out = { stdout: '', stderr: '' };
    const http = watched(vendor, { posts, broken, now: () => trueMs, limits, afterPost });
    const exit = await runCli(argv, worldOf({ http, clock: runClock, out, storage, policies: () => policies }));
    expect(out.stderr).not.toContain('rollcall: something unexpected');
    return { exit, stdout: out.stdout };
  }

  return {
    vendor,
    posts,
    broken,
    now: () => trueMs,
    advance: pass,
    setAhead: (ms) => {
      aheadMs = ms;
    },
    run,
    plan: async () => JSON.parse((await run('plan', '--format', 'json')).stdout) as Plan,
    setPeople: (next) => {
      policies = policiesOf(next, limits);
    },
    who: (status) =>
      vendor
        .state()
        .users.filter((user) => user.status === status)
        .map((user) => personOf(user.email)),
    accept: (person) => void vendor.portal().accept(addressOf(person)),
  };
}

export function addressOf(person: string): string {
  return `${person}@acme.example`;
}

export function personOf(email: string): string {
  return email.replace(/@acme\.example$/, '');
}

/** `p001 … p200`, in the order in which they are invited. */
export function crowd(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `p${String(index + 1).padStart(3, '0')}`);
}

function policiesOf(people: readonly string[], { perHour, open }: Limits) {
  const settings = `invites: { per_hour: ${perHour}, open: ${open} }\n`;
  return company({ [PRODUCTION]: { member: people, settings } });
}

interface Eye {
  readonly posts: Post[];
  readonly broken: string[];
  readonly now: () => number;
  readonly limits: Limits;
  readonly afterPost: CompanyOptions['afterPost'];
}

/** The connection, with the eye on it: every POST is judged before the vendor answers. */
function watched(vendor: TelnyxWorld, { posts, broken, now, limits, afterPost }: Eye): Http {
  const inner = vendor.http();
  return {
    send: async (request) => {
      if (request.method !== 'POST') return withDate(await inner.send(request), now());
      const atMs = now();
      const person = personOf((JSON.parse(request.body ?? '{}') as { email: string }).email);
      const { perHour, open } = limits;
      const { users, invitations } = vendor.state();
      const recent = posts.filter((post) => atMs - post.atMs < HOUR_MS).length;
      const isThere = users.some((user) => personOf(user.email) === person);
      const reply = await inner.send(request);
      // What never reached the vendor is no POST.
      if (reply.kind === 'unsent') return reply;
      if (isThere) broken.push(`${person} invited although there`);
      if (invitations.open >= open) broken.push(`${person} invited while ${invitations.open} invitations are open`);
      if (recent >= perHour) broken.push(`${person}: POST ${recent + 1} of an hour`);
      posts.push({ atMs, person, refused: refusalIn(reply) });
      afterPost?.(posts.length, vendor.portal());
      return withDate(reply, now());
    },
    close: () => inner.close(),
  };
}

type Reply = Awaited<ReturnType<Http['send']>>;

function refusalIn(reply: Reply): Post['refused'] {
  if (reply.kind !== 'reply' || reply.status !== 422) return null;
  if (reply.body.includes('existing Telnyx account')) return 'taken';
  return reply.body.endsWith('}') ? null : 'in_no_words';
}

/** As every server does. */
function withDate(reply: Reply, nowMs: number): Reply {
  return reply.kind === 'reply' ? { ...reply, headers: { date: new Date(nowMs).toUTCString(), ...reply.headers } } : reply;
}

interface WorldParts {
  readonly http: Http;
  readonly clock: World['clock'];
  readonly out: { stdout: string; stderr: string };
  readonly storage: ReturnType<typeof openMemoryStorage>;
  readonly policies: () => Record<string, string>;
}

function worldOf({ http, clock, out, storage, policies }: WorldParts): World {
  const sink = (to: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      out[to] += text;
    },
    isTerminal: false,
    columns: 120,
  });
  const none = () => Promise.reject(new Error('not needed here'));
  return {
    env: { TELNYX_PRODUCTION_API_KEY: KEY },
    cwd: '/',
    clock,
    random: createRandom(3),
    openHttp: async () => http,
    files: {
      resolve: (path) => `/${path}`,
      readText: async () => null,
      writeText: none,
      create: none,
      temporary: none,
      policies: () => memorySource(policies()),
    },
    git: () => ({ run: async () => ({ code: 128, stdout: new Uint8Array() }) }),
    openStorage: () => storage,
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    readInput: async () => '',
    prompt: null,
    ask: null,
    interrupted: new AbortController().signal,
    graceOver: new AbortController().signal,
  };
}
