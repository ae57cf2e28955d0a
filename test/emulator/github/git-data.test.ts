import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, ask, type Stage, startStage } from './github-for-tests.ts';

let stage: Stage;
let tip: string;

beforeEach(async () => {
  stage = await startStage();
  tip = (await stage.people.tip('main')) ?? '';
});

afterEach(() => stage.stop());

const post = (where: string, body: unknown): Promise<Answer> => ask(stage, 'POST', where, body);

/** A commit that no branch has yet. */
async function commit(parent: string | null, files: Readonly<Record<string, string | null>>): Promise<string> {
  const tree = Object.entries(files).map(([path, content]) => ({
    path,
    mode: '100644',
    type: 'blob',
    ...(content === null ? { sha: null } : { content }),
  }));
  const made = await post('git/trees', parent === null ? { tree } : { base_tree: parent, tree });
  const answer = await post('git/commits', { message: 'Say it', tree: made.body.sha, parents: parent === null ? [] : [parent] });
  return answer.body.sha;
}

describe('branches by compare and swap', () => {
  test('a branch that is not there is 404; it is made once, and a second time is refused', async () => {
    expect((await ask(stage, 'GET', 'git/ref/heads/rollcall-state')).status).toBe(404);
    const sha = await commit(null, { 'README.md': 'state' });
    const made = await post('git/refs', { ref: 'refs/heads/rollcall-state', sha });
    expect([made.status, made.body.ref, made.body.object.sha]).toEqual([201, 'refs/heads/rollcall-state', sha]);
    const again = await post('git/refs', { ref: 'refs/heads/rollcall-state', sha });
    expect([again.status, again.body.message]).toEqual([422, 'Reference already exists']);
  });

  test('of two that move a branch from the same commit the second is refused', async () => {
    const [one, other] = [await commit(tip, { 'a.md': 'one' }), await commit(tip, { 'a.md': 'other' })];
    expect((await ask(stage, 'PATCH', 'git/refs/heads/main', { sha: one, force: false })).status).toBe(200);
    const lost = await ask(stage, 'PATCH', 'git/refs/heads/main', { sha: other, force: false });
    expect([lost.status, lost.body.message]).toEqual([422, 'Update is not a fast forward']);
    expect((await ask(stage, 'GET', 'git/ref/heads/main')).body.object.sha).toBe(one);
    expect((await ask(stage, 'PATCH', 'git/refs/heads/main', { sha: other, force: true })).body.object.sha).toBe(other);
  });

  test('of many at once exactly one wins', async () => {
    const rivals = await Promise.all(Array.from({ length: 8 }, (_, at) => commit(tip, { 'a.md': `rival ${at}` })));
    const answers = await Promise.all(rivals.map((sha) => ask(stage, 'PATCH', 'git/refs/heads/main', { sha })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(7).fill(422)]);
  });

  test('a branch without a commit behind it, of a bad name, or that does not exist is refused', async () => {
    const nothing = '1'.repeat(40);
    expect((await post('git/refs', { ref: 'refs/heads/x', sha: nothing })).body.message).toBe('Object does not exist');
    expect((await post('git/refs', { ref: 'refs/heads/main/x', sha: tip })).body.message).toBe('Reference update failed');
    expect((await post('git/refs', { ref: 'refs/heads/a..b', sha: tip })).body.message).toBe(
      'Reference name is not valid: refs/heads/a..b',
    );
    expect((await ask(stage, 'PATCH', 'git/refs/heads/x', { sha: tip })).body.message).toBe('Reference does not exist');
  });
});

