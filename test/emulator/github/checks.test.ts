import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ADA_TOKEN, APP_TOKEN, ask, FORK_TOKEN, type Json, type Stage, startStage } from './github-for-tests.ts';

let stage: Stage;
let sha: string;

beforeEach(async () => {
  stage = await startStage();
  sha = (await stage.people.tip('main')) ?? '';
});

afterEach(() => stage.stop());

const annotations = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    path: 'policies/teams/voice.yaml',
    start_line: at + 1,
    end_line: at + 1,
    annotation_level: 'warning',
    title: `Row ${at + 1}`,
    message: 'ada becomes admin',
  }));

const publish = (more: object = {}, token?: string) =>
  ask(
    stage,
    'POST',
    'check-runs',
    { name: 'rollcall', head_sha: sha, conclusion: 'success', external_id: 'e1', output: { title: 'Plan', summary: 'fine' }, ...more },
    token,
  );

describe('check runs', () => {
  test('one that has a conclusion is complete, at the time of the clock, in a suite of its app', async () => {
    const { status, body } = await publish({ output: { title: 'Plan', summary: 'fine', text: 'more', annotations: annotations(50) } });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'rollcall',
      status: 'completed',
      conclusion: 'success',
      external_id: 'e1',
      head_sha: sha,
      completed_at: '2026-11-22T08:00:00Z',
      app: { id: 15_368, slug: 'github-actions' },
      output: { title: 'Plan', summary: 'fine', text: 'more', annotations_count: 50 },
    });
    const suites = (await ask(stage, 'GET', `commits/${sha}/check-suites`)).body;
    expect(suites.check_suites.map((suite: Json) => [suite.id, suite.created_at])).toEqual([[body.check_suite.id, '2026-11-22T08:00:00Z']]);
  });

  test('51 annotations in one request are refused; a second request adds to the first', async () => {
    const refused = await publish({ output: { title: 'Plan', summary: 'fine', annotations: annotations(51) } });
    expect([refused.status, refused.body.message]).toEqual([
      422,
      'Invalid request.\n\nNo more than 50 items are allowed; 51 were supplied.',
    ]);
    const { id } = (await publish({ output: { title: 'Plan', summary: 'fine', annotations: annotations(50) } })).body;
    const more = await ask(stage, 'PATCH', `check-runs/${id}`, { output: { title: 'Plan', summary: 'fine', annotations: annotations(7) } });
    expect(more.body.output.annotations_count).toBe(57);
    const page = await ask(stage, 'GET', `check-runs/${id}/annotations?per_page=50&page=2`);
    expect(page.body.map((one: Json) => one.title)).toEqual(['Row 1', 'Row 2', 'Row 3', 'Row 4', 'Row 5', 'Row 6', 'Row 7']);
  });

  test.each(['summary', 'text'])('a %s of 65,535 characters goes in, one more is refused', async (field) => {
    const output = (length: number) => ({ output: { title: 'Plan', summary: 'fine', [field]: 'x'.repeat(length) } });
    expect((await publish(output(65_535))).status).toBe(201);
    const refused = await publish(output(65_536));
    expect([refused.status, refused.body.message]).toEqual([
      422,
      'Invalid request.\n\nOnly 65535 characters are allowed; 65536 were supplied.',
    ]);
  });

  test('the suite keeps the time of its first run, whatever a run says of itself', async () => {
    await publish();
    stage.advance(3_600_000);
    await publish({ started_at: '2020-01-01T00:00:00Z', completed_at: '2020-01-01T00:00:00Z' });
    const runs = (await ask(stage, 'GET', `commits/${sha}/check-runs?filter=all`)).body;
    expect(runs.check_runs.map((run: Json) => run.completed_at)).toEqual(['2020-01-01T00:00:00Z', '2026-11-22T08:00:00Z']);
    const { body } = await ask(stage, 'GET', `commits/${sha}/check-suites`);
    expect(body.check_suites.map((suite: Json) => suite.created_at)).toEqual(['2026-11-22T08:00:00Z']);
  });

  test('they are found by name and app, all or only the newest of each', async () => {
    const ids = [(await publish()).body.id, (await publish()).body.id, (await publish({ name: 'other' })).body.id];
    const foreign = (await publish({}, APP_TOKEN)).body.id;
    const find = async (query: string) => (await ask(stage, 'GET', `commits/${sha}/check-runs?${query}`)).body;
    const idsOf = (body: Json): number[] => body.check_runs.map((run: Json) => run.id);
    expect(idsOf(await find('check_name=rollcall&filter=all&app_id=15368'))).toEqual([ids[1], ids[0]]);
    expect(idsOf(await find('check_name=rollcall'))).toEqual([foreign, ids[1]]);
    expect(await find('filter=all&per_page=1&page=2')).toMatchObject({ total_count: 4, check_runs: [{ id: ids[2] }] });
    expect(idsOf((await ask(stage, 'GET', 'commits/main/check-runs?check_name=other')).body)).toEqual([ids[2]]);
  });

  test('only apps write them, and each only its own', async () => {
    const person = await publish({}, ADA_TOKEN);
    expect([person.status, person.body.message]).toEqual([403, 'You must authenticate via a GitHub App.']);
    const fork = await publish({}, FORK_TOKEN);
    expect([fork.status, fork.body.message]).toEqual([403, 'Resource not accessible by integration']);
    const { id } = (await publish()).body;
    const other = await ask(stage, 'PATCH', `check-runs/${id}`, { conclusion: 'failure' }, APP_TOKEN);
    expect([other.status, other.body.message]).toMatchObject([
      403,
      expect.stringContaining('can only be modified by the GitHub App that created it'),
    ]);
  });

  test.each([
    ['a commit that is not there', { head_sha: '1'.repeat(40) }, `No commit found for SHA: ${'1'.repeat(40)}`],
    ['an unknown conclusion', { conclusion: 'great' }, 'Invalid request.\n\nthe conclusion is none of the known.'],
    ['output without a summary', { output: { title: 'Plan' } }, 'Invalid request.\n\n"summary" wasn\'t supplied.'],
    [
      'an annotation on line 0',
      { output: { title: 'Plan', summary: '', annotations: [{ ...annotations(1)[0], start_line: 0 }] } },
      'Invalid request.\n\nan annotation lacks path, start_line, end_line, annotation_level or message.',
    ],
  ])('%s is refused', async (_, more, message) => {
    const answer = await publish(more);
    expect([answer.status, answer.body.message]).toEqual([422, message]);
  });
});
