import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../../..');
const { bin } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { bin: { rollcall: string } };
/** The one file that users run. */
export const BUNDLE = path.join(ROOT, bin.rollcall);

/** Builds the bundle unless it is there and newer than every source. */
export function ensureBundle(): void {
  const sources = readdirSync(path.join(ROOT, 'src'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const newest = Math.max(...sources.map((entry) => statSync(path.join(entry.parentPath, entry.name)).mtimeMs));
  if (existsSync(BUNDLE) && statSync(BUNDLE).mtimeMs >= newest) return;
  const built = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the bundle could not be built: ${built.stderr}`);
}

export interface Ended {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with everything printed so far, once it matches. */
  printed(pattern: RegExp): Promise<string>;
}

export interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the built command line as users do, with nothing of this process's environment but the path. */
export function start(argv: readonly string[], { cwd, env = {} }: Place): Started {
  const child = spawn(process.execPath, [BUNDLE, ...argv], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  const take = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
    out[stream] += chunk.toString();
    for (const watch of watchers) watch();
  };
  child.stdout.on('data', take('stdout'));
  child.stderr.on('data', take('stderr'));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit, signal) => resolve({ exit, signal, ...out }));
  });
  return {
    child,
    ended,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          if (!pattern.test(out.stdout)) return;
          watchers.delete(watch);
          resolve(out.stdout);
        };
        watchers.add(watch);
        ended.then((run) => reject(new Error(`ended with ${run.exit} before it printed ${pattern}: ${run.stderr}`)), reject);
        watch();
      }),
  };
}

export function run(argv: readonly string[], place: Place): Promise<Ended> {
  return start(argv, place).ended;
}
