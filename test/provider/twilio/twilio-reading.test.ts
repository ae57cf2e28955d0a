import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/emulator/parse-fault.ts';
import { jsonAnswer } from '../../support/provider-world.ts';
import {
  ADA,
  AUTH_TOKEN,
  BEN,
  CAI,
  CLIENT_SECRET,
  holdings,
  LABS,
  MAIN,
  OTHER_AUTH_TOKEN,
  observationOf,
  observe,
  openWorld,
  PEOPLE,
  ROOT,
  whyUnread,
  writesOf,
} from './twilio-world.ts';

const STRANGE_ROLE = `IX${'9'.repeat(32)}`;

describe('who holds what in an account of an organization', () => {
  test('whoever holds a role in its scope, by policy words, with the owner by the accounts listing', async () => {
    const world = openWorld();
    const observation = await observe(world);
    expect(holdings(observation.principals)).toEqual([
      'ada@acme.example active administrator',
      'ben@acme.example active billing_manager+developer',
      'root@acme.example active owner',
    ]);
    expect(observation.principals[1]).toMatchObject({ principal_id: BEN, name: 'Ben Wu', groups: [] });
    expect(observation.notes).toEqual([]);
  });

  test('an inactive login without a role is kept apart, so that it can be activated rather than made again', async () => {
    const observation = await observe(openWorld());
    expect(observation.without).toMatchObject([{ principal: 'cai@acme.example', principal_id: CAI, status: 'inactive', roles: [] }]);
  });

  test('an inactive login that still holds roles is shown with them', async () => {
    const world = openWorld();
    world.vendor.portal('main').deactivate('ada@acme.example');
    expect(holdings((await observe(world)).principals)[0]).toBe('ada@acme.example inactive administrator');
  });

  test('product roles by their friendly names, and which of them can be given here', async () => {
    const world = openWorld();
    world.vendor.portal('main').giveRole('ben@acme.example', 'Studio Viewer');
    const observation = await observe(world);
    expect(holdings(observation.principals)[1]).toBe('ben@acme.example active Studio Viewer+billing_manager+developer');
    expect(observation.productRoles).toContain('Account API Access Admin');
    expect(observation.productRoles).not.toContain('Organization Admin');
    expect(observation.productRoles).not.toContain('Administrator');
  });

  test('a role that the live list does not have stands by its SID, and says so', async () => {
    const world = openWorld();
    world.vendor.portal('main').takeRole('ada@acme.example', 'administrator');
    world.vendor.portal('main').giveRole('ada@acme.example', STRANGE_ROLE);
    const ada = (await observe(world)).principals.find((one) => one.principal_id === ADA);
    expect(ada?.roles).toEqual([STRANGE_ROLE]);
    expect(ada?.note).toBe(`holds a role that the live list of roles does not have (${STRANGE_ROLE})`);
  });

  test('beside other roles it is a remark, so that it shields itself alone', async () => {
    const world = openWorld();
    world.vendor.portal('main').giveRole('ben@acme.example', STRANGE_ROLE);
    const ben = (await observe(world)).principals.find((one) => one.principal_id === BEN);
    expect(ben?.roles).toEqual(['billing_manager', 'developer']);
    expect(ben?.note).toBeUndefined();
    expect(ben?.remarks).toEqual([`holds a role that the live list of roles does not have (${STRANGE_ROLE}), which stays as it is`]);
  });

  test('an identity outside SCIM is known by its SID alone', async () => {
    const world = openWorld();
    world.vendor.portal('main').addExternal('guest@elsewhere.example', 'developer');
    const guest = (await observe(world)).principals.find((one) => one.note !== undefined);
    expect(guest?.principal).toMatch(/^us[0-9a-f]{32}$/);
    expect(guest).toMatchObject({ status: 'unknown', roles: ['developer'] });
    expect(guest?.note).toContain('an identity outside SCIM (US');
  });

  test('a role on one resource is a remark, and no access of its own', async () => {
    const world = openWorld();
    const portal = world.vendor.portal('main');
    portal.giveResourceRole('ada@acme.example', 'Studio Viewer', 'billing_group', 'BG1');
    portal.createUser('dee@acme.example', 'Dee Only');
    portal.giveResourceRole('dee@acme.example', 'Studio Viewer', 'billing_group', 'BG1');
    const observation = await observe(world);
    expect(observation.principals[0]).toMatchObject({
      roles: ['administrator'],
      remarks: ['holds "Studio Viewer" on one resource (billing_group BG1)'],
    });
    expect(observation.principals.map((one) => one.principal)).not.toContain('dee@acme.example');
    expect(observation.reach).toContainEqual({
      principal: 'dee@acme.example',
      role: 'Studio Viewer',
      through: 'one resource (billing_group BG1)',
    });
  });

  test('the id of a resource, and a name of the vendor, write no sentence of their own', async () => {
    const world = openWorld();
    const portal = world.vendor.portal('main');
    const id = 'x). All is well, and mallory@evil.example may stay: see [the list](https://evil.example). (';
    portal.giveResourceRole('ada@acme.example', 'Studio Viewer', 'billing_group', id);
    portal.createUser('dee@acme.example', 'Dee Only');
    portal.giveResourceRole('dee@acme.example', 'Studio Viewer', 'billing_group', id);
    const { principals, reach } = await observe(world);
    expect(principals[0]?.remarks?.join()).toMatch(
      /^holds "Studio Viewer" on one resource \(billing_group x\\u\{29\}\.\\u\{20\}All\\u\{20\}is/,
    );
    expect(JSON.stringify([principals, reach])).not.toMatch(/All is well|mallory@evil/);
  });

  test('a login whose name is no address hides nobody else, and is shown by its SID where it holds a role', async () => {
    const withBots = (...emails: readonly string[]) =>
      openWorld({
        answer: async (request, next) => {
          const reply = await next();
          if (reply.kind !== 'reply' || !request.url.includes('/scim/v2/Users')) return reply;
          const bot = (user: { userName: string }) => (emails.includes(user.userName) ? { ...user, userName: 'svc "bot"' } : user);
          const document = JSON.parse(reply.body);
          const body = document.Resources === undefined ? bot(document) : { ...document, Resources: document.Resources.map(bot) };
          return { ...reply, body: JSON.stringify(body) };
        },
      });
    const idle = await observe(withBots('cai@acme.example'));
    expect(holdings(idle.principals)).toHaveLength(3);
    expect(idle.without).toEqual([]);
    const world = withBots('Ben@Acme.example', 'ben@acme.example');
    const note = 'the login has no e-mail address: "svc \\u{22}bot\\u{22}" stands in its place';
    const ben = { principal: BEN.toLowerCase(), principal_id: BEN, status: 'unknown', roles: ['billing_manager', 'developer'], note };
    expect((await observe(world)).principals).toContainEqual(expect.objectContaining(ben));
    expect(await world.provider.reader.readOne(BEN)).toMatchObject({ kind: 'present', live: ben });
  });

  test('a role for the whole organization reaches the account and is no access of it', async () => {
    const world = openWorld();
    world.vendor.portal('main').giveOrganizationRole('cai@acme.example', 'Organization Admin');
    const observation = await observe(world);
    expect(observation.principals.map((one) => one.principal)).not.toContain('cai@acme.example');
    expect(observation.reach).toContainEqual({
      principal: 'cai@acme.example',
      role: 'Organization Admin',
      through: 'the whole organization',
    });
  });

  test('of the account above, product roles reach a subaccount and general roles do not', async () => {
    const below = `AC${'3'.repeat(32)}`;
    const accounts = [
      { name: 'main', sid: MAIN, auth_token: AUTH_TOKEN },
      { name: 'below', sid: below, auth_token: OTHER_AUTH_TOKEN, parent: 'main' },
    ];
    const world = openWorld({ accounts, scope: below, above: MAIN });
    world.vendor.portal('main').giveRole('ben@acme.example', 'Studio Viewer');
    const { reach } = await observe(world);
    expect(reach).toEqual([{ principal: 'ben@acme.example', role: 'Studio Viewer', through: `the account above (${MAIN})` }]);
  });

  test('two logins with one address are shown and left alone', async () => {
    const twin = { userName: 'ADA@acme.example', id: `US${'e'.repeat(32)}` };
    const world = openWorld({
      answer: async (request, next) => {
        const reply = await next();
        if (!request.url.endsWith('/scim/v2/Users') || reply.kind !== 'reply') return reply;
        const document = JSON.parse(reply.body);
        document.Resources.push({ ...document.Resources[1], ...twin });
        document.totalResults += 1;
        return { ...reply, body: JSON.stringify(document) };
      },
    });
    expect((await observe(world)).principals[0]).toMatchObject({ status: 'unknown', note: 'two logins have this address' });
  });
});

describe('what stands beside the people', () => {
  test('the API keys of the account, with SID, name and date, and the subaccounts', async () => {
    const accounts = [
      {
        name: 'main',
        sid: MAIN,
        auth_token: AUTH_TOKEN,
        keys: [{ name: 'IVR', sid: `SK${'1'.repeat(32)}`, created_at: '2026-10-01T08:00:00Z' }],
      },
      { name: 'below', sid: LABS, auth_token: OTHER_AUTH_TOKEN, parent: 'main' },
    ];
    const observation = await observe(openWorld({ accounts }));
    expect(observation.keys).toEqual({
      kind: 'keys',
      keys: [{ sid: `SK${'1'.repeat(32)}`, name: 'IVR', created: '2026-10-01T08:00:00.000Z' }],
    });
    expect(observation.subaccounts).toEqual([{ sid: LABS, name: 'below' }]);
  });

  test.each(['empty_page', 'short_page'] as const)(
    'a list of subaccounts that has an %s once is read again, and one that stays so is none',
    async (kind) => {
      const accounts = [
        { name: 'main', sid: MAIN, auth_token: AUTH_TOKEN },
        { name: 'below', sid: LABS, auth_token: OTHER_AUTH_TOKEN, parent: 'main' },
      ];
      const fault: Fault = { kind, match: { path: 'Accounts.json' } };
      const world = openWorld({ accounts, subaccounts: 'all', faults: [fault] });
      expect((await observe(world)).subaccounts).toEqual([{ sid: LABS, name: 'below' }]);
      const empty: Fault = { kind: 'empty_page', match: { path: 'Accounts.json' }, times: 'always' };
      const why = 'the subaccounts could not be read: the account itself is not in the list';
      const watching = openWorld({ accounts, subaccounts: 'all', faults: [empty] });
      expect(whyUnread(await watching.provider.reader.read(null, null))).toContain(`policy watches the subaccounts, and ${why}`);
      const other = await observe(openWorld({ accounts, faults: [empty] }));
      expect(other.subaccounts).toBeUndefined();
      expect(other.notes).toEqual([`T${why.slice(1)}.`]);
    },
  );

  test('auth tokens in clear and credentials stay out of everything that is read', async () => {
    const answers: string[] = [];
    const world = openWorld({
      answer: async (_request, next) => {
        const reply = await next();
        if (reply.kind === 'reply') answers.push(reply.body);
        return reply;
      },
    });
    const told = JSON.stringify([
      await world.provider.reader.read(null, null),
      await world.provider.reader.probe(),
      await world.provider.reader.events('2026-11-01T00:00:00.000Z'),
    ]);
    expect(answers.join()).toContain(AUTH_TOKEN);
    for (const secret of [AUTH_TOKEN, OTHER_AUTH_TOKEN, CLIENT_SECRET]) expect(told).not.toContain(secret);
  });

  test('without ACCOUNT_SID and AUTH_TOKEN keys and events are not read, and say so', async () => {
    const world = openWorld({ accountSid: null });
    const why = 'ACCOUNT_SID and AUTH_TOKEN of this account are not set';
    expect((await observe(world)).keys).toEqual({ kind: 'not_read', why });
    expect(await world.provider.reader.events('2026-11-01T00:00:00.000Z')).toEqual({ kind: 'unavailable', why });
  });

  test('without the accounts scope the declared owner is trusted, and said to be', async () => {
    for (const missing_scope_status of [401, 403] as const) {
      const observation = await observe(openWorld({ switches: { accounts_scope: false, missing_scope_status } }));
      expect(observation.notes?.[0]).toContain('The owner root@acme.example is trusted as policy declares it');
      expect(observation.notes?.[1]).toContain('leaves the login active');
      expect(holdings(observation.principals)).toContain('root@acme.example active owner');
    }
  });

  test('where the roles of the organization cannot be listed, a note says so', async () => {
    const observation = await observe(openWorld({ switches: { org_scope_listed: false } }));
    expect(observation.notes?.join()).toContain('Roles held for the whole organization are not shown');
  });
});

describe('when a read is whole', () => {
  const USERS = { path: 'scim/v2/Users' };
  const ROLES = { path: 'RoleAssignments' };
  const cases: readonly [string, Fault, string][] = [
    ['a list of users that is one short', { kind: 'short_page', match: USERS, times: 'always' }, 'users came where'],
    ['a user twice', { kind: 'duplicate_row', match: USERS, times: 'always' }, 'the users'],
    ['users without the documented shape', { kind: 'wrong_shape', match: USERS, times: 'always' }, 'the users'],
    ['an assignment twice', { kind: 'duplicate_row', match: ROLES, times: 'always' }, 'the same row came twice'],
    ['users that do not come', { kind: 'timeout', match: USERS, times: 'always' }, 'the users'],
  ];
  test.each(cases)('%s: nothing is known', async (_name, fault, says) => {
    const world = openWorld({ faults: [fault] });
    expect(whyUnread(await world.provider.reader.read(null, null))).toContain(says);
    expect(writesOf(world.sent)).toEqual([]);
  });

  test('an assignment that is missing from one of two lists makes the read again', async () => {
    const world = openWorld({ faults: [{ kind: 'short_page', match: { path: `Scope=${MAIN}` } }] });
    expect(holdings((await observe(world)).principals)).toHaveLength(3);
  });

  test('many pages, each after the token of the one before and never its host', async () => {
    const many = Array.from({ length: 120 }, (_, index) => ({
      email: `person-${index}@acme.example`,
      name: `Person ${index}`,
      roles: [{ role: 'support', scope: 'main' }],
    }));
    const world = openWorld({ users: [...PEOPLE, ...many], switches: { max_page_size: 25, next_page_host: 'foreign' } });
    expect((await observe(world)).principals).toHaveLength(123);
    const hosts = new Set(world.sent.map(({ url }) => new URL(url).host));
    expect([...hosts].every((host) => host.endsWith('.twilio.com'))).toBe(true);
  });

  test.each(['missing', 'refused'] as const)(
    'the older paths are taken where the documented ones are %s, decided once a run',
    async (iam_paths) => {
      const world = openWorld({ switches: { iam_paths } });
      expect(holdings((await observe(world)).principals)).toHaveLength(3);
      world.news();
      await observe(world);
      expect(
        world.news().filter((path) => /iam:\/(scim|v2\/Organizations\/RoleAssignments)/.test(path) && !path.includes('preview')),
      ).toEqual([]);
      expect(await world.provider.reader.readOne(ADA)).toMatchObject({ kind: 'present' });
    },
  );

  test('without the list of roles the four published ones are known, and a note says so', async () => {
    const observation = await observe(openWorld({ switches: { roles_list: 'missing', iam_paths: 'missing' } }));
    expect(holdings(observation.principals)[0]).toBe('ada@acme.example active administrator');
    expect(observation.notes?.join()).toContain('only the four general roles are known');
  });

  test('a scope that the organization does not manage is refused as the wrong account', async () => {
    const world = openWorld({ scope: `AC${'9'.repeat(32)}`, accountSid: null });
    expect(whyUnread(await world.provider.reader.read(null, null))).toMatch(
      /^credentials: policy's scope \(AC9+\) is not a managed account of this organization/,
    );
  });

  test('a client that may not list accounts and sees nobody in the scope may be of another organization', async () => {
    const empty = { content: [], meta: { next_page_url: null, page: 0, page_size: 100, key: 'content' } };
    const world = openWorld({
      switches: { accounts_scope: false, missing_scope_status: 403 },
      answer: async (request, next) => (request.url.includes('RoleAssignments') ? jsonAnswer(200, empty) : next()),
    });
    expect(whyUnread(await world.provider.reader.read(null, null))).toContain(
      `credentials: nobody holds a role in policy's scope (${MAIN}), and nothing else shows that it belongs to this organization: the accounts: the vendor answered 403`,
    );
  });

  test('ACCOUNT_SID of another account is refused before anything is sent', async () => {
    const world = openWorld({ accountSid: LABS });
    expect(whyUnread(await world.provider.reader.read(null, null))).toContain('a credential for another account is refused');
    expect(world.sent).toEqual([]);
  });

  test('a refused OAuth client is used once, and its secret is nowhere in the message', async () => {
    const world = openWorld({ clientSecret: 'wrong-secret+/=' });
    const why = whyUnread(await world.provider.reader.read(null, null));
    expect(why).toMatch(/^credentials: .*no access token: the vendor answered 40[01]/);
    expect(why).not.toContain('wrong-secret');
    await world.provider.reader.read(null, null);
    expect(world.sent).toHaveLength(1);
  });
});

describe('what accounts of one organization share', () => {
  test('users, roles and accounts are read once for two accounts, and again by the second read of each', async () => {
    const world = openWorld({ accountSid: null });
    const labs = world.account(LABS);
    const count = (paths: readonly string[]) => paths.filter((path) => path.endsWith('/scim/v2/Users')).length;
    observationOf(await world.provider.reader.read(null, null));
    observationOf(await labs.reader.read(null, null));
    expect(count(world.news())).toBe(1);
    observationOf(await world.provider.reader.read(null, null));
    observationOf(await labs.reader.read(null, null));
    expect(count(world.news())).toBe(1);
  });

  test('what was read before a write is not taken again', async () => {
    const world = openWorld({ accountSid: null });
    observationOf(await world.provider.reader.read(null, null));
    await world.provider.writer.assign(BEN, 'support');
    world.news();
    observationOf(await world.account(LABS).reader.read(null, null));
    expect(world.news().some((path) => path.endsWith('/scim/v2/Users'))).toBe(true);
  });
});

describe('one person', () => {
  test('holds what the account gives them', async () => {
    const world = openWorld();
    await observe(world);
    expect(await world.provider.reader.readOne(BEN)).toMatchObject({
      kind: 'present',
      live: { principal: 'ben@acme.example', roles: ['billing_manager', 'developer'] },
    });
    expect(await world.provider.reader.readOne(ROOT)).toMatchObject({ kind: 'present', live: { roles: ['owner'] } });
  });

  test('is absent when nobody knows the SID, and when inactive without a role', async () => {
    const world = openWorld();
    expect(await world.provider.reader.readOne(`US${'0'.repeat(32)}`)).toEqual({ kind: 'absent' });
    expect(await world.provider.reader.readOne(CAI)).toEqual({ kind: 'absent' });
  });

  test('is absent without a role here as long as another account needs the login', async () => {
    const world = openWorld();
    world.vendor.portal('labs').giveRole('ada@acme.example', 'support');
    world.vendor.portal('main').takeRole('ada@acme.example', 'administrator');
    expect(await world.provider.reader.readOne(ADA)).toEqual({ kind: 'absent' });
  });

  test('is there with nothing when a delete stopped before the login, also in a whole read that is told of it', async () => {
    const world = openWorld();
    world.vendor.portal('main').takeRole('ada@acme.example', 'administrator');
    expect(await world.provider.reader.readOne(ADA)).toMatchObject({ kind: 'present', live: { status: 'active', roles: [] } });
    expect(holdings((await observe(world)).principals)).not.toContain('ada@acme.example active ');
    expect(holdings((await observe(world, [{ principalId: ADA, isDelete: true }])).principals)).toContain('ada@acme.example active ');
  });
});
