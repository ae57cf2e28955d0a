import { openMemoryStorage } from '../../../src/apply/open-memory-storage.ts';
import { makeKeyPair } from '../../../src/apply/signatures.ts';
import type { TelnyxSeedAccount } from '../../../src/emulator/parse-telnyx-seed.ts';
import type { TwilioSeed } from '../../../src/emulator/twilio/parse-twilio-seed.ts';
import type { Http, HttpReply, HttpRequest, World } from '../../../src/ports.ts';
import { runCli } from '../../../src/run-cli.ts';
import { createRandom } from '../../../src/text/create-random.ts';
import { memorySource } from '../../policy/memory-source.ts';
import { openVendors, type Vendors } from '../../scenarios/github/support/open-vendors.ts';
import type { Policies } from '../../scenarios/support/company.ts';
import { findSecrets } from './forms-of.ts';

export const START_MS = Date.parse('2026-11-23T09:00:00.000Z');

/** What an answer is turned into by a vendor that repeats what it was sent; `echo` has the caller's secrets in six forms. */
export type Leak = (reply: HttpReply, request: HttpRequest, echo: string) => HttpReply;

export interface LeakyWorld {
  readonly vendors: Vendors;
  readonly files: ReadonlyMap<string, string>;
  /** Every secret that was given to rollcall or handed out to it, and those that the vendors show in clear. */
  readonly secrets: ReadonlySet<string>;
  leak: Leak | null;
  /** Which of the six forms stands first in the echo. */
  first: number;
  advance(ms: number): void;
  /** Runs a command; says how it ended, how often the vendor leaked, and which secrets stand in which sink. */
  run(
    ...argv: string[]
  ): Promise<{ readonly exit: number; readonly leaks: number; readonly found: readonly string[]; readonly text: string }>;
}

export interface LeakyOptions {
  readonly policies: Policies;
  readonly telnyx: readonly TelnyxSeedAccount[];
  readonly twilio: TwilioSeed;
  readonly echoOf: (secrets: readonly string[], first: number) => string;
}

/** rollcall's command line in front of vendors that give away what they were told, and every sink that it has. */
export function openLeakyWorld({ policies, telnyx, twilio, echoOf }: LeakyOptions): LeakyWorld {
  let nowMs = START_MS;
  const clock = {
    now: () => nowMs,
    sleep: async (ms: number) => {
      if (Number.isFinite(ms)) nowMs += ms;
    },
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
  const vendors = openVendors(clock, telnyx, twilio);
  const env = { ...vendors.env, GITHUB_TOKEN: 'ghs_Canary0Of1Actions2At3Acme', ROLLCALL_SIGNING_KEY: makeKeyPair().privateKey };
  const secrets = new Set(Object.entries(env).flatMap(([name, value]) => (/_(KEY|SECRET|TOKEN)$/.test(name) ? [value] : [])));
  const files = new Map<string, string>();
  const storage = openMemoryStorage();
  const world: LeakyWorld = {
    vendors,
    files,
    secrets,
    leak: null,
    first: 0,
    advance: clock.advance,
    run: async (...argv) => {
      const out = { stdout: '', stderr: '' };
      let leaks = 0;
      const http: Http = {
        send: async (request) => {
          const reply = await vendors.http.send(request);
          const sent = remember(request, reply, secrets);
          if (world.leak === null) return reply;
          const leaked = world.leak(reply, request, echoOf(sent, world.first));
          if (leaked !== reply) leaks += 1;
          return leaked;
        },
        close: () => vendors.http.close(),
      };
      const exit = await runCli(argv, worldOf({ env, clock, http, files, storage, policies, out }));
      const sinks = { ...out, ledger: (await storage.read()).text, ...Object.fromEntries(files) };
      const found = Object.entries(sinks).flatMap(([sink, text]) => findSecrets(text, secrets).map((one) => `${sink} has ${one}`));
      return { exit, leaks, found, text: `${out.stdout}${out.stderr}` };
    },
  };
  return world;
}

/** What of a request is secret, and what of its answer; both are looked for in every sink from now on. */
function remember({ headers, body = '' }: HttpRequest, reply: HttpReply, secrets: Set<string>): string[] {
  const [scheme = '', value = ''] = (headers['authorization'] ?? '').split(' ');
  const pair = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString() : null;
  const form = new URLSearchParams(body).get('client_secret');
  const sent = [...(pair === null ? [value] : [pair, pair.slice(pair.indexOf(':') + 1)]), ...(form === null ? [] : [form])];
  const shown = reply.kind === 'reply' ? reply.body.matchAll(/"(?:access_token|auth_token|secret|api_key)":"([^"]{8,})"/g) : [];
  const real = sent.filter((secret) => secret !== '');
  for (const secret of [...real, ...[...shown].map(([, one = '']) => one)]) secrets.add(secret);
  return real;
}

interface Parts {
  readonly env: World['env'];
  readonly clock: World['clock'];
  readonly http: Http;
  readonly files: Map<string, string>;
  readonly storage: ReturnType<typeof openMemoryStorage>;
  readonly policies: Policies;
  readonly out: { stdout: string; stderr: string };
}

function worldOf({ env, clock, http, files, storage, policies, out }: Parts): World {
  const sink = (to: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      out[to] += text;
    },
    isTerminal: false,
    columns: 100,
  });
  return {
    env,
    cwd: '/',
    clock,
    random: createRandom(3),
    openHttp: async () => http,
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
      temporary: () => Promise.reject(new Error('no folder of our own is needed here')),
      policies: (folder) =>
        folder === 'policies' ? memorySource(policies) : { list: async () => null, read: () => Promise.reject(new Error('no folder')) },
    },
    git: () => ({ run: async () => ({ code: 128, stdout: new Uint8Array() }) }),
    openStorage: () => storage,
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    readInput: async () => '',
    prompt: null,
    ask: null,
    interrupted: new AbortController().signal,
    graceOver: new AbortController().signal,
  };
}
