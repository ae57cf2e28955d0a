import { type GithubReply, invalid, notFound, ok, refusal } from './github-reply.ts';
import { type Ask, pageOf, type Route, textOf } from './github-route.ts';
import { ACTIONS_BOT, type Repository, type Review } from './github-state.ts';
import { mergePull, signatureOf } from './merge-pull.ts';
import { closeIssue, commitsOf, noticePushes, reopenPull } from './notice-pushes.ts';
import { openPull } from './open-pull.ts';
import { commitTree, hasCommit, mergeTrees, runGit, tryGit } from './run-git.ts';
import { type PullIssue, type PullSize, shapeListedPull, shapePull, shapeReview } from './shape-pull.ts';

/** Pull requests and their reviews. */
export const PULL_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/pulls', needs: ['read', 'pull-requests'], answer: listPulls },
  { method: 'POST', path: '/pulls', needs: ['write', 'pull-requests'], answer: open },
  { method: 'GET', path: '/pulls/:number', needs: ['read', 'pull-requests'], answer: onePull },
  { method: 'PATCH', path: '/pulls/:number', needs: ['write', 'pull-requests'], answer: changePull },
  { method: 'PUT', path: '/pulls/:number/merge', needs: ['write', 'contents'], answer: merge },
  { method: 'GET', path: '/pulls/:number/reviews', needs: ['read', 'pull-requests'], answer: listReviews },
  { method: 'POST', path: '/pulls/:number/reviews', needs: ['write', 'pull-requests'], answer: addReview },
  { method: 'GET', path: '/commits/:sha/pulls', needs: ['read', 'pull-requests'], answer: pullsOfCommit },
];

async function listPulls(ask: Ask): Promise<GithubReply> {
  const { state, repository, query } = ask;
  await noticePushes(state, repository, null);
  const wanted = query.get('state') ?? 'open';
  const base = query.get('base');
  const head = query.get('head');
  const sort = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  // Newest first, unless sorted otherwise: docs.github.com/rest/pulls.
  const sign = (query.get('direction') ?? (query.get('sort') === null || sort === 'createdAt' ? 'desc' : 'asc')) === 'asc' ? 1 : -1;
  const found = allPulls(repository)
    .filter((issue) => wanted === 'all' || issue.state === wanted)
    .filter(({ pull }) => base === null || pull.base === base)
    // A head without an owner filters nothing.
    .filter(({ pull }) => !head?.includes(':') || `${pull.head.repository.owner}:${pull.head.branch}` === head)
    .toSorted((a, b) => sign * (a[sort] - b[sort] || a.number - b.number));
  const { rows, headers } = pageOf(ask, found);
  return { ...ok(rows.map((issue) => shapeListedPull(state, repository, issue))), headers };
}

async function onePull(ask: Ask): Promise<GithubReply> {
  const { state, repository } = ask;
  await noticePushes(state, repository, null);
  const issue = findPull(ask);
  return issue === null ? notFound() : ok(shapePull(state, repository, issue, await measure(ask, issue)));
}

async function open(ask: Ask): Promise<GithubReply> {
  const { state, repository, token, user, body } = ask;
  // Source: docs.github.com, "Managing GitHub Actions settings for a repository".
  if (token?.kind === 'actions' && !repository.actionsMayPropose) {
    return refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.');
  }
  await noticePushes(state, repository, null);
  const wanted = {
    head: textOf(body['head']) ?? '',
    base: textOf(body['base']) ?? '',
    title: textOf(body['title']) ?? '',
    body: textOf(body['body']) ?? '',
  };
  const opened = await openPull(state, repository, wanted, user);
  if ('refused' in opened) return invalid(opened.refused);
  return { ...(await onePull({ ...ask, params: { number: String(opened.number) } })), status: 201 };
}

async function changePull(ask: Ask): Promise<GithubReply> {
  const { state, body } = ask;
  const issue = findPull(ask);
  if (issue === null) return notFound();
  issue.title = textOf(body['title']) ?? issue.title;
  issue.body = textOf(body['body']) ?? issue.body;
  if (body['state'] === 'closed' && issue.state === 'open') closeIssue(state, issue);
  if (body['state'] === 'open' && issue.state === 'closed' && issue.pull.mergedAt === null) await reopenPull(state, ask.repository, issue);
  return onePull(ask);
}

async function measure(ask: Ask, issue: PullIssue): Promise<PullSize> {
  const { repository } = ask;
  const { pull } = issue;
  if (issue.state === 'open') await tryMerge(ask, issue);
  const stat = await tryGit(repository, ['diff', '--shortstat', `${pull.baseSha}...${pull.headSha}`]);
  const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(stat.stdout)?.[1] ?? 0);
  return {
    commits: (await commitsOf(repository, pull.baseSha, pull.headSha)).length,
    changedFiles: count('file'),
    additions: count('insertion'),
    deletions: count('deletion'),
    mergeable: issue.state === 'open' && pull.testMerge !== null ? pull.testMerge.commit !== null : null,
  };
}

