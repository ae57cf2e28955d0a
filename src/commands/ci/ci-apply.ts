import { EXIT, type ExitCode, RollcallError, worstExit } from '../../errors.ts';
import type { DesiredState } from '../../model.ts';
import { holdRosters } from '../../plan/hold-rosters.ts';
import { restateEnds } from '../../plan/restate-ends.ts';
import type { Pull } from '../../pull.ts';
import { countWords } from '../../report/count-words.ts';
import { nameAccount } from '../../report/name-account.ts';
import { renderFindings } from '../../report/render-findings.ts';
import { visible } from '../../text/encode.ts';
import { deliverReport } from '../apply.ts';
import { type Desired, isError, today } from '../load-desired.ts';
import { reconcile } from '../reconcile.ts';
import type { Reconciled } from '../reconciled.ts';
import type { Run } from '../run-context.ts';
import { agreedOf, approvedSet, guardStages, learnAccepted, learnTaken, mayLeave, takenBefore } from './approve-pulls.ts';
import { describeObserved } from './describe-observed.ts';
import { desiredAt } from './desired-at.ts';
import { findMerged } from './find-merged.ts';
import { findSeen } from './find-seen.ts';
import { type JudgedPull, judgePull } from './judge-pull.ts';
import { loadAccepted } from './load-accepted.ts';
import { type Ci, type CiFlags, openCi } from './open-ci.ts';
import { publishState } from './publish-state.ts';
import { type OwedReport, reportOwed } from './report-owed.ts';
import { type PullsReport, reportPulls } from './report-pulls.ts';
import { comment } from './speak.ts';
import { type WritableState, withState } from './with-state.ts';

/** Makes true what merged pull requests were approved for, and nothing else. */
export async function ciApply(run: Run, flags: CiFlags): Promise<ExitCode> {
  const ci = await openCi(run, flags);
  try {
    const head = await headOf(ci);
    const supervised = (await ci.policies(head, head, today(run))).desired?.accounts.keys() ?? [];
    const seen = await findSeen(ci, supervised);
    const work = async ({ branch, ledger, seal }: WritableState) => {
      const known = ledger.records.length;
      const lastApplied = ledger.history().commit;
      const pulls = await findMerged(ci, head, lastApplied, flags.pull);
      const desired = await loadHead(ci, head, pulls);
      const judged: JudgedPull[] = [];
      const former = lastApplied === null ? null : await desiredAt(ci, head, lastApplied, today(run));
      const before = { lastApplied: former, history: ledger.history() };
      for (const pull of pulls) judged.push(await judgePull(ci, { pull, anew: pull.number === flags.pull, ...before }));
      const approved = approvedSet(judged, ledger.history());
      const accepted = await loadAccepted(ci, head, ledger.history(), today(run));
      const agreed = judged.filter(({ refused }) => refused === null);
      const hold = (state: DesiredState) => holdRosters({ head: state, commit: head, history: before.history, accepted, approved: agreed });
      const told = takenBefore(judged, ledger.history());
      const reconciled = await reconcile({
        run,
        mode: 'change',
        planned: new Map(),
        asks: false,
        approve: async () => approved,
        from: {
          desired: { desired: hold(desired.desired), head, desiredOn: async (instant) => hold(await desired.desiredOn(instant)) },
          ledger,
          ancestry: await ancestryOf(ci, head, lastApplied),
          stages: await guardStages(ci, judged, lastApplied, desired.desired),
          isAgreed: agreedOf(judged, accepted, desired.desired),
          restate: (plan) => restateEnds(plan, accepted),
          learn: (decided) => [
            ...learnTaken(judged, decided, ledger.history()),
            ...learnAccepted({ decided, judged, history: ledger.history(), accepted, head: desired.desired, commit: head }),
          ],
          mayLeave: (account) => mayLeave(judged, account, desired.desired, former),
        },
      });
      if (reconciled === null) throw new Error('an approved set that was made came back as none');
      await ledger.flush();
      const kept = await publishState(branch, seal, reconciled.readings);
      return await finish(
        ci,
        { ...reconciled, observed: describeObserved({ reconciled, kept, fresh: ledger.records.slice(known), history: ledger.history() }) },
        { judged, told, head },
        { records: ledger.records, known },
      );
    };
    return await withState(ci, work, seen);
  } finally {
    await ci.close();
  }
}

