import { describe, expect, test } from 'vitest';
import { TELNYX_ORGANIZATIONS } from '../../../src/provider/telnyx/telnyx-organizations-capabilities.ts';
import { uuidOf } from '../../support/provider-world.ts';
import {
  ACCOUNT,
  accessOf,
  answering,
  GROUPS,
  manyMembers,
  OWNER,
  observationOf,
  openOrganization,
  truthOf,
} from './organization-world.ts';

const REPORT = 'users_groups_report';
const ADA = 'person-00001@acme.example';

/** A user as the vendor's report writes it, good but for the fields given. */
function rowOf(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: uuidOf(1),
    record_type: 'organization_sub_user',
    email: 'ada@acme.example',
    user_status: 'enabled',
    organization_user_bypasses_sso: false,
    created_at: '2018-02-02T22:25:27.521Z',
    last_sign_in_at: '2026-10-02T22:25:27.521Z',
    groups: [],
    ...fields,
  };
}

/** An organization whose report has these rows and whose list states as many. */
function reporting(...rows: readonly unknown[]) {
  const ids = rows.map((row) => ({ id: (row as { id?: unknown }).id }));
  const list = answering('page%5B', { data: ids.slice(0, 1), meta: { total_results: rows.length } });
  const report = answering(REPORT, { data: rows });
  return openOrganization({ wrap: (http) => report(list(http)) });
}

async function messageOf(world: ReturnType<typeof openOrganization>): Promise<string> {
  const reading = await world.provider.reader.read(null, null);
  if (reading.kind === 'complete') throw new Error('the read was taken for whole');
  return reading.message;
}

