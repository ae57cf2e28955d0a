import path from 'node:path';
import type { Disk, DiskHandle } from '../../src/ports.ts';

/**
 * One operation on the disk, before it has its effect: `append /x/ledger.jsonl`. `half` is what is there of it when it ends in the middle:
 * of bytes that were being appended the first half, of anything else nothing.
 */
export type DiskStep = (operation: string, file: string, effect: () => void, half: () => void) => Promise<void>;

/**
 * What is left of what was never synced when the power goes: nothing, some of it (the names or not, and of each file's bytes a
 * beginning), or everything. A process that is killed leaves everything.
 */
export type PowerCut = 'nothing' | 'all' | { readonly names: () => boolean; readonly share: () => number };

export interface MemoryDisk extends Disk {
  /** What a later run finds. Handles that were open are worth nothing afterwards. */
  cut(how: PowerCut): void;
  /** A file's bytes now; null where there is none. */
  text(file: string): string | null;
  /** Puts a file there, synced. */
  put(file: string, text: string): void;
  /** Every file there is, by name. */
  files(): readonly string[];
  /** The same disk, for another process. */
  share(step: DiskStep): MemoryDisk;
  /** Another disk with the same files and the same doubts about them. */
  copy(step?: DiskStep): MemoryDisk;
}

/** A file whatever its names; `synced` of its bytes outlive a power cut, and so does a `shorter` length that was not. */
interface Inode {
  bytes: Buffer;
  synced: Buffer;
}

/** Names to files, as they are and as the disk would have them after a power cut: the oldest doubtful name change is undone first. */
interface Folder {
  readonly names: Map<string, Inode>;
  /** Name changes since the last sync, oldest first; a disk keeps them in order, so a beginning of them is what survives. */
  readonly doubtful: { readonly name: string; readonly inode: Inode | null }[];
  synced: Map<string, Inode>;
}

const DIRECT: DiskStep = async (_operation, _file, effect) => effect();

/** Files in memory that know what is durable. Every operation is one step, which the caller may let fail, end the run at, or have wait. */
export function openMemoryDisk(step: DiskStep = DIRECT): MemoryDisk {
  return open(new Map([['/', emptyFolder()]]), step);
}

function open(folders: Map<string, Folder>, step: DiskStep): MemoryDisk {
  const folderOf = (file: string): Folder => folders.get(path.dirname(file)) ?? fail('ENOENT', file);
  const find = (file: string): Inode =>
    folderOf(file).names.get(path.basename(file)) ?? fail(folders.has(file) ? 'EISDIR' : 'ENOENT', file);
  const name = (file: string, inode: Inode | null): void => {
    const folder = folderOf(file);
    if (inode === null) folder.names.delete(path.basename(file));
    else folder.names.set(path.basename(file), inode);
    folder.doubtful.push({ name: path.basename(file), inode });
  };
  const make = (file: string): Inode => {
    const inode: Inode = { bytes: Buffer.alloc(0), synced: Buffer.alloc(0) };
    name(file, inode);
    return inode;
  };
  const done = async <T>(operation: string, file: string, effect: () => T, half: () => void = () => undefined): Promise<T> => {
    let value: T | undefined;
    await step(
      operation,
      file,
      () => {
        value = effect();
      },
      half,
    );
    return value as T;
  };
  const handleOf = (file: string, inode: Inode): DiskHandle => ({
    append: (text) => {
      const bytes = Buffer.from(text, 'utf8');
      const put = (some: Buffer) => () => {
        inode.bytes = Buffer.concat([inode.bytes, some]);
      };
      return done('append', file, put(bytes), put(bytes.subarray(0, bytes.length >> 1)));
    },
    sync: () =>
      done('sync', file, () => {
        inode.synced = inode.bytes;
      }),
    close: async () => undefined,
  });
  const syncNames = (folder: string): DiskHandle => ({
    append: async () => fail('EBADF', folder),
    sync: () =>
      done('sync names', folder, () => {
        const inside = folders.get(folder) ?? fail('ENOENT', folder);
        inside.synced = new Map(inside.names);
        inside.doubtful.length = 0;
      }),
    close: async () => undefined,
  });
  return {
    read: (file) => done('read', file, () => Buffer.from(find(file).bytes)),
    size: (file) => done('size', file, () => find(file).bytes.length),
    open: (file, how) =>
      done(`open ${how}`, file, () => {
        if (how === 'folder') return syncNames(folders.has(file) ? file : fail('ENOENT', file));
        const there = folderOf(file).names.get(path.basename(file));
        if (there !== undefined && how === 'new') fail('EEXIST', file);
        return handleOf(file, there ?? make(file));
      }),
    truncate: (file, bytes) =>
      done('truncate', file, () => {
        const inode = find(file);
        inode.bytes = inode.bytes.subarray(0, bytes);
      }),
    link: (from, to) =>
      done('link', to, () => {
        if (folderOf(to).names.has(path.basename(to))) fail('EEXIST', to);
        name(to, find(from));
      }),
    rename: (from, to) =>
      done('rename', to, () => {
        const inode = find(from);
        name(to, inode);
        name(from, null);
      }),
    unlink: (file) =>
      done('unlink', file, () => {
        find(file);
        name(file, null);
      }),
    list: (folder) => done('list', folder, () => [...(folders.get(folder) ?? fail('ENOENT', folder)).names.keys()]),
    makeFolder: (folder) =>
      done('make folder', folder, () => {
        if (folders.has(folder)) fail('EEXIST', folder);
        if (!folders.has(path.dirname(folder))) fail('ENOENT', folder);
        folders.set(folder, emptyFolder());
      }),
    cut: (how) => {
      for (const folder of folders.values()) cutFolder(folder, how);
    },
    text: (file) => folders.get(path.dirname(file))?.names.get(path.basename(file))?.bytes.toString('utf8') ?? null,
    put: (file, text) => {
      for (let folder = path.dirname(file); !folders.has(folder); folder = path.dirname(folder)) folders.set(folder, emptyFolder());
      const bytes = Buffer.from(text, 'utf8');
      const inode: Inode = { bytes, synced: bytes };
      folderOf(file).names.set(path.basename(file), inode);
      folderOf(file).synced.set(path.basename(file), inode);
    },
    files: () => [...folders].flatMap(([folder, { names }]) => [...names.keys()].map((one) => path.join(folder, one))),
    share: (other) => open(folders, other),
    copy: (other = step) => open(copyFolders(folders), other),
  };
}

