import { expect, test } from 'vitest';
import { PRODUCTION } from '../support/company.ts';
import { type Crash, createScenario, type Scenario } from '../support/create-scenario.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

/** One of each: a delete, a lowering, a raise and two invitations. */
async function startWithWork(): Promise<Scenario> {
  const scenario = await startConverged({ admin: ['ada', 'zoe', 'yan'], member: ['bob', 'cleo'] });
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['yan', 'new', 'other'] }));
  await scenario.run('plan', '--out', 'plan.json');
  return scenario;
}

const DONE = ['ada admin', 'bob admin', 'new member invited', 'other member invited', 'yan member', 'zoe admin'];
const DONE_WRITES = ['DELETE cleo', 'PATCH bob admin', 'PATCH yan member', 'POST new member', 'POST other member'];

/** Runs again, with time passing, until a run ends with 0. */
async function finish(scenario: Scenario, ...argv: string[]): Promise<number> {
  for (let runs = 1; runs <= 5; runs += 1) {
    const run = await scenario.run(...argv);
    if (run.exit === 0) return runs;
    expect([6, 10], run.stdout + run.stderr).toContain(run.exit);
    scenario.minutes(11);
  }
  throw new Error('five runs did not finish the work');
}

test.each(['before', 'torn', 'after'] as const)(
  'killed %s each input and output of an apply in turn: the next runs finish the work, nothing twice',
  async (how) => {
    let crashes = 0;
    for (let at = 1; ; at += 1) {
      const scenario = await startWithWork();
      const died = await scenario.runUntil({ at, how } satisfies Crash, 'apply', '--plan', 'plan.json');
      if (died !== null) {
        expect(died.exit).toBe(0);
        break;
      }
      crashes += 1;
      await finish(scenario, 'apply', '--plan', 'plan.json');
      expect(scenario.live(), `killed ${how} step ${at}`).toEqual(DONE);
      const applied = scenario.world.requests.filter((one) => one.mutating && one.applied).length;
      expect(applied, `killed ${how} step ${at}`).toBe(DONE_WRITES.length);
      expect(new Set(scenario.writes())).toEqual(new Set(DONE_WRITES));
      expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
      expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
      expect(await scenario.run('ledger', 'verify')).toMatchObject({ exit: 0 });
    }
    expect(crashes).toBeGreaterThan(20);
  },
);

test('killed a second time while it recovers from the first: still the same end', async () => {
  for (let first = 6; first <= 22; first += 4) {
    for (let second = 1; second <= 24; second += 1) {
      const scenario = await startWithWork();
      await scenario.runUntil({ at: first, how: 'after' }, 'apply', '--plan', 'plan.json');
      await scenario.runUntil({ at: second, how: 'torn' }, 'apply', '--plan', 'plan.json');
      await finish(scenario, 'apply', '--plan', 'plan.json');
      expect(scenario.live(), `killed at ${first}, then at ${second}`).toEqual(DONE);
      expect(scenario.world.requests.filter((one) => one.mutating && one.applied)).toHaveLength(DONE_WRITES.length);
    }
  }
});

test('killed at each step of `drift --revert`: what was gained is taken back once', async () => {
  for (let at = 1; ; at += 1) {
    const scenario = await startConverged();
    scenario.portal().setRole('bob@acme.example', 'admin');
    scenario.portal().inviteByPortal('mallory@elsewhere.example', 'admin', 'Mallory');
    const died = await scenario.runUntil({ at, how: at % 2 === 0 ? 'after' : 'torn' }, 'drift', '--revert');
    if (died !== null) break;
    await finish(scenario, 'drift', '--revert');
    expect(scenario.live(), `killed at ${at}`).toEqual(['ada admin', 'bob member', 'cleo member', 'zoe admin']);
    expect(scenario.world.requests.filter((one) => one.mutating && one.applied)).toHaveLength(2);
    expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
  }
});

test('work that a killed run began is finished by the scheduled drift run', async () => {
  for (let at = 9; at <= 20; at += 1) {
    const scenario = await startWithWork();
    await scenario.runUntil({ at, how: 'after' }, 'apply', '--plan', 'plan.json');
    await finish(scenario, 'drift', '--revert');
    if (!(await scenario.ledger()).includes('"kind":"approval"')) continue;
    expect(scenario.live(), `killed at ${at}`).toEqual(DONE);
  }
});

test('an invitation whose answer a kill swallowed counts towards the hourly limit', async () => {
  const settings = 'invites: { per_hour: 1, open: 10 }\n';
  for (let at = 4; at <= 8; at += 1) {
    const scenario = createScenario({
      policies: withPeople({ ...TEAM, settings }),
      live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member'] },
    });
    await scenario.run('apply', '--yes');
    scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new', 'other'], settings }));
    await scenario.runUntil({ at, how: 'after' }, 'apply', '--yes');
    scenario.minutes(20);
    await scenario.run('apply', '--yes');
    // None where the kill fell between intent and request: nobody can know, so it counts.
    expect(scenario.writes().length, `killed at ${at}`).toBeLessThanOrEqual(1);
    scenario.hours(2);
    await scenario.run('apply', '--yes');
    scenario.hours(2);
    expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
    expect(scenario.live()).toEqual(expect.arrayContaining(['new member invited', 'other member invited']));
  }
});

