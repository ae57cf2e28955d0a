import { EXIT, type ExitCode } from '../../errors.ts';
import type { Objects } from '../../github/open-objects.ts';
import type { Change, Day, DesiredState, Finding, Instant, Reading } from '../../model.ts';
import { blockPlan } from '../../plan/block-plan.ts';
import { diffSettings } from '../../plan/diff-settings.ts';
import { findConverged } from '../../plan/find-converged.ts';
import { findMovedEnds } from '../../plan/find-moved-ends.ts';
import { findUnnamed } from '../../plan/find-unnamed.ts';
import { isOf } from '../../plan/is-of.ts';
import { makePlan } from '../../plan/make-plan.ts';
import { type MergeInput, mergeDesired } from '../../plan/merge-desired.ts';
import { restateEnds } from '../../plan/restate-ends.ts';
import type { LoadedPolicies } from '../../policy/load-policies.ts';
import { capabilitiesOf } from '../../provider/capabilities.ts';
import type { PlannedOn, PullPlan, Spot } from '../../pull.ts';
import { fitsReview } from '../../report/comment/fits-review.ts';
import { VERSION } from '../../version.ts';
import type { PolicyLoader } from './create-policy-loader.ts';
import { loadAccepted } from './load-accepted.ts';
import { newestInstant, type StateAt } from './read-state.ts';
import { spreadSides } from './spread-sides.ts';

export interface PlanPullInput {
  readonly objects: Objects;
  readonly policies: PolicyLoader;
  /** The folder of policies inside the repository. */
  readonly folder: string;
  readonly url: string;
  readonly on: PlannedOn;
  readonly state: StateAt;
}

export type PlannedPull =
  | { readonly kind: 'planned'; readonly planned: PullPlan; readonly desired: DesiredState; readonly baseTip: DesiredState }
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] }
  | { readonly kind: 'unplanned'; readonly why: string; readonly exit: ExitCode };

/**
 * What a pull request would do, as a pure function of git objects: the policies of its head, of the merge base and of the base tip, and
 * one commit of `rollcall-state`. No clock, no comment and no check run has a say, so apply recomputes exactly what reviewers saw.
 */
export async function planPull(input: PlanPullInput): Promise<PlannedPull> {
  const { objects, on, state } = input;
  const at = newest([...state.observations.values()].map((one) => one.at));
  if (at === null) return { kind: 'unplanned', why: NEVER_OBSERVED, exit: EXIT.incomplete };
  const tree = await objects.mergedTree(on.baseTip, on.head);
  if (tree === null) return { kind: 'unplanned', why: TEXT_CONFLICT, exit: EXIT.blocked };
  const day = (newestInstant(state) ?? at).slice(0, 10);
  const merged = await input.policies(tree, null, day);
  const touched = await objects.touchedLines(on.baseTip, tree, input.folder);
  const findings = merged.findings.map((finding) => hardened(finding, touched)).filter((finding) => concerns(finding, touched));
  if (findings.some(({ severity }) => severity === 'error')) return { kind: 'invalid', findings };
  const sides = await loadSides(input, merged.desired, day);
  if (typeof sides === 'string') return { kind: 'unplanned', why: sides, exit: EXIT.policyInvalid };
  const spread = spreadSides(sides, state);
  const { desired, touched: people, conflicts } = mergeDesired(spread);
  const readings = new Map<string, Reading>([...desired.accounts.keys()].map((name) => [name, readingOf(name, state, desired, at)]));
  const accepted = await loadAccepted(input, on.baseTip, state.history, day);
  const facts = {
    mode: 'change',
    version: VERSION,
    base: null,
    history: state.history,
    capabilitiesOf,
    ancestry: { head: on.head, lastApplied: null, descends: null },
    whole: true,
  } as const;
  const made = makePlan({ ...facts, desired, readings, pull: { conflicts, formerly: spread.mergeBase } });
  const plan = restateEnds(made, accepted);
  const mine = plan.changes.filter((change) => change.origin !== 'drift' && people.get(change.account)?.has(change.principal) === true);
  // What the policies would change as they were when the branch left the base.
  const before = makePlan({ ...facts, desired: spread.mergeBase, readings });
  const edits = await objects.differs(on.mergeBase, on.head, input.folder);
  // A pull request about something else takes nothing in: nobody looks at access there.
  const waited = new Set(edits ? before.changes.map(({ id }) => id) : []);
  for (const { id } of mine) waited.delete(id);
  const planned: PullPlan = {
    on,
    plan: { ...plan, policy: { ...plan.policy, base_commit: on.mergeBase } },
    own: new Set(mine.map((change) => change.id)),
    takenIn: new Set(plan.changes.filter(({ id, origin }) => origin !== 'drift' && waited.has(id)).map(({ id }) => id)),
    touched: people,
    spots: spotsOf(plan.changes, spread, on),
    conflicts,
    settings: diffSettings(sides),
    ends: findMovedEnds({ touched: people, merged: desired, baseTip: spread.baseTip, capabilitiesOf }),
    converged: edits ? findConverged({ plan, desired, readings, history: state.history, capabilitiesOf }) : [],
    unnamed: findUnnamed({ desired, readings, changes: plan.changes, capabilitiesOf }),
    findings,
  };
  const readable = fitsReview(planned, input.url)
    ? planned
    : { ...planned, plan: blockPlan(planned.plan, 'unreviewable_plan', UNREVIEWABLE) };
  return { kind: 'planned', planned: readable, desired, baseTip: spread.baseTip };
}

