import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { People } from '../../../src/emulator/github/open-people.ts';
import type { GithubSeed } from '../../../src/emulator/github/parse-github-seed.ts';
import { type RunningGithub, startGithub } from '../../../src/emulator/github/start-github.ts';
import { createRealWorld } from '../../../src/real-world.ts';
import { createRandom } from '../../../src/text/create-random.ts';

export const START = Date.parse('2026-11-22T08:00:00Z');
export const TOKEN = 'ghs_actions-of-acme';
export const FORK_TOKEN = 'ghs_read-only-of-a-fork';
export const APP_TOKEN = 'ghs_app-of-acme';
export const ADA_TOKEN = 'ghp_ada-of-acme';

const ALL = { contents: 'write', 'pull-requests': 'write', checks: 'write', issues: 'write' } as const;
const READ = { contents: 'read', 'pull-requests': 'read', checks: 'read', issues: 'read' } as const;
const BOT = { kind: 'actions', userId: 41_898_282, login: 'github-actions[bot]', appId: 15_368, repository: 'acme/access' } as const;

export const SEED: GithubSeed = {
  users: [
    { login: 'ada', id: 101 },
    { login: 'grace', id: 102 },
    { login: 'mallory', id: 666 },
  ],
  repositories: [
    {
      owner: 'acme',
      name: 'access',
      isPrivate: true,
      files: { 'README.md': 'Who may do what.\n', 'policies/teams/voice.yaml': 'members: []\n' },
      author: 'ada',
      roles: { ada: 'write', grace: 'maintain' },
    },
  ],
  tokens: [
    { ...BOT, value: TOKEN, permissions: ALL },
    { ...BOT, value: FORK_TOKEN, permissions: READ },
    { ...BOT, value: APP_TOKEN, kind: 'app', userId: 777, login: 'rollcall[bot]', appId: 4242, permissions: { ...ALL, members: 'read' } },
    { ...BOT, value: ADA_TOKEN, kind: 'user', userId: 101, login: 'ada', appId: null, permissions: { ...ALL, members: 'read' } },
  ],
  teams: { 'acme/security': ['grace'] },
};

const never = new AbortController().signal;
const realGit = createRealWorld(process, never, never).git;

export interface Stage {
  readonly github: RunningGithub;
  readonly people: People;
  /** A folder that goes with the test. */
  readonly folder: string;
  advance(ms: number): void;
  stop(): Promise<void>;
}

/** An emulated GitHub with acme/access in it, on a clock that moves only when told. */
export async function startStage(seed: GithubSeed = SEED): Promise<Stage> {
  const folder = await mkdtemp(path.join(tmpdir(), 'emulated-github-'));
  let now = START;
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
  const github = await startGithub({ clock, random: createRandom(7), git: realGit, folder, seed });
  return {
    github,
    people: github.world.repository(),
    folder,
    advance: (ms) => {
      now += ms;
    },
    stop: async () => {
      await github.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

// The answers are looked at field by field; a schema would only say again what the compiler has checked.

export type Json = ReturnType<typeof JSON.parse>;

export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers: Headers;
}

/** Asks the API as rollcall does. */
export async function ask({ github }: Stage, method: string, where: string, body?: unknown, token: string | null = TOKEN): Promise<Answer> {
  const url = where.startsWith('http')
    ? where
    : `${github.origin}${where.startsWith('/') ? where : `/repos/acme/access${where === '' ? '' : `/${where}`}`}`;
  const response = await fetch(url, {
    method,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text), headers: response.headers };
}

/** Runs git as a person's machine does; gives what it prints, errors included. */
export function git(folder: string, ...args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
    const person = ['-c', 'user.name=ada', '-c', 'user.email=ada@acme.example'];
    const child = spawn('git', [...person, ...args], { cwd: folder, env });
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.stderr.on('data', (part: Buffer) => parts.push(part));
    child.on('close', (code) => resolve({ code: code ?? 1, text: Buffer.concat(parts).toString('utf8').trim() }));
  });
}
