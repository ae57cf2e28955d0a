import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { createRun, type GlobalFlags, type Run } from '../../src/commands/run-context.ts';
import type { FileEntry, World } from '../../src/ports.ts';

export interface CommandWorld {
  /** By path as it was given. */
  readonly files: Map<string, string>;
  /** What the last run printed and logged. */
  out(): string;
  log(): string;
  run(flags?: Partial<GlobalFlags>): Run;
}

/** Files in memory, two sinks, and nothing else of the world. */
export function openCommandWorld(): CommandWorld {
  const files = new Map<string, string>();
  let out = '';
  let log = '';
  const nothing = () => {
    throw new Error('this command needs nothing of that');
  };
  const entriesIn = (folder: string): FileEntry[] =>
    [...files].flatMap(([path, text]) => {
      const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : '';
      return name === '' ? [] : [{ name: name.split('/')[0] ?? '', kind: name.includes('/') ? 'folder' : 'file', bytes: text.length }];
    });
  const world: World = {
    env: {},
    cwd: '/',
    clock: { now: nothing, sleep: nothing },
    random: nothing,
    openHttp: nothing,
    git: nothing,
    ask: null,
    prompt: null,
    readInput: async () => '',
    files: {
      resolve: (path) => `/${path}`,
      readText: async (path) => files.get(path) ?? null,
      writeText: async (path, text) => {
        files.set(path, text);
      },
      create: async (path, text) => {
        if (files.has(path)) return 'exists';
        files.set(path, text);
        return 'made';
      },
      temporary: () => Promise.reject(new Error('no folder is made here')),
      policies: (folder) => ({
        list: async () => (entriesIn(folder).length === 0 ? null : entriesIn(folder)),
        read: async (path) => Buffer.from(files.get(`${folder}/${path}`) ?? ''),
      }),
    },
    openStorage: (path) => {
      const storage = openMemoryStorage();
      return { ...storage, read: async () => ({ text: files.get(path) ?? '', version: '' }) };
    },
    stdout: {
      write: (text) => {
        out += text;
      },
      isTerminal: false,
      columns: 120,
    },
    stderr: {
      write: (text) => {
        log += text;
      },
      isTerminal: false,
      columns: 120,
    },
    interrupted: new AbortController().signal,
    graceOver: new AbortController().signal,
  };
  const base: GlobalFlags = {
    policies: 'policies',
    account: [],
    format: 'text',
    out: null,
    quiet: false,
    colour: false,
    ledger: '.rollcall/ledger.jsonl',
    debug: false,
  };
  return {
    files,
    out: () => out,
    log: () => log,
    run: (flags = {}) => {
      out = '';
      log = '';
      return createRun(world, { ...base, ...flags });
    },
  };
}
