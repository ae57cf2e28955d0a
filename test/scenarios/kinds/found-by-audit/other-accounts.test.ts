import { afterEach, describe, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { createKindsScenario } from '../support/create-kinds-scenario.ts';
import { kindsCompany, MAIN, OTHER, organizationSeed, SCOPES } from '../support/kinds-company.ts';
import { CREW, crew, peopleOf } from '../support/start-organization.ts';

const EAST = `AC${'e1'.repeat(16)}`;
const EAST_NAME = `${MAIN}-${EAST.toLowerCase()}`;
const ALL = 'subaccounts: all\n';

/** Everybody with the same roles in the account and in its subaccount. */
function everywhere(grants: Readonly<Record<string, readonly string[]>>): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(peopleOf(grants)).map(([who, roles]) => [who, roles.flatMap((role) => [role, `${role} in east`])]),
  );
}

const EAST_SEED = organizationSeed({ people: everywhere(CREW), accounts: [{ name: 'east', sid: EAST, parent: MAIN }] });

describe('only the account that was asked for', () => {
  test('an account whose name begins like another one is no part of it', async () => {
    const accounting = 'twilio-main-accounting';
    const sid = `AC${'0d'.repeat(16)}`;
    const policies = (grants: Readonly<Record<string, readonly string[]>>) =>
      kindsCompany(
        { [MAIN]: { kind: 'organization', grants }, [accounting]: { kind: 'organization', scope: sid, grants: { support: ['dan'] } } },
        ['bob'],
      );
    const people = { ...peopleOf(CREW), dan: [`support in ${accounting}`] };
    const scenario = createKindsScenario({
      policies: policies(CREW),
      twilio: organizationSeed({ people, accounts: [{ name: accounting, sid }] }),
    });
    expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
    scenario.setPolicies(policies({ ...CREW, developer: [] }));
    expect(await scenario.run('apply', '--yes', '--account', accounting)).toMatchObject({ exit: 0 });
    expect(scenario.writes()).toEqual([]);
  });

  test('a subaccount goes together with the account above it, and the refusal says so', async () => {
    const scenario = createKindsScenario({ policies: crew(CREW, ALL), twilio: EAST_SEED });
    expect(await scenario.run('plan', '--account', EAST_NAME)).toMatchObject({
      exit: 64,
      stderr: expect.stringContaining(`Give --account ${MAIN}.`),
    });
  });
});

test('an account file may not be called as a subaccount is', async () => {
  const policies = kindsCompany({
    [MAIN]: { kind: 'organization', grants: CREW, settings: ALL },
    [EAST_NAME]: { kind: 'organization', scope: `AC${'0b'.repeat(16)}` },
  });
  const scenario = createKindsScenario({ policies, twilio: EAST_SEED });
  expect(await scenario.run('validate')).toMatchObject({ exit: 3, stdout: expect.stringContaining('subaccount-name') });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 3 });
});

describe('an account file that is pointed at another account of the vendor', () => {
  test('is not read: nobody there is a stranger, and what the ledger knows is not used for it', async () => {
    const people = { ...peopleOf(CREW), p1: [`developer in ${OTHER}`], p2: [`administrator in ${OTHER}`] };
    const policies = (scope: string) => kindsCompany({ [MAIN]: { kind: 'organization', grants: CREW, scope } });
    const scenario = createKindsScenario({
      policies: policies(SCOPES[MAIN] ?? ''),
      twilio: organizationSeed({ people, accounts: [{ name: OTHER }] }),
    });
    expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
    scenario.setPolicies(policies(SCOPES[OTHER] ?? ''));
    Object.assign(scenario.env, { TWILIO_MAIN_ACCOUNT_SID: undefined, TWILIO_MAIN_AUTH_TOKEN: undefined });
    const run = await scenario.run('drift', '--revert');
    expect(run).toMatchObject({ exit: 8, stdout: expect.stringMatching(/Give the account file\s+another name/) });
    expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 8 });
    expect(scenario.live(OTHER)).toEqual(['p1 developer', 'p2 administrator']);
  });

  let office: Office | null = null;
  afterEach(() => office?.stop());

  test('in a pull request: nobody of the other account is touched by the apply or the night after it', async () => {
    const grants = { administrator: ['ada', 'zoe'], developer: ['bob'] };
    const policies = (scope: string, held: Readonly<Record<string, readonly string[]>> = grants) =>
      kindsCompany({ [MAIN]: { kind: 'organization', grants: held, scope } }, ['fay']);
    const people = { ada: ['administrator'], zoe: ['administrator'], bob: ['developer'], fay: [], p1: [`administrator in ${OTHER}`] };
    office = await createOffice({
      policies: policies(SCOPES[MAIN] ?? ''),
      twilio: organizationSeed({ people, accounts: [{ name: OTHER }] }),
      teams: {},
    });
    expect((await office.begin()).exit).toBe(0);
    const was = policies(SCOPES[MAIN] ?? '');
    const next = policies(SCOPES[OTHER] ?? '', { ...grants, developer: ['bob', 'fay'] });
    const pull = await office.propose(
      'ada',
      'Fay joins',
      Object.fromEntries(Object.entries(next).filter(([path, text]) => was[path] !== text)),
    );
    await office.plan(pull);
    await office.approve(pull, 'grace');
    await office.merge(pull);
    const env = { TWILIO_MAIN_ACCOUNT_SID: undefined, TWILIO_MAIN_AUTH_TOKEN: undefined };
    expect((await office.apply({ env })).exit).toBe(8);
    office.hours(1);
    await office.drift({ env });
    expect(office.live(OTHER)).toEqual(['p1 administrator']);
  });
});

describe('a list of subaccounts that is short', () => {
  test.each(['empty_page', 'short_page'] as const)(
    '%s: no subaccount is let go of, and a stranger there stays a stranger',
    async (kind) => {
      const scenario = createKindsScenario({ policies: crew(CREW, ALL), twilio: EAST_SEED });
      expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
      scenario.twilio.portal('east').createUser('mallory@acme.example', 'Mallory');
      scenario.twilio.portal('east').giveRole('mallory@acme.example', 'administrator');
      scenario.twilio.faults.add({ kind, times: 'always', match: { path: 'Accounts.json' } });
      await scenario.run('apply', '--yes');
      expect(await scenario.ledger()).not.toContain('"kind":"released"');
      scenario.twilio.faults.clear();
      await scenario.run('drift', '--revert');
      expect(scenario.live('east')).not.toContain('mallory administrator');
    },
  );
});