describe('reading an organization', () => {
  test.each([0, 1, 250, 1200])(
    '%i members and the owner are read in one report, and the list is asked for their number',
    async (people) => {
      const world = openOrganization({ users: manyMembers(people) });
      const reading = await world.provider.reader.read(null, null);
      expect(accessOf(reading)).toEqual(truthOf(world));
      expect(observationOf(reading).requests).toBe(2);
      expect(world.sent.map(({ url }) => new URL(url).pathname + new URL(url).search)).toEqual([
        '/v2/organizations/users/users_groups_report',
        '/v2/organizations/users?page%5Bnumber%5D=1&page%5Bsize%5D=1',
      ]);
      expect(world.sent.map(({ headers }) => headers['accept'])).toEqual(['application/json', 'application/json']);
    },
  );

  test('everybody is a member of it, in the groups that they are in, and the owner is the owner', async () => {
    const world = openOrganization();
    world.vendor.portal().addToGroup(ADA, 'Billing');
    const people = observationOf(await world.provider.reader.read(null, null)).principals;
    expect(people.map(({ principal, roles, groups, status }) => [principal, roles, groups, status])).toEqual([
      [ADA, ['member'], ['Billing', 'Organization admins'], 'active'],
      ['person-00002@acme.example', ['member'], ['Billing'], 'active'],
      ['person-00003@acme.example', ['member'], ['Billing'], 'active'],
      [OWNER, ['owner'], [], 'active'],
    ]);
  });

  test('an owner whom no list shows is nobody that is missing', async () => {
    const world = openOrganization({ switches: { organization_owner: 'hidden' } });
    expect(accessOf(await world.provider.reader.read(null, null)).map((one) => one.principal)).not.toContain(OWNER);
  });

  test('an open invitation is in no list, and whoever has accepted is', async () => {
    const world = openOrganization();
    world.vendor.portal().inviteByPortal('new@acme.example', 'member', 'New Person');
    expect(accessOf(await world.provider.reader.read(null, null))).toHaveLength(4);
    world.vendor.portal().accept('new@acme.example');
    expect(accessOf(await world.provider.reader.read(null, null)).map((one) => one.principal)).toContain('new@acme.example');
  });

  test('sign-ins and who bypasses single sign-on are told, and make no difference to what was read', async () => {
    const world = openOrganization({
      users: manyMembers(3).map((user, index) => (index === 1 ? { ...user, last_sign_in_at: null, bypasses_sso: true } : user)),
    });
    const before = observationOf(await world.provider.reader.read(null, null));
    expect(before.principals.map(({ remarks }) => remarks)).toEqual([
      ['last signed in 2026-10-02'],
      ['never signed in', 'bypasses single sign-on'],
      ['last signed in 2026-10-02'],
      ['last signed in 2026-10-23'],
    ]);
    world.vendor.portal().signIn('person-00002@acme.example');
    const after = observationOf(await world.provider.reader.read(null, null));
    expect(after.principals[1]?.remarks).toEqual(['last signed in 2026-11-22', 'bypasses single sign-on']);
    expect(after.digest).toBe(before.digest);
  });

  test('where Telnyx says nothing of sign-ins, nothing is said of them', async () => {
    const world = openOrganization({ switches: { last_sign_in: 'absent' } });
    expect(observationOf(await world.provider.reader.read(null, null)).principals.flatMap(({ remarks }) => remarks ?? [])).toEqual([]);
  });

  test.each([
    ['disabled', 'disabled'],
    ['blocked', 'blocked'],
    ['archived', 'unknown'],
  ])('a user whom Telnyx calls %s is %s', async (user_status, status) => {
    const world = reporting(rowOf({ user_status }));
    expect(accessOf(await world.provider.reader.read(null, null))).toMatchObject([{ principal: 'ada@acme.example', status }]);
  });

  test('addresses are compared in lower case, and two users of one address are left alone', async () => {
    const world = reporting(
      rowOf({ email: 'Ada@Acme.example' }),
      rowOf({ id: uuidOf(2) }),
      rowOf({ id: uuidOf(3), email: 'bob@acme.example' }),
    );
    expect(accessOf(await world.provider.reader.read(null, null)).map(({ principal, status }) => [principal, status])).toEqual([
      ['ada@acme.example', 'unknown'],
      ['ada@acme.example', 'unknown'],
      ['bob@acme.example', 'active'],
    ]);
  });

  test('whoever is in a group that its name does not tell is shown with the reason, and nobody else is', async () => {
    const one = { id: uuidOf(10), name: 'Support' };
    const world = reporting(
      rowOf({ groups: [one] }),
      rowOf({ id: uuidOf(2), email: 'bob@acme.example', groups: [{ id: uuidOf(11), name: 'Support' }] }),
      rowOf({ id: uuidOf(3), email: 'cy@acme.example', groups: [{ id: uuidOf(12), name: ' ' }] }),
      rowOf({ id: uuidOf(4), email: 'dee@acme.example', groups: [{ id: uuidOf(13), name: 'Sales' }] }),
    );
    expect(accessOf(await world.provider.reader.read(null, null)).map(({ note }) => note)).toEqual([
      'is in a permission group whose name another group has as well ("Support")',
      'is in a permission group whose name another group has as well ("Support")',
      'is in a permission group without a name',
      undefined,
    ]);
  });
});

