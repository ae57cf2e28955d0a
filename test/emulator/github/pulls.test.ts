import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ADA_TOKEN, APP_TOKEN, ask, git, type Json, SEED, type Stage, startStage } from './github-for-tests.ts';

let stage: Stage;
let start: string;

beforeEach(async () => {
  stage = await startStage();
  start = (await stage.people.tip('main')) ?? '';
});

afterEach(() => stage.stop());

const VOICE = 'policies/teams/voice.yaml';

async function openPull(branch = 'more-voice', files: Record<string, string> = { [VOICE]: `members: [] # ${branch}\n` }): Promise<number> {
  await stage.people.commitFiles(branch, files, `Change ${branch}`, 'ada', { from: start });
  return stage.people.openPull({ head: branch, title: `Pull ${branch}`, author: 'ada' });
}

const show = async (number: number): Promise<Json> => (await ask(stage, 'GET', `pulls/${number}`)).body;
const parentsOf = async (sha: string): Promise<string[]> =>
  (await ask(stage, 'GET', `git/commits/${sha}`)).body.parents.map((parent: { sha: string }) => parent.sha);
const pullsOf = async (sha: string): Promise<number[]> =>
  (await ask(stage, 'GET', `commits/${sha}/pulls`)).body.map((pull: { number: number }) => pull.number);
const read = async (revision: string): Promise<string> => (await git(stage.people.repository.folder, 'show', revision)).text;

