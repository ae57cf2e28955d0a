import type { TelnyxFault } from './parse-telnyx-fault.ts';
import type { EmulatedRequest } from './vendor-error.ts';

export interface FaultList {
  add(fault: TelnyxFault): void;
  clear(): void;
  /** The faults that may still strike, oldest first. */
  pending(): readonly TelnyxFault[];
  /** The fault that strikes this request, or null. At most one does; the oldest that is due. */
  take(request: EmulatedRequest, account: string | null): TelnyxFault | null;
}

interface Armed {
  readonly fault: TelnyxFault;
  seen: number;
  left: number;
}

const OF_LISTS: readonly TelnyxFault['kind'][] = [
  'empty_page',
  'empty_list',
  'short_page',
  'duplicate_row',
  'total_changes',
  'repeat_page',
  'foreign_next',
];

/** Remembers injected faults; every matching request counts towards `nth`, also one that another fault strikes. */
export function createFaultList(): FaultList {
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

function matches(fault: TelnyxFault, request: EmulatedRequest, account: string | null): boolean {
  const { method, path, account: name } = fault.match ?? {};
  if (OF_LISTS.includes(fault.kind) && !isList(request)) return false;
  if (method !== undefined && method.toUpperCase() !== request.method) return false;
  if (path !== undefined && !request.path.includes(path)) return false;
  return name === undefined || name === account;
}

function isList(request: EmulatedRequest): boolean {
  return request.method === 'GET' && /^\/v2\/sub_users(\?|$)/.test(request.path);
}
