import type { Instant } from '../model.ts';

const WINDOW_MS = 3_600_000;

export interface InviteLimits {
  /** POSTs in any 3,600 seconds, revoked and refused ones counted. */
  readonly perHour: number;
  /** Invitations nobody has accepted yet. */
  readonly open: number;
}

export interface InviteSlot {
  /** Null: now. */
  readonly notBefore: Instant | null;
  /** It waits for somebody to accept (or for an invitation to end), which no clock can tell. */
  readonly waitsForOpenSlot: boolean;
}

/**
 * When each invitation may go, given the earliest instant of each: whoever is ready first goes first, and of those alike the earlier
 * in the list. The hourly limit gives a time, the limit of open ones only a wait. The times hold if people accept as fast as the
 * hourly limit allows.
 */
export function forecastInvites(
  earliestMs: readonly number[],
  posts: readonly Instant[],
  openNow: number,
  { perHour, open }: InviteLimits,
  atMs: number,
): InviteSlot[] {
  const sentMs = posts.map((post) => Date.parse(post)).toSorted((a, b) => a - b);
  const queue = earliestMs
    .map((readyMs, index) => ({ index, readyMs: Math.max(atMs, readyMs) }))
    .toSorted((a, b) => a.readyMs - b.readyMs || a.index - b.index);
  const slots = new Map<number, InviteSlot>();
  for (const [place, { index, readyMs }] of queue.entries()) {
    const full = perHour > 0 ? sentMs[sentMs.length - perHour] : atMs;
    const freeAtMs = full === undefined ? readyMs : Math.max(readyMs, full + WINDOW_MS);
    insertSorted(sentMs, freeAtMs);
    const notBefore = freeAtMs > atMs ? new Date(freeAtMs).toISOString() : null;
    slots.set(index, { notBefore, waitsForOpenSlot: openNow + place >= open });
  }
  return earliestMs.map((_, index) => slots.get(index) ?? { notBefore: null, waitsForOpenSlot: true });
}

/** Times come in ascending order, but for a request under way, which is dated a little ahead. */
function insertSorted(timesMs: number[], timeMs: number): void {
  let at = timesMs.length;
  while (at > 0 && (timesMs[at - 1] ?? 0) > timeMs) at -= 1;
  timesMs.splice(at, 0, timeMs);
}
