import { type Applied, applyAccount } from '../apply/apply-account.ts';
import { type Ledger, openLedger } from '../apply/open-ledger.ts';
import { resolveIntents } from '../apply/resolve-intents.ts';
import type { ApprovedSet, DesiredState, Digest, LastGood, Outcome, Plan, Reading, Result } from '../model.ts';
import type { Ancestry } from '../plan/check-guards.ts';
import { type AccountDecision, decideAccounts, isOpen } from '../plan/decide-accounts.ts';
import { fanOut, findGone } from '../plan/fan-out.ts';
import { newestOf } from '../plan/make-plan.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import type { AccountResult, ApplyReport } from '../report/render-outcomes.ts';
import { unsupervisedLine } from '../report/summarise-plan.ts';
import { visible } from '../text/encode.ts';
import { exitOfRun } from './exit-of-run.ts';
import { inPlanOrder, settledMeanwhile, unreadAfterwards } from './last-words.ts';
import { type Desired, loadDesired } from './load-desired.ts';
import { createPlanner, makeRunPlan, observationOf, readAncestry } from './make-run-plan.ts';
import { noteAtTheEnd } from './note-at-the-end.ts';
import { type Accounts, openAccounts, readAccount, readAccounts } from './read-accounts.ts';
import type { Reconciled, ReconcileFrom } from './reconciled.ts';
import { recordOffboardings } from './record-offboardings.ts';
import { recordDecisions, recordReadings } from './record-run.ts';
import { rereadBeforeTaking } from './reread.ts';
import type { Run } from './run-context.ts';

/** How often a plan is made anew when the reads before taking something away differ. */
const PLANS = 3;

/** Outcomes behind which a request stands. */
const SENT: ReadonlySet<Outcome> = new Set(['applied', 'failed', 'undecided']);

export interface Reconciliation {
  readonly run: Run;
  readonly mode: Plan['mode'];
  /** Last good counts that came with an approved plan. */
  readonly planned: ReadonlyMap<string, LastGood>;
  /** Whether a person is asked, who may take their time. */
  readonly asks: boolean;
  /** What people agreed to, once they have seen the plan; null when they said no. */
  readonly approve: (plan: Plan, desired: DesiredState) => Promise<ApprovedSet | null>;
  /** Where policies and ledger come from, when not from the folder and the file that the flags name. */
  readonly from?: ReconcileFrom;
}

interface Session extends Reconciliation {
  readonly desired: DesiredState;
  readonly ledger: Ledger;
  readonly accounts: Accounts;
  readonly ancestry: Ancestry;
  readonly readings: Map<string, Reading>;
}

/** Re-reads, re-plans, and makes what is both approved and still needed. Null when nobody approved. */
export async function reconcile(reconciliation: Reconciliation): Promise<Reconciled | null> {
  const { run, from } = reconciliation;
  const desired = from?.desired ?? (await loadDesired(run));
  if (from !== undefined) return reconcileWith(reconciliation, desired, from.ledger);
  const ledger = await openLedger(run.flags.ledger, run.world.openStorage(run.flags.ledger), run.clock);
  try {
    return await reconcileWith(reconciliation, desired, ledger);
  } finally {
    await ledger.close();
  }
}

async function reconcileWith(
  reconciliation: Reconciliation,
  { desired: today, head, desiredOn }: Desired,
  ledger: Ledger,
): Promise<Reconciled | null> {
  const { run, from } = reconciliation;
  const accounts = await openAccounts(run, today, run.world.graceOver);
  try {
    const readings = await readAccounts(run, accounts, ledger.history(), reconciliation.planned);
    const ancestry = from?.ancestry ?? (await readAncestry(run, head, ledger.history()));
    const reconciled = await reconcileOpened({
      ...reconciliation,
      desired: fanOut(await desiredOn(newestOf(readings)), readings),
      ledger,
      accounts,
      ancestry,
      readings,
    });
    if (reconciled !== null) await from?.inquire?.(reconciled, accounts.providers);
    return reconciled;
  } finally {
    await accounts.close();
  }
}

