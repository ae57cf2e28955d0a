import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ADA_TOKEN, ask, FORK_TOKEN, git, type Stage, startStage, TOKEN } from './github-for-tests.ts';

let stage: Stage;
let desk: string;

beforeEach(async () => {
  stage = await startStage();
  desk = path.join(stage.folder, 'desk');
  await mkdir(desk);
});

afterEach(() => stage.stop());

const remote = (token: string | null) => {
  const { serverUrl } = stage.github;
  return `${token === null ? serverUrl : serverUrl.replace('http://', `http://x-access-token:${token}@`)}/acme/access.git`;
};

/** Clones and makes a commit on a branch of that name. */
async function cloneAndCommit(branch: string, token = ADA_TOKEN): Promise<string> {
  expect((await git(desk, 'clone', '--quiet', remote(token), 'access')).text).toBe('');
  const folder = path.join(desk, 'access');
  await git(folder, 'checkout', '--quiet', '-B', branch);
  await writeFile(path.join(folder, 'policies/teams/voice.yaml'), `members: [] # on ${branch}\n`);
  await git(folder, 'commit', '--quiet', '-am', 'Change the voice team');
  return folder;
}

describe('git over HTTP', () => {
  test('a person clones, pushes a branch and finds it through the API', async () => {
    const folder = await cloneAndCommit('more-voice');
    expect((await git(folder, 'push', '--quiet', 'origin', 'more-voice')).text).toBe('');
    const tip = (await git(folder, 'rev-parse', 'HEAD')).text;
    expect((await ask(stage, 'GET', 'git/ref/heads/more-voice')).body.object.sha).toBe(tip);
  });

  test('a push moves the head of the open pull request, and another clone fetches it', async () => {
    const folder = await cloneAndCommit('more-voice');
    await git(folder, 'push', '--quiet', 'origin', 'more-voice');
    const number = await stage.people.openPull({ head: 'more-voice', title: 'More voice', author: 'ada' });
    await writeFile(path.join(folder, 'more.md'), 'more\n');
    await git(folder, 'add', '.');
    await git(folder, 'commit', '--quiet', '-m', 'More');
    await git(folder, 'push', '--quiet', 'origin', 'more-voice');
    const tip = (await git(folder, 'rev-parse', 'HEAD')).text;
    expect((await ask(stage, 'GET', `pulls/${number}`)).body.head.sha).toBe(tip);
    await git(desk, 'init', '--quiet', '--bare', 'copy.git');
    await git(path.join(desk, 'copy.git'), 'fetch', '--quiet', remote(TOKEN), `refs/pull/${number}/head:refs/heads/seen`);
    expect((await git(path.join(desk, 'copy.git'), 'rev-parse', 'seen')).text).toBe(tip);
  });

  test('one commit is fetched by its id alone, without the history before it', async () => {
    const first = (await stage.people.tip('main')) ?? '';
    await stage.people.commitFiles('main', { 'more.md': 'more\n' }, 'More', 'ada');
    await git(desk, 'init', '--quiet', '--bare', 'copy.git');
    const copy = path.join(desk, 'copy.git');
    expect((await git(copy, 'fetch', '--quiet', '--depth=1', remote(TOKEN), first)).code).toBe(0);
    expect((await git(copy, 'show', '--no-patch', '--format=%an: %s', first)).text).toBe('ada: First policies');
  });

  test('a private repository asks for a token, refuses a wrong one, and lets a read-only one only read', async () => {
    expect((await git(desk, 'clone', remote(null), 'nobody')).text).toContain('could not read Username');
    expect((await git(desk, 'clone', remote('ghs_guessed'), 'guessed')).text).toContain('Authentication failed');
    const folder = await cloneAndCommit('from-a-fork', FORK_TOKEN);
    expect((await git(folder, 'push', 'origin', 'from-a-fork')).text).toContain('error: 403');
    expect(await stage.people.tip('from-a-fork')).toBe(null);
  });

  test('nobody pushes over somebody else, and nobody pushes to the heads of pull requests', async () => {
    const folder = await cloneAndCommit('main');
    const tip = await stage.people.commitFiles('main', { 'other.md': 'first\n' }, 'I was first', 'grace');
    expect((await git(folder, 'push', 'origin', 'main')).text).toContain('[rejected]');
    expect((await git(folder, 'push', 'origin', 'HEAD:refs/pull/1/head')).text).toContain('deny updating a hidden ref');
    expect(await stage.people.tip('main')).toBe(tip);
  });

  test('a direct push of a pull request to its base merges it, as on GitHub', async () => {
    const folder = await cloneAndCommit('more-voice');
    await git(folder, 'push', '--quiet', 'origin', 'more-voice');
    const number = await stage.people.openPull({ head: 'more-voice', title: 'More voice', author: 'ada' });
    await git(folder, 'push', '--quiet', 'origin', 'more-voice:main');
    const pull = (await ask(stage, 'GET', `pulls/${number}`)).body;
    expect([pull.state, pull.merged, pull.merged_by.login]).toEqual(['closed', true, 'ada']);
    expect(pull.merge_commit_sha).toBe((await git(folder, 'rev-parse', 'HEAD')).text);
  });

  test('a pull request whose last commit comes to its base in the same push is merged, not closed', async () => {
    const folder = await cloneAndCommit('more-voice');
    await git(folder, 'push', '--quiet', 'origin', 'more-voice');
    const number = await stage.people.openPull({ head: 'more-voice', title: 'More voice', author: 'ada' });
    await git(folder, 'commit', '--quiet', '--allow-empty', '-m', 'Last');
    await git(folder, 'push', '--quiet', 'origin', 'more-voice', 'more-voice:main');
    expect((await ask(stage, 'GET', `pulls/${number}`)).body).toMatchObject({
      merged: true,
      head: { sha: await stage.people.tip('main') },
    });
  });

  test('a clone and a push by path are noticed, too', async () => {
    const { folder: bare } = stage.people.repository;
    expect((await git(desk, 'clone', '--quiet', bare, 'access')).code).toBe(0);
    const folder = path.join(desk, 'access');
    await writeFile(path.join(folder, 'by-path.md'), 'by path\n');
    await git(folder, 'add', '.');
    await git(folder, 'commit', '--quiet', '-m', 'By path');
    await git(folder, 'push', '--quiet', 'origin', 'HEAD:by-path');
    expect((await ask(stage, 'GET', 'git/ref/heads/by-path')).body.object.sha).toBe((await git(folder, 'rev-parse', 'HEAD')).text);
  });

  test('what git does is in the log, with who did it', async () => {
    const folder = await cloneAndCommit('more-voice');
    await git(folder, 'push', '--quiet', 'origin', 'more-voice');
    const pushes = stage.github.world.requests.filter((request) => request.mutating);
    expect(pushes.map(({ method, path: where, status, tokenKind, login }) => [method, where, status, tokenKind, login])).toEqual([
      ['POST', '/acme/access.git/git-receive-pack', 200, 'user', 'ada'],
    ]);
  });
});
