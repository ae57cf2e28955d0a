import { expect } from 'vitest';
import type { Fault } from '../../src/emulator/parse-fault.ts';
import { createTwilioWorld } from '../../src/emulator/twilio/create-twilio-world.ts';
import type { Roster, RosterRow } from '../../src/model.ts';
import { createTwilioAccountClient } from '../../src/provider/twilio/create-twilio-client.ts';
import { TWILIO_CONSOLE } from '../../src/provider/twilio/twilio-console-capabilities.ts';
import { createTwilioConsoleProvider } from '../../src/provider/twilio/twilio-console-provider.ts';
import { createJumpingClock, createSeededRandom } from '../support/provider-world.ts';
import { AUTH_TOKEN, SCOPE, TWILIO_POLICY, twilioRun, userSidOf } from '../support/twilio-world.ts';
import { type ContractWorld, describeProviderContract } from './contract.ts';

const LABS = 'twilio-labs';
const PLACE = { file: 'policies/rosters/twilio-labs.yaml', line: 3, column: 3 };

interface Options {
  readonly people?: number;
  readonly faults?: readonly Fault[];
  readonly ownCredential?: boolean;
  readonly attestedOn?: string;
  /** Rows that the roster has beside what the Console shows. */
  readonly more?: readonly RosterRow[];
}

/** An account that only the Console shows, a roster of what it shows, and the credential that tells keys and events. */
function contractWorld({ people = 3, faults = [], ownCredential = true, attestedOn = '2026-11-20', more = [] }: Options): ContractWorld {
  const clock = createJumpingClock();
  const random = createSeededRandom();
  const members = Array.from({ length: people }, (_, index) => ({
    sid: userSidOf(index + 1),
    email: `person-${String(index + 1).padStart(5, '0')}@acme.example`,
    roles: ['support'],
    ...(index % 3 === 2 ? { status: 'pending' as const } : {}),
  }));
  const keys = [{ name: 'deploy', sid: `SK${'1'.repeat(32)}`, created_at: '2026-10-01T09:00:00.000Z' }];
  const account = { name: LABS, sid: SCOPE, auth_token: AUTH_TOKEN, owner: 'root@acme.example', keys, members };
  const vendor = createTwilioWorld({ clock, random, seed: { consoles: [account] } });
  for (const fault of faults) vendor.faults.add(fault);
  const rows = vendor.state(LABS).people.map(
    (one): RosterRow => ({
      principal: one.email,
      roles: one.roles,
      status: one.status === 'active' ? 'active' : 'invited',
      source: PLACE,
    }),
  );
  const roster: Roster = {
    account: LABS,
    attestedBy: 'ada@acme.example',
    attestedOn,
    rows: [...rows, ...more],
    rotated: new Map(),
    reviewed: new Map(),
    source: PLACE,
  };
  const run = twilioRun({ http: vendor.http(), clock, random });
  const keysClient = ownCredential ? createTwilioAccountClient(run, SCOPE, AUTH_TOKEN) : null;
  const policy = { ...TWILIO_POLICY, name: LABS, api: 'console' as const, organization: null, file: LABS };
  return {
    provider: createTwilioConsoleProvider({ policy, roster, keysClient, clock }),
    truth: () =>
      rows
        .map(({ principal, roles, status }) => ({
          principal,
          principal_id: principal,
          status,
          name: '',
          since: null,
          roles: [...roles],
          groups: [],
        }))
        .toSorted((a, b) => (a.principal < b.principal ? -1 : 1)),
    requests: () => keysClient?.requests() ?? 0,
    arrived: () => vendor.requests.length,
    writes: () => vendor.requests.filter((request) => request.mutating).length,
    nowMs: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    raise: (principalId) => {
      // The address stands for the id here, and the log has the vendor's own.
      const sidOf = (email: string) => vendor.state(LABS).people.find((one) => one.email === email)?.sid ?? '';
      expect(vendor.console(LABS).createKey(principalId, principalId).done).toBe(true);
      return { actorId: sidOf(principalId), targetId: vendor.state(LABS).keys.at(-1)?.sid ?? '' };
    },
    secrets: [{ text: AUTH_TOKEN, sentTo: {} }],
    keys: () => vendor.state(LABS).keys.toSorted((a, b) => (a.sid < b.sid ? -1 : 1)),
  };
}

const open = (people: number, faults: readonly Fault[] = []) => contractWorld({ people, faults });
const stranger = (roles: readonly string[]): RosterRow => ({ principal: 'zoe@acme.example', roles, status: 'active', source: PLACE });

describeProviderContract({
  name: 'Twilio Console',
  capabilities: TWILIO_CONSOLE,
  open,
  sizes: [0, 1, 30],
  large: 30,
  // The people come from the roster; the one request is for the keys.
  requestsOf: () => 1,
  reads: {},
  writes: [],
  undetectable: () => null,
  log: { path: '/v1/Events' },
  credential: null,
  errors: [],
  oddities: [
    { name: 'the owner', open: () => open(3), shown: { principal: 'root@acme.example', roles: ['owner'] } },
    {
      name: 'a role that rollcall does not know',
      open: () => contractWorld({ more: [stranger(['Studio Viewer'])] }),
      shown: { principal: 'zoe@acme.example', note: expect.stringContaining('Studio Viewer') },
    },
  ],
  answered: [],
  otherAccounts: [
    {
      name: 'a roster that is 31 days old',
      open: () => contractWorld({ attestedOn: '2026-10-22' }),
      says: /31 days old, and one is believed for 30 days/,
      otherApi: null,
    },
    {
      name: 'a roster of tomorrow',
      open: () => contractWorld({ attestedOn: '2026-11-23' }),
      says: /dated in the future/,
      otherApi: null,
    },
  ],
  keys: { asked: { path: '/v1/Keys' }, withoutCredential: () => contractWorld({ ownCredential: false }) },
  raised: null,
});
