import { EXIT, type ExitCode, RollcallError, worstExit } from '../../errors.ts';
import { decidePeople } from '../../github/decide-people.ts';
import { readCheckFacts } from '../../github/evidence.ts';
import type { NewCheck } from '../../github/github.ts';
import { findOwnBlocks } from '../../own-blocks.ts';
import type { CommentContent, Heartbeat, Pull, PullPlan, PullView, Review, SinceApproval } from '../../pull.ts';
import type { Run } from '../run-context.ts';
import { commitBefore } from './commit-before.ts';
import { type Ci, type CiFlags, openCi } from './open-ci.ts';
import { type PlannedPull, planPull } from './plan-pull.ts';
import { checkAppendOnly, readState, type StateAt } from './read-state.ts';
import { CHECK_NAME, publishCheck, speak } from './speak.ts';

const HOUR_MS = 3_600_000;
/** No approval can rest on an older observation. */
export const OBSERVATION_MAX_AGE_MS = 24 * HOUR_MS;
const HEARTBEAT_LATE_MS = 3 * HOUR_MS;
const HEARTBEAT_DEAD_MS = 24 * HOUR_MS;

/** Plans what a pull request changes and says it there. Holds no vendor credential, and needs none. */
export async function ciPlan(run: Run, flags: CiFlags): Promise<ExitCode> {
  const ci = await openCi(run, flags);
  try {
    return await planEvent(ci);
  } finally {
    await ci.close();
  }
}

async function planEvent(ci: Ci): Promise<ExitCode> {
  const { event } = ci;
  switch (event.kind) {
    case 'pull_request':
      return planNumber(ci, event.number);
    case 'dispatch':
      if (event.number === null) throw new RollcallError('usage', 'a dispatched ci plan needs --pull NUMBER');
      return planNumber(ci, event.number);
    case 'merge_group':
      return planGroup(ci, event.head, event.base);
    case 'schedule':
      return planOpen(ci);
    case 'push':
      throw new RollcallError('eventUnreadable', 'push', 'a push has no pull request to plan; `ci apply` acts on it');
    default:
      return event satisfies never;
  }
}

/** Every open pull request again: what it would do depends on a base, an account and an observation that have moved on. */
export async function planOpen(ci: Ci): Promise<ExitCode> {
  const pulls = await ci.github.pulls.open(ci.defaultBranch);
  for (const pull of pulls) {
    try {
      await planOne(ci, pull);
    } catch (error) {
      if (!(error instanceof RollcallError)) throw error;
      ci.run.log(`Pull request ${pull.number} was not planned: ${error.message}`);
    }
  }
  return EXIT.ok;
}

async function planNumber(ci: Ci, number: number): Promise<ExitCode> {
  const pull = await ci.github.pulls.one(number);
  if (pull === null) throw new RollcallError('pullUnknown', String(number), 'there is none of that number');
  if (pull.base !== ci.defaultBranch) {
    ci.run.log(`Pull request ${number} is not against the default branch, so it grants nothing and is not planned.`);
    return EXIT.ok;
  }
  // Whoever edits the title of a merged pull request asks for no plan; a dispatch does.
  if (pull.mergedAt !== null && ci.event.kind === 'pull_request') return EXIT.ok;
  return planOne(ci, pull);
}

/** Plans one pull request and says so; one that is merged is planned anew, as what the default branch changes since before the merge. */
export async function planOne(ci: Ci, pull: Pull): Promise<ExitCode> {
  const ref = `refs/pull/${pull.number}/head`;
  const head = (await ci.objects.bring([ref])).get(ref) ?? null;
  if (head === null) throw new RollcallError('pullUnknown', String(pull.number), 'its commits cannot be fetched');
  const current = { ...pull, head };
  return planAndSpeak(ci, current, await planCommits(ci, current));
}

