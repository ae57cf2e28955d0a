import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { APP_TOKEN, ask, type Stage, startStage } from './github-for-tests.ts';

// The compiler holds every answer to @octokit/openapi-types; what types cannot say, such as formats, is looked at here.
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'github', ...JSON.parse(readFileSync(new URL('github-schemas.json', import.meta.url), 'utf8')) });

function faultsOf(schema: string, answer: unknown): readonly string[] {
  const validate = ajv.compile({ $ref: `github#/$defs/${schema}` });
  validate(answer);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

let stage: Stage;
let number: number;

beforeEach(async () => {
  stage = await startStage();
  await stage.people.commitFiles('more-voice', { 'more.md': 'more' }, 'More', 'ada');
  number = await stage.people.openPull({ head: 'more-voice', title: 'More', author: 'ada' });
});

afterEach(() => stage.stop());

describe('answers have the shape that GitHub publishes', () => {
  test('comments', async () => {
    const made = await ask(stage, 'POST', `issues/${number}/comments`, { body: 'A plan' });
    const other = await ask(stage, 'POST', `issues/${number}/comments`, { body: 'Another' }, APP_TOKEN);
    const changed = await ask(stage, 'PATCH', `issues/comments/${made.body.id}`, { body: 'A newer plan' });
    const { body: list } = await ask(stage, 'GET', `issues/${number}/comments`);
    expect([made.body, other.body, changed.body, ...list].flatMap((one) => faultsOf('issue-comment', one))).toEqual([]);
    expect(faultsOf('issue-comment', { ...made.body, user: undefined, created_at: 'yesterday' })).toEqual([
      " must have required property 'user'",
      '/created_at must match format "date-time"',
    ]);
  });

  test('check runs', async () => {
    const sha = await stage.people.tip('more-voice');
    const queued = await ask(stage, 'POST', 'check-runs', { name: 'rollcall', head_sha: sha });
    const done = await ask(stage, 'PATCH', `check-runs/${queued.body.id}`, {
      conclusion: 'neutral',
      output: { title: 'Plan', summary: 'fine' },
    });
    const { body: list } = await ask(stage, 'GET', `commits/${sha}/check-runs`);
    expect([queued.body, done.body, ...list.check_runs].flatMap((one) => faultsOf('check-run', one))).toEqual([]);
  });

  test('reviews', async () => {
    await stage.people.review(number, { by: 'grace', state: 'approved' });
    const { body: list } = await ask(stage, 'GET', `pulls/${number}/reviews`);
    expect(list.flatMap((one: unknown) => faultsOf('pull-request-review', one))).toEqual([]);
    expect(list.length).toBe(1);
  });
});
