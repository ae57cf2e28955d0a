import { isUnexplained } from '../drift-answer.ts';
import { EXIT, type ExitCode, worstExit } from '../errors.ts';
import type { ApprovedSet, Plan } from '../model.ts';
import { fanOut } from '../plan/fan-out.ts';
import { newestOf } from '../plan/make-plan.ts';
import { encodeSentence } from '../text/encode-sentence.ts';
import { deliverReport } from './apply.ts';
import { listUnexplained } from './list-unexplained.ts';
import { loadDesired } from './load-desired.ts';
import { makeRunPlan, readAncestry } from './make-run-plan.ts';
import { exitOfPlan, printPlan, readHistory } from './plan.ts';
import { openAccounts, readAccounts } from './read-accounts.ts';
import { reconcile } from './reconcile.ts';
import type { Run } from './run-context.ts';

/** Nothing new is approved by a look at drift; what is owed and what has ended was approved before. */
const NOTHING_NEW: ApprovedSet = { by: 'none', changes: new Map() };

/** The difference that no commit explains; with `revert`, taken back by each account's rules. */
export function drift(run: Run, revert: boolean): Promise<ExitCode> {
  return revert ? revertDrift(run) : showDrift(run);
}

async function showDrift(run: Run): Promise<ExitCode> {
  const { desired: today, head, desiredOn } = await loadDesired(run);
  const history = await readHistory(run);
  const accounts = await openAccounts(run, today, run.world.interrupted);
  const readings = await readAccounts(run, accounts, history, new Map()).finally(() => accounts.close());
  const desired = fanOut(await desiredOn(newestOf(readings)), readings);
  const plan = makeRunPlan(run, 'drift', desired, null, readings, history, await readAncestry(run, head, history));
  for (const name of readings.keys()) {
    if (history.accounts.get(name)?.recorded !== true) {
      run.log(`${name}: nothing was applied here yet, so no difference can be told from drift. Run \`rollcall apply\` first.`);
    }
  }
  await printPlan(run, plan, desired);
  const differs = hasDrift(plan) || listUnexplained(desired, readings, history).length > 0;
  return worstExit([exitOfPlan(plan, false), differs ? EXIT.changes : EXIT.ok]);
}

async function revertDrift(run: Run): Promise<ExitCode> {
  const reconciled = await reconcile({ run, mode: 'drift', planned: new Map(), asks: false, approve: async () => NOTHING_NEW });
  if (reconciled === null) return EXIT.ok;
  await deliverReport(run, reconciled);
  const { remaining } = reconciled.report;
  const unexplained = listUnexplained(reconciled.desired, reconciled.readings, reconciled.history);
  for (const { account, text } of unexplained) run.log(encodeSentence(`${account}: ${text}`));
  const differs = (remaining !== null && hasDrift(remaining)) || unexplained.length > 0;
  return worstExit([reconciled.exit, differs ? EXIT.changes : EXIT.ok]);
}

/** What waits for an approval is a difference that no commit explains all the same. */
export function hasDrift(plan: Plan): boolean {
  return plan.changes.some(isUnexplained);
}
