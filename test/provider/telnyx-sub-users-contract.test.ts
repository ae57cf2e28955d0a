import { expect } from 'vitest';
import type { Fault } from '../../src/emulator/parse-fault.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';
import { truthOf } from '../support/provider-answers.ts';
import { KEY, manyUsers, openProviderWorld, type ProviderWorld, type ProviderWorldOptions } from '../support/provider-world.ts';
import { type ContractWorld, describeProviderContract } from './contract.ts';
import { openOrganization } from './telnyx/organization-world.ts';

const LIST_ONE_PAGE = 250;
const NEWCOMER = { roles: ['member'], groups: [] };

function contractWorld(options: ProviderWorldOptions): ContractWorld {
  return actingIn(openProviderWorld(options));
}

function actingIn(world: Omit<ProviderWorld, 'reopen'>): ContractWorld {
  return {
    provider: world.provider,
    truth: () => truthOf(world),
    requests: () => world.sent.length,
    arrived: () => world.vendor.requests.length,
    writes: () => world.vendor.requests.filter((request) => request.mutating).length,
    nowMs: () => world.clock.now(),
    advance: (ms) => world.clock.advance(ms),
    raise: (principalId) => {
      const [actor] = world.vendor.state().users;
      const email = world.vendor.state().users.find((row) => row.id === principalId)?.email ?? '';
      expect(world.vendor.portal().setRole(email, 'admin', actor?.email).done).toBe(true);
      return { actorId: actor?.id ?? '', targetId: principalId };
    },
    secrets: [{ text: KEY, sentTo: {} }],
  };
}

const open = (people: number, faults: readonly Fault[] = []) => contractWorld({ users: manyUsers(people), faults });
const invite = ({ provider }: ContractWorld, address = 'new@acme.example') => provider.writer.invite(address, 'New Person', NEWCOMER);

describeProviderContract({
  name: 'Telnyx sub-users',
  capabilities: TELNYX_SUB_USERS,
  open,
  sizes: [0, 1, 249, 250, 251, 500, 1000],
  large: 501,
  requestsOf: (people) => Math.max(1, Math.ceil(people / LIST_ONE_PAGE)),
  reads: Object.fromEntries([1, 2, 3].map((page) => [`page ${page}`, { method: 'GET', path: `number%5D=${page}&` }])),
  writes: [{ method: 'POST' }, { method: 'PATCH' }, { method: 'DELETE' }],
  undetectable: (kind, read) => (kind === 'empty_list' && read === 'page 1' ? 'fewer' : null),
  log: { path: '/v2/audit_events' },
  credential: { asked: {}, opensLog: true },
  errors: [
    {
      name: "Telnyx's errors[]",
      body: { errors: [{ code: '10015', title: 'Bad Request', detail: 'not\u202e a page\u0007' }] },
      says: 'the vendor answered 400: Bad Request - not',
    },
    { name: 'an error of no known shape', body: { errors: 'none\u001b[2J' }, says: 'the vendor answered 400' },
  ],
  oddities: [
    {
      name: 'a role that nobody documented',
      open: () => open(3, [{ kind: 'unknown_role', match: { method: 'GET' }, times: 'always' }]),
      shown: { principal: 'person-00001@acme.example', roles: ['auditor'] },
    },
    {
      name: 'a status that nobody documented',
      open: () => open(3, [{ kind: 'unknown_status', match: { method: 'GET' }, times: 'always' }]),
      shown: { principal: 'person-00001@acme.example', status: 'unknown' },
    },
  ],
  answered: [
    {
      name: 'an address that is there already',
      open: () => open(3),
      write: (world) => invite(world, 'person-00002@acme.example'),
      kind: 'duplicate',
      writes: 1,
      says: /already exists/,
    },
    {
      name: 'an address with a Telnyx account of its own',
      open: () => contractWorld({ elsewhere: ['taken@acme.example'] }),
      write: (world) => invite(world, 'taken@acme.example'),
      kind: 'address_taken',
      writes: 1,
      says: /existing Telnyx account/,
    },
    {
      name: 'more open invitations than may be',
      open: () => contractWorld({ switches: { open: 0 } }),
      write: (world) => invite(world),
      kind: 'limited',
      writes: 1,
      says: /too many active invitations/,
    },
    {
      name: 'a change of somebody whom the vendor does not know',
      open: () => open(3),
      write: ({ provider }) => provider.writer.patch('00000000-0000-4000-8000-000000009999', { roles: ['admin'] }),
      kind: 'refused',
      writes: 1,
      says: /404/,
    },
  ],
  otherAccounts: [
    {
      name: 'a key of an account with organizations',
      open: () => actingIn(openOrganization({ named: 'sub-users' })),
      says: /this key answers to `organizations`/,
      otherApi: 'organizations',
    },
  ],
  keys: null,
  raised: { field: 'role', from: 'member', to: 'admin' },
});
