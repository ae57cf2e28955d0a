import { EXIT, RollcallError } from '../../errors.ts';
import { decidePeople } from '../../github/decide-people.ts';
import { NOTHING, sameHolding } from '../../holding.ts';
import type { Change, Day, DesiredState, Digest, History, Instant } from '../../model.ts';
import { findOwnBlocks } from '../../own-blocks.ts';
import { diffSettings } from '../../plan/diff-settings.ts';
import { accountOf, fileOfSubaccount } from '../../plan/fan-out.ts';
import { type MergedDesired, mergeDesired } from '../../plan/merge-desired.ts';
import {
  OBSERVATION_MAX_AGE_MS,
  type PeopleApproval,
  type Pull,
  type PullEvidence,
  type PullPlan,
  type Review,
  type SettingChange,
} from '../../pull.ts';
import { describeMissing } from '../../report/describe-missing.ts';
import { digestOf } from '../../text/digest.ts';
import { findProposal } from './find-proposal.ts';
import { findShown, findShownAnew, type Shown, type ShownPlan } from './find-shown.ts';
import type { Ci } from './open-ci.ts';
import { orNothing, planPull } from './plan-pull.ts';
import { newestInstant, type StateAt } from './read-state.ts';
import { spread, spreadSides } from './spread-sides.ts';

/** What a merged pull request approves, worked out anew from git objects and from people's reviews. */
export interface JudgedPull extends PullEvidence {
  readonly pull: Pull;
  /** Names this very approval, so that it is taken in once. Nothing that anybody but git decides is in it. */
  readonly evidence: Digest;
  /** Whose settings guard what it approves: the base tip it was planned on, the commit it was merged onto. */
  readonly heldTo: readonly DesiredState[];
  /** Whether its evidence is missing or forged, and not just short of an approval. */
  readonly unproven: boolean;
  /** Whose access it changes, also where it approves nothing; null: everybody's, in an account that nobody had observed yet. */
  readonly concerns: readonly { readonly account: string; readonly principal: string | null }[];
  /** By account, whose access it changes, and what policy came to with it. */
  readonly touched: PullPlan['touched'];
  readonly desired: DesiredState | null;
  /** What it changes about accounts themselves. */
  readonly settings: readonly SettingChange[];
  /** Whether it lets access go on that the base would end. */
  readonly laterEnds: boolean;
  /** Accounts that it takes out of policy. */
  readonly leaves: readonly string[];
}

export interface JudgeInput {
  readonly pull: Pull;
  /** Whether a plan made after the merge counts. */
  readonly anew: boolean;
  /** The settings that were applied last, for accounts that the base does not have any more. */
  readonly lastApplied: DesiredState | null;
  /** What the ledger knows by now. */
  readonly history: History;
}

/** What stands between a pull request and its approval. */
interface Refusal {
  readonly refused: string;
  readonly needsPlan: boolean;
  readonly more: Partial<JudgedPull>;
  /** Whether an earlier plan may have what this one lacks: somebody who approved that one. */
  readonly lacksPeople: boolean;
}

/**
 * Recomputes what reviewers saw. The check run only says which base tip and which observation that was; both are held to git and to
 * signatures, and the plan that follows from them has to be the one shown. One that cannot be judged approves nothing and stops nobody else.
 */
export async function judgePull(ci: Ci, input: JudgeInput): Promise<JudgedPull> {
  const { pull } = input;
  try {
    // A plan made anew and approved comes first: the account may have changed since the one that was merged.
    const again = input.anew ? await judge(ci, input) : null;
    if (again?.refused === null) return again;
    const judged = await judge(ci, { ...input, anew: false });
    return judged.refused === null ? judged : (again ?? judged);
  } catch (error) {
    const stops = !(error instanceof RollcallError) || error.exit === EXIT.usage;
    if (stops) throw error;
    return { ...nothing(pull), refused: `it could not be judged (${error.message})` };
  }
}

async function judge(ci: Ci, input: JudgeInput): Promise<JudgedPull> {
  const { pull, anew } = input;
  const refuse = ({ refused, needsPlan, more }: Refusal): JudgedPull => ({
    ...nothing(pull),
    refused,
    needsPlan,
    unproven: needsPlan,
    ...more,
  });
  if (ci.stateTip === null) return refuse(lacksPlan('no account was observed when it was planned'));
  const reviews = await ci.github.pulls.reviews(pull.number);
  const shown = anew
    ? await findShownAnew(ci, pull, ci.stateTip)
    : await findShown(ci, { pull, stateTip: ci.stateTip, lastReviewMs: lastReview(pull, reviews) });
  if (typeof shown === 'string') return refuse(lacksPlan(shown));
  let first: Refusal | null = null;
  for (const one of shown) {
    const judged = await judgeShown(ci, input, reviews, one);
    if (!('lacksPeople' in judged)) return judged;
    first ??= judged;
    // Whoever approved an earlier plan of this commit approved that one; anything else is wrong whichever plan is asked.
    if (!judged.lacksPeople && !anew) return refuse(judged);
  }
  return refuse(first ?? lacksPlan('no plan was shown on its final commit'));
}

