import { type GithubReply, refusal } from './github-reply.ts';

/** What goes wrong with the requests it matches; each strikes from the `nth` match on, `times` times. */
export type GithubFault = FaultMatch &
  (
    | {
        readonly kind: 'status';
        readonly status: number;
        /** A text goes out as it is. */
        readonly body?: unknown;
        readonly headers?: Readonly<Record<string, string>>;
        /** Whether the request takes effect all the same; by default it does not. */
        readonly when?: 'before' | 'after';
      }
    /** The connection ends without an answer: after the request took effect, unless told otherwise. */
    | { readonly kind: 'lost'; readonly when?: 'before' | 'after' }
    /** A secondary rate limit: 403 unless told 429. */
    | { readonly kind: 'secondary'; readonly status?: 403 | 429; readonly retryAfterSeconds?: number }
  );

interface FaultMatch {
  readonly method?: string;
  /** Against the path and query as in the request line; git's traffic has one, too. */
  readonly path?: RegExp;
  /** 1, the default, strikes the first match. */
  readonly nth?: number;
  /** 1 when not given. */
  readonly times?: number | 'always';
}

export interface GithubFaults {
  add(fault: GithubFault): void;
  clear(): void;
  /** The fault that strikes this request, or null; the oldest that is due. */
  take(method: string, path: string): GithubFault | null;
}

export function createGithubFaults(): GithubFaults {
  let armed: { readonly fault: GithubFault; seen: number; left: number }[] = [];
  return {
    add: (fault) => {
      const { times = 1 } = fault;
      armed.push({ fault, seen: 0, left: times === 'always' ? Number.POSITIVE_INFINITY : times });
    },
    clear: () => {
      armed = [];
    },
    take: (method, path) => {
      const matching = armed.filter(
        ({ fault }) => (fault.method ?? method) === method && (fault.path === undefined || fault.path.test(path)),
      );
      for (const one of matching) one.seen += 1;
      const struck = matching.find((one) => one.seen >= (one.fault.nth ?? 1));
      if (struck === undefined) return null;
      struck.left -= 1;
      armed = armed.filter((one) => one.left > 0);
      return struck.fault;
    },
  };
}

const SECONDARY =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.';

/** What a fault answers instead of GitHub; null where the connection just ends. */
export function replyOfFault(fault: GithubFault): GithubReply | null {
  if (fault.kind === 'lost') return null;
  if (fault.kind === 'secondary') {
    return { ...refusal(fault.status ?? 403, SECONDARY), headers: { 'retry-after': String(fault.retryAfterSeconds ?? 60) } };
  }
  const { status, body, headers = {} } = fault;
  return { ...refusal(status, 'The emulator was told to answer this.'), ...(body === undefined ? {} : { body }), headers };
}
