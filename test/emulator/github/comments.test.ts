import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ADA_TOKEN, APP_TOKEN, ask, FORK_TOKEN, type Json, type Stage, startStage } from './github-for-tests.ts';

const MARKER = '<!-- rollcall:plan -->';

let stage: Stage;
let number: number;

beforeEach(async () => {
  stage = await startStage();
  await stage.people.commitFiles('more-voice', { 'more.md': 'more' }, 'More', 'ada');
  number = await stage.people.openPull({ head: 'more-voice', title: 'More', author: 'ada' });
});

afterEach(() => stage.stop());

const post = (body: unknown, token?: string) => ask(stage, 'POST', `issues/${number}/comments`, { body }, token);

describe('comments on a pull request', () => {
  test('the bot’s own carry its id and its app, a person’s carry neither', async () => {
    const { status, body } = await post(`${MARKER}\nA plan`);
    expect(status).toBe(201);
    expect([body.user.login, body.user.id, body.user.type, body.performed_via_github_app.id]).toEqual([
      'github-actions[bot]',
      41_898_282,
      'Bot',
      15_368,
    ]);
    expect((await post('hello', ADA_TOKEN)).body).toMatchObject({
      user: { login: 'ada', id: 101, type: 'User' },
      performed_via_github_app: null,
    });
    expect((await post('hello', APP_TOKEN)).body).toMatchObject({
      user: { login: 'rollcall[bot]' },
      performed_via_github_app: { id: 4242 },
    });
  });

  test('a person may write our marker, and may edit our comment, which then still is ours', async () => {
    const ours = (await post(`${MARKER}\nA plan`)).body.id;
    await stage.people.comment(number, { by: 'mallory', body: `${MARKER}\nAll is well` });
    await stage.people.comment(number, { by: 'mallory', body: `${MARKER}\nby another app`, viaApp: 99 });
    stage.advance(5000);
    await stage.people.editComment(ours, { by: 'mallory', body: `${MARKER}\nNothing to see` });
    const { body } = await ask(stage, 'GET', `issues/${number}/comments`);
    expect(body.map((one: Json) => [one.user.login, one.performed_via_github_app?.id ?? null, one.body])).toEqual([
      ['github-actions[bot]', 15_368, `${MARKER}\nNothing to see`],
      ['mallory', null, `${MARKER}\nAll is well`],
      ['mallory', 99, `${MARKER}\nby another app`],
    ]);
    expect([body[0].created_at, body[0].updated_at]).toEqual(['2026-11-22T08:00:00Z', '2026-11-22T08:00:05Z']);
  });

  test('240 of them are three pages, oldest first, and never more than 100 a page', async () => {
    for (let at = 1; at <= 240; at += 1) await stage.people.comment(number, { by: 'grace', body: `comment ${at}` });
    const page = (query: string) => ask(stage, 'GET', `issues/${number}/comments?${query}`);
    const [first, last, beyond] = [await page('per_page=500'), await page('per_page=100&page=3'), await page('per_page=100&page=4')];
    expect([first.body.length, last.body.length, beyond.body.length]).toEqual([100, 40, 0]);
    expect([first.body[0].body, last.body[39].body]).toEqual(['comment 1', 'comment 240']);
    expect((await page('')).body.length).toBe(30);
    expect((await page('per_page=100&page=2')).headers.get('link')).toContain('&page=3>; rel="next"');
  });

  test('one is changed, read and deleted by its id', async () => {
    const { id } = (await post('first')).body;
    expect((await ask(stage, 'PATCH', `issues/comments/${id}`, { body: 'second' })).body.body).toBe('second');
    expect((await ask(stage, 'GET', `issues/comments/${id}`)).body.body).toBe('second');
    expect((await ask(stage, 'DELETE', `issues/comments/${id}`)).status).toBe(204);
    expect((await ask(stage, 'PATCH', `issues/comments/${id}`, { body: 'third' })).status).toBe(404);
    const other = (await post('again')).body.id;
    await stage.people.deleteComment(other);
    expect((await ask(stage, 'GET', `issues/comments/${other}`)).status).toBe(404);
  });

  test('65,536 characters go in, one more is refused, and so is none', async () => {
    expect((await post('😀'.repeat(65_536))).status).toBe(201);
    const long = await post('x'.repeat(65_537));
    expect([long.status, long.body.message, long.body.errors[0].message]).toEqual([
      422,
      'Validation Failed',
      'Body is too long (maximum is 65536 characters)',
    ]);
    expect((await post('')).body.errors[0]).toEqual({ resource: 'IssueComment', code: 'missing_field', field: 'body' });
    const { id } = (await post('short')).body;
    expect((await ask(stage, 'PATCH', `issues/comments/${id}`, { body: 'x'.repeat(65_537) })).status).toBe(422);
  });

  test('a locked conversation takes no comment', async () => {
    await stage.people.lockPull(number);
    const answer = await post('hello');
    expect([answer.status, answer.body.message]).toEqual([403, 'Unable to create comment because issue is locked.']);
    await stage.people.lockPull(number, false);
    expect((await post('hello')).status).toBe(201);
  });

  test('the token of a fork reads and writes nothing', async () => {
    const answer = await post('hello', FORK_TOKEN);
    expect([answer.status, answer.body.message]).toEqual([403, 'Resource not accessible by integration']);
    expect((await ask(stage, 'GET', `issues/${number}/comments`, undefined, FORK_TOKEN)).body).toEqual([]);
  });
});

