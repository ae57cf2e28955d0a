import { EXIT, type ExitCode } from '../errors.ts';
import type { Run } from './run-context.ts';

/** An emulator that runs, and what somebody needs to paste and to know. */
export interface Emulated {
  readonly vendor: 'telnyx' | 'twilio' | 'github';
  readonly origin: string;
  /** Where people act; null where they act through the API as well. */
  readonly controlOrigin: string | null;
  /** Where it is, in words. */
  readonly where: string;
  /** What reaches it, as environment variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly hints: readonly string[];
  stop(): Promise<void>;
}

/** Says how to reach the emulators and keeps them until the run is interrupted. */
export async function serveEmulators(run: Run, emulated: readonly Emulated[]): Promise<ExitCode> {
  run.print(run.flags.format === 'json' ? toLine(emulated) : toWords(emulated));
  await new Promise<void>((resolve) => {
    if (run.world.interrupted.aborted) resolve();
    run.world.interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.all(emulated.map((one) => one.stop()));
  return EXIT.ok;
}

/** On one line, so that a program knows when it has everything. */
function toLine(emulated: readonly Emulated[]): string {
  const emulators = emulated.map(({ vendor, origin, controlOrigin }) => ({ vendor, origin, control_origin: controlOrigin }));
  const environment = Object.assign({}, ...emulated.map(({ env }) => env));
  return JSON.stringify({ format_version: '1.0', emulators, environment });
}

function toWords(emulated: readonly Emulated[]): string {
  const lines = [
    ...emulated.map(({ where }) => where),
    '',
    ...emulated.flatMap(({ env }) => Object.entries(env).map(([name, value]) => `export ${name}=${value}`)),
    '',
    ...emulated.flatMap(({ hints }) => hints),
    'Stop with Ctrl-C.',
  ];
  return lines.join('\n');
}

/** The run's clock, which the control endpoints may move forward. */
export function createMovableClock(run: Run) {
  let movedMs = 0;
  return {
    now: () => run.clock.now() + movedMs,
    sleep: (ms: number, signal?: AbortSignal) => run.clock.sleep(ms, signal),
    advance: (ms: number) => {
      movedMs += ms;
    },
  };
}

/** What an account's variables begin with. */
export function variableStem(account: string): string {
  return account.toUpperCase().replaceAll('-', '_');
}
