import { expect } from 'vitest';
import { executeJob, type RanJob, type RanStep, type Started } from './execute-job.ts';
import { type Company, startCompany } from './start-company.ts';

export const MINUTE_MS = 60_000;

export const plan = (started: Started): Promise<RanJob> => executeJob('plan.yml', 'plan', started);
export const apply = (started: Started): Promise<RanJob> => executeJob('apply.yml', 'apply', started);
export const drift = (started: Started): Promise<RanJob> => executeJob('drift.yml', 'drift', started);

/** The step that runs rollcall, by what it uses. */
export const last = ({ steps }: RanJob, uses = './'): RanStep | undefined => steps.find(({ name }) => name === uses);
export const writesOf = ({ telnyx }: Pick<Company, 'telnyx'>): string[] =>
  telnyx.requests.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
/** What GitHub refused because the token of the job may not do it. Who it speaks as is asked of every token, and none of a job may know. */
export const refusedOf = ({ github }: Pick<Company, 'github'>): string[] =>
  github.requests
    .filter(({ status, path }) => (status === 401 || status === 403) && path !== '/user')
    .map(({ method, path }) => `${method} ${path.split('?')[0]}`);
export const commentsOf = ({ people }: Pick<Company, 'people'>): string[] =>
  [...people.repository.comments.values()].map(({ body }) => body);

/** A company whose accounts were observed once, as the first push to main does it. */
export async function startObserved(): Promise<Company> {
  const company = await startCompany();
  expect(await apply(await company.push())).toMatchObject({ conclusion: 'success' });
  company.advance(MINUTE_MS);
  return company;
}
