import { expect, test } from 'vitest';
import { PRODUCTION, team } from '../scenarios/support/company.ts';
import { commentsOf, drift, last, MINUTE_MS, plan, startObserved, writesOf } from './support/run-workflows.ts';
import type { Company } from './support/start-company.ts';

const WITH_DAN = { [`policies/teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['cy', 'dan']) };

const issuesOf = ({ people }: Company) => [...people.repository.issues.values()].filter(({ pull }) => pull === null);

async function proposeDan({ people }: Company): Promise<number> {
  await people.commitFiles('take-dan-in', WITH_DAN, 'Take dan in', 'ada');
  return people.openPull({ head: 'take-dan-in', title: 'Take dan in', author: 'ada' });
}

test('a role that somebody raised is taken back, the issue says so, and the next run closes it', async () => {
  const company = await startObserved();
  company.telnyx.portal(PRODUCTION).setRole('cy@acme.example', 'admin', 'ben@acme.example');
  company.advance(MINUTE_MS);
  const watched = await drift(await company.schedule());
  expect(last(watched)).toMatchObject({ exit: 0, log: expect.stringContaining('applied    patch cy@acme.example: admin → member') });
  expect(writesOf(company)).toEqual([expect.stringMatching(/^PATCH \/v2\/sub_users\/[0-9a-f-]{36}$/)]);
  expect(issuesOf(company)).toEqual([expect.objectContaining({ title: `rollcall: ${PRODUCTION}`, state: 'open' })]);
  expect(issuesOf(company)[0]?.body).toContain('| 🔴 | `cy@acme.example` | raised (drift) · loses privilege | `admin → member` |');

  company.advance(MINUTE_MS);
  const again = await drift({ ...(await company.schedule()), event: 'workflow_dispatch', payload: {} });
  expect([again.conclusion, writesOf(company).length]).toEqual(['success', 1]);
  expect(issuesOf(company)).toEqual([expect.objectContaining({ state: 'closed' })]);

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
