import { constants } from 'node:fs';
import { open, readFile, stat, truncate } from 'node:fs/promises';
import path from 'node:path';
import { RollcallError } from '../errors.ts';
import type { LedgerStorage } from '../ports.ts';
import { visible } from '../text/encode.ts';
import { makeFolder } from './make-folder.ts';
import { type Lock, type Processes, takeLock } from './take-lock.ts';

/** A ledger in a local file: each append is on disk before it resolves, and a lock file keeps other runs of this machine out. */
export function openFileStorage(file: string, processes: Processes): LedgerStorage {
  const lock = path.resolve(`${file}.lock`);
  let held: Lock | null = null;
  return {
    intentsPerAppend: 1,
    outcomesWait: false,
    whenLost: 'stop',
    acquire: async () => {
      await makeDurable(path.dirname(path.resolve(file))).catch((error: unknown) => fail(file, error));
      held = await takeLock(lock, processes);
      return held.taken;
    },
    read: async () => {
      const bytes = await readFile(file).catch((error: unknown) => (codeOf(error) === 'ENOENT' ? Buffer.alloc(0) : failRead(file, error)));
      return { text: bytes.toString('utf8'), version: String(bytes.length) };
    },
    append: async (lines, version) => {
      // The length is the version: somebody who got past the lock has made the file longer.
      const bytes = await sizeOf(file);
      if (String(bytes) !== version) return { kind: 'lost' };
      await appendDurably(file, lines, bytes === 0);
      return { kind: 'stored', version: String(bytes + Buffer.byteLength(lines)) };
    },
    truncate: async (bytes) => {
      await truncate(file, bytes).catch((error: unknown) => fail(file, error));
      return { version: String(bytes) };
    },
    release: async () => {
      await held?.release();
      held = null;
    },
  };
}

async function appendDurably(file: string, lines: string, isNew: boolean): Promise<void> {
  try {
    const handle = await open(file, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
    try {
      await handle.appendFile(lines, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (isNew) await syncFolder(path.dirname(file));
  } catch (error) {
    fail(file, error);
  }
}

/** Made and durable: a new folder's name is when the folder around it is. */
async function makeDurable(folder: string): Promise<void> {
  const first = await makeFolder(folder);
  if (first === null) return;
  for (let made = folder; made.length >= first.length; made = path.dirname(made)) await syncFolder(path.dirname(made));
}

/** A new file's name is durable only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    (facts) => facts.size,
    (error: unknown) => (codeOf(error) === 'ENOENT' ? 0 : fail(file, error)),
  );
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
