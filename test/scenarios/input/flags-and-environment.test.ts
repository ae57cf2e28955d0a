import { expect, test } from 'vitest';
import { company, PRODUCTION, SUPPORT } from '../support/company.ts';
import { createScenario, stepsOf } from '../support/create-scenario.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

test.each([
  [['aplly'], 'apply'],
  [['plan', '--acount', 'x'], '--account'],
  [['plan', '--detailed-exit-code'], '--detailed-exitcode'],
  [['ledger', 'verfy'], 'verify'],
  [['emulate', 'telnix'], 'telnyx'],
  [['drift', '--rever'], '--revert'],
])('a typo in %j is a usage error that names the nearest', async (argv, nearest) => {
  const scenario = await startConverged();
  const run = await scenario.run(...argv);
  expect(run.exit).toBe(64);
  expect(run.stdout).toBe('');
  expect(run.stderr).toContain(nearest);
});

test.each([
  [[]],
  [['plan', 'extra']],
  [['plan', '--format', 'yaml']],
  [['plan', '--account']],
  [['observe']],
  [['explain']],
  [['explain', '--role', 'admin']],
  [['explain', '--account', PRODUCTION, '--role', 'boss']],
  [['ledger']],
  [['emulate']],
])('%j is a usage error', async (argv) => {
  const scenario = await startConverged();
  const run = await scenario.run(...argv);
  expect(run.exit).toBe(64);
  expect(run.stdout).toBe('');
  expect(run.stderr).not.toBe('');
});

test('help and version end 0 on stdout, and help of every command has an example', async () => {
  const scenario = await startConverged();
  for (const command of [
    [],
    ['plan'],
    ['apply'],
    ['drift'],
    ['observe'],
    ['validate'],
    ['explain'],
    ['demo'],
    ['ledger', 'verify'],
    ['ledger', 'show'],
    ['emulate', 'telnyx'],
  ]) {
    const run = await scenario.run(...command, '--help');
    expect(run).toMatchObject({ exit: 0, stderr: '' });
    expect(run.stdout).toContain(command.length === 0 ? 'Exit codes:' : `$ rollcall ${command.join(' ')}`);
  }
  expect(await scenario.run('--version')).toMatchObject({ exit: 0, stderr: '' });
});

test('an unknown account names the known ones', async () => {
  const scenario = await startConverged();
  for (const command of ['plan', 'drift', 'observe', 'ledger show']) {
    const run = await scenario.run(...command.split(' '), '--account', 'telnyx-prodution', '--out', 'x');
    if (command === 'ledger show') continue;
    expect(run).toMatchObject({ exit: 64, stderr: expect.stringContaining(`Known: ${PRODUCTION}`) });
  }
});

test('--account plans and applies that account alone', async () => {
  const live = { [PRODUCTION]: ['ada admin', 'zoe admin'], [SUPPORT]: ['ada admin', 'zoe admin'] };
  const scenario = createScenario({ policies: company({ [PRODUCTION]: TEAM, [SUPPORT]: TEAM }), live });
  expect(await scenario.run('apply', '--yes', '--account', SUPPORT)).toMatchObject({ exit: 0 });
  expect(scenario.checker.writes.map((one) => one.account)).toEqual([SUPPORT, SUPPORT]);
  expect((await scenario.plan('--account', SUPPORT)).changes).toEqual([]);
  expect((await scenario.plan()).changes).toHaveLength(2);
});

test.each([
  'https://api.telnyx.com.evil.example',
  'http://localhost:4010',
  'http://127.0.0.1.evil.example',
  'http://10.0.0.1',
  'http://user@127.0.0.1:4010',
  'http://127.0.0.1:4010/path',
  'not a url',
  'file:///etc/passwd',
  'http://0.0.0.0:4010',
  'http://169.254.169.254',
])('ROLLCALL_TELNYX_ORIGIN=%s is refused before anything is sent', async (origin) => {
  const scenario = await startConverged();
  scenario.env = { ...scenario.env, ROLLCALL_TELNYX_ORIGIN: origin };
  const before = scenario.world.requests.length;
  for (const command of [['plan'], ['apply', '--yes'], ['validate']]) {
    expect(await scenario.run(...command)).toMatchObject({ exit: 64, stderr: expect.stringContaining('loopback') });
  }
  expect(scenario.world.requests).toHaveLength(before);
});

