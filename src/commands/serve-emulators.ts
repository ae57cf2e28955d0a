import { EXIT, type ExitCode } from '../errors.ts';
import type { Run } from './run-context.ts';

/** An emulator that runs, and what somebody needs to paste and to know. */
export interface Emulated {
  /** Where it is. */
  readonly where: string;
  readonly exports: readonly string[];
  readonly hints: readonly string[];
  stop(): Promise<void>;
}

/** Says how to reach the emulators and keeps them until the run is interrupted. */
export async function serveEmulators(run: Run, emulated: readonly Emulated[]): Promise<ExitCode> {
  for (const { where } of emulated) run.print(where);
  run.print('');
  for (const line of emulated.flatMap((one) => one.exports)) run.print(line);
  run.print('');
  for (const line of emulated.flatMap((one) => one.hints)) run.print(line);
  run.print('Stop with Ctrl-C.');
  await new Promise<void>((resolve) => {
    if (run.world.interrupted.aborted) resolve();
    run.world.interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.all(emulated.map((one) => one.stop()));
  return EXIT.ok;
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
