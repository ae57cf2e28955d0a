import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { PRODUCTION, team } from '../scenarios/support/company.ts';
import { apply, commentsOf, drift, last, MINUTE_MS, plan, refusedOf, startObserved, writesOf } from './support/run-workflows.ts';
import type { Company } from './support/start-company.ts';

const TEAM = `policies/teams/${PRODUCTION}-member.yaml`;
/** Names that would run in a shell, and speak to the runner. */
const BRANCH = 'take-$(touch$IFS"pwned")-`id`-in';
const TITLE = '::add-mask::dan"; touch pwned; # $(touch pwned) <!-- rollcall -->';
const WITH_DAN = { [TEAM]: team(PRODUCTION, 'member', ['cy', 'dan']) };

async function proposeDan(company: Company, more: Readonly<Record<string, string>> = {}): Promise<number> {
  await company.people.commitFiles(BRANCH, { ...WITH_DAN, ...more }, TITLE, 'ada');
  return company.people.openPull({ head: BRANCH, title: TITLE, author: 'ada' });
}

test('a pull request is planned without a key, approved, merged and applied, by the workflows as they stand here', async () => {
  const company = await startObserved();
  const number = await proposeDan(company);
  const keyless = await company.pullRequest(number);
  const planned = await plan({ ...keyless, environments: {} });
  expect(last(planned)).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '1', exit_code: '0' } });
  expect(last(planned)?.summary).toContain('| 🟡 | invite | `dan@acme.example` | `telnyx-production` |');
  expect(commentsOf(company)).toEqual([expect.stringContaining('### Access plan: 1 change on 1 account')]);
  expect([...planned.artifacts.keys()]).toEqual([`plan/plan-${number}.json`]);

  company.advance(MINUTE_MS);
  await company.people.review(number, { by: 'grace', state: 'approved' });
  await company.people.merge(number, { method: 'squash', by: 'grace' });
  company.advance(MINUTE_MS);
  const applied = await apply(await company.push());
  expect(last(applied)).toMatchObject({ exit: 0, log: expect.stringContaining('applied    invite dan@acme.example as member') });
  expect(writesOf(company)).toEqual(['POST /v2/sub_users']);
  expect(commentsOf(company)).toEqual([expect.stringContaining('Approved by `grace`.')]);

  company.advance(MINUTE_MS);
  expect(await apply(await company.dispatch({ pull: '' }))).toMatchObject({ conclusion: 'success' });
  expect(writesOf(company)).toHaveLength(1);
  expect(refusedOf(company)).toEqual([]);
  expect([planned, applied].filter(({ workspace }) => existsSync(path.join(workspace, 'pwned')))).toEqual([]);
  expect(JSON.stringify([planned.steps, applied.steps])).not.toMatch(/add-mask|touch/);
  const told = JSON.stringify([planned.steps, [...planned.artifacts], applied.steps, commentsOf(company)]);
  expect(company.secrets.filter((secret) => told.includes(secret))).toEqual([]);
});

test('the code and the action of a pull request never run, neither before nor after the plan is shown', async () => {
  const company = await startObserved();
  const mine = 'process.stdout.write("all is well\\n");';
  const number = await proposeDan(company, {
    'dist/action.cjs': mine,
    'dist/main.cjs': mine,
    'action.yml': 'runs: { using: node24, main: dist/action.cjs }\n',
  });
  const planned = await plan(await company.pullRequest(number));
  expect(last(planned)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  expect(last(planned)?.log).not.toContain('all is well');
});

test('a pull request from a fork is planned into the job summary, and its job is green', async () => {
  const company = await startObserved();
  const fork = await company.people.fork('mallory');
  await fork.commitFiles('take-dan-in', WITH_DAN, 'Take dan in', 'mallory');
  const number = await company.people.openPull({ head: 'mallory:take-dan-in', title: 'Take dan in', author: 'mallory' });
  const planned = await plan(await company.pullRequest(number, true));
  expect(planned.conclusion).toBe('success');
  expect(last(planned)?.summary).toContain('| 🟡 | invite | `dan@acme.example` | `telnyx-production` |');
  expect(commentsOf(company)).toEqual([]);

  company.advance(MINUTE_MS);
  expect(await drift(await company.schedule())).toMatchObject({ conclusion: 'success' });
  expect(commentsOf(company)).toEqual([expect.stringContaining('### Access plan: 1 change on 1 account')]);
});

test('a merge queue gets its answer for the pull requests as they would be together', async () => {
  const company = await startObserved();
  const number = await proposeDan(company);
  const planned = await plan(await company.mergeGroup([number]));
  expect(last(planned)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  expect([...planned.artifacts.keys()]).toEqual(['plan/plan.json']);
});

test('invalid policies fail the plan with what is wrong, and leave no plan behind', async () => {
  const company = await startObserved();
  const number = await proposeDan(company, { [TEAM]: team(PRODUCTION, 'member', ['mallory']) });
  const planned = await plan(await company.pullRequest(number));
  expect([planned.conclusion, last(planned)?.exit, planned.artifacts.size]).toEqual(['failure', 3, 0]);
  expect(commentsOf(company)).toEqual([expect.stringContaining('person-unknown')]);
});

describe('what nobody approved', () => {
  test('is withheld when it was pushed to main directly', async () => {
    const company = await startObserved();
    await company.people.commitFiles('main', WITH_DAN, 'Take dan in', 'ada');
    const applied = await apply(await company.push());
    expect([applied.conclusion, last(applied)?.exit]).toEqual(['failure', 4]);
    expect(writesOf(company)).toEqual([]);
  });

  test('gets no key on a branch of its own: the environment takes main alone', async () => {
    const company = await startObserved();
    const dispatch = { ...(await company.dispatch({ pull: '1' })), ref: 'refs/heads/take-dan-in' };
    expect(await apply(dispatch)).toMatchObject({ conclusion: 'skipped', steps: [] });
  });
});
