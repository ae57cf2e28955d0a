import { describe, expect, test } from 'vitest';
import type { HttpReply } from '../../src/ports.ts';
import { ACTIONS, type Asked, commentOf, json, keepComments, LOST, message, openScripted, REPO, type WireComment } from './github-world.ts';

const MARKER = '<!-- rollcall:plan -->';
const BODY = `${MARKER}\n### Access plan: 1 change`;
const OLD = `${MARKER}\n### Access plan: no changes`;
const LIST = `GET ${REPO}/issues/7/comments`;
const MAKE = `POST ${REPO}/issues/7/comments`;

function open(comments: WireComment[], fault?: Parameters<typeof keepComments>[1]) {
  return openScripted(keepComments(comments, fault));
}

function writes(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.startsWith('GET '));
}

describe('the one comment', () => {
  test('is made where there is none, and found the next time', async () => {
    const comments: WireComment[] = [];
    const { github, lines } = open(comments);
    expect(await github.speech.say(7, MARKER, BODY)).toBe('made');
    expect(await github.speech.say(7, MARKER, BODY)).toBe('unchanged');
    expect(lines()).toEqual([LIST, MAKE, LIST]);
    expect(comments.map(({ body }) => body)).toEqual([BODY]);
  });

  test('always begins with its marker, also when the text came without', async () => {
    const comments: WireComment[] = [];
    await open(comments).github.speech.say(7, MARKER, 'No changes.');
    expect(comments[0]?.body).toBe(`${MARKER}\nNo changes.`);
  });

  test('is found on the third page, behind more than two hundred of others, whatever the Link header says', async () => {
    const others = Array.from({ length: 230 }, (_, at) => commentOf(at + 1, 'Looks good.', 500));
    const comments = [...others, commentOf(300, OLD), commentOf(301, 'Merged?', 501)];
    const { github, lines, sent } = open(comments);
    expect(await github.speech.say(7, MARKER, BODY)).toBe('changed');
    expect(lines()).toEqual([LIST, LIST, LIST, `PATCH ${REPO}/issues/comments/300`]);
    expect(sent.slice(0, 3).map(({ query }) => query.toString())).toEqual([
      'per_page=100&page=1',
      'per_page=100&page=2',
      'per_page=100&page=3',
    ]);
    expect(comments.find(({ id }) => id === 300)?.body).toBe(BODY);
  });

  test('is not one with the marker by another author, another app or a ghost, nor one that only quotes the marker', async () => {
    const comments = [
      commentOf(1, OLD, 666),
      commentOf(2, OLD, 'anotherApp'),
      commentOf(3, OLD, 'ghost'),
      commentOf(4, `> ${OLD}`),
      commentOf(5, `\n${OLD}`),
    ];
    expect(await open(comments).github.speech.say(7, MARKER, BODY)).toBe('made');
    expect(comments.map(({ body }) => body)).toEqual([OLD, OLD, OLD, `> ${OLD}`, `\n${OLD}`, BODY]);
  });

  test('is ours also where GitHub leaves out the app: the bot has no other', async () => {
    const comments = [commentOf(1, OLD, ACTIONS.userId)];
    expect(await open(comments).github.speech.say(7, MARKER, BODY)).toBe('changed');
  });

  test('is the oldest of several; the others become one line that points to it, once', async () => {
    const comments = [commentOf(9, OLD), commentOf(4, OLD), commentOf(12, BODY)];
    const { github, lines } = open(comments);
    expect(await github.speech.say(7, MARKER, BODY)).toBe('changed');
    const pointer = 'rollcall speaks in one comment, [this one](https://github.acme.example/acme/access/issues/7#issuecomment-4).';
    expect(comments.map(({ id, body }) => [id, body])).toEqual([
      [9, pointer],
      [4, BODY],
      [12, pointer],
    ]);
    const before = lines().length;
    expect(await github.speech.say(7, MARKER, BODY)).toBe('unchanged');
    expect(lines().slice(before)).toEqual([LIST]);
  });

  test.each([
    ['line ends of Windows', BODY.replaceAll('\n', '\r\n')],
    ['blanks at the end', `${BODY}  \n\n`],
    ['blanks at the end of a line', BODY.replace('\n', ' \n')],
  ])('is not written again for %s', async (_what, stored) => {
    const { github, lines } = open([commentOf(1, stored)]);
    expect(await github.speech.say(7, MARKER, BODY)).toBe('unchanged');
    expect(lines()).toEqual([LIST]);
  });

  test('is made anew when somebody deleted it, also between the look and the write', async () => {
    const comments = [commentOf(1, OLD)];
    const deleteMeanwhile = ({ method }: Asked) => {
      if (method === 'PATCH') comments.splice(0);
      return null;
    };
    const { github, lines } = open(comments, deleteMeanwhile);
    expect(await github.speech.say(7, MARKER, BODY)).toBe('made');
    expect(lines()).toEqual([LIST, `PATCH ${REPO}/issues/comments/1`, MAKE]);
  });

  test('that GitHub stored otherwise is an error', async () => {
    const keepOld = ({ method }: Asked) => (method === 'PATCH' ? json(200, commentOf(1, OLD)) : null);
    await expect(open([commentOf(1, OLD)], keepOld).github.speech.say(7, MARKER, BODY)).rejects.toThrow(
      'the comment on 7: GitHub stored another text than was sent. Look at the comment, and run again.',
    );
  });

  test('is found also where others wrote so much that a hundred are more than one answer may hold', async () => {
    const comments = [...Array.from({ length: 12 }, (_, at) => commentOf(at + 1, 'x', 500)), commentOf(99, OLD)];
    const tooLarge = ({ method, query }: Asked): HttpReply | null =>
      method === 'GET' && query.get('per_page') === '100' ? { kind: 'lost', reason: 'the body is larger than allowed' } : null;
    expect(await open(comments, tooLarge).github.speech.say(7, MARKER, BODY)).toBe('changed');
    expect(comments.at(-1)?.body).toBe(BODY);
  });
});

