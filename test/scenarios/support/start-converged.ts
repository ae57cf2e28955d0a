import { expect } from 'vitest';
import { type CompanyAccount, company, PRODUCTION } from './company.ts';
import { createScenario, type Scenario, type ScenarioOptions } from './create-scenario.ts';

/** Ada and Zoe are admins, Bob and Cleo members: policy, live and last-applied state agree. */
export const TEAM = { admin: ['ada', 'zoe'], member: ['bob', 'cleo'] } as const satisfies CompanyAccount;

/** A company with one account in which everything is right and recorded: stories break one thing of it. */
export async function startConverged(account: CompanyAccount = TEAM, more: Partial<ScenarioOptions> = {}): Promise<Scenario> {
  const { admin = [], member = [] } = account;
  const live = [...admin.map((person) => `${person} admin`), ...member.map((person) => `${person} member`)];
  const scenario = createScenario({
    policies: company({ [PRODUCTION]: account }),
    live: { [PRODUCTION]: live },
    ...more,
  });
  const first = await scenario.run('apply', '--yes');
  expect(first).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  return scenario;
}

/** The one account's policies with other people in it. */
export function withPeople(account: CompanyAccount, others: readonly string[] = []) {
  return company({ [PRODUCTION]: account }, others);
}
