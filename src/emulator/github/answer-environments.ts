import { type GithubReply, notFound, ok } from './github-reply.ts';
import { type Ask, pageOf, type Route } from './github-route.ts';
import type { Schemas } from './github-schemas.ts';
import { type Environment, findOrAddUser, formatTime } from './github-state.ts';
import { apiUrl, htmlUrl } from './shape-repository.ts';
import { shapeUser } from './shape-user.ts';

/** Environments, and the names of secrets in them and beside them. */
export const ENVIRONMENT_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/environments', needs: ['read', 'actions'], answer: listEnvironments },
  {
    method: 'GET',
    path: '/environments/:environment',
    needs: ['read', 'actions'],
    answer: (ask) => withEnvironment(ask, (environment, id) => ok(shapeEnvironment(ask, environment, id))),
  },
  {
    method: 'GET',
    path: '/environments/:environment/deployment-branch-policies',
    needs: ['read', 'actions'],
    answer: (ask) => withEnvironment(ask, (environment) => listPolicies(ask, environment)),
  },
  {
    method: 'GET',
    path: '/environments/:environment/secrets',
    needs: ['read', 'environments'],
    answer: (ask) => withEnvironment(ask, ({ secrets = [] }) => listSecrets(ask, secrets)),
  },
  {
    method: 'GET',
    path: '/actions/secrets',
    needs: ['read', 'secrets'],
    answer: (ask) => listSecrets(ask, ask.repository.protection.secrets),
  },
  {
    method: 'GET',
    path: '/actions/organization-secrets',
    needs: ['read', 'secrets'],
    answer: (ask) => listSecrets(ask, ask.repository.protection.organizationSecrets, { visibility: 'selected' }),
  },
];

function withEnvironment(ask: Ask, act: (environment: Environment, id: number) => GithubReply): GithubReply {
  const name = ask.params['environment']?.toLowerCase();
  const at = ask.repository.environments.findIndex((one) => one.name.toLowerCase() === name);
  const environment = ask.repository.environments[at];
  return environment === undefined ? notFound() : act(environment, at + 1);
}

function listEnvironments(ask: Ask): GithubReply {
  const { rows, headers } = pageOf(ask, ask.repository.environments);
  const environments = rows.map((environment, index) => shapeEnvironment(ask, environment, index + 1));
  return { ...ok({ total_count: ask.repository.environments.length, environments }), headers };
}

/** `can_admins_bypass` stands in every answer of github.com, but not in its published description. */
function shapeEnvironment({ state, repository }: Ask, environment: Environment, id: number) {
  const { name, limitsBranches, letsAdminsBypass = true, reviewers = [], waitMinutes = 0 } = environment;
  const at = formatTime(repository.createdAt);
  const people = reviewers.map((login) => ({ type: 'User' as const, reviewer: shapeUser(state, findOrAddUser(state, login)) }));
  return {
    id,
    node_id: `EN_${id}`,
    name,
    url: `${apiUrl(state, repository)}/environments/${name}`,
    html_url: `${htmlUrl(state, repository)}/deployments/activity_log?environments_filter=${name}`,
    created_at: at,
    updated_at: at,
    can_admins_bypass: letsAdminsBypass,
    protection_rules: [
      ...(waitMinutes > 0 ? [{ id: 1, node_id: 'GA_1', type: 'wait_timer', wait_timer: waitMinutes }] : []),
      ...(people.length > 0 ? [{ id: 2, node_id: 'GA_2', type: 'required_reviewers', prevent_self_review: false, reviewers: people }] : []),
      ...(limitsBranches ? [{ id: 3, node_id: 'GA_3', type: 'branch_policy' }] : []),
    ],
    deployment_branch_policy: limitsBranches
      ? { protected_branches: environment.branches === 'protected', custom_branch_policies: environment.branches !== 'protected' }
      : null,
  } satisfies Schemas['environment'] & { readonly can_admins_bypass: boolean };
}

/** GitHub answers 404 where the branches are not named one by one. Source: github-community-projects/safe-settings#746. */
function listPolicies(ask: Ask, { limitsBranches, branches = [] }: Environment): GithubReply {
  if (!limitsBranches || branches === 'protected') return notFound();
  const { rows, headers } = pageOf(ask, branches);
  const policies: Schemas['deployment-branch-policy'][] = rows.map((text, at) => {
    const isTag = text.startsWith('tag ');
    return { id: at + 1, node_id: `DBP_${at + 1}`, name: isTag ? text.slice(4) : text, type: isTag ? 'tag' : 'branch' };
  });
  return { ...ok({ total_count: branches.length, branch_policies: policies }), headers };
}

function listSecrets(ask: Ask, names: readonly string[], more: object = {}): GithubReply {
  const { rows, headers } = pageOf(ask, names);
  const at = formatTime(ask.repository.createdAt);
  const secrets: Schemas['actions-secret'][] = rows.map((name) => ({ name, created_at: at, updated_at: at, ...more }));
  return { ...ok({ total_count: names.length, secrets }), headers };
}
