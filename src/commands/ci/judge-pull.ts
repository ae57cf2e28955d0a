import { RollcallError } from '../../errors.ts';
import { decidePeople } from '../../github/decide-people.ts';
import { type CheckFacts, readCheckFacts } from '../../github/evidence.ts';
import type { CheckRun } from '../../github/github.ts';
import type { Change, DesiredState, Digest, Instant } from '../../model.ts';
import { findOwnBlocks } from '../../own-blocks.ts';
import type { PeopleApproval, PlannedOn, Pull, PullEvidence, PullPlan } from '../../pull.ts';
import { digestOf } from '../../text/digest.ts';
import { OBSERVATION_MAX_AGE_MS } from './ci-plan.ts';
import { commitBefore } from './commit-before.ts';
import type { Ci } from './open-ci.ts';
import { orNothing, planPull } from './plan-pull.ts';
import { readState, type StateAt } from './read-state.ts';
import { CHECK_NAME } from './speak.ts';

/** What a merged pull request approves, worked out anew from git objects and from people's reviews. */
export interface JudgedPull extends PullEvidence {
  readonly pull: Pull;
  /** Names this very approval, so that it is taken in once. */
  readonly evidence: Digest;
  /** Whose settings guard what it approves: the base tip it was planned on, and the commit it was merged onto. */
  readonly heldTo: readonly DesiredState[];
  /** Whether a new plan on the pull request repairs what it lacks. */
  readonly needsPlan: boolean;
  /** Whether its evidence is missing or forged, and not just short of an approval. */
  readonly unproven: boolean;
  /** Whose access it changes, also where it approves nothing; null: everybody's, in an account that nobody had observed yet. */
  readonly concerns: readonly { readonly account: string; readonly principal: string | null }[];
}

const CLOCKS_DIFFER_MS = 300_000;
/** A base further back than this was nobody's base. */
const MOST_COMMITS = 10_000;
const DAY_WORDS = '24 hours';

/**
 * Recomputes what reviewers saw. The check run only says which base tip and which observation that was; both are held to git and to
 * signatures, and the plan that follows from them has to be the one shown.
 */
export async function judgePull(ci: Ci, pull: Pull, anew: boolean): Promise<JudgedPull> {
  const refuse = (refused: string, needsPlan: boolean, more: Partial<JudgedPull> = {}): JudgedPull => {
    return { ...nothing(pull), refused, needsPlan, unproven: needsPlan, ...more };
  };
  if (ci.stateTip === null) return refuse('no account was observed when it was planned', true);
  const shown = await findShown(ci, pull, anew, ci.stateTip);
  if (typeof shown === 'string') return refuse(shown, true);
  const { on, before, state, plannedAtMs, digest } = shown;
  const made = await planPull({ objects: ci.objects, policies: ci.policies, folder: ci.folder, url: ci.github.url, on, state });
  if (made.kind === 'invalid') return refuse('its merged policies were invalid when it was planned', true);
  if (made.kind === 'unplanned') return refuse(made.why, true);
  const { planned, desired, baseTip } = made;
  const concerns = [...planned.plan.changes.filter((change) => planned.own.has(change.id)), ...planned.conflicts, ...broughtBy(planned)];
  const facts = { digest: planned.plan.digest, evidence: digestOf({ pull: pull.number, ...on }), concerns };
  if (digest !== null && digest !== planned.plan.digest) {
    return refuse(
      'the plan that was shown is not the one that follows from its commits and its observation, so nobody can tell what reviewers saw',
      true,
      facts,
    );
  }
  const blocked = findOwnBlocks(planned);
  if (blocked.length > 0) {
    const guards = [...new Set(blocked.map((one) => one.guard))].join(', ');
    return refuse(`its plan was blocked by ${guards}`, true, { ...facts, unproven: false });
  }
  // A check run may name an old base tip, from before a guard was tightened or an approver asked for.
  const mergedOnto = before === on.baseTip ? baseTip : await settingsOf(ci, before, planned.plan.at);
  if (mergedOnto === null) return refuse('the policies it was merged onto were invalid', true, { ...facts, unproven: false });
  const reviews = await ci.github.pulls.reviews(pull.number);
  // Only a review from after that plan has seen it. Who publishes a check run dates it as they like, but not before the merge.
  const after = anew ? new Date(Math.max(plannedAtMs, Date.parse(pull.mergedAt ?? ''))).toISOString() : null;
  const input = { pull, reviews, people: ci.github.people, planned, after };
  const asked = [await decidePeople({ ...input, desired }), await decidePeople({ ...input, desired: mergedOnto })];
  const people = asked.find(({ approved }) => !approved) ?? asked[0] ?? null;
  // Policies may be written anew without a change of anybody's access: then there is nothing to agree to.
  const nobodys = planned.plan.changes.every(({ origin }) => origin === 'drift');
  if (people?.approved !== true && !nobodys) return refuse(missing(people, anew), false, { ...facts, people });
  const changes = planned.plan.changes.filter((change) => counts(change, planned, asked, plannedAtMs));
  // What it takes in from before stands or waits with it, so it is said there, too.
  const all = planned.plan.changes.filter(({ origin }) => origin !== 'drift');
  return { ...nothing(pull), ...facts, concerns: [...all, ...concerns], people, changes, heldTo: [...new Set([baseTip, mergedOnto])] };
}

