import { createTelnyxWorld, type TelnyxWorld, type VirtualClock } from '../../src/emulator/create-telnyx-world.ts';
import type { TelnyxFault } from '../../src/emulator/parse-telnyx-fault.ts';
import type { TelnyxSeed } from '../../src/emulator/parse-telnyx-seed.ts';
import type { TelnyxSwitches } from '../../src/emulator/telnyx-switches.ts';
import type { Provider } from '../../src/model.ts';
import type { Http, HttpRequest } from '../../src/ports.ts';
import { createTelnyxProvider } from '../../src/provider/telnyx/telnyx-provider.ts';
import { createVendorClient } from '../../src/provider/vendor-client.ts';

export const ACCOUNT = 'telnyx-production';
export const KEY = 'KEY019A-canary+/=secret&key';
export const START_MS = Date.parse('2026-11-22T09:00:00.000Z');
export const HOUR_MS = 3_600_000;
export const RUN_MS = 600_000;

export type SeedUser = TelnyxSeed['accounts'][number]['users'][number];

/** Time passes only when somebody sleeps or moves it; what was slept is remembered. */
export interface JumpingClock extends VirtualClock {
  readonly sleeps: readonly number[];
}

export function createJumpingClock(startMs = START_MS): JumpingClock {
  let now = startMs;
  const sleeps: number[] = [];
  return {
    sleeps,
    now: () => now,
    sleep: async (ms, signal) => {
      if (signal?.aborted || !Number.isFinite(ms)) return;
      sleeps.push(ms);
      now += ms;
    },
    advance: (ms) => {
      now += ms;
    },
  };
}

/** The same numbers for the same seed. */
export function createSeededRandom(seed = 7): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

export function uuidOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** So many users: every tenth an admin, all with an id that tells their number. */
export function manyUsers(count: number): SeedUser[] {
  return Array.from({ length: count }, (_, index) => ({
    id: uuidOf(index + 1),
    email: `person-${String(index + 1).padStart(5, '0')}@acme.example`,
    name: `Person ${index + 1}`,
    role: index % 10 === 0 ? 'admin' : 'member',
  }));
}

export interface ProviderWorldOptions {
  readonly users?: readonly SeedUser[];
  readonly elsewhere?: readonly string[];
  readonly switches?: Partial<TelnyxSwitches>;
  readonly faults?: readonly TelnyxFault[];
  readonly clock?: JumpingClock;
  /** Between provider and world. */
  readonly wrap?: (http: Http) => Http;
  readonly interrupted?: AbortSignal;
  readonly graceOver?: AbortSignal;
}

export interface ProviderWorld {
  readonly clock: JumpingClock;
  readonly vendor: TelnyxWorld;
  readonly provider: Provider;
  /** Every request that left rollcall, whether or not it arrived. */
  readonly sent: readonly HttpRequest[];
  /** A provider as a new run opens it: with its own deadline. */
  reopen(): Provider;
}

/** One emulated account and the provider that is under test, without a socket. */
export function openProviderWorld(options: ProviderWorldOptions = {}): ProviderWorld {
  const clock = options.clock ?? createJumpingClock();
  const random = createSeededRandom();
  const { users = manyUsers(3), elsewhere = [], switches = {}, faults = [] } = options;
  const account = { name: ACCOUNT, key: KEY, owner: 'root@acme.example', users: [...users], elsewhere: [...elsewhere] };
  const vendor = createTelnyxWorld({ clock, random, seed: { accounts: [account], switches } });
  for (const fault of faults) vendor.faults.add(fault);
  const sent: HttpRequest[] = [];
  const inner = vendor.http();
  const counting: Http = {
    send: (request) => {
      sent.push(request);
      return inner.send(request);
    },
    close: () => inner.close(),
  };
  const http = options.wrap?.(counting) ?? counting;
  const never = new AbortController().signal;
  const reopen = (): Provider => {
    const client = createVendorClient({
      http,
      clock,
      random,
      origin: 'https://api.telnyx.com',
      bearer: KEY,
      deadlineAt: clock.now() + RUN_MS,
      interrupted: options.interrupted ?? never,
      graceOver: options.graceOver ?? never,
    });
    return createTelnyxProvider(ACCOUNT, client, clock);
  };
  return { clock, vendor, provider: reopen(), sent, reopen };
}

/** An http that answers what the function says, request by request. */
export function answerWith(answer: (request: HttpRequest, number: number) => Awaited<ReturnType<Http['send']>>): Http & {
  readonly sent: readonly HttpRequest[];
} {
  const sent: HttpRequest[] = [];
  return {
    sent,
    send: async (request) => {
      sent.push(request);
      return answer(request, sent.length);
    },
    close: async () => {},
  };
}

export function jsonAnswer(status: number, document: unknown, headers: Readonly<Record<string, string>> = {}) {
  return {
    kind: 'reply' as const,
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof document === 'string' ? document : JSON.stringify(document),
  };
}
