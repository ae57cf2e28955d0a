import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GithubToken } from '../../src/emulator/github/github-state.ts';
import type { People } from '../../src/emulator/github/open-people.ts';
import { type RunningGithub, startGithub } from '../../src/emulator/github/start-github.ts';
import type { GitHub } from '../../src/github/github.ts';
import { openGitHub } from '../../src/github/open-github.ts';
import { createHttpClient } from '../../src/provider/http-client.ts';
import { createRealWorld } from '../../src/real-world.ts';
import { createJumpingClock, createSeededRandom } from '../support/provider-world.ts';
import { ACTIONS } from './github-world.ts';

/** Every method over real HTTP on loopback, against an emulated GitHub with real git behind it. */

const JOB = 'ghs_the_token_of_the_job_0123456789';
const FORK = 'ghs_the_token_of_a_fork_0123456789';
const ADA = 'github_pat_of_ada_0123456789';
const MEMBERS = 'github_pat_for_members_0123456789';
const MARKER = '<!-- rollcall:plan -->';

function tokenOf(value: string, more: Partial<GithubToken>): GithubToken {
  const permissions = { contents: 'write', 'pull-requests': 'write', checks: 'write', issues: 'write' } as const;
  const job = { kind: 'actions', userId: ACTIONS.userId, login: 'github-actions[bot]', appId: ACTIONS.appId } as const;
  return { value, ...job, permissions, repository: 'acme/access', ...more };
}

const never = new AbortController().signal;
const http = createHttpClient(4 * 1024 * 1024);
const clock = createJumpingClock();
let folder: string;
let emulated: RunningGithub;
let people: People;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rollcall-github-'));
  emulated = await startGithub({
    clock,
    random: createSeededRandom(),
    git: createRealWorld(process, never, never).git,
    folder,
    seed: {
      users: [{ login: 'ada', id: 77 }, { login: 'grace' }, { login: 'scan[bot]', type: 'Bot' }],
      repositories: [
        {
          owner: 'acme',
          name: 'access',
          isPrivate: true,
          files: { 'policies/teams/voice.yaml': 'members: []\n', 'README.md': 'Access.\n' },
          roles: { ada: 'maintain', grace: 'triage' },
        },
      ],
      tokens: [
        tokenOf(JOB, {}),
        tokenOf(FORK, { permissions: { contents: 'read', 'pull-requests': 'read', checks: 'read' } }),
        tokenOf(ADA, { kind: 'user', userId: 77, login: 'ada', appId: null }),
        tokenOf(MEMBERS, { kind: 'user', userId: 77, login: 'ada', appId: null, permissions: { members: 'read' } }),
      ],
      teams: { 'acme/security': ['grace'] },
    },
  });
  people = emulated.world.repository();
});

afterAll(async () => {
  await emulated.stop();
  await http.close();
  await rm(folder, { recursive: true, force: true });
});

function open(token = JOB, membersToken: string | null = null, repository = 'acme/access'): GitHub {
  const { origin, serverUrl } = emulated;
  const rest = { http, clock, identity: null, pace: false, interrupted: never };
  return openGitHub({ apiUrl: origin, serverUrl, repository, token, membersToken, ...rest });
}

let branches = 0;

/** A pull request of Grace's with one commit of its own. */
async function openPull(): Promise<{ readonly number: number; readonly head: string; readonly branch: string }> {
  branches += 1;
  const branch = `topic/${branches}`;
  const head = await people.commitFiles(branch, { [`policies/teams/team-${branches}.yaml`]: 'members: []\n' }, 'Add a team', 'grace');
  const number = await people.openPull({ head: branch, title: 'Add a team', author: 'grace' });
  return { number, head, branch };
}

function writesOf(requests: RunningGithub['world']['requests'], from: number): string[] {
  return requests
    .slice(from)
    .filter(({ mutating }) => mutating)
    .map(({ method, path: asked }) => `${method} ${asked}`);
}

describe('the repository', () => {
  test('says what it is', async () => {
    expect(await open().branches.facts()).toEqual({ id: people.repository.id, isPrivate: true, defaultBranch: 'main' });
    expect(open().url).toBe(`${emulated.serverUrl}/acme/access`);
  });

  test('that this token may not see is an error with the way out', async () => {
    await expect(open(JOB, null, 'acme/other').branches.facts()).rejects.toThrow(
      'GET /repos/acme/other: GitHub has no such thing (404: Not Found), or hides it from this token. Check the name, and that the token has the permission metadata: read.',
    );
  });

  test('refuses a token that nobody has', async () => {
    await expect(open('ghs_nobody_0123456789').branches.facts()).rejects.toMatchObject({ code: 'githubRefused', exit: 9 });
  });
});

