import { describe, expect, test } from 'vitest';
import type { Fault } from '../../../src/emulator/parse-fault.ts';
import type { HttpReply } from '../../../src/ports.ts';
import { jsonAnswer } from '../../support/provider-world.ts';
import { ADA, BEN, CAI, holdings, LABS, observe, openWorld, PEOPLE, ROOT, writesOf } from './twilio-world.ts';

const NEW = 'grace@acme.example';
const HOLDING = { roles: ['developer'], groups: [] };
const DEVELOPER = `IX${'103'.padStart(32, '0')}`;

function scimError(status: number, code: number, detail: string): HttpReply {
  return jsonAnswer(status, { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], detail, status: String(status), code });
}

function classicError(status: number, code: number, message: string): HttpReply {
  return jsonAnswer(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}

/** A world whose answer to one kind of write is given. */
function answering(method: string, reply: HttpReply) {
  return openWorld({ answer: async (request, next) => (request.method === method && !request.url.endsWith('/token') ? reply : next()) });
}

describe('a login is made', () => {
  test('with the last word as family name, and without a role', async () => {
    const world = openWorld();
    await observe(world);
    const result = await world.provider.writer.invite(NEW, 'Grace Brewster Murray Hopper', HOLDING);
    expect(result).toMatchObject({ kind: 'accepted', principalId: expect.stringMatching(/^US/) });
    const [post, ...more] = writesOf(world.sent);
    expect(more).toEqual([]);
    expect(post?.headers['content-type']).toBe('application/scim+json');
    expect(JSON.parse(post?.body ?? '')).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: NEW,
      displayName: 'Grace Brewster Murray Hopper',
      name: { givenName: 'Grace Brewster Murray', familyName: 'Hopper' },
      emails: [{ primary: true, value: NEW, type: 'work' }],
      active: true,
    });
    expect((await observe(world)).principals.map((one) => one.principal)).not.toContain(NEW);
  });

  test('of one word alone, without a family name', async () => {
    const world = openWorld();
    await world.provider.writer.invite(NEW, 'Grace', HOLDING);
    expect(JSON.parse(writesOf(world.sent)[0]?.body ?? '').name).toEqual({ givenName: 'Grace' });
  });

  test('not again where there is one of that address', async () => {
    const world = openWorld();
    expect(await world.provider.writer.invite('ada@acme.example', 'Ada Lovelace', HOLDING)).toEqual({ kind: 'accepted', principalId: ADA });
    expect(writesOf(world.sent)).toEqual([]);
  });

  test('not beside an inactive one: the next plan activates that', async () => {
    const world = openWorld();
    expect(await world.provider.writer.invite('cai@acme.example', 'Cai Idle', HOLDING)).toMatchObject({ kind: 'stale' });
    expect(writesOf(world.sent)).toEqual([]);
  });

  test.each([409, 400] as const)('a duplicate (%i) that appeared meanwhile is adopted', async (duplicate_user_status) => {
    let looked = 0;
    const world = openWorld({
      switches: { duplicate_user_status },
      answer: async (request, next) => {
        const isLookup = request.url.includes('filter=');
        if (isLookup) looked += 1;
        return isLookup && looked === 1 ? jsonAnswer(200, { Resources: [], totalResults: 0 }) : next();
      },
    });
    expect(await world.provider.writer.invite('ada@acme.example', 'Ada Lovelace', HOLDING)).toEqual({ kind: 'accepted', principalId: ADA });
    expect(writesOf(world.sent)).toHaveLength(1);
  });

  test('a duplicate that the organization does not show is an address that is taken elsewhere', async () => {
    const world = openWorld();
    world.vendor.portal('main').signUpElsewhere(NEW);
    expect(await world.provider.writer.invite(NEW, 'Grace Hopper', HOLDING)).toMatchObject({
      kind: 'address_taken',
      message: expect.stringContaining('25022'),
    });
  });

  test('a domain that is not verified is for a person to solve', async () => {
    const world = openWorld();
    expect(await world.provider.writer.invite('grace@other.example', 'Grace Hopper', HOLDING)).toMatchObject({
      kind: 'address_taken',
      message: expect.stringContaining('25017'),
    });
  });
});

