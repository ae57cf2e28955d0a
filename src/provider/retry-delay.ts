const BASE_MS = 500;
const CAP_MS = 30_000;
/** Jitter may come out as nothing at all, and a vendor must not be asked again in the same instant. */
const LEAST_MS = 100;
/** What a vendor may ask for at most; anything beyond is taken for a mistake and answered with our longest backoff. */
const BELIEVABLE_MS = 24 * 3_600_000;

export interface Retry {
  /** Counted from 1. */
  readonly attempt: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the answer was a 429: only then `x-ratelimit-reset` is a wait; any other answer may carry it as a mere count. */
  readonly limited: boolean;
  readonly nowMs: number;
}

/**
 * How long to wait before trying again, in milliseconds: the longest of Retry-After (seconds or an HTTP date),
 * `x-ratelimit-reset` (at Telnyx: seconds until the reset) and our own backoff with full jitter. Never earlier than the vendor says,
 * as far as what it says can be believed.
 */
export function retryDelay({ attempt, headers, limited, nowMs }: Retry, random: () => number): number {
  const backoffMs = Math.max(LEAST_MS, Math.ceil(random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt)));
  const resetMs = limited ? secondsMs(headers['x-ratelimit-reset']) : 0;
  return Math.max(backoffMs, retryAfterMs(nowMs, headers['retry-after']), resetMs);
}

function retryAfterMs(nowMs: number, value = ''): number {
  // Every date that a vendor writes has a letter in it.
  if (!/[a-z]/i.test(value)) return secondsMs(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : believable(date - nowMs);
}

function secondsMs(value = ''): number {
  if (!/^\s*\d+(\.\d+)?\s*$/.test(value)) return 0;
  return believable(Math.ceil(Number(value) * 1000));
}

function believable(ms: number): number {
  return ms > BELIEVABLE_MS ? CAP_MS : Math.max(0, ms);
}
