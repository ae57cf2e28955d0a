import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { emulateGithub } from '../../../src/commands/emulate-github.ts';
import { createRun } from '../../../src/commands/run-context.ts';
import { parseGithubSeed } from '../../../src/emulator/github/parse-github-seed.ts';
import { createRealWorld } from '../../../src/real-world.ts';
import { git, type Json, SEED } from './github-for-tests.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'emulate-github-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

interface Emulated {
  readonly text: () => string;
  /** What its `export` lines set. */
  readonly env: () => Readonly<Record<string, string>>;
  stop(): Promise<number>;
}

/** Runs the command as the command line does, until it has said how to stop it. */
async function emulate(policies: string, seed: string | null = null): Promise<Emulated> {
  const interrupted = new AbortController();
  let text = '';
  let said: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    said = resolve;
  });
  const write = (more: string) => {
    text += more;
    if (text.includes('Ctrl-C')) said();
  };
  const real = createRealWorld(process, interrupted.signal, interrupted.signal);
  const world = { ...real, env: { TMPDIR: folder }, stdout: { write, isTerminal: false, columns: 120 } };
  const flags = {
    policies,
    account: [],
    format: 'text',
    out: null,
    quiet: true,
    colour: false,
    ledger: path.join(folder, 'ledger'),
    debug: false,
  } as const;
  const ended = emulateGithub(createRun(world, flags), { port: 0, seed });
  await Promise.race([ready, ended]);
  return {
    text: () => text,
    env: () => Object.fromEntries([...text.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value])),
    stop: () => {
      interrupted.abort();
      return ended;
    },
  };
}

const policies = new URL('../../../policies', import.meta.url).pathname;

describe('rollcall emulate github', () => {
  test('what it prints is enough to clone the policies, to change them and to have the change merged', async () => {
    const emulated = await emulate(policies);
    const { GITHUB_API_URL = '', GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_TOKEN } = emulated.env();
    expect([GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_TOKEN]).toEqual([GITHUB_API_URL, 'acme/access', 'ghs_EMULATED-actions']);
    const [, address = ''] = /^git clone (\S+)$/m.exec(emulated.text()) ?? [];
    expect((await git(folder, 'clone', '--quiet', address, 'access')).text).toBe('');
    const desk = path.join(folder, 'access');
    expect((await readdir(path.join(desk, 'policies'))).toSorted()).toEqual(['accounts', 'approvals', 'people', 'rosters', 'teams']);
    await git(desk, 'rm', '--quiet', 'policies/teams/voice.yaml');
    await git(desk, 'commit', '--quiet', '-m', 'No more voice');
    await git(desk, 'push', '--quiet', 'origin', 'HEAD:less-voice');
    const as = async (who: string, method: string, where: string, body: unknown): Promise<Json> => {
      const headers = { authorization: `Bearer ghp_EMULATED-${who}` };
      const url = `${GITHUB_API_URL}/repos/acme/access/${where}`;
      return (await fetch(url, { method, headers, body: JSON.stringify(body) })).json();
    };
    const pull = await as('ada', 'POST', 'pulls', { head: 'less-voice', base: 'main', title: 'No more voice' });
    expect(pull).toMatchObject({ number: 1, user: { login: 'ada' }, mergeable: true, changed_files: 1 });
    expect(await as('ada', 'POST', 'pulls', { head: 'less-voice', base: 'main', title: 'Again' })).toMatchObject({
      errors: [{ message: 'A pull request already exists for acme:less-voice.' }],
    });
    expect(await as('grace', 'POST', 'pulls/1/reviews', { event: 'APPROVE' })).toMatchObject({
      state: 'APPROVED',
      commit_id: pull.head.sha,
    });
    expect(await as('grace', 'PUT', 'pulls/1/merge', { merge_method: 'squash' })).toMatchObject({ merged: true });
    await git(desk, 'fetch', '--quiet', 'origin', 'main');
    expect((await git(desk, 'log', '-1', '--format=%s', 'FETCH_HEAD')).text).toBe('No more voice (#1)');
    expect(await emulated.stop()).toBe(0);
  });

  test('without policies there is a repository all the same', async () => {
    const emulated = await emulate(path.join(folder, 'nowhere'));
    expect(emulated.text()).toContain('export GITHUB_REPOSITORY=acme/access');
    await emulated.stop();
  });

  test('a seed file that is not there says so', async () => {
    await expect(emulate(policies, path.join(folder, 'seed.json'))).rejects.toThrow('not a seed for the emulator: there is no such file.');
  });
});

describe('a seed', () => {
  test('is read as it is written', () => {
    expect(parseGithubSeed(JSON.parse(JSON.stringify(SEED)), 'seed.json')).toEqual(SEED);
  });

  test.each([
    [{}, 'repositories is not a list'],
    [{ repositories: [], token: [] }, 'the seed has an unknown key token; known are users, repositories, tokens, teams'],
    [{ repositories: [{ owner: 'acme' }] }, 'repositories[0].name is not a text of at least one character'],
    [
      { repositories: [{ owner: 'acme', name: 'access', actionsMayPropose: 'no' }] },
      'repositories[0].actionsMayPropose is neither true nor false',
    ],
    [
      { repositories: [], tokens: [{ ...SEED.tokens[0], permissions: { contents: 'all' } }] },
      'tokens[0].permissions.contents is not one of none, read, write',
    ],
  ])('that is wrong says where: %j', (seed, why) => {
    expect(() => parseGithubSeed(seed, 'seed.json')).toThrow(`seed.json: not a seed for the emulator: ${why}.`);
  });
});
