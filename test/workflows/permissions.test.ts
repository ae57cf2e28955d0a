import { expect, test } from 'vitest';
import { PRODUCTION, team } from '../scenarios/support/company.ts';
import { ALLOWED } from './lint/permissions.ts';
import type { Permissions, RanJob, Started } from './support/execute-job.ts';
import { apply, drift, MINUTE_MS, plan, refusedOf, startObserved } from './support/run-workflows.ts';
import type { Company } from './support/start-company.ts';

type Scope = keyof Permissions;

const WITH_DAN = { [`policies/teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['cy', 'dan']) };

async function proposeDan({ people }: Company): Promise<number> {
  await people.commitFiles('take-dan-in', WITH_DAN, 'Take dan in', 'ada');
  return people.openPull({ head: 'take-dan-in', title: 'Take dan in', author: 'ada' });
}

/** The same run in a job that may do a little less: read where it could write, nothing where it could read. */
function lower(started: Started, scope: Scope): Started {
  return {
    ...started,
    mint: ({ [scope]: level, ...rest }) => started.mint(level === 'write' ? { ...rest, [scope]: 'read' } : rest),
  };
}

/** What GitHub refuses first when the permissions are lowered one after the other, over runs that each go as far as they may. */
async function missedOf(
  company: Company,
  scopes: readonly Scope[],
  start: (scope: Scope) => Promise<Started>,
  run: (started: Started) => Promise<RanJob>,
) {
  const missed: [Scope, string | undefined][] = [];
  for (const scope of scopes) {
    const before = refusedOf(company).length;
    await run(lower(await start(scope), scope));
    missed.push([scope, refusedOf(company)[before]?.replace('/repos/acme/access', '').replace(/\d+/, 'ID')]);
    company.advance(MINUTE_MS);
  }
  return Object.fromEntries(missed);
}

const scopesOf = (job: string) => Object.keys(ALLOWED[job] ?? {}).toSorted();

test('plan needs every permission it has', async () => {
  const company = await startObserved();
  const number = await proposeDan(company);
  const missed = await missedOf(company, ['contents', 'checks', 'pull-requests'], () => company.pullRequest(number), plan);
  expect(missed).toEqual({
    contents: 'GET /acme/access.git/info/refs',
    checks: 'POST /check-runs',
    'pull-requests': 'POST /issues/ID/comments',
  });
  expect(Object.keys(missed).toSorted()).toEqual(scopesOf('plan.yml/plan'));
});

test('apply needs every permission it has: a pull request that was merged without a plan is planned anew', async () => {
  const company = await startObserved();
  await company.people.merge(await proposeDan(company), { method: 'squash', by: 'grace' });
  company.advance(MINUTE_MS);
  const missed = await missedOf(company, ['contents', 'issues', 'checks', 'pull-requests'], company.push, apply);
  expect(missed).toEqual({
    contents: 'POST /git/trees',
    issues: 'GET /issues',
    checks: 'POST /check-runs',
    'pull-requests': 'PATCH /issues/comments/ID',
  });
  expect(Object.keys(missed).toSorted()).toEqual(scopesOf('apply.yml/apply'));
});

test('drift needs every permission it has', async () => {
  const company = await startObserved();
  await proposeDan(company);
  company.telnyx.portal(PRODUCTION).deleteByPortal('cy@acme.example', 'ben@acme.example');
  company.advance(MINUTE_MS);
  const start = (scope: Scope) => (scope === 'pull-requests' ? company.dispatch({ adopt: 'true' }) : company.schedule());
  const missed = await missedOf(company, ['contents', 'issues', 'checks', 'pull-requests'], start, drift);
  expect(missed).toEqual({
    contents: 'POST /git/trees',
    issues: 'POST /issues',
    checks: 'POST /check-runs',
    'pull-requests': 'POST /pulls',
  });
  expect(Object.keys(missed).toSorted()).toEqual(scopesOf('drift.yml/drift'));
});
