import type { Schemas } from './github-schemas.ts';
import { findOrAddUser, formatTime, fullName, type GithubState, type Repository } from './github-state.ts';
import { shapeUser } from './shape-user.ts';

export function apiUrl(state: GithubState, repository: Repository): string {
  return `${state.origin}/repos/${fullName(repository)}`;
}

export function htmlUrl(state: GithubState, repository: Repository): string {
  return `${state.origin}/${fullName(repository)}`;
}

/** A repository as answers carry one; whole enough for every schema that asks for one. */
export function shapeRepository(state: GithubState, repository: Repository) {
  const html = htmlUrl(state, repository);
  const { id, name, isPrivate, parent, defaultBranch, createdAt, pushedAt } = repository;
  const open = [...repository.issues.values()].filter((issue) => issue.state === 'open').length;
  const forks = [...state.repositories.values()].filter((one) => one.parent === repository).length;
  return {
    id,
    node_id: `R_${id}`,
    name,
    full_name: fullName(repository),
    owner: shapeUser(state, findOrAddUser(state, repository.owner)),
    private: isPrivate,
    visibility: isPrivate ? 'private' : 'public',
    html_url: html,
    description: null,
    fork: parent !== null,
    ...addressesOf(apiUrl(state, repository)),
    clone_url: `${html}.git`,
    git_url: `${html}.git`,
    ssh_url: `${html}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    forks,
    forks_count: forks,
    network_count: forks,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    subscribers_count: 0,
    size: 1,
    default_branch: defaultBranch,
    open_issues: open,
    open_issues_count: open,
    has_issues: repository.hasIssues,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    archived: false,
    disabled: false,
    pushed_at: formatTime(pushedAt),
    created_at: formatTime(createdAt),
    updated_at: formatTime(pushedAt),
  } satisfies Schemas['full-repository'];
}

function addressesOf(url: string) {
  return {
    url,
    archive_url: `${url}/{archive_format}{/ref}`,
    assignees_url: `${url}/assignees{/user}`,
    blobs_url: `${url}/git/blobs{/sha}`,
    branches_url: `${url}/branches{/branch}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    comments_url: `${url}/comments{/number}`,
    commits_url: `${url}/commits{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    contents_url: `${url}/contents/{+path}`,
    contributors_url: `${url}/contributors`,
    deployments_url: `${url}/deployments`,
    downloads_url: `${url}/downloads`,
    events_url: `${url}/events`,
    forks_url: `${url}/forks`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    hooks_url: `${url}/hooks`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    issues_url: `${url}/issues{/number}`,
    keys_url: `${url}/keys{/key_id}`,
    labels_url: `${url}/labels{/name}`,
    languages_url: `${url}/languages`,
    merges_url: `${url}/merges`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    pulls_url: `${url}/pulls{/number}`,
    releases_url: `${url}/releases{/id}`,
    stargazers_url: `${url}/stargazers`,
    statuses_url: `${url}/statuses/{sha}`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    tags_url: `${url}/tags`,
    teams_url: `${url}/teams`,
    trees_url: `${url}/git/trees{/sha}`,
  };
}
