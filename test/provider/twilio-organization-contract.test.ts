import { expect, test } from 'vitest';
import type { Fault } from '../../src/emulator/parse-fault.ts';
import { TWILIO_ORGANIZATION } from '../../src/provider/twilio/twilio-organization-capabilities.ts';
import {
  AUTH_TOKEN,
  CLIENT_SECRET,
  MAIN,
  manyTwilioUsers,
  OTHER_SCOPE,
  openTwilioAccount,
  ROOT,
  SUB_SCOPE,
  SUB_TOKEN,
  type TwilioOptions,
  twilioTruth,
  userSidOf,
} from '../support/twilio-world.ts';
import { type ContractWorld, describeProviderContract } from './contract.ts';

const USERS = { method: 'GET', path: '/scim/v2/Users' };
const ROLES = { method: 'GET', path: '/v2/Organizations/Roles' };
const ASSIGNMENTS = { method: 'GET', path: '/v2/Organizations/RoleAssignments?Scope=AC' };
const ADA = 'person-00001@acme.example';

function contractWorld(options: TwilioOptions): ContractWorld {
  const world = openTwilioAccount(options);
  const { vendor, provider, clock, sent } = world;
  return {
    provider,
    truth: () => twilioTruth(world),
    requests: () => sent.length,
    arrived: () => vendor.requests.length,
    writes: () => vendor.requests.filter(({ mutating, path }) => mutating && !path.startsWith('/v2/token')).length,
    nowMs: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    raise: (principalId) => {
      const email = vendor.state(MAIN).people.find((one) => one.sid === principalId)?.email ?? '';
      expect(vendor.portal(MAIN).giveRole(email, 'administrator', ADA).done).toBe(true);
      return { actorId: userSidOf(1), targetId: principalId };
    },
    secrets: [
      { text: CLIENT_SECRET, sentTo: { path: '/v2/token' } },
      // The list of subaccounts shows this one in clear.
      { text: SUB_TOKEN, sentTo: null },
      ...['/v1/Keys', '/v1/Events', '/2010-04-01/'].map((path) => ({ text: AUTH_TOKEN, sentTo: { path } })),
    ],
    keys: () => vendor.state(MAIN).keys,
  };
}

const open = (people: number, faults: readonly Fault[] = []) => contractWorld({ users: manyTwilioUsers(people), faults });
const NOBODY = { roles: [], groups: [] };
const invite = async (world: ContractWorld, address: string) => {
  await world.provider.reader.read(null, null);
  return world.provider.writer.invite(address, 'New Person', NOBODY);
};