describe('issues', () => {
  test('one is opened, labelled, commented, closed and found again', async () => {
    const made = await ask(stage, 'POST', 'issues', { title: 'Drift', body: 'Somebody was here', labels: ['rollcall'] });
    expect([made.status, made.body.number, made.body.state]).toEqual([201, number + 1, 'open']);
    const where = `issues/${made.body.number}`;
    await ask(stage, 'POST', `${where}/comments`, { body: 'still there' });
    const labels = await ask(stage, 'POST', `${where}/labels`, { labels: ['drift', 'rollcall'] });
    expect(labels.body.map((label: Json) => label.name)).toEqual(['rollcall', 'drift']);
    const closed = await ask(stage, 'PATCH', where, { state: 'closed', title: 'No drift' });
    expect(closed.body).toMatchObject({ title: 'No drift', state: 'closed', comments: 1, closed_at: '2026-11-22T08:00:00Z' });
    const find = async (query: string) => (await ask(stage, 'GET', `issues?${query}`)).body.map((issue: Json) => issue.number);
    expect(await find('state=closed&labels=drift')).toEqual([made.body.number]);
    expect(await find('state=all&labels=none')).toEqual([]);
  });

  test('where they are switched off there are none and none is opened; pull requests go on', async () => {
    const made = (await ask(stage, 'POST', 'issues', { title: 'rollcall: telnyx-support' })).body;
    stage.people.switchIssues(false);
    const list = (await ask(stage, 'GET', 'issues')).body.map((one: Json) => one.number);
    const opened = await ask(stage, 'POST', 'issues', { title: 'rollcall: telnyx-billing' });
    expect([list, opened.status, opened.body.message]).toEqual([[number], 410, 'Issues has been disabled in this repository.']);
    expect((await ask(stage, 'GET', `issues/${made.number}`)).status).toBe(410);
    expect((await post('A plan')).status).toBe(201);
    expect((await ask(stage, 'GET', '')).body.has_issues).toBe(false);
    stage.people.switchIssues(true);
    expect((await ask(stage, 'GET', `issues/${made.number}`)).body.title).toBe('rollcall: telnyx-support');
  });

  test('a pull request is an issue, too, and says that it is one', async () => {
    const { body } = await ask(stage, 'GET', 'issues');
    expect(body.map((issue: Json) => [issue.number, 'pull_request' in issue])).toEqual([[number, true]]);
  });

  test('a body that is too long is refused', async () => {
    const answer = await ask(stage, 'POST', 'issues', { title: 'Drift', body: 'x'.repeat(65_537) });
    expect([answer.status, answer.body.errors[0].resource]).toEqual([422, 'Issue']);
  });
});