async function planGroup(ci: Ci, head: string, base: string): Promise<ExitCode> {
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
  'there is no rollcall-state branch yet, so no account was ever observed. Run the apply workflow once on the default branch, then plan this again';

/** Makes the plan of a merged pull request anew and shows it in the check run, for `ci apply --pull` to rest on once people approved it. */
export async function publishPlan(ci: Ci, pull: Pull): Promise<void> {
  const made = await planCommits(ci, pull);
  if (made.kind !== 'planned')
    return ci.run.log(
      `Pull request ${pull.number} was not planned again: ${made.kind === 'unplanned' ? made.why : 'its policies are invalid'}.`,
    );
  if (await isShown(ci, pull, made.planned)) return;
  const at = new Date(ci.run.clock.now()).toISOString();
  const view = await viewOf(ci, pull, made, at);
  const exit = exitOf(made.planned, view);
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
  const view = await viewOf(ci, pull, made, at);
  const exit = exitOf(planned, view);
  const neutral = exit === EXIT.ok && planned.plan.verdict === 'incomplete';
  const conclusion: NewCheck['conclusion'] = exit !== EXIT.ok ? 'failure' : neutral ? 'neutral' : 'success';
  await speak(ci, { pull, commit, content: { kind: 'plan', view }, planned, conclusion, exit });
  return exit;
}

async function viewOf(ci: Ci, pull: Pull | null, made: Planned & { readonly kind: 'planned' }, at: string): Promise<PullView> {
  const { planned, desired, state } = made;
  const reviews = pull === null ? [] : await ci.github.pulls.reviews(pull.number);
  const nobody = { by: null, needed: [], approved: false };
  // Of a plan that is made anew after the merge only the reviews count that have seen it.
  const after = pull === null || pull.mergedAt === null ? null : at;
  const people =
    pull === null
      ? nobody
      : await decidePeople({
          pull,
          reviews,
          people: ci.github.people,
          planned,
          settings: desired,
          merged: desired,
          baseTip: made.baseTip,
          after,
        });
  return {
    ...planned,
    number: pull?.number ?? 0,
    url: ci.github.url,
    people,
    heartbeat: heartbeatOf(state, at),
    at,
    stale: isStale(planned, at),
    since: pull === null ? null : await sinceApproval(ci, pull, reviews, planned),
    after,
    runUrl: ci.runUrl,
  };
}

function heartbeatOf(state: StateAt | null, at: string): Heartbeat {
  const beat = state?.heartbeat ?? null;
  const ageMs = beat === null ? 0 : Date.parse(at) - Date.parse(beat);
  return { at: beat, late: beat === null || ageMs > HEARTBEAT_LATE_MS, dead: ageMs > HEARTBEAT_DEAD_MS };
}

/** An account where the pull request changes nothing may be as old as it is: nothing of it rests on that. */
function concernedAccounts({ plan, own, takenIn, settings, conflicts }: PullPlan): ReadonlySet<string> {
  const changes = plan.changes.filter(({ id }) => own.has(id) || takenIn.has(id));
  return new Set([...changes, ...settings, ...conflicts].map(({ account }) => account));
}

function isStale(planned: PullPlan, at: string): boolean {
  const concerned = concernedAccounts(planned);
  return planned.plan.accounts.some(
    ({ account, observation }) =>
      concerned.has(account) && observation.complete && Date.parse(at) - Date.parse(observation.at) > OBSERVATION_MAX_AGE_MS,
  );
}

/** What the last approval saw, by the check run of the commit it was given for; for people to read, nothing is decided by it. */
async function sinceApproval(ci: Ci, pull: Pull, reviews: readonly Review[], planned: PullPlan): Promise<SinceApproval | null> {
  const last = reviews.findLast((review) => review.state === 'approved' && review.isPerson && review.reviewerId !== pull.authorId);
  if (last === undefined) return null;
  const check = (await ci.github.speech.checks(last.commit, CHECK_NAME)).find(
    (one) => one.completedAt !== null && Date.parse(one.completedAt) <= Date.parse(last.at),
  );
  const facts = readCheckFacts(check?.text ?? '');
  if (facts === null) return null;
  const then = new Set(facts.changes);
  const mine = planned.plan.changes.filter((change) => planned.own.has(change.id));
  const more = mine.filter((change) => !then.has(change.id));
  const fewer = facts.changes.filter((id) => !planned.own.has(id)).length;
  return more.length + fewer === 0 ? null : { reviewer: last.reviewer, commit: last.commit, more, fewer };
}

/** An account that this pull request brings cannot have been observed yet, and a guard that stops others is theirs: neither is a failure. */
function exitOf(planned: PullPlan, { stale, heartbeat }: Pick<PullView, 'stale' | 'heartbeat'>): ExitCode {
  const { plan, settings } = planned;
  const brought = new Set(settings.filter((one) => one.setting === 'account' && one.before === null).map((one) => one.account));
  const concerned = concernedAccounts(planned);
  const unread = plan.accounts.some(({ account, verdict }) => verdict === 'incomplete' && concerned.has(account) && !brought.has(account));
  const blocked = findOwnBlocks(planned).length > 0;
  return worstExit([EXIT.ok, ...(stale || unread || heartbeat.dead ? [EXIT.incomplete] : []), ...(blocked ? [EXIT.blocked] : [])]);
}