async function reconcileOpened(session: Session): Promise<Reconciled | null> {
  const { run, mode, desired, ledger, readings, ancestry } = session;
  const results: Result[] = [...(await takeReadings(session, readings))];
  const restate = session.from?.restate ?? ((plan: Plan) => plan);
  const planAs = createPlanner((history, as) => restate(makeRunPlan(run, mode, desired, null, readings, history, as)), {
    readings,
    historyOf: () => ledger.history(),
  });
  const planNow = () => planAs(ancestry);
  let plan = planNow();
  const approved = await session.approve(plan, desired);
  if (approved === null) return null;
  if (session.asks) {
    // The account may be another by the time somebody says yes.
    for (const account of session.accounts.providers.keys()) readings.set(account, await readAgain(session, account));
    plan = planNow();
  }

  const gone = findGone(desired, readings, ledger.history().accounts.keys());
  const warnings = [...warningsOf(plan, mode), ...gone.map(goneLine)];
  const left = plan.unsupervised.map(({ account }) => account);
  const released = left.filter((account) => session.from?.mayLeave?.(account) ?? true);
  const whole = run.flags.account.length === 0 && released.length === left.length;
  const decideNow = () =>
    decideAccounts({
      plan,
      mode,
      approved,
      desired,
      readings,
      history: ledger.history(),
      ancestry,
      stages: session.from?.stages,
      isAgreed: session.from?.isAgreed,
      capabilitiesOf,
      nowMs: run.clock.now(),
    });
  let decided = decideNow();
  for (
    let plans = 1;
    plans < PLANS && (await rereadBeforeTaking({ readings, readAgain: (account) => readAgain(session, account) }, decided));
    plans += 1
  ) {
    plan = planNow();
    decided = decideNow();
  }
  results.push(
    ...(await recordDecisions({
      ledger,
      decided,
      desired,
      mode,
      commit: desired.commit,
      approved,
      clock: run.clock,
      released,
      allAccounts: whole,
    })),
  );
  await ledger.append(session.from?.learn(decided) ?? []);
  const accountResults: AccountResult[] = [];
  for (const account of decided) {
    const { result, made } = await applyOne(session, account);
    accountResults.push(result);
    results.push(...made);
  }
  await readWhatWasTouched(session, decided, results, accountResults);
  // By now the commit at hand is the one that was applied last.
  const remaining = planAs(ancestry.head === null ? ancestry : { head: ancestry.head, lastApplied: ancestry.head, descends: true });
  await noteAtTheEnd(accountResults, () => recordOffboardings(ledger, desired, readings));
  const report: ApplyReport = {
    results: inPlanOrder(results, decided).map((one) => settledMeanwhile(one, remaining, dueOf(decided), readings)),
    accounts: accountResults.map((one) => unreadAfterwards(one, readings.get(one.account))),
    warnings,
    remaining: remaining.changes.length > 0 || remaining.verdict !== 'empty' ? remaining : null,
    interrupted: run.world.interrupted.aborted,
    approvals: approved.by === 'pulls' ? 'pulls' : 'plan',
  };
  return {
    report,
    desired,
    exit: exitOfRun(report, readings),
    unreleased: left.filter((account) => !released.includes(account)),
    readings,
    history: ledger.history(),
  };
}

function goneLine(account: string): string {
  return `${visible(account)}: the vendor lists it no longer below its account, so nothing is read there. What the ledger knows of it is kept.`;
}

/** What people are told beside the results: fields that are fought over, and accounts that nobody watches any more. */
function warningsOf(plan: Plan, mode: Plan['mode']): string[] {
  const wars = plan.guards
    .filter((guard) => guard.verdict === 'leave')
    .map((guard) => `${guard.account}: ${guard.guard}: ${guard.message}`);
  const gone = mode === 'change' ? plan.unsupervised.map(({ account, principals }) => unsupervisedLine(account, principals)) : [];
  return [...wars, ...gone];
}

/** Notes complete and suspect reads, and settles by them what earlier runs left open. */
async function takeReadings(session: Session, readings: ReadonlyMap<string, Reading>): Promise<Result[]> {
  await recordReadings(session.ledger, readings, session.desired);
  const results: Result[] = [];
  for (const [name, reading] of readings) {
    const observation = observationOf(reading);
    const history = session.ledger.history().accounts.get(name);
    if (observation === null || history === undefined) continue;
    const resolved = resolveIntents(observation, history);
    await session.ledger.append(resolved.entries);
    results.push(...resolved.results.filter((result) => result.outcome !== 'undecided'));
  }
  return results;
}