describeProviderContract({
  name: 'Twilio organization',
  capabilities: TWILIO_ORGANIZATION,
  open,
  sizes: [1, 99, 100, 101, 250],
  large: 101,
  requestsOf: (people) => 7 + 2 * Math.max(1, Math.ceil(people / 100)),
  reads: { 'the users': USERS, 'the roles': ROLES, 'the role assignments': ASSIGNMENTS },
  writes: [{ method: 'POST', path: '/scim/' }, { method: 'POST', path: '/RoleAssignments' }, { method: 'PATCH' }, { method: 'DELETE' }],
  undetectable: (kind, read) => {
    // No list but that of the users states a total; a lie that is told twice is the truth, as far as anybody can tell.
    if (read === 'the role assignments') return ['short_page', 'empty_page', 'empty_list'].includes(kind) ? 'fewer' : null;
    if (read === 'the users') return kind === 'empty_list' ? 'unclear' : null;
    return ['short_page', 'empty_page', 'empty_list'].includes(kind) ? 'unclear' : null;
  },
  log: { path: '/v1/Events' },
  credential: { asked: { path: '/v2/token' }, opensLog: false },
  errors: [
    {
      name: 'an error of SCIM',
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], detail: 'not\u202e now\u0007', status: '400', code: 25_001 },
      says: 'the vendor answered 400 (25001): not',
    },
    {
      name: "an error in Twilio's classic form",
      body: { code: 20_001, message: 'Invalid\u202e request\u0007', more_info: 'https://www.twilio.com/docs/errors/20001', status: 400 },
      says: 'the vendor answered 400 (20001): Invalid',
    },
    {
      name: 'an error of RFC 9457',
      body: { type: 'https://www.twilio.com/docs/api/errors/20001', title: 'Invalid\u202e', detail: 'no\u0007', status: 400, code: 20_001 },
      says: 'the vendor answered 400 (20001): Invalid',
    },
  ],
  oddities: [
    {
      name: 'the owner by the accounts listing',
      open: () => open(3),
      shown: { principal: 'root@acme.example', principal_id: ROOT, roles: ['owner'] },
    },
    {
      name: 'an identity outside SCIM',
      open: () => {
        const sid = userSidOf(999);
        const sven = { sid, email: 'sven@partner.example', name: 'Sven', roles: [{ role: 'support', scope: MAIN }] };
        return contractWorld({ organization: { externals: [sven] } });
      },
      shown: { principal: userSidOf(999).toLowerCase(), status: 'unknown', note: expect.stringContaining('an identity outside SCIM') },
    },
    {
      name: 'a role that the live list does not have',
      open: () => {
        const role = `IX${'9'.repeat(32)}`;
        return contractWorld({ users: manyTwilioUsers(3).map((user) => ({ ...user, roles: [{ role, scope: MAIN }] })) });
      },
      shown: { principal: ADA, note: expect.stringContaining('IX999') },
    },
  ],
  answered: [
    {
      name: 'an address whose domain the organization has not verified',
      open: () => open(3),
      write: (world) => invite(world, 'new@other.example'),
      kind: 'address_taken',
      writes: 1,
      says: /25017/,
    },
    {
      name: 'an address with a login elsewhere',
      open: () => contractWorld({ organization: { elsewhere: ['taken@acme.example'] } }),
      write: (world) => invite(world, 'taken@acme.example'),
      kind: 'address_taken',
      writes: 1,
      says: /25022/,
    },
    {
      name: 'somebody who was changed since they were read',
      open: () => {
        const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], detail: 'Version conflict', status: '409', code: 25_020 };
        return open(3, [{ kind: 'status', status: 409, body, match: { method: 'PATCH' }, times: 'always' }]);
      },
      write: async ({ provider }) => provider.writer.patch(userSidOf(1), { name: 'Other Person' }),
      kind: 'stale',
      writes: 1,
      says: /25020.*Version conflict/,
    },
    {
      name: 'a change of the owner of the organization',
      open: () => open(3),
      write: async ({ provider }) => provider.writer.patch(ROOT, { name: 'Other Person' }),
      kind: 'refused',
      writes: 1,
      says: /25016/,
    },
    {
      name: 'a role for an identity that the organization does not manage',
      open: () => {
        const sven = { sid: userSidOf(999), email: 'sven@partner.example', name: 'Sven', roles: [{ role: 'support', scope: MAIN }] };
        return contractWorld({ organization: { externals: [sven] } });
      },
      write: async ({ provider }) => {
        await provider.reader.read(null, null);
        return provider.writer.assign(userSidOf(999), 'developer');
      },
      kind: 'refused',
      writes: 1,
      says: /25201/,
    },
    {
      name: 'a change that is answered with 200 and not made',
      open: () =>
        contractWorld({
          users: manyTwilioUsers(3).map((user) => ({ ...user, status: 'inactive' })),
          switches: { patch_active: 'ignored' },
        }),
      write: async ({ provider }) => provider.writer.patch(userSidOf(1), { active: true }),
      kind: 'refused',
      writes: 1,
      says: /answered 200 and changed nothing/,
    },
  ],
  otherAccounts: [
    {
      name: 'an account that the organization does not manage',
      open: () => contractWorld({ policy: { scope: `AC${'d'.repeat(32)}` }, ownCredential: false }),
      says: /AC(d{32}).*is not a managed account/,
      otherApi: null,
    },
    {
      name: 'a credential of another account of the same organization',
      open: () => contractWorld({ policy: { scope: OTHER_SCOPE } }),
      says: /ACCOUNT_SID is AC(0a)+, and policy's scope is AC(0b)+/,
      otherApi: null,
    },
  ],
  keys: { asked: { path: '/v1/Keys' }, withoutCredential: () => contractWorld({ ownCredential: false }) },
  raised: null,
});

test('the accounts below are told by SID and name, without the tokens that their list shows in clear', async () => {
  const { provider, vendor } = openTwilioAccount();
  const reading = await provider.reader.read(null, null);
  expect(reading).toMatchObject({ kind: 'complete', observation: { subaccounts: [{ sid: SUB_SCOPE, name: 'twilio-sub' }] } });
  expect(vendor.requests.some(({ path }) => path.startsWith('/2010-04-01/Accounts.json'))).toBe(true);
});
