import { execFileSync, spawnSync } from 'node:child_process';
import { cp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { company, PRODUCTION } from '../scenarios/support/company.ts';
import { TEAM, withPeople } from '../scenarios/support/start-converged.ts';
import { BUNDLE, ensureBundle, run, start } from './support/bundle.ts';
import { type Emulator, startEmulator } from './support/emulator.ts';
import { makeFolder, writePolicies } from './support/folder.ts';

const ESC = '\u001b';
const LIVE = [
  { email: 'ada@acme.example', name: 'Ada', role: 'admin' },
  { email: 'zoe@acme.example', name: 'Zoe', role: 'admin' },
  { email: 'bob@acme.example', name: 'Bob', role: 'member' },
  { email: 'cleo@acme.example', name: 'Cleo', role: 'member' },
];
const SEED = { accounts: [{ name: PRODUCTION, key: 'KEY-CANARY-0123456789abcdef', owner: 'root@acme.example', users: LIVE }] };
const WORK = withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['new', 'other'] });

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly emulator: Emulator;
}

/** A folder whose policies and ledger agree with an emulator that runs beside. */
async function startWorld(): Promise<Place> {
  const cwd = await makeFolder(withPeople(TEAM));
  const emulator = await startEmulator(cwd, SEED);
  onTestFinished(async () => {
    await emulator.stop();
  });
  const place = { cwd, env: emulator.env, emulator };
  expect(await run(['apply', '--yes'], place)).toMatchObject({ exit: 0 });
  return place;
}

beforeAll(ensureBundle);

test('--version and --help answer on stdout with exit 0', async () => {
  const cwd = await makeFolder({});
  const version = await run(['--version'], { cwd });
  expect(version).toMatchObject({ exit: 0, stderr: '' });
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const help = await run(['--help'], { cwd });
  expect(help).toMatchObject({ exit: 0, stderr: '' });
  expect(help.stdout).toContain('Exit codes:');
});

test('the built folder works wherever it is copied to, without an install', async () => {
  const cwd = await makeFolder({});
  await cp(path.dirname(BUNDLE), path.join(cwd, 'dist'), { recursive: true });
  const copy = path.join(cwd, 'dist', path.basename(BUNDLE));
  expect(spawnSync(copy, ['--version'], { cwd, encoding: 'utf8' })).toMatchObject({ status: 0 });
  expect(spawnSync(copy, ['validate'], { cwd, encoding: 'utf8' })).toMatchObject({ status: 3 });
});

test.each([
  [['--version'], 0],
  [['validate'], 0],
  [['validate', '--policies', 'none'], 3],
  [['plan'], 9],
  [['apply'], 64],
  [['nonsense'], 64],
  [['plan', '--nonsense'], 64],
  [['ledger', 'verify'], 0],
  [['explain', 'ada@acme.example'], 0],
])('%j ends with %i', async (argv, exit) => {
  const cwd = await makeFolder(withPeople(TEAM));
  expect(await run(argv, { cwd })).toMatchObject({ exit });
});

test('commands that only read leave nothing behind in the folder', async () => {
  const cwd = await makeFolder(withPeople(TEAM));
  for (const argv of [['validate'], ['plan'], ['drift'], ['ledger', 'show'], ['explain', 'ada@acme.example']]) await run(argv, { cwd });
  expect(await readdir(cwd)).toEqual(['policies']);
});

