import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HttpReply } from '../../src/ports.ts';
import { FORK_TOKEN } from '../emulator/github/github-for-tests.ts';
import { type EmulatedGithub, startEmulated } from './emulated-github.ts';
import { API, type Asked, json, LOST, message, openScripted, REPO } from './github-world.ts';

const PARENT = '1'.repeat(40);
const OURS = '2'.repeat(40);
const THEIRS = '3'.repeat(40);
const MOVE = `PATCH ${REPO}/git/refs/heads/rollcall-state`;
const MAKE = `POST ${REPO}/git/refs`;
const FILES = new Map<string, string | null>([
  ['ledger/00000001.jsonl', '{"seq":1}\n'],
  ['live/telnyx-support.json', null],
]);

/** One branch, and what GitHub does with it; `fault` answers in its stead, before or after the deed. */
function keepBranch(start: string | null, fault: (asked: Asked, done: () => HttpReply) => HttpReply | null = () => null) {
  let tip = start;
  const move = ({ body }: Asked): HttpReply => {
    tip = String(body['sha']);
    return json(200, { object: { sha: tip } });
  };
  const answers: Readonly<Record<string, (asked: Asked) => HttpReply>> = {
    [`GET ${REPO}/git/ref/heads/rollcall-state`]: () => (tip === null ? message(404, 'Not Found') : json(200, { object: { sha: tip } })),
    [`GET ${REPO}/git/commits/${PARENT}`]: () => json(200, { sha: PARENT, tree: { sha: 'base-tree' } }),
    [`POST ${REPO}/git/trees`]: () => json(201, { sha: 'new-tree' }),
    [`POST ${REPO}/git/commits`]: () => json(201, { sha: OURS }),
    [`GET ${REPO}/compare/${OURS}...${THEIRS}`]: () => json(200, { status: 'ahead' }),
    [MOVE]: (asked) => (tip === PARENT ? move(asked) : message(422, 'Update is not a fast forward')),
    [MAKE]: (asked) => (tip === null ? move(asked) : message(422, 'Reference already exists')),
  };
  const answer = (asked: Asked): HttpReply => answers[`${asked.method} ${asked.path}`]?.(asked) ?? message(404, 'Not Found');
  const world = openScripted((asked) => fault(asked, () => answer(asked)) ?? answer(asked));
  const commit = (parent: string | null) => world.github.branches.commit('rollcall-state', parent, 'Record a run', FILES);
  return {
    ...world,
    commit,
    tip: () => tip,
    push: (sha: string) => {
      tip = sha;
    },
  };
}

function isMove({ method, path }: Asked): boolean {
  return `${method} ${path}` === MOVE || `${method} ${path}` === MAKE;
}

describe('the tip of a branch', () => {
  test('is its commit, or none', async () => {
    expect(await keepBranch(PARENT).github.branches.tip('rollcall-state')).toBe(PARENT);
    expect(await keepBranch(null).github.branches.tip('rollcall-state')).toBeNull();
  });

  test('is asked for by its whole name, whatever is in it', async () => {
    const { github, sent } = openScripted(() => json(200, { object: { sha: PARENT } }));
    await github.branches.tip('topic/a#b?c/../d');
    expect(sent[0]?.request.url.slice(API.length)).toBe(`${REPO}/git/ref/heads/topic%2Fa%23b%3Fc%2F..%2Fd`);
  });

  test('that cannot be read is an error, not none', async () => {
    await expect(openScripted(() => message(403, 'no')).github.branches.tip('main')).rejects.toThrow('contents: read');
  });
});

