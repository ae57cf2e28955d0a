import type { Fault } from './parse-fault.ts';
import type { EmulatedRequest } from './vendor-error.ts';

export interface FaultList {
  add(fault: Fault): void;
  clear(): void;
  /** The faults that may still strike, oldest first. */
  pending(): readonly Fault[];
  /** The fault that strikes this request, or null. At most one does; the oldest that is due. */
  take(request: EmulatedRequest, account: string | null): Fault | null;
}

interface Armed {
  readonly fault: Fault;
  seen: number;
  left: number;
}

const OF_LISTS: readonly Fault['kind'][] = [
  'empty_page',
  'empty_list',
  'short_page',
  'duplicate_row',
  'total_changes',
  'repeat_page',
  'foreign_next',
];

/** Remembers injected faults; every matching request counts towards `nth`, also one that another fault strikes. */
export function createFaultList(isList: (request: EmulatedRequest) => boolean): FaultList {
  let armed: Armed[] = [];
  return {
    add: (fault) => {
      const times = fault.times ?? 1;
      armed.push({ fault, seen: 0, left: times === 'always' ? Number.POSITIVE_INFINITY : times });
    },
    clear: () => {
      armed = [];
    },
    pending: () => armed.map((one) => one.fault),
    take: (request, account) => {
      let struck: Armed | null = null;
      for (const one of armed) {
        if (OF_LISTS.includes(one.fault.kind) && !isList(request)) continue;
        if (!matches(one.fault, request, account)) continue;
        one.seen += 1;
        if (!struck && one.seen >= (one.fault.match?.nth ?? 1)) struck = one;
      }
      if (!struck) return null;
      struck.left -= 1;
      if (struck.left <= 0) armed = armed.filter((one) => one !== struck);
      return struck.fault;
    },
  };
}

function matches(fault: Fault, request: EmulatedRequest, account: string | null): boolean {
  const { method, path, host, account: name } = fault.match ?? {};
  if (method !== undefined && method.toUpperCase() !== request.method) return false;
  if (path !== undefined && !request.path.includes(path)) return false;
  if (host !== undefined && !(request.origin ?? '').includes(host)) return false;
  return name === undefined || name === account;
}
