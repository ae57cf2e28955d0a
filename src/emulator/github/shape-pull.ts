import type { Schemas } from './github-schemas.ts';
import { findOrAddUser, formatTime, type GithubState, type Issue, type PullFacts, type Repository, type Review } from './github-state.ts';
import { countComments, shapeLabel, timeOrNull } from './shape-issue.ts';
import { apiUrl, htmlUrl, shapeRepository } from './shape-repository.ts';
import { associationOf, shapeUser } from './shape-user.ts';

export type PullIssue = Issue & { readonly pull: PullFacts };

/** What only the answer for one pull request has, since it takes work to know. */
export interface PullSize {
  readonly commits: number;
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
  readonly mergeable: boolean | null;
}

/** A pull request as lists have it. */
export function shapeListedPull(state: GithubState, repository: Repository, issue: PullIssue) {
  const { pull, number } = issue;
  const url = `${apiUrl(state, repository)}/pulls/${number}`;
  const html = `${htmlUrl(state, repository)}/pull/${number}`;
  const issueUrl = `${apiUrl(state, repository)}/issues/${number}`;
  const links = {
    commits: `${url}/commits`,
    reviewComments: `${url}/comments`,
    reviewComment: `${apiUrl(state, repository)}/pulls/comments{/number}`,
    comments: `${issueUrl}/comments`,
    statuses: `${apiUrl(state, repository)}/statuses/${pull.headSha}`,
  };
  return {
    url,
    id: issue.id,
    node_id: `PR_${issue.id}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl,
    commits_url: links.commits,
    review_comments_url: links.reviewComments,
    review_comment_url: links.reviewComment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: shapeUser(state, issue.author),
    body: issue.body,
    labels: issue.labels.map((name) => shapeLabel(state, repository, name)),
    milestone: null,
    created_at: formatTime(issue.createdAt),
    updated_at: formatTime(issue.updatedAt),
    closed_at: timeOrNull(issue.closedAt),
    merged_at: timeOrNull(pull.mergedAt),
    // Also of one that was never merged: what a merge would have given.
    merge_commit_sha: pull.mergeCommit ?? pull.testMerge?.commit ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    draft: false,
    head: shapeSide(state, pull.head.repository, pull.head.branch, pull.headSha),
    base: shapeSide(state, repository, pull.base, pull.baseSha),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issueUrl },
      comments: { href: links.comments },
      review_comments: { href: links.reviewComments },
      review_comment: { href: links.reviewComment },
      commits: { href: links.commits },
      statuses: { href: links.statuses },
    },
    author_association: associationOf(repository, issue.author),
    auto_merge: null,
  } satisfies Schemas['pull-request-simple'];
}

/** A pull request as the answer for one has it. */
export function shapePull(state: GithubState, repository: Repository, issue: PullIssue, size: PullSize) {
  const { mergedBy, mergedAt } = issue.pull;
  return {
    ...shapeListedPull(state, repository, issue),
    merged: mergedAt !== null,
    mergeable: size.mergeable,
    mergeable_state: size.mergeable === null ? 'unknown' : size.mergeable ? 'clean' : 'dirty',
    merged_by: mergedBy === null ? null : shapeUser(state, mergedBy),
    comments: countComments(repository, issue),
    review_comments: 0,
    maintainer_can_modify: false,
    commits: size.commits,
    additions: size.additions,
    deletions: size.deletions,
    changed_files: size.changedFiles,
  } satisfies Schemas['pull-request'];
}

export function shapeReview(state: GithubState, repository: Repository, issue: PullIssue, review: Review) {
  const html = `${htmlUrl(state, repository)}/pull/${issue.number}#pullrequestreview-${review.id}`;
  const pull = `${apiUrl(state, repository)}/pulls/${issue.number}`;
  return {
    id: review.id,
    node_id: `PRR_${review.id}`,
    user: shapeUser(state, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pull,
    _links: { html: { href: html }, pull_request: { href: pull } },
    submitted_at: formatTime(review.at),
    commit_id: review.commit,
    author_association: associationOf(repository, review.author),
  } satisfies Schemas['pull-request-review'];
}

function shapeSide(state: GithubState, repository: Repository, ref: string, sha: string) {
  return {
    label: `${repository.owner}:${ref}`,
    ref,
    sha,
    user: shapeUser(state, findOrAddUser(state, repository.owner)),
    repo: shapeRepository(state, repository),
  };
}
