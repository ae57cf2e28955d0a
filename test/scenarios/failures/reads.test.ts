import { expect, test } from 'vitest';
import type { TelnyxFault } from '../../../src/emulator/parse-telnyx-fault.ts';
import { company, crowd, PRODUCTION, SUPPORT } from '../support/company.ts';
import { createScenario, type Scenario } from '../support/create-scenario.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

/** Two accounts; in each one person is to be deleted and one invited. */
async function twoAccounts(): Promise<Scenario> {
  const live = {
    [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'old member'],
    [SUPPORT]: ['ada admin', 'zoe admin', 'old member'],
  };
  const scenario = createScenario({
    policies: company({
      [PRODUCTION]: { admin: ['ada', 'zoe'], member: ['bob', 'old'] },
      [SUPPORT]: { admin: ['ada', 'zoe'], member: ['old'] },
    }),
    live,
  });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  scenario.setPolicies(
    company({ [PRODUCTION]: { admin: ['ada', 'zoe'], member: ['bob', 'new'] }, [SUPPORT]: { admin: ['ada', 'zoe'], member: ['new'] } }, [
      'old',
    ]),
  );
  return scenario;
}

const READ_FAULTS: readonly [string, TelnyxFault][] = [
  ['is a web page', { kind: 'html' }],
  ['is cut', { kind: 'cut_body' }],
  ['is not JSON', { kind: 'bad_json' }],
  ['has another shape', { kind: 'wrong_shape' }],
  ['has a row less than stated', { kind: 'short_page' }],
  ['has no rows but a total', { kind: 'empty_page' }],
  ['has a user twice', { kind: 'duplicate_row' }],
  ['states another total', { kind: 'total_changes' }],
  ['is 500', { kind: 'status', status: 500 }],
  ['is 404', { kind: 'status', status: 404 }],
  ['is a redirect', { kind: 'redirect' }],
  ['never comes', { kind: 'timeout' }],
  ['is more than 4 MiB', { kind: 'oversized' }],
  ['drips', { kind: 'drip' }],
  ['is empty with total 0', { kind: 'empty_list' }],
];

test.each(READ_FAULTS)(
  'an account whose list %s is incomplete (exit 8): nothing is done there, the other account goes on',
  async (_what, fault) => {
    const scenario = await twoAccounts();
    scenario.fault({ ...fault, times: 'always', match: { method: 'GET', account: PRODUCTION } } as TelnyxFault);
    const run = await scenario.run('apply', '--yes');
    expect(run.exit).toBe(8);
    expect(run.stdout).toContain(PRODUCTION);
    expect(scenario.checker.writes.map((one) => one.account)).toEqual([SUPPORT, SUPPORT]);
    expect(await scenario.run('plan')).toMatchObject({ exit: 8 });
    scenario.world.faults.clear();
    expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
    expect(scenario.checker.writes).toHaveLength(4);
  },
);

test.each(READ_FAULTS)('one bad read (the list %s) is repeated and does no harm', async (what, fault) => {
  const scenario = await twoAccounts();
  scenario.fault({ ...fault, match: { method: 'GET', account: PRODUCTION } } as TelnyxFault);
  const run = await scenario.run('apply', '--yes');
  // A short list that looks whole is held back for an hour.
  expect(run.exit).toBe(what.startsWith('is empty') ? 8 : 0);
});

test('a missing key is exit 9 and names the variable; the other account goes on', async () => {
  const scenario = await twoAccounts();
  delete scenario.env['TELNYX_PRODUCTION_API_KEY'];
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(9);
  expect(run.stdout).toContain('TELNYX_PRODUCTION_API_KEY');
  expect(scenario.checker.writes.map((one) => one.account)).toEqual([SUPPORT, SUPPORT]);
  expect(await scenario.run('plan')).toMatchObject({ exit: 9 });
});

test('a blank key counts as missing', async () => {
  const scenario = await twoAccounts();
  scenario.env = { ...scenario.env, TELNYX_PRODUCTION_API_KEY: ' \n' };
  expect(await scenario.run('plan')).toMatchObject({ exit: 9, stdout: expect.stringContaining('TELNYX_PRODUCTION_API_KEY') });
});

