import { RollcallError } from '../errors.ts';
import type { Clock, Http, Random } from '../ports.ts';
import { answerTelnyx } from './answer-telnyx.ts';
import { createFaultList, type FaultList } from './create-fault-list.ts';
import { createRequestLog, type RequestRecord } from './create-request-log.ts';
import { createWorldHttp, type WorldHttpOptions } from './create-world-http.ts';
import { type Delivery, deliverWithFault } from './deliver-with-fault.ts';
import { type AccountNeeds, openTelnyxAccount, type SubUser, type TelnyxAccount } from './open-telnyx-account.ts';
import { openTelnyxPortal, type TelnyxPortal } from './open-telnyx-portal.ts';
import type { TelnyxSeed } from './parse-telnyx-seed.ts';
import { DEFAULT_TELNYX_SWITCHES, type TelnyxSwitches } from './telnyx-switches.ts';
import type { EmulatedReply, EmulatedRequest } from './vendor-error.ts';

/** A clock that a test or the demo moves. */
export type VirtualClock = Clock & { advance(ms: number): void };

export interface WorldOptions {
  readonly clock: Clock | VirtualClock;
  readonly random: Random;
  readonly seed: TelnyxSeed;
}

/** Everything true of one account, for tests and for a look from outside. The key is not part of it. */
export interface AccountState {
  readonly name: string;
  readonly owner: SubUser;
  readonly users: readonly SubUser[];
  readonly elsewhere: readonly string[];
  readonly invitations: { readonly open: number; readonly last_hour: number };
}

/** An emulated Telnyx: several accounts, each opened by its key. */
export interface TelnyxWorld {
  /** The vendor alone, without faults. */
  handle(request: EmulatedRequest): EmulatedReply;
  /** The vendor with the faults that are due. */
  deliver(request: EmulatedRequest): Delivery;
  /** The world as rollcall's `Http`, in this process. */
  http(options?: WorldHttpOptions): Http;
  /** The people's side of an account; of the first one when no name is given. */
  portal(account?: string): TelnyxPortal;
  state(account?: string): AccountState;
  readonly accounts: readonly string[];
  readonly faults: FaultList;
  switches(): TelnyxSwitches;
  setSwitches(some: Partial<TelnyxSwitches>): void;
  /** Every request that reached the vendor or a fault, oldest first; of very many the newest. */
  readonly requests: readonly RequestRecord[];
  /** The most requests, and the most writes, that were under way at once. */
  highWater(): { readonly requests: number; readonly writes: number };
  /** To be called when a request comes in; what it returns, when it is over. */
  enter(method: string): () => void;
  now(): number;
  /** Whether the clock could be moved. */
  advance(ms: number): boolean;
}

/** Makes a world from a seed; the same seed, clock and random numbers give the same ids and answers. */
export function createTelnyxWorld({ clock, random, seed }: WorldOptions): TelnyxWorld {
  let switches: TelnyxSwitches = { ...DEFAULT_TELNYX_SWITCHES, ...seed.switches };
  const needs: AccountNeeds = { now: () => clock.now(), newId: () => drawUuid(random), switches: () => switches };
  const accounts = seed.accounts.map((account) => openTelnyxAccount(account, needs));
  const byKey = new Map(seed.accounts.map((account, index) => [account.key, accounts[index]]));
  const accountOf = (request: EmulatedRequest): TelnyxAccount | null => byKey.get(bearer(request)) ?? null;
  const prepare = answerTelnyx(accountOf, needs);
  const faults = createFaultList();
  const log = createRequestLog(() => clock.now());
  const run = (request: EmulatedRequest, withFaults: boolean): Delivery => {
    const account = accountOf(request)?.name ?? null;
    const fault = withFaults ? faults.take(request, account) : null;
    const { delivery, applied } = deliverWithFault(fault, request, prepare);
    log.note(request, account, fault?.kind ?? null, applied, 'reply' in delivery ? delivery.reply.status : null);
    return delivery;
  };
  const world: TelnyxWorld = {
    handle: (request) => {
      const delivery = run(request, false);
      // Without a fault every delivery is whole; the type cannot know it.
      return 'reply' in delivery ? delivery.reply : { status: 500, headers: {}, body: '' };
    },
    deliver: (request) => run(request, true),
    http: (options = {}) => createWorldHttp(world, clock, options),
    portal: (name) => openTelnyxPortal(pick(accounts, name), needs),
    state: (name) => stateOf(pick(accounts, name)),
    accounts: accounts.map((account) => account.name),
    faults,
    switches: () => switches,
    setSwitches: (some) => {
      switches = { ...switches, ...some };
    },
    requests: log.records,
    highWater: log.highWater,
    enter: log.enter,
    now: () => clock.now(),
    advance: (ms) => {
      if (!('advance' in clock)) return false;
      clock.advance(ms);
      return true;
    },
  };
  return world;
}

function pick(accounts: readonly TelnyxAccount[], name: string | undefined): TelnyxAccount {
  const found = accounts.find((account) => name === undefined || account.name === name);
  if (!found) throw new RollcallError('usage', `the emulator has no such account. It has: ${accounts.map((one) => one.name).join(', ')}.`);
  return found;
}

function stateOf(account: TelnyxAccount): AccountState {
  return {
    name: account.name,
    owner: account.owner(),
    users: account.users(),
    elsewhere: [...account.elsewhere],
    invitations: { open: account.openInvitations(), last_hour: account.invitationTimes().length },
  };
}

function bearer(request: EmulatedRequest): string {
  return /^Bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
}

/** A version 4 UUID from the world's own random numbers, so that a replay has the same ids. */
function drawUuid(random: Random): string {
  const hex = (digits: number): string => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
  const variant = '89ab'[Math.floor(random() * 4)] ?? '8';
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}
