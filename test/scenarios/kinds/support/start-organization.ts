import { expect } from 'vitest';
import type { Policies } from '../../support/company.ts';
import { createKindsScenario, type KindsOptions, type KindsScenario } from './create-kinds-scenario.ts';
import { type KindsAccount, kindsCompany, MAIN, type OrganizationOptions, organizationSeed } from './kinds-company.ts';

type Grants = NonNullable<KindsAccount['grants']>;

/** Ada and Zoe are administrators, Bob a developer, Cleo in support. */
export const CREW = { administrator: ['ada', 'zoe'], developer: ['bob'], support: ['cleo'] } as const satisfies Grants;

/** Policies of twilio-main alone. */
export function crew(grants: Grants = CREW, settings = '', others: readonly string[] = []): Policies {
  return kindsCompany({ [MAIN]: { kind: 'organization', grants, settings } }, others);
}

/** What the vendor has when policy and account agree. */
export function peopleOf(grants: Grants): Record<string, string[]> {
  const people: Record<string, string[]> = {};
  for (const [role, holders] of Object.entries(grants)) for (const holder of holders) people[holder] = [...(people[holder] ?? []), role];
  return people;
}

export interface StartOptions {
  readonly grants?: Grants;
  readonly settings?: string;
  /** Of the vendor, beside what policy grants. */
  readonly seed?: Partial<OrganizationOptions>;
  readonly more?: Partial<KindsOptions>;
}

/** An organization in which everything is right and recorded: stories break one thing of it. */
export async function startOrganization({ grants = CREW, settings = '', seed = {}, more = {} }: StartOptions = {}): Promise<KindsScenario> {
  const people = { ...peopleOf(grants), ...seed.people };
  const scenario = createKindsScenario({
    policies: crew(grants, settings),
    twilio: organizationSeed({ ...seed, people }),
    ...more,
  });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  return scenario;
}

/** That policy and vendor agree, and another run has nothing to do. */
export async function expectSettled(scenario: KindsScenario): Promise<void> {
  scenario.writes();
  const run = await scenario.run('plan', '--detailed-exitcode');
  expect(run.exit, run.stdout + run.stderr).toBe(0);
  const again = await scenario.run('apply', '--yes');
  expect(again.exit, again.stdout + again.stderr).toBe(0);
  expect(scenario.writes()).toEqual([]);
  const verified = await scenario.run('ledger', 'verify');
  expect(verified.exit, verified.stderr).toBe(0);
}
