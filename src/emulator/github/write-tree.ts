import type { Fields } from '../read-fields.ts';
import { textOf } from './github-route.ts';
import type { Schemas } from './github-schemas.ts';
import type { GithubState, Repository } from './github-state.ts';
import { runGit, tryGit } from './run-git.ts';
import { apiUrl } from './shape-repository.ts';
import { FAST_IMPORT, formatFile, quotePath } from './write-commit.ts';

const MODES = ['100644', '100755', '040000', '160000', '120000'];
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const SCRATCH = 'refs/emulator/tree';

/** Writes a tree in one git process: a scratch commit on a ref that is gone at the end; `ls` says what the tree became. */
export async function writeTree(
  repository: Repository,
  base: string | null,
  entries: readonly Fields[],
): Promise<{ readonly tree: string } | { readonly refused: string }> {
  const faulty = entries.map(refuseEntry).find((why) => why !== null);
  if (faulty) return { refused: faulty };
  const gone = entries.filter((entry) => entry['sha'] === null).map((entry) => String(entry['path']));
  const script = [
    `commit ${SCRATCH}\ncommitter emulator <> 0 +0000\ndata 0\n\n`,
    base === null ? '' : `M 040000 ${base} ""\n`,
    ...gone.map((path) => `ls ${quotePath(path)}\n`),
    ...entries.map(formatEntry),
    `ls ""\nreset ${SCRATCH}\nfrom ${'0'.repeat(40)}\n\ndone\n`,
  ];
  const { code, stdout } = await tryGit(repository, FAST_IMPORT, script.join(''));
  const lines = stdout.trim().split('\n');
  if (code !== 0) return { refused: 'GitRPC::BadObjectState' };
  if (lines.slice(0, gone.length).some((line) => line.startsWith('missing'))) return { refused: 'GitRPC::BadObjectState' };
  return { tree: /^040000 tree ([0-9a-f]{40})/.exec(lines.at(-1) ?? '')?.[1] ?? EMPTY_TREE };
}

/** A tree as the API lists it. */
export async function listTree(state: GithubState, repository: Repository, sha: string, recursive: boolean): Promise<Schemas['git-tree']> {
  const listing = await runGit(repository, ['ls-tree', '-z', '-l', ...(recursive ? ['-r', '-t'] : []), sha]);
  const url = apiUrl(state, repository);
  const tree = [...listing.matchAll(/(\d{6}) (\w+) ([0-9a-f]{40}) +(\d+|-)\t([^\0]*)\0/g)].map(
    ([, mode = '', type = '', id = '', size = '-', path = '']) => ({
      path,
      mode,
      type,
      sha: id,
      ...(size === '-' ? {} : { size: Number(size) }),
      url: `${url}/git/${type}s/${id}`,
    }),
  );
  return { sha, url: `${url}/git/trees/${sha}`, tree, truncated: false };
}

function formatEntry(entry: Fields): string {
  const path = String(entry['path']);
  const { sha, content } = entry as { sha?: unknown; content?: unknown };
  if (sha === null) return formatFile(path, null);
  const mode = String(entry['mode']);
  return typeof content === 'string' ? formatFile(path, content, mode) : `M ${mode} ${String(sha)} ${quotePath(path)}\n`;
}

function refuseEntry(entry: Fields): string | null {
  const path = textOf(entry['path']) ?? '';
  const hasContent = typeof entry['content'] === 'string';
  const hasId = entry['sha'] === null || /^[0-9a-f]{40}$/.test(textOf(entry['sha']) ?? '');
  if (path.split('/').some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git')) {
    return 'tree.path contains a malformed path component';
  }
  if (!MODES.includes(textOf(entry['mode']) ?? '')) return `Must supply a valid tree.mode`;
  if (hasContent === hasId) return 'Must supply either tree.sha or tree.content';
  return null;
}