/** Everybody of the accounts that it brings: whom it changes there is only known once they are observed. */
function broughtBy({ settings }: PullPlan): { account: string; principal: null }[] {
  return settings.flatMap(({ account, setting, before }) =>
    setting === 'account' && before === null ? [{ account, principal: null }] : [],
  );
}

/** Null where they are invalid. Before the first policy there was nothing to hold anybody to. */
async function settingsOf(ci: Ci, commit: string, at: Instant): Promise<DesiredState | null> {
  return orNothing(await ci.policies(commit, commit, at.slice(0, 10)));
}

function nothing(pull: Pull): JudgedPull {
  return {
    pull,
    number: pull.number,
    title: pull.title,
    head: pull.head,
    digest: null,
    refused: null,
    people: null,
    changes: [],
    evidence: digestOf({ pull: pull.number, head: pull.head }),
    heldTo: [],
    needsPlan: false,
    unproven: false,
    concerns: [],
  };
}

interface Shown {
  readonly on: PlannedOn;
  /** The commit it was merged onto. */
  readonly before: string;
  readonly state: StateAt;
  readonly plannedAtMs: number;
  /** Null for a fork, which could publish none. */
  readonly digest: Digest | null;
}

/** On which commits the plan was made that reviewers saw, or why nobody can tell. */
async function findShown(ci: Ci, pull: Pull, anew: boolean, stateTip: string): Promise<Shown | string> {
  const before = await commitBefore(ci, pull);
  if (before === null || pull.mergedAt === null) return 'the commit before its merge is not known any more';
  const checks = await ci.github.speech.checks(pull.head, CHECK_NAME);
  if (anew) return shownAnew(ci, pull, before, checks, stateTip);
  const mergedMs = Date.parse(pull.mergedAt);
  const inTime = checks.filter((check) => timeOf(check) <= mergedMs + CLOCKS_DIFFER_MS && readCheckFacts(check.text)?.head === pull.head);
  const [check] = inTime;
  if (check !== undefined) return shownBy(ci, pull, before, check, stateTip);
  if (!pull.fork) return 'no plan was shown on its final commit before it was merged';
  return shownToFork(ci, pull, before, mergedMs, stateTip);
}

async function shownBy(ci: Ci, pull: Pull, before: string, check: CheckRun, stateTip: string): Promise<Shown | string> {
  const facts = factsOf(check);
  if (facts === null) return 'its check run says nothing of the plan';
  const mergeBase = await ci.objects.mergeBase(pull.head, facts.baseTip);
  if (mergeBase === null || !(await liesBetween(ci, facts.baseTip, pull.head, before)))
    return 'the base its check run names does not lie between where it left the base branch and its merge';
  return withState(ci, { head: pull.head, mergeBase, baseTip: facts.baseTip, state: facts.state }, before, check, stateTip);
}

/**
 * Whether a commit stands in the default branch's own line, of first parents, from where a head left that line up to `before`. A merge
 * of the branch that this one was stacked on does not move where it left.
 */
