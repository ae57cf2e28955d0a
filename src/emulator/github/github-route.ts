import type { Fields } from '../read-fields.ts';
import type { GithubReply } from './github-reply.ts';
import type { GithubState, GithubToken, Level, Permission, Repository, User } from './github-state.ts';

/** One request to the API, known to be allowed. */
export interface Ask {
  readonly state: GithubState;
  readonly repository: Repository;
  /** Null where somebody reads a public repository without a token. */
  readonly token: GithubToken | null;
  /** The token's user; the owner where there is no token, which happens only for reads. */
  readonly user: User;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The path and query, for links to other pages. */
  readonly path: string;
  readonly body: Fields;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/repos/{owner}/{repo}`; `:name` is one segment, `*name` is all the rest. */
  readonly path: string;
  /** Any one of the permissions at this level; with none named every token that sees the repository will do. */
  readonly needs: readonly [Exclude<Level, 'none'>, ...Permission[]];
  readonly answer: (ask: Ask) => GithubReply | Promise<GithubReply>;
}

/** The route of a path below the repository, and what its names stand for. */
export function findRoute(routes: readonly Route[], method: string, path: string): { route: Route; params: Record<string, string> } | null {
  for (const route of routes) {
    if (route.method !== method) continue;
    const params = matchPath(route.path, path);
    if (params !== null) return { route, params };
  }
  return null;
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const source = pattern
    .replaceAll(/[.]/g, '\\.')
    .replaceAll(/([:*])(\w+)/g, (_, kind, name) => `(?<${name}>${kind === ':' ? '[^/]+' : '.+'})`);
  const match = new RegExp(`^${source}$`).exec(path);
  if (match === null) return null;
  return Object.fromEntries(Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]));
}

const MOST_PER_PAGE = 100;

/** One page of rows with GitHub's Link header, whose addresses are absolute. */
export function pageOf<T>(
  ask: Ask,
  rows: readonly T[],
): { readonly rows: readonly T[]; readonly headers: Readonly<Record<string, string>> } {
  const size = Math.min(MOST_PER_PAGE, wholeNumber(ask.query.get('per_page'), 30));
  const page = wholeNumber(ask.query.get('page'), 1);
  const last = Math.max(1, Math.ceil(rows.length / size));
  const links = [
    ...(page > 1 ? [linkTo(ask, page - 1, 'prev')] : []),
    ...(page < last ? [linkTo(ask, page + 1, 'next'), linkTo(ask, last, 'last')] : []),
    ...(page > 1 ? [linkTo(ask, 1, 'first')] : []),
  ];
  return { rows: rows.slice((page - 1) * size, page * size), headers: links.length === 0 ? {} : { link: links.join(', ') } };
}

function linkTo({ state, path }: Ask, page: number, rel: string): string {
  const url = new URL(path, state.origin);
  url.searchParams.set('page', String(page));
  return `<${url.href}>; rel="${rel}"`;
}

function wholeNumber(text: string | null, otherwise: number): number {
  return text !== null && /^[1-9]\d{0,6}$/.test(text) ? Number(text) : otherwise;
}

export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