describe('a commit', () => {
  test('goes on top of its parent, with files and deletes, and every other file stays', async () => {
    const { commit, sent, lines, tip } = keepBranch(PARENT);
    expect(await commit(PARENT)).toEqual({ kind: 'moved', commit: OURS });
    expect(tip()).toBe(OURS);
    expect(lines()).toEqual([
      `GET ${REPO}/git/commits/${PARENT}`,
      `POST ${REPO}/git/trees`,
      `POST ${REPO}/git/commits`,
      `GET ${REPO}/git/ref/heads/rollcall-state`,
      MOVE,
    ]);
    expect(sent.filter(({ method }) => method !== 'GET').map(({ body }) => body)).toEqual([
      {
        base_tree: 'base-tree',
        tree: [
          { mode: '100644', type: 'blob', path: 'ledger/00000001.jsonl', content: '{"seq":1}\n' },
          { mode: '100644', type: 'blob', path: 'live/telnyx-support.json', sha: null },
        ],
      },
      { message: 'Record a run', tree: 'new-tree', parents: [PARENT] },
      { sha: OURS, force: false },
    ]);
  });

  test('without a parent makes the branch, on nothing', async () => {
    const { commit, sent, tip } = keepBranch(null);
    expect(await commit(null)).toEqual({ kind: 'moved', commit: OURS });
    expect(tip()).toBe(OURS);
    expect(sent.filter(({ method }) => method !== 'GET').map(({ body }) => body)).toEqual([
      { tree: [{ mode: '100644', type: 'blob', path: 'ledger/00000001.jsonl', content: '{"seq":1}\n' }] },
      { message: 'Record a run', tree: 'new-tree', parents: [] },
      { ref: 'refs/heads/rollcall-state', sha: OURS },
    ]);
  });

  test.each([
    ['went on', PARENT, THEIRS],
    ['was made by somebody else', null, THEIRS],
  ])('loses when the branch %s, and nothing is overwritten', async (_what, parent, now) => {
    const { commit, lines, tip } = keepBranch(now);
    expect(await commit(parent)).toEqual({ kind: 'lost' });
    expect(tip()).toBe(THEIRS);
    expect(lines()).not.toContain(MOVE);
    expect(lines()).not.toContain(MAKE);
  });

  test('loses also when the branch went back to where a fast-forward would still be possible', async () => {
    const { commit, lines } = keepBranch('0'.repeat(40));
    expect(await commit(PARENT)).toEqual({ kind: 'lost' });
    expect(lines()).not.toContain(MOVE);
  });

  test.each([
    [PARENT, MOVE],
    [null, MAKE],
  ])('loses a race in the last instant', async (parent, write) => {
    const branch = keepBranch(parent, (asked) => {
      if (isMove(asked)) branch.push(THEIRS);
      return null;
    });
    expect(await branch.commit(parent)).toEqual({ kind: 'lost' });
    expect(branch.tip()).toBe(THEIRS);
    expect(branch.lines()).toContain(write);
  });

  test('that a rule of the repository forbids is an error, not a race that could be tried for ever', async () => {
    const forbid = (asked: Asked) => (isMove(asked) ? message(422, 'Repository rule violations found') : null);
    await expect(keepBranch(PARENT, forbid).commit(PARENT)).rejects.toThrow('(422: Repository rule violations found)');
  });

  test('that the token may not make is an error with the permission', async () => {
    const refuse = ({ method }: Asked) => (method === 'POST' ? message(403, 'Resource not accessible by integration') : null);
    await expect(keepBranch(PARENT, refuse).commit(PARENT)).rejects.toThrow('The token needs the permission contents: write.');
  });
});

describe('a commit whose last answer was lost', () => {
  test.each([
    [PARENT, LOST],
    [PARENT, message(502, 'Bad Gateway')],
    [null, LOST],
  ])('moved the branch: a read says so, and nothing is sent again', async (parent, reply) => {
    const { commit, sent } = keepBranch(parent, (asked, done) => {
      if (!isMove(asked)) return null;
      done();
      return reply;
    });
    expect(await commit(parent)).toEqual({ kind: 'moved', commit: OURS });
    expect(sent.filter(isMove)).toHaveLength(1);
  });

  test('moved the branch, and somebody went on from there', async () => {
    const branch = keepBranch(PARENT, (asked) => {
      if (!isMove(asked)) return null;
      branch.push(THEIRS);
      return LOST;
    });
    expect(await branch.commit(PARENT)).toEqual({ kind: 'moved', commit: OURS });
  });

  test('did not move the branch: it is lost, and nothing is sent again', async () => {
    const { commit, sent, tip } = keepBranch(PARENT, (asked) => (isMove(asked) ? LOST : null));
    expect(await commit(PARENT)).toEqual({ kind: 'lost' });
    expect(tip()).toBe(PARENT);
    expect(sent.filter(isMove)).toHaveLength(1);
  });

  test('that was lost before the branch could move changes nothing', async () => {
    for (const place of ['trees', 'commits']) {
      const { commit, lines, tip } = keepBranch(PARENT, ({ method, path }) => (method === 'POST' && path.endsWith(place) ? LOST : null));
      await expect(commit(PARENT)).rejects.toMatchObject({ code: 'githubUnreachable' });
      expect(tip()).toBe(PARENT);
      expect(lines().filter((line) => line === `POST ${REPO}/git/${place}`)).toHaveLength(1);
    }
  });
});

