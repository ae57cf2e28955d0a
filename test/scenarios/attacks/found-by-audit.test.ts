import { expect, test } from 'vitest';
import { PRODUCTION } from '../support/company.ts';
import { createScenario } from '../support/create-scenario.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

test('a plan file cannot loosen what a read is held to: its count is covered by no digest', async () => {
  const scenario = await startConverged();
  await scenario.run('plan', '--out', 'plan.json');
  const plan = JSON.parse(scenario.files.get('plan.json') ?? '');
  plan.accounts[0].observation = { ...plan.accounts[0].observation, principals: 0, at: '2999-01-01T00:00:00.000Z' };
  scenario.files.set('loosened.json', JSON.stringify(plan));
  scenario.fault({ kind: 'empty_list', times: 'always' });
  expect(await scenario.run('apply', '--plan', 'loosened.json')).toMatchObject({ exit: 8 });
  expect(scenario.writes()).toEqual([]);
  expect(await scenario.ledger()).not.toContain('"principals":0,"suspect":false');
});

test('whoever was suspended or invited while somebody thought about the plan gets nothing more', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'cleo'], member: ['bob', 'new'] }));
  scenario.answer = () => {
    scenario.portal().suspend('cleo@acme.example');
    scenario.portal().inviteByPortal('new@acme.example', 'member', 'New');
    return true;
  };
  // Who is suspended by now is left alone, so what was approved for them is said to be withheld.
  expect(await scenario.run('apply')).toMatchObject({ exit: 4, stdout: expect.stringContaining('withheld   patch cleo@acme.example') });
  expect(scenario.writes()).toEqual([]);
});

test('one person raised again and again is taken back each time, with the guards as they are by default', async () => {
  const scenario = await startConverged();
  for (let round = 0; round < 6; round += 1) {
    scenario.hours(2);
    scenario.portal().setRole('bob@acme.example', 'admin');
    expect(await scenario.run('drift', '--revert'), `round ${round}`).toMatchObject({ exit: 0 });
  }
  expect(scenario.writes()).toHaveLength(6);
});

test('the time that the vendor itself named is kept by the next run', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  scenario.fault({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '3600' },
    body: '{"errors":[{"code":"10011","title":"Too many requests"}]}',
    match: { method: 'POST' },
  });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual(['POST new member']);
  scenario.minutes(5);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual([]);
  scenario.hours(1);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['POST new member']);
});

test('a result never replaces the ledger, its lock or a policy', async () => {
  const scenario = await startConverged();
  const ledger = await scenario.ledger();
  for (const out of ['.rollcall/ledger.jsonl', '.rollcall/ledger.jsonl.lock', 'policies/people/all.yaml', 'policies']) {
    for (const command of [['plan'], ['ledger', 'show'], ['validate'], ['observe']]) {
      expect(await scenario.run(...command, '--out', out), `${command.join(' ')} --out ${out}`).toMatchObject({ exit: 64 });
    }
  }
  expect(await scenario.ledger()).toBe(ledger);
  expect([...scenario.files.keys()]).toEqual([]);
});

test('a read that failed everywhere leaves an earlier observation where it is', async () => {
  const scenario = await startConverged();
  await scenario.run('observe', '--out', 'live.json');
  const before = scenario.files.get('live.json');
  scenario.fault({ kind: 'status', status: 401, times: 'always' });
  expect(await scenario.run('observe', '--out', 'live.json')).toMatchObject({ exit: 9 });
  expect(scenario.files.get('live.json')).toBe(before);
});

test('a key with a character that no key has is named before anything is sent', async () => {
  const scenario = await startConverged();
  const before = scenario.world.requests.length;
  scenario.env = { ...scenario.env, TELNYX_PRODUCTION_API_KEY: 'KEY-with\na-line-feed' };
  expect(await scenario.run('plan')).toMatchObject({ exit: 9, stdout: expect.stringContaining('TELNYX_PRODUCTION_API_KEY') });
  expect(scenario.world.requests).toHaveLength(before);
});

test('approved deletes do not make the next read look short', async () => {
  const people = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'];
  const policies = withPeople({ admin: ['ada', 'zoe'], member: people });
  const live = ['ada admin', 'zoe admin', ...people.map((person) => `${person} member`)];
  const scenario = createScenario({ policies, live: { [PRODUCTION]: live } });
  await scenario.run('apply', '--yes');
  const approval = `account: ${PRODUCTION}\ndeletes: 5\nreason: The team moved (HR-1)\nexpires: 2026-11-27\n`;
  scenario.setPolicies({ ...withPeople({ admin: ['ada', 'zoe'], member: ['p1'] }), 'approvals/move.yaml': approval });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toHaveLength(5);
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
});

test('an account that left policy and comes back is looked at anew', async () => {
  const scenario = await startConverged();
  const policies = withPeople(TEAM);
  const other = { 'accounts/telnyx-other.yaml': 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n' };
  const away = Object.fromEntries(
    Object.entries({ ...policies, ...other }).filter(([path]) => path !== `accounts/${PRODUCTION}.yaml` && !path.startsWith('teams/')),
  );
  scenario.setPolicies(away);
  const told = await scenario.run('apply', '--yes');
  expect(told.stdout).toContain(`${PRODUCTION} left policy`);
  expect((await scenario.run('plan')).stdout).not.toContain('left policy');
  scenario.portal().inviteByPortal('eve@elsewhere.example', 'member', 'Eve');
  scenario.setPolicies(policies);
  const plan = await scenario.plan();
  expect(plan.changes).toEqual([]);
  expect(plan.accounts.flatMap((account) => account.unmanaged.map((one) => one.principal))).toEqual(['eve@elsewhere.example']);
});
