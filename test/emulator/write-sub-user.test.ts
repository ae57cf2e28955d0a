import { describe, expect, test } from 'vitest';
import { ADA, emails, GRACE, KEY, NOBODY, openWorld } from './world-for-tests.ts';

const HOUR_MS = 3_600_000;
const OPEN_LIMIT = 'You have too many active invitations. Please wait for one to be accepted or declined before sending another.';

describe('an invitation', () => {
  test('is a sub-user in status invited, answered with 201', () => {
    const { ask } = openWorld();
    const answer = ask('POST', '/v2/sub_users', { email: 'New@acme.example', name: 'New Person', role: 'admin' });
    expect(answer.status).toBe(201);
    expect(answer.user).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      email: 'New@acme.example',
      name: 'New Person',
      role: 'admin',
      status: 'invited',
      record_type: 'sub_user',
      created_at: '2026-11-22T09:00:00.000Z',
      updated_at: '2026-11-22T09:00:00.000Z',
    });
    expect(ask('GET', `/v2/sub_users/${answer.user.id}`).user).toEqual(answer.user);
  });

  test.each(['email', 'name', 'role'])('without %s is refused with code 10004', (field) => {
    const { ask, world } = openWorld();
    const whole = { email: 'new@acme.example', name: 'New', role: 'member' };
    expect(ask('POST', '/v2/sub_users', { ...whole, [field]: undefined })).toMatchObject({ status: 422, code: '10004' });
    expect(ask('POST', '/v2/sub_users', { ...whole, [field]: '' })).toMatchObject({ status: 422, code: '10004' });
    expect(ask('POST', '/v2/sub_users', { ...whole, [field]: 7 })).toMatchObject({ status: 422, code: '10015' });
    expect(world.state().users).toHaveLength(2);
  });

  test('knows the roles admin and member only, and needs an address', () => {
    const { ask } = openWorld();
    for (const role of ['owner', 'viewer', 'Admin']) {
      expect(ask('POST', '/v2/sub_users', { email: 'new@acme.example', name: 'New', role })).toMatchObject({ status: 422, code: '10015' });
    }
    expect(ask('POST', '/v2/sub_users', { email: 'not an address', name: 'New', role: 'member' })).toMatchObject({
      status: 422,
      code: '10015',
    });
  });

  test('whose body is no JSON object is refused with 400', () => {
    const { world, ask } = openWorld();
    expect(ask('POST', '/v2/sub_users', ['new@acme.example'])).toMatchObject({ status: 400, code: '10015' });
    const cut = world.handle({ method: 'POST', path: '/v2/sub_users', headers: { authorization: `Bearer ${KEY}` }, body: '{"email"' });
    expect(cut.status).toBe(400);
  });

  test('of somebody who is there already is a duplicate, whatever the case', () => {
    const { world, invite } = openWorld();
    const answer = invite('grace@ACME.example');
    expect(answer).toMatchObject({ status: 422, code: '10012' });
    expect(JSON.parse(answer.body)).toMatchObject({ errors: [{ title: 'Duplicate resource' }] });
    world.setSwitches({ unique_email: false });
    expect(invite('grace@acme.example').status).toBe(201);
    expect(world.state().users).toHaveLength(3);
  });

  test('of an address with a Telnyx account of its own, or of the owner, is refused for that reason', () => {
    const { invite, world } = openWorld();
    for (const email of ['own@acme.example', 'Root@acme.example']) {
      expect(invite(email)).toMatchObject({
        status: 422,
        detail: expect.stringContaining('already belongs to an existing Telnyx account'),
      });
    }
    expect(world.portal().closeOwnAccount('own@acme.example').done).toBe(true);
    expect(invite('own@acme.example').status).toBe(201);
  });

  test('of somebody deleted before is welcome, under a new id', () => {
    const { invite, ask } = openWorld();
    ask('DELETE', `/v2/sub_users/${GRACE}`);
    const answer = invite('grace@acme.example');
    expect(answer.status).toBe(201);
    expect(answer.user.id).not.toBe(GRACE);
  });
});

