import { sideOf } from '../drift-answer.ts';
import { sameList } from '../holding.ts';
import type { AccountHistory, Change, GuardResult, Instant, Revert, Tag } from '../model.ts';
import { isLapsed, owedFor } from './match-approved.ts';

/** How long an invitation without an answer is left alone before it may be tried again. */
const SETTLE_MS = 600_000;
const DAY_MS = 24 * 3_600_000;
const REVERTS_MAKE_A_WAR = 3;
const PEACE_MS = 3_600_000;

/** Adds to changes what the ledger knows of each: whether it is owed, parked or fought over, and what holds it back. */
export function withHistory(changes: readonly Change[], history: AccountHistory, atMs: number): Change[] {
  const isWar = warIn(history, atMs);
  return changes.map((change) => {
    const tags: Tag[] = [...change.tags];
    if (owedFor(change, history) !== null || isLapsed(change)) tags.push('owed');
    if (parkedUntil(change, history, atMs) !== null) tags.push('parked');
    if (isWar(change)) tags.push('war');
    return { ...change, not_before: heldBackUntil(change, history, atMs), tags };
  });
}

/** Until when a change is left alone because it failed, or because an invitation's fate is not known yet; null when nothing holds it. */
export function heldBackUntil(change: Change, history: AccountHistory, atMs: number): Instant | null {
  const unsettled = change.action === 'invite' ? history.unsettled.get(change.principal) : undefined;
  const settledMs = unsettled === undefined ? atMs : Date.parse(unsettled) + SETTLE_MS;
  const postponed = history.owed.get(change.principal)?.postponedUntil ?? null;
  const putOff = postponed !== null && Date.parse(postponed) > atMs ? postponed : null;
  return later(later(parkedUntil(change, history, atMs), putOff), settledMs > atMs ? new Date(settledMs).toISOString() : null);
}

/** The later of two instants, of which null is none. */
export function later(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) >= Date.parse(b) ? a : b;
}

/**
 * What failed is left alone for a while: the change that is owed, and nothing else that is due for the same person. What somebody gained is
 * taken back however often that failed.
 */
function parkedUntil(change: Change, history: AccountHistory, atMs: number): Instant | null {
  const parked = history.parked.get(change.principal);
  if (parked === undefined || Date.parse(parked.until) <= atMs) return null;
  if (change.origin === 'drift' && sideOf(change) === 'gained') return null;
  return history.owed.has(change.principal) && owedFor(change, history) === null ? null : parked.until;
}

/** Tells of a change whether its field was reverted so often in 24 hours that rollcall stops fighting over it. */
function warIn(history: AccountHistory, atMs: number): (change: Change) => boolean {
  const reverts = new Map<string, number>();
  for (const one of history.reverts) {
    if (atMs - Date.parse(one.at) < DAY_MS) reverts.set(keyOf(one), (reverts.get(keyOf(one)) ?? 0) + 1);
  }
  return (change) => change.origin === 'drift' && (reverts.get(keyOf(fieldIn(change))) ?? 0) >= REVERTS_MAKE_A_WAR;
}

/** The field that a change is about: of several, the one that gives the most. */
export function fieldOf(change: Change): Revert['field'] {
  if (change.before === null || change.after === null || change.before.status === 'inactive') return 'presence';
  if (!sameList(change.before.roles, change.after.roles)) return 'roles';
  return sameList(change.before.groups, change.after.groups) ? 'name' : 'groups';
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

interface Field {
  readonly principal: string;
  readonly field: Revert['field'];
}

function fieldIn(change: Change): Field {
  return { principal: change.principal, field: fieldOf(change) };
}

function keyOf({ principal, field }: Field): string {
  return `${principal} ${field}`;
}

/**
 * Of the fields that were reverted too often: those that changed again, and those that had an hour without a change. A war seen
 * again dates the last change anew, so the hour is one in which nothing was seen.
 */
export function calmedFields(changes: readonly Change[], history: AccountHistory, atMs: number): { fought: Field[]; calmed: Field[] } {
  const fought = changes.filter(warIn(history, atMs)).map(fieldIn);
  const changing = new Set(changes.map((change) => keyOf(fieldIn(change))));
  const latest = new Map<string, { field: Field; atMs: number; count: number }>();
  for (const { principal, field, at } of history.reverts) {
    const one = { principal, field };
    const known = latest.get(keyOf(one));
    latest.set(keyOf(one), { field: one, atMs: Math.max(known?.atMs ?? 0, Date.parse(at)), count: (known?.count ?? 0) + 1 });
  }
  const calmed = [...latest]
    .filter(([key, one]) => one.count >= REVERTS_MAKE_A_WAR && !changing.has(key) && atMs - one.atMs >= PEACE_MS)
    .map(([, one]) => one.field);
  return { fought, calmed };
}
