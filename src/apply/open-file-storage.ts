import { constants } from 'node:fs';
import { link, mkdir, open, readFile, rename, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RollcallError } from '../errors.ts';
import type { LedgerStorage } from '../ports.ts';
import { visible } from '../text/encode.ts';

/** Who we are among processes, and whether another one lives. */
export interface Processes {
  readonly pid: number;
  /** The machine's name: another machine's process numbers say nothing here. */
  readonly host: string;
  isAlive(pid: number): boolean;
}

/** The locks that this process holds: one with our own process id that is not among them is left from a dead process with that id. */
const HELD_HERE = new Set<string>();

/** A ledger in a local file: each append is on disk before it resolves, and a lock file keeps other runs of this machine out. */
export function openFileStorage(file: string, processes: Processes): LedgerStorage {
  const lock = path.resolve(`${file}.lock`);
  let held = false;
  return {
    intentsPerAppend: 1,
    outcomesWait: false,
    whenLost: 'stop',
    acquire: async () => {
      await makeFolder(path.dirname(path.resolve(file))).catch((error: unknown) => fail(file, error));
      const taken = await takeLock(lock, processes);
      if (taken.kind === 'acquired') HELD_HERE.add(lock);
      held = taken.kind === 'acquired';
      return taken;
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
      if (held) await unlink(lock).catch(() => undefined);
      if (held) HELD_HERE.delete(lock);
      held = false;
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
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
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

/** Two takers of one process need names of their own. */
let takes = 0;

type Taken = Awaited<ReturnType<LedgerStorage['acquire']>>;

async function takeLock(lock: string, processes: Processes): Promise<Taken> {
  takes += 1;
  const own = `${processes.pid}-${takes}`;
  const mine = `${JSON.stringify({ pid: processes.pid, host: processes.host })}\n`;
  if (await createExclusive(lock, mine, own)) return { kind: 'acquired', note: null };
  const theirs = await readFile(lock, 'utf8').catch(() => '');
  const { pid, host } = holderOf(theirs);
  // A process number means something on its own machine only, and a container is a machine of its own.
  if (pid === null || host !== processes.host) return { kind: 'nameless', lock };
  const isOurs = pid === processes.pid && !HELD_HERE.has(lock);
  if (!isOurs && processes.isAlive(pid)) return { kind: 'held', by: `process ${pid}` };
  // Moved aside rather than deleted: of two runs that find the same dead lock, one move succeeds.
  const aside = `${lock}.${own}`;
  const moved = await rename(lock, aside).then(
    () => true,
    () => false,
  );
  if (moved && (await readFile(aside, 'utf8').catch(() => '')) !== theirs) {
    // Somebody else took the dead lock over in between and this one was theirs: it goes back.
    // By link, which never replaces a lock that a third run has made meanwhile.
    await link(aside, lock).catch(() => undefined);
    await unlink(aside).catch(() => undefined);
    return { kind: 'held', by: 'another run took it this moment' };
  }
  if (moved) await unlink(aside).catch(() => undefined);
  if (moved && (await createExclusive(lock, mine, own))) {
    return { kind: 'acquired', note: `the lock of process ${pid}, which no longer runs, was taken over` };
  }
  return { kind: 'held', by: 'another run took it this moment' };
}

/** The lock appears with its holder's name in it or not at all: written beside, and linked to its name, which fails where one is. */
async function createExclusive(file: string, text: string, own: string): Promise<boolean> {
  const beside = `${file}.${own}.new`;
  try {
    await writeFile(beside, text, { mode: 0o600 });
    await link(beside, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    return fail(file, error);
  } finally {
    await unlink(beside).catch(() => undefined);
  }
}

function holderOf(text: string): { readonly pid: number | null; readonly host: string } {
  try {
    const { pid, host } = JSON.parse(text);
    return { pid: Number.isSafeInteger(pid) && pid > 0 ? pid : null, host: typeof host === 'string' ? host : '' };
  } catch {
    return { pid: null, host: '' };
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