describe('pull requests', () => {
  test('an open one says who, from where and onto what, and what a merge would give', async () => {
    const pull = await show(await openPull());
    expect(pull).toMatchObject({
      number: 1,
      state: 'open',
      merged: false,
      mergeable: true,
      title: 'Pull more-voice',
      user: { login: 'ada', id: 101, type: 'User' },
      created_at: '2026-11-22T08:00:00Z',
      head: { ref: 'more-voice', repo: { full_name: 'acme/access', fork: false } },
      base: { ref: 'main', sha: start },
      commits: 1,
      changed_files: 1,
      additions: 1,
      deletions: 1,
    });
    expect(await parentsOf(pull.merge_commit_sha)).toEqual([start, pull.head.sha]);
  });

  test('one that conflicts says so', async () => {
    const number = await openPull();
    await stage.people.commitFiles('main', { [VOICE]: 'members: [] # somebody else\n' }, 'Meanwhile', 'grace');
    expect(await show(number)).toMatchObject({ mergeable: false, mergeable_state: 'dirty', merge_commit_sha: null, base: { sha: start } });
  });

  test('a fork is another repository whose commits are fetched into this one', async () => {
    const fork = await stage.people.fork('mallory');
    const sha = await fork.commitFiles('patch-1', { [VOICE]: 'members: [mallory@acme.example]\n' }, 'Let me in', 'mallory');
    const number = await stage.people.openPull({ head: 'mallory:patch-1', title: 'Let me in', author: 'mallory' });
    const pull = await show(number);
    expect(pull.head).toMatchObject({ label: 'mallory:patch-1', sha, repo: { full_name: 'mallory/access', fork: true } });
    expect(pull.head.repo.id).not.toBe(pull.base.repo.id);
    const next = await fork.commitFiles('patch-1', { 'more.md': 'more' }, 'More', 'mallory');
    expect([(await show(number)).head.sha, await read(`refs/pull/${number}/head:more.md`)]).toEqual([next, 'more']);
  });

  test('lists are by state and base, newest first unless told otherwise, and paged with links to this origin', async () => {
    const numbers = [await openPull('one'), await openPull('two'), await openPull('three')];
    await stage.people.closePull(numbers[1] ?? 0);
    const list = async (query: string) => (await ask(stage, 'GET', `pulls?${query}`)).body.map((pull: { number: number }) => pull.number);
    expect(await list('')).toEqual([3, 1]);
    expect(await list('state=all&direction=asc&base=main')).toEqual([1, 2, 3]);
    expect(await list('base=elsewhere')).toEqual([]);
    const page = await ask(stage, 'GET', 'pulls?state=all&per_page=2');
    const { origin } = stage.github;
    const next = `${origin}/repos/acme/access/pulls?state=all&per_page=2&page=2`;
    expect(page.headers.get('link')).toBe(`<${next}>; rel="next", <${next}>; rel="last"`);
    expect((await ask(stage, 'GET', next)).body.map((pull: { number: number }) => pull.number)).toEqual([1]);
  });

  test('a force push is the new head; a deleted head branch closes it', async () => {
    const number = await openPull();
    const other = await stage.people.commitFiles('other', { 'other.md': 'other' }, 'Other', 'ada', { from: start });
    await stage.people.forcePush('more-voice', other);
    expect((await show(number)).head.sha).toBe(other);
    await stage.people.deleteBranch('more-voice');
    expect(await show(number)).toMatchObject({ state: 'closed', merged: false, merged_at: null });
  });

  test('a closed one stands still, and follows its branch again once it is opened again', async () => {
    const number = await openPull();
    const before = (await show(number)).head.sha;
    await stage.people.closePull(number);
    const after = await stage.people.commitFiles('more-voice', { 'more.md': 'more' }, 'More', 'ada');
    expect(await show(number)).toMatchObject({ state: 'closed', head: { sha: before } });
    const { body } = await ask(stage, 'PATCH', `pulls/${number}`, { state: 'open', title: 'Again' });
    expect(body).toMatchObject({ state: 'open', title: 'Again', closed_at: null, head: { sha: after } });
  });

  test('a branch thrown back to its base leaves nothing to merge', async () => {
    const number = await openPull();
    await stage.people.forcePush('more-voice', start);
    expect(await show(number)).toMatchObject({ state: 'closed', merged: false });
  });

  test('a list by head wants its owner and branch, and is not filtered by less', async () => {
    await openPull('one');
    await openPull('two');
    const list = async (head: string) => (await ask(stage, 'GET', `pulls?head=${head}`)).body.map((pull: Json) => pull.number);
    expect([await list('acme:one'), await list('mallory:one'), await list('one')]).toEqual([[1], [], [2, 1]]);
  });

  test('the token of a job opens one as GitHub Actions, unless a setting forbids it; people and apps may all the same', async () => {
    await stage.people.commitFiles('more-voice', { 'more.md': 'more' }, 'More', 'ada', { from: start });
    const open = (token?: string) => ask(stage, 'POST', 'pulls', { head: 'more-voice', base: 'main', title: 'More' }, token);
    stage.people.letActionsPropose(false);
    const refused = await open();
    expect([refused.status, refused.body.message]).toEqual([403, 'GitHub Actions is not permitted to create or approve pull requests.']);
    for (const [token, login] of [
      [APP_TOKEN, 'rollcall[bot]'],
      [ADA_TOKEN, 'ada'],
    ]) {
      const { body } = await open(token);
      expect(body.user.login).toBe(login);
      await stage.people.closePull(body.number);
    }
    stage.people.letActionsPropose(true);
    expect((await open()).body.user).toMatchObject({ login: 'github-actions[bot]', id: 41_898_282, type: 'Bot' });
  });

  test('a seed may say from the beginning that jobs open none', async () => {
    const [repository] = SEED.repositories;
    if (repository === undefined) throw new Error('the seed has no repository');
    const strict = await startStage({ ...SEED, repositories: [{ ...repository, actionsMayPropose: false }] });
    expect((await ask(strict, 'POST', 'pulls', { head: 'more-voice', base: 'main', title: 'More' })).status).toBe(403);
    await strict.stop();
  });

  test('what GitHub has against one is said by field or in its words', async () => {
    await openPull();
    const why = async (head: string, base: string) => (await ask(stage, 'POST', 'pulls', { head, base, title: 'More' })).body.errors;
    const resource = 'PullRequest';
    expect(await why('nowhere', 'main')).toEqual([{ resource, field: 'head', code: 'invalid' }]);
    expect(await why('more-voice', 'nowhere')).toEqual([{ resource, field: 'base', code: 'invalid' }]);
    expect(await why('main', 'main')).toEqual([{ resource, code: 'custom', message: 'No commits between main and main' }]);
    expect(await why('more-voice', 'main')).toEqual([
      { resource, code: 'custom', message: 'A pull request already exists for acme:more-voice.' },
    ]);
  });

  test('one without commits cannot be opened', async () => {
    await stage.people.commitFiles('main', { 'more.md': 'more' }, 'More', 'ada');
    await stage.people.forcePush('behind', start);
    await expect(stage.people.openPull({ head: 'behind', title: 'Nothing', author: 'ada' })).rejects.toThrow(
      'No commits between main and behind',
    );
  });
});