test('validate in four formats: text, JSON, GitHub annotations and SARIF', async () => {
  const cwd = await makeFolder({ ...withPeople(TEAM), 'teams/broken.yaml': 'members: [nobody@acme.example]\ngrants: []\n' });
  const text = await run(['validate'], { cwd });
  expect(text.exit).toBe(3);
  expect(text.stdout).toContain('policies/teams/broken.yaml:1:');
  const { findings } = JSON.parse((await run(['validate', '--format', 'json'], { cwd })).stdout);
  expect(findings[0]).toMatchObject({ file: 'policies/teams/broken.yaml', line: 1, severity: 'error' });
  expect(Object.keys(findings[0]).toSorted()).toEqual(['code', 'column', 'file', 'line', 'message', 'severity']);
  const github = await run(['validate', '--format', 'github'], { cwd });
  expect(github.exit).toBe(3);
  expect(github.stdout).toMatch(/^::error file=policies\/teams\/broken\.yaml,line=1,/m);
  const sarif = JSON.parse(
    (await run(['validate', '--format', 'sarif', '--out', 'x.sarif'], { cwd })).stdout ||
      (await readFile(path.join(cwd, 'x.sarif'), 'utf8')),
  );
  expect(sarif).toMatchObject({ version: '2.1.0' });
  expect(sarif.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('policies/teams/broken.yaml');
});

test('no colour into a pipe, colour where it is forced, none where NO_COLOR says so', async () => {
  const world = await startWorld();
  await writePolicies(world.cwd, WORK);
  const plan = async (env: Record<string, string>, ...argv: string[]) =>
    (await run(['plan', ...argv], { ...world, env: { ...world.env, ...env } })).stdout;
  expect(await plan({})).not.toContain(ESC);
  expect(await plan({ FORCE_COLOR: '1' })).toContain(ESC);
  expect(await plan({ FORCE_COLOR: '1', NO_COLOR: '1' })).not.toContain(ESC);
  expect(await plan({ FORCE_COLOR: '1' }, '--no-color')).not.toContain(ESC);
});

test('a reader that goes away early is no error', async () => {
  const broken = Array.from({ length: 3_000 }, (_, index) => `  - nobody${index}@acme.example\n`).join('');
  const cwd = await makeFolder({ ...withPeople(TEAM), 'teams/broken.yaml': `members:\n${broken}grants: []\n` });
  const script = `"${process.execPath}" "${BUNDLE}" validate | head -n 1; echo "exit \${PIPESTATUS[0]}"`;
  const piped = spawnSync('bash', ['-c', script], { cwd, encoding: 'utf8' });
  expect(piped.stderr).toBe('');
  expect(piped.stdout).toMatch(/exit 3\n$/);
});

test('a result that a full disk did not take is no success', async () => {
  const cwd = await makeFolder(withPeople(TEAM));
  for (const command of ['validate', 'ledger show']) {
    const full = spawnSync('bash', ['-c', `"${process.execPath}" "${BUNDLE}" ${command} > /dev/full`], { cwd, encoding: 'utf8' });
    expect(full.status, command).toBe(1);
    expect(full.stderr, command).toBe('rollcall: the result could not be written (ENOSPC).\n');
  }
});

test('a large result is whole on a pipe', async () => {
  const nobody = Array.from({ length: 180 }, (_, index) => `  - nobody${index}@acme.example\n`).join('');
  const teams = Array.from({ length: 20 }, (_, index) => [`teams/broken-${index}.yaml`, `members:\n${nobody}grants: []\n`]);
  const cwd = await makeFolder({ ...withPeople(TEAM), ...Object.fromEntries(teams) });
  const { stdout } = await run(['validate', '--format', 'json'], { cwd });
  expect(JSON.parse(stdout).findings.length).toBeGreaterThanOrEqual(3_600);
});

test('the whole way with real files, sockets and processes: plan, apply, nothing left, ledger verified', async () => {
  const world = await startWorld();
  await writePolicies(world.cwd, WORK);
  expect(await run(['plan', '--out', 'plan.json', '--detailed-exitcode'], world)).toMatchObject({ exit: 2 });
  expect(await run(['apply', '--plan', 'plan.json'], world)).toMatchObject({ exit: 0, stdout: expect.stringContaining('Applied 4') });
  expect(await run(['plan', '--detailed-exitcode'], world)).toMatchObject({ exit: 0 });
  expect(await run(['ledger', 'verify'], world)).toMatchObject({ exit: 0, stdout: expect.stringContaining('Verified.') });
  expect((await readdir(path.join(world.cwd, '.rollcall'))).toSorted()).toEqual(['ledger.jsonl']);
  const ledger = await readFile(path.join(world.cwd, '.rollcall/ledger.jsonl'), 'utf8');
  for (const text of [ledger, await readFile(path.join(world.cwd, 'plan.json'), 'utf8')]) expect(text).not.toContain('KEY-CANARY');
});

test('SIGKILL while a request is under way, at one request after another: the next run takes the lock over and finishes, nothing twice', async () => {
  for (const at of [1, 2, 3, 4, 6, 8, 10, 12]) {
    const world = await startWorld();
    await writePolicies(world.cwd, WORK);
    await run(['plan', '--out', 'plan.json'], world);
    const before = (await world.emulator.requests()).length;
    await world.emulator.fault({ kind: 'delay', ms: 60_000, match: { nth: at } });
    const killed = start(['apply', '--plan', 'plan.json'], world);
    const held = world.emulator.seen(before + at).then(() => killed.child.kill('SIGKILL'));
    await Promise.race([held, killed.ended]);
    const dead = await killed.ended;
    expect(dead.signal ?? dead.exit, `request ${at}`).toBe('SIGKILL');
    await world.emulator.clearFaults();
    const second = await run(['apply', '--plan', 'plan.json'], world);
    // An invitation whose intent is written and whose request was never sent waits for its settle time.
    expect([0, 10], second.stdout + second.stderr).toContain(second.exit);
    expect(await run(['ledger', 'show'], world)).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('which no longer runs, was taken over'),
    });
    const writes = (await world.emulator.requests()).filter((one) => one.mutating);
    expect(
      writes.every((one) => one.applied),
      `request ${at}`,
    ).toBe(true);
    expect(writes).toHaveLength(second.exit === 0 ? 4 : writes.length);
    expect(new Set(writes.map((one) => one.method + one.path + one.body)).size).toBe(writes.length);
    await world.emulator.stop();
  }
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s: the change in flight finishes, exit 130, the lock is gone, the next run finishes',
  async (signal) => {
    const world = await startWorld();
    await writePolicies(world.cwd, WORK);
    await world.emulator.fault({ kind: 'delay', ms: 1_000, match: { method: 'POST' } });
    const apply = start(['apply', '--yes'], world);
    await world.emulator.seen(1, 'POST');
    apply.child.kill(signal);
    const ended = await apply.ended;
    expect(ended).toMatchObject({ exit: 130, stdout: expect.stringContaining('Interrupted.') });
    expect((await readdir(path.join(world.cwd, '.rollcall'))).toSorted()).toEqual(['ledger.jsonl']);
    expect(await run(['apply', '--yes'], world)).toMatchObject({ exit: 0 });
    expect((await world.emulator.requests()).filter((one) => one.method === 'POST')).toHaveLength(2);
  },
);

