import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descendsFrom } from '../../src/commands/git-facts.ts';
import type { Run } from '../../src/commands/run-context.ts';

/** First, applied and newest stand in one line; the side branch leaves it at the first; the orphan shares no commit with anybody. */
type Name = 'first' | 'applied' | 'newest' | 'side' | 'merge' | 'orphan';

const folder = mkdtempSync(path.join(tmpdir(), 'rollcall-ancestry-'));
const whole = path.join(folder, 'whole');
const commits = new Map<Name, string>();

function git(cwd: string, ...args: string[]): string {
  const settings = ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', '-c', 'init.defaultBranch=main'];
  return execFileSync('git', [...settings, ...args], { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

function commit(name: Name, ...how: string[]): void {
  git(whole, ...(how.length > 0 ? how : ['commit', '--quiet', '--allow-empty', '-m', name]));
  commits.set(name, git(whole, 'rev-parse', 'HEAD'));
}

beforeAll(() => {
  git(folder, 'init', '--quiet', whole);
  for (const name of ['first', 'applied', 'newest'] as const) commit(name);
  git(whole, 'checkout', '--quiet', '-b', 'side', 'HEAD~2');
  commit('side');
  commit('merge', 'merge', '--quiet', '--no-edit', 'main');
  git(whole, 'checkout', '--quiet', '--orphan', 'orphan');
  commit('orphan');
  git(whole, 'checkout', '--quiet', '--detach', 'main');
  git(folder, 'clone', '--quiet', '--depth=1', '--branch=main', `file://${whole}`, 'shallow');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function follows(cwd: string, head: string, applied: string): Promise<boolean> {
  const run = async (args: readonly string[]) => {
    const { status, stdout } = spawnSync('git', [...args], { cwd });
    return { code: status ?? 128, stdout: new Uint8Array(stdout) };
  };
  return descendsFrom({ world: { git: () => ({ run }) }, flags: { policies: 'policies' } } as unknown as Run, head, applied);
}

const idOf = (name: Name): string => commits.get(name) ?? '';

describe('after "applied" was applied, a run', () => {
  test.each<[string, Name, boolean]>([
    ['of the same commit goes on', 'applied', true],
    ['of a later one goes on', 'newest', true],
    ['of a branch that took it in goes on', 'merge', true],
    ['of an earlier one goes back', 'first', false],
    ['of a branch that left before it goes back', 'side', false],
    ['of another history goes back', 'orphan', false],
  ])('%s', async (_what, head, goesOn) => {
    expect(await follows(whole, idOf(head), idOf('applied'))).toBe(goesOn);
  });

  test('in a clone that does not have it cannot know, and counts as going back', async () => {
    const shallow = path.join(folder, 'shallow');
    expect(await follows(shallow, idOf('newest'), idOf('newest'))).toBe(true);
    expect(await follows(shallow, idOf('newest'), idOf('applied'))).toBe(false);
    expect(await follows(whole, idOf('newest'), '0'.repeat(40))).toBe(false);
    expect(await follows(folder, idOf('newest'), idOf('applied'))).toBe(false);
  });
});