describe('a login is changed', () => {
  test('activated, with the version just read', async () => {
    const world = openWorld();
    expect(await world.provider.writer.patch(CAI, { active: true })).toEqual({ kind: 'accepted', principalId: CAI });
    const [patch] = writesOf(world.sent);
    expect(patch?.headers['if-match']).toMatch(/^W\/\d+$/);
    expect(JSON.parse(patch?.body ?? '')).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: true }],
    });
  });

  test('renamed, and nothing is sent for a name that is there', async () => {
    const world = openWorld();
    expect(await world.provider.writer.patch(ADA, { name: 'Ada King Noel' })).toMatchObject({ kind: 'accepted' });
    expect(await world.provider.writer.patch(ADA, { name: 'Ada King Noel' })).toMatchObject({ kind: 'accepted' });
    expect(writesOf(world.sent)).toHaveLength(1);
    expect((await observe(world)).principals[0]?.name).toBe('Ada King Noel');
  });

  test('200 with nothing changed is a refusal', async () => {
    const world = openWorld({ switches: { patch_active: 'ignored' } });
    expect(await world.provider.writer.patch(CAI, { active: true })).toEqual({
      kind: 'refused',
      message: 'the vendor answered 200 and changed nothing (active)',
    });
  });

  test('a version conflict is a stale plan, and nothing is sent again', async () => {
    const world = answering('PATCH', scimError(409, 25020, 'Version conflict'));
    expect(await world.provider.writer.patch(CAI, { active: true })).toEqual({
      kind: 'stale',
      message: 'the vendor answered 409 (25020): Version conflict',
    });
    expect(writesOf(world.sent)).toHaveLength(1);
  });

  test('somebody changing it between the look and the write is noticed', async () => {
    const world = openWorld({
      answer: async (request, next) => {
        if (request.method === 'PATCH') world.vendor.portal('main').rename('cai@acme.example', 'Cai Other');
        return next();
      },
    });
    expect(await world.provider.writer.patch(CAI, { active: true })).toMatchObject({ kind: 'stale' });
  });
});

describe('roles', () => {
  test('are given by the SID that the live list has', async () => {
    const world = openWorld();
    await observe(world);
    expect(await world.provider.writer.assign(BEN, 'Studio Viewer')).toMatchObject({ kind: 'accepted' });
    expect(await world.provider.writer.assign(ADA, 'developer')).toMatchObject({ kind: 'accepted' });
    expect(JSON.parse(writesOf(world.sent)[1]?.body ?? '')).toMatchObject({ role_sid: DEVELOPER, identity: ADA });
  });

  test('that the live list does not have are never sent', async () => {
    const world = openWorld();
    for (const role of ['Viewer', 'Organization Admin', 'owner', `IX${'9'.repeat(32)}`]) {
      expect(await world.provider.writer.assign(BEN, role)).toMatchObject({ kind: 'refused' });
    }
    expect(writesOf(world.sent)).toEqual([]);
  });

  test('that somebody has are not given again, and those that somebody has not are not taken', async () => {
    const world = openWorld();
    expect(await world.provider.writer.assign(BEN, 'developer')).toMatchObject({ kind: 'accepted' });
    expect(await world.provider.writer.unassign(BEN, 'support')).toMatchObject({ kind: 'accepted' });
    expect(writesOf(world.sent)).toEqual([]);
  });

  test('are taken one at a time, on one resource never', async () => {
    const world = openWorld();
    world.vendor.portal('main').giveResourceRole('ben@acme.example', 'developer', 'billing_group', 'BG1');
    expect(await world.provider.writer.unassign(BEN, 'developer')).toMatchObject({ kind: 'accepted' });
    expect(await world.provider.writer.unassign(BEN, 'developer')).toMatchObject({ kind: 'accepted' });
    expect(writesOf(world.sent)).toHaveLength(1);
    expect((await observe(world)).principals[1]).toMatchObject({ roles: ['billing_manager'], remarks: [expect.stringContaining('BG1')] });
  });

  test.each([404, 400] as const)('gone between the look and the delete (%i) is gone', async (unknown_assignment_status) => {
    const world = openWorld({
      switches: { unknown_assignment_status },
      answer: async (request, next) => {
        if (request.method === 'DELETE') world.vendor.portal('main').takeRole('ben@acme.example', 'developer');
        return next();
      },
    });
    expect(await world.provider.writer.unassign(BEN, 'developer')).toMatchObject({ kind: 'accepted' });
  });

  test('appearing between the look and the write are there', async () => {
    const world = openWorld({
      answer: async (request, next) => {
        if (request.url.endsWith('/RoleAssignments')) world.vendor.portal('main').giveRole('ben@acme.example', 'support');
        return next();
      },
    });
    expect(await world.provider.writer.assign(BEN, 'support')).toMatchObject({ kind: 'accepted' });
  });
});

