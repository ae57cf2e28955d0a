import { type Fields, isFields } from '../read-fields.ts';
import { ACTIONS_ROUTES } from './answer-actions.ts';
import { CHECK_ROUTES } from './answer-checks.ts';
import { ENVIRONMENT_ROUTES } from './answer-environments.ts';
import { GIT_DATA_ROUTES } from './answer-git-data.ts';
import { ISSUE_ROUTES } from './answer-issues.ts';
import { PROTECTION_ROUTES } from './answer-protection.ts';
import { PULL_ROUTES } from './answer-pulls.ts';
import { REPOSITORY_ROUTES } from './answer-repository.ts';
import { notAccessible, refuseAccess } from './authorise.ts';
import { type GithubReply, notFound, ok, refusal } from './github-reply.ts';
import { findRoute, type Route } from './github-route.ts';
import type { Schemas } from './github-schemas.ts';
import { findOrAddUser, type GithubState, type GithubToken } from './github-state.ts';
import { shapeOwnUser } from './shape-user.ts';

const ROUTES: readonly Route[] = [
  ...PULL_ROUTES,
  ...ISSUE_ROUTES,
  ...CHECK_ROUTES,
  ...GIT_DATA_ROUTES,
  ...REPOSITORY_ROUTES,
  ...PROTECTION_ROUTES,
  ...ENVIRONMENT_ROUTES,
  ...ACTIONS_ROUTES,
];

/** One request to the REST API, by a token that is known or by nobody. `path` is with its query. */
export async function answerGithub(
  state: GithubState,
  token: GithubToken | null,
  method: string,
  path: string,
  text: string,
): Promise<GithubReply> {
  const url = new URL(path, state.origin);
  const [, owner, name, rest = ''] = /^\/repos\/([^/]+)\/([^/]+?)(\/.*)?$/.exec(url.pathname) ?? [];
  if (owner === undefined || name === undefined) return answerElsewhere(state, token, method, url.pathname);
  const repository = state.repositories.get(`${owner}/${name}`.toLowerCase());
  if (repository === undefined) return notFound();
  const found = findRoute(ROUTES, method, rest);
  if (found === null) return notFound();
  const refused = refuseAccess(repository, token, found.route.needs);
  if (refused !== null) return refused;
  const body = text === '' ? {} : readJson(text);
  if (body === null) return refusal(400, 'Problems parsing JSON');
  const user = findOrAddUser(state, token?.login ?? repository.owner);
  return found.route.answer({ state, repository, token, user, params: found.params, query: url.searchParams, path, body });
}

/** What belongs to no repository. */
function answerElsewhere(state: GithubState, token: GithubToken | null, method: string, path: string): GithubReply {
  if (method === 'GET' && path === '/user') {
    if (token === null) return refusal(401, 'Requires authentication');
    return token.kind === 'user' ? ok(shapeOwnUser(state, findOrAddUser(state, token.login))) : refusal(403, notAccessible(token));
  }
  const [, org = '', slug = '', login = ''] = /^\/orgs\/([^/]+)\/teams\/([^/]+)\/memberships\/([^/]+)$/.exec(path) ?? [];
  return method === 'GET' && login !== '' ? showMembership(state, token, `${org}/${slug}`, decodeURIComponent(login)) : notFound();
}

/** An Actions token belongs to a repository and may read nothing of the organisation. */
function showMembership(state: GithubState, token: GithubToken | null, team: string, login: string): GithubReply {
  if (token === null) return refusal(401, 'Requires authentication');
  if (token.kind === 'actions' || (token.permissions.members ?? 'none') === 'none') return refusal(403, notAccessible(token));
  if (state.teams.get(team.toLowerCase())?.has(login.toLowerCase()) !== true) return notFound();
  const [org, slug] = team.split('/');
  const url = `${state.origin}/organizations/${org}/team/${slug}/memberships/${encodeURIComponent(login)}`;
  const answer: Schemas['team-membership'] = { url, role: 'member', state: 'active' };
  return ok(answer);
}

function readJson(text: string): Fields | null {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}
