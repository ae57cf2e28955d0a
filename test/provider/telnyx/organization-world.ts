import { createTelnyxWorld, type TelnyxWorld } from '../../../src/emulator/create-telnyx-world.ts';
import type { Fault } from '../../../src/emulator/parse-fault.ts';
import type { TelnyxSeedAccount, TelnyxSeedUser } from '../../../src/emulator/parse-telnyx-seed.ts';
import type { TelnyxSwitches } from '../../../src/emulator/telnyx-switches.ts';
import type { LivePrincipal, Observation, Provider, Reading, Status } from '../../../src/model.ts';
import type { Http, HttpRequest } from '../../../src/ports.ts';
import { createTelnyxOrganizationsProvider } from '../../../src/provider/telnyx/telnyx-organizations-provider.ts';
import { createTelnyxProvider } from '../../../src/provider/telnyx/telnyx-provider.ts';
import { createVendorClient } from '../../../src/provider/vendor-client.ts';
import { createJumpingClock, createSeededRandom, type JumpingClock, RUN_MS, uuidOf } from '../../support/provider-world.ts';

export const ACCOUNT = 'telnyx-support';
export const KEY = 'KEY019B-canary+/=secret&key';
export const OWNER = 'root@acme.example';

/** Two groups: the first makes an admin of whoever is in it, as far as people know. */
export const GROUPS = [
  { name: 'Organization admins', id: uuidOf(9001) },
  { name: 'Billing', id: uuidOf(9002) },
];

/** So many members: every tenth an organization admin, all others in Billing. */
export function manyMembers(count: number): TelnyxSeedUser[] {
  return Array.from({ length: count }, (_, index) => ({
    id: uuidOf(index + 1),
    email: `person-${String(index + 1).padStart(5, '0')}@acme.example`,
    name: `Person ${index + 1}`,
    role: 'member',
    groups: [index % 10 === 0 ? 'Organization admins' : 'Billing'],
    last_sign_in_at: '2026-10-02T07:30:00.000Z',
  }));
}

export interface OrganizationWorldOptions {
  readonly users?: readonly TelnyxSeedUser[];
  readonly groups?: TelnyxSeedAccount['groups'];
  /** What the key answers to. */
  readonly api?: TelnyxSeedAccount['api'];
  /** What policy names. */
  readonly named?: 'organizations' | 'sub-users';
  readonly switches?: Partial<TelnyxSwitches>;
  readonly faults?: readonly Fault[];
  /** Between provider and world. */
  readonly wrap?: (http: Http) => Http;
}

export interface OrganizationWorld {
  readonly clock: JumpingClock;
  readonly vendor: TelnyxWorld;
  readonly provider: Provider;
  /** Every request that left rollcall, whether or not it arrived. */
  readonly sent: readonly HttpRequest[];
}

/** One emulated organization and the provider that is under test, without a socket. */
export function openOrganization(options: OrganizationWorldOptions = {}): OrganizationWorld {
  const { users = manyMembers(3), groups = GROUPS, api = 'organizations', named = 'organizations', switches = {}, faults = [] } = options;
  const clock = createJumpingClock();
  const random = createSeededRandom();
  const account: TelnyxSeedAccount = { name: ACCOUNT, key: KEY, api, owner: OWNER, users, groups };
  const vendor = createTelnyxWorld({ clock, random, seed: { accounts: [account], switches } });
  for (const fault of faults) vendor.faults.add(fault);
  const sent: HttpRequest[] = [];
  const inner = vendor.http();
  const counting: Http = {
    send: (request) => {
      sent.push(request);
      return inner.send(request);
    },
    close: () => inner.close(),
  };
  const never = new AbortController().signal;
  const client = createVendorClient({
    http: options.wrap?.(counting) ?? counting,
    clock,
    random,
    origin: 'https://api.telnyx.com',
    bearer: KEY,
    deadlineAt: clock.now() + RUN_MS,
    interrupted: never,
    graceOver: never,
  });
  const create = named === 'organizations' ? createTelnyxOrganizationsProvider : createTelnyxProvider;
  return { clock, vendor, provider: create(ACCOUNT, client, clock), sent };
}

const STATUSES: Readonly<Record<string, Status>> = { active: 'active', suspended: 'disabled', disabled: 'disabled', blocked: 'blocked' };

/** What is really there, as the model says it, sorted by address. */
export function truthOf({ vendor }: Pick<OrganizationWorld, 'vendor'>): LivePrincipal[] {
  const { owner, users, groups } = vendor.state();
  const rows = [owner, ...users.filter((row) => row.status !== 'invited')].map(
    (row): LivePrincipal => ({
      principal: row.email.toLowerCase(),
      principal_id: row.id,
      status: STATUSES[row.status] ?? 'unknown',
      name: '',
      roles: [row === owner ? 'owner' : 'member'],
      groups: groups.flatMap(({ name, members }) => (members.includes(row.email) ? [name] : [])).toSorted(),
      since: row.created_at,
    }),
  );
  return rows.toSorted((a, b) => (a.principal < b.principal ? -1 : 1));
}

/** What was read, without what the vendor shows beside access. */
export function accessOf(reading: Reading): LivePrincipal[] {
  return observationOf(reading).principals.map(({ remarks: _remarks, ...rest }) => rest);
}

export function observationOf(reading: Reading): Observation {
  if (reading.kind === 'incomplete') throw new Error(reading.message);
  return reading.observation;
}

/** Answers of the vendor's, but for those to paths that have this part. */
export function answering(part: string, document: unknown, status = 200): (http: Http) => Http {
  return (http) => ({
    ...http,
    send: async (request) => {
      const reply = await http.send(request);
      if (!request.url.includes(part)) return reply;
      return { kind: 'reply', status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(document) };
    },
  });
}
