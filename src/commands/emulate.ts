import type { VirtualClock } from '../emulator/create-world.ts';
import { parseTelnyxSeed, type TelnyxSeed, type TelnyxSeedAccount } from '../emulator/parse-telnyx-seed.ts';
import { startTelnyx } from '../emulator/start-telnyx.ts';
import type { ExitCode } from '../errors.ts';
import type { DesiredAccount, DesiredState } from '../model.ts';
import { visible } from '../text/encode.ts';
import { loadFindings } from './load-desired.ts';
import { readSeed } from './read-seed.ts';
import type { Run } from './run-context.ts';
import { createMovableClock, type Emulated, serveEmulators, variableStem } from './serve-emulators.ts';

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

/** Telnyx on the loopback address, until it is interrupted. */
export async function emulateTelnyx(run: Run, flags: EmulateFlags): Promise<ExitCode> {
  const seed = flags.seed === null ? makeTelnyxSeed((await loadFindings(run)).desired) : await readSeed(run, flags.seed, parseTelnyxSeed);
  return serveEmulators(run, [await openEmulatedTelnyx(run, seed, createMovableClock(run), flags)]);
}

export async function openEmulatedTelnyx(
  run: Run,
  seed: TelnyxSeed,
  clock: VirtualClock,
  { port, controlPort, latencyMs }: Omit<EmulateFlags, 'seed'>,
): Promise<Emulated> {
  const emulator = await startTelnyx({ clock, random: run.world.random, seed, port, controlPort, latencyMs });
  return {
    vendor: 'telnyx',
    origin: emulator.origin,
    controlOrigin: emulator.controlOrigin,
    where: `Telnyx is emulated at ${emulator.origin}; people act through ${emulator.controlOrigin}`,
    env: {
      ROLLCALL_TELNYX_ORIGIN: emulator.origin,
      ...Object.fromEntries(seed.accounts.map((account) => [`${variableStem(account.name)}_API_KEY`, visible(account.key)])),
    },
    hints: [`Try: rollcall plan; curl -X POST ${emulator.controlOrigin}/accept -d '{"account":"...","email":"..."}'`],
    stop: () => emulator.stop(),
  };
}

/** The Telnyx accounts that policies name, as they say, ended grants included; with no policies, one small account. */
export function makeTelnyxSeed(desired: DesiredState | null): TelnyxSeed {
  const accounts = [...(desired?.accounts.values() ?? [])].filter(({ policy }) => policy.provider === 'telnyx').map(seedAccount);
  return accounts.length === 0 ? SMALL_SEED : { accounts };
}

function seedAccount({ policy, principals }: DesiredAccount): TelnyxSeedAccount {
  const isOrganization = policy.api === 'organizations';
  const users = [...principals.values()].flatMap(({ principal, name, holdingWithoutEnds: { roles, groups } }) =>
    roles[0] === undefined ? [] : [{ email: principal, name, role: roles[0], ...(isOrganization ? { groups } : {}) }],
  );
  const groups = [...new Set(users.flatMap((user) => user.groups ?? []))].map((name) => ({ name }));
  return {
    name: policy.name,
    key: `KEY-EMULATED-${policy.name}`,
    owner: policy.owner,
    users,
    ...(isOrganization ? { api: 'organizations', groups } : {}),
  };
}