describe('the limits on invitations', () => {
  test('ten may be open, the eleventh is refused in the vendor’s words until one is accepted', () => {
    const { invite, world, clock } = openWorld({ per_hour: 100 });
    for (let n = 1; n <= 10; n += 1) expect(invite(`n${n}@acme.example`).status).toBe(201);
    expect(invite('n11@acme.example')).toMatchObject({ status: 422, detail: OPEN_LIMIT });
    clock.advance(2 * HOUR_MS);
    expect(invite('n11@acme.example').detail).toBe(OPEN_LIMIT);
    world.portal().accept('n3@acme.example');
    expect(invite('n11@acme.example').status).toBe(201);
    expect(invite('n12@acme.example').detail).toBe(OPEN_LIMIT);
    world.portal().expire('n4@acme.example');
    expect(invite('n12@acme.example').status).toBe(201);
  });

  test('ten may be sent in any 3,600 s, counting those revoked, expired, deleted and accepted since', () => {
    const { invite, world, ask } = openWorld();
    const { user } = invite('n1@acme.example');
    for (let n = 2; n <= 10; n += 1) expect(invite(`n${n}@acme.example`).status).toBe(201);
    ask('DELETE', `/v2/sub_users/${user.id}`);
    world.portal().revoke('n2@acme.example');
    world.portal().expire('n3@acme.example');
    world.portal().accept('n4@acme.example');
    expect(world.state().invitations).toEqual({ open: 6, last_hour: 10 });
    expect(invite('n11@acme.example')).toMatchObject({
      status: 422,
      detail: 'Invites are limited to 10 per hour, including deleted and revoked invites.',
    });
  });

  test('an invitation counts for exactly an hour', () => {
    const { invite, clock } = openWorld({ open: 100 });
    invite('n1@acme.example');
    clock.advance(1000);
    for (let n = 2; n <= 10; n += 1) invite(`n${n}@acme.example`);
    clock.advance(3_599_999 - 1000);
    expect(invite('n11@acme.example').status).toBe(422);
    clock.advance(1);
    expect(invite('n11@acme.example').status).toBe(201);
    expect(invite('n12@acme.example').status).toBe(422);
    clock.advance(1000);
    expect(invite('n12@acme.example').status).toBe(201);
  });

  test('refused invitations do not count', () => {
    const { invite, world } = openWorld();
    for (let n = 1; n <= 20; n += 1) invite('own@acme.example');
    expect(world.state().invitations.last_hour).toBe(0);
  });

  test('the portal’s invitations count too', () => {
    const { invite, world } = openWorld();
    for (let n = 1; n <= 10; n += 1) world.portal().inviteByPortal(`n${n}@acme.example`, 'member', 'New');
    expect(invite('n11@acme.example').detail).toBe(OPEN_LIMIT);
    expect(world.portal().inviteByPortal('n11@acme.example', 'member', 'New')).toEqual({ done: false, why: OPEN_LIMIT });
  });

  test('may be answered as 429 with code 10011 and the seconds to wait', () => {
    const { invite, clock, world } = openWorld({ limit_status: 429, open: 100 });
    for (let n = 1; n <= 10; n += 1) invite(`n${n}@acme.example`);
    clock.advance(600_500);
    expect(invite('n11@acme.example')).toMatchObject({
      status: 429,
      code: '10011',
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '3000' },
    });
    world.setSwitches({ open: 10 });
    expect(invite('n11@acme.example')).toMatchObject({ status: 429, code: '10011', detail: OPEN_LIMIT });
  });

  test('hold for each account alone, and may be set to other numbers', () => {
    const { invite, world } = openWorld({ per_hour: 1, open: 1 });
    expect(invite('n1@acme.example').status).toBe(201);
    expect(invite('n2@acme.example').status).toBe(422);
    expect(world.portal('telnyx-support').inviteByPortal('n2@acme.example', 'member', 'New').done).toBe(true);
    world.setSwitches({ per_hour: 0, open: 9 });
    expect(invite('n3@acme.example').status).toBe(422);
  });

  test('count the seed’s young and open invitations', () => {
    const users = Array.from({ length: 9 }, (_, n) => ({
      email: `s${n}@acme.example`,
      name: 'S',
      role: 'member',
      status: 'invited',
      created_at: '2026-11-22T08:30:00Z',
    }));
    const { world, invite, clock } = openWorld({}, { accounts: [{ name: 'a', key: KEY, owner: 'root@acme.example', users }] });
    expect(world.state().invitations).toEqual({ open: 9, last_hour: 9 });
    expect(invite('n1@acme.example').status).toBe(201);
    expect(invite('n2@acme.example').status).toBe(422);
    clock.advance(HOUR_MS / 2);
    expect(world.state().invitations).toEqual({ open: 10, last_hour: 1 });
  });
});