describe('a report that cannot be believed', () => {
  test('has fewer people than the list states', async () => {
    const world = openOrganization({ faults: [{ kind: 'short_page', match: { path: REPORT }, times: 'always' }] });
    expect(await messageOf(world)).toBe('the users report has 3 users where the list states 4 (read 3 times)');
  });

  test('once, and is read again', async () => {
    const world = openOrganization({ faults: [{ kind: 'short_page', match: { path: REPORT } }] });
    expect(accessOf(await world.provider.reader.read(null, null))).toEqual(truthOf(world));
    expect(world.sent).toHaveLength(4);
  });

  test('has the owner whom the list does not count', async () => {
    const world = openOrganization({ switches: { organization_owner: 'reported' } });
    expect(await messageOf(world)).toContain('the users report has 4 users where the list states 3');
  });

  test('has somebody twice', async () => {
    const world = openOrganization({ faults: [{ kind: 'duplicate_row', match: { path: REPORT }, times: 'always' }] });
    expect(await messageOf(world)).toContain('the same user came twice');
  });

  test('lacks the one user whom the list shows', async () => {
    const world = openOrganization({ wrap: answering('page%5B', { data: [{ id: uuidOf(77) }], meta: { total_results: 4 } }) });
    expect(await messageOf(world)).toContain('the list shows a user whom the users report has not');
  });

  test('counts only when two agree, where the list states no total', async () => {
    const world = openOrganization({ switches: { total_results: 'absent' } });
    expect(accessOf(await world.provider.reader.read(null, null))).toEqual(truthOf(world));
    expect(world.sent).toHaveLength(4);
  });

  test.each([
    ['no id', { id: 'ada' }, 'a user has no valid id'],
    ['no address', { email: 'ada' }, 'a user has no e-mail address'],
    ['another kind of record', { record_type: 'sub_user' }, 'a row is neither the owner nor a member of an organization'],
    ['no status', { user_status: null }, 'a user has no status'],
    ['no groups', { groups: undefined }, 'a user has no list of groups'],
    ['a group without an id', { groups: [{ name: 'Sales' }] }, 'a group has no id or no name'],
    ['a group without a name', { groups: [{ id: uuidOf(9) }] }, 'a group has no id or no name'],
    ['one group twice', { groups: [GROUPS[0], GROUPS[0]] }, 'a user is in the same group twice'],
  ])('has a user with %s', async (_, fields, why) => {
    expect(await messageOf(reporting(rowOf(fields)))).toBe(`the users report: ${why} (read 3 times)`);
  });

  test('calls one group by two names', async () => {
    const renamed = { ...GROUPS[0], name: 'Renamed' };
    const world = reporting(rowOf({ groups: [GROUPS[0]] }), rowOf({ id: uuidOf(2), email: 'bob@acme.example', groups: [renamed] }));
    expect(await messageOf(world)).toContain('one group came with two names');
  });

  test('is no report', async () => {
    for (const document of [{}, { data: {} }, [], { data: [7] }]) {
      expect(await messageOf(openOrganization({ wrap: answering(REPORT, document) }))).toContain('the users report');
    }
    expect(await messageOf(openOrganization({ wrap: answering('page%5B', { data: [], meta: { total_results: 'four' } }) }))).toContain(
      'the list of users: the stated total is not a number',
    );
  });
});

describe('the wrong one of Telnyx’s two APIs', () => {
  test('a key of sub-users under `organizations` is told what to write, and nothing is read from the other API', async () => {
    const world = openOrganization({ api: 'sub-users', named: 'organizations' });
    expect(await messageOf(world)).toBe(
      'the users report is not there (404); this key answers to `sub-users`: set `api: sub-users` in policies/accounts/telnyx-support.yaml',
    );
    expect(world.sent).toHaveLength(2);
  });

  test('a key of an organization under `sub-users` is told the same the other way round', async () => {
    const world = openOrganization({ api: 'organizations', named: 'sub-users' });
    expect(await messageOf(world)).toBe(
      'page 1 of the sub-users is not there (404); this key answers to `organizations`: set `api: organizations` in policies/accounts/telnyx-support.yaml',
    );
    expect(world.sent).toHaveLength(2);
  });

  test('where neither answers, the reason is the named one’s', async () => {
    const faults = [{ kind: 'status', status: 404, match: { path: '/v2/' }, times: 'always' }] as const;
    expect(await messageOf(openOrganization({ faults }))).toBe(
      "the users report is not there (404): does this key's account have an organization? (read 3 times)",
    );
    expect(await messageOf(openOrganization({ faults, named: 'sub-users' }))).toContain('is this API enabled for the account?');
  });

  test('a key that answers to both is read by the one that policy names', async () => {
    for (const named of ['organizations', 'sub-users'] as const) {
      const { provider } = openOrganization({ api: 'both', named });
      expect(observationOf(await provider.reader.read(null, null)).api).toBe(named);
    }
  });
});

