import { expect } from 'vitest';
import type { Policies } from '../../support/company.ts';
import type { KindsScenario } from './create-kinds-scenario.ts';
import { OTHER } from './kinds-company.ts';
import { CREW, crew, type StartOptions, startOrganization } from './start-organization.ts';

/** One change of a Twilio organization, and what it comes to. */
export interface Story {
  readonly start?: StartOptions;
  readonly policies: Policies;
  /** Whom it is about, and all that they may be seen with on the way: roles, and the status where it is not active. */
  readonly who: string;
  readonly end: string | null;
  readonly logins: readonly string[];
  readonly writes: readonly string[];
}

export const STORIES: Readonly<Record<string, Story>> = {
  'somebody joins with two roles': {
    policies: crew({ ...CREW, developer: ['bob', 'new'], support: ['cleo', 'new'] }),
    who: 'new',
    end: 'new developer+support',
    logins: ['active'],
    writes: ['make a login for new', 'give new developer', 'give new support'],
  },
  'somebody with a login joins': {
    start: { seed: { people: { dan: [] } } },
    policies: crew({ ...CREW, developer: ['bob', 'dan'], support: ['cleo', 'dan'] }),
    who: 'dan',
    end: 'dan developer+support',
    logins: ['active'],
    writes: ['give dan developer', 'give dan support'],
  },
  'a developer becomes administrator': {
    policies: crew({ ...CREW, administrator: ['ada', 'zoe', 'bob'], developer: [] }),
    who: 'bob',
    end: 'bob administrator',
    logins: ['active'],
    writes: ['give bob administrator', 'take bob developer'],
  },
  'an administrator becomes developer': {
    start: { grants: { ...CREW, administrator: ['ada', 'zoe', 'yan'] } },
    policies: crew({ ...CREW, developer: ['bob', 'yan'] }),
    who: 'yan',
    end: 'yan developer',
    logins: ['active'],
    writes: ['take yan administrator', 'give yan developer'],
  },
  'somebody swaps two roles for two others': {
    start: { grants: { ...CREW, billing_manager: ['cleo'] } },
    policies: crew({ ...CREW, support: [], developer: ['bob', 'cleo'], 'Studio Viewer': ['cleo'] }),
    who: 'cleo',
    end: 'cleo Studio Viewer+developer',
    logins: ['active'],
    writes: ['give cleo Studio Viewer', 'give cleo developer', 'take cleo billing_manager', 'take cleo support'],
  },
  'somebody leaves': {
    start: { grants: { ...CREW, support: ['cleo', 'bob'] } },
    policies: crew({ ...CREW, developer: [] }),
    who: 'bob',
    end: null,
    logins: ['inactive'],
    writes: ['take bob developer', 'take bob support', 'deactivate bob'],
  },
  'somebody leaves this account and stays in another': {
    start: { seed: { people: { bob: ['developer', 'support in twilio-other'] }, accounts: [{ name: OTHER }] } },
    policies: crew({ ...CREW, developer: [] }),
    who: 'bob',
    end: null,
    logins: ['active'],
    writes: ['take bob developer'],
  },
  'somebody inactive is wanted again': {
    start: { seed: { people: { eve: ['administrator'] }, inactive: ['eve'] } },
    policies: crew({ ...CREW, developer: ['bob', 'eve'] }),
    who: 'eve',
    end: 'eve developer',
    logins: ['active'],
    writes: ['take eve administrator', 'activate eve', 'give eve developer'],
  },
};

export async function startStory({ start = {}, policies }: Story): Promise<KindsScenario> {
  const scenario = await startOrganization(start);
  scenario.setPolicies(policies);
  expect(await scenario.run('plan', '--out', 'plan.json')).toMatchObject({ exit: 0 });
  return scenario;
}

/** Runs again, with time passing, until a run ends with 0. */
export async function finish(scenario: KindsScenario, ...argv: string[]): Promise<void> {
  const said: string[] = [];
  for (let runs = 1; runs <= 5; runs += 1) {
    const run = await scenario.run(...argv);
    if (run.exit === 0) return;
    said.push(run.stdout + run.stderr);
    expect([6, 10], said.join('\n')).toContain(run.exit);
    // Past the settle time, and past an hour by the fifth run: a vendor that says an hour gets its hour.
    scenario.minutes(16);
  }
  throw new Error(`five runs did not finish the work:\n${said.join('\n')}`);
}

/** What reached the vendor, whoever was told. */
export function countMade(scenario: KindsScenario): number {
  return scenario.twilio.requests.filter((one) => one.applied && !one.path.endsWith('/token')).length;
}

function liveOf(scenario: KindsScenario, who: string): string | null {
  return scenario.live().find((row) => row.startsWith(`${who} `)) ?? null;
}

export async function expectDone(scenario: KindsScenario, { who, end, logins, writes }: Story, when: string): Promise<void> {
  expect(liveOf(scenario, who), when).toBe(end);
  expect(scenario.logins(`${who}@acme.example`), when).toEqual(logins);
  expect(countMade(scenario), `${when}: ${scenario.writes().join(', ')}`).toBe(writes.length);
  expect(await scenario.run('plan', '--detailed-exitcode'), when).toMatchObject({ exit: 0 });
  expect(await scenario.run('drift'), when).toMatchObject({ exit: 0 });
  expect(await scenario.run('ledger', 'verify'), when).toMatchObject({ exit: 0 });
}
