import { EXIT_MEANINGS, type ExitCode, RollcallError } from '../../errors.ts';
import type { Change } from '../../model.ts';
import { fileOfSubaccount } from '../../plan/fan-out.ts';
import { findUnnamed } from '../../plan/find-unnamed.ts';
import { capabilitiesOf } from '../../provider/capabilities.ts';
import type { Pull, PullResult } from '../../pull.ts';
import { renderUnnamed } from '../../report/comment/render-unnamed.ts';
import { outcomesToMarkdown } from '../../report/render-outcomes.ts';
import type { Reconciled } from '../reconciled.ts';
import type { JudgedPull } from './judge-pull.ts';
import type { Ci } from './open-ci.ts';
import { STATE_REF } from './read-state.ts';
import { publishPlan } from './show-plan.ts';
import { comment } from './speak.ts';

export interface PullsReport {
  readonly judged: readonly JudgedPull[];
  /** Those that an earlier run has taken in: what goes on there is told from the ledger. */
  readonly told: ReadonlySet<number>;
  /** The commit that was applied. */
  readonly head: string;
  readonly exit: ExitCode;
}

/** Says on every pull request what became of it, and plans those anew whose evidence did not stand. */
export async function reportPulls(
  ci: Ci,
  { report, desired, readings }: Reconciled,
  { judged, told, head, exit }: PullsReport,
): Promise<void> {
  const at = new Date(ci.run.clock.now()).toISOString();
  const troubles = report.accounts.filter(({ status }) => status !== 'done').map(({ account, message }) => ({ account, message }));
  const unnamed = findUnnamed({ desired, readings, changes: report.remaining?.changes ?? [], capabilitiesOf });
  const said = report.results.length === 0 ? renderUnnamed(unnamed, true, Number.POSITIVE_INFINITY) : [];
  await ci.summarise([outcomesToMarkdown(report), ...(said.length > 0 ? [said.join('\n')] : [])].join('\n\n'));
  if (ci.config.outputFile !== null) await ci.run.world.files.writeText(ci.config.outputFile, `exit_code=${exit}\n`);
  for (const one of judged.filter(({ number }) => !told.has(number))) {
    const results = report.results.filter(({ change }) => concernsIt(change, one));
    const result: PullResult = {
      number: one.number,
      url: ci.github.url,
      runUrl: ci.runUrl,
      at,
      commit: head,
      evidence: one,
      results,
      troubles,
      remaining: report.remaining,
      unnamed,
      exit: { code: exit, meaning: EXIT_MEANINGS[exit] },
    };
    await comment(ci, one.pull, { kind: 'result', result });
  }
  const again = judged.filter((one) => one.needsPlan);
  if (again.length === 0) return;
  const stateTip = (await ci.objects.bring([STATE_REF])).get(STATE_REF) ?? null;
  for (const one of again) await planAgain({ ...ci, stateTip }, one.pull);
}

/** What was done stands, whether or not it can be planned again. */
async function planAgain(ci: Ci, pull: Pull): Promise<void> {
  try {
    await publishPlan(ci, pull);
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    ci.run.log(`Pull request ${pull.number} was not planned again: ${error.message}`);
  }
}

function concernsIt(change: Change, { changes, concerns }: JudgedPull): boolean {
  return [...changes, ...concerns].some(
    // A subaccount that was not there yet when the plan was made gets what was meant for all of them.
    ({ account, principal }) =>
      account === change.account
        ? principal === null || principal === change.principal
        : account === fileOfSubaccount(change.account) && principal === change.principal,
  );
}
