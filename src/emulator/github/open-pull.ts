import { RollcallError } from '../../errors.ts';
import { visible } from '../../text/encode.ts';
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

/** Opens a pull request and publishes its head under `refs/pull/N/head`. */
export async function openPull(state: GithubState, home: Repository, wanted: NewPull, author: User): Promise<Issue> {
  const { head, base = home.defaultBranch } = wanted;
  const repository = findHead(state, home, head);
  const branch = head.slice(head.indexOf(':') + 1);
  const headSha = repository?.heads.get(branch);
  const baseSha = home.heads.get(base);
  if (repository === null || headSha === undefined || baseSha === undefined)
    return refuse(`there is no branch ${visible(head)} or ${visible(base)}`);
  if (openPulls(home).some(({ pull }) => pull.base === base && pull.head.repository === repository && pull.head.branch === branch)) {
    return refuse(`a pull request already exists for ${visible(head)}`);
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
  if ((await commitsOf(home, baseSha, headSha)).length === 0) return refuse(`no commits between ${visible(base)} and ${visible(head)}`);
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

function refuse(why: string): never {
  throw new RollcallError('usage', `the emulated pull request cannot be opened: ${why}.`);
}