async function liesBetween({ objects }: Ci, baseTip: string, head: string, before: string): Promise<boolean> {
  if (!(await objects.contains(before, baseTip))) return false;
  const since = await objects.range(baseTip, before, MOST_COMMITS);
  const next = since.at(-1);
  if (next === undefined) return true;
  return since.length < MOST_COMMITS && (await objects.parent(next)) === baseTip && !(await objects.contains(head, next));
}

/** A plan made after the merge: of what the default branch has changed since the commit before it. */
async function shownAnew(ci: Ci, pull: Pull, before: string, checks: readonly CheckRun[], stateTip: string): Promise<Shown | string> {
  for (const check of checks) {
    const facts = factsOf(check);
    if (facts === null || facts.baseTip !== before || facts.mergeBase !== before || pull.mergeCommit === null) continue;
    const stands = (await ci.objects.contains(facts.head, pull.mergeCommit)) && (await ci.objects.contains(ci.tip, facts.head));
    if (stands) return withState(ci, { head: facts.head, mergeBase: before, baseTip: before, state: facts.state }, before, check, stateTip);
  }
  return 'it has not been planned again since its merge. Dispatch the plan workflow with its number, have that plan approved, and try again';
}

async function withState(ci: Ci, on: PlannedOn, before: string, check: CheckRun, stateTip: string): Promise<Shown | string> {
  const plannedAtMs = timeOf(check);
  if (check.suiteAt !== null && plannedAtMs < Date.parse(check.suiteAt) - CLOCKS_DIFFER_MS)
    return 'its check run claims to be older than the commit it stands at';
  const state = await stateAt(ci, on.state, stateTip);
  if (typeof state === 'string') return state;
  const newest = Math.max(...[...state.observations.values()].map((one) => Date.parse(one.at)));
  if (newest > plannedAtMs + CLOCKS_DIFFER_MS) return 'its check run names an observation that was made after the plan';
  if (plannedAtMs - newest > OBSERVATION_MAX_AGE_MS) return `its plan rests on an observation older than ${DAY_WORDS}`;
  return { on, before, state, plannedAtMs, digest: check.externalId };
}

/** Without a check run: the merge's first parent, and the newest observation before the merge. */
async function shownToFork(ci: Ci, pull: Pull, before: string, mergedMs: number, stateTip: string): Promise<Shown | string> {
  const mergeBase = await ci.objects.mergeBase(pull.head, before);
  if (mergeBase === null) return 'it shares no commit with the base branch';
  for (const commit of await ci.objects.range(null, stateTip, 200)) {
    const state = await stateAt(ci, commit, stateTip);
    if (typeof state === 'string') return state;
    const newest = Math.max(...[...state.observations.values()].map((one) => Date.parse(one.at)));
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

function factsOf(check: CheckRun): CheckFacts | null {
  const facts = readCheckFacts(check.text);
  return facts !== null && facts.digest === check.externalId ? facts : null;
}

function timeOf(check: CheckRun): number {
  return Date.parse(check.completedAt ?? check.startedAt ?? '') || Number.POSITIVE_INFINITY;
}

/** Drift is nobody's to approve here; what the pull request only takes in needs the approval its role asks for; old data approves nothing. */
function counts(change: Change, { plan }: PullPlan, asked: readonly PeopleApproval[], plannedAtMs: number): boolean {
  if (change.origin === 'drift') return false;
  const account = plan.accounts.find((one) => one.account === change.account);
  const fresh = account?.verdict === 'applicable' && plannedAtMs - Date.parse(account.observation.at) <= OBSERVATION_MAX_AGE_MS;
  const lacking = asked.some(({ needed }) => needed.some((one) => one.by === null && one.changes.includes(change.id)));
  return fresh && !lacking;
}

function missing(people: PeopleApproval | null, anew: boolean): string {
  const { by, needed } = people ?? { by: null, needed: [] };
  const when = anew ? ' after it was planned again' : '';
  if (by === null) return `nobody but its author has approved its final commit${when}`;
  const open = needed.filter((one) => one.own && one.by === null);
  return `${open.map((one) => `${one.role} in ${one.account} needs the approval of one of ${one.approvers.join(', ')}${one.unknown === null ? '' : ` (${one.unknown})`}`).join('; ')}`;
}