/** How far back policies are looked for that were valid. */
const MOST_INVALID = 100;
const NEVER_OBSERVED =
  'no account was ever observed: no run on the default branch could read one yet. The newest run of the drift workflow says why; as soon as one has read an account, it plans this again';
const TEXT_CONFLICT =
  'this branch and the base branch changed the same lines, so there is no merged result to plan. Merge or rebase onto the base branch and push';
const UNREVIEWABLE =
  'what is risky in this plan alone is longer than a comment may be, and what nobody can read nobody has approved. Split the pull request';

/** An end date that has passed is a mistake on a line that this pull request writes, and history everywhere else. */
function hardened(finding: Finding, touched: ReadonlyMap<string, ReadonlySet<number>>): Finding {
  const mine = finding.code === 'end-passed' && touched.get(finding.file)?.has(finding.line) === true;
  return mine ? { ...finding, severity: 'error' } : finding;
}

/** A warning about a line that was there before is no concern of this pull request's reviewers. */
function concerns(finding: Finding, touched: ReadonlyMap<string, ReadonlySet<number>>): boolean {
  return finding.severity === 'error' || touched.get(finding.file)?.has(finding.line) === true;
}

async function loadSides(input: PlanPullInput, merged: DesiredState | null, day: Day): Promise<MergeInput | string> {
  const { on } = input;
  const [head, mergeBase, baseTip] = await Promise.all([
    input.policies(on.head, on.head, day),
    input.policies(on.mergeBase, on.mergeBase, day),
    input.policies(on.baseTip, on.baseTip, day),
  ]);
  const tip = orNothing(baseTip);
  if (tip === null) {
    const last = await lastValid(input, day);
    if (last === null || merged === null) return 'the policies of the base branch are invalid, and so were all before them';
    return { head: merged, mergeBase: last, baseTip: last };
  }
  const before = orNothing(mergeBase);
  if (head.desired === null)
    return 'the policies of this branch are invalid, and only together with the base branch are they not. Merge or rebase onto the base branch and push';
  if (before === null)
    return 'the policies were invalid where this branch left the base branch, so nobody can tell what it changes. Merge or rebase onto the base branch and push';
  return { head: head.desired, mergeBase: before, baseTip: tip, ...(merged === null ? {} : { merged }) };
}

/** What repairs an invalid base branch answers for all that changed since its policies were last valid: nobody could plan it before. */
async function lastValid({ objects, policies, on }: PlanPullInput, day: Day): Promise<DesiredState | null> {
  for (const commit of await objects.range(null, on.baseTip, MOST_INVALID)) {
    const valid = orNothing(await policies(commit, commit, day));
    if (valid !== null) return valid;
  }
  return null;
}

/** Before the first policy there was no access by policy; that is no mistake of the pull request that brings it. */
export function orNothing({ desired, findings }: LoadedPolicies): DesiredState | null {
  if (desired !== null || !findings.every((finding) => finding.code === 'policies-missing')) return desired;
  return { digest: '', commit: null, people: new Map(), accounts: new Map() };
}

function readingOf(account: string, state: StateAt, desired: DesiredState, at: Instant): Reading {
  const observation = state.observations.get(account);
  const policy = desired.accounts.get(account)?.policy;
  if (observation !== undefined && policy !== undefined && isOf(observation, policy)) {
    return { kind: 'complete', observation };
  }
  const message =
    'no run on the default branch has observed this account yet. Once its file is merged and its credential is set, the next run does';
  return { kind: 'incomplete', account, at, cause: 'unreadable', message, requests: 0, suspect: null };
}

/** The commit in which the line that explains a change can be looked at. */
function spotsOf(changes: readonly Change[], { head, mergeBase, baseTip }: MergeInput, on: PlannedOn): Map<string, Spot> {
  const spots = new Map<string, Spot>();
  for (const { id, account, principal, source } of changes) {
    if (source === null) continue;
    const stands = (state: DesiredState) =>
      [
        state.accounts.get(account)?.principals.get(principal)?.source,
        state.people.get(principal)?.source,
        state.accounts.get(account)?.policy.source,
      ].some((place) => place?.file === source.file && place.line === source.line);
    const commit = stands(head) ? on.head : stands(baseTip) ? on.baseTip : stands(mergeBase) ? on.mergeBase : on.head;
    const grants = [head, baseTip].flatMap((state) => state.accounts.get(account)?.principals.get(principal)?.grants ?? []);
    const grant = grants.find((one) => one.source.file === source.file && one.source.line === source.line);
    spots.set(id, { commit, place: source, reason: grant?.reason ?? null, until: grant?.until ?? null });
  }
  return spots;
}

function newest(instants: readonly Instant[]): Instant | null {
  return instants.reduce<Instant | null>((latest, one) => (latest === null || one > latest ? one : latest), null);
}
