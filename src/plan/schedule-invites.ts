import type { AccountHistory, AccountPolicy, Capabilities, Change, Observation, Tag } from '../model.ts';
import { heldBackUntil, later } from './annotate-changes.ts';
import { forecastInvites } from './forecast-invites.ts';

const WAITS: Tag = 'waits_for_open_slot';

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
  const earliestMs = invites.map((change) => {
    const heldBack = heldBackUntil(change, history, atMs);
    return heldBack === null ? atMs : Date.parse(heldBack);
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
      not_before: later(heldBackUntil(change, history, atMs), slot?.notBefore ?? null),
      tags: slot?.waitsForOpenSlot === true ? [...tags, WAITS] : tags,
    };
  });
}
