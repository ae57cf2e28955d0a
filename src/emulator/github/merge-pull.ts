import { RollcallError } from '../../errors.ts';
import { visible } from '../../text/encode.ts';
import type { GithubState, Issue, PullFacts, Repository, User } from './github-state.ts';
import { commitsOf, markMerged, moveBranch } from './notice-pushes.ts';
import { type CommitFacts, readCommits } from './read-commits.ts';
import { commitTree, mergeTrees, type Signature } from './run-git.ts';

export type MergeMethod = 'merge' | 'squash' | 'rebase';

/** Merges as the button on a pull request does; gives the commit that the base branch then points at. */
export async function mergePull(
  state: GithubState,
  home: Repository,
  issue: Issue & { readonly pull: PullFacts },
  method: MergeMethod,
  by: User,
): Promise<string> {
  const { pull } = issue;
  const tip = home.heads.get(pull.base);
  if (issue.state !== 'open' || tip === undefined) return refuseMerge(issue, 'is not open');
  const merged = await makeMerge(state, home, issue, tip, method, by);
  if (merged === null) return refuseMerge(issue, `conflicts with ${visible(pull.base)}`);
  const commit = merged.at(-1) ?? tip;
  const brought = method === 'merge' ? await commitsOf(home, tip, pull.headSha) : [];
  markMerged(state, issue, by, commit, [...brought, ...merged]);
  await moveBranch(state, home, pull.base, commit, by, tip);
  return commit;
}

/** The commits that a merge onto `tip` consists of, the last one being the new tip; null on a conflict. No branch moves. */
export async function makeMerge(
  state: GithubState,
  home: Repository,
  issue: Issue & { readonly pull: PullFacts },
  tip: string,
  method: MergeMethod,
  by: User,
): Promise<readonly string[] | null> {
  if (method === 'rebase') return rebase(state, home, tip, issue.pull.headSha);
  const tree = await mergeTrees(home, tip, issue.pull.headSha);
  if (tree === null) return null;
  const { pull, number, title } = issue;
  const asMerge = method === 'merge';
  const message = asMerge
    ? `Merge pull request #${number} from ${pull.head.repository.owner}/${pull.head.branch}\n\n${title}\n`
    : `${title} (#${number})\n`;
  const parents = asMerge ? [tip, pull.headSha] : [tip];
  return [await commitTree(home, tree, parents, message, signatureOf(state, asMerge ? by : issue.author), gitHubSignature(state))];
}

/** One commit after the other is put on the tip; a commit without parent is put there whole. */
async function rebase(state: GithubState, home: Repository, tip: string, head: string): Promise<readonly string[] | null> {
  const commits = await readCommits(home, '--reverse', '--topo-order', '--no-merges', head, `^${tip}`);
  const made: string[] = [];
  let onto = tip;
  for (const commit of commits) {
    const tree = await pickTree(state, home, onto, commit);
    if (tree === null) return null;
    onto = await commitTree(home, tree, [onto], `${commit.message}\n`, commit.author, gitHubSignature(state));
    made.push(onto);
  }
  return made.length === 0 ? null : made;
}

/** A merge whose base is the picked commit's own parent: this git has no `--merge-base`, so a stand-in commit says what it is. */
async function pickTree(state: GithubState, home: Repository, onto: string, commit: CommitFacts): Promise<string | null> {
  const parent = commit.parents[0];
  if (parent === undefined || parent === onto) return commit.tree;
  const standIn = await commitTree(home, `${onto}^{tree}`, [parent], 'stand-in\n', gitHubSignature(state), gitHubSignature(state));
  return mergeTrees(home, standIn, commit.sha);
}

/** Who a commit of somebody carries as its author. */
export function signatureOf(state: GithubState, user: User): Signature {
  return { name: user.login, email: `${user.id}+${user.login}@users.noreply.github.com`, at: state.clock.now() };
}

function gitHubSignature(state: GithubState): Signature {
  return { name: 'GitHub', email: 'noreply@github.com', at: state.clock.now() };
}

function refuseMerge(issue: Issue, why: string): never {
  throw new RollcallError('usage', `the emulated pull request ${issue.number} cannot be merged: it ${why}.`);
}
