import { foldHistory } from '../apply/fold-history.ts';
import { readLedger } from '../apply/open-ledger.ts';
import { EXIT, type ExitCode, worstExit } from '../errors.ts';
import type { DesiredState, History, Plan, Reading } from '../model.ts';
import { fanOut } from '../plan/fan-out.ts';
import { newestOf } from '../plan/make-plan.ts';
import { toJson } from '../report/to-json.ts';
import { driftRules } from './drift-rules.ts';
import { openCommit } from './git-facts.ts';
import { loadBase, loadDesired } from './load-desired.ts';
import { makeRunPlan, readAncestry } from './make-run-plan.ts';
import { openAccounts, readAccounts } from './read-accounts.ts';
import { readObservationFile } from './read-observation-file.ts';
import type { Run } from './run-context.ts';

export interface PlanFlags {
  readonly base: string | null;
  readonly observation: string | null;
  readonly detailedExitcode: boolean;
}

/** Reads live (or an observation file), compares and prints. It has no way to write to a vendor. */
export async function plan(run: Run, flags: PlanFlags): Promise<ExitCode> {
  const { desired: today, head, desiredOn } = await loadDesired(run);
  const alone = flags.base === null ? null : await openBase(run, flags.base);
  const history = await readHistory(run);
  const readings = await readFor(run, today, history, flags.observation);
  const desired = fanOut(await desiredOn(newestOf(readings)), readings);
  const base = alone === null ? null : fanOut(alone, readings);
  const ancestry = await readAncestry(run, head, history);
  const made = makeRunPlan(run, 'change', desired, base, readings, history, ancestry);
  await printPlan(run, made, desired);
  return exitOfPlan(made, flags.detailedExitcode);
}

/** The ledger's knowledge, without taking the ledger. */
export async function readHistory(run: Run): Promise<History> {
  return foldHistory(await readLedger(run.flags.ledger, run.world.openStorage(run.flags.ledger)));
}

/** The plan on stdout in the format asked for, and its JSON document in --out. */
export async function printPlan(run: Run, made: Plan, desired: DesiredState): Promise<void> {
  const { flags } = run;
  const document = flags.out !== null || flags.format === 'json' ? toJson(made) : '';
  if (flags.out !== null) await run.world.files.writeText(flags.out, document);
  if (flags.format === 'json') run.print(document);
  else if (flags.format === 'markdown') run.print((await import('../report/render-markdown.ts')).renderMarkdown(made, driftRules(desired)));
  else run.print((await import('../report/render-plan.ts')).renderPlan(made, run.style, driftRules(desired)));
}

/** What a plan's accounts come to, worst first. */
export function exitOfPlan(made: Plan, detailed: boolean): ExitCode {
  const codes: ExitCode[] = made.accounts.map((account) => {
    if (account.verdict === 'incomplete') return account.observation.cause === 'credentials' ? EXIT.credentials : EXIT.incomplete;
    return account.verdict === 'blocked' ? EXIT.blocked : EXIT.ok;
  });
  if (detailed && made.changes.length > 0) codes.push(EXIT.changes);
  return worstExit([EXIT.ok, ...codes]);
}

async function readFor(
  run: Run,
  desired: DesiredState,
  history: History,
  observation: string | null,
): Promise<ReadonlyMap<string, Reading>> {
  if (observation !== null) return readObservationFile(run, desired, observation);
  const accounts = await openAccounts(run, desired, run.world.interrupted);
  try {
    return await readAccounts(run, accounts, history, new Map());
  } finally {
    await accounts.close();
  }
}

async function openBase(run: Run, base: string): Promise<DesiredState> {
  const folder = run.world.files.policies(base);
  if ((await folder.list('')) !== null) return loadBase(run, folder, base, null);
  const { source, commit } = await openCommit(run, base);
  return loadBase(run, source, base, commit);
}
