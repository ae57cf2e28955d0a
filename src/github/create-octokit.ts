import { retry } from '@octokit/plugin-retry';
import { type ThrottlingOptions, throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { RollcallError } from '../errors.ts';
import type { Clock, Http } from '../ports.ts';
import { createFetch } from './create-fetch.ts';

/** A read is tried so many times more after an answer that was lost or a 5xx; a write never is. */
const READ_RETRIES = 2;
const LIMIT_WAITS = 2;
const LONGEST_WAIT_S = 120;

export interface OctokitOptions {
  /** `https://api.github.com`, or a path below a host of one's own; https or loopback. */
  readonly apiUrl: string;
  readonly http: Http;
  readonly clock: Clock;
  /** Whether writes are spaced by a second, and comments by three, as GitHub asks; off for an emulator. Limits are obeyed either way. */
  readonly pace: boolean;
  /** Ends every wait. What is in flight and what is asked afterwards still goes out, so that an interrupted run can record what it did. */
  readonly interrupted: AbortSignal;
}

/**
 * Octokit over our own ports. The plugins decide whether something is tried again; waiting is done on our clock. A write is sent again
 * only after a rate limit, which says that nothing was done.
 */
export function createOctokit(token: string, options: OctokitOptions): Octokit {
  const { apiUrl, http, clock, pace, interrupted } = options;
  const Client = Octokit.plugin((octokit) => waitBeforeRetry(octokit, clock, interrupted), retry, throttling);
  const obeyLimit = async (retryAfterS: number, _request: unknown, _octokit: unknown, waits: number): Promise<boolean> => {
    if (waits >= LIMIT_WAITS || retryAfterS > LONGEST_WAIT_S || interrupted.aborted) return false;
    await clock.sleep(retryAfterS * 1000, interrupted);
    return !interrupted.aborted;
  };
  return new Client({
    auth: token,
    baseUrl: apiUrl,
    request: { fetch: createFetch(http, new URL(apiUrl).origin) },
    log: { debug: silent, info: silent, warn: silent, error: silent },
    retry: { retries: READ_RETRIES, retryAfterBaseValue: 0 },
    throttle: {
      ...(pace ? {} : { write: UNPACED, notifications: UNPACED }),
      retryAfterBaseValue: 0,
      onRateLimit: obeyLimit,
      onSecondaryRateLimit: obeyLimit,
    },
  });
}

/** Takes the place of the plugin's spaced queues. */
const UNPACED = {
  key: () => ({ schedule: async (_options: unknown, job: () => Promise<void>) => job() }),
} as unknown as NonNullable<ThrottlingOptions['write']>;

/**
 * The retry plugin repeats writes too, and every status it does not know. This hook runs before it and says of each failure whether it
 * may be repeated: a read without a whole answer, and nothing else.
 */
function waitBeforeRetry(octokit: Pick<Octokit, 'hook'>, clock: Clock, interrupted: AbortSignal): void {
  octokit.hook.error('request', async (error, options) => {
    const tried = Number(options.request['retryCount'] ?? 0);
    const unanswered = 'status' in error && error.status >= 500 && !(error.cause instanceof RollcallError);
    const again = options.method === 'GET' && unanswered && tried < READ_RETRIES && !interrupted.aborted;
    // The plugin takes a missing number for its own, and would repeat whatever follows if it were set here.
    options.request['retries'] = again ? undefined : 0;
    if (again) await clock.sleep((tried + 1) ** 2 * 1000, interrupted);
    throw error;
  });
}

function silent(): void {}
