import type { Schemas } from './github-schemas.ts';
import { type CheckAnnotation, type CheckRun, type CheckSuite, formatTime, type GithubState, type Repository } from './github-state.ts';
import { apiUrl, htmlUrl, shapeRepository } from './shape-repository.ts';
import { shapeApp } from './shape-user.ts';

export function shapeCheckRun(state: GithubState, repository: Repository, run: CheckRun) {
  const url = `${apiUrl(state, repository)}/check-runs/${run.id}`;
  return {
    id: run.id,
    head_sha: run.suite.sha,
    node_id: `CR_${run.id}`,
    external_id: run.externalId,
    url,
    html_url: `${htmlUrl(state, repository)}/runs/${run.id}`,
    details_url: run.detailsUrl ?? `${htmlUrl(state, repository)}/runs/${run.id}`,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    name: run.name,
    check_suite: { id: run.suite.id },
    app: shapeApp(state, run.suite.appId),
    pull_requests: [],
  } satisfies Schemas['check-run'];
}

export function shapeAnnotation(state: GithubState, repository: Repository, run: CheckRun, annotation: CheckAnnotation) {
  return {
    ...annotation,
    start_column: null,
    end_column: null,
    raw_details: null,
    blob_href: `${htmlUrl(state, repository)}/blob/${run.suite.sha}/${annotation.path}`,
  } satisfies Schemas['check-annotation'];
}

export function shapeCheckSuite(state: GithubState, repository: Repository, suite: CheckSuite) {
  const url = `${apiUrl(state, repository)}/check-suites/${suite.id}`;
  const runs = [...repository.checks.values()].filter((run) => run.suite === suite);
  const done = runs.every((run) => run.status === 'completed');
  const failed = runs.some((run) => run.conclusion !== 'success' && run.conclusion !== 'neutral');
  return {
    id: suite.id,
    node_id: `CS_${suite.id}`,
    head_branch: null,
    head_sha: suite.sha,
    status: done ? 'completed' : 'in_progress',
    conclusion: done ? (failed ? 'failure' : 'success') : null,
    url,
    before: null,
    after: suite.sha,
    pull_requests: [],
    app: shapeApp(state, suite.appId),
    repository: shapeRepository(state, repository),
    created_at: formatTime(suite.createdAt),
    updated_at: formatTime(suite.createdAt),
    head_commit: { id: suite.sha, tree_id: suite.sha, message: '', timestamp: formatTime(suite.createdAt), author: null, committer: null },
    latest_check_runs_count: runs.length,
    check_runs_url: `${url}/check-runs`,
  } satisfies Schemas['check-suite'];
}