describe('a branch for a proposal', () => {
  const BRANCH = 'rollcall/renew-voice-2026-12-01';
  const RENEWED = new Map<string, string | null>([
    ['policies/teams/voice.yaml', 'members: [] # renewed\n'],
    ['README.md', null],
  ]);
  let emulated: EmulatedGithub;
  let people: EmulatedGithub['stage']['people'];
  let start: string;

  beforeEach(async () => {
    emulated = await startEmulated();
    people = emulated.stage.people;
    start = (await people.tip('main')) ?? '';
  });

  afterEach(() => emulated.stop());

  const draft = () => emulated.open().branches.draft(start, 'Renew voice', RENEWED);
  const begin = (commit: string, token?: string) => emulated.open(token).branches.begin(BRANCH, commit);
  const loseBegin = (when: 'before' | 'after') =>
    emulated.stage.github.world.faults.add({ kind: 'lost', when, method: 'POST', path: /\/git\/refs$/ });
  const begun = () => emulated.writes().filter((write) => write === 'POST /git/refs');
  const git = async (...args: string[]) => new TextDecoder().decode((await people.repository.git.run(args)).stdout).trim();

  test('is drafted as a commit on its parent that no branch points at', async () => {
    const commit = await draft();
    expect(await git('rev-parse', `${commit}^@`)).toBe(start);
    expect(await git('log', '-1', '--format=%an: %s', commit)).toBe('github-actions[bot]: Renew voice');
    expect(await git('ls-tree', '-r', '--name-only', commit)).toBe('policies/teams/voice.yaml');
    expect(await git('show', `${commit}:policies/teams/voice.yaml`)).toBe('members: [] # renewed');
    expect(await git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  test('begins at the draft, and main stays where it was', async () => {
    const commit = await draft();
    expect(await begin(commit)).toBe('made');
    expect([await people.tip(BRANCH), await people.tip('main')]).toEqual([commit, start]);
  });

  test('that begins once more at the same commit is made', async () => {
    const commit = await draft();
    await begin(commit);
    expect(await begin(commit)).toBe('made');
  });

  test('is taken where somebody else has one of that name, and stays theirs', async () => {
    const theirs = await people.commitFiles(BRANCH, { 'theirs.md': 'theirs\n' }, 'Theirs', 'mallory');
    expect(await begin(await draft())).toBe('taken');
    expect(await people.tip(BRANCH)).toBe(theirs);
  });

  test('whose answer was lost after it began is made, and nothing is sent again', async () => {
    const commit = await draft();
    loseBegin('after');
    expect(await begin(commit)).toBe('made');
    expect(begun()).toHaveLength(1);
  });

  test('whose answer was lost while somebody else took the name is taken', async () => {
    const commit = await draft();
    await people.commitFiles(BRANCH, { 'theirs.md': 'theirs\n' }, 'Theirs', 'mallory');
    loseBegin('before');
    expect(await begin(commit)).toBe('taken');
  });

  test('that never began is an error, and nothing is sent again', async () => {
    const commit = await draft();
    loseBegin('before');
    await expect(begin(commit)).rejects.toMatchObject({ code: 'githubUnreachable' });
    expect(begun()).toHaveLength(1);
    expect(await people.tip(BRANCH)).toBeNull();
  });

  test('that the token may not begin is an error with the permission', async () => {
    await expect(begin(await draft(), FORK_TOKEN)).rejects.toThrow('The token needs the permission contents: write.');
  });

  test('that another branch stands in the way of is an error, not taken', async () => {
    await people.forcePush('rollcall', start);
    await expect(begin(await draft())).rejects.toThrow('(422: Reference update failed)');
  });

  test('cannot be drafted on a commit that is not there', async () => {
    const nothing = emulated.open().branches.draft('1'.repeat(40), 'Renew voice', RENEWED);
    await expect(nothing).rejects.toMatchObject({ code: 'githubNotFound' });
  });
});
