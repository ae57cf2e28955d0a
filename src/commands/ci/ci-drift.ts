import { sealDocument } from '../../apply/seal-document.ts';
import { EXIT, type ExitCode, RollcallError, worstExit } from '../../errors.ts';
import { HEARTBEAT_PATH } from '../../github/open-state-branch.ts';
import type { ApprovedSet, Day, Digest, Plan } from '../../model.ts';
import { restateEnds } from '../../plan/restate-ends.ts';
import type { LoadedPolicies } from '../../policy/load-policies.ts';
import { readLedgerPlace } from '../../report/issue/read-ledger-place.ts';
import { outcomesToMarkdown } from '../../report/render-outcomes.ts';
import { visible } from '../../text/encode.ts';
import type { Attribution } from '../../watch.ts';
import { deliverReport } from '../apply.ts';
import { hasDrift } from '../drift.ts';
import { today } from '../load-desired.ts';
import { reconcile } from '../reconcile.ts';
import type { Run } from '../run-context.ts';
import { planOpen } from './ci-plan.ts';
import { inquire } from './inquire.ts';
import { issueMarker, issueTitle, keepWatch } from './keep-watch.ts';
import { loadAccepted } from './load-accepted.ts';
import { type Ci, type CiFlags, openCi } from './open-ci.ts';
import { publishState } from './publish-state.ts';
import { readState, STATE_REF } from './read-state.ts';
import { type WritableState, withState } from './with-state.ts';

/** How far back a valid commit is looked for when the tip's policies are invalid. */
const MOST_INVALID = 100;
/** Nothing new is approved at night; what is owed and what has ended was approved before. */
const NOTHING_NEW: ApprovedSet = { by: 'none', changes: new Map() };

/**
 * The night watch: looks at every account, takes back what nobody approved by each account's rules, goes on with what is owed, and says
 * what it found where people will see it. Applies no merge: that is for the run that checks who approved it.
 */
export async function ciDrift(run: Run, flags: CiFlags): Promise<ExitCode> {
  const ci = await openCi(run, flags);
  try {
    refuseElsewhere(ci);
    const watched = await loadWatched(ci, today(run));
    const work = async ({ branch, ledger, seal }: WritableState) => {
      const before = ledger.history();
      const known = [...ledger.records];
      const state = ci.stateTip === null ? null : await readState(ci.objects, ci.stateTip, ci.check());
      let likely: ReadonlyMap<Digest, Attribution> = new Map();
      const accepted = await loadAccepted(ci, ci.tip, before, today(run));
      const reconciled = await reconcile({
        run,
        mode: 'drift',
        planned: new Map(),
        asks: false,
        approve: async () => NOTHING_NEW,
        from: {
          desired: {
            desired: watched.desired,
            head: watched.commit,
            desiredOn: async (instant) =>
              (await ci.policies(watched.commit, watched.commit, instant.slice(0, 10))).desired ?? watched.desired,
          },
          ledger,
          ancestry: { head: watched.commit, lastApplied: before.commit, descends: null },
          stages: () => undefined,
          // An end date that was not accepted is a change of policy, and those are none of the night's business.
          restate: (plan) => withoutGit(restateEnds(plan, accepted)),
          learn: () => [],
          inquire: async (done, providers) => {
            likely = await inquire(done, providers, { history: before, state, records: known });
          },
        },
      });
      if (reconciled === null) throw new Error('a watch that asks nobody was refused');
      await ledger.flush();
      const at = new Date(run.clock.now()).toISOString();
      branch.put(HEARTBEAT_PATH, sealDocument('heartbeat', { at, run: ci.config.runId, commit: ci.tip }, seal));
      await publishState(branch, seal, reconciled.readings);
      await deliverReport(run, reconciled);
      for (const note of watched.notes) run.print(note);
      await keepWatch(ci, { reconciled, ledger, watched, likely, at });
      await ledger.flush();
      const { remaining } = reconciled.report;
      const exit = worstExit([reconciled.exit, remaining !== null && hasDrift(remaining) ? EXIT.changes : EXIT.ok]);
      await ci.summarise(outcomesToMarkdown(reconciled.report));
      if (ci.config.outputFile !== null) await run.world.files.writeText(ci.config.outputFile, `exit_code=${exit}\n`);
      return exit;
    };
    const exit = await withState(ci, work, await findSeen(ci, watched));
    const stateTip = (await ci.objects.bring([STATE_REF])).get(STATE_REF) ?? null;
    await planOpen({ ...ci, stateTip });
    return exit;
  } finally {
    await ci.close();
  }
}

/** What policy newly wants waits for the run that checks who approved it. */
function withoutGit(plan: Plan): Plan {
  const changes = plan.changes.filter((change) => change.origin !== 'git' || change.tags.includes('owed'));
  return changes.length === plan.changes.length ? plan : { ...plan, changes };
}

function refuseElsewhere({ event, config, defaultBranch }: Ci): void {
  if (event.kind !== 'schedule' && event.kind !== 'dispatch') {
    throw new RollcallError('eventUnreadable', visible(config.eventName), 'ci drift acts on a schedule or a dispatch');
  }
  if (config.ref !== `refs/heads/${defaultBranch}`) {
    throw new RollcallError('notTheDefaultBranch', visible(config.ref, 200), visible(defaultBranch, 200));
  }
}

/** The newest place in the ledger that an issue of ours remembers: a ledger that does not reach it is an older one put back. */
async function findSeen(ci: Ci, { desired }: Watched): Promise<{ readonly seq: number; readonly hash: string } | null> {
  let newest: { readonly seq: number; readonly hash: string } | null = null;
  for (const account of desired.accounts.keys()) {
    const issue = await ci.github.issues.find(issueMarker(ci, account), issueTitle(account));
    const place = issue === null ? null : readLedgerPlace(issue.body);
    if (place !== null && place.seq > (newest?.seq ?? 0)) newest = place;
  }
  return newest;
}

/** Whose policies the night goes by, and what people should know of that. */
export interface Watched {
  readonly commit: string;
  readonly desired: NonNullable<LoadedPolicies['desired']>;
  readonly loaded: LoadedPolicies;
  readonly notes: readonly string[];
}

/** The tip's policies, or where they are invalid the newest valid ones before them. */
async function loadWatched(ci: Ci, day: Day): Promise<Watched> {
  const notes: string[] = [];
  for (const commit of await ci.objects.range(null, ci.tip, MOST_INVALID)) {
    const loaded = await ci.policies(commit, commit, day);
    if (loaded.desired !== null) return { commit, desired: loaded.desired, loaded, notes };
    if (notes.length === 0) {
      notes.push(
        `The policies of ${ci.tip.slice(0, 12)} on ${visible(ci.defaultBranch, 200)} are invalid, so the newest valid ones before it counted.`,
      );
    }
  }
  throw new RollcallError('policyInvalid', `every one of the newest ${MOST_INVALID} commits of ${visible(ci.defaultBranch, 200)}`);
}
