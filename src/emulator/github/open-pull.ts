import type { FieldError } from './github-reply.ts';
import type { GithubState, Issue, PullFacts, Repository, User } from './github-state.ts';
import { commitsOf, openPulls, publishHead } from './notice-pushes.ts';

export interface NewPull {
  /** `branch`, or `owner:branch` for a fork's. */
  readonly head: string;
  /** The default branch when not given. */
  readonly base?: string;
  readonly title: string;
  readonly body?: string;
}

/** Opens a pull request and publishes its head under `refs/pull/N/head`, or says what GitHub has against it. */
export async function openPull(
  state: GithubState,
  home: Repository,
  wanted: NewPull,
  author: User,
): Promise<Issue | { readonly refused: FieldError }> {
  const { head, base = home.defaultBranch } = wanted;
  const repository = findHead(state, home, head);
  const branch = head.slice(head.indexOf(':') + 1);
  const headSha = repository?.heads.get(branch);
  const baseSha = home.heads.get(base);
  if (repository === null || headSha === undefined) return { refused: { resource: 'PullRequest', field: 'head', code: 'invalid' } };
  if (baseSha === undefined) return { refused: { resource: 'PullRequest', field: 'base', code: 'invalid' } };
  if (openPulls(home).some(({ pull }) => pull.base === base && pull.head.repository === repository && pull.head.branch === branch)) {
    return refuse(`A pull request already exists for ${repository.owner}:${branch}.`);
  }
  const number = home.lastNumber + 1;
  const pull: PullFacts = {
    base,
    baseSha,
    head: { repository, branch },
    headSha,
    mergedAt: null,
    mergedBy: null,
    mergeCommit: null,
    testMerge: null,
    landed: new Set(),
    reviews: [],
  };
  await publishHead(home, number, pull);
  if ((await commitsOf(home, baseSha, headSha)).length === 0) return refuse(`No commits between ${base} and ${head}`);
  return addIssue(state, home, { title: wanted.title, body: wanted.body ?? '', author, appId: null, labels: [], pull });
}

type NewIssue = Pick<Issue, 'title' | 'body' | 'author' | 'appId' | 'labels' | 'pull'>;

/** Gives an issue, or a pull request, the next number. */
export function addIssue(state: GithubState, repository: Repository, wanted: NewIssue): Issue {
  repository.lastNumber += 1;
  const now = state.clock.now();
  const issue: Issue = {
    ...wanted,
    id: state.nextId(),
    number: repository.lastNumber,
    state: 'open',
    locked: false,
    createdAt: now,
    updatedAt: now,
    closedAt: null,
  };
  repository.issues.set(issue.number, issue);
  return issue;
}

function findHead(state: GithubState, home: Repository, head: string): Repository | null {
  const [owner = ''] = head.split(':');
  if (!head.includes(':') || owner.toLowerCase() === home.owner.toLowerCase()) return home;
  return [...state.repositories.values()].find((one) => one.parent === home && one.owner.toLowerCase() === owner.toLowerCase()) ?? null;
}

function refuse(message: string): { readonly refused: FieldError } {
  return { refused: { resource: 'PullRequest', code: 'custom', message } };
}