test('SIGINT while the account is being read: nothing was done, exit 130', async () => {
  const world = await startWorld();
  await writePolicies(world.cwd, WORK);
  const before = (await world.emulator.requests()).length;
  await world.emulator.fault({ kind: 'delay', ms: 1_000 });
  const apply = start(['apply', '--yes'], world);
  await world.emulator.seen(before + 1);
  apply.child.kill('SIGINT');
  expect(await apply.ended).toMatchObject({ exit: 130 });
  expect((await world.emulator.requests()).filter((one) => one.mutating)).toEqual([]);
});

test('SIGINT while a plan is being read is exit 130 too', async () => {
  const world = await startWorld();
  const before = (await world.emulator.requests()).length;
  await world.emulator.fault({ kind: 'delay', ms: 1_000 });
  const plan = start(['plan'], world);
  await world.emulator.seen(before + 1);
  plan.child.kill('SIGINT');
  expect(await plan.ended).toMatchObject({ exit: 130 });
});

test('two runs at once: one holds the ledger, the other ends with 7 and names its process', async () => {
  const world = await startWorld();
  await writePolicies(world.cwd, WORK);
  const before = (await world.emulator.requests()).length;
  await world.emulator.fault({ kind: 'delay', ms: 1_500 });
  const first = start(['apply', '--yes'], world);
  await world.emulator.seen(before + 1);
  expect(await run(['apply', '--yes'], world)).toMatchObject({ exit: 7, stderr: expect.stringContaining(`process ${first.child.pid}`) });
  expect(await first.ended).toMatchObject({ exit: 0 });
});

