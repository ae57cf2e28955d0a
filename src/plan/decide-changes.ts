import { answerDrift } from '../drift-answer.ts';
import { groupBy } from '../group-by.ts';
import type {
  AccountHistory,
  AccountPolicy,
  Approval,
  ApprovedSet,
  Capabilities,
  Change,
  Decision,
  DesiredAccount,
  GuardResult,
  LeftAlone,
  Observation,
  Plan,
} from '../model.ts';
import { fieldOf } from './annotate-changes.ts';
import { type Ancestry, approvalsInForce, checkGuards, deleteBudget } from './check-guards.ts';
import { listParts } from './list-parts.ts';
import { isLapsed, matchApproved, owedFor } from './match-approved.ts';
import { losesKeys, takesAway } from './privilege.ts';
import { scheduleInvites, unlistedUntil } from './schedule-invites.ts';
import { willDo } from './will-do.ts';

export interface DecideInput {
  readonly mode: Plan['mode'];
  /** One account's changes of the fresh plan, in order. */
  readonly changes: readonly Change[];
  readonly approved: ApprovedSet;
  readonly desired: DesiredAccount;
  readonly history: AccountHistory;
  readonly observation: Observation;
  readonly capabilities: Capabilities;
  readonly ancestry: Ancestry;
  readonly nowMs: number;
  /** Whom the plan leaves alone, where it is at hand. */
  readonly leftAlone?: readonly LeftAlone[] | undefined;
  /** By whose settings the guards are held, where several pull requests are applied together; one after another, in merge order. */
  readonly stages?: readonly GuardStage[] | undefined;
}

/** The guard settings and approval files of one pull request's base tip, and the changes up to and with that pull request. */
export interface GuardStage {
  readonly guards: AccountPolicy['guards'];
  readonly approvals: readonly Approval[];
  readonly covers: (change: Change) => boolean;
}

export interface Decided {
  readonly decisions: readonly Decision[];
  /** Guards over what would really be made: approved and needed. */
  readonly guards: readonly GuardResult[];
}

/** Approved ∩ fresh: what this run makes, what waits, what a person does, and what no approval covers. */
export function decideChanges(input: DecideInput): Decided {
  const { desired, observation, history, capabilities, ancestry, nowMs } = input;
  const { policy } = desired;
  const candidates: Candidates = groupBy(input.approved.changes.values(), (change) => change.principal);
  const tainted = new Set(input.changes.filter((change) => needsApproval(change, input, candidates)).map((change) => change.principal));
  // The plan gave a place in the limits to every invitation; without those nobody approved, others come sooner.
  const sends = (change: Change) => !tainted.has(change.principal) && willDo(change, input.mode, policy);
  const fresh = scheduleInvites(input.changes, sends, { policy, history, observation, capabilities, atMs: nowMs });
  const decisions = fresh.map((change) => decide(change, tainted, input));
  // What a person is told to do takes as much away as what is done.
  const changes = decisions.filter(({ verdict }) => verdict === 'make' || verdict === 'hand').map((decision) => decision.change);
  const guards = checkStages(stagesOf(input), (stage) =>
    checkGuards({
      desired: { ...desired, policy: { ...policy, guards: stage.guards }, approvals: stage.approvals },
      observation,
      history,
      capabilities,
      leftAlone: input.leftAlone,
      fresh,
      changes: changes.filter(stage.covers),
      ancestry,
      atMs: nowMs,
    }),
  );
  return { decisions: withApprovals(decisions, guards, input), guards };
}

function stagesOf({ stages, desired }: DecideInput): readonly GuardStage[] {
  const { policy, approvals } = desired;
  return stages === undefined || stages.length === 0 ? [{ guards: policy.guards, approvals, covers: () => true }] : stages;
}

/** As if one pull request were applied after the other: what blocks at any stage blocks, so that no merge loosens what guards it. */
function checkStages(stages: readonly GuardStage[], check: (stage: GuardStage) => readonly GuardResult[]): readonly GuardResult[] {
  const results = stages.map(check);
  // Stryker disable next-line OptionalChaining: every stage is held to the same guards, so that each has one at every index.
  return results.reduce((earlier, later) => later.map((guard, index) => (earlier[index]?.verdict === 'block' ? earlier[index] : guard)));
}

/** The approved changes by principal, those of other accounts among them. */
type Candidates = ReadonlyMap<string, readonly Change[]>;