async function readAgain(session: Session, account: string): Promise<Reading> {
  const provider = session.accounts.providers.get(account);
  if (provider === undefined) throw new Error('an account that was never opened was read again');
  return readAccount(account, provider, session.ledger.history(), null);
}

async function applyOne(session: Session, decided: AccountDecision): Promise<{ result: AccountResult; made: readonly Result[] }> {
  const { run, ledger } = session;
  const { account, status, message, decisions } = decided;
  const provider = session.accounts.providers.get(account);
  if (!isOpen(decided) || provider === undefined) {
    return { result: { account, status: status === 'blocked' ? 'blocked' : 'incomplete', message }, made: [] };
  }
  let settled = 0;
  run.progress({ subject: `Applying in ${visible(account)}`, unit: 'change', done: 0, total: decisions.length });
  const applied = await applyAccount({
    account,
    provider,
    decisions,
    ledger,
    intentsPerAppend: ledger.intentsPerAppend,
    clock: run.clock,
    interrupted: run.world.interrupted,
    onResult: () => {
      settled += 1;
      run.progress({ subject: `Applying in ${visible(account)}`, unit: 'change', done: settled, total: decisions.length });
    },
  });
  run.progress(null);
  const results: AccountResult[] = [
    applied.stopped === null
      ? { account, status: status === 'limited' ? 'blocked' : 'done', message }
      : { account, status: 'stopped', message: applied.stopped.message, cause: applied.stopped.cause },
  ];
  let made = applied.results;
  await noteAtTheEnd(results, async () => {
    made = await settleUndecided(session, account, applied);
  });
  const [result = { account, status: 'done', message }] = results;
  return { result, made };
}

/** What may have happened is settled by one complete read, if there is one to be had. */
async function settleUndecided(session: Session, account: string, { results, stopped }: Applied): Promise<readonly Result[]> {
  if (stopped?.cause === 'ledger' || session.run.world.interrupted.aborted || !results.some((result) => result.outcome === 'undecided'))
    return results;
  const reading = await readAgain(session, account);
  session.readings.set(account, reading);
  const observation = observationOf(reading);
  const history = session.ledger.history().accounts.get(account);
  if (observation === null || history === undefined) return results;
  const resolved = resolveIntents(observation, history);
  await session.ledger.append(resolved.entries);
  const settled = new Map(resolved.results.filter((result) => result.outcome === 'applied').map((result) => [result.change.id, result]));
  return results.map((result) => settled.get(result.change.id) ?? result);
}

/** The read after the run, wherever something may have been changed. */
async function readWhatWasTouched(
  session: Session,
  decided: readonly AccountDecision[],
  results: readonly Result[],
  accountResults: AccountResult[],
): Promise<void> {
  const { desired, ledger, readings } = session;
  // What was to be made and was found otherwise by the look before it is another account than the one that was read.
  const due = dueOf(decided);
  const isOther = ({ change, outcome }: Result) => due.has(change.id) && (outcome === 'already' || outcome === 'withheld');
  // Of several requests some may have been made, whatever became of the whole.
  const inParts = new Set(
    decided.flatMap(({ decisions }) => decisions.filter(({ parts }) => parts.length > 1).map(({ change }) => change.id)),
  );
  const isMade = ({ change, outcome }: Result) => SENT.has(outcome) || (due.has(change.id) && inParts.has(change.id));
  const touched = new Set(results.filter((one) => isMade(one) || isOther(one)).map(({ change }) => change.account));
  // Also after an interruption, within its grace: from the read before, what this run did would pass for drift.
  await Promise.all(
    decided
      .filter((one) => isOpen(one) && touched.has(one.account) && session.accounts.providers.has(one.account))
      .map(async ({ account }) => readings.set(account, await readAgain(session, account))),
  );
  await noteAtTheEnd(accountResults, () =>
    recordReadings(ledger, new Map([...readings].filter(([account]) => touched.has(account))), desired),
  );
}

function dueOf(decided: readonly AccountDecision[]): ReadonlySet<Digest> {
  return new Set(decided.flatMap((one) => one.decisions.filter(({ verdict }) => verdict === 'make').map(({ change }) => change.id)));
}