describe('merges', () => {
  test('a merge commit has the base and the head as parents, and every commit leads to the pull request', async () => {
    const number = await openPull();
    const head = (await show(number)).head.sha;
    const main = await stage.people.commitFiles('main', { 'meanwhile.md': 'meanwhile' }, 'Meanwhile', 'grace');
    stage.advance(60_000);
    const sha = await stage.people.merge(number, { method: 'merge', by: 'grace' });
    expect(await parentsOf(sha)).toEqual([main, head]);
    expect(await show(number)).toMatchObject({
      state: 'closed',
      merged: true,
      merge_commit_sha: sha,
      merged_at: '2026-11-22T08:01:00Z',
      merged_by: { login: 'grace' },
    });
    expect([await pullsOf(sha), await pullsOf(head), await pullsOf(main)]).toEqual([[number], [number], []]);
    expect([await read(`main:${VOICE}`), await read('main:meanwhile.md')]).toEqual(['members: [] # more-voice', 'meanwhile']);
  });

  test('a squash is one commit on the base with the title as its message', async () => {
    const number = await openPull();
    const head = await stage.people.commitFiles('more-voice', { 'more.md': 'more' }, 'More', 'ada');
    const main = await stage.people.commitFiles('main', { 'meanwhile.md': 'meanwhile' }, 'Meanwhile', 'grace');
    const sha = await stage.people.merge(number, { method: 'squash', by: 'grace' });
    expect(await parentsOf(sha)).toEqual([main]);
    expect((await ask(stage, 'GET', `git/commits/${sha}`)).body).toMatchObject({
      message: 'Pull more-voice (#1)',
      author: { name: 'ada' },
    });
    expect([await pullsOf(sha), await pullsOf(head)]).toEqual([[number], [number]]);
    expect(await read(`main:${VOICE}`)).toBe('members: [] # more-voice');
  });

  test('a rebase puts each commit anew on the base, and the last one is the merge commit', async () => {
    const number = await openPull();
    await stage.people.commitFiles('more-voice', { 'more.md': 'more' }, 'More', 'ada');
    const main = await stage.people.commitFiles('main', { 'meanwhile.md': 'meanwhile' }, 'Meanwhile', 'grace');
    const sha = await stage.people.merge(number, { method: 'rebase', by: 'grace' });
    const [first = ''] = await parentsOf(sha);
    expect(await parentsOf(first)).toEqual([main]);
    expect([await pullsOf(sha), await pullsOf(first)]).toEqual([[number], [number]]);
    expect([await read(`${first}:${VOICE}`), await read(`${sha}:more.md`), await read(`${sha}:meanwhile.md`)]).toEqual([
      'members: [] # more-voice',
      'more',
      'meanwhile',
    ]);
    expect((await ask(stage, 'GET', `git/commits/${first}`)).body).toMatchObject({ message: 'Change more-voice', author: { name: 'ada' } });
  });

  test.each(['merge', 'squash', 'rebase'] as const)('a conflict refuses a %s and moves nothing', async (method) => {
    const number = await openPull();
    const main = await stage.people.commitFiles('main', { [VOICE]: 'members: [] # somebody else\n' }, 'Meanwhile', 'grace');
    await expect(stage.people.merge(number, { method, by: 'grace' })).rejects.toThrow(
      'pull request 1 cannot be merged: it conflicts with main',
    );
    expect([await stage.people.tip('main'), (await show(number)).state]).toEqual([main, 'open']);
  });

  test('a merge group moves the base only when it lands, and merges its pull requests one on the other', async () => {
    const numbers = [await openPull('one', { 'one.md': '1' }), await openPull('two', { 'two.md': '2' })];
    const group = await stage.people.makeMergeGroup(numbers);
    expect([group.baseSha, group.ref]).toEqual([start, `refs/heads/gh-readonly-queue/main/pr-2-${start}`]);
    expect([await stage.people.tip('main'), await read(`${group.headSha}:one.md`)]).toEqual([start, '1']);
    await stage.people.landMergeGroup(group);
    expect(await stage.people.tip('main')).toBe(group.headSha);
    const merged = await Promise.all(numbers.map(show));
    expect(merged.map((pull) => pull.merged)).toEqual([true, true]);
    expect(await pullsOf(merged[0]?.merge_commit_sha)).toEqual([1]);
    expect(await parentsOf(group.headSha)).toEqual([merged[0]?.merge_commit_sha, merged[1]?.head.sha]);
  });

  test('a merge made on somebody’s machine and pushed counts as the merge', async () => {
    const number = await openPull();
    const head = (await show(number)).head.sha;
    const { folder } = stage.people.repository;
    const made = await git(folder, 'commit-tree', `${head}^{tree}`, '-p', start, '-p', head, '-m', 'By hand');
    await stage.people.forcePush('main', made.text, 'grace');
    expect(await show(number)).toMatchObject({ merged: true, merge_commit_sha: made.text, merged_by: { login: 'grace' } });
  });
});

