import { type Fields, isFields } from '../read-fields.ts';
import { type GithubReply, notFound, ok, refusal } from './github-reply.ts';
import { type Ask, pageOf, type Route, textOf } from './github-route.ts';
import { type CheckAnnotation, type CheckRun, type CheckSuite, formatTime, type GithubState, type Repository } from './github-state.ts';
import { hasCommit } from './run-git.ts';
import { shapeAnnotation, shapeCheckRun, shapeCheckSuite } from './shape-check.ts';

/** Check runs, which only apps may write, and the suites that GitHub gathers them in. */
export const CHECK_ROUTES: readonly Route[] = [
  { method: 'POST', path: '/check-runs', needs: ['write', 'checks'], answer: makeCheck },
  {
    method: 'GET',
    path: '/check-runs/:id',
    needs: ['read', 'checks'],
    answer: (ask) => withCheck(ask, (run) => ok(shapeCheckRun(ask.state, ask.repository, run))),
  },
  { method: 'PATCH', path: '/check-runs/:id', needs: ['write', 'checks'], answer: (ask) => withCheck(ask, (run) => changeCheck(ask, run)) },
  {
    method: 'GET',
    path: '/check-runs/:id/annotations',
    needs: ['read', 'checks'],
    answer: (ask) => withCheck(ask, (run) => listAnnotations(ask, run)),
  },
  { method: 'GET', path: '/commits/:ref/check-runs', needs: ['read', 'checks'], answer: listChecks },
  { method: 'GET', path: '/commits/:ref/check-suites', needs: ['read', 'checks'], answer: listSuites },
];

const MOST_ANNOTATIONS = 50;
const MOST_CHARACTERS = 65_535;
const CONCLUSIONS = ['success', 'failure', 'neutral', 'cancelled', 'skipped', 'timed_out', 'action_required'] as const;
const STATUSES = ['queued', 'in_progress', 'completed'] as const;
const LEVELS = ['notice', 'warning', 'failure'];

function withCheck(ask: Ask, act: (run: CheckRun) => GithubReply): GithubReply {
  const run = ask.repository.checks.get(Number(ask.params['id']));
  return run === undefined ? notFound() : act(run);
}

async function makeCheck(ask: Ask): Promise<GithubReply> {
  const { state, repository, token, body } = ask;
  const appId = token?.appId ?? null;
  if (appId === null) return refusal(403, 'You must authenticate via a GitHub App.');
  const name = textOf(body['name']);
  const sha = textOf(body['head_sha']);
  if (name === null || sha === null) return badRequest(`"${name === null ? 'name' : 'head_sha'}" wasn't supplied.`);
  if (!(await hasCommit(repository, sha))) return refusal(422, `No commit found for SHA: ${sha}`);
  const refused = refuseCheck(body);
  if (refused !== null) return refused;
  const run: CheckRun = {
    id: state.nextId(),
    suite: findOrAddSuite(state, repository, sha, appId),
    name,
    status: 'queued',
    conclusion: null,
    externalId: '',
    detailsUrl: null,
    startedAt: textOf(body['started_at']) ?? formatTime(state.clock.now()),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
  };
  fillCheck(state, run, body);
  repository.checks.set(run.id, run);
  return ok(shapeCheckRun(state, repository, run), 201);
}

function changeCheck(ask: Ask, run: CheckRun): GithubReply {
  const { state, repository, token, body } = ask;
  if (token?.appId !== run.suite.appId) {
    return refusal(403, `Invalid app_id \`${run.suite.appId}\` - check run can only be modified by the GitHub App that created it.`);
  }
  const refused = refuseCheck(body);
  if (refused !== null) return refused;
  fillCheck(state, run, body);
  return ok(shapeCheckRun(state, repository, run));
}

/** What a request names replaces what was there; annotations are added to those that were. */
function fillCheck(state: GithubState, run: CheckRun, body: Fields): void {
  const output = isFields(body['output']) ? body['output'] : {};
  run.name = textOf(body['name']) ?? run.name;
  run.externalId = textOf(body['external_id']) ?? run.externalId;
  run.detailsUrl = textOf(body['details_url']) ?? run.detailsUrl;
  run.startedAt = textOf(body['started_at']) ?? run.startedAt;
  run.title = textOf(output['title']) ?? run.title;
  run.summary = textOf(output['summary']) ?? run.summary;
  run.text = textOf(output['text']) ?? run.text;
  run.conclusion = CONCLUSIONS.find((one) => one === body['conclusion']) ?? run.conclusion;
  run.status = body['conclusion'] === undefined ? (STATUSES.find((one) => one === body['status']) ?? run.status) : 'completed';
  run.completedAt =
    textOf(body['completed_at']) ?? (run.status === 'completed' ? (run.completedAt ?? formatTime(state.clock.now())) : null);
  run.annotations.push(...annotationsOf(output).map(toAnnotation));
}