/** Keeps `refs/pull/N/merge` up to date, as GitHub does when somebody asks. */
async function tryMerge({ state, repository }: Ask, { number, pull, title }: PullIssue): Promise<void> {
  const base = repository.heads.get(pull.base) ?? pull.baseSha;
  const head = pull.headSha;
  if (pull.testMerge?.base === base && pull.testMerge.head === head) return;
  const tree = await mergeTrees(repository, base, head);
  const by = signatureOf(state, ACTIONS_BOT);
  const commit =
    tree === null ? null : await commitTree(repository, tree, [base, head], `Merge ${head} into ${base}\n\n${title}\n`, by, by);
  if (commit !== null) await runGit(repository, ['update-ref', `refs/pull/${number}/merge`, commit]);
  pull.testMerge = { base, head, commit };
}

async function merge(ask: Ask): Promise<GithubReply> {
  const { state, repository, body, user } = ask;
  await noticePushes(state, repository, null);
  const issue = findPull(ask);
  if (issue === null) return notFound();
  if (body['sha'] !== undefined && body['sha'] !== issue.pull.headSha) {
    return refusal(409, 'Head branch was modified. Review and try the merge again.');
  }
  const method = (['merge', 'squash', 'rebase'] as const).find((one) => one === body['merge_method']) ?? 'merge';
  const sha = await mergePull(state, repository, issue, method, user).catch(() => null);
  return sha === null
    ? refusal(405, 'Pull Request is not mergeable')
    : ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}

function listReviews(ask: Ask): GithubReply {
  const { state, repository } = ask;
  const issue = findPull(ask);
  if (issue === null) return notFound();
  const { rows, headers } = pageOf(ask, issue.pull.reviews);
  return { ...ok(rows.map((review) => shapeReview(state, repository, issue, review))), headers };
}

const GIVEN: Readonly<Record<string, Review['state']>> = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
};

async function addReview(ask: Ask): Promise<GithubReply> {
  const { state, repository, user, body } = ask;
  await noticePushes(state, repository, null);
  const issue = findPull(ask);
  if (issue === null) return notFound();
  const word = GIVEN[textOf(body['event']) ?? ''] ?? 'PENDING';
  if (user.id === issue.author.id && (word === 'APPROVED' || word === 'CHANGES_REQUESTED')) {
    const verb = word === 'APPROVED' ? 'approve' : 'request changes on';
    return refusal(422, 'Unprocessable Entity', { errors: [`Can not ${verb} your own pull request`] });
  }
  const commit = textOf(body['commit_id']) ?? issue.pull.headSha;
  if (!(await hasCommit(repository, commit))) return invalid({ resource: 'PullRequestReview', code: 'invalid', field: 'commit_id' });
  const review = { id: state.nextId(), author: user, state: word, body: textOf(body['body']) ?? '', commit, at: state.clock.now() };
  issue.pull.reviews.push(review);
  return ok(shapeReview(state, repository, issue, review));
}

/**
 * Of a commit on the default branch the pull requests that brought it there; of any other the open and merged ones that have it.
 * Source: docs.github.com/rest/commits, "List pull requests associated with a commit".
 */
async function pullsOfCommit(ask: Ask): Promise<GithubReply> {
  const { state, repository, params } = ask;
  await noticePushes(state, repository, null);
  const sha = params['sha'] ?? '';
  if (!(await hasCommit(repository, sha))) return refusal(422, `No commit found for SHA: ${sha}`);
  const refs = await runGit(repository, ['for-each-ref', `--contains=${sha}`, '--format=%(refname)', 'refs/heads', 'refs/pull']);
  const holders = new Set(refs.split('\n'));
  const isLanded = holders.has(`refs/heads/${repository.defaultBranch}`);
  const found = allPulls(repository).filter(({ number, pull, state: word }) =>
    isLanded ? pull.landed.has(sha) : (word === 'open' || pull.mergedAt !== null) && holders.has(`refs/pull/${number}/head`),
  );
  const { rows, headers } = pageOf(ask, found);
  return { ...ok(rows.map((issue) => shapeListedPull(state, repository, issue))), headers };
}

function allPulls(repository: Repository): PullIssue[] {
  return [...repository.issues.values()].filter((issue): issue is PullIssue => issue.pull !== null);
}

function findPull({ repository, params }: Ask): PullIssue | null {
  const issue = repository.issues.get(Number(params['number']));
  return issue !== undefined && issue.pull !== null ? (issue as PullIssue) : null;
}
