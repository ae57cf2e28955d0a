import type { Digest, GuardResult, Offboarding, Outcome } from '../../model.ts';
import { compareText, digestOf } from '../../text/digest.ts';
import { visible } from '../../text/encode.ts';
import { encodePrincipal } from '../../text/encode-sentence.ts';
import type { AccountWatch, GrantEnd, OwedEntry } from '../../watch.ts';
import { countWords, formatNumber } from '../count-words.ts';
import { describeChange, describeHolding } from '../describe-change.ts';
import { describeGuard } from '../describe-guard.ts';
import { countKeys, needsSomebody } from '../describe-keys.ts';
import { describeReason } from '../describe-reason.ts';
import { sortDrift } from './sort-drift.ts';

/** What people have to know, most pressing first. */
export const ENTRY_KINDS = [
  'unread',
  'note',
  'drift',
  'blocked',
  'war',
  'ended',
  'somebody',
  'person',
  'rollcall',
  'parked',
  'lapsed',
  'offboarding',
  'ending',
  'keys',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];
export type EntryCounts = Readonly<Record<EntryKind, number>>;

export interface SetEntry {
  readonly kind: EntryKind;
  /** The same thing has the same id whatever becomes of it: 12 hexadecimal digits. */
  readonly id: string;
  /** What became of it, in one word. */
  readonly state: string;
  /** Whom or what it is about, for people; empty where the kind says it all. */
  readonly label: string;
}

/** The set of what people have to know of an account. */
export interface IssueSet {
  /** Over kinds, ids and states: no age, time or number of reads is in it. */
  readonly digest: Digest;
  readonly counts: EntryCounts;
  /** By kind, and the most pressing difference first. Fewer than the counts say where a body had no room for all. */
  readonly entries: readonly SetEntry[];
  readonly isEmpty: boolean;
}

/**
 * The set of what people have to know. Of what rollcall goes on with by itself it has only that there is something: nobody has to act,
 * and two hundred invitations over twenty hours would be twenty comments. Of ends it has those by which somebody loses access, until
 * that is gone; and whoever could read keys and no longer may, until the keys are.
 */
export function collectSet(watch: AccountWatch): IssueSet {
  const drift = sortDrift(watch.drift).map(({ change, outcome }) =>
    entryOf('drift', change.id, outcome ?? 'none', `${encodePrincipal(change.principal)}, ${describeReason(change)}`),
  );
  const owed = watch.owed.map(owedEntry);
  const watched = watch.offboarding.filter(needsSomebody);
  const found = [
    ...(watch.unread === null ? [] : [entryOf('unread', '')]),
    ...watch.notes.map((text) => entryOf('note', text, '-', text)),
    ...drift,
    ...watch.guards.filter(({ verdict }) => verdict !== 'pass').map(guardEntry),
    ...owed,
    ...watch.parked.map(({ principal }) => entryOf('parked', principal, '-', encodePrincipal(principal))),
    ...countLapsed(watch).map(({ principal, times }) => entryOf('lapsed', principal, String(times), encodePrincipal(principal))),
    ...watched.map(offboardingEntry),
    ...watch.ended.filter(({ isGone, heldOtherwise }) => !isGone && !heldOtherwise).map((end) => endEntry('ended', end)),
    ...watch.ending.filter(({ heldOtherwise }) => !heldOtherwise).map((end) => endEntry('ending', end)),
    // The steps of somebody whose keys are watched say how, and nothing more to know.
    ...(watched.length > 0 ? [] : watch.keysLeftBehind.map((step) => entryOf('keys', step, '-', step))),
  ];
  const unique = new Map(found.map((entry) => [keyOf(entry), entry]));
  return setOf([...unique.values()].toSorted((a, b) => compareText(a.kind, b.kind)));
}

/** The set of these entries. */
export function setOf(entries: readonly SetEntry[]): IssueSet {
  return {
    digest: digestOf(entries.map(keyOf).toSorted(compareText)),
    counts: countKinds(entries),
    entries,
    isEmpty: entries.length === 0,
  };
}

function keyOf({ kind, id, state }: SetEntry): string {
  return `${kind} ${id} ${state}`;
}

/** Changes exactly when there is something else to know. */
export function fingerprintOf(watch: AccountWatch): Digest {
  return collectSet(watch).digest;
}