test('an emulator stops on Ctrl-C, and a taken port is a usage error', async () => {
  const world = await startWorld();
  const port = new URL(world.env['ROLLCALL_TELNYX_ORIGIN'] ?? '').port;
  expect(await run(['emulate', 'telnyx', '--port', port], world)).toMatchObject({
    exit: 64,
    stderr: expect.stringContaining(`port ${port}`),
  });
  expect(await run(['emulate', 'telnyx', '--port', '99999'], world)).toMatchObject({ exit: 64 });
  expect(await run(['emulate', 'telnyx', '--seed', 'none.json'], world)).toMatchObject({ exit: 64 });
  expect(await world.emulator.stop()).toBe(130);
});

test('nobody listens: the error names the reason and the run ends with 8', async () => {
  const cwd = await makeFolder(withPeople(TEAM));
  const plan = await run(['plan'], { cwd, env: { ROLLCALL_TELNYX_ORIGIN: 'http://127.0.0.1:9', TELNYX_PRODUCTION_API_KEY: 'KEY-x' } });
  expect(plan).toMatchObject({ exit: 8, stdout: expect.stringMatching(/refused/i) });
});

function git(cwd: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=T', '-c', 'user.email=t@acme.example', '-c', 'init.defaultBranch=main', ...args], {
    cwd,
    encoding: 'utf8',
  }).trim();
}

async function commit(cwd: string, policies: Record<string, string>): Promise<string> {
  await writePolicies(cwd, policies);
  git(cwd, 'add', 'policies');
  git(cwd, 'commit', '-q', '-m', 'policies');
  return git(cwd, 'rev-parse', 'HEAD');
}

test('--base COMMIT compares with the policies of that commit, read from git objects', async () => {
  const world = await startWorld();
  git(world.cwd, 'init', '-q');
  const base = await commit(world.cwd, withPeople(TEAM));
  const head = await commit(world.cwd, WORK);
  for (const name of [base, 'HEAD~1', 'main~1']) {
    const plan = JSON.parse((await run(['plan', '--base', name, '--format', 'json', '--ledger', 'none.jsonl'], world)).stdout);
    expect(plan.policy).toMatchObject({ commit: head, base_commit: base });
    expect(new Set(plan.changes.map((change: { origin: string }) => change.origin))).toEqual(new Set(['git']));
    expect(plan.changes).toHaveLength(4);
  }
  expect(await run(['plan', '--base', 'no-such-branch'], world)).toMatchObject({
    exit: 64,
    stderr: expect.stringContaining('--base no-such-branch'),
  });
  await writeFile(path.join(world.cwd, 'policies/teams/extra.yaml'), 'members: 3\n');
  git(world.cwd, 'add', '-A', 'policies');
  git(world.cwd, 'commit', '-q', '-m', 'broken');
  await writePolicies(world.cwd, WORK);
  expect(await run(['plan', '--base', 'HEAD'], world)).toMatchObject({ exit: 3 });
});

test('policies in a folder below the repository: --base COMMIT finds them there', async () => {
  const world = await startWorld();
  git(world.cwd, 'init', '-q');
  await commit(world.cwd, withPeople(TEAM));
  await commit(world.cwd, WORK);
  const plan = await run(['plan', '--base', 'HEAD~1', '--policies', '../policies', '--format', 'json'], {
    ...world,
    cwd: path.join(world.cwd, 'policies'),
  });
  expect(plan.exit).toBe(0);
});

