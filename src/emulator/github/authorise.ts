import { type GithubReply, notFound, refusal } from './github-reply.ts';
import type { Route } from './github-route.ts';
import { fullName, type GithubState, type GithubToken, type Permission, type Repository } from './github-state.ts';

/** The token of a request: `Bearer`, `token`, or as git sends it, `Basic x-access-token:TOKEN`. `bad` is one that nobody has. */
export function readToken(state: GithubState, authorization: string | undefined): GithubToken | 'bad' | null {
  if (authorization === undefined || authorization === '') return null;
  const [, scheme = '', value = ''] = /^(\w+) +(\S+)$/.exec(authorization) ?? [];
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  const given = scheme.toLowerCase() === 'basic' ? decoded.slice(decoded.indexOf(':') + 1) : value;
  return state.tokens.find((token) => token.value === given) ?? 'bad';
}

/** What is not for everybody to read, in a public repository either. */
const GUARDED: readonly Permission[] = ['administration', 'environments', 'secrets'];

/** Null when the token may; else what GitHub answers. What a token may not see is not there. */
export function refuseAccess(
  repository: Repository,
  token: GithubToken | null,
  [level, ...permissions]: Route['needs'],
): GithubReply | null {
  const isHere = token !== null && token.repository.toLowerCase() === fullName(repository).toLowerCase();
  if (repository.isPrivate && !isHere) return notFound();
  if (level === 'write' && token === null) return refusal(401, 'Requires authentication');
  const isOpen = !repository.isPrivate && !permissions.some((name) => GUARDED.includes(name));
  if (level === 'read' && (isOpen || permissions.length === 0)) return null;
  if (isHere && permissions.includes('administration') && !isAdministrator(repository, token)) {
    return refusal(403, 'Must have admin rights to Repository.');
  }
  if (isHere && permissions.some((name) => isEnough(token.permissions[name] ?? 'none', level))) return null;
  const header = permissions.map((name) => `${name.replaceAll('-', '_')}=${level}`).join('; ');
  return { ...refusal(403, notAccessible(token)), headers: { 'x-accepted-github-permissions': header } };
}

/** A person's token gives no more than the person has; that of an app or a job depends on nobody. */
export function isAdministrator(repository: Repository, token: GithubToken): boolean {
  return token.kind !== 'user' || repository.roles.get(token.login.toLowerCase()) === 'admin';
}

export function notAccessible(token: GithubToken | null): string {
  return `Resource not accessible by ${token?.kind === 'user' ? 'personal access token' : 'integration'}`;
}

function isEnough(has: string, needed: 'read' | 'write'): boolean {
  return has === 'write' || has === needed;
}