describe('a comment that GitHub does not take', () => {
  const TOO_LONG = {
    message: 'Validation Failed',
    errors: [{ resource: 'IssueComment', code: 'unprocessable', field: 'data', message: 'Body is too long (maximum is 65536 characters)' }],
  };

  test.each([
    ['a locked conversation', message(403, 'Unable to create comment because issue is locked.'), 'refused'],
    ['the token of a fork', message(403, 'Resource not accessible by integration'), 'refused'],
    ['a place this token may not see', message(404, 'Not Found'), 'refused'],
    ['a text that is too long', json(422, TOO_LONG), 'tooLong'],
  ])('%s', async (_what, reply, said) => {
    const refuse = ({ method }: Asked) => (method === 'POST' ? reply : null);
    const { github, lines } = open([], refuse);
    expect(await github.speech.say(7, MARKER, BODY)).toBe(said);
    expect(lines()).toEqual([LIST, MAKE]);
  });

  test('a token that may not even read the conversation may not write', async () => {
    const { github } = openScripted(() => message(403, 'Resource not accessible by integration'));
    expect(await github.speech.say(7, MARKER, BODY)).toBe('refused');
  });

  test('another 422 is an error that says what GitHub says', async () => {
    const reject = ({ method }: Asked) => (method === 'POST' ? message(422, 'Commenting is turned off') : null);
    await expect(open([], reject).github.speech.say(7, MARKER, BODY)).rejects.toThrow(
      `POST ${REPO}/issues/7/comments: GitHub did not accept it (422: Commenting is turned off`,
    );
  });

  test('a spent rate limit is not taken for a missing permission', async () => {
    const limit = ({ method }: Asked) =>
      method === 'POST' ? message(403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0' }) : null;
    await expect(open([], limit).github.speech.say(7, MARKER, BODY)).rejects.toMatchObject({ code: 'githubLimited' });
  });
});

describe('a comment whose answer was lost', () => {
  test.each([
    ['reset', LOST],
    ['502', message(502, 'Bad Gateway')],
    ['cut', { kind: 'reply' as const, status: 201, headers: { 'content-type': 'application/json' }, body: '{"id":' }],
  ])('was made all the same (%s): it is found, and not sent again', async (_what, reply) => {
    const comments: WireComment[] = [];
    const lose = ({ method }: Asked, done: () => HttpReply) => {
      if (method !== 'POST') return null;
      done();
      return reply;
    };
    const { github, lines } = open(comments, lose);
    expect(await github.speech.say(7, MARKER, BODY)).toBe('made');
    expect(comments).toHaveLength(1);
    expect(writes(lines())).toEqual([MAKE]);
  });

  test('was not made: it is not sent again, and the error says so', async () => {
    const lose = ({ method }: Asked) => (method === 'POST' ? LOST : null);
    const { github, lines } = open([], lose);
    await expect(github.speech.say(7, MARKER, BODY)).rejects.toThrow(
      `POST ${REPO}/issues/7/comments: no whole answer from GitHub (the connection was reset). Run again; what is done stays done.`,
    );
    expect(writes(lines())).toEqual([MAKE]);
  });

  test('a replacement that happened counts as changed, and is not sent again', async () => {
    const lose = ({ method }: Asked, done: () => HttpReply) => {
      if (method !== 'PATCH') return null;
      done();
      return LOST;
    };
    const { github, lines } = open([commentOf(1, OLD)], lose);
    expect(await github.speech.say(7, MARKER, BODY)).toBe('changed');
    expect(writes(lines())).toEqual([`PATCH ${REPO}/issues/comments/1`]);
  });

  test('a replacement that did not happen is an error', async () => {
    const lose = ({ method }: Asked) => (method === 'PATCH' ? LOST : null);
    await expect(open([commentOf(1, OLD)], lose).github.speech.say(7, MARKER, BODY)).rejects.toMatchObject({ code: 'githubUnreachable' });
  });
});

describe('whose comments are ours', () => {
  const mine = (id: number, appId: number | null): WireComment => ({
    id,
    body: OLD,
    user: { id: 77, login: 'ada' },
    performed_via_github_app: appId === null ? null : { id: appId },
  });

  test('with the token of a job: those of GitHub Actions', async () => {
    const comments = [commentOf(1, OLD)];
    const keep = keepComments(comments);
    const world = openScripted((asked) => (asked.path === '/user' ? message(403, 'Resource not accessible by integration') : keep(asked)), {
      identity: null,
    });
    expect(await world.github.speech.say(7, MARKER, BODY)).toBe('changed');
    expect(await world.github.speech.say(7, MARKER, BODY)).toBe('unchanged');
    expect(world.lines().filter((line) => line === 'GET /user')).toHaveLength(1);
  });

  test('with the token of a person: those of that person, without an app', async () => {
    const comments = [mine(1, 5), mine(2, null)];
    const keep = keepComments(comments);
    const { github } = openScripted((asked) => (asked.path === '/user' ? json(200, { id: 77, login: 'ada' }) : keep(asked)), {
      identity: null,
    });
    expect(await github.speech.say(7, MARKER, BODY)).toBe('changed');
    expect(comments.map(({ body }) => body)).toEqual([OLD, BODY]);
  });

  test('with a token that GitHub refuses, nothing is said', async () => {
    const { github, lines } = openScripted(() => message(401, 'Bad credentials'), { identity: null });
    await expect(github.speech.say(7, MARKER, BODY)).rejects.toMatchObject({ code: 'githubRefused', exit: 9 });
    expect(lines()).toEqual(['GET /user']);
  });
});
