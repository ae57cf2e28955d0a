import { describe, expect, test } from 'vitest';
import { PRODUCTION, team } from '../scenarios/support/company.ts';
import { apply, commentsOf, drift, last, MINUTE_MS, plan, refusedOf, startObserved, writesOf } from './support/run-workflows.ts';
import type { Company } from './support/start-company.ts';

const WITH_DAN = { [`policies/teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['cy', 'dan']) };

const issuesOf = ({ people }: Company) => [...people.repository.issues.values()].filter(({ pull }) => pull === null);

async function proposeDan({ people }: Company): Promise<number> {
  await people.commitFiles('take-dan-in', WITH_DAN, 'Take dan in', 'ada');
  return people.openPull({ head: 'take-dan-in', title: 'Take dan in', author: 'ada' });
}

test('a role that somebody raised is taken back, the issue says so, and the next run leaves nothing there but the keys', async () => {
  const company = await startObserved();
  company.telnyx.portal(PRODUCTION).setRole('cy@acme.example', 'admin', 'ben@acme.example');
  company.advance(MINUTE_MS);
  const watched = await drift(await company.schedule());
  expect(last(watched)).toMatchObject({ exit: 0, log: expect.stringContaining('applied    patch cy@acme.example: admin → member') });
  expect(writesOf(company)).toEqual([expect.stringMatching(/^PATCH \/v2\/sub_users\/[0-9a-f-]{36}$/)]);
  expect(issuesOf(company)).toEqual([expect.objectContaining({ title: `rollcall: ${PRODUCTION}`, state: 'open' })]);
  expect(issuesOf(company)[0]?.body).toContain('| 🔴 | `cy@acme.example` | raised (drift) · loses privilege | `admin → member` |');

  company.advance(MINUTE_MS);
  const again = await drift(await company.dispatch({}));
  expect([again.conclusion, writesOf(company).length]).toEqual(['success', 1]);
  expect(issuesOf(company)).toEqual([
    expect.objectContaining({ state: 'open', body: expect.stringContaining('### 1 offboarding incomplete\n') }),
  ]);

  const told = JSON.stringify([watched.steps, again.steps, issuesOf(company), commentsOf(company)]);
  expect(told).toContain('cy@acme.example');
  expect(company.secrets.filter((secret) => told.includes(secret))).toEqual([]);
});

test('every open pull request is rendered again, and says when the watch was last alive', async () => {
  const company = await startObserved();
  await plan(await company.pullRequest(await proposeDan(company)));
  expect(commentsOf(company)).toEqual([expect.stringContaining('No drift run has been seen yet')]);
  company.advance(MINUTE_MS);
  expect(await drift(await company.schedule())).toMatchObject({ conclusion: 'success' });
  expect(commentsOf(company)).toEqual([expect.stringContaining('Drift run: last alive 2026-11-23 09:02 UTC, just now')]);
});

test('what was merged and not applied yet is left to apply, which checks who approved it', async () => {
  const company = await startObserved();
  await company.people.merge(await proposeDan(company), { method: 'squash', by: 'grace' });
  company.advance(MINUTE_MS);
  await drift(await company.schedule());
  expect(writesOf(company)).toEqual([]);
});

describe('what somebody did in the console', () => {
  const proposalsOf = ({ people }: Company) =>
    [...people.repository.issues.values()].filter(({ pull }) => pull?.head.branch.startsWith('rollcall/'));

  async function startWithLoss(): Promise<Company> {
    const company = await startObserved();
    company.telnyx.portal(PRODUCTION).deleteByPortal('cy@acme.example', 'ben@acme.example');
    company.advance(MINUTE_MS);
    return company;
  }

  test('becomes policy when a person dispatches the watch for it and somebody else approves, with no more than the permissions of the jobs', async () => {
    const company = await startWithLoss();
    const asked = await drift(await company.dispatch({ adopt: 'true' }, 'ada'));
    // The difference is left until somebody approves it.
    expect(last(asked)).toMatchObject({ exit: 2, log: expect.stringMatching(/^Pull request \d+ proposes to adopt 1 difference\.$/m) });
    const [proposal] = proposalsOf(company);
    const number = proposal?.number ?? 0;
    expect(proposal?.author.login).toBe('github-actions[bot]');
    expect(proposal?.pull?.head.branch).toMatch(/^rollcall\/adopt-[0-9a-f]{12}$/);

    company.advance(MINUTE_MS);
    await company.people.review(number, { by: 'ada', state: 'approved' });
    await plan(await company.pullRequest(number));
    expect(commentsOf(company).join()).toContain('🚫 `ada` does not count: they asked for it.');
    company.advance(MINUTE_MS);
    await company.people.review(number, { by: 'grace', state: 'approved' });
    await company.people.merge(number, { method: 'squash', by: 'grace' });
    company.advance(MINUTE_MS);
    expect(await apply(await company.push())).toMatchObject({ conclusion: 'success' });
    expect(commentsOf(company).join()).toContain('Approved by `grace`');
    company.advance(MINUTE_MS);
    expect(await drift(await company.schedule())).toMatchObject({ conclusion: 'success' });
    expect([writesOf(company), refusedOf(company)]).toEqual([[], []]);
  });

  test('is only reported by the schedule, and by a dispatch that does not ask for more', async () => {
    const company = await startWithLoss();
    for (const start of [company.schedule, () => company.dispatch({}), () => company.dispatch({ adopt: 'false' })]) {
      expect(last(await drift(await start()))).toMatchObject({ exit: 2 });
      company.advance(MINUTE_MS);
    }
    expect(proposalsOf(company)).toEqual([]);
  });

  test('is proposed by nobody where Actions may not open pull requests, and the run says who may', async () => {
    const company = await startWithLoss();
    company.people.letActionsPropose(false);
    const asked = await drift(await company.dispatch({ adopt: 'true' }));
    expect(last(asked)?.log).toContain('GitHub did not let this run open it');
    expect(proposalsOf(company)).toEqual([]);
    expect(issuesOf(company)).toEqual([expect.objectContaining({ state: 'open' })]);
  });

  test('is counted against whoever dispatched the watch and whoever started it again', async () => {
    const company = await startWithLoss();
    await drift({ ...(await company.dispatch({ adopt: 'true' }, 'ada')), triggeringActor: 'grace' });
    const [proposal] = proposalsOf(company);
    await company.people.review(proposal?.number ?? 0, { by: 'grace', state: 'approved' });
    company.advance(MINUTE_MS);
    await plan(await company.pullRequest(proposal?.number ?? 0));
    expect(commentsOf(company).join()).toContain('🚫 `grace` does not count: they asked for it.');
  });
});
