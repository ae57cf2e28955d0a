import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { TEAM, withPeople } from '../scenarios/support/start-converged.ts';
import { ensureBundle, run } from './support/bundle.ts';
import { makeFolder } from './support/folder.ts';

beforeAll(ensureBundle);

/** What bash offers where the last word is being typed, asked as bash asks: the words split at = as it splits them. */
async function completed(words: readonly string[], cwd?: string): Promise<string[]> {
  const folder = cwd ?? (await makeFolder(withPeople(TEAM)));
  const script = (await run(['completion', 'bash'], { cwd: folder })).stdout;
  await writeFile(path.join(folder, '.completion'), script);
  const ask = `source .completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rollcall; printf "%s\n" "\${COMPREPLY[@]}"`;
  const asked = spawnSync('bash', ['--norc', '-c', ask, 'bash', 'rollcall', ...words], { cwd: folder, encoding: 'utf8' });
  expect(asked.stderr).toBe('');
  return asked.stdout.split('\n').filter((line) => line !== '');
}

describe('in bash', () => {
  test('commands are completed, and the commands of a group', async () => {
    expect(await completed(['va'])).toEqual(['validate']);
    expect(await completed([''])).toEqual(expect.arrayContaining(['plan', 'apply', 'drift', 'init', 'import', 'doctor', 'completion']));
    expect(await completed(['ledger', ''])).toEqual(['verify', 'show']);
    expect(await completed(['--quiet', 'emulate', 't'])).toEqual(['telnyx', 'twilio']);
  });

  test('flags are completed: those of the command and those of all', async () => {
    expect(await completed(['plan', '--de'])).toEqual(['--detailed-exitcode', '--debug']);
    expect(await completed(['drift', '--re'])).toEqual(['--revert']);
    expect(await completed(['validate', '--re'])).toEqual([]);
  });

  test('--format offers what the command prints', async () => {
    expect(await completed(['validate', '--format', ''])).toEqual(['text', 'json', 'github', 'sarif']);
    expect(await completed(['plan', '--format', '=', 'm'])).toEqual(['markdown']);
    expect(await completed(['demo', '--format', '='])).toEqual(['text']);
  });

  test('--account offers the accounts of the policies at hand, also of another folder', async () => {
    expect(await completed(['plan', '--account', 'telnyx'])).toEqual(['telnyx-production']);
    const cwd = await makeFolder(withPeople(TEAM));
    await mkdir(path.join(cwd, 'other/accounts'), { recursive: true });
    await writeFile(path.join(cwd, 'other/accounts/twilio-main.yaml'), '');
    expect(await completed(['--policies', 'other', 'plan', '--account', ''], cwd)).toEqual(['twilio-main']);
  });

  test('shells and files are completed', async () => {
    expect(await completed(['completion', ''])).toEqual(['bash', 'zsh', 'fish']);
    expect(await completed(['apply', '--plan', 'pol'])).toEqual(['policies']);
  });

  test('a file with a hostile name is not offered, and nothing of its name is run', async () => {
    const cwd = await makeFolder(withPeople(TEAM));
    await writeFile(path.join(cwd, 'policies/accounts/$(touch hit).yaml'), '');
    expect(await completed(['plan', '--account', ''], cwd)).toEqual(['telnyx-production']);
    expect(await completed(['apply', '--plan', 'hi'], cwd)).toEqual([]);
  });

  test('where there are no policies nothing is offered and nothing complains', async () => {
    expect(await completed(['plan', '--account', ''], await makeFolder({}))).toEqual([]);
  });
});

describe.each([
  [
    'zsh',
    [
      '#compdef rollcall',
      "'validate:check the policies",
      "' validate --format') compadd -- text json github sarif",
      'compdef _rollcall rollcall',
    ],
  ],
  [
    'fish',
    [
      `complete -c rollcall -n "__rollcall_at ''" -a validate -d 'check the policies`,
      `complete -c rollcall -n "__rollcall_at 'validate'" -l format -x -a 'text json github sarif'`,
      `complete -c rollcall -n "__rollcall_at 'ledger show'" -l account -x -a '(__rollcall_accounts)'`,
      `complete -c rollcall -n "__rollcall_at 'completion'" -a 'bash zsh fish'`,
    ],
  ],
])('the script for %s', (shell, parts) => {
  test('has the commands, their flags and their values', async () => {
    const { exit, stdout } = await run(['completion', shell], { cwd: await makeFolder({}) });
    expect(exit).toBe(0);
    for (const part of parts) expect(stdout).toContain(part);
  });
});

test('a shell that nobody wrote a script for is a usage error that names those there are', async () => {
  expect(await run(['completion', 'tcsh'], { cwd: await makeFolder({}) })).toMatchObject({
    exit: 64,
    stderr: expect.stringContaining('bash, zsh, fish'),
  });
});
