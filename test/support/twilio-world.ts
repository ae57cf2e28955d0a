import type { Fault } from '../../src/emulator/parse-fault.ts';
import { createTwilioWorld, type TwilioWorld } from '../../src/emulator/twilio/create-twilio-world.ts';
import type { TwilioSeedOrganization, TwilioSeedUser } from '../../src/emulator/twilio/parse-twilio-seed.ts';
import type { TwilioSwitches } from '../../src/emulator/twilio/twilio-switches.ts';
import type { AccountPolicy, LivePrincipal, Provider } from '../../src/model.ts';
import type { Http, HttpRequest } from '../../src/ports.ts';
import { createTwilioOrganizationProvider } from '../../src/provider/twilio/create-twilio-provider.ts';
import { openTwilioOrganization } from '../../src/provider/twilio/open-twilio-organization.ts';
import { twilioOrigins } from '../../src/provider/twilio/twilio-origins.ts';
import { createJumpingClock, createSeededRandom, HOUR_MS, type JumpingClock, RUN_MS, START_MS } from './provider-world.ts';

export const MAIN = 'twilio-main';
export const ORGANIZATION = `OR${'0e'.repeat(16)}`;
export const SCOPE = `AC${'0a'.repeat(16)}`;
export const OTHER_SCOPE = `AC${'0b'.repeat(16)}`;
export const ROOT = `US${'f'.repeat(32)}`;
export const CLIENT_ID = `OQ${'0c'.repeat(16)}`;
/** Everything that may stand in no message, no reading and no ledger. */
export const CLIENT_SECRET = 'canary-client-secret-0123456789';
export const AUTH_TOKEN = 'canary-auth-token-0123456789abcdef';
export const SUB_SCOPE = `AC${'0c'.repeat(16)}`;
export const SUB_TOKEN = 'canary-subaccount-token-0123456789';
const OTHER_TOKEN = 'canary-other-token-0123456789abcdef';
const LONG_AGO = new Date(START_MS - 24 * HOUR_MS).toISOString();

export function userSidOf(number: number): string {
  return `US${number.toString(16).padStart(32, '0')}`;
}

/** So many people with a role: every tenth a developer, all others support. */
export function manyTwilioUsers(count: number): TwilioSeedUser[] {
  return Array.from({ length: count }, (_, index) => ({
    sid: userSidOf(index + 1),
    email: `person-${String(index + 1).padStart(5, '0')}@acme.example`,
    name: `Person ${index + 1}`,
    created_at: LONG_AGO,
    roles: [{ role: index % 10 === 0 ? 'developer' : 'support', scope: MAIN }],
  }));
}

export interface TwilioOptions {
  readonly users?: readonly TwilioSeedUser[];
  readonly organization?: Partial<TwilioSeedOrganization>;
  readonly switches?: Partial<TwilioSwitches>;
  readonly faults?: readonly Fault[];
  readonly policy?: Partial<AccountPolicy>;
  /** Whether the account's own credential is given beside the organization's. */
  readonly ownCredential?: boolean;
  /** Between provider and world. */
  readonly wrap?: (http: Http) => Http;
}

export interface OpenedTwilio {
  readonly clock: JumpingClock;
  readonly vendor: TwilioWorld;
  /** Every request but those for a token, whether or not it arrived. */
  readonly sent: readonly HttpRequest[];
  readonly http: Http;
  readonly random: () => number;
}

export const TWILIO_POLICY: AccountPolicy = {
  name: MAIN,
  provider: 'twilio',
  api: 'organization',
  owner: 'root@acme.example',
  unmanaged: 'report',
  drift: { gained: 'revert', lost: 'report' },
  guards: { maxDeletes: 3, maxDeletesPercent: 10, minAdmins: 0, neverDelete: [] },
  invites: { perHour: 10, open: 10 },
  approvers: {},
  names: 'invite',
  organization: ORGANIZATION,
  scope: SCOPE,
  subaccounts: 'none',
  privilegedRoles: [],
  privilegedGroups: [],
  file: MAIN,
  source: { file: 'policies/accounts/twilio-main.yaml', line: 1, column: 1 },
};

