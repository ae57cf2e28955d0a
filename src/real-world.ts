import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeFolder } from './apply/make-folder.ts';
import { openFileStorage } from './apply/open-file-storage.ts';
import { RollcallError } from './errors.ts';
import type { Disk, FileEntry, Files, Git, PolicySource, TextSink, World } from './ports.ts';
import { createRealDisk } from './real-disk.ts';
import { visible } from './text/encode.ts';

/** Wide enough for a log, and the same on every machine. */
const COLUMNS_WITHOUT_TERMINAL = 120;
const MAX_GIT_BYTES = 256 * 1024 * 1024;

/** The world as it is: the real clock, disk, network, git and terminal. */
export function createRealWorld(host: NodeJS.Process, interrupted: AbortSignal, graceOver: AbortSignal): World {
  const disk = createRealDisk();
  return {
    env: host.env,
    cwd: host.cwd(),
    clock: {
      now: () => Date.now(),
      sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).then(undefined, () => undefined),
    },
    random: Math.random,
    openHttp: async () => {
      const [{ createHttpClient }, { MAX_BODY_BYTES }] = await Promise.all([
        import('./provider/http-client.ts'),
        import('./provider/vendor-client.ts'),
      ]);
      return createHttpClient(MAX_BODY_BYTES);
    },
    files: createFiles(disk),
    git: (folder) => createGit(folder, withoutSecrets(host.env)),
    openStorage: (file) =>
      openFileStorage(
        file,
        { pid: host.pid, host: hostname(), isAlive: (pid) => isAlive(host, pid), newId: () => randomBytes(12).toString('hex') },
        disk,
      ),
    stdout: sinkOf(host.stdout),
    stderr: sinkOf(host.stderr),
    readInput: (maxBytes) => readInput(host, maxBytes),
    ask: host.stdin.isTTY && host.stdout.isTTY ? async (question) => (await prompt(host, question, interrupted))?.trim() === 'yes' : null,
    prompt: host.stdin.isTTY && host.stdout.isTTY ? (question) => prompt(host, question, interrupted) : null,
    interrupted,
    graceOver,
  };
}

function sinkOf(stream: NodeJS.WriteStream): TextSink {
  return {
    write: (text) => {
      stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    columns: stream.isTTY === true ? stream.columns : COLUMNS_WITHOUT_TERMINAL,
  };
}

function createFiles(disk: Disk): Files {
  return {
    resolve: (file) => path.resolve(file),
    readText: async (file, maxBytes) => {
      const facts = await lstat(file).catch(() => null);
      if (facts === null) return null;
      const size = facts.isSymbolicLink() ? 0 : facts.size;
      if (facts.isDirectory()) throw new RollcallError('fileUnreadable', visible(file), 'it is a folder');
      if (size > maxBytes) throw new RollcallError('fileUnreadable', visible(file), `it is larger than ${maxBytes} bytes`);
      return readFile(file, 'utf8').catch((error: unknown) => {
        throw new RollcallError('fileUnreadable', visible(file), `it cannot be read (${codeOf(error)})`);
      });
    },
    writeText: (file, text) => writeWhole(disk, file, text),
    create: (file, text) => createWhole(disk, file, text),
    policies: openFolder,
    temporary: async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-'));
      return { folder, discard: () => rm(folder, { recursive: true, force: true }) };
    },
  };
}

/** Written beside, synced and renamed: whoever reads it sees the old text or the new one, never a part. */
async function writeWhole(disk: Disk, file: string, text: string): Promise<void> {
  // What is there keeps who may read it: an edited policy is as readable as before.
  const before = await lstat(file).catch(() => null);
  const mode = before?.isFile() === true ? before.mode & 0o777 : 0o600;
  await writeBeside(disk, file, text, mode, (beside) => rename(beside, file));
}

/** As above, but linked to its name, which fails where there is one. Anybody may read it: it is for a repository. */
async function createWhole(disk: Disk, file: string, text: string): Promise<'made' | 'exists'> {
  return writeBeside(disk, file, text, 0o644, async (beside) => {
    const made = await link(beside, file).then(
      () => 'made' as const,
      (error: unknown) => {
        if (codeOf(error) === 'EEXIST') return 'exists' as const;
        throw error;
      },
    );
    await rm(beside, { force: true });
    return made;
  });
}

