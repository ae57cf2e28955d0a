import type { StateRemote } from '../../src/github/open-state-branch.ts';

/** What becomes of one push: lost, failed before or after it arrived, or come too late behind somebody else's. */
export type PushFate = 'well' | 'lost' | 'fails before' | 'fails after' | 'comes too late';

export interface MemoryRemote extends StateRemote {
  /** What becomes of the next pushes, oldest first. */
  readonly fates: PushFate[];
  /** Every commit so far, oldest first: its message and the files it carried. */
  readonly pushes: readonly { readonly message: string; readonly files: readonly string[] }[];
  readonly looks: () => number;
  filesNow(): ReadonlyMap<string, string>;
  /** Moves the branch as somebody else would. */
  move(files: Readonly<Record<string, string | null>>): void;
}

/** A branch in memory that moves by compare-and-swap. */
export function openMemoryRemote(): MemoryRemote {
  const commits = new Map<string, ReadonlyMap<string, string>>();
  const pushes: { message: string; files: string[] }[] = [];
  const fates: PushFate[] = [];
  let tip: string | null = null;
  let looks = 0;
  const filesOf = (commit: string | null) =>
    commit === null ? new Map<string, string>() : (commits.get(commit) ?? new Map<string, string>());
  const put = (files: Iterable<readonly [string, string | null]>): string => {
    const next = new Map(filesOf(tip));
    for (const [path, text] of files) {
      if (text === null) next.delete(path);
      else next.set(path, text);
    }
    tip = String(commits.size + 1).padStart(40, 'c');
    commits.set(tip, next);
    return tip;
  };
  return {
    fates,
    pushes,
    looks: () => looks,
    filesNow: () => filesOf(tip),
    move: (files) => {
      put(Object.entries(files));
    },
    head: async () => {
      looks += 1;
      return tip;
    },
    files: async (commit) => {
      const files = commits.get(commit);
      if (files === undefined) throw new Error(`no commit ${commit}`);
      return files;
    },
    commit: async (parent, message, files) => {
      const fate = fates.shift() ?? 'well';
      if (fate === 'fails before') throw new Error('the network is gone');
      if (fate === 'comes too late') put([['live/somebody-else.json', `after ${commits.size}`]]);
      if (fate === 'lost' || parent !== tip) return { kind: 'lost' };
      const commit = put(files);
      pushes.push({ message, files: [...files.keys()].toSorted() });
      if (fate === 'fails after') throw new Error('the network is gone');
      return { kind: 'moved', commit };
    },
  };
}
