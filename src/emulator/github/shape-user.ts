import type { Schemas } from './github-schemas.ts';
import { ACTIONS_APP_ID, ACTIONS_BOT, formatTime, type GithubState, type Repository, type User } from './github-state.ts';

/** A user as answers carry one. */
export function shapeUser(state: GithubState, { id, login, type }: User) {
  const url = `${state.origin}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: `U_${id}`,
    avatar_url: `${state.origin}/avatars/${id}`,
    gravatar_id: '',
    url,
    html_url: `${state.origin}/${encodeURIComponent(login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  } satisfies Schemas['simple-user'];
}

/** An app as comments and checks carry one. */
export function shapeApp(state: GithubState, appId: number) {
  const speaker = state.tokens.find((token) => token.appId === appId);
  const slug = appId === ACTIONS_APP_ID ? 'github-actions' : (speaker?.login ?? `app-${appId}`).replace('[bot]', '');
  return {
    id: appId,
    slug,
    node_id: `A_${appId}`,
    owner: shapeUser(state, { id: 9919, login: 'github', type: 'Organization' }),
    name: appId === ACTIONS_APP_ID ? 'GitHub Actions' : slug,
    description: '',
    external_url: `${state.origin}/apps/${slug}`,
    html_url: `${state.origin}/apps/${slug}`,
    created_at: '2018-07-30T09:30:17Z',
    updated_at: '2018-07-30T09:30:17Z',
    permissions: { metadata: 'read' },
    events: [],
  } satisfies Schemas['integration'];
}

/** The user of `GET /user`. */
export function shapeOwnUser(state: GithubState, user: User) {
  const since = formatTime(0);
  return {
    ...shapeUser(state, user),
    name: user.login,
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: since,
    updated_at: since,
  } satisfies Schemas['public-user'];
}

/** How somebody stands to a repository. */
export function associationOf(repository: Repository, user: User): Schemas['author-association'] {
  if (user.login.toLowerCase() === repository.owner.toLowerCase()) return 'OWNER';
  if (user.id === ACTIONS_BOT.id) return 'NONE';
  return (repository.roles.get(user.login.toLowerCase()) ?? 'none') === 'none' ? 'NONE' : 'COLLABORATOR';
}
