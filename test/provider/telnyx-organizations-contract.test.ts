import { expect } from 'vitest';
import type { Fault } from '../../src/emulator/parse-fault.ts';
import type { LivePrincipal } from '../../src/model.ts';
import { TELNYX_ORGANIZATIONS } from '../../src/provider/telnyx/telnyx-organizations-capabilities.ts';
import { uuidOf } from '../support/provider-world.ts';
import { type ContractWorld, describeProviderContract } from './contract.ts';
import { KEY, manyMembers, type OrganizationWorldOptions, openOrganization, truthOf } from './telnyx/organization-world.ts';

const REPORT = { method: 'GET', path: '/users_groups_report' };
const COUNT = { method: 'GET', path: '/organizations/users?' };
const MANAGERS = 'Organization admins';

function contractWorld(options: OrganizationWorldOptions): ContractWorld {
  const world = openOrganization(options);
  const { vendor, provider, clock, sent } = world;
  return {
    provider,
    truth: () => truthOf(world).map(withRemark),
    requests: () => sent.length,
    arrived: () => vendor.requests.length,
    writes: () => vendor.requests.filter((request) => request.mutating).length,
    nowMs: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    raise: (principalId) => {
      const [actor] = vendor.state().users;
      const email = vendor.state().users.find((row) => row.id === principalId)?.email ?? '';
      expect(vendor.portal().addToGroup(email, MANAGERS, actor?.email).done).toBe(true);
      return { actorId: actor?.id ?? '', targetId: principalId };
    },
    secrets: [{ text: KEY, sentTo: {} }],
  };
}

function withRemark(live: LivePrincipal): LivePrincipal {
  return { ...live, remarks: [`last signed in ${live.roles.includes('owner') ? live.since?.slice(0, 10) : '2026-10-02'}`] };
}

const open = (people: number, faults: readonly Fault[] = []) => contractWorld({ users: manyMembers(people), faults });
const [ADA, ...others] = manyMembers(3);

describeProviderContract({
  name: 'Telnyx organizations',
  capabilities: TELNYX_ORGANIZATIONS,
  open,
  sizes: [0, 1, 249, 250, 251, 1000],
  large: 501,
  requestsOf: () => 2,
  reads: { 'the users report': REPORT, 'the total of the list': COUNT },
  writes: [{ method: 'POST' }],
  undetectable: () => null,
  log: { path: '/v2/audit_events' },
  credential: { asked: {}, opensLog: true },
  errors: [
    {
      name: "Telnyx's errors[]",
      body: { errors: [{ code: '10015', title: 'Bad Request', detail: 'not\u202e a page\u0007' }] },
      says: 'the vendor answered 400: Bad Request - not',
    },
  ],
  oddities: [
    { name: 'the owner', open: () => open(3), shown: { principal: 'root@acme.example', roles: ['owner'] } },
    {
      name: 'somebody whom support has blocked',
      open: () => contractWorld({ users: [...others, ...manyMembers(1).map((user) => ({ ...user, status: 'blocked' }))] }),
      shown: { principal: ADA?.email, status: 'blocked' },
    },
    {
      name: 'somebody in one of two groups of the same name',
      open: () => {
        const groups = [9001, 9002].map((id) => ({ name: 'Twice', id: uuidOf(id) }));
        const users = manyMembers(2).map((user, index) => ({ ...user, groups: [uuidOf(9001 + index)] }));
        return contractWorld({ groups, users });
      },
      shown: { groups: ['Twice'], note: 'is in a permission group whose name another group has as well ("Twice")' },
    },
    {
      name: 'somebody who bypasses single sign-on and never signed in',
      open: () => contractWorld({ users: manyMembers(3).map((user) => ({ ...user, bypasses_sso: true, last_sign_in_at: null })) }),
      shown: { principal: ADA?.email, remarks: ['never signed in', 'bypasses single sign-on'] },
    },
  ],
  answered: [
    {
      name: 'the owner of the organization',
      open: () => open(3),
      write: async (world) => {
        await world.provider.reader.read(null, null);
        return world.provider.writer.delete(world.truth().find((one) => one.roles.includes('owner'))?.principal_id ?? '');
      },
      kind: 'refused',
      writes: 0,
      says: /owner/,
    },
    {
      name: 'a delete that the vendor forbids',
      open: () => open(3, [{ kind: 'status', status: 400, match: { method: 'POST' }, times: 'always' }]),
      write: (world) => world.provider.writer.delete(world.truth()[0]?.principal_id ?? ''),
      kind: 'refused',
      writes: 1,
      says: /Bad Request/,
    },
  ],
  otherAccounts: [
    {
      name: 'a key of an account with sub-users',
      open: () => contractWorld({ api: 'sub-users' }),
      says: /this key answers to `sub-users`/,
      otherApi: 'sub-users',
    },
  ],
  keys: null,
  raised: { field: 'groups', from: null, to: MANAGERS },
});