test('SIGINT in the middle of an apply: the change in flight finishes, the rest is printed, exit 130, and the next run goes on', async () => {
  for (let at = 1; at <= 5; at += 1) {
    const scenario = await startWithWork();
    const run = await scenario.runInterrupted(at, 'apply', '--plan', 'plan.json');
    expect(run.exit).toBe(130);
    const made = scenario.writes();
    expect(made).toHaveLength(at);
    expect(run.stdout).toContain(`Applied ${at},`);
    if (at < 5) expect(run.stdout).toContain('What remains');
    expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 0 });
    expect([...made, ...scenario.writes()].toSorted()).toEqual(DONE_WRITES);
    expect(scenario.live()).toEqual(DONE);
  }
});

test('the remaining plan of an interrupted run does not claim what was done', async () => {
  const scenario = await startWithWork();
  const run = await scenario.runInterrupted(2, 'apply', '--plan', 'plan.json', '--format', 'json');
  const report = JSON.parse(run.stdout) as { interrupted: boolean; remaining: { changes: { principal: string }[] } | null };
  expect(report.interrupted).toBe(true);
  expect(report.remaining?.changes.map((change) => change.principal).toSorted()).toEqual([
    'bob@acme.example',
    'new@acme.example',
    'other@acme.example',
  ]);
});

test('a ledger that another run holds: nothing is done (exit 7), and a plan needs no ledger', async () => {
  const scenario = await startWithWork();
  await scenario.holdLedger();
  const run = await scenario.run('apply', '--plan', 'plan.json');
  expect(run).toMatchObject({ exit: 7, stderr: expect.stringContaining('another run holds the ledger') });
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 7 });
  expect(scenario.writes()).toEqual([]);
  expect(await scenario.run('plan')).toMatchObject({ exit: 0 });
});

test('a ledger in which one record was changed stops every run and is named by its number', async () => {
  const scenario = await startWithWork();
  const lines = (await scenario.ledger()).split('\n');
  lines[2] = (lines[2] ?? '').replace('"member"', '"admin"').replace('bob@', 'bobby@');
  await scenario.setLedger(lines.join('\n'));
  for (const argv of [
    ['plan'],
    ['apply', '--yes'],
    ['drift', '--revert'],
    ['drift'],
    ['ledger', 'verify'],
    ['ledger', 'show'],
    ['explain', 'ada@acme.example'],
  ]) {
    expect(await scenario.run(...argv), argv.join(' ')).toMatchObject({
      exit: 9,
      stderr: expect.stringContaining('record 3 does not verify'),
    });
  }
  expect(scenario.writes()).toEqual([]);
});

test.each([
  ['a record left out', (lines: string[]) => lines.filter((_, index) => index !== 1)],
  ['two records swapped', (lines: string[]) => [...lines.slice(0, 1), ...lines.slice(1, 3).reverse(), ...lines.slice(3)]],
  ['a record twice', (lines: string[]) => [...lines.slice(0, 2), ...lines.slice(1)]],
  ['a line that is no record', (lines: string[]) => [...lines.slice(0, 1), '{}', ...lines.slice(1)]],
  ['an empty line', (lines: string[]) => [...lines.slice(0, 1), '', ...lines.slice(1)]],
])('a ledger with %s does not verify', async (_what, edit) => {
  const scenario = await startWithWork();
  await scenario.setLedger(edit((await scenario.ledger()).split('\n')).join('\n'));
  expect(await scenario.run('ledger', 'verify')).toMatchObject({ exit: 9 });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 9 });
  expect(scenario.writes()).toEqual([]);
});

test('a torn last line is passed over by readers, cut and noted by the next writer', async () => {
  const scenario = await startWithWork();
  await scenario.setLedger(`${await scenario.ledger()}{"v":1,"seq":99,"at":"2026-11-`);
  expect(await scenario.run('ledger', 'verify')).toMatchObject({ exit: 0, stdout: expect.stringContaining('torn last line') });
  expect(await scenario.run('plan')).toMatchObject({ exit: 0 });
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 0 });
  expect(await scenario.run('ledger', 'show')).toMatchObject({ stdout: expect.stringContaining('a torn last line of') });
  expect(await scenario.run('ledger', 'verify')).toMatchObject({ exit: 0, stdout: expect.not.stringContaining('torn last line of') });
});

test('a ledger of a newer version is refused, not guessed at', async () => {
  const scenario = await startWithWork();
  await scenario.setLedger((await scenario.ledger()).replace('{"v":1,', '{"v":2,'));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 9 });
});
