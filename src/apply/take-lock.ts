import path from 'node:path';
import { RollcallError } from '../errors.ts';
import type { Disk, LedgerStorage } from '../ports.ts';
import { visible } from '../text/encode.ts';

/** Who we are among processes, and whether another one lives. */
export interface Processes {
  readonly pid: number;
  /** The machine's name: another machine's process numbers say nothing here. */
  readonly host: string;
  isAlive(pid: number): boolean;
  /** A name that nobody ever had, in small letters and digits. */
  newId(): string;
}

/** What taking the lock came to; `release` lets go of it where it was acquired. */
export interface Lock {
  readonly taken: Awaited<ReturnType<LedgerStorage['acquire']>>;
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number | null;
  readonly host: string;
  /** Names this one lock; locks of earlier versions have none. */
  readonly id: string;
}

/** The locks and claims that this process made: one with our own process id that is not among them is left from a dead process with that id. */
const MADE_HERE = new Set<string>();

/** A lock that is let go of while we look at it is tried again, this often. */
const TRIES = 3;

/**
 * Takes the lock file, also from a dead process of this machine. A dead lock is never moved or deleted, only replaced in one step, and
 * only by the one run that has claimed that very lock: two runs that find it dead at once cannot both come to hold it.
 */
export async function takeLock(lock: string, processes: Processes, disk: Disk): Promise<Lock> {
  const id = processes.newId();
  const mine = `${JSON.stringify({ pid: processes.pid, host: processes.host, id })}\n`;
  MADE_HERE.add(id);
  const taken = await tryToTake({ lock, processes, disk, mine, id });
  if (taken.kind !== 'acquired') MADE_HERE.delete(id);
  return {
    taken,
    release: async () => {
      if (!MADE_HERE.has(id)) return;
      // A person may have deleted it and another run taken it since: that one is not ours to delete.
      if ((await readText(disk, lock).catch(() => null)) === mine) await forget(disk, lock);
      MADE_HERE.delete(id);
    },
  };
}

/** One run's way to the lock. */
interface Attempt {
  readonly lock: string;
  readonly processes: Processes;
  readonly disk: Disk;
  /** What our lock says. */
  readonly mine: string;
  readonly id: string;
}

async function tryToTake(attempt: Attempt): Promise<Lock['taken']> {
  const { lock, processes, disk } = attempt;
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await createExclusive(lock, attempt)) return { kind: 'acquired', note: null };
    const theirs = await readText(disk, lock);
    if (theirs === null) continue;
    const holder = holderOf(theirs);
    // A process number means something on its own machine only, and a container is a machine of its own.
    if (holder.pid === null || holder.host !== processes.host) return { kind: 'nameless', lock };
    if (isAlive(holder, processes)) return { kind: 'held', by: `process ${holder.pid}` };
    if (await replace(theirs, holder, attempt)) {
      return { kind: 'acquired', note: `the lock of process ${holder.pid}, which no longer runs, was taken over` };
    }
    break;
  }
  return { kind: 'held', by: 'another run took it this moment' };
}

/**
 * Claims are numbered, and the next number is free only to who finds the one before dead, so at most one living run ever holds a claim on a
 * lock; while the lock stands no claim on it is deleted. Whoever claimed too late sees another lock there: no two are the same.
 */
async function replace(theirs: string, holder: Holder, attempt: Attempt): Promise<boolean> {
  const { lock, processes, disk } = attempt;
  for (let number = 1; ; number += 1) {
    const claim = `${lock}.after-${holder.id}.${number}`;
    if (!(await createExclusive(claim, attempt))) {
      const other = await readText(disk, claim);
      if (other === null || isAlive(holderOf(other), processes)) return false;
      continue;
    }
    if ((await readText(disk, lock)) !== theirs) {
      await forget(disk, claim);
      return false;
    }
    await moveInto(attempt);
    await forgetClaims(disk, lock);
    return true;
  }
}

function isAlive(holder: Holder, processes: Processes): boolean {
  if (holder.pid === null) return true;
  return holder.pid === processes.pid ? MADE_HERE.has(holder.id) : processes.isAlive(holder.pid);
}

/** Claims on locks that are gone: no lock is ever the same again, so they mean nothing to anybody. */
async function forgetClaims(disk: Disk, lock: string): Promise<void> {
  const folder = path.dirname(lock);
  const start = `${path.basename(lock)}.after-`;
  const names = await disk.list(folder).catch(() => []);
  // Not the file that somebody is about to link as a claim: its link would fail as if the disk had.
  const claims = names.filter((name) => name.startsWith(start) && /^[a-z0-9]+\.\d+$/.test(name.slice(start.length)));
  for (const name of claims) await forget(disk, path.join(folder, name));
}

/** The lock appears with its holder's name in it or not at all: written beside, and linked to its name, which fails where one is. */
async function createExclusive(file: string, { disk, mine, id }: Attempt): Promise<boolean> {
  const beside = `${file}.${id}.new`;
  try {
    await writeDurably(disk, beside, mine);
    await disk.link(beside, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new RollcallError('fileUnwritable', visible(file), codeOf(error) || 'it failed');
  } finally {
    await forget(disk, beside);
  }
}

async function moveInto({ lock, disk, mine, id }: Attempt): Promise<void> {
  const beside = `${lock}.${id}.new`;
  try {
    await writeDurably(disk, beside, mine);
    await disk.rename(beside, lock);
  } catch (error) {
    await forget(disk, beside);
    throw new RollcallError('fileUnwritable', visible(lock), codeOf(error) || 'it failed');
  }
}

/** On disk before it gets its name: a lock that is empty after the power was lost would say of nobody that they are gone. */
async function writeDurably(disk: Disk, file: string, text: string): Promise<void> {
  const handle = await disk.open(file, 'new');
  try {
    await handle.append(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function holderOf(text: string): Holder {
  try {
    const { pid, host, id } = JSON.parse(text);
    return {
      pid: Number.isSafeInteger(pid) && pid > 0 ? pid : null,
      host: typeof host === 'string' ? host : '',
      id: typeof id === 'string' && /^[a-z0-9]{1,64}$/.test(id) ? id : 'nameless',
    };
  } catch {
    return { pid: null, host: '', id: 'nameless' };
  }
}

/** Null where there is no such file. Of one that cannot be read nobody may be told to delete it: somebody may hold it. */
async function readText(disk: Disk, file: string): Promise<string | null> {
  return disk.read(file).then(
    (bytes) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return null;
      throw new RollcallError('fileUnreadable', visible(file), `it cannot be read (${codeOf(error)})`);
    },
  );
}

async function forget(disk: Disk, file: string): Promise<void> {
  await disk.unlink(file).catch(() => undefined);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
