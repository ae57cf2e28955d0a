import type { Fault } from '../../../src/emulator/parse-fault.ts';
import { createTwilioWorld, type TwilioWorld } from '../../../src/emulator/twilio/create-twilio-world.ts';
import type { TwilioSeedAccount, TwilioSeedUser } from '../../../src/emulator/twilio/parse-twilio-seed.ts';
import type { TwilioSwitches } from '../../../src/emulator/twilio/twilio-switches.ts';
import type { Begun, LivePrincipal, Observation, Provider, Reading } from '../../../src/model.ts';
import type { Http, HttpReply, HttpRequest } from '../../../src/ports.ts';
import { createTwilioOrganizationProvider } from '../../../src/provider/twilio/create-twilio-provider.ts';
import { openTwilioOrganization } from '../../../src/provider/twilio/open-twilio-organization.ts';
import { twilioOrigins } from '../../../src/provider/twilio/twilio-origins.ts';
import { createJumpingClock, createSeededRandom, type JumpingClock, RUN_MS } from '../../support/provider-world.ts';

export const OR = `OR${'a'.repeat(32)}`;
export const MAIN = `AC${'1'.repeat(32)}`;
export const LABS = `AC${'2'.repeat(32)}`;
export const CLIENT_ID = `OQ${'b'.repeat(32)}`;
/** Canaries: no message, reading or result may ever have them. */
export const CLIENT_SECRET = 'client-secret+/=canary';
export const AUTH_TOKEN = 'auth-token-canary-0001';
export const OTHER_AUTH_TOKEN = 'auth-token-canary-0002';

export const ADA = `US${'a'.repeat(31)}1`;
export const BEN = `US${'a'.repeat(31)}2`;
export const CAI = `US${'a'.repeat(31)}3`;
export const ROOT = `US${'f'.repeat(32)}`;

export const PEOPLE: readonly TwilioSeedUser[] = [
  { sid: ROOT, email: 'root@acme.example', name: 'Root Owner' },
  { sid: ADA, email: 'ada@acme.example', name: 'Ada Lovelace', roles: [{ role: 'administrator', scope: 'main' }] },
  {
    sid: BEN,
    email: 'Ben@Acme.example',
    name: 'Ben Wu',
    roles: [
      { role: 'developer', scope: 'main' },
      { role: 'billing_manager', scope: 'main' },
    ],
  },
  { sid: CAI, email: 'cai@acme.example', name: 'Cai Idle', status: 'inactive' },
];

export interface WorldOptions {
  readonly users?: readonly TwilioSeedUser[];
  readonly externals?: readonly TwilioSeedUser[];
  readonly accounts?: readonly TwilioSeedAccount[];
  readonly switches?: Partial<TwilioSwitches>;
  readonly faults?: readonly Fault[];
  readonly scope?: string;
  readonly above?: string | null;
  readonly subaccounts?: 'none' | 'all';
  readonly accountSid?: string | null;
  readonly clientSecret?: string;
  readonly answer?: (request: HttpRequest, next: () => Promise<HttpReply>) => Promise<HttpReply>;
}

export interface OpenWorld {
  readonly clock: JumpingClock;
  readonly vendor: TwilioWorld;
  readonly provider: Provider;
  readonly sent: readonly HttpRequest[];
  /** Another account of the same organization in the same run. */
  account(scope: string): Provider;
  /** Paths of what was sent since the last call, with their methods. */
  news(): readonly string[];
}

export function openWorld(options: WorldOptions = {}): OpenWorld {
  const clock = createJumpingClock();
  const random = createSeededRandom();
  const { users = PEOPLE, externals = [], switches = {}, faults = [], scope = MAIN, above = null, accountSid = MAIN } = options;
  const accounts: readonly TwilioSeedAccount[] = options.accounts ?? [
    { name: 'main', sid: MAIN, auth_token: AUTH_TOKEN, keys: [{ name: 'IVR', sid: `SK${'1'.repeat(32)}` }] },
    { name: 'labs', sid: LABS, auth_token: OTHER_AUTH_TOKEN },
  ];
  const organization = {
    sid: OR,
    client_id: CLIENT_ID,
    client_secret: CLIENT_SECRET,
    owner: 'root@acme.example',
    accounts,
    users: [...users],
    externals: [...externals],
  };
  const vendor = createTwilioWorld({ clock, random, seed: { organizations: [organization], switches } });
  for (const fault of faults) vendor.faults.add(fault);
  const sent: HttpRequest[] = [];
  const inner = vendor.http();
  const http: Http = {
    send: (request) => {
      sent.push(request);
      return options.answer === undefined ? inner.send(request) : options.answer(request, () => inner.send(request));
    },
    close: () => inner.close(),
  };
  const never = new AbortController().signal;
  const world = {
    http,
    clock,
    random,
    origins: twilioOrigins(null),
    deadlineAt: clock.now() + RUN_MS,
    interrupted: never,
    graceOver: never,
  };
  const shared = openTwilioOrganization(world, OR, CLIENT_ID, options.clientSecret ?? CLIENT_SECRET);
  const account = (sid: string): Provider =>
    createTwilioOrganizationProvider({
      policy: { name: 'twilio-main', owner: 'root@acme.example', scope: sid, subaccounts: options.subaccounts ?? 'none' },
      above,
      organization: shared,
      accountSid,
      authToken: accountSid === null ? null : AUTH_TOKEN,
      world,
    });
  let told = 0;
  const news = () => {
    const fresh = sent.slice(told).map(({ method, url }) => `${method} ${url.replace(/^https:\/\/([^.]+)\.twilio\.com/, '$1:')}`);
    told = sent.length;
    return fresh;
  };
  return { clock, vendor, provider: account(scope), sent, account, news };
}

/** The observation, or the reason why there is none as an error. */
export async function observe(world: OpenWorld, begun: readonly Begun[] = []): Promise<Observation> {
  return observationOf(await world.provider.reader.read(null, null, begun));
}

export function observationOf(reading: Reading): Observation {
  if (reading.kind !== 'complete') throw new Error(`${reading.cause}: ${reading.message}`);
  return reading.observation;
}

export function whyUnread(reading: Reading): string {
  if (reading.kind === 'complete') throw new Error('the read was complete');
  return `${reading.cause}: ${reading.message}`;
}

/** Who holds what, in the order of the addresses. */
export function holdings(principals: readonly LivePrincipal[]): readonly string[] {
  return principals.map((one) => `${one.principal} ${one.status} ${one.roles.join('+')}`);
}

/** Everything that changes something. */
export function writesOf(sent: readonly HttpRequest[]): readonly HttpRequest[] {
  return sent.filter(({ method, url }) => method !== 'GET' && !url.endsWith('/token'));
}