describe('pull requests', () => {
  test('are found by number, by branch and by the commit they became', async () => {
    const { number, head, branch } = await openPull();
    const github = open();
    const [one, all] = await Promise.all([github.pulls.one(number), github.pulls.open('main')]);
    expect(one).toMatchObject({
      number,
      author: 'grace',
      open: true,
      mergedAt: null,
      mergeCommit: null,
      head,
      headBranch: branch,
      fork: false,
    });
    expect(all).toContainEqual(one);
    const merged = await people.merge(number, { method: 'squash', by: 'ada' });
    expect(await github.pulls.one(number)).toMatchObject({
      open: false,
      mergeCommit: merged,
      mergedAt: new Date(clock.now()).toISOString(),
    });
    expect((await github.pulls.ofCommit(merged)).map((pull) => pull.number)).toEqual([number]);
    expect(await github.pulls.one(9999)).toBeNull();
  });

  test('of a fork are known as such', async () => {
    const fork = await people.fork('mallory');
    await fork.commitFiles('main', { 'policies/teams/evil.yaml': 'members: []\n' }, 'Add me', 'mallory');
    const number = await people.openPull({ head: 'mallory:main', title: 'Add me', author: 'mallory' });
    expect(await open().pulls.one(number)).toMatchObject({ fork: true, author: 'mallory', headBranch: 'main' });
  });

  test('have the reviews that were given, over all pages', async () => {
    const { number, head } = await openPull();
    for (let at = 0; at < 101; at += 1) await people.review(number, { by: 'scan[bot]', state: 'commented' });
    await people.review(number, { by: 'ada', state: 'approved' });
    const reviews = await open().pulls.reviews(number);
    expect(reviews).toHaveLength(102);
    expect(reviews.at(0)).toMatchObject({ reviewer: 'scan[bot]', isPerson: false, state: 'commented' });
    expect(reviews.at(-1)).toEqual({
      reviewer: 'ada',
      reviewerId: 77,
      isPerson: true,
      state: 'approved',
      commit: head,
      at: new Date(clock.now()).toISOString(),
    });
  });
});

describe('people', () => {
  test('may do what their role says', async () => {
    const { people: who } = open();
    expect(await who.permission('ada')).toBe('write');
    expect(await who.permission('grace')).toBe('read');
    expect(await who.permission('nobody-here')).toBe('none');
  });

  test('are in a team or not, for a token that may tell', async () => {
    expect(await open().people.isMember('acme', 'security', 'grace')).toBeNull();
    const { people: who } = open(JOB, MEMBERS);
    expect(await who.isMember('acme', 'security', 'grace')).toBe(true);
    expect(await who.isMember('acme', 'security', 'ada')).toBe(false);
  });
});

