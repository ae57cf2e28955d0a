import { describe, expect, test } from 'vitest';
import type { OrganizationUser } from '../../src/emulator/list-organization-users.ts';
import { parseTelnyxSeed } from '../../src/emulator/parse-telnyx-seed.ts';
import type { TelnyxSwitches } from '../../src/emulator/telnyx-switches.ts';
import { ADA, type Answer, GRACE, KEY, NOBODY, OTHER_KEY, openWorld, type TestWorld } from './world-for-tests.ts';

const USERS = '/v2/organizations/users';
const ADMINS = '33333333-3333-4333-8333-333333333333';
const SEED = {
  accounts: [
    {
      name: 'telnyx-support',
      key: KEY,
      api: 'organizations' as const,
      owner: 'root@acme.example',
      groups: [{ name: 'Organization admins', id: ADMINS }, { name: 'Billing' }],
      users: [
        { email: 'ada@acme.example', name: 'Ada', role: 'member', id: ADA, groups: ['Organization admins', 'Billing'], bypasses_sso: true },
        { email: 'Grace@acme.example', name: 'Grace', role: 'member', id: GRACE, last_sign_in_at: null },
        { email: 'ina@acme.example', name: 'Ina', role: 'member', status: 'invited' },
      ],
    },
    { name: 'telnyx-both', key: OTHER_KEY, api: 'both' as const, owner: 'root@acme.example', users: [] },
  ],
};

function open(switches: Partial<TelnyxSwitches> = {}): TestWorld {
  return openWorld(switches, SEED);
}

function usersOf(answer: Answer): readonly OrganizationUser[] {
  return (JSON.parse(answer.body) as { data: OrganizationUser[] }).data;
}

function emailsOf(answer: Answer): readonly string[] {
  return usersOf(answer).map((user) => user.email);
}

function report({ ask }: TestWorld): readonly OrganizationUser[] {
  return usersOf(ask('GET', `${USERS}/users_groups_report`));
}

describe('which API an account answers to', () => {
  test('is the one that its seed says, or both; the other is not there', () => {
    const { ask } = open();
    expect(ask('GET', USERS).status).toBe(200);
    expect(ask('GET', '/v2/sub_users')).toMatchObject({ status: 404, code: '10005' });
    expect(ask('GET', '/v2/audit_events').status).toBe(200);
    expect(ask('GET', USERS, undefined, OTHER_KEY).status).toBe(200);
    expect(ask('GET', '/v2/sub_users', undefined, OTHER_KEY).status).toBe(200);
    expect(openWorld().ask('GET', USERS)).toMatchObject({ status: 404, code: '10005' });
    expect(openWorld().ask('GET', '/v2/sub_users').status).toBe(200);
  });

  test('a key that no account has opens neither', () => {
    expect(open().ask('GET', USERS, undefined, 'KEY-unknown')).toMatchObject({ status: 401, code: '10009' });
  });
});

