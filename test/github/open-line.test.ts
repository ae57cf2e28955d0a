import { describe, expect, test } from 'vitest';
import { RollcallError } from '../../src/errors.ts';
import { createFetch } from '../../src/github/create-fetch.ts';
import { openGitHub } from '../../src/github/open-github.ts';
import type { Http, HttpReply } from '../../src/ports.ts';
import { ACTIONS, API, type Asked, json, LOST, MEMBERS_TOKEN, message, openScripted, REPO, SECONDARY, TOKEN } from './github-world.ts';

const FACTS = { id: 42, private: true, default_branch: 'main' };
const UNSENT: HttpReply = { kind: 'unsent', reason: 'the connection was refused' };

/** The answers one after another; the last of them again and again. */
function inTurn(...replies: readonly HttpReply[]): () => HttpReply {
  let at = 0;
  return () => {
    const reply = replies[Math.min(at, replies.length - 1)];
    at += 1;
    if (reply === undefined) throw new Error('the script is empty');
    return reply;
  };
}

async function errorOf(call: Promise<unknown>): Promise<RollcallError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RollcallError)) throw new Error(`expected a RollcallError, got ${String(error)}`);
  return error;
}

describe('what is sent', () => {
  test('goes to the API alone, with the token, the version of the API and our name', async () => {
    const { github, sent } = openScripted(() => json(200, FACTS));
    expect(await github.branches.facts()).toEqual({ id: 42, isPrivate: true, defaultBranch: 'main' });
    const [asked] = sent;
    expect(asked?.request.url).toBe(`${API}${REPO}`);
    expect(asked?.request).toMatchObject({ timeoutMs: 30_000, maxBodyBytes: 4 * 1024 * 1024 });
    expect(asked?.request.headers).toMatchObject({
      authorization: `token ${TOKEN}`,
      'x-github-api-version': '2022-11-28',
      'user-agent': 'rollcall',
    });
  });

  test('goes below the path of a server of one’s own', async () => {
    const urls: string[] = [];
    const http: Http = {
      send: async ({ url }) => {
        urls.push(url);
        return json(200, FACTS);
      },
      close: async () => undefined,
    };
    const { clock } = openScripted(() => LOST);
    const github = openGitHub({
      apiUrl: 'https://git.acme.example/api/v3/',
      serverUrl: 'https://git.acme.example/',
      repository: 'acme/access',
      token: TOKEN,
      membersToken: null,
      http,
      clock,
      identity: ACTIONS,
      pace: true,
      interrupted: new AbortController().signal,
    });
    await github.branches.facts();
    expect(urls).toEqual(['https://git.acme.example/api/v3/repos/acme/access']);
    expect(github.url).toBe('https://git.acme.example/acme/access');
  });

  test('never goes to another host', async () => {
    const http: Http = {
      send: async () => {
        throw new Error('it was sent');
      },
      close: async () => undefined,
    };
    const send = createFetch(http, API)('https://elsewhere.example/repos?page=2', { method: 'GET', headers: { authorization: TOKEN } });
    await expect(send).rejects.toThrow(
      'GET /repos is an address that rollcall does not ask: another host than GITHUB_API_URL names, or a path made of dots. It was not sent',
    );
  });

  test('never asks another endpoint because of a name made of dots', async () => {
    const { github, sent } = openScripted(() => json(200, { state: 'active', permission: 'admin' }));
    await expect(github.people.isMember('acme', '..', 'mallory')).rejects.toMatchObject({ code: 'githubElsewhere' });
    await expect(github.people.permission('.')).rejects.toMatchObject({ code: 'githubElsewhere' });
    await expect(github.branches.tip('..')).rejects.toMatchObject({ code: 'githubElsewhere' });
    await expect(github.pulls.ofCommit('..')).rejects.toMatchObject({ code: 'githubElsewhere' });
    expect(sent).toEqual([]);
  });

  test.each([
    ['http://api.acme.example', 'GITHUB_API_URL must be https'],
    ['http://localhost:8080', 'GITHUB_API_URL must be https'],
    ['ftp://127.0.0.1', 'GITHUB_API_URL must be https'],
    ['https://user:word@api.acme.example', 'GITHUB_API_URL must be https'],
    ['nothing', 'GITHUB_API_URL must be https'],
  ])('never goes to %s', (apiUrl, says) => {
    const { clock } = openScripted(() => LOST);
    const http: Http = { send: async () => LOST, close: async () => undefined };
    const interrupted = new AbortController().signal;
    const rest = { repository: 'acme/access', token: TOKEN, membersToken: null, http, clock, identity: null, pace: false, interrupted };
    expect(() => openGitHub({ apiUrl, serverUrl: API, ...rest })).toThrow(says);
  });

  test.each(['acme', 'acme/access/more', 'acme/..', '/access', 'acme/a b', 'acme/access?x'])('names a repository, not %s', (repository) => {
    const { clock } = openScripted(() => LOST);
    const http: Http = { send: async () => LOST, close: async () => undefined };
    const interrupted = new AbortController().signal;
    const rest = { apiUrl: API, serverUrl: API, token: TOKEN, membersToken: null, http, clock, identity: null, pace: false, interrupted };
    expect(() => openGitHub({ repository, ...rest })).toThrow(/^GITHUB_REPOSITORY is .*\. Give it as OWNER\/NAME, such as acme\/access\.$/);
  });
});

