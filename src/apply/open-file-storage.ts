import path from 'node:path';
import { RollcallError } from '../errors.ts';
import type { Disk, LedgerStorage } from '../ports.ts';
import { visible } from '../text/encode.ts';
import { makeFolder } from './make-folder.ts';
import { type Lock, type Processes, takeLock } from './take-lock.ts';

/** A ledger in a local file: each append is on disk before it resolves, and a lock file keeps other runs of this machine out. */
export function openFileStorage(file: string, processes: Processes, disk: Disk): LedgerStorage {
  const lock = path.resolve(`${file}.lock`);
  let held: Lock | null = null;
  /** Whether the file's name is on the disk. Where the file was there already, the run that made it may have been killed before it was. */
  let named = false;
  return {
    intentsPerAppend: 1,
    outcomesWait: false,
    whenLost: 'stop',
    acquire: async () => {
      await makeDurable(disk, path.dirname(path.resolve(file))).catch((error: unknown) => fail(file, error));
      held = await takeLock(lock, processes, disk);
      return held.taken;
    },
    read: async () => {
      const bytes = await disk.read(file).catch((error: unknown) => (codeOf(error) === 'ENOENT' ? Buffer.alloc(0) : failRead(file, error)));
      return { text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), version: String(bytes.length) };
    },
    append: async (lines, version) => {
      // The length is the version: somebody who got past the lock has made the file longer.
      const bytes = await sizeOf(disk, file);
      if (String(bytes) !== version) return { kind: 'lost' };
      await appendDurably(disk, file, lines).catch((error: unknown) => fail(file, error));
      if (!named) await syncFolder(disk, path.dirname(file)).catch((error: unknown) => fail(file, error));
      named = true;
      return { kind: 'stored', version: String(bytes + Buffer.byteLength(lines)) };
    },
    truncate: async (bytes) => {
      await disk.truncate(file, bytes).catch((error: unknown) => fail(file, error));
      return { version: String(bytes) };
    },
    release: async () => {
      await held?.release();
      held = null;
    },
  };
}

async function appendDurably(disk: Disk, file: string, lines: string): Promise<void> {
  const handle = await disk.open(file, 'append');
  try {
    await handle.append(lines);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Made and durable: a folder's name is when the folder around it is. Also of those that were there, which a run may have made that was
 * killed right then: in a folder that may not be read nobody made them, and further out it is tried.
 */
async function makeDurable(disk: Disk, folder: string): Promise<void> {
  const first = await makeFolder(disk, folder);
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at)) {
    const isMade = first !== null && at.length >= first.length;
    await syncFolder(disk, path.dirname(at)).catch((error: unknown) => {
      if (isMade || (at === folder && codeOf(error) !== 'EACCES')) throw error;
    });
  }
}

/** A new file's name is durable only when its folder is. */
async function syncFolder(disk: Disk, folder: string): Promise<void> {
  const handle = await disk.open(folder, 'folder');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sizeOf(disk: Disk, file: string): Promise<number> {
  return disk.size(file).catch((error: unknown) => (codeOf(error) === 'ENOENT' ? 0 : fail(file, error)));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function fail(file: string, error: unknown): never {
  throw new RollcallError('fileUnwritable', visible(file), codeOf(error) || 'it failed');
}

function failRead(file: string, error: unknown): never {
  throw new RollcallError('fileUnreadable', visible(file), `it cannot be read (${codeOf(error)})`);
}