describe('a change', () => {
  test('of name or role answers 200 with the new row and keeps the rest', () => {
    const { ask, clock } = openWorld();
    clock.advance(5000);
    const answer = ask('PATCH', `/v2/sub_users/${GRACE}`, { role: 'admin' });
    expect(answer).toMatchObject({
      status: 200,
      user: {
        name: 'Grace',
        role: 'admin',
        email: 'Grace@acme.example',
        created_at: '2026-10-23T09:00:00.000Z',
        updated_at: '2026-11-22T09:00:05.000Z',
      },
    });
    expect(ask('PATCH', `/v2/sub_users/${GRACE}`, { name: 'Grace Hopper' }).user).toMatchObject({ name: 'Grace Hopper', role: 'admin' });
    expect(ask('GET', `/v2/sub_users/${GRACE}`).user).toMatchObject({ name: 'Grace Hopper', role: 'admin' });
  });

  test('of e-mail or status is refused as a whole, or ignored where the switch says so', () => {
    const { ask, world } = openWorld();
    for (const extra of [{ email: 'x@acme.example' }, { status: 'suspended' }]) {
      expect(ask('PATCH', `/v2/sub_users/${GRACE}`, { role: 'admin', ...extra })).toMatchObject({ status: 422, code: '10015' });
    }
    expect(ask('GET', `/v2/sub_users/${GRACE}`).user.role).toBe('member');
    world.setSwitches({ patch_other_fields: 'ignored' });
    const answer = ask('PATCH', `/v2/sub_users/${GRACE}`, { role: 'admin', email: 'x@acme.example', status: 'suspended' });
    expect(answer).toMatchObject({ status: 200, user: { role: 'admin', email: 'Grace@acme.example', status: 'active' } });
  });

  test('that is empty, wrong or of nobody is refused', () => {
    const { ask } = openWorld();
    expect(ask('PATCH', `/v2/sub_users/${GRACE}`, {})).toMatchObject({ status: 422, code: '10004' });
    expect(ask('PATCH', `/v2/sub_users/${GRACE}`, [])).toMatchObject({ status: 400 });
    expect(ask('PATCH', `/v2/sub_users/${GRACE}`, { role: 'owner' })).toMatchObject({ status: 422, code: '10015' });
    expect(ask('PATCH', `/v2/sub_users/${GRACE}`, { name: ' ' })).toMatchObject({ status: 422, code: '10015' });
    expect(ask('PATCH', `/v2/sub_users/${NOBODY}`, { role: 'admin' })).toMatchObject({ status: 404, code: '10005' });
  });

  test('of role may be answered 200 and not honoured', () => {
    const { ask } = openWorld({ patch_role: 'ignored' });
    expect(ask('PATCH', `/v2/sub_users/${GRACE}`, { role: 'admin', name: 'G' })).toMatchObject({
      status: 200,
      user: { role: 'member', name: 'G' },
    });
    expect(ask('GET', `/v2/sub_users/${GRACE}`).user.role).toBe('member');
  });

  test('of a name leaves a role alone that the vendor no longer gives', () => {
    const users = [{ email: 'odd@acme.example', name: 'Odd', role: 'auditor', id: ADA }];
    const { ask } = openWorld({}, { accounts: [{ name: 'a', key: KEY, owner: 'root@acme.example', users }] });
    expect(ask('PATCH', `/v2/sub_users/${ADA}`, { name: 'Odder' }).user).toMatchObject({ name: 'Odder', role: 'auditor' });
  });
});

describe('a deletion', () => {
  test('answers 204 without a body; afterwards the sub-user is 404 for every verb', () => {
    const { ask, list } = openWorld();
    expect(ask('DELETE', `/v2/sub_users/${ADA}`)).toMatchObject({ status: 204, body: '' });
    for (const method of ['GET', 'PATCH', 'DELETE']) expect(ask(method, `/v2/sub_users/${ADA}`, { role: 'member' }).status).toBe(404);
    expect(emails(list())).toEqual(['Grace@acme.example']);
  });

  test('of an invitation revokes it', () => {
    const { ask, invite, world } = openWorld();
    const { user } = invite('new@acme.example');
    expect(ask('DELETE', `/v2/sub_users/${user.id}`).status).toBe(204);
    expect(world.portal().accept('new@acme.example').done).toBe(false);
    expect(world.state().invitations).toEqual({ open: 0, last_hour: 1 });
  });
});
