import { describe, expect, test } from 'vitest';
import { json, MEMBERS_TOKEN, message, openScripted, pageOf, REPO, TOKEN } from './github-world.ts';

const HEAD = 'a'.repeat(40);
const MERGE = 'b'.repeat(40);

function pullOf(number: number, more: object = {}) {
  return {
    number,
    title: 'Add Grace::set-output',
    user: { login: 'ada', id: 1, type: 'User' },
    state: 'open',
    merged_at: null as string | null,
    merge_commit_sha: MERGE as string | null,
    head: { sha: HEAD, ref: 'topic', repo: { id: 42 } as { id: number } | null },
    base: { ref: 'main', repo: { id: 42 } },
    ...more,
  };
}

describe('a pull request', () => {
  test('is told in our words, foreign text as it is, and an open one has no merge', async () => {
    const { github, lines } = openScripted(() => json(200, pullOf(7)));
    expect(await github.pulls.one(7)).toEqual({
      number: 7,
      title: 'Add Grace::set-output',
      author: 'ada',
      authorId: 1,
      authorIsPerson: true,
      open: true,
      mergedAt: null,
      mergeCommit: null,
      head: HEAD,
      headBranch: 'topic',
      base: 'main',
      fork: false,
    });
    expect(lines()).toEqual([`GET ${REPO}/pulls/7`]);
  });

  test('that is merged names its commit', async () => {
    const { github } = openScripted(() => json(200, pullOf(7, { state: 'closed', merged_at: '2026-11-22T09:00:00Z' })));
    expect(await github.pulls.one(7)).toMatchObject({ open: false, mergedAt: '2026-11-22T09:00:00.000Z', mergeCommit: MERGE });
  });

  test.each([
    ['of another repository', { id: 43 }],
    ['of a repository that is gone', null],
  ])('with a head %s is a fork', async (_what, repo) => {
    const { github } = openScripted(() => json(200, pullOf(7, { head: { sha: HEAD, ref: 'main', repo } })));
    expect(await github.pulls.one(7)).toMatchObject({ fork: true });
  });

  test('of somebody whose account is gone has a ghost for its author', async () => {
    const { github } = openScripted(() => json(200, pullOf(7, { user: null })));
    expect(await github.pulls.one(7)).toMatchObject({ author: 'ghost', authorId: 0 });
  });

  test('that is not there is none; one that cannot be read is an error', async () => {
    expect(await openScripted(() => message(404, 'Not Found')).github.pulls.one(7)).toBeNull();
    await expect(openScripted(() => message(403, 'no')).github.pulls.one(7)).rejects.toThrow('pull-requests: read');
  });

  test('is found among the open ones of a branch, oldest first', async () => {
    const { github, sent } = openScripted(({ query }) => pageOf([pullOf(1), pullOf(2)], query));
    expect((await github.pulls.open('release/1.0 & more')).map(({ number }) => number)).toEqual([1, 2]);
    expect(Object.fromEntries(sent[0]?.query ?? [])).toEqual({
      base: 'release/1.0 & more',
      state: 'open',
      sort: 'created',
      direction: 'asc',
      per_page: '100',
      page: '1',
    });
  });

  test('is found by a commit of the default branch', async () => {
    const { github, lines } = openScripted(({ query }) => pageOf([pullOf(1)], query));
    expect((await github.pulls.ofCommit(MERGE)).map(({ number }) => number)).toEqual([1]);
    expect(lines()).toEqual([`GET ${REPO}/commits/${MERGE}/pulls`]);
  });
});

describe('reviews', () => {
  const reviewOf = (state: string, user: object | null, submitted_at: string | undefined = '2026-11-22T09:00:00Z') => ({
    user,
    state,
    commit_id: HEAD,
    submitted_at,
  });
  const ADA = { login: 'ada', id: 1, type: 'User' };

  test('are told in their order; what is not given yet is none', async () => {
    const rows = [
      reviewOf('CHANGES_REQUESTED', ADA),
      reviewOf('PENDING', ADA, undefined),
      reviewOf('COMMENTED', { login: 'scan[bot]', id: 9, type: 'Bot' }),
      reviewOf('APPROVED', ADA, '2026-11-22T10:00:00Z'),
      reviewOf('DISMISSED', null),
    ];
    const { github } = openScripted(({ query }) => pageOf(rows, query));
    const at = '2026-11-22T09:00:00.000Z';
    expect(await github.pulls.reviews(7)).toEqual([
      { reviewer: 'ada', reviewerId: 1, isPerson: true, state: 'changes_requested', commit: HEAD, at },
      { reviewer: 'scan[bot]', reviewerId: 9, isPerson: false, state: 'commented', commit: HEAD, at },
      { reviewer: 'ada', reviewerId: 1, isPerson: true, state: 'approved', commit: HEAD, at: '2026-11-22T10:00:00.000Z' },
      { reviewer: 'ghost', reviewerId: 0, isPerson: false, state: 'dismissed', commit: HEAD, at },
    ]);
  });

  test('are read over all pages', async () => {
    const rows = Array.from({ length: 205 }, () => reviewOf('COMMENTED', ADA));
    const { github, sent } = openScripted(({ query }) => pageOf(rows, query));
    expect(await github.pulls.reviews(7)).toHaveLength(205);
    expect(sent).toHaveLength(3);
  });
});

describe('what people may do', () => {
  test.each([
    ['admin', 'admin'],
    ['maintain', 'write'],
    ['write', 'write'],
    ['triage', 'read'],
    ['read', 'read'],
    ['none', 'none'],
    ['something new', 'none'],
  ])('%s is %s', async (permission, ours) => {
    const { github } = openScripted(() => json(200, { permission, role_name: 'a role of our own', user: null }));
    expect(await github.people.permission('ada')).toBe(ours);
  });

  test('somebody GitHub does not know may do nothing, whatever the name looks like', async () => {
    const { github, sent } = openScripted(() => message(404, 'Not Found'));
    expect(await github.people.permission('../../user?x=[bot]')).toBe('none');
    expect(new URL(sent[0]?.request.url ?? '').pathname).toBe(`${REPO}/collaborators/..%2F..%2Fuser%3Fx%3D%5Bbot%5D/permission`);
  });

  test.each([
    ['active', json(200, { state: 'active' }), true],
    ['invited', json(200, { state: 'pending' }), false],
    ['no member', message(404, 'Not Found'), false],
    ['not for this token to tell', message(403, 'Resource not accessible by integration'), null],
  ])('in a team: %s', async (_what, reply, ours) => {
    const { github, lines } = openScripted(() => reply);
    expect(await github.people.isMember('acme', 'security', 'grace')).toBe(ours);
    expect(lines()).toEqual(['GET /orgs/acme/teams/security/memberships/grace']);
  });

  test('the team is asked with the token for members where there is one, and nothing else is', async () => {
    const { github, sent } = openScripted(
      ({ path }) => json(200, path.startsWith('/orgs') ? { state: 'active' } : { permission: 'admin' }),
      {
        membersToken: MEMBERS_TOKEN,
      },
    );
    await github.people.isMember('acme', 'security', 'grace');
    await github.people.permission('grace');
    expect(sent.map(({ request }) => request.headers['authorization'])).toEqual([`token ${MEMBERS_TOKEN}`, `token ${TOKEN}`]);
  });

  test('a token for members that GitHub refuses is an error', async () => {
    const { github } = openScripted(() => message(401, 'Bad credentials'), { membersToken: MEMBERS_TOKEN });
    await expect(github.people.isMember('acme', 'security', 'grace')).rejects.toThrow('members: read (of the organization)');
  });
});