describe('the comment', () => {
  const bodyOf = (text: string) => `${MARKER}\n${text}`;

  test('is made, left alone, replaced, and made again when somebody deleted it', async () => {
    const { number } = await openPull();
    const { say } = open().speech;
    expect(await say(number, MARKER, bodyOf('one change'))).toBe('made');
    expect(await say(number, MARKER, bodyOf('one change'))).toBe('unchanged');
    expect(await say(number, MARKER, bodyOf('no changes'))).toBe('changed');
    const [comment] = [...people.repository.comments.values()].filter(({ issue }) => issue === number);
    expect(comment?.body).toBe(bodyOf('no changes'));
    await people.deleteComment(comment?.id ?? 0);
    expect(await say(number, MARKER, bodyOf('no changes'))).toBe('made');
  });

  test('is ours alone: a marker by somebody else is left as it is, also on page three', async () => {
    const { number } = await openPull();
    const spoofed = await people.comment(number, { by: 'mallory', body: bodyOf('approved') });
    for (let at = 0; at < 210; at += 1) await people.comment(number, { by: 'grace', body: `Comment ${at}` });
    const ours = await people.comment(number, { by: 'github-actions[bot]', body: bodyOf('old'), viaApp: ACTIONS.appId });
    expect(await open().speech.say(number, MARKER, bodyOf('new'))).toBe('changed');
    expect(people.repository.comments.get(ours)?.body).toBe(bodyOf('new'));
    expect(people.repository.comments.get(spoofed)?.body).toBe(bodyOf('approved'));
  });

  test('of a person’s token is that person’s, and not the job’s', async () => {
    const { number } = await openPull();
    expect(await open(JOB).speech.say(number, MARKER, bodyOf('job'))).toBe('made');
    expect(await open(ADA).speech.say(number, MARKER, bodyOf('ada'))).toBe('made');
    expect(await open(ADA).speech.say(number, MARKER, bodyOf('ada again'))).toBe('changed');
    expect(await open(JOB).speech.say(number, MARKER, bodyOf('job'))).toBe('unchanged');
  });

  test('that is too long, locked out or of a fork is not made', async () => {
    const { number } = await openPull();
    expect(await open().speech.say(number, MARKER, bodyOf('x'.repeat(70_000)))).toBe('tooLong');
    expect(await open(FORK).speech.say(number, MARKER, bodyOf('x'))).toBe('refused');
    await people.lockPull(number);
    emulated.world.faults.add({ kind: 'status', status: 403, method: 'POST', path: /\/comments$/, body: { message: 'issue is locked' } });
    expect(await open().speech.say(number, MARKER, bodyOf('x'))).toBe('refused');
  });

  test('whose answer was lost after the deed is found and not made twice', async () => {
    const { number } = await openPull();
    emulated.world.faults.add({ kind: 'lost', method: 'POST', path: /\/comments$/ });
    const from = emulated.world.requests.length;
    expect(await open().speech.say(number, MARKER, bodyOf('x'))).toBe('made');
    expect(writesOf(emulated.world.requests, from)).toEqual([`POST /repos/acme/access/issues/${number}/comments`]);
  });

  test('that never arrived is an error, and sent once', async () => {
    const { number } = await openPull();
    emulated.world.faults.add({ kind: 'lost', when: 'before', method: 'POST', path: /\/comments$/ });
    const from = emulated.world.requests.length;
    await expect(open().speech.say(number, MARKER, bodyOf('x'))).rejects.toMatchObject({ code: 'githubUnreachable' });
    expect(writesOf(emulated.world.requests, from)).toHaveLength(1);
  });

  test('waits for a secondary limit to pass', async () => {
    const { number } = await openPull();
    emulated.world.faults.add({ kind: 'secondary', method: 'POST', path: /\/comments$/, retryAfterSeconds: 17 });
    const before = clock.sleeps.length;
    expect(await open().speech.say(number, MARKER, bodyOf('x'))).toBe('made');
    expect(clock.sleeps.slice(before)).toEqual([17_000]);
  });
});

describe('check runs', () => {
  test('come back as they were published, with 120 annotations, newest first', async () => {
    const { head } = await openPull();
    const { speech } = open();
    const annotations = Array.from({ length: 120 }, (_, at) => ({
      path: 'policies/teams/voice.yaml',
      line: at + 1,
      level: 'warning' as const,
      title: 'no-end',
      message: `No end ${at + 1}`,
    }));
    const check = { name: 'rollcall', commit: head, title: 'Access plan', summary: 'summary', text: 'text', detailsUrl: null };
    const at = new Date(clock.now()).toISOString();
    expect(await speech.checks(head, 'rollcall')).toEqual([]);
    await speech.publishCheck({ ...check, conclusion: 'failure', externalId: 'sha256:1', annotations: [], at });
    await speech.publishCheck({ ...check, conclusion: 'success', externalId: 'sha256:2', annotations, at });
    const checks = await speech.checks(head, 'rollcall');
    expect(checks.map(({ externalId, conclusion }) => [externalId, conclusion])).toEqual([
      ['sha256:2', 'success'],
      ['sha256:1', 'failure'],
    ]);
    const [newest] = checks;
    expect(newest).toMatchObject({ commit: head, startedAt: at, completedAt: at, suiteAt: at, text: 'text' });
    const stored = people.repository.checks.get(newest?.id ?? 0);
    expect(stored?.annotations.map(({ message }) => message)).toEqual(annotations.map(({ message }) => message));
  });

  test('of a person’s token are none, and it may make none', async () => {
    const { head } = await openPull();
    const at = new Date(clock.now()).toISOString();
    const check = { name: 'rollcall', commit: head, title: 't', summary: 's', text: 't', detailsUrl: null, annotations: [], at } as const;
    await open().speech.publishCheck({ ...check, conclusion: 'success', externalId: 'sha256:1' });
    expect(await open(ADA).speech.checks(head, 'rollcall')).toEqual([]);
    await expect(open(ADA).speech.publishCheck({ ...check, conclusion: 'success', externalId: 'sha256:2' })).rejects.toMatchObject({
      code: 'githubRefused',
    });
  });
});