function refuseCheck(body: Fields): GithubReply | null {
  const { conclusion, status, output } = body as { conclusion?: unknown; status?: unknown; output?: unknown };
  if (conclusion !== undefined && !CONCLUSIONS.some((one) => one === conclusion)) return badRequest('the conclusion is none of the known.');
  if (status === 'completed' && conclusion === undefined) return badRequest('Missing required parameter conclusion.');
  if (output === undefined) return null;
  if (!isFields(output) || typeof output['summary'] !== 'string') return badRequest('"summary" wasn\'t supplied.');
  for (const key of ['summary', 'text']) {
    const characters = [...(textOf(output[key]) ?? '')].length;
    if (characters > MOST_CHARACTERS) return badRequest(`Only ${MOST_CHARACTERS} characters are allowed; ${characters} were supplied.`);
  }
  const annotations = annotationsOf(output);
  if (annotations.length > MOST_ANNOTATIONS) {
    return badRequest(`No more than ${MOST_ANNOTATIONS} items are allowed; ${annotations.length} were supplied.`);
  }
  return annotations.every(isAnnotation)
    ? null
    : badRequest('an annotation lacks path, start_line, end_line, annotation_level or message.');
}

/** GitHub's 422 of the checks API, which names no field. */
function badRequest(why: string): GithubReply {
  return refusal(422, `Invalid request.\n\n${why}`);
}

function annotationsOf(output: Fields): readonly Fields[] {
  return Array.isArray(output['annotations']) ? output['annotations'].map((one: unknown) => (isFields(one) ? one : {})) : [];
}

function isAnnotation(one: Fields): boolean {
  const isLine = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;
  const hasTexts = ['path', 'message'].every((key) => typeof one[key] === 'string' && one[key] !== '');
  return hasTexts && isLine(one['start_line']) && isLine(one['end_line']) && LEVELS.includes(textOf(one['annotation_level']) ?? '');
}

function toAnnotation(one: Fields): CheckAnnotation {
  return {
    path: String(one['path']),
    start_line: Number(one['start_line']),
    end_line: Number(one['end_line']),
    annotation_level: String(one['annotation_level']),
    title: textOf(one['title']),
    message: String(one['message']),
  };
}

function findOrAddSuite(state: GithubState, repository: Repository, sha: string, appId: number): CheckSuite {
  const known = repository.suites.find((suite) => suite.sha === sha && suite.appId === appId);
  if (known !== undefined) return known;
  const suite = { id: state.nextId(), sha, appId, createdAt: state.clock.now() };
  repository.suites.push(suite);
  return suite;
}

function listAnnotations(ask: Ask, run: CheckRun): GithubReply {
  const { rows, headers } = pageOf(ask, run.annotations);
  return { ...ok(rows.map((one) => shapeAnnotation(ask.state, ask.repository, run, one))), headers };
}

/** `filter=latest`, the default, shows of each name and suite only the newest. */
function listChecks(ask: Ask): GithubReply {
  const { state, repository, query } = ask;
  const sha = commitOf(ask);
  const appId = query.get('app_id');
  const name = query.get('check_name');
  const status = query.get('status');
  const all = [...repository.checks.values()]
    .filter(({ suite }) => suite.sha === sha && (appId === null || suite.appId === Number(appId)))
    .filter((run) => (name === null || run.name === name) && (status === null || run.status === status))
    .toReversed();
  const seen = new Set<string>();
  const newest = all.filter((run) => !seen.has(`${run.suite.id} ${run.name}`) && seen.add(`${run.suite.id} ${run.name}`));
  const found = query.get('filter') === 'all' ? all : newest;
  const { rows, headers } = pageOf(ask, found);
  return { ...ok({ total_count: found.length, check_runs: rows.map((run) => shapeCheckRun(state, repository, run)) }), headers };
}

function listSuites(ask: Ask): GithubReply {
  const { state, repository, query } = ask;
  const sha = commitOf(ask);
  const appId = query.get('app_id');
  const found = repository.suites.filter((suite) => suite.sha === sha && (appId === null || suite.appId === Number(appId)));
  const { rows, headers } = pageOf(ask, found);
  return { ...ok({ total_count: found.length, check_suites: rows.map((suite) => shapeCheckSuite(state, repository, suite)) }), headers };
}

function commitOf({ repository, params }: Ask): string {
  const ref = params['ref'] ?? '';
  return repository.heads.get(ref) ?? ref;
}