function lacksPlan(refused: string, more: Partial<JudgedPull> = {}): Refusal {
  return { refused, needsPlan: true, more, lacksPeople: false };
}

/** When somebody who may count last approved the final commit; null: nobody has. */
function lastReview(pull: Pull, reviews: readonly Review[]): number | null {
  const times = reviews
    .filter((one) => one.state === 'approved' && one.commit === pull.head && one.isPerson && one.reviewerId !== pull.authorId)
    .map((one) => Date.parse(one.at));
  return times.length === 0 ? null : Math.max(...times);
}

async function judgeShown(ci: Ci, input: JudgeInput, reviews: readonly Review[], look: ShownPlan): Promise<JudgedPull | Refusal> {
  const { pull, anew } = input;
  const made = await recompute(ci, input, look);
  if ('lacksPeople' in made) return made;
  const { shown, planned, desired, facts, heldTo } = made;
  const proposal = await findProposal(ci, pull, shown.on.mergeBase, input.history);
  const asked: PeopleApproval[] = [];
  for (const settings of [withFormer(desired, input.lastApplied), ...heldTo]) {
    const asks = { settings, merged: desired, baseTip: made.baseTip, after: seenAfter(pull, shown, anew), proposal };
    asked.push(await decidePeople({ pull, reviews, people: ci.github.people, planned, ...asks }));
  }
  const people = asked.find(({ approved }) => !approved) ?? asked[0] ?? null;
  if (people?.approved !== true && !agreesToNothing(planned)) {
    return { refused: describeMissing(people, anew), needsPlan: false, more: { ...facts, people }, lacksPeople: true };
  }
  const reach = anew ? await reachOf(ci, pull, shown) : { touched: planned.touched, desired, settings: planned.settings };
  const approved = planned.plan.changes.filter((change) => counts(change, planned, asked, shown.plannedAtMs));
  // What it takes in from before stands or waits with it, so it is said there, too.
  const all = planned.plan.changes.filter(({ origin }) => origin !== 'drift');
  return {
    ...nothing(pull),
    ...facts,
    concerns: [...all, ...(facts.concerns ?? [])],
    people,
    changes: anew ? approved.filter((change) => isOf(change, reach)) : approved,
    heldTo: [...new Set(heldTo)],
    touched: reach?.touched ?? new Map(),
    desired: reach?.desired ?? null,
    settings: reach?.settings ?? [],
    leaves: planned.settings.filter((one) => one.setting === 'account' && one.after === null).map((one) => one.account),
  };
}

interface Recomputed {
  readonly shown: Shown;
  readonly planned: PullPlan;
  readonly desired: DesiredState;
  readonly baseTip: DesiredState;
  readonly facts: Partial<JudgedPull>;
  readonly heldTo: readonly DesiredState[];
}

/** The plan that follows from what was shown, if that is the one that was shown and nothing blocked it. */
async function recompute(ci: Ci, { pull, anew, lastApplied }: JudgeInput, look: ShownPlan): Promise<Recomputed | Refusal> {
  const shown = await look();
  if (typeof shown === 'string') return lacksPlan(shown);
  const { on, before, digest, state } = shown;
  const { objects, policies, folder } = ci;
  const made = await planPull({ objects, policies, folder, url: ci.github.url, on, state });
  if (made.kind === 'invalid') return lacksPlan('its merged policies were invalid when it was planned');
  if (made.kind === 'unplanned') return lacksPlan(made.why);
  const { planned, desired, baseTip } = made;
  const facts = factsOf(pull, planned, anew ? on.head : null);
  if (digest !== null && digest !== planned.plan.digest) {
    return lacksPlan(
      'the plan that was shown is not the one that follows from its commits and its observation, so nobody can tell what reviewers saw',
      facts,
    );
  }
  const blocked = findOwnBlocks(planned);
  if (blocked.length > 0) {
    const guards = [...new Set(blocked.map((one) => one.guard))].join(', ');
    return lacksPlan(`its plan was blocked by ${guards}`, { ...facts, unproven: false });
  }
  // A check run may name an old base tip, from before a guard was tightened or an approver asked for.
  const mergedOnto = before === on.baseTip ? baseTip : await settingsOf(ci, before, state);
  const now = anew ? await settingsOf(ci, ci.tip, state) : null;
  if (mergedOnto === null) return lacksPlan('the policies it was merged onto were invalid', { ...facts, unproven: false });
  const heldTo = [baseTip, mergedOnto, ...(now === null ? [] : [now])].map((one) => withFormer(one, lastApplied));
  return { shown, planned, desired, baseTip, facts, heldTo };
}

