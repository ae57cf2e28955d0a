import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** Git over HTTP on loopback, as a host of repositories speaks it; `git http-backend` does the work. */
export interface GitServer {
  readonly url: string;
  /** Method, path and credential of every request. */
  readonly asked: { readonly path: string; readonly authorization: string | null }[];
  /** Where every request is sent instead; null: nowhere. */
  redirectTo: string | null;
  stop(): Promise<void>;
}

export async function startGitServer(root: string, token: string | null): Promise<GitServer> {
  const wanted = token === null ? null : `basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
  const asked: GitServer['asked'] = [];
  const server = createServer((request, response) => {
    const authorization = request.headers.authorization ?? null;
    asked.push({ path: request.url ?? '', authorization });
    if (state.redirectTo !== null) response.writeHead(302, { location: `${state.redirectTo}${request.url}` }).end();
    else if (wanted !== null && authorization !== wanted) response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    else answer(root, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const state: GitServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    redirectTo: null,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return state;
}

function answer(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://git.example');
  const env = {
    PATH: process.env['PATH'] ?? '',
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: url.pathname,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
  };
  const backend = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const chunks: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  backend.stdin.on('error', () => undefined);
  request.pipe(backend.stdin);
  backend.on('close', () => {
    const reply = Buffer.concat(chunks);
    const end = reply.indexOf('\r\n\r\n');
    const headers = reply
      .subarray(0, end)
      .toString()
      .split('\r\n')
      .map((line): [string, string] => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
    const status = headers.find(([name]) => name === 'Status')?.[1] ?? '200';
    response.writeHead(Number(status.slice(0, 3)), Object.fromEntries(headers.filter(([name]) => name !== 'Status')));
    response.end(reply.subarray(end + 4));
  });
}

/** What stands at a path: text, or an entry of another kind by its mode and object. */
export type Entry = string | { readonly mode: '120000' | '160000' | '100755'; readonly content: string };

/** A repository on the server that a test writes commit by commit, without any work tree. */
export interface Written {
  /** A commit with just these files, on top of these parents, and a ref that points at it. */
  commit(ref: string | null, files: Readonly<Record<string, Entry>>, ...parents: readonly string[]): string;
  git(args: readonly string[], stdin?: string): string;
}

const AUTHOR = { name: 'Ada', email: 'ada@acme.example', date: '@1795338000 +0000' };

export function writeRepository(folder: string): Written {
  mkdirSync(folder, { recursive: true });
  const env = {
    PATH: process.env['PATH'] ?? '',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...Object.fromEntries(
      Object.entries(AUTHOR).flatMap(([key, value]) => [
        [`GIT_AUTHOR_${key.toUpperCase()}`, value],
        [`GIT_COMMITTER_${key.toUpperCase()}`, value],
      ]),
    ),
  };
  const git = (args: readonly string[], stdin = '', more: Readonly<Record<string, string>> = {}): string => {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, env: { ...env, ...more }, input: stdin, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.trimEnd();
  };
  git(['init', '--quiet', '--bare', '--initial-branch=main']);
  return {
    git,
    commit: (ref, files, ...parents) => {
      const index = { GIT_INDEX_FILE: path.join(folder, 'index-of-test') };
      git(['read-tree', '--empty'], '', index);
      const entries = Object.entries(files).map(([name, entry]) => {
        const [mode, content] = typeof entry === 'string' ? ['100644', entry] : [entry.mode, entry.content];
        return `${mode} ${mode === '160000' ? content : git(['hash-object', '-w', '--stdin'], content)}\t${name}\0`;
      });
      git(['update-index', '-z', '--index-info'], entries.join(''), index);
      const tree = git(['write-tree', '--missing-ok'], '', index);
      const commit = git(['commit-tree', tree, '-m', 'Change', ...parents.flatMap((parent) => ['-p', parent])]);
      if (ref !== null) git(['update-ref', ref, commit]);
      return commit;
    },
  };
}
