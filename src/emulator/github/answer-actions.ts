import { isFields } from '../read-fields.ts';
import { type GithubReply, noContent, notFound, ok, refusal } from './github-reply.ts';
import { type Ask, pageOf, type Route, textOf } from './github-route.ts';
import type { Schemas } from './github-schemas.ts';
import { formatTime, type Repository } from './github-state.ts';
import { noticePushes } from './notice-pushes.ts';
import type { WorkflowRun } from './protection-state.ts';
import { tryGit } from './run-git.ts';
import { apiUrl, htmlUrl, shapeRepository } from './shape-repository.ts';

/** The settings of Actions, the workflows of the default branch, and the runs that people say there were. */
export const ACTIONS_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/actions/permissions', needs: ['read', 'administration'], answer: showPermissions },
  { method: 'GET', path: '/actions/permissions/selected-actions', needs: ['read', 'administration'], answer: showSelected },
  { method: 'GET', path: '/actions/permissions/workflow', needs: ['read', 'administration'], answer: showJobToken },
  { method: 'GET', path: '/actions/workflows', needs: ['read', 'actions'], answer: listWorkflows },
  { method: 'GET', path: '/actions/workflows/:workflow/runs', needs: ['read', 'actions'], answer: listRuns },
  { method: 'POST', path: '/actions/workflows/:workflow/dispatches', needs: ['write', 'actions'], answer: dispatch },
];

function showPermissions({ state, repository }: Ask): GithubReply {
  const { allowedActions, pinsCommits } = repository.protection;
  const answer: Schemas['actions-repository-permissions'] = {
    enabled: true,
    allowed_actions: allowedActions,
    sha_pinning_required: pinsCommits,
    ...(allowedActions === 'selected' ? { selected_actions_url: `${apiUrl(state, repository)}/actions/permissions/selected-actions` } : {}),
  };
  return ok(answer);
}

function showSelected({ repository: { protection } }: Ask): GithubReply {
  return protection.allowedActions === 'selected' ? ok(protection.selectedActions) : refusal(409, 'Conflict');
}

function showJobToken({ repository }: Ask): GithubReply {
  const answer: Schemas['actions-get-default-workflow-permissions'] = {
    default_workflow_permissions: repository.protection.jobToken,
    can_approve_pull_request_reviews: repository.actionsMayPropose,
  };
  return ok(answer);
}

const FOLDER = '.github/workflows/';

async function readWorkflows({ state, repository }: Ask): Promise<Schemas['workflow'][]> {
  await noticePushes(state, repository, null);
  const listing = await tryGit(repository, ['ls-tree', '-z', '--name-only', repository.defaultBranch, '--', FOLDER]);
  const paths = listing.stdout.split('\0').filter((path) => /\.ya?ml$/.test(path));
  return paths.map((path, at) => shapeWorkflow(`${apiUrl(state, repository)}/actions/workflows/${at + 1}`, repository, path, at + 1));
}

function shapeWorkflow(url: string, repository: Repository, path: string, id: number): Schemas['workflow'] {
  const at = formatTime(repository.createdAt);
  return {
    id,
    node_id: `W_${id}`,
    name: path.slice(FOLDER.length).replace(/\.ya?ml$/, ''),
    path,
    state: repository.protection.workflowStates[path] ?? 'active',
    created_at: at,
    updated_at: at,
    url,
    html_url: url,
    badge_url: `${url}/badge.svg`,
  };
}

async function listWorkflows(ask: Ask): Promise<GithubReply> {
  const all = await readWorkflows(ask);
  const { rows, headers } = pageOf(ask, all);
  return { ...ok({ total_count: all.length, workflows: rows }), headers };
}

/** Of a filtered list no more than this is given. Source: docs.github.com/rest/actions/workflow-runs. */
const MOST_FILTERED = 1000;

async function listRuns(ask: Ask): Promise<GithubReply> {
  const { repository, params, query } = ask;
  const named = params['workflow'] ?? '';
  const workflow = (await readWorkflows(ask)).find(({ id, path }) => String(id) === named || path === `${FOLDER}${named}`);
  if (workflow === undefined) return notFound();
  const event = query.get('event');
  const since = Date.parse(query.get('created')?.replace('>=', '') ?? '') || 0;
  const all = repository.runs
    .filter((run) => run.workflow === workflow.path && (event === null || run.event === event) && run.startedAt >= since)
    .toSorted((a, b) => b.startedAt - a.startedAt);
  const { rows, headers } = pageOf(ask, event === null && since === 0 ? all : all.slice(0, MOST_FILTERED));
  return { ...ok({ total_count: all.length, workflow_runs: rows.map((run) => shapeRun(ask, workflow, run)) }), headers };
}

function shapeRun({ state, repository }: Ask, { id: workflowId, name, path, url }: Schemas['workflow'], run: WorkflowRun) {
  const id = repository.runs.indexOf(run) + 1;
  const runUrl = `${apiUrl(state, repository)}/actions/runs/${id}`;
  const sha = repository.heads.get(repository.defaultBranch) ?? '';
  return {
    id,
    name,
    node_id: `WFR_${id}`,
    head_branch: repository.defaultBranch,
    head_sha: sha,
    path,
    display_title: name,
    run_number: id,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: workflowId,
    url: runUrl,
    html_url: `${htmlUrl(state, repository)}/actions/runs/${id}`,
    pull_requests: [],
    created_at: formatTime(run.startedAt),
    updated_at: formatTime(run.updatedAt),
    run_started_at: formatTime(run.startedAt),
    jobs_url: `${runUrl}/jobs`,
    logs_url: `${runUrl}/logs`,
    check_suite_url: `${runUrl}/check-suite`,
    artifacts_url: `${runUrl}/artifacts`,
    cancel_url: `${runUrl}/cancel`,
    rerun_url: `${runUrl}/rerun`,
    workflow_url: url,
    head_commit: null,
    repository: shapeRepository(state, repository),
    head_repository: shapeRepository(state, repository),
  } satisfies Schemas['workflow-run'];
}

function dispatch({ state, repository, user, params, body }: Ask): GithubReply {
  const ref = textOf(body['ref']);
  if (ref === null) return refusal(422, 'Invalid request.\n\n"ref" wasn\'t supplied.');
  if (!repository.heads.has(ref.replace('refs/heads/', ''))) return refusal(422, `No ref found for: ${ref}`);
  const inputs = isFields(body['inputs']) ? body['inputs'] : {};
  repository.dispatches.push({ at: state.clock.now(), workflow: params['workflow'] ?? '', ref, inputs, by: user.login });
  return noContent();
}