test('a refused key is exit 9 after one request', async () => {
  const scenario = await twoAccounts();
  scenario.env = { ...scenario.env, TELNYX_PRODUCTION_API_KEY: 'KEY-of-somebody-else' };
  const before = scenario.world.requests.length;
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(9);
  expect(run.stdout).toContain('401');
  expect(scenario.world.requests.slice(before).filter((one) => one.account === null)).toHaveLength(1);
});

test('when no account can be reached nothing is done and the run says so', async () => {
  const scenario = await twoAccounts();
  scenario.fault({ kind: 'refused', times: 'always' });
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(8);
  expect(run.stdout).toContain(PRODUCTION);
  expect(run.stdout).toContain(SUPPORT);
  expect(scenario.writes()).toEqual([]);
});

test('an empty list after a good one is not believed until it agrees an hour later', async () => {
  const scenario = await startConverged({ admin: ['ada', 'zoe'], member: ['bob', 'cleo'] });
  scenario.fault({ kind: 'empty_list', times: 'always' });
  const first = await scenario.run('apply', '--yes');
  expect(first).toMatchObject({ exit: 8 });
  expect(first.stdout).toContain('less than half');
  scenario.minutes(30);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 8 });
  expect(scenario.writes()).toEqual([]);
  scenario.minutes(31);
  // It is true by now: everybody was lost, which is reported and granted to nobody again.
  const lifted = await scenario.run('drift', '--revert');
  expect(lifted.exit).toBe(2);
  expect(scenario.writes()).toEqual([]);
});

test('a 429 is waited for as long as it says, and the read goes on', async () => {
  const scenario = await twoAccounts();
  scenario.fault({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '30' },
    times: 4,
    match: { method: 'GET', account: PRODUCTION },
  });
  const before = Date.parse(scenario.now());
  expect(await scenario.run('plan')).toMatchObject({ exit: 0 });
  expect(Date.parse(scenario.now()) - before).toBeGreaterThanOrEqual(120_000);
});

test('a 429 that lasts longer than a run is an incomplete account', async () => {
  const scenario = await twoAccounts();
  scenario.fault({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '3600' },
    times: 'always',
    match: { method: 'GET', account: PRODUCTION },
  });
  expect(await scenario.run('plan')).toMatchObject({ exit: 8 });
});

test('many pages are read whole, by our own counter', async () => {
  const many = crowd(95, 'm');
  const scenario = await startConverged({ admin: TEAM.admin, member: many }, { switches: { max_page_size: 10 } });
  const before = scenario.world.requests.length;
  const plan = await scenario.plan();
  expect(plan.accounts[0]?.observation).toMatchObject({ complete: true, principals: 97, requests: 10 });
  expect(new Set(scenario.world.requests.slice(before).map((one) => one.path)).size).toBe(10);
});

test('a next-page link to another host is not followed', async () => {
  const scenario = await startConverged();
  scenario.fault({ kind: 'foreign_next', times: 'always' });
  expect(await scenario.run('plan')).toMatchObject({ exit: 0 });
});

test('a vendor that states no totals is believed when two reads agree', async () => {
  const scenario = await startConverged(TEAM, { switches: { total_results: 'absent' } });
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['DELETE cleo']);
});

test('an owner who is listed does no harm', async () => {
  const scenario = await startConverged(TEAM, { switches: { list_owner: true } });
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
});

test('reads that lag behind writes do not make a second invitation', async () => {
  const scenario = await startConverged(TEAM, { switches: { read_lag_ms: 120_000 } });
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  const first = await scenario.run('apply', '--yes');
  expect([0, 6]).toContain(first.exit);
  expect(scenario.writes()).toEqual(['POST new member']);
  scenario.minutes(1);
  await scenario.run('apply', '--yes');
  expect(scenario.writes()).toEqual([]);
  scenario.minutes(15);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
});
