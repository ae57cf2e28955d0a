import { describe, expect, test } from 'vitest';
import type { Annotation, NewCheck } from '../../src/github/github.ts';
import type { HttpReply } from '../../src/ports.ts';
import { ACTIONS, type Asked, json, LOST, message, openScripted, REPO } from './github-world.ts';

const COMMIT = 'c'.repeat(40);
const NAME = 'rollcall';

const CHECK: NewCheck = {
  name: NAME,
  commit: COMMIT,
  conclusion: 'success',
  externalId: 'sha256:1',
  title: 'Access plan: 1 change',
  summary: 'summary',
  text: 'text',
  annotations: [],
  detailsUrl: 'https://github.acme.example/acme/access/actions/runs/1',
  at: '2026-11-22T09:00:00.123Z',
};

function annotations(count: number): Annotation[] {
  return Array.from({ length: count }, (_, at) => ({
    path: 'policies/teams/voice.yaml',
    line: at + 1,
    level: 'warning',
    title: 'max_deletes',
    message: `line ${at + 1}`,
  }));
}

interface WireRun {
  readonly id: number;
  readonly app: { readonly id: number } | null;
}

function runOf(id: number, app: number | null = ACTIONS.appId, more: object = {}): WireRun {
  return {
    id,
    ...{ name: NAME, head_sha: COMMIT, external_id: 'sha256:1', conclusion: 'success', output: { text: 'text' } },
    ...{ started_at: '2026-11-22T08:59:59Z', completed_at: '2026-11-22T09:00:00Z', check_suite: { id: 5 } },
    ...more,
    app: app === null ? null : { id: app },
  };
}

/** The check runs of one commit, as GitHub pages them; writes are answered by `write`. */
function serve(runs: readonly WireRun[], write: (asked: Asked) => HttpReply = () => json(201, { id: 900 })) {
  return (asked: Asked): HttpReply => {
    const { method, path, query } = asked;
    if (method !== 'GET') return write(asked);
    const size = Number(query.get('per_page'));
    const from = (Number(query.get('page')) - 1) * size;
    if (path === `${REPO}/commits/${COMMIT}/check-runs`) {
      return json(200, { total_count: runs.length, check_runs: runs.slice(from, from + size) });
    }
    if (path === `${REPO}/commits/${COMMIT}/check-suites`) {
      return json(200, { total_count: 1, check_suites: from === 0 ? [{ id: 5, created_at: '2026-11-22T08:00:00Z' }] : [] });
    }
    return message(404, 'Not Found');
  };
}

describe('the check runs that are read', () => {
  test('are those of this app, newest first, with the time at which GitHub says that their suite began', async () => {
    const { github, lines, sent } = openScripted(serve([runOf(1), runOf(3), runOf(2, 999), runOf(4, null)]));
    const checks = await github.speech.checks(COMMIT, NAME);
    expect(checks.map(({ id }) => id)).toEqual([3, 1]);
    expect(checks[0]).toEqual({
      id: 3,
      commit: COMMIT,
      externalId: 'sha256:1',
      conclusion: 'success',
      startedAt: '2026-11-22T08:59:59.000Z',
      completedAt: '2026-11-22T09:00:00.000Z',
      suiteAt: '2026-11-22T08:00:00.000Z',
      text: 'text',
    });
    expect(lines()).toEqual([`GET ${REPO}/commits/${COMMIT}/check-runs`, `GET ${REPO}/commits/${COMMIT}/check-suites`]);
    expect(sent[0]?.query.get('check_name')).toBe(NAME);
    expect(sent[0]?.query.get('filter')).toBe('all');
  });

  test('of another name are not ours', async () => {
    const { github } = openScripted(serve([runOf(1, ACTIONS.appId, { name: 'build' })]));
    expect(await github.speech.checks(COMMIT, NAME)).toEqual([]);
  });

  test('are read over all pages, and the suites once', async () => {
    const { github, lines } = openScripted(serve(Array.from({ length: 150 }, (_, at) => runOf(at + 1))));
    expect(await github.speech.checks(COMMIT, NAME)).toHaveLength(150);
    expect(lines().filter((line) => line.endsWith('/check-runs'))).toHaveLength(2);
    expect(lines().filter((line) => line.endsWith('/check-suites'))).toHaveLength(1);
  });

  test('are none where there are none, and no suite is asked for', async () => {
    const { github, lines } = openScripted(serve([]));
    expect(await github.speech.checks(COMMIT, NAME)).toEqual([]);
    expect(lines()).toHaveLength(1);
  });

  test('say nothing where nothing is known', async () => {
    const bare = { external_id: null, conclusion: null, started_at: null, completed_at: null, check_suite: null, output: { text: null } };
    const { github } = openScripted(serve([runOf(1, ACTIONS.appId, bare)]));
    expect(await github.speech.checks(COMMIT, NAME)).toEqual([
      { id: 1, commit: COMMIT, externalId: '', conclusion: null, startedAt: null, completedAt: null, suiteAt: null, text: '' },
    ]);
  });

  test('that the token may not read are an error with the permission', async () => {
    const { github } = openScripted(() => message(403, 'Resource not accessible by integration'));
    await expect(github.speech.checks(COMMIT, NAME)).rejects.toThrow('The token needs the permission checks: read.');
  });
});

