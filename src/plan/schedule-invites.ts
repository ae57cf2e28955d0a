import type { AccountHistory, AccountPolicy, Capabilities, Change, Instant, Observation, Tag } from '../model.ts';
import { heldBackUntil, later } from './annotate-changes.ts';
import { forecastInvites } from './forecast-invites.ts';

const WAITS: Tag = 'waits_for_open_slot';
/** How long a list may lag behind an invitation that was read back by its id. */
const LIST_MAY_LAG_MS = 600_000;

export interface InviteContext {
  readonly policy: AccountPolicy;
  readonly history: AccountHistory;
  readonly observation: Observation;
  readonly capabilities: Capabilities;
  readonly atMs: number;
}

/**
 * Gives every invitation that is to be sent its place in the vendor's limits, in the order of the changes. Only those that `sends`
 * names take one: whoever is left to somebody else, or lacks an approval, must not keep out others for good.
 */
export function scheduleInvites(
  changes: readonly Change[],
  sends: (change: Change) => boolean,
  { policy, history, observation, capabilities, atMs }: InviteContext,
): Change[] {
  const invites = changes.filter((change) => change.action === 'invite' && change.executor === 'api' && sends(change));
  const putOff = putOffUntil(history, atMs);
  const heldBack = (change: Change) =>
    [heldBackUntil(change, history, atMs), putOff, unlistedUntil(change, history, atMs)].reduce(later, null);
  const earliestMs = invites.map((change) => {
    const until = heldBack(change);
    return until === null ? atMs : Date.parse(until);
  });
  const open = observation.principals.filter((live) => live.status === 'invited').length;
  // Where nobody has to accept, none is ever open.
  const limits = capabilities.invitations ? policy.invites : { ...policy.invites, open: Number.POSITIVE_INFINITY };
  const slots = forecastInvites(earliestMs, history.invitePosts, open, limits, atMs);
  const slotOf = new Map(invites.map((change, index) => [change.id, slots[index]]));
  return changes.map((change) => {
    if (change.action !== 'invite') return change;
    const slot = slotOf.get(change.id);
    const tags = change.tags.filter((tag) => tag !== WAITS);
    return {
      ...change,
      not_before: later(heldBack(change), slot?.notBefore ?? null),
      tags: slot?.waitsForOpenSlot === true ? [...tags, WAITS] : tags,
    };
  });
}

/** Until when an invitation of our own that no list shows may only be late in it; null once it has lapsed, and for whoever has none. */
export function unlistedUntil({ principal, reason_code }: Change, { provenance }: AccountHistory, atMs: number): Instant | null {
  const made = reason_code === 'invitation_lapsed' ? provenance.get(principal) : undefined;
  const untilMs = made?.how === 'applied' ? Date.parse(made.since) + LIST_MAY_LAG_MS : atMs;
  return untilMs > atMs ? new Date(untilMs).toISOString() : null;
}

/** Until when the vendor takes no invitation: it said so to one, and meant all. */
function putOffUntil({ owed }: AccountHistory, atMs: number): Instant | null {
  const times = [...owed.values()].map(({ change, postponedUntil }) => (change.action === 'invite' ? postponedUntil : null));
  return times.filter((time) => time !== null && Date.parse(time) > atMs).reduce(later, null);
}