test('ROLLCALL_NOW needs a loopback origin and has to be an instant', async () => {
  const scenario = await startConverged();
  const { ROLLCALL_TELNYX_ORIGIN: origin, ...rest } = scenario.env;
  scenario.env = { ...rest, ROLLCALL_NOW: '2026-11-23T09:00:00Z' };
  expect(await scenario.run('plan')).toMatchObject({ exit: 64, stderr: expect.stringContaining('ROLLCALL_NOW') });
  for (const now of ['yesterday', '2026-11-23', '2026-13-40T09:00:00Z', '1700000000', '2026-11-23T09:00:00Zjunk']) {
    scenario.env = { ...rest, ROLLCALL_TELNYX_ORIGIN: origin, ROLLCALL_NOW: now };
    expect(await scenario.run('plan'), now).toMatchObject({ exit: 64, stderr: expect.stringContaining('not an instant') });
  }
});

test('ROLLCALL_NOW without a zone is refused: it would mean another instant on another machine', async () => {
  const scenario = await startConverged();
  scenario.env = { ...scenario.env, ROLLCALL_NOW: '2026-11-23T09:00:00' };
  expect(await scenario.run('plan')).toMatchObject({ exit: 64 });
});

test('a missing policies folder, and one without an account, are exit 3 and no request', async () => {
  const scenario = await startConverged();
  const before = scenario.world.requests.length;
  for (const command of [['validate'], ['plan'], ['apply', '--yes'], ['drift', '--revert']]) {
    expect(await scenario.run(...command, '--policies', 'nowhere')).toMatchObject({ exit: 3 });
  }
  scenario.setPolicies({ 'people/everybody.yaml': '- email: ada@acme.example\n  name: Ada\n' });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 3 });
  scenario.setPolicies({});
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 3 });
  expect(scenario.world.requests).toHaveLength(before);
});

test('an invalid policy is exit 3 with every finding at its place, and nothing is sent', async () => {
  const scenario = await startConverged();
  scenario.policy(
    'teams/broken.yaml',
    'members: [nobody@acme.example]\ngrants:\n  - { acount: telnyx-production, role: admn, reason: x }\n',
  );
  const before = scenario.world.requests.length;
  for (const command of [['validate'], ['plan'], ['apply', '--yes'], ['drift', '--revert'], ['observe', '--out', 'x']]) {
    const run = await scenario.run(...command);
    expect(run.exit).toBe(3);
    expect(run.stdout + run.stderr).toContain('policies/teams/broken.yaml:');
    expect(run.stdout + run.stderr).toMatch(/account/);
  }
  expect(scenario.world.requests).toHaveLength(before);
});

test('detailed exit codes: 2 with changes, 0 without; without the flag always 0', async () => {
  const scenario = await startConverged();
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 2 });
  expect(await scenario.run('plan')).toMatchObject({ exit: 0 });
});

test('two accounts in different straits end with the more pressing code, and each says its own', async () => {
  const scenario = createScenario({
    policies: company({ [PRODUCTION]: TEAM, [SUPPORT]: { ...TEAM, admin: ['ada', 'zoe'] } }),
    live: {
      [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member', 'cleo member'],
      [SUPPORT]: ['ada admin', 'zoe admin', 'bob member', 'cleo member'],
    },
  });
  await scenario.run('apply', '--yes');
  // Production would lose every member at once but needs a key; support is blocked by a guard.
  scenario.setPolicies(company({ [PRODUCTION]: TEAM, [SUPPORT]: { member: ['ada', 'zoe', 'bob', 'cleo'] } }));
  expect(await scenario.run('plan')).toMatchObject({ exit: 5 });
  scenario.fault({ kind: 'html', times: 'always', match: { account: PRODUCTION } });
  const blocked = await scenario.run('plan');
  expect(blocked.exit).toBe(5);
  expect(blocked.stdout).toContain('incomplete');
  delete scenario.env['TELNYX_PRODUCTION_API_KEY'];
  expect(await scenario.run('plan')).toMatchObject({ exit: 9 });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 9 });
  expect(scenario.writes()).toEqual([]);
});

