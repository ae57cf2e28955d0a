import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { createRun, type GlobalFlags, type Run } from '../../src/commands/run-context.ts';
import type { Http, World } from '../../src/ports.ts';
import { memorySource } from '../policy/memory-source.ts';

export interface PolicyWorld {
  /** Files beside the policies, by path. */
  readonly files: Map<string, string>;
  env: Record<string, string>;
  ledger: string;
  out(): string;
  run(flags?: Partial<GlobalFlags>): Run;
}

/** Policies in memory, a vendor on loopback, a ledger given as text, and nothing else of the world. */
export function openPolicyWorld(policies: Readonly<Record<string, string>>, now: string, http: Http | null = null): PolicyWorld {
  const files = new Map<string, string>();
  let out = '';
  const clock = { now: () => Date.parse(now), sleep: async () => undefined };
  const opened: PolicyWorld = {
    files,
    env: {},
    ledger: '',
    out: () => out,
    run: (flags = {}) => {
      out = '';
      return createRun(worldOf(), { ...FLAGS, ...flags });
    },
  };
  const worldOf = (): World => ({
    env: opened.env,
    cwd: '/',
    clock,
    random: () => 0.5,
    openHttp: async () => {
      if (http === null) throw new Error('this command sends nothing');
      return http;
    },
    git: () => ({ run: async () => ({ code: 128, stdout: new Uint8Array() }) }),
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
      policies: () => memorySource(policies),
    },
    openStorage: () => ({ ...openMemoryStorage(), read: async () => ({ text: opened.ledger, version: '' }) }),
    stdout: {
      write: (text) => {
        out += text;
      },
      isTerminal: false,
      columns: 160,
    },
    stderr: { write: () => undefined, isTerminal: false, columns: 160 },
    interrupted: new AbortController().signal,
    graceOver: new AbortController().signal,
  });
  return opened;
}

const FLAGS: GlobalFlags = {
  policies: 'policies',
  account: [],
  format: 'text',
  out: null,
  quiet: false,
  colour: false,
  ledger: '.rollcall/ledger.jsonl',
  debug: false,
};
