import type { Pull, Review } from '../pull.ts';
import type { PullsApi } from './github.ts';
import { type Line, must } from './open-line.ts';
import { toInstant } from './to-instant.ts';

const NEEDS = 'pull-requests: read';
/** Somebody whose account is gone; GitHub shows them by this name. */
const GHOST = { login: 'ghost', id: 0, type: 'Ghost' };
const STATES: Readonly<Record<string, Review['state']>> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  COMMENTED: 'commented',
  DISMISSED: 'dismissed',
};

/** Pull requests and their reviews, in our words. */
export function readPulls({ rest, at, attempt, attemptPages }: Line): Omit<PullsApi, 'propose'> {
  return {
    one: async (number) => {
      const answer = await attempt(NEEDS, () => rest.pulls.get({ ...at, pull_number: number }));
      return answer.kind === 'refused' && answer.status === 404 ? null : toPull(must(answer));
    },
    open: async (base) => {
      const query = { ...at, base, state: 'open', sort: 'created', direction: 'asc' } as const;
      return must(await attemptPages(NEEDS, (page) => () => rest.pulls.list({ ...query, ...page }))).map(toPull);
    },
    ofCommit: async (commit) => {
      const read = (page: object) => () => rest.repos.listPullRequestsAssociatedWithCommit({ ...at, ...page, commit_sha: commit });
      return must(await attemptPages(NEEDS, read)).map(toPull);
    },
    ofBranch: async (branch) => {
      const query = { ...at, head: `${at.owner}:${branch}`, state: 'all', sort: 'created', direction: 'desc' } as const;
      const pulls = must(await attemptPages(NEEDS, (page) => () => rest.pulls.list({ ...query, ...page }))).map(toPull);
      // A head that GitHub cannot read filters nothing, and one that it can read may be a fork's of the same owner.
      return pulls.filter((pull) => pull.headBranch === branch && !pull.fork);
    },
    reviews: async (number) => {
      const read = (page: object) => () => rest.pulls.listReviews({ ...at, ...page, pull_number: number });
      return must(await attemptPages(NEEDS, read)).flatMap(toReview);
    },
  };
}

interface WirePull {
  readonly number: number;
  readonly title: string;
  readonly user: { readonly login: string; readonly id: number; readonly type: string } | null;
  readonly state: string;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly head: { readonly sha: string; readonly ref: string; readonly repo: { readonly id: number } | null };
  readonly base: { readonly ref: string; readonly repo: { readonly id: number } };
}

function toPull(wire: WirePull): Pull {
  const author = wire.user ?? GHOST;
  const mergedAt = toInstant(wire.merged_at);
  return {
    number: wire.number,
    title: wire.title,
    author: author.login,
    authorId: author.id,
    authorIsPerson: author.type === 'User' || author.type === GHOST.type,
    open: wire.state === 'open',
    mergedAt,
    // Of an open pull request this is only a trial merge.
    mergeCommit: mergedAt === null ? null : wire.merge_commit_sha,
    head: wire.head.sha,
    headBranch: wire.head.ref,
    base: wire.base.ref,
    fork: wire.head.repo?.id !== wire.base.repo.id,
  };
}

interface WireReview {
  readonly user: { readonly login: string; readonly id: number; readonly type: string } | null;
  readonly state: string;
  readonly commit_id: string | null;
  readonly submitted_at?: string;
}

/** None for a pending one, which only its writer can see and which has no time. */
function toReview(wire: WireReview): Review[] {
  const state = STATES[wire.state.toUpperCase()];
  const at = toInstant(wire.submitted_at);
  if (state === undefined || at === null) return [];
  const { login, id, type } = wire.user ?? GHOST;
  return [{ reviewer: login, reviewerId: id, isPerson: type === 'User', state, commit: wire.commit_id ?? '', at }];
}