describe('a login is ended', () => {
  function strip(world: ReturnType<typeof openWorld>): void {
    world.vendor.portal('main').takeRole('ada@acme.example', 'administrator');
  }

  test('when no role is left anywhere in the organization', async () => {
    const world = openWorld();
    strip(world);
    expect(await world.provider.writer.delete(ADA)).toMatchObject({ kind: 'accepted' });
    expect(world.vendor.state('main').people.find((one) => one.sid === ADA)?.status).toBe('inactive');
    expect(await world.provider.reader.readOne(ADA)).toEqual({ kind: 'absent' });
  });

  test('not as long as another account, the organization or a resource needs it, or it owns an account', async () => {
    const needs: readonly ((world: ReturnType<typeof openWorld>) => unknown)[] = [
      (world) => world.vendor.portal('labs').giveRole('ada@acme.example', 'support'),
      (world) => world.vendor.portal('main').giveOrganizationRole('ada@acme.example', 'Organization Admin'),
      (world) => world.vendor.portal('main').giveResourceRole('ada@acme.example', 'developer', 'billing_group', 'BG1'),
      (world) => world.vendor.portal('labs').setOwner('ada@acme.example'),
    ];
    for (const need of needs) {
      const world = openWorld();
      strip(world);
      need(world);
      expect(await world.provider.writer.delete(ADA)).toMatchObject({ kind: 'accepted' });
      expect(writesOf(world.sent)).toEqual([]);
    }
  });

  test('also when all that is left is being in the organization', async () => {
    const world = openWorld();
    strip(world);
    world.vendor.portal('main').giveOrganizationRole('ada@acme.example', 'Organization standard user');
    expect((await observe(world)).reach).toEqual([]);
    await world.provider.writer.delete(ADA);
    expect(world.vendor.state('main').people.find((one) => one.sid === ADA)?.status).toBe('inactive');
  });

  test('not while a role is left here', async () => {
    const world = openWorld();
    await world.provider.writer.delete(ADA);
    expect(writesOf(world.sent)).toEqual([]);
  });

  test('not when one of the lists cannot be read: undecided', async () => {
    const faults: readonly Fault[] = [{ kind: 'timeout', match: { path: `Scope=${LABS}` }, times: 'always' }];
    const world = openWorld({ faults });
    strip(world);
    expect(await world.provider.writer.delete(ADA)).toMatchObject({
      kind: 'undecided',
      message: expect.stringContaining('nothing was deactivated'),
    });
    expect(writesOf(world.sent)).toEqual([]);
  });

  test('not when the accounts of the organization are closed to the credential: the login stays', async () => {
    const world = openWorld({ switches: { accounts_scope: false } });
    strip(world);
    expect(await world.provider.writer.delete(ADA)).toMatchObject({ kind: 'accepted' });
    expect(await world.provider.reader.readOne(ADA)).toEqual({ kind: 'absent' });
    expect(writesOf(world.sent)).toEqual([]);
  });

  test('also when an account that was closed cannot be asked any more', async () => {
    const closed = { account_sid: `AC${'c'.repeat(32)}`, friendly_name: 'Old', status: 'closed', owner_sid: ROOT };
    const world = openWorld({
      answer: async (request, next) => {
        const reply = await next();
        if (!request.url.includes('/Accounts?') || reply.kind !== 'reply') return reply;
        const document = JSON.parse(reply.body);
        return { ...reply, body: JSON.stringify({ ...document, content: [...document.content, closed] }) };
      },
    });
    strip(world);
    await world.provider.writer.delete(ADA);
    expect(world.vendor.state('main').people.find((one) => one.sid === ADA)?.status).toBe('inactive');
  });

  test('an inactive one is ended already', async () => {
    const world = openWorld();
    expect(await world.provider.writer.delete(CAI)).toMatchObject({ kind: 'accepted' });
    expect(writesOf(world.sent)).toEqual([]);
  });
});