function emptyFolder(): Folder {
  return { names: new Map(), doubtful: [], synced: new Map() };
}

function cutFolder(folder: Folder, how: PowerCut): void {
  if (how !== 'all') {
    const kept = how === 'nothing' ? 0 : lastKept(folder.doubtful.length, how.names);
    const names = new Map(folder.synced);
    for (const { name, inode } of folder.doubtful.slice(0, kept)) {
      if (inode === null) names.delete(name);
      else names.set(name, inode);
    }
    folder.names.clear();
    for (const [name, inode] of names) {
      folder.names.set(name, inode);
      inode.bytes = how === 'nothing' ? inode.synced : someOf(inode, how.share());
    }
  }
  // What is found after the power came back is on the disk.
  for (const inode of folder.names.values()) inode.synced = inode.bytes;
  folder.synced = new Map(folder.names);
  folder.doubtful.length = 0;
}

function lastKept(count: number, keeps: () => boolean): number {
  let kept = 0;
  while (kept < count && keeps()) kept += 1;
  return kept;
}

/** Appended bytes survive up to somewhere; a file that was made shorter is as it was or as it is. */
function someOf({ bytes, synced }: Inode, share: number): Buffer {
  if (bytes.length < synced.length) return share < 0.5 ? synced : bytes;
  return bytes.subarray(0, synced.length + Math.round((bytes.length - synced.length) * share));
}

function copyFolders(folders: ReadonlyMap<string, Folder>): Map<string, Folder> {
  const inodes = new Map<Inode, Inode>();
  const copyOf = (inode: Inode): Inode => {
    const known = inodes.get(inode) ?? { ...inode };
    inodes.set(inode, known);
    return known;
  };
  const copyNames = (names: ReadonlyMap<string, Inode>) => new Map([...names].map(([name, inode]) => [name, copyOf(inode)]));
  return new Map(
    [...folders].map(([name, { names, doubtful, synced }]) => [
      name,
      {
        names: copyNames(names),
        doubtful: doubtful.map((one) => ({ name: one.name, inode: one.inode === null ? null : copyOf(one.inode) })),
        synced: copyNames(synced),
      },
    ]),
  );
}

/** An error of the file system, by Node's code. */
export function diskError(code: string, file: string): Error {
  return Object.assign(new Error(`${code}: ${file}`), { code });
}

function fail(code: string, file: string): never {
  throw diskError(code, file);
}
