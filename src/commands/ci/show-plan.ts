import { EXIT, type ExitCode, RollcallError } from '../../errors.ts';
import { readCheckFacts } from '../../github/evidence.ts';
import type { NewCheck } from '../../github/github.ts';
import type { CommentContent, Pull, PullPlan } from '../../pull.ts';
import { commitBefore } from './commit-before.ts';
import type { Ci } from './open-ci.ts';
import { type PlannedPull, planPull } from './plan-pull.ts';
import { checkAppendOnly, readState, type StateAt } from './read-state.ts';
import { CHECK_NAME, publishCheck, speak } from './speak.ts';
import { exitOfPull, viewPull } from './view-pull.ts';

/** Plans one pull request and says so; one that is merged is planned anew, as what the default branch changes since before the merge. */
export async function planOne(ci: Ci, pull: Pull): Promise<ExitCode> {
  const ref = `refs/pull/${pull.number}/head`;
  const head = (await ci.objects.bring([ref])).get(ref) ?? null;
  if (head === null) throw new RollcallError('pullUnknown', String(pull.number), 'its commits cannot be fetched');
  const current = { ...pull, head };
  return planAndSpeak(ci, current, await planCommits(ci, current));
}

/** Plans what a merge group comes to, on its own head. */
export async function planGroup(ci: Ci, head: string, base: string): Promise<ExitCode> {
  const ref = ci.config.ref;
  await ci.objects.bring([ref]);
  return planAndSpeak(ci, null, await planFrom(ci, { head, mergeBase: base, baseTip: base }), head);
}

async function planCommits(ci: Ci, pull: Pull): Promise<Planned> {
  if (pull.mergedAt !== null) {
    const before = await commitBefore(ci, pull);
    if (before === null) return unplanned('the commit before its merge is not known any more');
    return planFrom(ci, { head: ci.tip, mergeBase: before, baseTip: before });
  }
  const mergeBase = await ci.objects.mergeBase(pull.head, ci.tip);
  if (mergeBase === null) return unplanned('this branch shares no commit with the base branch');
  return planFrom(ci, { head: pull.head, mergeBase, baseTip: ci.tip });
}

type Planned = PlannedPull & { readonly state: StateAt | null };

async function planFrom(
  ci: Ci,
  commits: { readonly head: string; readonly mergeBase: string; readonly baseTip: string },
): Promise<Planned> {
  if (ci.stateTip === null) return unplanned(NO_STATE);
  try {
    await checkAppendOnly(ci.objects, ci.stateTip);
    const state = await readState(ci.objects, ci.stateTip, ci.check());
    const { objects, policies, folder } = ci;
    return {
      ...(await planPull({ objects, policies, folder, url: ci.github.url, on: { ...commits, state: state.commit }, state })),
      state,
    };
  } catch (error) {
    // A state that does not verify grants nothing; people have to read that on the pull request, not in a log.
    if (!(error instanceof RollcallError) || error.exit !== EXIT.credentials) throw error;
    return unplanned(error.message, EXIT.credentials);
  }
}

function unplanned(why: string, exit: ExitCode = EXIT.incomplete): Planned {
  return { kind: 'unplanned', why, exit, state: null };
}

const NO_STATE =
  'there is no rollcall-state branch yet, so no account was ever observed. Dispatch the drift workflow on the default branch: it observes every account and plans this again';

/** Makes the plan of a merged pull request anew and shows it in the check run, for `ci apply --pull` to rest on once people approved it. */
export async function publishPlan(ci: Ci, pull: Pull): Promise<void> {
  const made = await planCommits(ci, pull);
  if (made.kind !== 'planned')
    return ci.run.log(
      `Pull request ${pull.number} was not planned again: ${made.kind === 'unplanned' ? made.why : 'its policies are invalid'}.`,
    );
  if (await isShown(ci, pull, made.planned)) return;
  const at = new Date(ci.run.clock.now()).toISOString();
  const view = await viewPull(ci, pull, made, at);
  const exit = exitOfPull(made.planned, view);
  await publishCheck(ci, {
    pull,
    commit: pull.head,
    content: { kind: 'plan', view },
    planned: made.planned,
    conclusion: exit === EXIT.ok ? 'success' : 'failure',
    exit,
  });
}

/** The same plan shown again would be younger than the review that somebody gives it meanwhile. */
async function isShown(ci: Ci, pull: Pull, { on, plan }: PullPlan): Promise<boolean> {
  const checks = await ci.github.speech.checks(pull.head, CHECK_NAME);
  const shown = checks
    .map(({ text }) => readCheckFacts(text))
    .find((facts) => facts?.baseTip === on.baseTip && facts.mergeBase === on.mergeBase);
  return shown?.head !== pull.head && shown?.digest === plan.digest;
}

async function planAndSpeak(ci: Ci, pull: Pull | null, made: Planned, group = ''): Promise<ExitCode> {
  const commit = pull?.head ?? group;
  const at = new Date(ci.run.clock.now()).toISOString();
  const { runUrl } = ci;
  if (made.kind !== 'planned') {
    const content: CommentContent =
      made.kind === 'invalid'
        ? { kind: 'invalid', head: commit, url: ci.github.url, findings: made.findings, at, runUrl }
        : { kind: 'unplanned', head: commit, why: made.why, at, runUrl };
    const exit = made.kind === 'invalid' ? EXIT.policyInvalid : made.exit;
    await speak(ci, { pull, commit, content, planned: null, conclusion: 'failure', exit });
    return exit;
  }
  const { planned } = made;
  const view = await viewPull(ci, pull, made, at);
  const exit = exitOfPull(planned, view);
  const neutral = exit === EXIT.ok && planned.plan.verdict === 'incomplete';
  const conclusion: NewCheck['conclusion'] = exit !== EXIT.ok ? 'failure' : neutral ? 'neutral' : 'success';
  await speak(ci, { pull, commit, content: { kind: 'plan', view }, planned, conclusion, exit });
  return exit;
}
