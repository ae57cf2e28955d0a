import { RollcallError } from '../../errors.ts';
import { type CheckFacts, readCheckFacts } from '../../github/evidence.ts';
import type { CheckRun } from '../../github/github.ts';
import type { Digest } from '../../model.ts';
import { OBSERVATION_MAX_AGE_MS, type PlannedOn, type Pull } from '../../pull.ts';
import { commitBefore } from './commit-before.ts';
import type { Ci } from './open-ci.ts';
import { newestInstant, readState, type StateAt } from './read-state.ts';
import { CHECK_NAME } from './speak.ts';

/** On which commits a plan was made that reviewers saw. */
export interface Shown {
  readonly on: PlannedOn;
  /** The commit it was merged onto. */
  readonly before: string;
  readonly state: StateAt;
  readonly plannedAtMs: number;
  /** Null for a fork, which could publish none. */
  readonly digest: Digest | null;
}

/** One plan that was shown, or why what was shown proves nothing. Looked into only when it is asked for. */
export type ShownPlan = () => Promise<Shown | string>;

export const CLOCKS_DIFFER_MS = 300_000;
/** A base further back than this was nobody's base. */
const FURTHEST_BASE = 10_000;
const MOST_STATES = 2_000;
/** So many plans of one commit are looked at: hourly ones of half a day. */
const MOST_PLANS = 12;
const DAY_WORDS = '24 hours';

export interface ShownInput {
  readonly pull: Pull;
  readonly stateTip: string;
  /** When the last review was given that may count; null where there is none. */
  readonly lastReviewMs: number | null;
}

/**
 * The plans that were shown on the final commit before the merge, and before the last review of it: newest first. A text says why there
 * is none. Who publishes a check run dates it as they like, so nothing is decided by its time that git and signatures do not bear out.
 */
export async function findShown(ci: Ci, { pull, stateTip, lastReviewMs }: ShownInput): Promise<readonly ShownPlan[] | string> {
  const before = await commitBefore(ci, pull);
  if (before === null || pull.mergedAt === null) return 'the commit before its merge is not known any more';
  const mergedMs = Date.parse(pull.mergedAt);
  const checks = await ci.github.speech.checks(pull.head, CHECK_NAME);
  const inTime = checks.filter((check) => timeOf(check) <= mergedMs + CLOCKS_DIFFER_MS && readCheckFacts(check.text)?.head === pull.head);
  if (inTime.length === 0 && pull.fork) return [() => shownToFork(ci, pull, before, mergedMs, stateTip)];
  if (inTime.length === 0) return 'no plan was shown on its final commit before it was merged';
  const seen = lastReviewMs === null ? inTime.slice(0, 1) : inTime.filter((check) => timeOf(check) <= lastReviewMs);
  if (seen.length === 0) return 'it was approved before any plan of its final commit was shown';
  return seen.slice(0, MOST_PLANS).map((check) => () => shownBy(ci, pull, before, check, stateTip));
}

/** When a plan of the newest commit was first shown; null before that. An older review has seen none, so none counts. */
export async function firstShownMs(ci: Pick<Ci, 'github'>, { head }: Pull): Promise<number | null> {
  const checks = await ci.github.speech.checks(head, CHECK_NAME);
  const times = checks.filter((check) => readCheckFacts(check.text)?.head === head).map(timeOf);
  return times.length === 0 ? null : Math.min(...times);
}

/** The plans made after the merge, of what the default branch has changed since the commit before it: newest first. */
export async function findShownAnew(ci: Ci, pull: Pull, stateTip: string): Promise<readonly ShownPlan[] | string> {
  const before = await commitBefore(ci, pull);
  const { mergeCommit } = pull;
  if (before === null || mergeCommit === null) return 'the commit before its merge is not known any more';
  const found: ShownPlan[] = [];
  for (const check of await ci.github.speech.checks(pull.head, CHECK_NAME)) {
    const facts = factsOf(check);
    if (facts === null || facts.baseTip !== before || facts.mergeBase !== before) continue;
    const stands = (await ci.objects.contains(facts.head, mergeCommit)) && (await ci.objects.contains(ci.tip, facts.head));
    const on = { head: facts.head, mergeBase: before, baseTip: before, state: facts.state };
    if (stands) found.push(() => withObservation(ci, on, before, check, stateTip));
  }
  if (found.length > 0) return found.slice(0, MOST_PLANS);
  return 'it has not been planned again since its merge. Dispatch the plan workflow with its number, have that plan approved, and try again';
}

