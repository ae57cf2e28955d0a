import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ADA_TOKEN, APP_TOKEN, FORK_TOKEN } from '../emulator/github/github-for-tests.ts';
import { type EmulatedGithub, startEmulated } from './emulated-github.ts';
import { json, message, openScripted, pageOf, REPO } from './github-world.ts';

const BRANCH = 'rollcall/renew-voice-2026-12-01';
const RENEWAL = { head: BRANCH, base: 'main', title: 'Renew voice', body: 'Two grants end.' };
const NOT_PERMITTED = 'GitHub Actions is not permitted to create or approve pull requests.';

let emulated: EmulatedGithub;
let people: EmulatedGithub['stage']['people'];
let start: string;

beforeEach(async () => {
  emulated = await startEmulated();
  people = emulated.stage.people;
  start = (await people.tip('main')) ?? '';
  await people.commitFiles(BRANCH, { 'policies/teams/voice.yaml': 'members: [] # renewed\n' }, 'Renew voice', 'github-actions[bot]');
});

afterEach(() => emulated.stop());

const propose = (pull = RENEWAL, token?: string) => emulated.open(token).pulls.propose(pull);
const pullsOpened = () => emulated.writes().filter((write) => write === 'POST /pulls');

describe('a pull request that rollcall opens', () => {
  test('is of GitHub Actions, from the branch, with its words', async () => {
    expect(await propose()).toBe(1);
    expect(await emulated.open().pulls.one(1)).toEqual({
      number: 1,
      title: 'Renew voice',
      author: 'github-actions[bot]',
      authorId: 41_898_282,
      authorIsPerson: false,
      open: true,
      mergedAt: null,
      mergeCommit: null,
      head: await people.tip(BRANCH),
      headBranch: BRANCH,
      base: 'main',
      fork: false,
    });
    expect(people.repository.issues.get(1)?.body).toBe('Two grants end.');
  });

  test('and is open already is that one', async () => {
    expect(await propose()).toBe(1);
    expect(await propose({ ...RENEWAL, title: 'Renew voice again' })).toBe(1);
    expect(people.repository.issues.size).toBe(1);
  });

  test('is another one for another base', async () => {
    await people.forcePush('release', start);
    expect(await propose({ ...RENEWAL, base: 'release' })).toBe(1);
    expect(await propose()).toBe(2);
    expect(await propose()).toBe(2);
    expect(await propose({ ...RENEWAL, base: 'release' })).toBe(1);
  });

  test('is a new one where somebody closed the last', async () => {
    expect(await propose()).toBe(1);
    await people.closePull(1);
    expect(await propose()).toBe(2);
  });

  test('whose answer was lost is found, and opened once', async () => {
    emulated.stage.github.world.faults.add({ kind: 'lost', method: 'POST', path: /\/pulls$/ });
    expect(await propose()).toBe(1);
    expect(pullsOpened()).toHaveLength(1);
  });

  test('whose answer was lost before it was opened is an error, and not sent again', async () => {
    emulated.stage.github.world.faults.add({ kind: 'lost', when: 'before', method: 'POST', path: /\/pulls$/ });
    await expect(propose()).rejects.toMatchObject({ code: 'githubUnreachable' });
    expect(pullsOpened()).toHaveLength(1);
    expect(people.repository.issues.size).toBe(0);
  });

  test('is not taken for one that was closed when its answer was lost', async () => {
    await propose();
    await people.closePull(1);
    emulated.stage.github.world.faults.add({ kind: 'lost', when: 'before', method: 'POST', path: /\/pulls$/ });
    await expect(propose()).rejects.toMatchObject({ code: 'githubUnreachable' });
  });
});