/** Only a review from after a plan has seen it. Made after the merge, it is not dated before the merge by whoever publishes it. */
function seenAfter({ mergedAt }: Pull, { plannedAtMs, digest }: Shown, anew: boolean): Instant {
  if (anew) return new Date(Math.max(plannedAtMs, Date.parse(mergedAt ?? ''))).toISOString();
  return new Date(digest === null ? 0 : plannedAtMs - 1).toISOString();
}

function factsOf(pull: Pull, planned: PullPlan, anewHead: string | null): Partial<JudgedPull> {
  const isNew = ({ setting, before }: SettingChange) => setting === 'account' && before === null;
  const fansOut = ({ setting, after }: SettingChange) => setting === 'subaccounts' && after === 'all';
  const broughtBy = (test: (one: SettingChange) => boolean) => planned.settings.flatMap((one) => (test(one) ? [one.account] : []));
  const files = new Set(broughtBy((one) => isNew(one) || fansOut(one)));
  const below = planned.plan.accounts.flatMap(({ account }) => (files.has(fileOfSubaccount(account) ?? '') ? [account] : []));
  const brought = [...broughtBy(isNew), ...below].map((account) => ({ account, principal: null }));
  return {
    laterEnds: planned.ends.some(({ later }) => later),
    digest: planned.plan.digest,
    evidence: digestOf({ pull: pull.number, head: pull.head, ...(anewHead === null ? {} : { anew: anewHead }) }),
    concerns: [...planned.plan.changes.filter((change) => planned.own.has(change.id)), ...planned.conflicts, ...brought],
  };
}

/** Policies may be written anew without a change of anybody's access or of any setting: then there is nothing to agree to. */
function agreesToNothing({ plan, touched, settings }: PullPlan): boolean {
  const nobody = [...touched.values()].every((people) => people.size === 0);
  return nobody && settings.length === 0 && plan.changes.every(({ origin }) => origin === 'drift');
}

/** Null where they are invalid. Before the first policy there was nothing to hold anybody to. */
async function settingsOf(ci: Ci, commit: string, state: StateAt): Promise<DesiredState | null> {
  const settings = orNothing(await ci.policies(commit, commit, dayOf(state)));
  return settings === null ? null : spread(settings, state);
}

/** The day by which its plan was made. */
function dayOf(state: StateAt): Day {
  return (newestInstant(state) ?? '').slice(0, 10);
}

/** An account that is brought back is not new: what guarded it last guards it still. */
function withFormer(state: DesiredState, lastApplied: DesiredState | null): DesiredState {
  return lastApplied === null ? state : { ...state, accounts: new Map([...lastApplied.accounts, ...state.accounts]) };
}

type Reach = Pick<MergedDesired, 'touched' | 'desired'> & Pick<PullPlan, 'settings'>;

/** What a pull request changed when it was merged: a plan made since shows more, and that is not its own. */
async function reachOf(ci: Ci, pull: Pull, { before, state }: Shown): Promise<Reach | null> {
  if (pull.mergeCommit === null) return null;
  // What the merge itself made of it, also where both sides had changed the same.
  const [head, tip] = await Promise.all(
    [pull.mergeCommit, before].map(async (commit) => orNothing(await ci.policies(commit, commit, dayOf(state)))),
  );
  const sides = head && tip ? { head, mergeBase: tip, baseTip: tip } : null;
  return sides === null ? null : { ...mergeDesired(spreadSides(sides, state)), settings: diffSettings(sides) };
}

/** Whether a change is what the pull request itself made of this person, and nothing that came to the branch since. */
function isOf({ account, principal, after }: Change, reach: Pick<MergedDesired, 'touched' | 'desired'> | null): boolean {
  if (reach?.touched.get(account)?.has(principal) !== true) return false;
  return sameHolding(accountOf(reach.desired, account)?.principals.get(principal)?.holding ?? NOTHING, after ?? NOTHING);
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
    touched: new Map(),
    desired: null,
    settings: [],
    laterEnds: false,
    leaves: [],
  };
}

/**
 * Drift is nobody's to approve here. What waited before counts only where the approved commit itself has it, and needs the approval its
 * role asks for; old data approves nothing.
 */
function counts(change: Change, { plan, own, takenIn }: PullPlan, asked: readonly PeopleApproval[], plannedAtMs: number): boolean {
  if (change.origin === 'drift' || !(own.has(change.id) || takenIn.has(change.id))) return false;
  const account = plan.accounts.find((one) => one.account === change.account);
  const fresh = account?.verdict === 'applicable' && plannedAtMs - Date.parse(account.observation.at) <= OBSERVATION_MAX_AGE_MS;
  const lacking = asked.some(({ needed }) => needed.some((one) => one.by === null && one.changes.includes(change.id)));
  return fresh && !lacking;
}