describe('what GitHub refuses', () => {
  test.each([
    [
      401,
      'Bad credentials',
      9,
      `GET ${REPO}: GitHub refused it (401: Bad credentials). The token needs the permission metadata: read. Give the job that permission, or a token that has it.`,
    ],
    [403, 'Resource not accessible by integration', 9, 'The token needs the permission metadata: read.'],
    [404, 'Not Found', 64, `GET ${REPO}: GitHub has no such thing (404: Not Found`],
    [422, 'Validation Failed', 1, `GET ${REPO}: GitHub did not accept it (422: Validation Failed`],
    [429, 'Too many requests', 1, "GitHub's rate limit is used up (429: Too many requests"],
  ])('%i is asked once and said with the way out', async (status, says, exit, words) => {
    const { github, sent } = openScripted(() => message(status, says));
    const error = await errorOf(github.branches.facts());
    expect(error.message).toContain(words);
    expect(error.exit).toBe(exit);
    expect(sent).toHaveLength(1);
  });

  test('a redirect is not followed, whatever was asked', async () => {
    const moved = json(
      301,
      { message: 'Moved Permanently', url: 'https://elsewhere.example/' },
      { location: 'https://elsewhere.example/' },
    );
    const { github, sent } = openScripted(() => moved);
    const error = await errorOf(github.branches.facts());
    expect(error.message).toBe(
      `GET ${REPO}: GitHub answered 301 and points elsewhere, and rollcall follows no redirect. If the repository was renamed or transferred, run where it is now.`,
    );
    expect(sent).toHaveLength(1);
  });

  test('an error body that carries a token back, in any form, never shows it', async () => {
    const forms = [
      TOKEN,
      MEMBERS_TOKEN,
      Buffer.from(TOKEN).toString('base64'),
      encodeURIComponent(TOKEN),
      Buffer.from(TOKEN).toString('hex'),
    ];
    for (const status of [400, 401, 403, 404, 422, 429, 500]) {
      const script = () => message(status, `no: ${forms.join(' ')}`);
      const error = await errorOf(openScripted(script, { membersToken: MEMBERS_TOKEN }).github.branches.facts());
      for (const form of forms) expect(JSON.stringify([error.message, error.stack, error.cause ?? null])).not.toContain(form);
      // `visible` would turn a left-over token into an escaped one.
      expect(error.message).not.toContain('canary');
      expect(error.message).not.toContain('members_98');
      expect(Object.keys(error).toSorted()).toEqual(['code', 'exit', 'name']);
    }
  });

  test('a token in a path is not shown either', async () => {
    const { github } = openScripted(() => message(403, 'no'));
    const error = await errorOf(github.people.permission(TOKEN));
    expect(error.message).toContain('/collaborators/[secret]/permission');
  });

  test('words from outside cannot speak to the runner or the terminal, and are cut', async () => {
    const { github } = openScripted(() => message(422, `\u001b[31m\n::add-mask::x ${'z'.repeat(1000)}`));
    const { message: words } = await errorOf(github.branches.facts());
    expect(words).not.toMatch(/\u001b|\n|::/);
    expect(words.length).toBeLessThan(700);
  });

  test('a web page in the place of an error is no reason to fall over', async () => {
    const page: HttpReply = { kind: 'reply', status: 403, headers: { 'content-type': 'text/html; ;;' }, body: '<h1>Forbidden</h1>' };
    expect((await errorOf(openScripted(() => page).github.branches.facts())).message).toContain('(403: \\u{3c}h1\\u{3e}Forbidden');
  });
});

