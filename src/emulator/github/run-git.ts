import type { Git } from '../../ports.ts';
import type { Repository } from './github-state.ts';

/** Who wrote a commit, and when. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What git prints; a git that fails here is a bug of the emulator or a broken disk. */
export async function runGit(
  repository: Repository,
  args: readonly string[],
  stdin?: string | Uint8Array,
  env?: Readonly<Record<string, string>>,
): Promise<string> {
  const { code, stdout } = await tryGit(repository, args, stdin, env);
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code} in the emulated GitHub`);
  return stdout;
}

/** The same where a failure is an answer. */
export async function tryGit(
  { git }: { readonly git: Git },
  args: readonly string[],
  stdin?: string | Uint8Array,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly stdout: string }> {
  // A hook of another repository that started us would have set GIT_DIR.
  const { code, stdout } = await git.run(args, stdin, { GIT_DIR: '.', ...env });
  return { code, stdout: Buffer.from(stdout).toString('utf8') };
}

/** The branches and the commits they point at. */
export async function readHeads(repository: Repository): Promise<ReadonlyMap<string, string>> {
  const lines = await runGit(repository, ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/heads']);
  return new Map(
    lines
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(line.indexOf(' ') + 1 + 'refs/heads/'.length), line.slice(0, line.indexOf(' '))]),
  );
}

/** Makes a commit object that no branch knows yet. */
export async function commitTree(
  repository: Repository,
  tree: string,
  parents: readonly string[],
  message: string,
  author: Signature,
  committer: Signature,
): Promise<string> {
  const env = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: `@${Math.floor(author.at / 1000)} +0000`,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: `@${Math.floor(committer.at / 1000)} +0000`,
  };
  const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])];
  return (await runGit(repository, args, message, env)).trim();
}

/** The tree of both sides merged, or null when they conflict. */
export async function mergeTrees(repository: Repository, ours: string, theirs: string): Promise<string | null> {
  const { code, stdout } = await tryGit(repository, ['merge-tree', '--write-tree', '--no-messages', ours, theirs]);
  return code === 0 ? stdout.trim() : null;
}

export async function isAncestor(repository: Repository, older: string, newer: string): Promise<boolean> {
  return (await tryGit(repository, ['merge-base', '--is-ancestor', older, newer])).code === 0;
}

export async function hasCommit(repository: Repository, sha: string): Promise<boolean> {
  return /^[0-9a-f]{40}$/.test(sha) && (await tryGit(repository, ['cat-file', '-e', `${sha}^{commit}`])).code === 0;
}