test('a commit that does not contain the last applied one is blocked by the rollback guard', async () => {
  const world = await startWorld();
  git(world.cwd, 'init', '-q');
  const first = await commit(world.cwd, withPeople(TEAM));
  await commit(world.cwd, withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  expect(await run(['apply', '--yes'], world)).toMatchObject({ exit: 0 });
  git(world.cwd, 'checkout', '-q', first);
  const plan = await run(['plan'], world);
  expect(plan).toMatchObject({ exit: 5, stdout: expect.stringContaining('rollback') });
  expect(await run(['apply', '--yes'], world)).toMatchObject({ exit: 5 });
  git(world.cwd, 'checkout', '-q', 'main');
  expect(await run(['plan', '--detailed-exitcode'], world)).toMatchObject({ exit: 0 });
});

test('uncommitted edits are no commit: the plan names none', async () => {
  const world = await startWorld();
  git(world.cwd, 'init', '-q');
  await commit(world.cwd, withPeople(TEAM));
  await writePolicies(world.cwd, WORK);
  expect(JSON.parse((await run(['plan', '--format', 'json'], world)).stdout).policy.commit).toBeNull();
});

test('links, pipes and folders in the place of policy files are findings, and nothing hangs', async () => {
  const cwd = await makeFolder(withPeople(TEAM));
  await symlink('/etc/passwd', path.join(cwd, 'policies/teams/link.yaml'));
  execFileSync('mkfifo', [path.join(cwd, 'policies/teams/pipe.yaml')]);
  await symlink('/etc', path.join(cwd, 'policies/etc'));
  const validate = await run(['validate'], { cwd });
  expect(validate.exit).toBe(3);
  for (const name of ['policies/teams/link.yaml', 'policies/teams/pipe.yaml', 'policies/etc']) expect(validate.stdout).toContain(name);
  expect(validate.stdout).not.toContain('root:');
});

test('files that cannot be read or written are one sentence with the way out', async () => {
  const world = await startWorld();
  await writeFile(path.join(world.cwd, 'file'), '');
  for (const argv of [
    ['plan', '--out', 'file/x.json'],
    ['plan', '--ledger', 'policies'],
    ['apply', '--yes', '--ledger', 'file/x.jsonl'],
    ['apply', '--plan', 'policies'],
    ['plan', '--observation', 'policies'],
  ]) {
    const ended = await run(argv, world);
    expect(ended.exit, argv.join(' ')).not.toBe(0);
    expect(ended.stderr, argv.join(' ')).toMatch(/rollcall: .+\.\n$/);
    expect(ended.stderr, argv.join(' ')).not.toContain('something unexpected');
    expect(ended.stderr, argv.join(' ')).not.toMatch(/\n\s+at /);
  }
});

test('the key is in no output, file or ledger, not even with --debug', async () => {
  const world = await startWorld();
  await writePolicies(world.cwd, company({ [PRODUCTION]: { admin: ['ada', 'zoe'], member: ['bob', 'new'] } }));
  const texts: string[] = [];
  for (const argv of [
    ['plan', '--debug', '--out', 'p.json'],
    ['apply', '--yes', '--debug'],
    ['observe', '--out', 'o.json'],
    ['ledger', 'show'],
    ['drift', '--debug'],
    ['plan', '--policies', 'none', '--debug'],
  ]) {
    const { stdout, stderr } = await run(argv, world);
    texts.push(stdout, stderr);
  }
  for (const file of ['p.json', 'o.json', '.rollcall/ledger.jsonl']) texts.push(await readFile(path.join(world.cwd, file), 'utf8'));
  for (const text of texts) expect(text).not.toContain('KEY-CANARY');
});
