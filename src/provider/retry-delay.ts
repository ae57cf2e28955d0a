const BASE_MS = 500;
const CAP_MS = 30_000;
/** What a vendor may ask for at most; anything beyond is taken for a mistake and our own backoff stands. */
const BELIEVABLE_MS = 24 * 3_600_000;

/**
 * How long to wait before trying again, in milliseconds: the longest of Retry-After (seconds or an HTTP date),
 * `x-ratelimit-reset` (at Telnyx: seconds until the reset) and our own backoff with full jitter. Never earlier than the vendor says.
 */
export function retryDelay(attempt: number, headers: Readonly<Record<string, string>>, nowMs: number, random: () => number): number {
  const backoffMs = Math.ceil(random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt));
  return Math.max(backoffMs, retryAfterMs(headers['retry-after'], nowMs), secondsMs(headers['x-ratelimit-reset']));
}

function retryAfterMs(value: string | undefined, nowMs: number): number {
  if (value === undefined) return 0;
  if (/^\s*\d/.test(value) && !/[a-z]/i.test(value)) return secondsMs(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : believable(date - nowMs);
}

function secondsMs(value: string | undefined): number {
  if (value === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(value)) return 0;
  return believable(Math.ceil(Number(value) * 1000));
}

function believable(ms: number): number {
  return ms > 0 && ms <= BELIEVABLE_MS ? ms : 0;
}
