import { findOrAddUser, type GithubState, type Issue, type PullFacts, type Repository, type User } from './github-state.ts';
import { readHeads, runGit } from './run-git.ts';

type PullIssue = Issue & { readonly pull: PullFacts };

/**
 * Looks at the branches again and does what GitHub does after a push: open pull requests follow their head branch, and one whose
 * head has reached its base is merged, whoever pushed it there.
 */
export async function noticePushes(state: GithubState, repository: Repository, by: User | null): Promise<void> {
  await followHeads(state, repository, await readHeads(repository), by);
}

/** Moves a branch, or deletes it, and does what follows; with `from` only if it still points there. */
export async function moveBranch(
  state: GithubState,
  repository: Repository,
  branch: string,
  to: string | null,
  by: User | null,
  from?: string,
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  await runGit(repository, ['update-ref', ...(to === null ? ['-d', ref] : [ref, to]), ...(from === undefined ? [] : [from])]);
  await followHead(state, repository, branch, to, by);
}

/** The same where git has moved it already. */
export async function followHead(
  state: GithubState,
  repository: Repository,
  branch: string,
  to: string | null,
  by: User | null,
): Promise<void> {
  const after = new Map(repository.heads);
  if (to === null) after.delete(branch);
  else after.set(branch, to);
  await followHeads(state, repository, after, by);
}

async function followHeads(state: GithubState, repository: Repository, after: ReadonlyMap<string, string>, by: User | null): Promise<void> {
  const before = repository.heads;
  repository.heads = after;
  const moved = new Set([...before.keys(), ...after.keys()].filter((branch) => before.get(branch) !== after.get(branch)));
  if (moved.size === 0) return;
  repository.pushedAt = state.clock.now();
  for (const home of state.repositories.values()) {
    for (const issue of openPulls(home)) {
      if (issue.pull.head.repository === repository && moved.has(issue.pull.head.branch))
        await updatePull(state, home, issue, (home === repository ? before : home.heads).get(issue.pull.base));
    }
  }
  const bases = new Set(
    openPulls(repository)
      .map(({ pull }) => pull.base)
      .filter((base) => moved.has(base)),
  );
  for (const base of bases) await landPulls(state, repository, base, before.get(base), by ?? findOrAddUser(state, repository.owner));
}

export function openPulls(repository: Repository): PullIssue[] {
  return [...repository.issues.values()].filter((issue): issue is PullIssue => issue.pull !== null && issue.state === 'open');
}

/** Makes `refs/pull/N/head` what the head branch is, also of a fork. */
export async function publishHead(home: Repository, number: number, pull: PullFacts): Promise<void> {
  const { repository, branch } = pull.head;
  const ref = `refs/pull/${number}/head`;
  if (repository === home) await runGit(home, ['update-ref', ref, pull.headSha]);
  else await runGit(home, ['fetch', '--quiet', '--no-tags', repository.folder, `+refs/heads/${branch}:${ref}`]);
}

/** `base` is what the base was before: a head that reaches the base in the same push is merged, not closed. */
async function updatePull(state: GithubState, home: Repository, issue: PullIssue, base: string | undefined): Promise<void> {
  const { pull } = issue;
  const tip = pull.head.repository.heads.get(pull.head.branch);
  issue.updatedAt = state.clock.now();
  if (tip === undefined) return closeIssue(state, issue);
  pull.headSha = tip;
  pull.baseSha = base ?? pull.baseSha;
  await publishHead(home, issue.number, pull);
  // A branch thrown back to where it has nothing of its own leaves nothing to merge.
  if (base !== undefined && (await pullsWithin(home, base)).has(issue.number)) closeIssue(state, issue);
}

export function closeIssue(state: GithubState, issue: Issue): void {
  issue.state = 'closed';
  issue.closedAt = state.clock.now();
  issue.updatedAt = issue.closedAt;
}

/** A pull request that is opened again has the head that its branch has by now. */
export async function reopenPull(state: GithubState, home: Repository, issue: PullIssue): Promise<void> {
  reopenIssue(state, issue);
  await updatePull(state, home, issue, home.heads.get(issue.pull.base));
}

export function reopenIssue(state: GithubState, issue: Issue): void {
  issue.state = 'open';
  issue.closedAt = null;
  issue.updatedAt = state.clock.now();
}

async function landPulls(state: GithubState, home: Repository, base: string, from: string | undefined, by: User): Promise<void> {
  const tip = home.heads.get(base);
  if (tip === undefined) return;
  const within = await pullsWithin(home, tip);
  for (const issue of openPulls(home)) {
    if (issue.pull.base !== base || !within.has(issue.number)) continue;
    const commits = await commitsOf(home, from ?? issue.pull.baseSha, issue.pull.headSha);
    const mergeCommit = (await findMergeOf(home, issue.pull.headSha, tip)) ?? issue.pull.headSha;
    markMerged(state, issue, by, mergeCommit, [mergeCommit, ...commits]);
  }
}

export function markMerged(state: GithubState, issue: PullIssue, by: User, mergeCommit: string, landed: readonly string[]): void {
  closeIssue(state, issue);
  issue.pull.mergedAt = issue.closedAt;
  issue.pull.mergedBy = by;
  issue.pull.mergeCommit = mergeCommit;
  issue.pull.landed = new Set(landed);
}

/** What the head has and the base has not. */
export async function commitsOf(home: Repository, base: string, head: string): Promise<string[]> {
  return (await runGit(home, ['rev-list', head, `^${base}`, '--'])).split('\n').filter((line) => line !== '');
}

async function pullsWithin(home: Repository, tip: string): Promise<ReadonlySet<number>> {
  const refs = await runGit(home, ['for-each-ref', `--merged=${tip}`, '--format=%(refname)', 'refs/pull']);
  return new Set([...refs.matchAll(/^refs\/pull\/(\d+)\/head$/gm)].map((match) => Number(match[1])));
}

/** The merge commit on the way to the tip that has the head as a further parent. */
async function findMergeOf(home: Repository, head: string, tip: string): Promise<string | null> {
  const lines = (await runGit(home, ['rev-list', '--parents', '--ancestry-path', tip, `^${head}`, '--'])).split('\n');
  const merge = lines.map((line) => line.split(' ')).find(([, , ...further]) => further.includes(head));
  return merge?.[0] ?? null;
}
