import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, listenOnLoopback } from '../listen-on-loopback.ts';
import { answerGithub } from './answer-github.ts';
import { readToken } from './authorise.ts';
import { createGithubWorld, type GithubWorld, type GithubWorldOptions, type OpenedWorld } from './create-github-world.ts';
import { createRateLimit } from './create-rate-limit.ts';
import { type GithubFault, replyOfFault } from './github-faults.ts';
import { type GithubReply, notFound, refusal } from './github-reply.ts';
import { findOrAddUser, type GithubToken } from './github-state.ts';
import type { GithubSeed } from './parse-github-seed.ts';
import { plantGithubSeed } from './plant-github-seed.ts';
import { readGitPath, serveGit } from './serve-git.ts';

export interface StartGithubOptions extends GithubWorldOptions {
  readonly seed: GithubSeed;
  /** 0, the default, takes a free one. */
  readonly port?: number;
}

export interface RunningGithub {
  /** For `GITHUB_API_URL`: the API is at `<origin>/repos/…`. */
  readonly origin: string;
  /** For `GITHUB_SERVER_URL`, the same: git is at `<serverUrl>/acme/access.git`. */
  readonly serverUrl: string;
  readonly world: GithubWorld;
  /** Ends every open connection at once; the repositories stay in their folder. */
  stop(): Promise<void>;
}

/** Starts an emulated GitHub on 127.0.0.1: REST v3 and git over HTTP, on real repositories in a folder. */
export async function startGithub(options: StartGithubOptions): Promise<RunningGithub> {
  const opened = createGithubWorld(options);
  await plantGithubSeed(opened.world, options.seed);
  const listener = await listenOnLoopback(options.port ?? 0, answerRequests(opened));
  opened.state.origin = listener.origin;
  return { origin: listener.origin, serverUrl: listener.origin, world: opened.world, stop: listener.stop };
}

const MAX_BODY_BYTES = 64 * 1024 * 1024;

interface Received {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  readonly token: GithubToken | 'bad' | null;
}

function answerRequests(opened: OpenedWorld): Answer {
  const { world, state, inTurn, note } = opened;
  const limit = createRateLimit(state.clock);
  return async (request, response) => {
    const body = await readBytes(request);
    const { method = '', url: path = '' } = request;
    const token = readToken(state, request.headers.authorization);
    const received = { method, path, body, token };
    const git = readGitPath(state, path);
    const fault = world.faults.take(method, path);
    const counted = git === null && token !== 'bad' ? limit.count(token) : { headers: {}, refused: null };
    const answer = () =>
      inTurn(async () => counted.refused ?? (git === null ? answerApi(opened, received) : answerGit(opened, received, git, request)));
    const reply = await throughFault(fault, answer);
    const mutating = git === null ? method !== 'GET' && method !== 'HEAD' : git.isPush && method === 'POST';
    const known = token === 'bad' ? null : token;
    note({
      method,
      path,
      status: reply?.status ?? null,
      mutating,
      tokenKind: known?.kind ?? null,
      login: known?.login ?? null,
      fault: fault?.kind ?? null,
      body: mutating && git === null ? body.toString('utf8') : '',
    });
    if (reply === null) response.socket?.resetAndDestroy();
    else send(response, reply, { ...counted.headers, 'x-github-request-id': drawRequestId(state.random) });
  };
}

async function answerApi({ state }: OpenedWorld, { method, path, body, token }: Received): Promise<GithubReply> {
  if (token === 'bad') return refusal(401, 'Bad credentials');
  return answerGithub(state, token, method, path, body.toString('utf8'));
}

async function answerGit(
  { state }: OpenedWorld,
  { method, body, token }: Received,
  git: NonNullable<ReturnType<typeof readGitPath>>,
  { headers }: IncomingMessage,
): Promise<GithubReply> {
  if (token === 'bad') return { ...refusal(401, 'Bad credentials'), headers: { 'www-authenticate': 'Basic realm="GitHub"' } };
  const { repository } = git;
  if (repository === null) return notFound();
  const user = token === null ? null : findOrAddUser(state, token.login);
  return serveGit(state, token, user, { ...git, repository, method, headers, body });
}

/** Null is a connection that ends without an answer. */
async function throughFault(fault: GithubFault | null, answer: () => Promise<GithubReply>): Promise<GithubReply | null> {
  if (fault === null) return answer();
  const takesEffect = fault.kind === 'lost' ? fault.when !== 'before' : fault.kind === 'status' && fault.when === 'after';
  if (takesEffect) await answer();
  return replyOfFault(fault);
}

function send(response: ServerResponse, { status, headers, body }: GithubReply, more: Readonly<Record<string, string>>): void {
  if (status === 204) {
    response.writeHead(status, { ...more, ...headers }).end();
    return;
  }
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body), 'utf8');
  const type = typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(status, { 'content-type': type, ...more, ...headers, 'content-length': String(bytes.length) }).end(bytes);
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('a request to the emulated GitHub is larger than 64 MiB');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function drawRequestId(random: () => number): string {
  return Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16))
    .join('')
    .toUpperCase();
}
