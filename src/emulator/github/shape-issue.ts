import type { Schemas } from './github-schemas.ts';
import { type Comment, formatTime, type GithubState, type Issue, type Repository } from './github-state.ts';
import { apiUrl, htmlUrl } from './shape-repository.ts';
import { associationOf, shapeApp, shapeUser } from './shape-user.ts';

/** An issue; a pull request is told from it by `pull_request`. */
export function shapeIssue(state: GithubState, repository: Repository, issue: Issue) {
  const url = `${apiUrl(state, repository)}/issues/${issue.number}`;
  const pull = `${apiUrl(state, repository)}/pulls/${issue.number}`;
  const html = htmlOf(state, repository, issue);
  return {
    id: issue.id,
    node_id: `I_${issue.id}`,
    url,
    repository_url: apiUrl(state, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    number: issue.number,
    state: issue.state,
    state_reason: null,
    title: issue.title,
    body: issue.body,
    user: shapeUser(state, issue.author),
    labels: issue.labels.map((name) => shapeLabel(state, repository, name)),
    assignee: null,
    assignees: [],
    milestone: null,
    locked: issue.locked,
    comments: countComments(repository, issue),
    closed_at: timeOrNull(issue.closedAt),
    created_at: formatTime(issue.createdAt),
    updated_at: formatTime(issue.updatedAt),
    author_association: associationOf(repository, issue.author),
    performed_via_github_app: issue.appId === null ? null : shapeApp(state, issue.appId),
    ...(issue.pull === null
      ? {}
      : {
          pull_request: {
            url: pull,
            html_url: html,
            diff_url: `${html}.diff`,
            patch_url: `${html}.patch`,
            merged_at: timeOrNull(issue.pull.mergedAt),
          },
        }),
  } satisfies Schemas['issue'];
}

/** Labels spring up when they are first used. */
export function shapeLabel(state: GithubState, repository: Repository, name: string) {
  return {
    id: [...name].reduce((sum, letter) => sum * 31 + (letter.codePointAt(0) ?? 0), 7) % 1_000_000_007,
    node_id: `LA_${name}`,
    url: `${apiUrl(state, repository)}/labels/${encodeURIComponent(name)}`,
    name,
    description: '',
    color: 'ededed',
    default: false,
  } satisfies Schemas['label'];
}

export function shapeComment(state: GithubState, repository: Repository, comment: Comment) {
  const url = apiUrl(state, repository);
  const issue = repository.issues.get(comment.issue);
  return {
    id: comment.id,
    node_id: `IC_${comment.id}`,
    url: `${url}/issues/comments/${comment.id}`,
    html_url: `${issue === undefined ? htmlUrl(state, repository) : htmlOf(state, repository, issue)}#issuecomment-${comment.id}`,
    issue_url: `${url}/issues/${comment.issue}`,
    user: shapeUser(state, comment.author),
    created_at: formatTime(comment.createdAt),
    updated_at: formatTime(comment.updatedAt),
    author_association: associationOf(repository, comment.author),
    body: comment.body,
    performed_via_github_app: comment.appId === null ? null : shapeApp(state, comment.appId),
  } satisfies Schemas['issue-comment'];
}

export function countComments(repository: Repository, issue: Issue): number {
  return [...repository.comments.values()].filter((comment) => comment.issue === issue.number).length;
}

export function timeOrNull(ms: number | null): string | null {
  return ms === null ? null : formatTime(ms);
}

function htmlOf(state: GithubState, repository: Repository, issue: Issue): string {
  return `${htmlUrl(state, repository)}/${issue.pull === null ? 'issues' : 'pull'}/${issue.number}`;
}
