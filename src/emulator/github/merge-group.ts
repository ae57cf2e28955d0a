import { RollcallError } from '../../errors.ts';
import { ACTIONS_BOT, type GithubState, type Issue, type PullFacts, type Repository } from './github-state.ts';
import { type MergeMethod, makeMerge } from './merge-pull.ts';
import { commitsOf, markMerged, moveBranch, noticePushes } from './notice-pushes.ts';

type PullIssue = Issue & { readonly pull: PullFacts };

/** What the event `merge_group` speaks of. */
export interface MergeGroup {
  readonly headSha: string;
  readonly baseSha: string;
  /** `refs/heads/gh-readonly-queue/main/pr-2-<base>`. */
  readonly ref: string;
  readonly base: string;
  /** Each pull request and the commits by which the group has it. */
  readonly parts: readonly { readonly issue: PullIssue; readonly commits: readonly string[] }[];
}

/** Merges pull requests one on the other on a branch of the merge queue; their base does not move yet. */
export async function makeMergeGroup(
  state: GithubState,
  home: Repository,
  pulls: readonly PullIssue[],
  method: MergeMethod,
): Promise<MergeGroup> {
  await noticePushes(state, home, null);
  const last = pulls.at(-1);
  const base = last?.pull.base ?? home.defaultBranch;
  const baseSha = home.heads.get(base) ?? '';
  const parts: { issue: PullIssue; commits: readonly string[] }[] = [];
  let tip = baseSha;
  for (const issue of pulls) {
    const own = method === 'merge' ? await commitsOf(home, tip, issue.pull.headSha) : [];
    const made = await makeMerge(state, home, issue, tip, method, ACTIONS_BOT);
    if (made === null) throw new RollcallError('usage', `the emulated pull request ${issue.number} conflicts with its merge group.`);
    tip = made.at(-1) ?? tip;
    parts.push({ issue, commits: [...own, ...made] });
  }
  const branch = `gh-readonly-queue/${base}/pr-${last?.number ?? 0}-${baseSha}`;
  await moveBranch(state, home, branch, tip, ACTIONS_BOT);
  return { headSha: tip, baseSha, ref: `refs/heads/${branch}`, base, parts };
}

/** Moves the base to the group's head, as the queue does once its checks are green. */
export async function landMergeGroup(state: GithubState, home: Repository, group: MergeGroup): Promise<void> {
  for (const { issue, commits } of group.parts) markMerged(state, issue, ACTIONS_BOT, commits.at(-1) ?? group.headSha, commits);
  await moveBranch(state, home, group.base, group.headSha, ACTIONS_BOT, group.baseSha);
  await moveBranch(state, home, group.ref.slice('refs/heads/'.length), null, ACTIONS_BOT);
}
