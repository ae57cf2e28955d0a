import type { BranchesApi } from './github.ts';
import { type Attempt, type Line, must } from './open-line.ts';

const READ = 'contents: read';
const WRITE = 'contents: write';

type Moved = Awaited<ReturnType<BranchesApi['commit']>>;
const LOST: Moved = { kind: 'lost' };

/** Branches over the git data API: a commit is made first, and then the branch moves to it or does not. */
export function writeBranch({ rest, at, attempt }: Line): BranchesApi {
  const tip: BranchesApi['tip'] = async (branch) => {
    const answer = await attempt(READ, () => rest.git.getRef({ ...at, ref: `heads/${branch}` }));
    return answer.kind === 'refused' && answer.status === 404 ? null : must(answer).object.sha;
  };

  /** The trees of the commits made here: a ledger that is pushed often asks for none of them again. */
  const trees = new Map<string, string>();

  const makeTree = async (parent: string | null, files: ReadonlyMap<string, string | null>): Promise<string> => {
    const entry = { mode: '100644', type: 'blob' } as const;
    // Where there is nothing yet, there is nothing to delete.
    const kept = [...files].filter(([, text]) => parent !== null || text !== null);
    const rows = kept.map(([path, text]) => ({ ...entry, path, ...(text === null ? { sha: null } : { content: text }) }));
    if (parent === null) return must(await attempt(WRITE, () => rest.git.createTree({ ...at, tree: rows }))).sha;
    const base = trees.get(parent) ?? must(await attempt(READ, () => rest.git.getCommit({ ...at, commit_sha: parent }))).tree.sha;
    return must(await attempt(WRITE, () => rest.git.createTree({ ...at, base_tree: base, tree: rows }))).sha;
  };

  const makeCommit = async (parent: string | null, message: string, files: ReadonlyMap<string, string | null>): Promise<string> => {
    const tree = await makeTree(parent, files);
    const parents = parent === null ? [] : [parent];
    const { sha } = must(await attempt(WRITE, () => rest.git.createCommit({ ...at, message, tree, parents })));
    trees.set(sha, tree);
    return sha;
  };

  const move = (branch: string, parent: string | null, commit: string): Promise<Attempt<unknown>> =>
    parent === null
      ? attempt(WRITE, () => rest.git.createRef({ ...at, ref: `refs/heads/${branch}`, sha: commit }))
      : attempt<unknown>(WRITE, () => rest.git.updateRef({ ...at, ref: `heads/${branch}`, sha: commit, force: false }));

  /** Whether a commit is the tip, or somebody went on from it. */
  const isUnder = async (now: string | null, commit: string): Promise<boolean> => {
    if (now === null || now === commit) return now === commit;
    const basehead = `${commit}...${now}`;
    return must(await attempt(READ, () => rest.repos.compareCommitsWithBasehead({ ...at, basehead, per_page: 1 }))).status === 'ahead';
  };

  return {
    tip,
    facts: async () => {
      const { id, private: isPrivate, default_branch: defaultBranch } = must(await attempt('metadata: read', () => rest.repos.get(at)));
      return { id, isPrivate, defaultBranch };
    },
    draft: makeCommit,
    begin: async (branch, commit) => {
      const made = await move(branch, null, commit);
      if (made.kind === 'ok') return 'made';
      if (made.kind === 'refused' && !/already exists/i.test(made.says)) throw made.error;
      const now = await tip(branch);
      if (now === null) throw made.error;
      return now === commit ? 'made' : 'taken';
    },
    commit: async (branch, parent, message, files) => {
      const commit = await makeCommit(parent, message, files);
      // GitHub holds the branch to a fast-forward; that it did not go back meanwhile only a read can tell.
      if ((await tip(branch)) !== parent) return LOST;
      const moved = await move(branch, parent, commit);
      if (moved.kind === 'ok') return { kind: 'moved', commit };
      const now = await tip(branch);
      if (moved.kind === 'lost') return now !== parent && (await isUnder(now, commit)) ? { kind: 'moved', commit } : LOST;
      if (moved.status !== 409 && moved.status !== 422) throw moved.error;
      // With the branch where it was, and no word of a race, a rule of the repository forbids it: trying again would never end.
      if (now === parent && !/fast.forward|already exists/i.test(moved.says)) throw moved.error;
      return LOST;
    },
  };
}
