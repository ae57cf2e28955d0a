import type { Repository } from './github-state.ts';
import { runGit, type Signature } from './run-git.ts';

export interface NewCommit {
  readonly branch: string;
  /** The tip it is put on; null where the branch begins. */
  readonly parent: string | null;
  /** A whole text; null deletes the file. */
  readonly files: Readonly<Record<string, string | null>>;
  readonly message: string;
  readonly author: Signature;
  readonly committer: Signature;
}

/** Reads a whole story of blobs, trees and commits from its input. */
export const FAST_IMPORT: readonly string[] = 'fast-import --quiet --done'.split(' ');

/** Writes blobs, trees, the commit and the branch in one git process; gives the commit. */
export async function writeCommit(repository: Repository, commit: NewCommit): Promise<string> {
  const parts = [
    `commit refs/heads/${commit.branch}\nmark :1\n`,
    `author ${formatSignature(commit.author)}\ncommitter ${formatSignature(commit.committer)}\n`,
    dataOf(commit.message),
    commit.parent === null ? '' : `from ${commit.parent}\n`,
    ...Object.entries(commit.files).map(([path, text]) => formatFile(path, text)),
    '\nget-mark :1\ndone\n',
  ];
  const printed = await runGit(repository, FAST_IMPORT, parts.join(''));
  return printed.trim();
}

/** A change of one file in the language of `git fast-import`. */
export function formatFile(path: string, text: string | null, mode = '100644'): string {
  return text === null ? `D ${quotePath(path)}\n` : `M ${mode} inline ${quotePath(path)}\n${dataOf(text)}`;
}

export function quotePath(path: string): string {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function dataOf(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

function formatSignature({ name, email, at }: Signature): string {
  return `${name.replaceAll(/[<>\n]/g, '')} <${email.replaceAll(/[<>\n]/g, '')}> ${Math.floor(at / 1000)} +0000`;
}
