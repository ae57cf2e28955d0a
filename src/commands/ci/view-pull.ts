import { EXIT, type ExitCode, worstExit } from '../../errors.ts';
import { decidePeople } from '../../github/decide-people.ts';
import { readCheckFacts } from '../../github/evidence.ts';
import { findOwnBlocks } from '../../own-blocks.ts';
import { isRosterSetting } from '../../plan/diff-settings.ts';
import {
  type Heartbeat,
  OBSERVATION_MAX_AGE_MS,
  type Pull,
  type PullPlan,
  type PullView,
  type Review,
  type SinceApproval,
} from '../../pull.ts';
import { findProposal } from './find-proposal.ts';
import { firstShownMs } from './find-shown.ts';
import type { Ci } from './open-ci.ts';
import type { PlannedPull } from './plan-pull.ts';
import type { StateAt } from './read-state.ts';
import { CHECK_NAME } from './speak.ts';

const HOUR_MS = 3_600_000;
const HEARTBEAT_LATE_MS = 3 * HOUR_MS;
const HEARTBEAT_DEAD_MS = 24 * HOUR_MS;

/** Everything the comment says of a plan, with who approved it so far and how old it is. */
export async function viewPull(
  ci: Ci,
  pull: Pull | null,
  made: PlannedPull & { readonly kind: 'planned' } & { readonly state: StateAt | null },
  at: string,
): Promise<PullView> {
  const { planned, desired, state } = made;
  const reviews = pull === null ? [] : await ci.github.pulls.reviews(pull.number);
  const nobody = { by: null, needed: [], approved: false, proposal: null, discounted: [] };
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
          after: after ?? (await seenSince(ci, pull, reviews, at)),
          proposal: state === null ? null : await findProposal(ci, pull, planned.on.mergeBase, state.history),
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

/** An approval from before the first plan agrees to none. A fork's plan leaves no check run behind, so there nobody can tell. */
async function seenSince(ci: Ci, pull: Pull, reviews: readonly Review[], at: string): Promise<string | null> {
  if (pull.fork || reviews.length === 0) return null;
  const shownMs = (await firstShownMs(ci, pull)) ?? Date.parse(at);
  return new Date(shownMs - 1).toISOString();
}

function heartbeatOf(state: StateAt | null, at: string): Heartbeat {
  const beat = state?.heartbeat ?? null;
  // Where it never was alive, it is as late as the ledger is old.
  const since = beat ?? state?.since ?? at;
  const ageMs = Date.parse(at) - Date.parse(since);
  return { at: beat, late: beat === null || ageMs > HEARTBEAT_LATE_MS, dead: ageMs > HEARTBEAT_DEAD_MS };
}

/** An account where the pull request changes nothing, or only attests who is there, may be as old as it is: nothing of it rests on that. */
function concernedAccounts({ plan, own, takenIn, settings, conflicts }: PullPlan): ReadonlySet<string> {
  const changes = plan.changes.filter(({ id }) => own.has(id) || takenIn.has(id));
  return new Set([...changes, ...settings.filter((one) => !isRosterSetting(one)), ...conflicts].map(({ account }) => account));
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
export function exitOfPull(planned: PullPlan, { stale, heartbeat }: Pick<PullView, 'stale' | 'heartbeat'>): ExitCode {
  const { plan, settings } = planned;
  const brought = new Set(settings.filter((one) => one.setting === 'account' && one.before === null).map((one) => one.account));
  const concerned = concernedAccounts(planned);
  const unread = plan.accounts.some(({ account, verdict }) => verdict === 'incomplete' && concerned.has(account) && !brought.has(account));
  const blocked = findOwnBlocks(planned).length > 0;
  return worstExit([EXIT.ok, ...(stale || unread || heartbeat.dead ? [EXIT.incomplete] : []), ...(blocked ? [EXIT.blocked] : [])]);
}