describe('a pull request that may not be opened', () => {
  test('since Actions may open none is told in the words of GitHub', async () => {
    people.letActionsPropose(false);
    expect(await propose()).toBe(NOT_PERMITTED);
    expect(people.repository.issues.size).toBe(0);
  });

  test('by Actions may be opened by an app or a person all the same', async () => {
    people.letActionsPropose(false);
    expect(await propose(RENEWAL, APP_TOKEN)).toBe(1);
    await people.closePull(1);
    expect(await propose(RENEWAL, ADA_TOKEN)).toBe(2);
  });

  test('since nothing differs is told in the words of GitHub', async () => {
    await people.forcePush(BRANCH, start);
    expect(await propose()).toBe(`No commits between main and ${BRANCH}`);
  });

  test('since the token may not is an error with the permission', async () => {
    await expect(propose(RENEWAL, FORK_TOKEN)).rejects.toThrow('The token needs the permission pull-requests: write.');
  });

  test('since its branch is gone is an error', async () => {
    await people.deleteBranch(BRANCH);
    await expect(propose()).rejects.toThrow('GitHub did not accept it (422: Validation Failed, invalid).');
  });

  test('is told without what could harm a log', async () => {
    const { github } = openScripted(() => message(403, `${NOT_PERMITTED}\n::set-output name=a::b`));
    expect(await github.pulls.propose(RENEWAL)).toBe(`${NOT_PERMITTED}\\u{a}\\u{3a}\\u{3a}set-output name\\u{3d}a\\u{3a}\\u{3a}b`);
  });

  test('since one was open that is closed by now is an error', async () => {
    const { github, lines } = openScripted(({ method, query }) =>
      method === 'GET'
        ? pageOf([], query)
        : json(422, { message: 'Validation Failed', errors: [{ message: 'A pull request already exists for acme:rollcall/x.' }] }),
    );
    await expect(github.pulls.propose(RENEWAL)).rejects.toMatchObject({ code: 'githubRejected' });
    expect(lines()).toEqual([`POST ${REPO}/pulls`, `GET ${REPO}/pulls`]);
  });
});

describe('the pull requests of a branch', () => {
  test('are all there ever were, newest first', async () => {
    const github = emulated.open();
    await propose();
    await people.closePull(1);
    emulated.stage.advance(60_000);
    await propose();
    await people.merge(2, { method: 'squash', by: 'ada' });
    const found = await github.pulls.ofBranch(BRANCH);
    expect(found.map(({ number, open, mergedAt }) => [number, open, mergedAt])).toEqual([
      [2, false, '2026-11-22T08:01:00.000Z'],
      [1, false, null],
    ]);
  });

  test('are none where there was none', async () => {
    await propose();
    expect(await emulated.open().pulls.ofBranch('rollcall/renew-voice')).toEqual([]);
  });

  test('are not those of a fork with a branch of that name', async () => {
    const fork = await people.fork('mallory');
    await fork.commitFiles(BRANCH, { 'policies/teams/voice.yaml': 'members: [mallory@acme.example]\n' }, 'Let me in', 'mallory');
    await people.openPull({ head: `mallory:${BRANCH}`, title: 'Renew voice', author: 'mallory' });
    expect(await emulated.open().pulls.ofBranch(BRANCH)).toEqual([]);
    expect(await propose()).toBe(2);
  });

  test('are asked for by owner and branch, and told apart again where GitHub filters nothing', async () => {
    const pull = (number: number, ref: string, repo: number) => ({
      number,
      title: 'Renew voice',
      user: null,
      state: 'open',
      merged_at: null,
      merge_commit_sha: null,
      head: { sha: 'a'.repeat(40), ref, repo: { id: repo } },
      base: { ref: 'main', repo: { id: 42 } },
    });
    const rows = [pull(4, BRANCH, 42), pull(3, 'topic', 42), pull(2, BRANCH, 43), pull(1, BRANCH, 42)];
    const { github, sent } = openScripted(({ query }) => pageOf(rows, query));
    expect((await github.pulls.ofBranch(BRANCH)).map(({ number }) => number)).toEqual([4, 1]);
    expect(Object.fromEntries(sent[0]?.query ?? [])).toEqual({
      head: `acme:${BRANCH}`,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: '100',
      page: '1',
    });
  });

  test('that cannot be read are an error, not none', async () => {
    await expect(openScripted(() => message(403, 'no')).github.pulls.ofBranch(BRANCH)).rejects.toThrow('pull-requests: read');
  });
});
