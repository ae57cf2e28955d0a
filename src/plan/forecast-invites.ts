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
 * When each of `count` invitations may go, in order: the hourly limit gives a time, the limit of open ones only a wait.
 * The times hold if people accept as fast as the hourly limit allows.
 */
export function forecastInvites(
  count: number,
  posts: readonly Instant[],
  openNow: number,
  limits: InviteLimits,
  atMs: number,
): InviteSlot[] {
  const sent = posts.map((post) => Date.parse(post)).toSorted((a, b) => a - b);
  const slots: InviteSlot[] = [];
  for (let index = 0; index < count; index += 1) {
    const oldest = limits.perHour > 0 ? sent[sent.length - limits.perHour] : undefined;
    const freeAtMs = oldest === undefined ? atMs : Math.max(atMs, oldest + WINDOW_MS);
    sent.push(freeAtMs);
    const never = limits.perHour === 0;
    slots.push({
      notBefore: never || freeAtMs > atMs ? new Date(never ? atMs + WINDOW_MS : freeAtMs).toISOString() : null,
      waitsForOpenSlot: openNow + index >= limits.open,
    });
  }
  return slots;
}