describe('trees and commits', () => {
  test('a commit keeps every other file, changes the one and deletes the other', async () => {
    const sha = await commit(tip, {
      'policies/teams/voice.yaml': 'members: [ada@acme.example]\n',
      'README.md': null,
      'new/ä "b".md': 'new',
    });
    await ask(stage, 'PATCH', 'git/refs/heads/main', { sha });
    const { body } = await ask(stage, 'GET', `git/trees/main?recursive=1`);
    expect(body.tree.filter((entry: { type: string }) => entry.type === 'blob').map((entry: { path: string }) => entry.path)).toEqual([
      'new/ä "b".md',
      'policies/teams/voice.yaml',
    ]);
    const voice = body.tree.find((entry: { path: string }) => entry.path === 'policies/teams/voice.yaml');
    const blob = (await ask(stage, 'GET', `git/blobs/${voice.sha}`)).body;
    expect(Buffer.from(blob.content, blob.encoding).toString('utf8')).toBe('members: [ada@acme.example]\n');
  });

  test('a commit without a parent has only its own files; by nobody else named it is the bot, at the time of the clock', async () => {
    const sha = await commit(null, { 'ledger/00000001.jsonl': '{}\n' });
    const { body } = await ask(stage, 'GET', `git/commits/${sha}`);
    expect([body.parents, body.message]).toEqual([[], 'Say it']);
    expect(body.author).toEqual({
      name: 'github-actions[bot]',
      email: '41898282+github-actions[bot]@users.noreply.github.com',
      date: '2026-11-22T08:00:00Z',
    });
    const { body: listed } = await ask(stage, 'GET', `git/trees/${sha}?recursive=1`);
    expect(listed.tree.map((entry: { path: string }) => entry.path)).toEqual(['ledger', 'ledger/00000001.jsonl']);
  });

  test('a file of a thousand lines in any language goes in and comes out as it was', async () => {
    const text = `${'{"who":"zoë 😀","tab":"\\t"}\n'.repeat(1000)}no line feed at the end`;
    const sha = await commit(tip, { 'ledger.jsonl': text });
    const { body } = await ask(stage, 'GET', `git/trees/${sha}`);
    const { sha: id } = body.tree.find((entry: { path: string }) => entry.path === 'ledger.jsonl');
    expect(Buffer.from((await ask(stage, 'GET', `git/blobs/${id}`)).body.content, 'base64').toString('utf8')).toBe(text);
  });

  test('a blob made first can be used by a tree, also when its content is base64', async () => {
    const blob = await post('git/blobs', { content: Buffer.from([0, 255, 10]).toString('base64'), encoding: 'base64' });
    const made = await post('git/trees', { tree: [{ path: 'bytes', mode: '100644', type: 'blob', sha: blob.body.sha }] });
    expect(made.body.tree).toEqual([
      { path: 'bytes', mode: '100644', type: 'blob', size: 3, sha: blob.body.sha, url: expect.stringContaining(blob.body.sha) },
    ]);
  });

  test.each([
    [
      'a base that is not there',
      { base_tree: '1'.repeat(40), tree: [{ path: 'a', mode: '100644', content: '' }] },
      'base_tree is not a valid tree',
    ],
    [
      'a path that leaves the tree',
      { tree: [{ path: '../a', mode: '100644', content: '' }] },
      'tree.path contains a malformed path component',
    ],
    ['the deletion of what is not there', { tree: [{ path: 'a', mode: '100644', sha: null }] }, 'GitRPC::BadObjectState'],
    ['an entry without content', { tree: [{ path: 'a', mode: '100644' }] }, 'Must supply either tree.sha or tree.content'],
    ['an unknown mode', { tree: [{ path: 'a', mode: '100600', content: '' }] }, 'Must supply a valid tree.mode'],
    ['no entry at all', { tree: [] }, 'Invalid tree info'],
  ])('%s is refused', async (_, body, message) => {
    const answer = await post('git/trees', body);
    expect([answer.status, answer.body.message]).toEqual([422, message]);
  });

  test('a commit of a tree or on a parent that is not there is refused', async () => {
    const nothing = '1'.repeat(40);
    const { tree } = (await ask(stage, 'GET', `git/commits/${tip}`)).body;
    expect((await post('git/commits', { message: 'x', tree: nothing, parents: [] })).body.message).toBe('Tree SHA does not exist');
    expect((await post('git/commits', { message: 'x', tree: tree.sha, parents: [nothing] })).body.message).toBe(
      'Parent SHA does not exist or is not a commit object',
    );
  });
});