describe('branches', () => {
  const first = new Map([
    ['README.md', 'Nobody edits this.\n'],
    ['ledger/00000001.jsonl', '{"seq":1}\n'],
    ['live/telnyx-support.json', '{}\n'],
  ]);

  const git = async (...args: string[]) => new TextDecoder().decode((await people.repository.git.run(args)).stdout);

  test('begin on nothing, go on by whole commits, and lose every race', async () => {
    const { branches: state } = open();
    expect(await state.tip('rollcall-state')).toBeNull();
    const made = await state.commit('rollcall-state', null, 'Begin the ledger', first);
    if (made.kind !== 'moved') throw new Error('the first commit lost');
    expect(await state.tip('rollcall-state')).toBe(made.commit);
    expect(await git('rev-list', '--count', made.commit)).toBe('1\n');

    const files = new Map([
      ['ledger/00000001.jsonl', '{"seq":1}\n{"seq":2,"name":"Zoë 🦊"}\n'],
      ['live/telnyx-support.json', null],
    ]);
    const next = await state.commit('rollcall-state', made.commit, 'Record a run', files);
    if (next.kind !== 'moved') throw new Error('the second commit lost');
    expect((await git('ls-tree', '-r', '--name-only', next.commit)).trim().split('\n')).toEqual(['README.md', 'ledger/00000001.jsonl']);
    expect(await git('show', `${next.commit}:ledger/00000001.jsonl`)).toBe('{"seq":1}\n{"seq":2,"name":"Zoë 🦊"}\n');
    expect(await git('rev-parse', `${next.commit}^`)).toBe(`${made.commit}\n`);

    expect(await state.commit('rollcall-state', made.commit, 'Too late', files)).toEqual({ kind: 'lost' });
    expect(await state.commit('rollcall-state', null, 'Too late', first)).toEqual({ kind: 'lost' });
    expect(await state.tip('rollcall-state')).toBe(next.commit);
  });

  test('of two that write at once, one moves and one loses', async () => {
    const { branches: state } = open();
    const made = await state.commit('race', null, 'Begin', first);
    if (made.kind !== 'moved') throw new Error('the first commit lost');
    const write = (by: string) => state.commit('race', made.commit, by, new Map([['by.txt', by]]));
    const both = await Promise.all([write('one'), write('two')]);
    expect(both.map(({ kind }) => kind).toSorted()).toEqual(['lost', 'moved']);
    const winner = both.find((one) => one.kind === 'moved');
    expect(await state.tip('race')).toBe(winner?.kind === 'moved' ? winner.commit : '');
  });

  test.each([
    ['after', 'moved'],
    ['before', 'lost'],
  ] as const)('say what became of a move whose answer was lost %s the deed: %s', async (when, kind) => {
    const { branches: state } = open();
    const branch = `lost-${when}`;
    const made = await state.commit(branch, null, 'Begin', first);
    if (made.kind !== 'moved') throw new Error('the first commit lost');
    emulated.world.faults.add({ kind: 'lost', when, method: 'PATCH', path: /\/git\/refs\// });
    const from = emulated.world.requests.length;
    const next = await state.commit(branch, made.commit, 'Go on', new Map([['a.txt', 'a']]));
    expect(next.kind).toBe(kind);
    expect(await state.tip(branch)).toBe(next.kind === 'moved' ? next.commit : made.commit);
    expect(writesOf(emulated.world.requests, from).filter((write) => write.startsWith('PATCH '))).toHaveLength(1);
  });

  test('are not for the token of a fork to move', async () => {
    const { branches: state } = open(FORK);
    await expect(state.commit('fork-state', null, 'Begin', first)).rejects.toThrow(
      'POST /repos/acme/access/git/trees: GitHub refused it (403: Resource not accessible by integration). The token needs the permission contents: write. Give the job that permission, or a token that has it.',
    );
  });
});
