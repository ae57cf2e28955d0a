import { groupBy } from '../group-by.ts';
import type {
  ApprovedSet,
  CapabilitiesOf,
  Change,
  Decision,
  DesiredAccount,
  DesiredState,
  GuardResult,
  History,
  Holding,
  LastApplied,
  Observation,
  Plan,
  PlanAccount,
  Reading,
} from '../model.ts';
import type { Ancestry } from './check-guards.ts';
import { decideChanges, type GuardStage } from './decide-changes.ts';
import { findEndedOwed, type Untouched } from './find-ended-owed.ts';
import { findBaseline, findSettled } from './find-settled.ts';
import { EMPTY_HISTORY, makePlan } from './make-plan.ts';

export interface DecideAccounts {
  readonly capabilitiesOf: CapabilitiesOf;
  readonly nowMs: number;
  readonly plan: Plan;
  readonly mode: Plan['mode'];
  readonly approved: ApprovedSet;
  readonly desired: DesiredState;
  readonly readings: ReadonlyMap<string, Reading>;
  readonly history: History;
  readonly ancestry: Ancestry;
  /** By account; undefined where the account's own settings guard it. */
  readonly stages?: ((account: string) => readonly GuardStage[] | undefined) | undefined;
  /** Whether people agreed to what policy gives somebody; undefined where whoever runs this agrees. */
  readonly isAgreed?: ((account: string, principal: string) => boolean) | undefined;
}

/** What one run will do in one account, and what its ledger learns without doing anything. */
export interface AccountDecision {
  readonly account: string;
  /** `limited`: a guard stops some changes, and what strangers gained is taken back all the same. */
  readonly status: 'open' | 'limited' | 'blocked' | 'incomplete';
  readonly message: string;
  readonly decisions: readonly Decision[];
  readonly guards: readonly GuardResult[];
  readonly already: readonly Change[];
  readonly superseded: readonly Change[];
  readonly untouched: readonly Untouched[];
  readonly settled: ReadonlyMap<string, LastApplied | null>;
  readonly baseline: ReadonlyMap<string, Holding> | null;
  readonly observation: Observation | null;
}

export function decideAccounts(input: DecideAccounts): AccountDecision[] {
  const changes = groupBy(input.plan.changes, (change) => change.account);
  return input.plan.accounts.map(({ account, observation, left_alone, unmanaged }) => {
    const desired = input.desired.accounts.get(account);
    const reading = input.readings.get(account);
    if (desired === undefined || reading?.kind !== 'complete') return idle(account, observation.reason ?? 'it was not read');
    return decideAccount(desired, reading.observation, changes.get(account) ?? [], { left_alone, unmanaged }, input);
  });
}

function decideAccount(
  desired: DesiredAccount,
  observation: Observation,
  changes: readonly Change[],
  shown: Pick<PlanAccount, 'left_alone' | 'unmanaged'>,
  input: DecideAccounts,
): AccountDecision {
  const account = desired.policy.name;
  const { mode, approved, ancestry, nowMs } = input;
  const history = input.history.accounts.get(account) ?? EMPTY_HISTORY;
  const capabilities = input.capabilitiesOf(desired.policy);
  if (capabilities === null) throw new Error('an account of unknown kind reached a decision');
  const { decisions, guards } = decideChanges({
    mode,
    changes,
    approved,
    desired,
    history,
    observation,
    capabilities,
    ancestry,
    nowMs,
    leftAlone: shown.left_alone,
    stages: input.stages?.(account),
  });
  const isAgreed = (principal: string) => input.isAgreed?.(account, principal) ?? true;
  const blocks = guards.filter((guard) => guard.verdict === 'block');
  const { already, superseded, untouched } = findEndedOwed({
    account,
    fresh: changes,
    shown,
    approved,
    history,
    observation,
    desired,
    isAgreed,
  });
  const withheld = decisions.some((decision) => decision.verdict === 'withhold');
  const facts = {
    account,
    decisions,
    guards,
    already,
    superseded,
    untouched,
    observation,
    settled: findSettled({
      desired,
      observation,
      history,
      changes,
      capabilities,
      isAgreed,
    }),
  };
  if (blocks.length > 0) {
    const message = blocks.map((guard) => `${guard.guard}: ${guard.message}`).join('; ');
    // Ends that come due together must not keep an intruder in: what was gained outside policy has a budget of its own.
    if (mode === 'drift' && blocks.every((guard) => guard.budget === 'policy')) {
      return { ...facts, decisions: leaveBlocked(decisions, blocks), status: 'limited', message, baseline: null };
    }
    return { ...facts, status: 'blocked', message, baseline: null };
  }
  // Supervision begins where a plan was empty or accepted: what is withheld is neither, and what a look at drift leaves aside is not empty.
  const begins = history.baseline === null && (mode === 'change' ? !withheld : isEmptyPlan(account, observation, input));
  return { ...facts, status: 'open', message: '', baseline: begins ? findBaseline(desired, observation) : null };
}

/** Whether policy and live agree on everybody, also on what is none of drift's business. */
function isEmptyPlan(
  account: string,
  observation: Observation,
  { plan, desired, history, ancestry, capabilitiesOf }: DecideAccounts,
): boolean {
  const whole = makePlan({
    mode: 'change',
    version: plan.tool.version,
    desired,
    base: null,
    readings: new Map([[account, { kind: 'complete', observation }]]),
    history,
    capabilitiesOf,
    ancestry,
    // Stryker disable next-line BooleanLiteral: accounts that left policy are listed beside a verdict and never change it.
    whole: false,
  });
  return whole.verdict === 'empty';
}

function leaveBlocked(decisions: readonly Decision[], blocks: readonly GuardResult[]): Decision[] {
  const blocked = new Set(blocks.flatMap((guard) => guard.changes));
  return decisions.map((decision) =>
    blocked.has(decision.change.id) ? { ...decision, verdict: 'leave', message: 'a guard blocks it' } : decision,
  );
}

/** Whether anything may be done there in this run. */
export function isOpen({ status }: AccountDecision): boolean {
  return status === 'open' || status === 'limited';
}

function idle(account: string, message: string): AccountDecision {
  return {
    account,
    status: 'incomplete',
    message,
    decisions: [],
    guards: [],
    already: [],
    superseded: [],
    untouched: [],
    settled: new Map(),
    baseline: null,
    observation: null,
  };
}
