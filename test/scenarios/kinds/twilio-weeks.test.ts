import { expect, test } from 'vitest';
import { createRandom } from '../../../src/text/create-random.ts';
import { address } from '../support/company.ts';
import type { KindsScenario } from './support/create-kinds-scenario.ts';
import { MAIN } from './support/kinds-company.ts';
import { crew, startOrganization } from './support/start-organization.ts';

const ROLES = ['administrator', 'developer', 'billing_manager', 'support', 'Studio Viewer'];
const PEOPLE = ['bob', 'cleo', 'dan', 'eve', 'fay', 'gus'];
/** Lost access is given back, too, and nothing stops what these weeks bring: only then does every week end as policy says. */
const SETTINGS =
  'drift: { gained: revert, lost: revert }\nguards: { max_deletes: 100, max_deletes_percent: 100, min_admins: 1 }\ninvites: { per_hour: 50, open: 50 }\n';

interface Dice {
  readonly below: (count: number) => number;
  readonly one: <T>(list: readonly T[]) => T;
}

function throwDice(seed: number): Dice {
  const random = createRandom(seed);
  const below = (count: number) => Math.floor(random() * count);
  return {
    below,
    one: (list) => {
      const picked = list[below(list.length)];
      if (picked === undefined) throw new Error('nothing to pick from');
      return picked;
    },
  };
}

type Grants = Record<string, string[]>;

/** Ada is always an administrator; everybody else holds up to two roles, or one alone, or nothing. */
function drawGrants({ below, one }: Dice): Grants {
  const grants: Grants = { administrator: ['ada'] };
  for (const person of PEOPLE) {
    const roles = new Set(Array.from({ length: below(3) }, () => one(ROLES)));
    for (const role of roles.has('administrator') ? ['administrator'] : roles) grants[role] = [...(grants[role] ?? []), person];
  }
  return grants;
}

/** Somebody does something in the Console; what makes no sense there is refused there. */
function actInConsole(scenario: KindsScenario, { below, one }: Dice): void {
  const portal = scenario.twilio.portal(MAIN);
  const email = address(one(PEOPLE));
  const held = scenario.twilio.state(MAIN).people.find((person) => person.email === email)?.roles ?? [];
  const acts = [
    () => portal.giveRole(email, one(ROLES.filter((role) => !held.includes(role)))),
    () => portal.takeRole(email, one(ROLES)),
    () => portal.deactivate(email),
    () => portal.reactivate(email),
    () => portal.createUser(email, 'Somebody'),
  ];
  acts[below(acts.length)]?.();
}

const FAULTS = [
  { kind: 'reset_after' },
  { kind: 'reset_before' },
  { kind: 'status', status: 503, when: 'after' },
  { kind: 'cut_body' },
  { kind: 'status', status: 429, headers: { 'retry-after': '1200' } },
  { kind: 'short_page' },
] as const;

async function liveOneDay(scenario: KindsScenario, dice: Dice): Promise<void> {
  if (dice.below(2) === 0) scenario.setPolicies(crew(drawGrants(dice), SETTINGS, PEOPLE));
  for (let acts = dice.below(3); acts > 0; acts -= 1) actInConsole(scenario, dice);
  if (dice.below(3) === 0) {
    scenario.twilio.faults.add({
      ...dice.one(FAULTS),
      match: { method: dice.one(['POST', 'DELETE', 'PATCH', 'GET']), nth: 1 + dice.below(5) },
    });
  }
  const argv = dice.below(3) === 0 ? ['drift', '--revert'] : ['apply', '--yes'];
  const crash = dice.below(3) === 0 ? { at: 1 + dice.below(50), how: dice.one(['after', 'torn'] as const) } : null;
  const run = crash === null ? await scenario.run(...argv) : await scenario.runUntil(crash, ...argv);
  // Nothing that a vendor or a person does is an unexpected error, and no credential was ever wrong.
  if (run !== null) expect([0, 2, 4, 6, 8, 10], run.stdout + run.stderr).toContain(run.exit);
  scenario.minutes(dice.one([1, 11, 60, 400]));
}

function expected(grants: Grants): string[] {
  const held = new Map<string, string[]>();
  for (const [role, people] of Object.entries(grants)) for (const person of people) held.set(person, [...(held.get(person) ?? []), role]);
  return [...held].map(([person, roles]) => `${person} ${roles.toSorted().join('+')}`).toSorted();
}

test.each(Array.from({ length: 8 }, (_, index) => index + 1))(
  'weeks of changes, faults, kills and people in the Console (%i): every rule holds at every request, and in the end everybody has what policy says',
  async (seed) => {
    const dice = throwDice(seed);
    const scenario = await startOrganization({
      grants: { administrator: ['ada'], developer: ['bob'], support: ['cleo'] },
      settings: SETTINGS,
    });
    for (let day = 1; day <= 14; day += 1) await liveOneDay(scenario, dice);
    const grants = drawGrants(dice);
    scenario.setPolicies(crew(grants, SETTINGS, PEOPLE));
    scenario.twilio.faults.clear();
    for (let runs = 0; runs < 4; runs += 1) {
      scenario.hours(26);
      await scenario.run('apply', '--yes');
      await scenario.run('drift', '--revert');
    }
    const plan = await scenario.run('plan');
    // Who is inactive and not wanted counts as no access, whatever they hold.
    expect(
      scenario.live().filter((row) => !row.endsWith(' inactive')),
      plan.stdout,
    ).toEqual(expected(grants));
    for (const person of PEOPLE) expect(scenario.logins(address(person)).length, person).toBeLessThanOrEqual(1);
    expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
    expect(await scenario.run('ledger', 'verify')).toMatchObject({ exit: 0 });
  },
);
