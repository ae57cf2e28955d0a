import type { Clock, Http } from '../ports.ts';
import { createFaultList, type FaultList } from './create-fault-list.ts';
import { createRequestLog, type RequestRecord } from './create-request-log.ts';
import { createWorldHttp, type WorldHttpOptions } from './create-world-http.ts';
import { type Delivery, deliverWithFault, type Prepare, type Spoilage } from './deliver-with-fault.ts';
import type { Fail, Fields } from './read-fields.ts';
import type { EmulatedReply, EmulatedRequest } from './vendor-error.ts';

/** A clock that a test or the demo moves. */
export type VirtualClock = Clock & { advance(ms: number): void };

export type PortalAnswer = { readonly done: true; readonly id: string } | { readonly done: false; readonly why: string };

/** What every emulated vendor has, whatever it serves. */
export interface EmulatedWorld {
  /** The vendor alone, without faults. */
  handle(request: EmulatedRequest): EmulatedReply;
  /** The vendor with the faults that are due. */
  deliver(request: EmulatedRequest): Delivery;
  /** The world as rollcall's `Http`, in this process. */
  http(options?: WorldHttpOptions): Http;
  readonly faults: FaultList;
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

/** A world that people act in from outside, through its control endpoint. */
export interface ControlledWorld extends EmulatedWorld {
  readonly accounts: readonly string[];
  state(account?: string): unknown;
  switches(): unknown;
  /** Some switches, as parsed JSON. */
  changeSwitches(value: unknown, fail: Fail): void;
  /** What people do, by path; null when nobody can do that. */
  act(path: string, fields: Fields, fail: Fail): PortalAnswer | null;
}

export interface VendorParts {
  readonly clock: Clock | VirtualClock;
  readonly prepare: Prepare;
  /** Whose request it is, by name, for faults that are aimed at an account and for the log. */
  readonly nameOf: (request: EmulatedRequest) => string | null;
  readonly spoilage: Spoilage;
  /** The vendor's own origins. */
  readonly origins: readonly string[];
  /** What of a request's body may stand in the log; all of it when not given. */
  readonly loggable?: (request: EmulatedRequest) => string;
}

/** Puts faults, the request log and the in-process connection around one vendor. */
export function createWorld({ clock, prepare, nameOf, spoilage, origins, loggable }: VendorParts): EmulatedWorld {
  const faults = createFaultList(spoilage.isList);
  const log = createRequestLog(() => clock.now());
  const run = (request: EmulatedRequest, withFaults: boolean): Delivery => {
    const account = nameOf(request);
    const fault = withFaults ? faults.take(request, account) : null;
    const { delivery, applied } = deliverWithFault(fault, request, prepare, spoilage);
    const body = loggable?.(request) ?? request.body;
    log.note({ ...request, body }, account, fault?.kind ?? null, applied, 'reply' in delivery ? delivery.reply.status : null);
    return delivery;
  };
  const world: EmulatedWorld = {
    handle: (request) => {
      const delivery = run(request, false);
      // Without a fault every delivery is whole; the type cannot know it.
      return 'reply' in delivery ? delivery.reply : { status: 500, headers: {}, body: '' };
    },
    deliver: (request) => run(request, true),
    http: (options = {}) => createWorldHttp(world, clock, origins, options),
    faults,
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
