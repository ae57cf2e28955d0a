import { spawnSync } from 'node:child_process';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { PRODUCTION } from '../scenarios/support/company.ts';
import { TEAM, withPeople } from '../scenarios/support/start-converged.ts';
import { BUNDLE, ensureBundle, run } from './support/bundle.ts';
import { startEmulator } from './support/emulator.ts';
import { makeFolder, writePolicies } from './support/folder.ts';

const LIVE = [
  { email: 'ada@acme.example', name: 'Ada', role: 'admin' },
  { email: 'zoe@acme.example', name: 'Zoe', role: 'admin' },
  { email: 'bob@acme.example', name: 'Bob', role: 'member' },
  { email: 'cleo@acme.example', name: 'Cleo', role: 'member' },
];
const SEED = { accounts: [{ name: PRODUCTION, key: 'KEY-EMULATED', owner: 'root@acme.example', users: LIVE }] };
const WORK = withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['new', 'other'] });

beforeAll(ensureBundle);

/** A folder with work to do, and an emulator that has not seen it yet. */
async function startWork() {
  const cwd = await makeFolder(withPeople(TEAM));
  const emulator = await startEmulator(cwd, SEED);
  onTestFinished(async () => {
    await emulator.stop();
  });
  expect(await run(['apply', '--yes'], { cwd, env: emulator.env })).toMatchObject({ exit: 0 });
  await writePolicies(cwd, WORK);
  return { cwd, emulator };
}

/** Runs `rollcall ARGV` with the pipes as `script` lays them, and says how it ended. */
function piped(argv: string, script: string, place: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> }) {
  const shell = `${script.replace('ROLLCALL', `"${process.execPath}" "${BUNDLE}" ${argv}`)}; echo "exit \${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', shell], {
    cwd: place.cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: place.cwd, ...place.env },
    encoding: 'utf8',
    timeout: 50_000,
  });
  return { exit: Number(/exit (\d+)\n$/.exec(stdout)?.[1]), stdout, stderr };
}

test('a plan whose reader wants one line only ends with its own code and says nothing more', async () => {
  const { cwd, emulator } = await startWork();
  expect(piped('plan --detailed-exitcode', 'ROLLCALL | head -n 1', { cwd, env: emulator.env })).toMatchObject({ exit: 2, stderr: '' });
});

test.each([
  ['stdout', 'ROLLCALL | true'],
  ['stdout and stderr', 'ROLLCALL 2>&1 | true'],
])('an apply whose %s nobody reads makes every change all the same', async (_, script) => {
  const { cwd, emulator } = await startWork();
  expect(piped('apply --yes', script, { cwd, env: emulator.env })).toMatchObject({ exit: 0, stderr: '' });
  const writes = (await emulator.requests()).filter((one) => one.mutating);
  expect(writes).toHaveLength(4);
  expect(await run(['plan', '--detailed-exitcode'], { cwd, env: emulator.env })).toMatchObject({ exit: 0 });
  expect(await run(['ledger', 'verify'], { cwd })).toMatchObject({ exit: 0 });
});

test.each(['--help', 'validate --format json', 'ledger show', 'completion bash', 'nonsense'])(
  '%s into a pipe that is closed before the first byte ends as it would have ended',
  async (argv) => {
    const cwd = await makeFolder(withPeople(TEAM));
    const whole = await run(argv.split(' '), { cwd });
    // The reader is gone before rollcall starts.
    const closed = piped(argv, '(sleep 0.3; ROLLCALL; echo "ended $?" >&3) 3>ended 2>&1 | exec true', { cwd });
    expect(closed.stderr).toBe('');
    expect(spawnSync('cat', ['ended'], { cwd, encoding: 'utf8' }).stdout).toBe(`ended ${whole.exit}\n`);
  },
);
