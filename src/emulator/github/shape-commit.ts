import type { Schemas } from './github-schemas.ts';
import { formatTime, type GithubState, type Repository } from './github-state.ts';
import type { CommitFacts } from './read-commits.ts';
import type { Signature } from './run-git.ts';
import { apiUrl, htmlUrl } from './shape-repository.ts';

const UNSIGNED = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** A commit as the git data API has it. */
export function shapeGitCommit(state: GithubState, repository: Repository, commit: CommitFacts) {
  const url = apiUrl(state, repository);
  return {
    sha: commit.sha,
    node_id: `C_${commit.sha}`,
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${htmlUrl(state, repository)}/commit/${commit.sha}`,
    author: shapeSignature(commit.author),
    committer: shapeSignature(commit.committer),
    message: commit.message,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/git/commits/${sha}`,
      html_url: `${htmlUrl(state, repository)}/commit/${sha}`,
    })),
    verification: UNSIGNED,
  } satisfies Schemas['git-commit'];
}

/** A commit as everything else has it. */
export function shapeCommit(state: GithubState, repository: Repository, commit: CommitFacts) {
  const url = `${apiUrl(state, repository)}/commits/${commit.sha}`;
  const { tree } = shapeGitCommit(state, repository, commit);
  return {
    url,
    sha: commit.sha,
    node_id: `C_${commit.sha}`,
    html_url: `${htmlUrl(state, repository)}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    commit: {
      url: `${apiUrl(state, repository)}/git/commits/${commit.sha}`,
      author: shapeSignature(commit.author),
      committer: shapeSignature(commit.committer),
      message: commit.message,
      comment_count: 0,
      tree,
      verification: UNSIGNED,
    },
    author: null,
    committer: null,
    parents: commit.parents.map((sha) => ({ sha, url: `${apiUrl(state, repository)}/commits/${sha}` })),
  } satisfies Schemas['commit'];
}

function shapeSignature({ name, email, at }: Signature) {
  return { name, email, date: formatTime(at) };
}
