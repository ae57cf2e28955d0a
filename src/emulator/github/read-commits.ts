import type { Repository } from './github-state.ts';
import { runGit, type Signature } from './run-git.ts';

export interface CommitFacts {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

/** Commits as `git log` lists them, by revisions that exist; the newest first. */
export async function readCommits(repository: Repository, ...revisions: readonly string[]): Promise<readonly CommitFacts[]> {
  const format = '--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x01';
  const text = await runGit(repository, ['log', '--no-show-signature', format, ...revisions, '--']);
  return text
    .split('\u0001')
    .map((part) => part.trimStart())
    .filter((part) => part !== '')
    .map(parseCommit);
}

function parseCommit(text: string): CommitFacts {
  const [sha = '', tree = '', parents = '', an = '', ae = '', at = '', cn = '', ce = '', ct = '', ...message] = text.split('\0');
  return {
    sha,
    tree,
    parents: parents.split(' ').filter((parent) => parent !== ''),
    author: { name: an, email: ae, at: Number(at) * 1000 },
    committer: { name: cn, email: ce, at: Number(ct) * 1000 },
    message: message.join('\0').trimEnd(),
  };
}