/** `2 differences nobody approved · 1 waits for a person`, and null when there is nothing. */
export function describeCounts(counts: EntryCounts): string | null {
  const said = ENTRY_KINDS.filter((kind) => counts[kind] > 0).map((kind) => COUNTED[kind](counts[kind]));
  return said.length === 0 ? null : said.join(' · ');
}

/** How many invitations of each person lapsed: those that were sent again, and the last where another is owed for it. */
export function countLapsed({ lapsed, owed }: Pick<AccountWatch, 'lapsed' | 'owed'>): AccountWatch['lapsed'] {
  const again = new Set(owed.filter(({ change }) => change.reason_code === 'invitation_lapsed').map(({ change }) => change.principal));
  return lapsed.map(({ principal, times }) => ({ principal, times: times + (again.has(principal) ? 1 : 0) }));
}

/** What became of a difference, in words. */
export function describeDriftOutcome(outcome: Outcome | null): string {
  return outcome === null ? 'nothing was done' : (DRIFT_OUTCOMES[outcome] ?? 'unknown');
}

export const NO_COUNTS: EntryCounts = Object.fromEntries(ENTRY_KINDS.map((kind) => [kind, 0])) as Record<EntryKind, number>;

const COUNTED: Readonly<Record<EntryKind, (count: number) => string>> = {
  unread: () => 'the account could not be read',
  note: (count) => countWords(count, 'thing to know', 'things to know'),
  drift: (count) => `${countWords(count, 'difference')} nobody approved`,
  blocked: (count) => countWords(count, 'guard blocks', 'guards block'),
  war: (count) => countWords(count, 'war'),
  somebody: (count) => `${formatNumber(count)} to do by hand`,
  person: (count) => countWords(count, 'waits for a person', 'wait for a person'),
  rollcall: () => 'rollcall goes on with what is owed',
  parked: (count) => `${formatNumber(count)} parked`,
  lapsed: (count) => countWords(count, 'lapsed invitation'),
  offboarding: (count) => `${countWords(count, 'offboarding')} incomplete`,
  ended: (count) => countWords(count, 'ended grant still gives access', 'ended grants still give access'),
  ending: (count) => countWords(count, 'grant ends soon', 'grants end soon'),
  keys: () => 'keys were left behind',
};

const DRIFT_OUTCOMES: Readonly<Record<Outcome, string>> = {
  applied: 'reverted',
  already: 'it is gone already',
  failed: 'the revert failed',
  undecided: 'it may have been reverted',
  deferred: 'to be reverted later',
  manual: 'to be reverted by hand',
  withheld: 'not reverted',
};

const FAMILIES: Partial<Record<EntryKind, string>> = { person: 'owed', somebody: 'owed', ending: 'end', ended: 'end' };

function countKinds(entries: readonly SetEntry[]): EntryCounts {
  const counts = { ...NO_COUNTS };
  for (const { kind } of entries) counts[kind] += 1;
  return counts;
}

function owedEntry({ change, turn }: OwedEntry): SetEntry {
  return turn === 'rollcall' ? entryOf('rollcall', '') : entryOf(turn, change.id, '-', describeChange({ ...change, executor: 'api' }));
}

function guardEntry(guard: GuardResult): SetEntry {
  const { name } = describeGuard(guard);
  const isWar = guard.verdict === 'leave';
  return entryOf(isWar ? 'war' : 'blocked', [guard.guard, guard.budget, ...(isWar ? guard.changes : [])].join(' '), '-', name);
}

/** It is news when another key is gone, and not when the same ones are read again. */
function offboardingEntry({ principal, keys }: Offboarding): SetEntry {
  return entryOf(
    'offboarding',
    principal,
    keys === null ? 'unread' : String(keys.length),
    `${encodePrincipal(principal)}, ${countKeys({ keys })}`,
  );
}

/** The day and no number of days, which would be news every morning; and no line, which moves with every edit above it. */
export function endEntry(kind: 'ended' | 'ending', { principal, roles, until }: GrantEnd): SetEntry {
  const label = `${encodePrincipal(principal)}, ${describeHolding({ roles, groups: [] })}, until ${visible(until)}`;
  return entryOf(kind, JSON.stringify([principal, roles, until]), '-', label);
}

/** A change keeps its id when its turn passes from one to another, and a grant on the day after its last. */
function entryOf(kind: EntryKind, thing: string, state = '-', label = ''): SetEntry {
  const family = FAMILIES[kind] ?? kind;
  return { kind, id: digestOf([family, thing]).slice(7, 19), state, label };
}