/**
 * Each delete spends one of the approval that expires first and has one left. Spending of one alone, and not of all in force, is what
 * lets a run that was cut off in the middle of what several approvals allow together finish the rest. What is taken back from
 * strangers spends only where it passes its own limit, so that an approval for leavers is not used up by intruders.
 */
function withApprovals(decisions: readonly Decision[], guards: readonly GuardResult[], input: DecideInput): Decision[] {
  const { desired, history, stages, nowMs } = input;
  const passes = guards.some(({ budget, limit, actual }) => budget === 'strangers' && limit !== null && (actual ?? 0) > limit);
  const spends = (budget: Decision['budget']) => budget === 'policy' || (budget === 'strangers' && passes);
  const approvals = stages?.at(-1)?.approvals ?? desired.approvals;
  const inForce = approvalsInForce(approvals, history.spentDeletes, nowMs).map(({ approval, left }) => ({ name: approval.name, left }));
  return decisions.map((decision) => {
    if (decision.verdict !== 'make' || !spends(decision.budget)) return decision;
    while (inForce[0]?.left === 0) inForce.shift();
    const next = inForce[0];
    if (next === undefined) return decision;
    next.left -= 1;
    return { ...decision, approvals: [next.name] };
  });
}

function decide(change: Change, tainted: ReadonlySet<string>, input: DecideInput): Decision {
  const { desired, capabilities } = input;
  const facts = {
    change,
    takesAway: takesAway(change, capabilities),
    budget: deleteBudget(change, capabilities),
    approvals: [],
    reverts: change.origin === 'drift' ? fieldOf(change) : null,
    approved: change.origin !== 'drift',
    policyName: desired.principals.get(change.principal)?.name ?? null,
    losesKeys: losesKeys(change, capabilities, input.history),
    parts: listParts(change, capabilities),
  };
  const say = (verdict: Decision['verdict'], message: string): Decision => ({ ...facts, verdict, message });

  if (change.origin === 'drift') {
    if (input.mode === 'change') return say('leave', 'drift, left to `rollcall drift`');
    if (answerDrift(change, desired.policy.drift) !== 'reverted') return say('leave', 'reported, as the account file says');
  } else if (tainted.has(change.principal)) {
    return say('withhold', withholdMessage(change, input));
  }
  return due(change, say, input);
}

function due(change: Change, say: (verdict: Decision['verdict'], message: string) => Decision, { history, nowMs }: DecideInput): Decision {
  if (change.tags.includes('waits_for_replacement')) return say('wait', 'waits until the address that takes its place is active');
  if (change.executor === 'manual') return say('hand', '');
  if (change.tags.includes('waits_for_open_slot')) return say('wait', 'waits for one of the open invitations to be accepted');
  if (change.not_before === null || Date.parse(change.not_before) <= nowMs) return say('make', '');
  if (change.tags.includes('parked')) return say('wait', 'failed before and is tried again then');
  if (change.action !== 'invite') return say('wait', 'the vendor put it off; it is tried again then');
  const settling = history.unsettled.has(change.principal) || unlistedUntil(change, history, nowMs) !== null;
  return say('wait', settling ? 'an earlier invitation may still turn up; until then none is sent' : 'the hourly limit of invitations');
}

/** Whether this change lacks an approval. Then nothing at all is done to its principal in this account. */
function needsApproval(change: Change, input: DecideInput, candidates: Candidates): boolean {
  if (input.mode === 'drift') return change.origin !== 'drift' && !willDoInDrift(change, input) && change.origin !== 'end';
  if (change.origin === 'drift' || change.origin === 'end' || isLapsed(change)) return false;
  if (input.approved.changes.has(change.id) || owedFor(change, input.history) !== null) return false;
  return candidates.get(change.principal)?.some((approved) => matchApproved(change, approved, input.history) !== null) !== true;
}

function willDoInDrift(change: Change, input: DecideInput): boolean {
  return change.tags.includes('waits_for_replacement') ? change.tags.includes('owed') : willDo(change, 'drift', input.desired.policy);
}

function withholdMessage(change: Change, input: DecideInput): string {
  if (change.origin === 'end') return 'another change of this person has no approval, so none is made';
  if (input.approved.by === 'pulls') return 'no approval that counts covers it; the next pull request lists it';
  if (input.approved.by === 'plan') return 'not in the approved plan: live or policy changed since. Plan again and have that plan approved';
  return 'no approval covers it';
}
