import type { GitHub } from '../../src/github/github.ts';
import { openGitHub } from '../../src/github/open-github.ts';
import type { Http, HttpReply, HttpRequest } from '../../src/ports.ts';
import { createJumpingClock, type JumpingClock } from '../support/provider-world.ts';

export const API = 'https://api.acme.example';
export const TOKEN = 'ghs_canary+/=token&0123456789';
export const MEMBERS_TOKEN = 'github_pat_members_9876543210';
export const ACTIONS = { userId: 41_898_282, appId: 15_368 };
export const REPO = '/repos/acme/access';

/** One request as a script sees it: the path without the origin, the query and the body read. */
export interface Asked {
  readonly method: HttpRequest['method'];
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly request: HttpRequest;
}

export interface GitHubWorld {
  readonly github: GitHub;
  readonly clock: JumpingClock;
  readonly sent: readonly Asked[];
  /** `GET /repos/acme/access`, in the order they were sent. */
  readonly lines: () => string[];
}

export interface GitHubWorldOptions {
  readonly membersToken?: string | null;
  readonly identity?: { readonly userId: number; readonly appId: number } | null;
  readonly interrupted?: AbortSignal;
  readonly pace?: boolean;
}

/** rollcall's GitHub in front of a script that answers each request. */
export function openScripted(script: (asked: Asked) => HttpReply, options: GitHubWorldOptions = {}): GitHubWorld {
  const clock = createJumpingClock();
  const sent: Asked[] = [];
  const http: Http = {
    send: async (request) => {
      const url = new URL(request.url);
      if (url.origin !== API) throw new Error(`a request left for ${url.origin}`);
      const asked: Asked = {
        method: request.method,
        path: decodeURIComponent(url.pathname),
        query: url.searchParams,
        body: request.body === undefined ? {} : JSON.parse(request.body),
        request,
      };
      sent.push(asked);
      return script(asked);
    },
    close: async () => undefined,
  };
  const github = openGitHub({
    apiUrl: API,
    serverUrl: 'https://github.acme.example',
    repository: 'acme/access',
    token: TOKEN,
    membersToken: null,
    http,
    clock,
    identity: ACTIONS,
    pace: false,
    interrupted: new AbortController().signal,
    ...options,
  });
  return { github, clock, sent, lines: () => sent.map(({ method, path }) => `${method} ${path}`) };
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpReply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'reply', status, headers: { 'content-type': 'application/json; charset=utf-8', ...headers }, body: text };
}

export function message(status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpReply {
  return json(status, { message: text, documentation_url: 'https://docs.github.acme.example/rest' }, headers);
}

export const LOST: HttpReply = { kind: 'lost', reason: 'the connection was reset' };
export const SECONDARY = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';

/** The rows of one page, as GitHub cuts them, with a Link header that leads astray. */
export function pageOf(rows: readonly unknown[], query: URLSearchParams): HttpReply {
  const size = Number(query.get('per_page'));
  const from = (Number(query.get('page')) - 1) * size;
  const link = '<https://elsewhere.example/next>; rel="next", <https://elsewhere.example/last>; rel="last"';
  return json(200, rows.slice(from, from + size), { link });
}

export interface WireComment {
  readonly id: number;
  body: string;
  readonly user: { readonly id: number; readonly login: string } | null;
  readonly performed_via_github_app: { readonly id: number } | null;
}

export function commentOf(id: number, body: string, by: 'us' | number | 'anotherApp' | 'ghost' = 'us'): WireComment {
  const user = by === 'ghost' ? null : { id: typeof by === 'number' ? by : ACTIONS.userId, login: 'somebody' };
  const app = by === 'us' ? { id: ACTIONS.appId } : by === 'anotherApp' ? { id: 999 } : null;
  return { id, body, user, performed_via_github_app: app };
}

/** The comments of pull request 7, kept as GitHub keeps them; `fault` answers in its stead, before or after the deed. */
export function keepComments(
  comments: WireComment[],
  fault: (asked: Asked, done: () => HttpReply) => HttpReply | null = () => null,
): (asked: Asked) => HttpReply {
  const answer = ({ method, path, query, body }: Asked): HttpReply => {
    if (method === 'GET') return pageOf(comments, query);
    if (method === 'POST') {
      const made = commentOf(1000 + comments.length, String(body['body']));
      comments.push(made);
      return json(201, made);
    }
    const found = comments.find(({ id }) => path.endsWith(`/${id}`));
    if (found === undefined) return message(404, 'Not Found');
    found.body = String(body['body']);
    return json(200, found);
  };
  return (asked) => fault(asked, () => answer(asked)) ?? answer(asked);
}