async function shownBy(ci: Ci, pull: Pull, before: string, check: CheckRun, stateTip: string): Promise<Shown | string> {
  const facts = factsOf(check);
  if (facts === null) return 'its check run says nothing of the plan';
  const mergeBase = await ci.objects.mergeBase(pull.head, facts.baseTip);
  if (mergeBase === null || !(await liesBetween(ci, facts.baseTip, pull.head, before)))
    return 'the base its check run names does not lie between where it left the base branch and its merge';
  return withObservation(ci, { head: pull.head, mergeBase, baseTip: facts.baseTip, state: facts.state }, before, check, stateTip);
}

/**
 * Whether a commit stands in the default branch's own line, of first parents, from where a head left that line up to `before`. A merge
 * of the branch that this one was stacked on does not move where it left.
 */
async function liesBetween({ objects }: Ci, baseTip: string, head: string, before: string): Promise<boolean> {
  if (!(await objects.contains(before, baseTip))) return false;
  const since = await objects.range(baseTip, before, FURTHEST_BASE);
  const next = since.at(-1);
  if (next === undefined) return true;
  return since.length < FURTHEST_BASE && (await objects.parent(next)) === baseTip && !(await objects.contains(head, next));
}

async function withObservation(ci: Ci, on: PlannedOn, before: string, check: CheckRun, stateTip: string): Promise<Shown | string> {
  const plannedAtMs = timeOf(check);
  if (check.suiteAt !== null && plannedAtMs < Date.parse(check.suiteAt) - CLOCKS_DIFFER_MS)
    return 'its check run claims to be older than the commit it stands at';
  const state = await stateAt(ci, on.state, stateTip);
  if (typeof state === 'string') return state;
  const newest = newestOf(state);
  if (newest > plannedAtMs + CLOCKS_DIFFER_MS) return 'its check run names an observation that was made after the plan';
  if (plannedAtMs - newest > OBSERVATION_MAX_AGE_MS) return `its plan rests on an observation older than ${DAY_WORDS}`;
  return { on, before, state, plannedAtMs, digest: check.externalId };
}

/** Without a check run: the merge's first parent, and the newest observation before the merge. */
async function shownToFork(ci: Ci, pull: Pull, before: string, mergedMs: number, stateTip: string): Promise<Shown | string> {
  const mergeBase = await ci.objects.mergeBase(pull.head, before);
  if (mergeBase === null) return 'it shares no commit with the base branch';
  for (const commit of await ci.objects.range(null, stateTip, MOST_STATES)) {
    const state = await stateAt(ci, commit, stateTip);
    if (typeof state === 'string') return state;
    const newest = newestOf(state);
    if (newest > mergedMs) continue;
    if (mergedMs - newest > OBSERVATION_MAX_AGE_MS) break;
    return { on: { head: pull.head, mergeBase, baseTip: before, state: commit }, before, state, plannedAtMs: mergedMs, digest: null };
  }
  return `no account was observed in the ${DAY_WORDS} before its merge`;
}

async function stateAt(ci: Ci, commit: string, stateTip: string): Promise<StateAt | string> {
  if (!(await ci.objects.contains(stateTip, commit))) return 'its check run names an observation that rollcall-state never had';
  try {
    const state = await readState(ci.objects, commit, ci.check());
    return state.observations.size > 0 ? state : 'its check run names a state without any observation';
  } catch (error) {
    if (error instanceof RollcallError) return `the observation it names does not verify (${error.message})`;
    throw error;
  }
}

function newestOf(state: StateAt): number {
  return Date.parse(newestInstant(state) ?? '');
}

function factsOf(check: CheckRun): CheckFacts | null {
  const facts = readCheckFacts(check.text);
  return facts !== null && facts.digest === check.externalId ? facts : null;
}

function timeOf(check: CheckRun): number {
  return Date.parse(check.completedAt ?? check.startedAt ?? '') || Number.POSITIVE_INFINITY;
}