test('--base: three-way origins without any ledger', async () => {
  const scenario = createScenario({
    policies: withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['new'] }),
    live: { [PRODUCTION]: ['ada admin', 'zoe member', 'bob member', 'cleo member', 'eve@elsewhere.example member'] },
  });
  scenario.folders.set('base', withPeople(TEAM));
  const plan = await scenario.plan('--base', 'base');
  expect(stepsOf(plan)).toEqual(['delete cleo (git)', 'invite new member (git)', 'patch bob admin (git)', 'patch zoe admin (drift)']);
  expect(stepsOf(await scenario.plan())).toEqual(
    ['delete cleo (unrecorded)', 'invite new member (unrecorded)', 'patch bob admin (unrecorded)', 'patch zoe admin (unrecorded)'].filter(
      (step) => !step.includes('cleo'),
    ),
  );
});

test('--base that is invalid is exit 3, and one that is not there is a usage error', async () => {
  const scenario = await startConverged();
  scenario.folders.set('base', { ...withPeople(TEAM), 'teams/x.yaml': 'members: 3\n' });
  expect(await scenario.run('plan', '--base', 'base')).toMatchObject({ exit: 3, stderr: expect.stringContaining('--base base') });
  expect(await scenario.run('plan', '--base', 'nowhere')).toMatchObject({ exit: 64, stderr: expect.stringContaining('--base nowhere') });
  expect(await scenario.run('plan', '--base', '--upload-pack=x')).toMatchObject({ exit: 64 });
});

test('--observation plans the same as live, without any key', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['new'] }));
  expect(await scenario.run('observe', '--out', 'live.json')).toMatchObject({ exit: 0 });
  const live = await scenario.plan();
  scenario.env = { ROLLCALL_TELNYX_ORIGIN: scenario.env['ROLLCALL_TELNYX_ORIGIN'] };
  const before = scenario.world.requests.length;
  const file = await scenario.plan('--observation', 'live.json');
  expect(scenario.world.requests).toHaveLength(before);
  const plain = (plan: typeof live) =>
    JSON.stringify({
      ...plan,
      accounts: plan.accounts.map((one) => ({ ...one, observation: { ...one.observation, source: '', requests: 0 } })),
    });
  expect(plain(file)).toBe(plain(live));
  expect(await scenario.run('plan', '--observation', 'none.json')).toMatchObject({ exit: 64 });
});

test('an observation that was edited is refused, and one without an account leaves that account incomplete', async () => {
  const scenario = await startConverged();
  await scenario.run('observe', '--out', 'live.json');
  const text = scenario.files.get('live.json') ?? '';
  scenario.files.set('edited.json', text.replace('"admin"', '"member"'));
  expect(await scenario.run('plan', '--observation', 'edited.json')).toMatchObject({
    exit: 9,
    stderr: expect.stringContaining('do not match their digest'),
  });
  scenario.files.set('renamed.json', text.replaceAll(PRODUCTION, 'telnyx-other'));
  expect(await scenario.run('plan', '--observation', 'renamed.json')).toMatchObject({ exit: 9 });
  scenario.setPolicies({ ...withPeople(TEAM), 'accounts/telnyx-new.yaml': 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n' });
  expect(await scenario.run('plan', '--observation', 'live.json')).toMatchObject({ exit: 8 });
  scenario.hours(-1);
  expect(await scenario.run('plan', '--observation', 'live.json')).toMatchObject({ exit: 64, stderr: expect.stringContaining('future') });
  scenario.files.set('broken.json', text.slice(0, 100));
  expect(await scenario.run('plan', '--observation', 'broken.json')).toMatchObject({ exit: 64 });
});

test('explain says what a person holds and why, and who can, without any key', async () => {
  const scenario = await startConverged({ ...TEAM, member: ['bob', 'cleo until 2026-12-24'] });
  scenario.env = {};
  const person = await scenario.run('explain', 'CLEO@acme.example');
  expect(person.exit).toBe(0);
  for (const words of ['member', '2026-12-24', 'Needs it for work', 'teams/telnyx-production-member.yaml'])
    expect(person.stdout).toContain(words);
  expect(await scenario.run('explain', '--account', PRODUCTION, '--role', 'admin')).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/ada@acme\.example.*zoe@acme\.example/s),
  });
  expect(await scenario.run('explain', 'cleoo@acme.example')).toMatchObject({
    exit: 64,
    stderr: expect.stringContaining('Did you mean cleo@acme.example?'),
  });
});
