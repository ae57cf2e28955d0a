import { sealDocument } from '../../apply/seal-document.ts';
import { isUnexplained } from '../../drift-answer.ts';
import { EXIT, type ExitCode, RollcallError, worstExit } from '../../errors.ts';
import { HEARTBEAT_PATH, STATE_BRANCH } from '../../github/open-state-branch.ts';
import { encodeProse } from '../../report/comment/encode-prose.ts';
import { outcomesToMarkdown } from '../../report/render-outcomes.ts';
import { visible } from '../../text/encode.ts';
import { deliverReport } from '../apply.ts';
import { hasDrift } from '../drift.ts';
import { listUnexplained } from '../list-unexplained.ts';
import { today } from '../load-desired.ts';
import type { Run } from '../run-context.ts';
import { planOpen } from './ci-plan.ts';
import { describeObserved } from './describe-observed.ts';
import { findSeen } from './find-seen.ts';
import { keepWatch } from './keep-watch.ts';
import { listUnbegun } from './list-unbegun.ts';
import { loadWatched, type Watched } from './load-watched.ts';
import { type Ci, type CiFlags, openCi } from './open-ci.ts';
import { barLater, proposeAdoption } from './propose-adoption.ts';
import { proposeRenewals } from './propose-renewals.ts';
import { publishState } from './publish-state.ts';
import { STATE_REF } from './read-state.ts';
import { reconcileNight } from './reconcile-night.ts';
import { reportOwed } from './report-owed.ts';
import { type WritableState, withState } from './with-state.ts';

export interface DriftFlags extends CiFlags {
  /** Whether what is left of the drift is proposed as a pull request. */
  readonly adopt: boolean;
}

/**
 * The night watch: looks at every account, takes back what nobody approved by each account's rules, goes on with what is owed, and says
 * what it found where people will see it. Applies no merge: that is for the run that checks who approved it.
 */
export async function ciDrift(run: Run, flags: DriftFlags): Promise<ExitCode> {
  const ci = await openCi(run, flags);
  try {
    refuseElsewhere(ci, flags);
    const watched = await loadWatched(ci, today(run));
    const exit = await keepState(ci, (state) => keepNight(ci, flags, watched, state), watched);
    const stateTip = (await ci.objects.bring([STATE_REF])).get(STATE_REF) ?? null;
    await planOpen({ ...ci, stateTip });
    return exit;
  } finally {
    await ci.close();
  }
}

/** Where the state does not verify, nothing is done, and every open pull request says so instead of going on to show what it showed last. */
async function keepState(ci: Ci, work: (state: WritableState) => Promise<ExitCode>, { desired }: Watched): Promise<ExitCode> {
  const seen = await findSeen(ci, desired.accounts.keys());
  try {
    return await withState(ci, work, seen);
  } catch (error) {
    const isUnverified = error instanceof RollcallError && (error.code === 'stateForged' || error.code === 'ledgerDamaged');
    if (isUnverified) await planOpen({ ...ci, check: () => ({ ...ci.check(), seen }) });
    throw error;
  }
}

async function keepNight(ci: Ci, flags: DriftFlags, watched: Watched, state: WritableState): Promise<ExitCode> {
  const { run } = ci;
  const { branch, ledger, seal } = state;
  const known = ledger.records.length;
  const night = await reconcileNight(ci, watched, state);
  const { reconciled, likely } = night;
  // A sign of life beside no ledger at all looks as if somebody had taken the ledger away.
  if (ledger.records.length === 0) await ledger.append([{ kind: 'note', text: 'the ledger begins here: no account could be read yet' }]);
  await ledger.flush();
  // Whoever wrote meanwhile has seen more than this run, and says it.
  const lost = new RollcallError('ledgerLost', STATE_BRANCH);
  if (!(await branch.isCurrent())) throw lost;
  if ((await publishState(branch, seal, reconciled.readings)) === 'lost') throw lost;
  await deliverReport(run, reconciled);
  const logins = askedBy(ci);
  const renewals = await proposeRenewals(ci, ledger, night.watched, logins);
  const { remaining } = reconciled.report;
  const drift = (remaining?.changes ?? []).filter(isUnexplained);
  const adopted = flags.adopt ? await proposeAdoption(ci, ledger, { watched: night.watched, drift, likely, logins }) : [];
  await barLater(ci, ledger, likely);
  const unexplained = listUnexplained(reconciled.desired, reconciled.readings, ledger.history());
  const unbegun = listUnbegun(reconciled, ledger.history());
  const notes = [...night.notes, ...[...unexplained, ...unbegun].map((one) => ({ ...one, isPressing: true })), ...renewals.notes];
  // Every hour the same would be no news.
  const isFirst = state.before === null || state.before.observations.size === 0;
  const observed = describeObserved({ reconciled, kept: 'stored', fresh: ledger.records.slice(known), history: ledger.history() });
  const said = [
    ...(isFirst ? observed : []),
    ...notes.map(({ account, text }) => (account === null ? text : `${visible(account)}: ${text}`)),
    ...adopted,
  ];
  for (const text of said) if (run.flags.format === 'text') run.print(text);
  const at = new Date(run.clock.now()).toISOString();
  const isTold = await keepWatch(ci, { ...night, ledger, at, renewals: renewals.links, notes });
  await ledger.flush();
  // Only now, and only for what people could be told: the next run tells the rest.
  const beat = { at, run: ci.config.runId, commit: ci.tip, seq: isTold ? ledger.records.length : (night.told ?? 0) };
  branch.put(HEARTBEAT_PATH, sealDocument('heartbeat', beat, seal));
  if ((await branch.flush()) === 'lost') throw lost;
  await ci.summarise([outcomesToMarkdown(reconciled.report), ...said.map((text) => encodeProse(text))].join('\n\n'));
  await reportOwed(ci, reconciled, { records: ledger.records, known, head: night.watched.commit, exit: reconciled.exit });
  const differs = (remaining !== null && hasDrift(remaining)) || unexplained.length > 0 || unbegun.length > 0;
  const exit = worstExit([reconciled.exit, differs ? EXIT.changes : EXIT.ok]);
  if (ci.config.outputFile !== null) await run.world.files.writeText(ci.config.outputFile, `exit_code=${exit}\n`);
  return exit;
}

/** Whoever dispatched this run, and whoever started it again. Nobody asks for a scheduled one. */
function askedBy({ event, config }: Ci): string[] {
  if (event.kind !== 'dispatch') return [];
  return [...new Set([config.actor, config.triggeringActor])].filter((login) => login !== null);
}

function refuseElsewhere({ event, config, defaultBranch }: Ci, { adopt }: DriftFlags): void {
  if (event.kind !== 'schedule' && event.kind !== 'dispatch') {
    throw new RollcallError('eventUnreadable', visible(config.eventName), 'ci drift acts on a schedule or a dispatch');
  }
  // Whoever asks may not be the one who approves, so it has to be known who that is.
  if (adopt && (event.kind !== 'dispatch' || config.actor === null)) {
    throw new RollcallError('usage', '--adopt is for a person who dispatches the workflow: a schedule adopts nothing');
  }
  if (config.ref !== `refs/heads/${defaultBranch}`) {
    throw new RollcallError('notTheDefaultBranch', visible(config.ref, 200), visible(defaultBranch, 200));
  }
}
