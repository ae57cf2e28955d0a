import { RollcallError } from '../errors.ts';
import type { PolicySource } from '../ports.ts';
import { visible } from '../text/encode.ts';
import type { Run } from './run-context.ts';

export interface GitFacts {
  /** The commit at hand, whether or not the policies have uncommitted edits. */
  readonly head: string | null;
  /** The commit the policies are exactly as in, or null. */
  readonly commit: string | null;
}

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

/** Which commit the policies come from; all null outside a repository. */
export async function readGitFacts(run: Run): Promise<GitFacts> {
  const git = run.world.git(run.flags.policies);
  const [head, status] = await Promise.all([
    text(git.run(['rev-parse', '--verify', 'HEAD'])),
    text(git.run(['status', '--porcelain', '--', '.'])),
  ]);
  if (head === null || !COMMIT.test(head)) return { head: null, commit: null };
  return { head, commit: status === '' ? head : null };
}

/** Whether `head` comes after `before` in history, or is it. An unknown commit proves nothing, so it says no. */
export async function descendsFrom(run: Run, head: string, before: string): Promise<boolean> {
  if (head === before) return true;
  return (await run.world.git(run.flags.policies).run(['merge-base', '--is-ancestor', before, head])).code === 0;
}

/** The policies of one commit of the repository that holds the policies folder, read as data: no work tree is touched. */
export async function openCommit(run: Run, base: string): Promise<{ readonly source: PolicySource; readonly commit: string }> {
  const fail = (why: string) => new RollcallError('baseUnreadable', visible(base), why);
  const git = run.world.git(run.flags.policies);
  if (base.startsWith('-')) throw fail('not a folder, and not a commit');
  const commit = await text(git.run(['rev-parse', '--verify', '--end-of-options', `${base}^{commit}`]));
  const prefix = await text(git.run(['rev-parse', '--show-prefix']));
  if (commit === null || prefix === null || !COMMIT.test(commit))
    throw fail('not a folder, and not a commit of the repository that holds the policies');
  const listing = await git.run(['ls-tree', '-r', '-z', '-l', '--full-tree', commit, '--', prefix === '' ? '.' : prefix]);
  if (listing.code !== 0) throw fail('its files cannot be listed');
  const { openCommitSource } = await import('../policy/open-commit-source.ts');
  return { source: openCommitSource(listing.stdout, prefix, git), commit };
}

async function text(answer: Promise<{ readonly code: number; readonly stdout: Uint8Array }>): Promise<string | null> {
  const { code, stdout } = await answer;
  return code === 0 ? new TextDecoder().decode(stdout).trim() : null;
}