async function writeBeside<T>(disk: Disk, file: string, text: string, mode: number, place: (beside: string) => Promise<T>): Promise<T> {
  const beside = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    await makeFolder(disk, path.dirname(path.resolve(file)));
    const handle = await open(beside, 'wx', mode);
    try {
      await handle.writeFile(text, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    return await place(beside);
  } catch (error) {
    // What cannot be taken away was never there, and the reason is the error that came first.
    await rm(beside, { force: true }).catch(() => undefined);
    throw new RollcallError('fileUnwritable', visible(file), codeOf(error));
  }
}

/** A folder of policies on disk. Links are seen as links and never followed, not even one swapped in after the look. */
function openFolder(root: string): PolicySource {
  return {
    list: async (folder) => {
      const inside = path.join(root, folder);
      const names = await readdir(inside).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
        throw new RollcallError('fileUnreadable', visible(inside), `it cannot be listed (${codeOf(error)})`);
      });
      return names === null ? null : Promise.all(names.map((name) => entryOf(inside, name)));
    },
    read: async (file) => {
      const inside = path.join(root, file);
      try {
        const handle = await open(inside, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
        try {
          return await handle.readFile();
        } finally {
          await handle.close();
        }
      } catch (error) {
        throw new RollcallError('fileUnreadable', visible(inside), `it cannot be read (${codeOf(error)})`);
      }
    },
  };
}

async function entryOf(folder: string, name: string): Promise<FileEntry> {
  // A name that is no UTF-8 has no path here, and a file may be deleted while its folder is listed.
  const facts = await lstat(path.join(folder, name)).catch(() => null);
  if (facts === null) return { name, kind: 'other', bytes: 0 };
  const kind = facts.isFile() ? 'file' : facts.isDirectory() ? 'folder' : facts.isSymbolicLink() ? 'link' : 'other';
  return { name, kind, bytes: facts.size };
}

/** Git needs no vendor's key. */
function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/_(KEY|SECRET|TOKEN)$/.test(name)));
}

function createGit(folder: string, env: NodeJS.ProcessEnv): Git {
  return {
    run: (args, stdin, more) =>
      new Promise((resolve) => {
        // Nothing of the repository's own configuration may run a program on our behalf.
        const safe = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', ...args];
        const child = spawn('git', safe, { cwd: folder, env: { ...env, ...more }, stdio: ['pipe', 'pipe', 'ignore'] });
        const chunks: Buffer[] = [];
        let bytes = 0;
        child.stdout.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_GIT_BYTES) child.kill();
          else chunks.push(chunk);
        });
        child.on('error', () => resolve({ code: 127, stdout: new Uint8Array() }));
        child.on('close', (code) => resolve({ code: code ?? 1, stdout: Buffer.concat(chunks) }));
        child.stdin.on('error', () => undefined);
        child.stdin.end(stdin ?? '');
      }),
  };
}

function isAlive(host: NodeJS.Process, pid: number): boolean {
  try {
    host.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}

async function readInput({ stdin }: NodeJS.Process, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    const piece = Buffer.from(chunk as Uint8Array);
    bytes += piece.length;
    if (bytes > maxBytes) throw new RollcallError('inputTooLarge', String(Math.floor(maxBytes / 1024)));
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function prompt(host: NodeJS.Process, question: string, interrupted: AbortSignal): Promise<string | null> {
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: host.stdin, output: host.stdout });
  // On a terminal in raw mode Ctrl-C is a key, so it is passed on as the signal it stands for.
  terminal.on('SIGINT', () => host.kill(host.pid, 'SIGINT'));
  // The editor counts rows from its prompt's first line, and would draw a longer one again with every key.
  const above = question.lastIndexOf('\n') + 1;
  host.stdout.write(question.slice(0, above));
  const ended = new Promise<null>((resolve) => {
    terminal.once('close', () => resolve(null));
  });
  try {
    return await Promise.race([terminal.question(question.slice(above), { signal: interrupted }), ended]);
  } catch {
    return null;
  } finally {
    terminal.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'it failed';
}