describe('a check run that is made', () => {
  test('says all it has in one request', async () => {
    const { github, sent } = openScripted(serve([]));
    await github.speech.publishCheck({ ...CHECK, annotations: annotations(2) });
    expect(sent.map(({ method, path, body }) => [method, path, body])).toEqual([
      [
        'POST',
        `${REPO}/check-runs`,
        {
          name: NAME,
          head_sha: COMMIT,
          status: 'completed',
          conclusion: 'success',
          external_id: 'sha256:1',
          started_at: '2026-11-22T09:00:00.123Z',
          completed_at: '2026-11-22T09:00:00.123Z',
          details_url: 'https://github.acme.example/acme/access/actions/runs/1',
          output: {
            title: 'Access plan: 1 change',
            summary: 'summary',
            text: 'text',
            annotations: [1, 2].map((line) => ({
              path: 'policies/teams/voice.yaml',
              start_line: line,
              end_line: line,
              annotation_level: 'warning',
              title: 'max_deletes',
              message: `line ${line}`,
            })),
          },
        },
      ],
    ]);
  });

  test.each([
    [0, [0]],
    [50, [50]],
    [51, [50, 1]],
    [120, [50, 50, 20]],
  ])('carries %i annotations, never more than 50 a request, in their order', async (count, batches) => {
    const { github, sent, lines } = openScripted(serve([]));
    await github.speech.publishCheck({ ...CHECK, detailsUrl: null, annotations: annotations(count) });
    const outputs = sent.map(({ body }) => body['output'] as { title: string; annotations: { message: string }[] });
    expect(outputs.map((output) => output.annotations.length)).toEqual(batches);
    expect(outputs.flatMap((output) => output.annotations.map((one) => one.message))).toEqual(
      annotations(count).map((annotation) => annotation.message),
    );
    expect(outputs.every(({ title }) => title === CHECK.title)).toBe(true);
    expect(lines().slice(1)).toEqual(batches.slice(1).map(() => `PATCH ${REPO}/check-runs/900`));
    expect(sent[0]?.body).not.toHaveProperty('details_url');
  });

  test('whose answer was lost is looked for, not made again, and gets the rest of its annotations', async () => {
    const lose = ({ method }: Asked) => (method === 'POST' ? LOST : json(200, { id: 12 }));
    const earlier = runOf(13, ACTIONS.appId, { completed_at: '2026-11-22T08:00:00Z' });
    const { github, lines } = openScripted(serve([runOf(11, 999), runOf(12), earlier], lose));
    await github.speech.publishCheck({ ...CHECK, annotations: annotations(60) });
    expect(lines().filter((line) => !line.startsWith('GET '))).toEqual([`POST ${REPO}/check-runs`, `PATCH ${REPO}/check-runs/12`]);
  });

  test('that was lost and is not there is an error, and is not made again', async () => {
    const { github, lines } = openScripted(serve([], () => message(500, 'Server Error')));
    await expect(github.speech.publishCheck(CHECK)).rejects.toMatchObject({ code: 'githubUnreachable' });
    expect(lines().filter((line) => line.startsWith('POST '))).toHaveLength(1);
  });

  test('without the permission is an error that names it', async () => {
    const { github } = openScripted(serve([], () => message(403, 'Resource not accessible by integration')));
    await expect(github.speech.publishCheck(CHECK)).rejects.toThrow(
      `POST ${REPO}/check-runs: GitHub refused it (403: Resource not accessible by integration). The token needs the permission checks: write.`,
    );
  });
});