describe('a probe', () => {
  test('says which API the key answers to, and tries nothing that changes something', async () => {
    const world = openOrganization();
    expect(await world.provider.reader.probe()).toEqual({
      credential: 'works',
      words: 'this key answers to `organizations`',
      abilities: [
        { what: 'list people', answer: 'yes', words: "4 by the vendor's own count" },
        { what: 'invite people', answer: 'no', words: 'Telnyx has no API for it: a person does it in the portal' },
        { what: 'change groups', answer: 'no', words: 'Telnyx has no API for it: a person does it in the portal' },
        { what: 'delete people', answer: 'not tried', words: 'a probe changes nothing' },
        { what: 'read audit events', answer: 'yes', words: "0 by the vendor's own count" },
        { what: 'list API keys', answer: 'no', words: 'Telnyx has no API for it: the portal shows them' },
      ],
      otherApi: null,
    });
    expect(world.sent.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET']);
  });

  test.each([
    ['organizations', 'sub-users'],
    ['sub-users', 'organizations'],
  ] as const)('of a key for %s under `%s` says what to write', async (api, named) => {
    expect(await openOrganization({ api, named }).provider.reader.probe()).toMatchObject({
      credential: 'works',
      words: `this key answers to \`${api}\`: set \`api: ${api}\` in policies/accounts/${ACCOUNT}.yaml`,
      otherApi: api,
      abilities: expect.arrayContaining([{ what: 'list people', answer: 'no', words: 'it is not there (404)' }]),
    });
  });

  test('of a key that may not see the people says so in the vendor’s words', async () => {
    const { provider } = openOrganization({
      faults: [{ kind: 'status', status: 403, match: { path: '/organizations/users' }, times: 'always' }],
    });
    expect(await provider.reader.probe()).toMatchObject({
      credential: 'refused',
      words: expect.stringContaining('Authorization failed'),
      abilities: expect.arrayContaining([{ what: 'read audit events', answer: 'yes', words: expect.anything() }]),
    });
  });

  test('of a key that nobody knows is one request', async () => {
    const world = openOrganization({ faults: [{ kind: 'status', status: 401, times: 'always' }] });
    expect(await world.provider.reader.probe()).toMatchObject({ credential: 'refused', words: expect.stringContaining('401') });
    expect(world.sent).toHaveLength(1);
  });

  test('of a vendor that does not answer comes to nothing', async () => {
    const { provider } = openOrganization({ faults: [{ kind: 'reset_before', times: 'always' }] });
    expect(await provider.reader.probe()).toMatchObject({ credential: 'unknown', otherApi: null });
  });
});

describe('deleting', () => {
  test('is one request, and a read finds nobody afterwards', async () => {
    const { provider, vendor, sent } = openOrganization();
    expect(await provider.writer.delete(uuidOf(1))).toEqual({ kind: 'accepted', principalId: uuidOf(1) });
    expect(sent.map(({ method, url, body }) => [method, new URL(url).pathname, body])).toEqual([
      ['POST', `/v2/organizations/users/${uuidOf(1)}/actions/remove`, undefined],
    ]);
    expect(await provider.reader.readOne(uuidOf(1))).toEqual({ kind: 'absent' });
    expect(vendor.state().users).toHaveLength(2);
  });

  test.each(['disabled', 'blocked'] as const)(
    'somebody who stays in the list as %s has no access any more, so a read finds nobody',
    async (removed_user) => {
      const { provider } = openOrganization({ switches: { removed_user } });
      await provider.writer.delete(uuidOf(1));
      expect(await provider.reader.readOne(uuidOf(1))).toEqual({ kind: 'absent' });
      const people = observationOf(await provider.reader.read(null, null)).principals;
      expect(people.find((one) => one.principal === ADA)).toMatchObject({ status: removed_user });
    },
  );

  test('somebody whom Telnyx leaves enabled is still there, whatever its answer said', async () => {
    const { provider } = openOrganization({ switches: { removed_user: 'enabled' } });
    expect(await provider.writer.delete(uuidOf(1))).toMatchObject({ kind: 'accepted' });
    expect(await provider.reader.readOne(uuidOf(1))).toMatchObject({
      kind: 'present',
      live: { status: 'active', groups: ['Organization admins'] },
    });
  });

  test('somebody who is gone already is what was wanted', async () => {
    const { provider } = openOrganization();
    expect(await provider.writer.delete(uuidOf(77))).toEqual({ kind: 'accepted', principalId: uuidOf(77) });
  });

  test('the owner is never sent, once a read has shown who it is', async () => {
    for (const look of ['read', 'readOne'] as const) {
      const { provider, vendor } = openOrganization();
      const { id } = vendor.state().owner;
      await (look === 'read' ? provider.reader.read(null, null) : provider.reader.readOne(id));
      expect(await provider.writer.delete(id)).toEqual({ kind: 'refused', message: 'the owner of an organization is never deleted' });
      expect(vendor.requests.filter(({ mutating }) => mutating)).toEqual([]);
    }
  });

  test.each([
    [400, 'refused'],
    [403, 'credentials'],
  ] as const)('a %i to it is %s, in the vendor’s words', async (remove_owner_status, kind) => {
    const { provider, vendor } = openOrganization({ switches: { remove_owner_status } });
    expect(await provider.writer.delete(vendor.state().owner.id)).toEqual({
      kind,
      message: expect.stringContaining('The owner of an organization cannot be removed.'),
    });
  });

  test('what may have happened is undecided, and is not sent a second time', async () => {
    for (const fault of [{ kind: 'reset_after' }, { kind: 'status', status: 500 }, { kind: 'bad_json' }] as const) {
      const { provider, vendor } = openOrganization({ faults: [{ ...fault, match: { method: 'POST' }, times: 'always' }] });
      expect(await provider.writer.delete(uuidOf(1))).toMatchObject({ kind: 'undecided' });
      expect(vendor.requests.filter(({ mutating }) => mutating)).toHaveLength(1);
    }
  });

  test('"too many" is said with an instant to try again, and is not sent a second time', async () => {
    const { provider, vendor, clock } = openOrganization({ faults: [{ kind: 'status', status: 429, match: { method: 'POST' } }] });
    const result = await provider.writer.delete(uuidOf(1));
    expect(result).toMatchObject({ kind: 'postponed', message: expect.stringContaining('Too many requests') });
    expect(Date.parse(result.kind === 'postponed' ? (result.notBefore ?? '') : '')).toBeGreaterThanOrEqual(clock.now());
    expect(vendor.requests.filter(({ mutating }) => mutating)).toHaveLength(1);
  });

  test.each(['', '..', `${uuidOf(1)}/actions/remove`, `${uuidOf(1)}?x`, REPORT])('the id %s never becomes a path', async (id) => {
    const { provider, sent } = openOrganization();
    await expect(provider.writer.delete(id)).rejects.toThrow('not a UUID');
    await expect(provider.reader.readOne(id)).rejects.toThrow('not a UUID');
    expect(sent).toEqual([]);
  });
});

describe('what a person does in the portal', () => {
  test('never reaches the API', async () => {
    const { provider, sent } = openOrganization();
    const { writer } = provider;
    const holding = { roles: ['member'], groups: ['Billing'] };
    for (const write of [
      () => writer.invite('new@acme.example', 'New', holding),
      () => writer.patch(uuidOf(1), { roles: ['member'] }),
      () => writer.assign(uuidOf(1), 'member'),
      () => writer.unassign(uuidOf(1), 'member'),
    ]) {
      await expect(write()).rejects.toThrow('a change that a person makes in the portal');
    }
    expect(sent).toEqual([]);
  });

  const { manualSteps } = TELNYX_ORGANIZATIONS;
  const inBilling = { roles: ['member'], groups: ['Billing'] };

  test('to invite: the page, the address, the groups once it is accepted, and the read that proves it', () => {
    expect(manualSteps.invite('ada@acme.example', inBilling)).toEqual([
      'Sign in at https://portal.telnyx.com/#/app/advanced-features/organizations as the owner, or as somebody whose group has the Organization Management permission.',
      'Invite this address: ada@acme.example (Telnyx takes 10 invitations an hour, revoked ones included, and 10 open ones).',
      'Once they have accepted, open the groups and permissions there and add ada@acme.example to the group "Billing", and to no other group.',
      'No API shows what a group may do: look at its permissions in the portal first. A group with Organization Management makes an admin of everybody in it.',
      'Nothing to report back: the next read (GET /v2/organizations/users/users_groups_report) proves it when it shows ada@acme.example enabled and in the group "Billing"; until they accept it shows nobody.',
    ]);
    expect(manualSteps.invite('ada@acme.example', { roles: ['member'], groups: [] }).join('\n')).toContain('out of every group');
  });

  test('to change groups: out of what goes, into what comes, and what stays may allow the same', () => {
    const before = { roles: ['member'], groups: ['Billing', 'Organization admins'] };
    const steps = manualSteps.patch('ada@acme.example', before, { roles: ['member'], groups: ['Billing', 'Sales'] });
    expect(steps.slice(1)).toEqual([
      'Take ada@acme.example out of the group "Organization admins".',
      'Add ada@acme.example to the group "Sales".',
      'No API shows what a group may do: look at its permissions in the portal first. A group with Organization Management makes an admin of everybody in it.',
      'ada@acme.example stays in the group "Billing", and has the most that any of their groups allows: compare the groups\' permissions in the portal.',
      'Nothing to report back: the next read (GET /v2/organizations/users/users_groups_report) proves it when it shows ada@acme.example in the groups "Billing", "Sales".',
    ]);
    const only = manualSteps.patch('ada@acme.example', inBilling, { roles: ['member'], groups: [] });
    expect(only.slice(1)).toEqual([
      'Take ada@acme.example out of the group "Billing".',
      'Nothing to report back: the next read (GET /v2/organizations/users/users_groups_report) proves it when it shows ada@acme.example in no group.',
    ]);
  });

  test('where the API deleted somebody who is still enabled: out of every group, and support blocks them', () => {
    expect(manualSteps.stillThere('ada@acme.example').join('\n')).toMatch(
      /out of every group[\s\S]*support@telnyx\.com: "Please block the user ada@acme\.example[\s\S]*no longer, or blocked or disabled/,
    );
  });

  test('the name of a group writes no step of its own', () => {
    const voice = 'Voice", and add mallory@acme.example to "Admins';
    const inVoice = { roles: ['member'], groups: [voice] };
    const shown = 'the group "Voice\\u{22}, and add mallory@acme.example to \\u{22}Admins"';
    expect(manualSteps.delete('ada@acme.example', inVoice)[1]).toContain(shown);
    expect(manualSteps.patch('ada@acme.example', inBilling, inVoice)[2]).toContain(shown);
  });

  test('every list of steps names the person, and ends with how it is proved', () => {
    const lists = [
      manualSteps.invite('ada@acme.example', inBilling),
      manualSteps.patch('ada@acme.example', inBilling, { roles: ['member'], groups: [] }),
      manualSteps.delete('ada@acme.example', inBilling),
      manualSteps.stillThere('ada@acme.example'),
      manualSteps.resend('ada@acme.example'),
    ];
    for (const steps of lists) {
      expect(steps.join('\n')).toContain('ada@acme.example');
      expect(steps.at(-1)).toContain('users_groups_report');
    }
  });
});

describe('who did it', () => {
  test('the log tells who put whom into which group', async () => {
    const { provider, vendor, clock } = openOrganization();
    const since = new Date(clock.now()).toISOString();
    clock.advance(60_000);
    vendor.portal().addToGroup('person-00002@acme.example', 'Organization admins', ADA);
    expect(await provider.reader.events(since)).toMatchObject({
      kind: 'events',
      events: [{ actorId: uuidOf(1), targetId: uuidOf(2), fields: [{ field: 'groups', from: null, to: 'Organization admins' }] }],
    });
  });
});
