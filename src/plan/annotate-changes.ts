import type { AccountHistory, AccountPolicy, Change, GuardResult, Instant, Observation, Revert, Tag } from '../model.ts';
import { forecastInvites } from './forecast-invites.ts';
import { owedFor } from './match-approved.ts';

/** How long an invitation without an answer is left alone before it may be tried again. */
export const SETTLE_MS = 600_000;
const DAY_MS = 24 * 3_600_000;
const REVERTS_MAKE_A_WAR = 3;
const PEACE_MS = 3_600_000;

/** Adds to ordered changes what the ledger knows: what is owed, parked, fought over, and when each may be made. */
export function annotateChanges(
  changes: readonly Change[],
  policy: AccountPolicy,
  history: AccountHistory,
  observation: Observation,
  atMs: number,
): Change[] {
  const known = changes.map((change) => withHistory(change, history, atMs));
  const invites = known.filter((change) => change.action === 'invite' && change.executor === 'api' && change.origin !== 'drift');
  const open = observation.principals.filter((live) => live.status === 'invited').length;
  const slots = forecastInvites(invites.length, history.invitePosts, open, policy.invites, atMs);
  const slotOf = new Map(invites.map((change, index) => [change.id, slots[index]]));
  return known.map((change) => {
    const slot = slotOf.get(change.id);
    if (slot === undefined) return change;
    return {
      ...change,
      not_before: later(change.not_before, slot.notBefore),
      tags: slot.waitsForOpenSlot ? withTags(change, 'waits_for_open_slot') : change.tags,
    };
  });
}

/** The fields of a principal that were reverted so often in 24 hours that rollcall stops fighting over them. */
export function isWar(change: Change, history: AccountHistory, atMs: number): boolean {
  const field = fieldOf(change);
  const recent = history.reverts.filter(
    (one) => one.principal === change.principal && one.field === field && atMs - Date.parse(one.at) < DAY_MS,
  );
  return change.origin === 'drift' && recent.length >= REVERTS_MAKE_A_WAR;
}

export function fieldOf(change: Change): 'roles' | 'groups' | 'name' | 'presence' {
  if (change.before === null || change.after === null) return 'presence';
  if (change.before.roles.join() !== change.after.roles.join()) return 'roles';
  return change.before.groups.join() === change.after.groups.join() ? 'name' : 'groups';
}

export function checkWar(account: string, changes: readonly Change[]): GuardResult {
  const fought = changes.filter((change) => change.tags.includes('war'));
  return {
    guard: 'war',
    account,
    verdict: fought.length > 0 ? 'leave' : 'pass',
    budget: null,
    limit: REVERTS_MAKE_A_WAR,
    actual: fought.length,
    changes: fought.map((change) => change.id),
    message:
      fought.length > 0
        ? `${fought.map((change) => `${change.principal} (${fieldOf(change)})`).join(', ')}: reverted ${REVERTS_MAKE_A_WAR} times in 24 hours and changed again. Left alone unless it gives privilege; find out who changes it. An hour without a change lifts this`
        : 'nothing is being fought over',
  };
}

function withHistory(change: Change, history: AccountHistory, atMs: number): Change {
  const tags: Tag[] = [];
  if (owedFor(change, history) !== null || change.reason_code === 'invitation_lapsed') tags.push('owed');
  const parked = history.parked.get(change.principal);
  const parkedUntil = parked !== undefined && Date.parse(parked.until) > atMs ? parked.until : null;
  if (parkedUntil !== null) tags.push('parked');
  if (isWar(change, history, atMs)) tags.push('war');
  const unsettled = change.action === 'invite' ? history.unsettled.get(change.principal) : undefined;
  const settledAt = unsettled === undefined ? null : new Date(Date.parse(unsettled) + SETTLE_MS).toISOString();
  const notBefore = later(parkedUntil, settledAt !== null && Date.parse(settledAt) > atMs ? settledAt : null);
  return { ...change, not_before: later(change.not_before, notBefore), tags: withTags(change, ...tags) };
}

function withTags(change: Change, ...tags: Tag[]): Tag[] {
  return [...new Set([...change.tags, ...tags])];
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
}

interface Field {
  readonly principal: string;
  readonly field: Revert['field'];
}

/**
 * Of the fields that were reverted too often: those that changed again, and those that had an hour without a change. A war seen
 * again dates the last change anew, so the hour is one in which nothing was seen.
 */
export function calmedFields(changes: readonly Change[], history: AccountHistory, atMs: number): { fought: Field[]; calmed: Field[] } {
  const fought = changes
    .filter((change) => isWar(change, history, atMs))
    .map((change) => ({ principal: change.principal, field: fieldOf(change) }));
  const changing = new Set(changes.map((change) => `${change.principal} ${fieldOf(change)}`));
  const latest = new Map<string, { field: Field; atMs: number; count: number }>();
  for (const { principal, field, at } of history.reverts) {
    const key = `${principal} ${field}`;
    const count = (latest.get(key)?.count ?? 0) + 1;
    latest.set(key, { field: { principal, field }, atMs: Date.parse(at), count });
  }
  const calmed = [...latest]
    .filter(([key, one]) => one.count >= REVERTS_MAKE_A_WAR && !changing.has(key) && atMs - one.atMs >= PEACE_MS)
    .map(([, one]) => one.field);
  return { fought, calmed };
}