describe('reviews', () => {
  test('each says who, what, when and for which commit, in the order they were given', async () => {
    const number = await openPull();
    const first = (await show(number)).head.sha;
    await stage.people.review(number, { by: 'grace', state: 'approved' });
    const second = await stage.people.commitFiles('more-voice', { 'more.md': 'more' }, 'More', 'ada');
    stage.advance(1000);
    const dismissed = await stage.people.review(number, { by: 'mallory', state: 'changes_requested' });
    await stage.people.dismissReview(number, dismissed);
    const { body } = await ask(stage, 'GET', `pulls/${number}/reviews`);
    expect(body.map((one: Json) => [one.user.login, one.state, one.commit_id, one.submitted_at])).toEqual([
      ['grace', 'APPROVED', first, '2026-11-22T08:00:00Z'],
      ['mallory', 'DISMISSED', second, '2026-11-22T08:00:01Z'],
    ]);
  });

  test('nobody approves their own', async () => {
    const number = await openPull();
    await expect(stage.people.review(number, { by: 'ada', state: 'approved' })).rejects.toThrow(
      'the author of pull request 1 cannot review it',
    );
    const answer = await ask(stage, 'POST', `pulls/${number}/reviews`, { event: 'APPROVE' }, 'ghp_ada-of-acme');
    expect([answer.status, answer.body.errors]).toEqual([422, ['Can not approve your own pull request']]);
  });
});

describe('comparisons', () => {
  test('two branches that went apart are counted from where they parted', async () => {
    await openPull();
    await stage.people.commitFiles('main', { 'meanwhile.md': 'meanwhile' }, 'Meanwhile', 'grace');
    const { body } = await ask(stage, 'GET', 'compare/main...more-voice');
    expect(body).toMatchObject({ status: 'diverged', ahead_by: 1, behind_by: 1, total_commits: 1, merge_base_commit: { sha: start } });
    expect(body.files.map((file: Json) => [file.filename, file.status, file.additions, file.deletions])).toEqual([
      [VOICE, 'modified', 1, 1],
    ]);
  });

  test('what is not there cannot be compared, and has no pull requests', async () => {
    expect((await ask(stage, 'GET', 'compare/main...nowhere')).status).toBe(404);
    const nothing = '1'.repeat(40);
    const answer = await ask(stage, 'GET', `commits/${nothing}/pulls`);
    expect([answer.status, answer.body.message]).toEqual([422, `No commit found for SHA: ${nothing}`]);
  });
});