describe('what is tried again', () => {
  test.each([
    ['a 500', message(500, 'Server Error')],
    ['a 503', message(503, 'Unavailable')],
    ['a reset', LOST],
    ['no connection', UNSENT],
    ['half an answer', json(200, '{"id": 4')],
    ['a web page', { kind: 'reply' as const, status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' }],
  ])('a read after %s, twice, with a pause', async (_what, reply) => {
    const { github, sent, clock } = openScripted(inTurn(reply, reply, json(200, FACTS)));
    expect((await github.branches.facts()).id).toBe(42);
    expect(sent).toHaveLength(3);
    expect(clock.sleeps).toEqual([1000, 4000]);
  });

  test.each([
    [message(502, 'Bad Gateway'), `GET ${REPO}: no whole answer from GitHub (502: Bad Gateway`],
    [
      UNSENT,
      `GET ${REPO}: no whole answer from GitHub (nothing was sent, the connection was refused). Run again; what is done stays done.`,
    ],
    [json(200, '{"id": 4'), `GET ${REPO}: no whole answer from GitHub (the answer (200) was not whole JSON).`],
  ])('a read that never succeeds is an error after three tries', async (reply, words) => {
    const { github, sent } = openScripted(() => reply);
    const error = await errorOf(github.branches.facts());
    expect(error.message).toContain(words);
    expect(error.exit).toBe(1);
    expect(sent).toHaveLength(3);
  });

  test('a refusal after a lost answer is final', async () => {
    const { github, sent } = openScripted(inTurn(LOST, message(404, 'Not Found')));
    expect((await errorOf(github.branches.facts())).code).toBe('githubNotFound');
    expect(sent).toHaveLength(2);
  });

  test('nothing once the run was interrupted', async () => {
    const interruption = new AbortController();
    const { github, sent, clock } = openScripted(
      () => {
        interruption.abort();
        return LOST;
      },
      { interrupted: interruption.signal },
    );
    expect((await errorOf(github.branches.facts())).code).toBe('githubUnreachable');
    expect(sent).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });

  test('what an interrupted run still has to say goes out', async () => {
    const { github } = openScripted(() => json(200, FACTS), { interrupted: AbortSignal.abort() });
    expect((await github.branches.facts()).id).toBe(42);
  });
});

describe('a rate limit', () => {
  const limited = (retryAfter: string, status = 403) => message(status, SECONDARY, { 'retry-after': retryAfter });

  test.each([403, 429])('is waited out as long as GitHub asks, also without pacing (%i)', async (status) => {
    const { github, sent, clock } = openScripted(inTurn(limited('7', status), limited('120', status), json(200, FACTS)));
    expect((await github.branches.facts()).id).toBe(42);
    expect(clock.sleeps).toEqual([7000, 120_000]);
    expect(sent).toHaveLength(3);
  });

  test('lets a write be sent again: nothing was done', async () => {
    const { github, lines, clock } = openScripted(
      inTurn(json(200, []), limited('3'), json(201, { id: 1, body: 'MARK text', user: { id: ACTIONS.userId } })),
    );
    expect(await github.speech.say(7, 'MARK', 'MARK text')).toBe('made');
    expect(lines().filter((line) => line.startsWith('POST '))).toHaveLength(2);
    expect(clock.sleeps).toEqual([3000]);
  });

  test('is waited for a minute where GitHub does not say how long', async () => {
    const { github, clock } = openScripted(inTurn(message(403, SECONDARY), json(200, FACTS)));
    await github.branches.facts();
    expect(clock.sleeps).toEqual([60_000]);
  });

  test('is an error after two waits', async () => {
    const { github, sent, clock } = openScripted(() => limited('5'));
    const error = await errorOf(github.branches.facts());
    expect(error.message).toBe(
      `GET ${REPO}: GitHub's rate limit is used up (403: You have exceeded a secondary rate limit. Please wait a few minutes before you try again.), for longer than rollcall waits. Run again later; what is done stays done.`,
    );
    expect(sent).toHaveLength(3);
    expect(clock.sleeps).toEqual([5000, 5000]);
  });

  test.each([
    ['asks for more than two minutes', limited('121')],
    ['is the hourly one', message(403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2147480000' })],
  ])('that %s is an error at once', async (_what, reply) => {
    const { github, sent, clock } = openScripted(() => reply);
    expect((await errorOf(github.branches.facts())).code).toBe('githubLimited');
    expect(sent).toHaveLength(1);
    expect(clock.sleeps).toEqual([]);
  });

  test('does not hold up a run that was interrupted', async () => {
    const { github, clock } = openScripted(() => limited('60'), { interrupted: AbortSignal.abort() });
    expect((await errorOf(github.branches.facts())).code).toBe('githubLimited');
    expect(clock.sleeps).toEqual([]);
  });
});

describe('pages', () => {
  const pullOf = (number: number) => ({
    number,
    title: `Pull ${number}`,
    user: { login: 'ada', id: 1 },
    state: 'open',
    merged_at: null,
    merge_commit_sha: null,
    head: { sha: 'a'.repeat(40), ref: 'topic', repo: { id: 1 } },
    base: { ref: 'main', repo: { id: 1 } },
  });
  const rows = (count: number) => Array.from({ length: count }, (_, at) => pullOf(at + 1));
  const serve =
    (count: number) =>
    ({ query }: Asked): HttpReply => {
      const size = Number(query.get('per_page'));
      return json(200, rows(count).slice((Number(query.get('page')) - 1) * size, Number(query.get('page')) * size), {
        link: '<https://elsewhere.example/?page=2>; rel="next"',
      });
    };

  test.each([
    [0, 1],
    [99, 1],
    [100, 2],
    [101, 2],
    [250, 3],
  ])('%i rows are read in %i, until a short one', async (count, pages) => {
    const { github, sent } = openScripted(serve(count));
    expect((await github.pulls.open('main')).map(({ number }) => number)).toEqual(rows(count).map(({ number }) => number));
    expect(sent).toHaveLength(pages);
  });

  test('that never end are an error, not a part', async () => {
    const { github, sent } = openScripted(serve(1_000_000 / 100));
    const error = await errorOf(github.pulls.open('main'));
    expect(error.message).toBe(
      'a list (pull-requests: read): more than 5000 rows, which is more than rollcall reads. A part is never taken for the whole.',
    );
    expect(sent).toHaveLength(50);
  });

  test('of which one cannot be read are an error, not a part', async () => {
    const { github } = openScripted((asked) => (asked.query.get('page') === '2' ? message(500, 'Server Error') : serve(250)(asked)));
    expect((await errorOf(github.pulls.open('main'))).code).toBe('githubUnreachable');
  });

  test('that are no lists are an error', async () => {
    const { github } = openScripted(() => json(200, { message: 'hello' }));
    expect((await errorOf(github.pulls.open('main'))).code).toBe('githubUnreachable');
  });
});
