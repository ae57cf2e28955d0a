import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../cli/support/bundle.ts';
import { buildAction } from './support/build-action.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'rollcall-action-'));
const ACTION = path.join(folder, 'dist/action.cjs');

beforeAll(async () => {
  await buildAction(folder);
  // In the place of the product: it says what it was called with.
  writeFileSync(
    path.join(folder, 'dist/main.cjs'),
    'exports.main = async (host) => host.stdout.write(JSON.stringify([...host.argv.slice(2), host.env.GITHUB_TOKEN ?? "no token"]));',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What the runner sets: every declared input, with its default. */
const DEFAULTS = { PULL: '', ADOPT: 'false', PUBLIC: 'false', POLICIES: 'policies', TOKEN: 'ghs_job' };

function run(inputs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): { exit: number | null; out: string } {
  const given = Object.fromEntries(Object.entries({ ...DEFAULTS, ...inputs }).map(([name, value]) => [`INPUT_${name}`, value]));
  const { status, stdout, stderr } = spawnSync(process.execPath, [ACTION], { encoding: 'utf8', env: { ...given, ...env } });
  return { exit: status, out: `${stdout}${stderr}`.trim() };
}

describe('the action calls the command line', () => {
  test.each([
    [{ COMMAND: 'plan' }, ['--policies', 'policies', 'ci', 'plan', 'ghs_job']],
    [{ COMMAND: 'plan', PULL: '42', PUBLIC: 'true' }, ['--policies', 'policies', 'ci', 'plan', '--pull', '42', '--public', 'ghs_job']],
    [{ COMMAND: 'apply', PULL: '7', TOKEN: '' }, ['--policies', 'policies', 'ci', 'apply', '--pull', '7', 'no token']],
    [{ COMMAND: 'drift' }, ['--policies', 'policies', 'ci', 'drift', 'ghs_job']],
    [{ COMMAND: 'drift', ADOPT: 'true' }, ['--policies', 'policies', 'ci', 'drift', '--adopt', 'ghs_job']],
    [{ COMMAND: 'drift', ADOPT: '' }, ['--policies', 'policies', 'ci', 'drift', 'ghs_job']],
    [{ COMMAND: 'validate', POLICIES: 'access/policies' }, ['--policies', 'access/policies', 'validate', '--format', 'github', 'ghs_job']],
    [{ COMMAND: ' plan ', PUBLIC: '', POLICIES: '' }, ['--policies', 'policies', 'ci', 'plan', 'ghs_job']],
  ])('%o', (inputs, called) => {
    const { exit, out } = run(inputs);
    expect(JSON.parse(out)).toEqual(called);
    expect(exit).toBe(0);
  });
});

describe('no input can become a flag, another command or another folder:', () => {
  test.each([
    ['command', { COMMAND: 'plan --public' }, 'the input command is plan, apply, drift, validate; it was plan --public.'],
    ['command', { COMMAND: 'demo' }, 'the input command is plan, apply, drift, validate; it was demo.'],
    ['command', { COMMAND: 'toString' }, 'the input command is plan, apply, drift, validate; it was toString.'],
    ['command', { COMMAND: '' }, 'the input command is plan, apply, drift, validate; it was empty.'],
    ['pull', { PULL: '42 --public' }, 'the input pull is the number of a pull request; it was 42 --public.'],
    ['pull', { PULL: '-1' }, 'the input pull is the number of a pull request; it was -1.'],
    ['pull', { PULL: '0x10' }, 'the input pull is the number of a pull request; it was 0x10.'],
    ['pull', { PULL: '1234567890' }, 'the input pull is the number of a pull request; it was 1234567890.'],
    [
      'pull',
      { PULL: '7\n::add-mask::a' },
      'the input pull is the number of a pull request; it was 7\\u{a}\\u{3a}\\u{3a}add-mask\\u{3a}\\u{3a}a.',
    ],
    ['adopt', { COMMAND: 'drift', ADOPT: 'yes' }, 'the input adopt is true or false; it was yes.'],
    ['adopt', { COMMAND: 'drift', ADOPT: 'true --public' }, 'the input adopt is true or false; it was true --public.'],
    ['adopt', { COMMAND: 'drift', ADOPT: 'True' }, 'the input adopt is true or false; it was True.'],
    ['public', { PUBLIC: 'yes' }, 'the input public is true or false; it was yes.'],
    ['policies', { POLICIES: '--debug' }, 'the input policies is a folder inside the repository, such as policies; it was --debug.'],
    ['policies', { POLICIES: '../other' }, 'the input policies is a folder inside the repository, such as policies; it was ../other.'],
    ['policies', { POLICIES: 'a/../../b' }, 'the input policies is a folder inside the repository, such as policies; it was a/../../b.'],
    ['policies', { POLICIES: '/etc' }, 'the input policies is a folder inside the repository, such as policies; it was /etc.'],
    ['a misspelt one', { PUL: '7' }, 'the input pul is not known. Known: command, pull, adopt, public, policies, token.'],
  ])('%s %o', (_, inputs, message) => {
    expect(run({ COMMAND: 'plan', ...inputs })).toEqual({ exit: 64, out: `::error title=rollcall::${message}` });
  });

  test('validate takes no pull request', () => {
    const { exit, out } = run({ COMMAND: 'validate', PULL: '7' });
    expect([exit, out]).toEqual([64, '::error title=rollcall::validate takes neither the input pull nor the input public.']);
  });
});

test.each(['plan', 'apply', 'validate'])('only the night watch adopts: %s does not', (command) => {
  const refused = { exit: 64, out: `::error title=rollcall::${command} does not take the input adopt; drift does.` };
  expect(run({ COMMAND: command, ADOPT: 'true' })).toEqual(refused);
});

describe('what holds the keys of vendors does not start where', () => {
  test.each([
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0', 'apply'],
    ['NODE_EXTRA_CA_CERTS', '/tmp/ca.pem', 'apply'],
    ['NODE_OPTIONS', '--no-deprecation', 'apply'],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0', 'drift'],
    ['NODE_EXTRA_CA_CERTS', '/tmp/ca.pem', 'drift'],
    ['NODE_OPTIONS', '--no-deprecation', 'drift'],
  ])('%s is set to %s, for %s', (variable, value, command) => {
    const { exit, out } = run({ COMMAND: command }, { [variable]: value });
    expect(exit).toBe(64);
    expect(out).toContain(`::error title=rollcall::${variable} is set, which can lead credentials astray, so nothing was applied.`);
  });
});

test('action.yml declares the inputs that the action takes and the commands it knows', () => {
  const action = parse(readFileSync(path.join(ROOT, 'action.yml'), 'utf8'));
  expect(Object.keys(action.inputs)).toEqual(['command', 'pull', 'adopt', 'public', 'policies', 'token']);
  expect(action.inputs.adopt.default).toBe('false');
  expect(Object.keys(action.outputs)).toEqual(['verdict', 'digest', 'changes', 'exit_code', 'plan_file']);
  expect(action.runs).toEqual({ using: 'node24', main: 'dist/action.cjs' });
});