/** The default branch's tip, or nothing: an old run that is started again does what a new one would. */
async function headOf(ci: Ci): Promise<string> {
  const { config, defaultBranch, tip, objects, event } = ci;
  if (event.kind !== 'push' && event.kind !== 'dispatch')
    throw new RollcallError('eventUnreadable', visible(config.eventName), 'ci apply acts on a push or a dispatch');
  if (config.ref !== `refs/heads/${defaultBranch}`) {
    throw new RollcallError('notTheDefaultBranch', visible(config.ref, 200), visible(defaultBranch, 200));
  }
  if (!(await objects.contains(tip, config.sha)))
    throw new RollcallError('headGone', visible(config.sha.slice(0, 12)), visible(defaultBranch, 200));
  return tip;
}

/** Access by the policies of the commit that is applied; on invalid ones nothing is sent anywhere. */
async function loadHead(ci: Ci, head: string, pulls: readonly Pull[]): Promise<Desired> {
  const { run } = ci;
  const loadOn = (day: string) => ci.policies(head, head, day);
  const { desired, findings, files } = await loadOn(today(run));
  if (desired !== null) {
    return {
      desired,
      head,
      desiredOn: async (instant) => (instant.startsWith(today(run)) ? desired : ((await loadOn(instant.slice(0, 10))).desired ?? desired)),
    };
  }
  const errors = findings.filter(isError);
  run.world.stderr.write(renderFindings(errors, 'text', run.style, files));
  const at = new Date(run.clock.now()).toISOString();
  for (const pull of pulls) await comment(ci, pull, { kind: 'invalid', head, url: ci.github.url, findings: errors, at, runUrl: ci.runUrl });
  throw new RollcallError('policyInvalid', countWords(errors.length, 'error'));
}

/** A dispatch on the tip is somebody saying that this commit is the one, whatever was applied before. */
async function ancestryOf({ event, objects, config }: Ci, head: string, lastApplied: string | null) {
  if (lastApplied === null) return { head, lastApplied, descends: null };
  return { head, lastApplied, descends: (event.kind === 'dispatch' && config.sha === head) || (await objects.contains(head, lastApplied)) };
}

async function finish(
  ci: Ci,
  reconciled: Reconciled & { readonly observed: readonly string[] },
  pulls: Omit<PullsReport, 'exit'>,
  ledger: Pick<OwedReport, 'records' | 'known'>,
): Promise<ExitCode> {
  const { judged } = pulls;
  const withheld = reconciled.report.results.some(({ outcome }) => outcome === 'withheld');
  // Evidence that is missing or forged matters where something is left that it should have approved.
  const forged = withheld && judged.some((one) => one.unproven);
  const left = reconciled.unreleased.length > 0 || judged.some(({ refused, laterEnds }) => refused !== null && laterEnds);
  const exit = worstExit([reconciled.exit, ...(forged ? [EXIT.credentials] : []), ...(left ? [EXIT.withheld] : [])]);
  await deliverReport(ci.run, reconciled);
  for (const account of reconciled.unreleased) {
    ci.run.log(`${nameAccount(account)} left the policies without a pull request that people approved, so it is not let go of.`);
  }
  if (ci.run.flags.format === 'text') for (const text of reconciled.observed) ci.run.print(text);
  for (const one of judged.filter(({ refused }) => refused !== null)) {
    ci.run.log(`Pull request ${one.number} approves nothing: ${one.refused}.`);
  }
  await reportPulls(ci, reconciled, { ...pulls, exit });
  await reportOwed(ci, reconciled, { ...ledger, head: pulls.head, exit });
  return exit;
}
