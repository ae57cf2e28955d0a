import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type InitFlags, init } from '../../src/commands/init.ts';
import { createRun } from '../../src/commands/run-context.ts';
import { createTelnyxWorld } from '../../src/emulator/create-telnyx-world.ts';
import type { ExitCode } from '../../src/errors.ts';
import type { Http } from '../../src/ports.ts';
import { createRealWorld } from '../../src/real-world.ts';
import { createRandom } from '../../src/text/create-random.ts';
import { createJumpingClock } from '../support/provider-world.ts';

export const ORIGIN = 'http://127.0.0.1:4010';
export const KEY = 'KEY0192CANARY0123456789';
export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
/** What init needs beside accounts, where nobody is asked. */
export const GIVEN = { owner: 'root@acme.example', security: '@acme/security', action: `acme/rollcall@${COMMIT}` };

export interface Desk {
  /** A folder of its own on the real disk, gone after the test. */
  readonly home: string;
  /** `access` inside it. */
  readonly folder: string;
  readonly env: Record<string, string>;
  /** Answers for the terminal, one a question; none where there is no terminal. */
  answers: readonly string[] | null;
  readonly questions: string[];
  columns: number;
  http: Http | null;
  init(
    flags?: Partial<InitFlags>,
    format?: 'text' | 'json',
    ownFolder?: string,
  ): Promise<{ readonly exit: ExitCode; readonly out: string }>;
  /** Every file by its path inside the folder. */
  tree(): Promise<Record<string, string>>;
}

/** Where somebody runs `rollcall init`: the real disk and git, the vendors of the test, and a terminal as far as the test gives answers. */
export async function openDesk(): Promise<Desk> {
  const home = await mkdtemp(path.join(tmpdir(), 'rollcall-init-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const folder = path.join(home, 'access');
  const desk: Desk = {
    home,
    folder,
    env: {},
    answers: null,
    questions: [],
    columns: 120,
    http: null,
    init: async (flags = {}, format = 'text', ownFolder = home) => {
      let out = '';
      const run = createRun(
        worldOf(desk, (text) => {
          out += text;
        }),
        {
          policies: 'policies',
          account: [],
          format,
          out: null,
          quiet: false,
          colour: false,
          ledger: '.rollcall/ledger.jsonl',
          debug: false,
        },
      );
      const exit = await init(run, { folder, add: [], owner: null, security: null, action: null, ...flags }, ownFolder);
      return { exit, out: out.replaceAll(home, '/home/ada') };
    },
    tree: async () => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
      const texts = await Promise.all(files.map(async (file) => [path.relative(folder, file), await readFile(file, 'utf8')] as const));
      return Object.fromEntries(texts.filter(([file]) => !file.startsWith('.git/')).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
  return desk;
}

function worldOf(desk: Desk, write: (text: string) => void) {
  const never = new AbortController().signal;
  const real = createRealWorld(process, never, never);
  const left = [...(desk.answers ?? [])];
  return {
    ...real,
    env: desk.env,
    cwd: desk.home,
    clock: { now: () => Date.parse('2026-11-23T09:00:00.000Z'), sleep: async () => undefined },
    openHttp: async () => {
      if (desk.http === null) throw new Error('nothing is asked of a vendor here');
      return desk.http;
    },
    prompt:
      desk.answers === null
        ? null
        : async (question: string) => {
            desk.questions.push(question);
            return left.shift() ?? null;
          },
    stdout: { write, isTerminal: desk.answers !== null, columns: desk.columns },
    stderr: { write: () => undefined, isTerminal: false, columns: desk.columns },
  };
}

/** A Telnyx on loopback with one account, whose key answers to one of the two APIs. */
export function openTelnyx(api: 'sub-users' | 'organizations') {
  const seed = {
    accounts: [{ name: 'telnyx-production', key: KEY, owner: 'root@acme.example', users: [], elsewhere: [], api }],
    switches: {},
  };
  const vendor = createTelnyxWorld({ clock: createJumpingClock(), random: createRandom(7), seed });
  return { vendor, http: vendor.http({ origin: ORIGIN }) };
}
