import type { Fault } from './parse-fault.ts';
import type { EmulatedRequest } from './vendor-error.ts';

/** One request as the vendor saw it: what a test believes, whatever the client says. */
export interface RequestRecord {
  /** Milliseconds since 1970, by the world's clock. */
  readonly at: number;
  /** Null when no account's key came with it. */
  readonly account: string | null;
  readonly method: string;
  readonly path: string;
  /** Null when no answer went out. */
  readonly status: number | null;
  readonly mutating: boolean;
  /** Whether it changed the state, whatever was answered. */
  readonly applied: boolean;
  readonly fault: Fault['kind'] | null;
  /** Empty for reads. */
  readonly body: string;
}

/** An emulator that runs for days must not fill the memory. */
const MAX_RECORDS = 100_000;

/** Remembers requests, and how many were under way at once. */
export function createRequestLog(now: () => number) {
  const records: RequestRecord[] = [];
  const under = { requests: 0, writes: 0 };
  const most = { requests: 0, writes: 0 };
  return {
    records: records as readonly RequestRecord[],
    note: (
      request: EmulatedRequest,
      account: string | null,
      fault: Fault['kind'] | null,
      applied: boolean,
      status: number | null,
    ): void => {
      if (records.length >= MAX_RECORDS) records.splice(0, MAX_RECORDS / 2);
      const { method, path } = request;
      const mutating = isMutating(method);
      records.push({ at: now(), account, method, path, status, mutating, applied, fault, body: mutating ? request.body : '' });
    },
    enter: (method: string): (() => void) => {
      const write = isMutating(method) ? 1 : 0;
      under.requests += 1;
      under.writes += write;
      most.requests = Math.max(most.requests, under.requests);
      most.writes = Math.max(most.writes, under.writes);
      return () => {
        under.requests -= 1;
        under.writes -= write;
      };
    },
    highWater: () => ({ ...most }),
  };
}

function isMutating(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}
