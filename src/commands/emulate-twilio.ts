import type { VirtualClock } from '../emulator/create-world.ts';
import { parseTwilioSeed, type TwilioSeed, type TwilioSeedAccount, type TwilioSeedUser } from '../emulator/twilio/parse-twilio-seed.ts';
import { startTwilio } from '../emulator/twilio/start-twilio.ts';
import type { ExitCode } from '../errors.ts';
import { groupBy } from '../group-by.ts';
import type { DesiredAccount, DesiredState } from '../model.ts';
import { visible } from '../text/encode.ts';
import type { EmulateFlags } from './emulate.ts';
import { loadFindings } from './load-desired.ts';
import { readSeed } from './read-seed.ts';
import type { Run } from './run-context.ts';
import { createMovableClock, type Emulated, serveEmulators, variableStem } from './serve-emulators.ts';

/** Twilio on the loopback address, all its hosts on one port, until it is interrupted. */
export async function emulateTwilio(run: Run, flags: EmulateFlags): Promise<ExitCode> {
  const seed = flags.seed === null ? makeTwilioSeed((await loadFindings(run)).desired) : await readSeed(run, flags.seed, parseTwilioSeed);
  return serveEmulators(run, [await openEmulatedTwilio(run, seed, createMovableClock(run), flags)]);
}

export async function openEmulatedTwilio(
  run: Run,
  seed: TwilioSeed,
  clock: VirtualClock,
  { port, controlPort, latencyMs }: Omit<EmulateFlags, 'seed'>,
): Promise<Emulated> {
  const emulator = await startTwilio({ clock, random: run.world.random, seed, port, controlPort, latencyMs });
  const { world, origin, controlOrigin } = emulator;
  return {
    vendor: 'twilio',
    origin,
    controlOrigin,
    where: `Twilio is emulated at ${origin}; people act through ${controlOrigin}`,
    env: Object.assign({ ROLLCALL_TWILIO_ORIGIN: origin }, ...world.accounts.map((name) => envOf(name, world.credentials(name)))),
    hints: [`Try: rollcall doctor; curl -X POST ${controlOrigin}/give-role -d '{"account":"...","email":"...","role":"developer"}'`],
    stop: () => emulator.stop(),
  };
}

function envOf(
  name: string,
  credentials: { clientId: string | null; clientSecret: string | null; accountSid: string; authToken: string },
): Record<string, string> {
  const { clientId, clientSecret, accountSid, authToken } = credentials;
  const stem = variableStem(name);
  return {
    ...(clientId === null || clientSecret === null
      ? {}
      : { [`${stem}_CLIENT_ID`]: visible(clientId), [`${stem}_CLIENT_SECRET`]: visible(clientSecret) }),
    [`${stem}_ACCOUNT_SID`]: accountSid,
    [`${stem}_AUTH_TOKEN`]: visible(authToken),
  };
}

/** The Twilio accounts that policies name, as they say, ended grants included; with no policies, one small organization. */
export function makeTwilioSeed(desired: DesiredState | null): TwilioSeed {
  const accounts = [...(desired?.accounts.values() ?? [])].filter(({ policy }) => policy.provider === 'twilio');
  if (accounts.length === 0) return SMALL_SEED;
  const managed = groupBy(
    accounts.filter(({ policy }) => policy.api === 'organization'),
    ({ policy }) => policy.organization ?? '',
  );
  return {
    organizations: [...managed].map(([sid, members]) => seedOrganization(sid, members)),
    consoles: accounts.filter(({ policy }) => policy.api === 'console').map(seedConsole),
  };
}

function seedOrganization(sid: string, accounts: readonly DesiredAccount[]) {
  const people = new Map<string, TwilioSeedUser>();
  for (const { policy, principals } of accounts) {
    for (const { principal, name, holdingWithoutEnds } of principals.values()) {
      const roles = holdingWithoutEnds.roles.map((role) => ({ role, scope: policy.name }));
      if (roles.length === 0) continue;
      people.set(principal, { email: principal, name, roles: [...(people.get(principal)?.roles ?? []), ...roles] });
    }
  }
  return {
    sid,
    client_id: `OQ${sid.slice(2)}`,
    client_secret: `SECRET-EMULATED-${sid}`,
    owner: accounts[0]?.policy.owner ?? '',
    accounts: accounts.map(({ policy }) => ({ ...credentialsOf(policy), owner: policy.owner })),
    users: [...people.values()],
  };
}

function seedConsole({ policy, principals }: DesiredAccount) {
  const members = [...principals.values()].flatMap(({ principal, name, holdingWithoutEnds: { roles } }) =>
    roles.length === 0 ? [] : [{ email: principal, name, roles }],
  );
  return { ...credentialsOf(policy), owner: policy.owner, members };
}

function credentialsOf({ name, scope }: DesiredAccount['policy']): TwilioSeedAccount {
  return { name, ...(scope === null ? {} : { sid: scope }), auth_token: `TOKEN-EMULATED-${name}`, keys: [{ name: 'deploy' }] };
}

/** What is there with neither a seed nor policies: enough to try a request on. */
const SMALL_SEED: TwilioSeed = {
  organizations: [
    {
      sid: `OR${'0'.repeat(31)}1`,
      client_id: `OQ${'0'.repeat(31)}1`,
      client_secret: 'SECRET-EMULATED-organization',
      owner: 'root@acme.example',
      accounts: [{ name: 'twilio-main', sid: `AC${'0'.repeat(31)}1`, auth_token: 'TOKEN-EMULATED-twilio-main' }],
      users: [{ email: 'ada@acme.example', name: 'Ada Lovelace', roles: [{ role: 'developer', scope: 'twilio-main' }] }],
    },
  ],
};