describe('the users of an organization', () => {
  test('are written as the specification has them: without name and role, the owner as the owner, invitations not at all', () => {
    expect(report(open())).toEqual([
      {
        id: ADA,
        record_type: 'organization_sub_user',
        email: 'ada@acme.example',
        user_status: 'enabled',
        organization_user_bypasses_sso: true,
        created_at: '2026-10-23T09:00:00.000Z',
        last_sign_in_at: '2026-10-23T09:00:00.000Z',
        groups: [
          { id: ADMINS, name: 'Organization admins' },
          { id: expect.any(String), name: 'Billing' },
        ],
      },
      expect.objectContaining({ id: GRACE, last_sign_in_at: null, organization_user_bypasses_sso: false, groups: [] }),
      expect.objectContaining({ record_type: 'organization_owner', email: 'root@acme.example', user_status: 'enabled', groups: [] }),
    ]);
  });

  test('are listed in pages of 250 unless asked otherwise, with the totals and no link to the next page', () => {
    const { ask } = open();
    expect(JSON.parse(ask('GET', USERS).body).meta).toEqual({ total_pages: 1, total_results: 3, page_number: 1, page_size: 250 });
    const second = ask('GET', `${USERS}?page[number]=2&page[size]=2`);
    expect(emailsOf(second)).toEqual(['root@acme.example']);
    expect(JSON.parse(second.body).meta).toEqual({ total_pages: 2, total_results: 3, page_number: 2, page_size: 2 });
  });

  test('have their groups in the list, and alone, only when asked for', () => {
    const { ask } = open();
    expect(usersOf(ask('GET', USERS))[0]).not.toHaveProperty('groups');
    expect(usersOf(ask('GET', `${USERS}?include_groups=true`))[0]?.groups).toHaveLength(2);
    expect(ask('GET', `${USERS}/${ADA}`).user).not.toHaveProperty('groups');
    expect(ask('GET', `${USERS}/${ADA}?include_groups=true`).user).toMatchObject({ id: ADA, groups: [{ id: ADMINS }, {}] });
  });

  test('are found by a part of their address, in any case, and by status', () => {
    const { ask, world } = open();
    world.portal('telnyx-support').block('ada@acme.example');
    expect(emailsOf(ask('GET', `${USERS}?filter[email]=GRACE`))).toEqual(['Grace@acme.example']);
    expect(emailsOf(ask('GET', `${USERS}?filter[email]=acme`))).toHaveLength(3);
    expect(emailsOf(ask('GET', `${USERS}?filter[user_status]=blocked`))).toEqual(['ada@acme.example']);
    expect(ask('GET', `${USERS}?filter[user_status]=bogus`)).toMatchObject({ status: 400, code: '10015' });
  });

  test('alone: who is not there, who is only invited, and what is no id', () => {
    const { ask, world } = open();
    const invited = world.state('telnyx-support').users.find((row) => row.status === 'invited')?.id;
    expect(ask('GET', `${USERS}/${NOBODY}`)).toMatchObject({ status: 404, code: '10005' });
    expect(ask('GET', `${USERS}/${invited}`)).toMatchObject({ status: 404, code: '10005' });
    expect(ask('GET', `${USERS}/7`)).toMatchObject({ status: 400, code: '10015' });
    expect(ask('GET', `${USERS}/${world.state('telnyx-support').owner.id}`).user).toMatchObject({ record_type: 'organization_owner' });
  });

  test('cannot be written to in any other way than by removing', () => {
    const { ask } = open();
    expect(ask('POST', USERS, { email: 'new@acme.example' })).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    expect(ask('PATCH', `${USERS}/${ADA}`, {})).toMatchObject({ status: 405, headers: { allow: 'GET' } });
    expect(ask('DELETE', `${USERS}/${ADA}`)).toMatchObject({ status: 405 });
    expect(ask('GET', `${USERS}/${ADA}/actions/remove`)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(ask('POST', `${USERS}/${ADA}/actions/block`)).toMatchObject({ status: 404 });
    expect(ask('POST', `${USERS}/users_groups_report`)).toMatchObject({ status: 405 });
  });
});

describe('removing a user', () => {
  test('answers 200 with the user, and they are gone', () => {
    const { ask, world } = open();
    expect(ask('POST', `${USERS}/${ADA}/actions/remove`)).toMatchObject({ status: 200, user: { id: ADA } });
    expect(ask('GET', `${USERS}/${ADA}`).status).toBe(404);
    expect(ask('POST', `${USERS}/${ADA}/actions/remove`)).toMatchObject({ status: 404, code: '10005' });
    expect(world.state('telnyx-support').groups.map(({ members }) => members)).toEqual([[], []]);
  });

  test.each(['disabled', 'blocked', 'enabled'] as const)('may leave them %s, since nothing says what becomes of them', (removed_user) => {
    const { ask } = open({ removed_user });
    expect(ask('POST', `${USERS}/${ADA}/actions/remove`).user).toMatchObject({ user_status: removed_user });
    expect(ask('GET', `${USERS}/${ADA}`).user).toMatchObject({ user_status: removed_user });
  });

  test('does not remove the owner', () => {
    for (const remove_owner_status of [400, 403] as const) {
      const { ask, world } = open({ remove_owner_status });
      expect(ask('POST', `${USERS}/${world.state('telnyx-support').owner.id}/actions/remove`).status).toBe(remove_owner_status);
    }
  });
});

describe('the unknowns of an organization', () => {
  test('the owner is in the report and the list, in the report alone, or in neither', () => {
    const counts = (['listed', 'reported', 'hidden'] as const).map((organization_owner) => {
      const opened = open({ organization_owner });
      return [report(opened).length, usersOf(opened.ask('GET', USERS)).length];
    });
    expect(counts).toEqual([
      [3, 3],
      [3, 2],
      [2, 2],
    ]);
  });

  test('sign-ins are told, null or absent; totals may be absent', () => {
    expect(report(open({ last_sign_in: 'null' })).map((user) => user.last_sign_in_at)).toEqual([null, null, null]);
    expect(report(open({ last_sign_in: 'absent' }))[0]).not.toHaveProperty('last_sign_in_at');
    const { meta } = JSON.parse(open({ total_results: 'absent' }).ask('GET', USERS).body) as { meta: object };
    expect(meta).toEqual({ page_number: 1, page_size: 250 });
  });

  test('reads may be late, of groups as well', () => {
    const opened = open({ read_lag_ms: 5_000 });
    opened.world.portal('telnyx-support').addToGroup('Grace@acme.example', 'Billing');
    const groupsOfGrace = () =>
      report(opened)
        .find((user) => user.id === GRACE)
        ?.groups?.map(({ name }) => name);
    expect(groupsOfGrace()).toEqual([]);
    opened.clock.advance(5_000);
    expect(groupsOfGrace()).toEqual(['Billing']);
  });

  test('a list may lie about an organization as it may about sub-users', () => {
    const opened = open();
    const ask = (path: string) => {
      const delivery = opened.world.deliver({ method: 'GET', path, headers: { authorization: `Bearer ${KEY}` }, body: '' });
      return 'reply' in delivery ? (JSON.parse(delivery.reply.body) as { data: OrganizationUser[] }).data : [];
    };
    opened.world.faults.add({ kind: 'short_page' });
    expect(ask(`${USERS}/users_groups_report`)).toHaveLength(2);
    opened.world.faults.add({ kind: 'unknown_status' });
    expect(ask(`${USERS}/users_groups_report`)[0]?.user_status).toBe('dormant');
  });
});

describe('people in the portal of an organization', () => {
  const openPortal = () => {
    const opened = open();
    return { ...opened, portal: opened.world.portal('telnyx-support'), state: () => opened.world.state('telnyx-support') };
  };
  const members = (opened: ReturnType<typeof openPortal>) => opened.state().groups.map(({ name, members: who }) => [name, who]);

  test('make groups, put people in and take them out', () => {
    const opened = openPortal();
    expect(opened.portal.createGroup('Sales').done).toBe(true);
    expect(opened.portal.addToGroup('Grace@acme.example', 'Sales').done).toBe(true);
    expect(opened.portal.addToGroup('Grace@acme.example', 'Sales').done).toBe(true);
    expect(opened.portal.takeFromGroup('ada@acme.example', ADMINS).done).toBe(true);
    expect(members(opened)).toEqual([
      ['Organization admins', []],
      ['Billing', ['ada@acme.example']],
      ['Sales', ['Grace@acme.example']],
    ]);
  });

  test('cannot put in who is nobody or has not accepted, nor into a group that is none', () => {
    const { portal } = openPortal();
    expect(portal.addToGroup('ina@acme.example', 'Billing')).toEqual({ done: false, why: 'the invitation is not accepted yet' });
    expect(portal.addToGroup('bob@acme.example', 'Billing')).toEqual({ done: false, why: 'no sub-user has this address' });
    expect(portal.addToGroup('ada@acme.example', 'Sales')).toEqual({ done: false, why: 'there is no such group' });
    expect(portal.addToGroup('Grace@acme.example', 'Billing', 'bob@acme.example').done).toBe(false);
  });

  test('sign in, bypass single sign-on, and are blocked by support', () => {
    const opened = openPortal();
    opened.clock.advance(60_000);
    opened.portal.signIn('Grace@acme.example');
    opened.portal.signIn('root@acme.example');
    opened.portal.setSsoBypass('Grace@acme.example', true);
    opened.portal.block('Grace@acme.example');
    const [, grace, owner] = report(opened);
    expect(grace).toMatchObject({
      user_status: 'blocked',
      last_sign_in_at: '2026-11-22T09:01:00.000Z',
      organization_user_bypasses_sso: true,
    });
    expect(owner?.last_sign_in_at).toBe('2026-11-22T09:01:00.000Z');
    opened.portal.unblock('Grace@acme.example');
    expect(report(opened)[1]?.user_status).toBe('enabled');
    opened.portal.suspend('Grace@acme.example');
    expect(report(opened)[1]?.user_status).toBe('disabled');
  });

  test('are in the audit log with what they did to a group', () => {
    const { portal, ask } = openPortal();
    portal.addToGroup('Grace@acme.example', 'Billing', 'ada@acme.example');
    portal.takeFromGroup('Grace@acme.example', 'Billing');
    const { data } = JSON.parse(ask('GET', '/v2/audit_events').body) as { data: unknown[] };
    expect(data).toMatchObject([
      {
        user_id: ADA,
        change_made_by: 'organization_member',
        resource_id: GRACE,
        change_type: 'update',
        changes: [{ field: 'groups', from: null, to: 'Billing' }],
      },
      { change_made_by: 'account_owner', resource_id: GRACE, changes: [{ field: 'groups', from: 'Billing', to: null }] },
    ]);
  });

  test('act through the control endpoint as well', () => {
    const opened = openPortal();
    const act = (path: string, fields: object) =>
      opened.world.act(path, { account: 'telnyx-support', email: 'Grace@acme.example', ...fields }, (why) => {
        throw new Error(why);
      });
    for (const [path, fields] of [
      ['/create-group', { email: 'root@acme.example', group: 'Sales' }],
      ['/add-to-group', { group: 'Sales' }],
      ['/add-to-group', { group: 'Billing', by: 'ada@acme.example' }],
      ['/take-from-group', { group: 'Billing' }],
      ['/sign-in', {}],
      ['/sso-bypass', { bypasses: true }],
      ['/block', {}],
      ['/unblock', {}],
    ] as const) {
      expect(act(path, fields)).toMatchObject({ done: true });
    }
    expect(report(opened)[1]).toMatchObject({ organization_user_bypasses_sso: true, groups: [{ name: 'Sales' }], user_status: 'enabled' });
    expect(() => act('/sso-bypass', { bypasses: 'yes' })).toThrow('bypasses is neither true nor false');
  });
});

describe('the seed of an organization', () => {
  const account = { name: 'a', key: 'KEY1', owner: 'root@acme.example', api: 'organizations' };
  const withUser = (fields: object, groups: unknown = [{ name: 'Billing' }]) => ({
    accounts: [{ ...account, groups, users: [{ email: 'ada@acme.example', name: 'Ada', role: 'member', ...fields }] }],
  });

  test('is read as it stands', () => {
    const fields = { groups: ['Billing'], last_sign_in_at: '2026-10-02T00:00:00.000Z', bypasses_sso: true };
    expect(parseTelnyxSeed(withUser(fields)).accounts[0]).toMatchObject({
      api: 'organizations',
      groups: [{ name: 'Billing' }],
      users: [fields],
    });
    expect(parseTelnyxSeed(SEED).accounts).toMatchObject(SEED.accounts);
  });

  test.each([
    [
      'an API that is none',
      { accounts: [{ ...account, api: 'users', users: [] }] },
      'accounts[0].api is not one of sub-users, organizations, both',
    ],
    ['groups that are no list', withUser({}, {}), 'accounts[0].groups is not a list'],
    ['a group without a name', withUser({}, [{ name: '' }]), 'accounts[0].groups[0].name is not a text of at least one character'],
    ['a group whose id is no UUID', withUser({}, [{ name: 'Sales', id: '7' }]), 'accounts[0].groups[0].id is not a UUID'],
    ['a group that is not there', withUser({ groups: ['Sales'] }), 'accounts[0].users[0].groups[0] names a group that the account has not'],
    ['a user whose groups are no list', withUser({ groups: 'Billing' }), 'accounts[0].users[0].groups is not a list'],
    ['a sign-in that is none', withUser({ last_sign_in_at: 'soon' }), 'accounts[0].users[0].last_sign_in_at is not an instant'],
    ['a bypass that is none', withUser({ bypasses_sso: 'yes' }), 'accounts[0].users[0].bypasses_sso is neither true nor false'],
  ])('refuses %s', (_, seed, why) => {
    expect(() => parseTelnyxSeed(seed, 'seed.json')).toThrow(why);
  });
});