describe('what the vendor says to a write', () => {
  test.each<[string, HttpReply, string, string]>([
    ['a throttle of SCIM', scimError(429, 25021, 'Rate limit exceeded'), 'postponed', '429 (25021): Rate limit exceeded'],
    ['a throttle with another status', classicError(400, 25109, 'Too many'), 'postponed', '(25109): Too many'],
    ['the owner', scimError(403, 25016, 'Owner not updatable'), 'refused', '403 (25016): Owner not updatable'],
    [
      'an identity outside the organization',
      classicError(400, 25201, 'Identity must be managed'),
      'refused',
      '(25201): Identity must be managed',
    ],
    ['the limit of users', scimError(400, 25007, 'Limit reached'), 'refused', '(25007): Limit reached'],
    ['a suspended user', scimError(400, 25009, 'Cannot update'), 'refused', '(25009): Cannot update'],
    ['a missing permission', classicError(403, 20003, 'Authorization denied'), 'credentials', '(20003): Authorization denied'],
    ['a server that broke', jsonAnswer(500, {}), 'undecided', 'the vendor answered 500'],
    ['no answer', { kind: 'lost', reason: 'cut' }, 'undecided', 'cut'],
    ['no connection', { kind: 'unsent', reason: 'refused' }, 'unsent', 'refused'],
  ])('%s', async (_name, reply, kind, says) => {
    const world = answering('POST', reply);
    const result = await world.provider.writer.assign(ADA, 'developer');
    expect(result).toMatchObject({ kind, message: expect.stringContaining(says) });
  });

  test('no POST is sent twice, whatever the answer', async () => {
    for (const reply of [
      scimError(429, 25021, 'x'),
      jsonAnswer(500, {}),
      { kind: 'lost', reason: 'x' } as const,
      classicError(409, 20409, 'x'),
    ]) {
      const world = answering('POST', reply);
      await world.provider.writer.assign(ADA, 'developer');
      expect(writesOf(world.sent)).toHaveLength(1);
      await world.provider.writer.invite(NEW, 'Grace', HOLDING);
      expect(writesOf(world.sent)).toHaveLength(2);
    }
  });

  test('an owner is never sent anything by a delete', async () => {
    const world = openWorld({ users: PEOPLE });
    await world.provider.writer.delete(ROOT);
    expect(writesOf(world.sent)).toEqual([]);
  });
});

test('an id that is not a user SID never reaches a path', async () => {
  const world = openWorld();
  await expect(world.provider.writer.delete('../Accounts')).rejects.toThrow('US SID');
  expect(await world.provider.reader.readOne('../Accounts')).toMatchObject({ kind: 'unreadable' });
  expect(world.sent).toEqual([]);
  expect(holdings((await observe(world)).principals)).toHaveLength(3);
});
