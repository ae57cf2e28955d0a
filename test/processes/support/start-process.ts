import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach } from 'vitest';

export interface Ended {
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Process {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Does nothing where it has ended. */
  kill(signal: NodeJS.Signals): void;
}

/** None outlives its test, also one that is given up. */
const LIVING = new Set<ChildProcess>();
afterEach(() => {
  for (const child of LIVING) child.kill('SIGKILL');
});

/** A process of the command line, with nothing of this process's environment but the path. */
export function startProcess(file: string, argv: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Process {
  const child = spawn(process.execPath, [file, ...argv], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  LIVING.add(child);
  child.on('close', () => LIVING.delete(child));
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    out.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    out.stderr += chunk.toString();
  });
  return {
    pid: child.pid ?? 0,
    ended: new Promise((resolve, reject) => {
      child.on('error', reject).on('close', (exit, signal) => resolve({ exit, signal, ...out }));
    }),
    kill: (signal) => {
      child.kill(signal);
    },
  };
}
