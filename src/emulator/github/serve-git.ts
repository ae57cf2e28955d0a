import type { IncomingHttpHeaders } from 'node:http';
import { refuseAccess } from './authorise.ts';
import { type GithubReply, notFound } from './github-reply.ts';
import { fullName, type GithubState, type GithubToken, type Repository, type User } from './github-state.ts';
import { noticePushes } from './notice-pushes.ts';

export interface GitRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
  readonly repository: Repository;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  readonly action: string;
  readonly query: string;
  readonly isPush: boolean;
}

const PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)(?:\?(.*))?$/;

/** Whether a path is git's, and what it asks for; `repository` null where there is none of that name. */
export function readGitPath(state: GithubState, path: string) {
  const match = PATH.exec(path);
  if (match === null) return null;
  const [, owner = '', name = '', action = '', query = ''] = match;
  const isPush = action === 'git-receive-pack' || query.includes('service=git-receive-pack');
  return { repository: state.repositories.get(`${owner}/${name}`.toLowerCase()) ?? null, action, query, isPush };
}

/**
 * Git's smart HTTP by git's own `http-backend`. Settings are GitHub's. A commit may be asked for by id, and nobody pushes to
 * `refs/pull`.
 */
export async function serveGit(
  state: GithubState,
  token: GithubToken | null,
  user: User | null,
  request: GitRequest,
): Promise<GithubReply> {
  const { repository, isPush } = request;
  const refused = refuseAccess(repository, token, [isPush ? 'write' : 'read', 'contents']);
  if (refused !== null) return token === null ? askForToken() : refused.status === 404 ? notFound() : refused;
  const env = {
    GIT_PROJECT_ROOT: state.folder,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: `/${fullName(repository)}.git/${request.action}`,
    REQUEST_METHOD: request.method,
    QUERY_STRING: request.query,
    CONTENT_TYPE: headerOf(request, 'content-type'),
    CONTENT_LENGTH: String(request.body.length),
    HTTP_CONTENT_ENCODING: headerOf(request, 'content-encoding'),
    GIT_PROTOCOL: headerOf(request, 'git-protocol'),
    REMOTE_USER: user?.login ?? '',
    REMOTE_ADDR: '127.0.0.1',
    ...asConfiguration({
      'http.receivepack': String(isPush),
      'receive.hideRefs': 'refs/pull',
      'uploadpack.allowAnySHA1InWant': 'true',
      'uploadpack.allowFilter': 'true',
    }),
  };
  const isGreeting = !isPush && request.action === 'info/refs' && env.GIT_PROTOCOL === 'version=2';
  const known = isGreeting ? GREETINGS.get(repository) : undefined;
  if (known !== undefined) return known;
  const { stdout } = await state.gitIn(state.folder).run(['http-backend'], request.body, env);
  if (isPush) repository.git.forgetRefs();
  if (isPush && request.action === 'git-receive-pack') await noticePushes(state, repository, user);
  const reply = parseCgi(Buffer.from(stdout));
  if (isGreeting && reply.status === 200) GREETINGS.set(repository, reply);
  return reply;
}

/** In protocol version 2 the first answer names what git can do and no ref, so it is the same every time. */
const GREETINGS = new WeakMap<Repository, GithubReply>();

function askForToken(): GithubReply {
  return {
    status: 401,
    headers: { 'www-authenticate': 'Basic realm="GitHub"', 'content-type': 'text/plain' },
    body: Buffer.from('Repository not found.'),
  };
}

function headerOf({ headers }: GitRequest, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

function asConfiguration(settings: Readonly<Record<string, string>>): Record<string, string> {
  const pairs = Object.entries(settings).flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return Object.fromEntries([['GIT_CONFIG_COUNT', String(pairs.length / 2)], ...pairs]);
}

/** Headers, an empty line, the body; a line `Status:` is the status where it is not 200. */
function parseCgi(bytes: Buffer): GithubReply {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return { status: 500, headers: { 'content-type': 'text/plain' }, body: Buffer.from('git gave no answer') };
  const lines = bytes
    .subarray(0, end)
    .toString('latin1')
    .split('\r\n')
    .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const);
  const { status, ...headers } = Object.fromEntries(lines) as Record<string, string>;
  return { status: Number.parseInt(status ?? '200', 10), headers, body: bytes.subarray(end + 4) };
}
