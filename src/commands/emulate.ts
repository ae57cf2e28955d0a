import { parseTelnyxSeed, type TelnyxSeed } from '../emulator/parse-telnyx-seed.ts';
import { startTelnyx } from '../emulator/start-telnyx.ts';
import { EXIT, type ExitCode, RollcallError } from '../errors.ts';
import { visible } from '../text/encode.ts';
import { convergedSeed } from './demo-seed.ts';
import { loadFindings } from './load-desired.ts';
import type { Run } from './run-context.ts';

const MAX_SEED_BYTES = 256 * 1024 * 1024;

export interface EmulateFlags {
  readonly port: number;
  readonly controlPort: number;
  readonly latencyMs: number;
  readonly seed: string | null;
}

/** What is there with neither a seed nor policies: enough to try a request on. */
const SMALL_SEED: TelnyxSeed = {
  accounts: [
    {
      name: 'telnyx-production',
      key: 'KEY-EMULATED-telnyx-production',
      owner: 'root@acme.example',
      users: [{ email: 'ada@acme.example', name: 'Ada Lovelace', role: 'member' }],
    },
  ],
};

/** The vendor on the loopback address, until it is interrupted. */
export async function emulateTelnyx(run: Run, flags: EmulateFlags): Promise<ExitCode> {
  const seed = flags.seed === null ? await seedFromPolicies(run) : await readSeed(run, flags.seed);
  const { port, controlPort, latencyMs } = flags;
  const emulator = await startTelnyx({ clock: createMovableClock(run), random: run.world.random, seed, port, controlPort, latencyMs });
  run.print(`Telnyx (sub-users) is emulated at ${emulator.origin}; people act through ${emulator.controlOrigin}`);
  run.print('');
  run.print(`export ROLLCALL_TELNYX_ORIGIN=${emulator.origin}`);
  for (const account of seed.accounts) {
    run.print(`export ${account.name.toUpperCase().replaceAll('-', '_')}_API_KEY=${visible(account.key)}`);
  }
  run.print('');
  run.print(`Try: rollcall plan; curl -X POST ${emulator.controlOrigin}/accept -d '{"email":"..."}'; stop with Ctrl-C.`);
  await new Promise<void>((resolve) => {
    if (run.world.interrupted.aborted) resolve();
    run.world.interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  await emulator.stop();
  return EXIT.ok;
}

/** Without a seed: the accounts that the policies at hand name, as they say; with no policies, one small account. */
async function seedFromPolicies(run: Run): Promise<TelnyxSeed> {
  const { desired } = await loadFindings(run);
  return desired === null ? SMALL_SEED : convergedSeed(desired, (account) => `KEY-EMULATED-${account}`);
}

async function readSeed(run: Run, file: string): Promise<TelnyxSeed> {
  const text = await run.world.files.readText(file, MAX_SEED_BYTES);
  if (text === null) throw new RollcallError('seedInvalid', visible(file), 'there is no such file');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RollcallError('seedInvalid', visible(file), 'it is not JSON');
  }
  return parseTelnyxSeed(value, visible(file));
}

/** The run's clock, which the control endpoint may move forward. */
function createMovableClock(run: Run) {
  let movedMs = 0;
  return {
    now: () => run.clock.now() + movedMs,
    sleep: (ms: number, signal?: AbortSignal) => run.clock.sleep(ms, signal),
    advance: (ms: number) => {
      movedMs += ms;
    },
  };
}