/** One emulated organization with two accounts, its owner and so many people, without a socket. */
export function openTwilioVendor({
  users = manyTwilioUsers(3),
  organization = {},
  switches = {},
  faults = [],
}: TwilioOptions): OpenedTwilio {
  const clock = createJumpingClock();
  const random = createSeededRandom();
  const root: TwilioSeedUser = { sid: ROOT, email: 'root@acme.example', name: 'Root Owner', created_at: LONG_AGO };
  const vendor = createTwilioWorld({
    clock,
    random,
    seed: {
      organizations: [
        {
          sid: ORGANIZATION,
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          owner: root.email,
          domains: ['acme.example'],
          accounts: [
            {
              name: MAIN,
              sid: SCOPE,
              auth_token: AUTH_TOKEN,
              keys: [{ name: 'deploy', sid: `SK${'1'.repeat(32)}`, created_at: LONG_AGO }],
            },
            { name: 'twilio-other', sid: OTHER_SCOPE, auth_token: OTHER_TOKEN },
            { name: 'twilio-sub', sid: SUB_SCOPE, auth_token: SUB_TOKEN, parent: MAIN },
          ],
          users: [root, ...users],
          ...organization,
        },
      ],
      switches,
    },
  });
  for (const fault of faults) vendor.faults.add(fault);
  const sent: HttpRequest[] = [];
  const inner = vendor.http();
  const http: Http = {
    send: (request) => {
      if (!request.url.includes('/v2/token')) sent.push(request);
      return inner.send(request);
    },
    close: () => inner.close(),
  };
  return { clock, vendor, sent, http, random };
}

/** The world as Twilio's client wants it: one run. */
export function twilioRun(
  { http, clock, random }: Pick<OpenedTwilio, 'http' | 'clock' | 'random'>,
  wrap: (http: Http) => Http = (one) => one,
) {
  const never = new AbortController().signal;
  return {
    http: wrap(http),
    clock,
    random,
    origins: twilioOrigins(null),
    deadlineAt: clock.now() + RUN_MS,
    interrupted: never,
    graceOver: never,
  };
}

/** Whoever holds a role in the account, and its owner, as the model says it, sorted by address. */
export function twilioTruth({ vendor }: Pick<OpenedTwilio, 'vendor'>): LivePrincipal[] {
  const { people, owner } = vendor.state(MAIN);
  const live = people
    // Identities that the organization does not manage are told of by the tests that put them there.
    .filter((person) => person.status !== 'external' && (person.roles.length > 0 || person.email === owner))
    .map((person) => ({
      principal: person.email.toLowerCase(),
      principal_id: person.sid,
      status: person.status as LivePrincipal['status'],
      name: person.name,
      roles: person.email === owner ? ['owner'] : person.roles,
      groups: [],
      since: LONG_AGO,
    }));
  return live.toSorted((a, b) => (a.principal < b.principal ? -1 : 1));
}

export interface TwilioAccountWorld extends OpenedTwilio {
  readonly provider: Provider;
}

/** The vendor, and the provider of its first account as a run opens it. */
export function openTwilioAccount(options: TwilioOptions = {}): TwilioAccountWorld {
  const opened = openTwilioVendor(options);
  const world = twilioRun(opened, options.wrap);
  const { ownCredential = true, policy = {} } = options;
  const provider = createTwilioOrganizationProvider({
    policy: { ...TWILIO_POLICY, ...policy },
    organization: openTwilioOrganization(world, ORGANIZATION, CLIENT_ID, CLIENT_SECRET),
    accountSid: ownCredential ? SCOPE : null,
    authToken: ownCredential ? AUTH_TOKEN : null,
    world,
  });
  return { ...opened, provider };
}
