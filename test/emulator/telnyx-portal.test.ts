import { describe, expect, test } from 'vitest';
import { createTelnyxWorld } from '../../src/emulator/create-telnyx-world.ts';
import { ADA, createJumpingClock, createTestRandom, emails, GRACE, openWorld, SEED } from './world-for-tests.ts';

describe('what people do around the API', () => {
  test('the invited person accepts and is active; nobody else can accept', () => {
    const { invite, ask, world } = openWorld();
    const { id } = invite('new@acme.example').user;
    expect(world.portal().accept('NEW@acme.example')).toEqual({ done: true, id });
    expect(ask('GET', `/v2/sub_users/${id}`).user.status).toBe('active');
    expect(world.portal().accept('new@acme.example')).toEqual({ done: false, why: 'no open invitation has this address' });
  });

  test('an expired or revoked invitation is gone; an active person has none to expire', () => {
    const { invite, list, world } = openWorld();
    invite('one@acme.example');
    invite('two@acme.example');
    expect(world.portal().expire('one@acme.example').done).toBe(true);
    expect(world.portal().revoke('two@acme.example').done).toBe(true);
    expect(world.portal().expire('ada@acme.example').done).toBe(false);
    expect(emails(list())).toEqual(['ada@acme.example', 'Grace@acme.example']);
  });

  test('an admin changes role and name, suspends, resumes, invites and deletes', () => {
    const { world, ask } = openWorld();
    const portal = world.portal('telnyx-production');
    portal.setRole('grace@acme.example', 'admin');
    portal.rename('grace@acme.example', 'Rear Admiral');
    portal.suspend('grace@acme.example');
    expect(ask('GET', `/v2/sub_users/${GRACE}`).user).toMatchObject({ role: 'admin', name: 'Rear Admiral', status: 'suspended' });
    portal.resume('grace@acme.example');
    expect(ask('GET', `/v2/sub_users/${GRACE}`).user.status).toBe('active');
    expect(portal.inviteByPortal('new@acme.example', 'admin', 'New')).toMatchObject({ done: true });
    expect(portal.inviteByPortal('new@acme.example', 'admin', 'New')).toMatchObject({ done: false });
    portal.deleteByPortal('ada@acme.example');
    expect(ask('GET', `/v2/sub_users/${ADA}`).status).toBe(404);
    expect(portal.deleteByPortal('ada@acme.example')).toEqual({ done: false, why: 'no sub-user has this address' });
  });

  test('support makes another the owner: they leave the list, the old owner joins it as admin', () => {
    const { world, list, ask } = openWorld();
    expect(world.portal().setOwner('ada@acme.example')).toEqual({ done: true, id: ADA });
    expect(world.state().owner).toMatchObject({ email: 'ada@acme.example', role: 'owner' });
    expect(list().data.map(({ email, role }) => [email, role])).toEqual([
      ['Grace@acme.example', 'member'],
      ['root@acme.example', 'admin'],
    ]);
    expect(ask('DELETE', `/v2/sub_users/${ADA}`).status).toBe(404);
    expect(world.portal().setOwner('ada@acme.example').done).toBe(true);
    expect(world.portal().setOwner('boss@acme.example').done).toBe(true);
    expect(emails(list())).toEqual(['Grace@acme.example', 'root@acme.example', 'ada@acme.example']);
  });

  test('somebody who opens a Telnyx account of their own cannot be invited', () => {
    const { world, invite } = openWorld();
    world.portal().signUp('New@acme.example');
    expect(invite('new@acme.example').detail).toContain('existing Telnyx account');
    expect(world.portal().closeOwnAccount('nobody@acme.example').done).toBe(false);
  });

  test('an unknown account is named together with the known ones', () => {
    const { world } = openWorld();
    expect(() => world.portal('telnyx-prod')).toThrow('the emulator has no such account. It has: telnyx-production, telnyx-support.');
  });
});

describe('the world', () => {
  test('with the same seed, clock and random numbers has the same ids and answers', () => {
    const run = () => {
      const { world, invite, list } = openWorld();
      invite('new@acme.example');
      return [list(), world.state('telnyx-support'), world.requests];
    };
    expect(run()).toEqual(run());
  });

  test('writes down every request as it was, whatever was answered', () => {
    const { world, ask, invite, clock } = openWorld();
    ask('GET', '/v2/sub_users?page[size]=1');
    clock.advance(10);
    invite('own@acme.example');
    ask('DELETE', `/v2/sub_users/${ADA}`);
    ask('GET', '/v2/sub_users', undefined, 'KEY-wrong');
    expect(world.requests).toMatchObject([
      {
        account: 'telnyx-production',
        method: 'GET',
        path: '/v2/sub_users?page[size]=1',
        status: 200,
        mutating: false,
        applied: false,
        body: '',
      },
      { at: 1795338000010, method: 'POST', status: 422, mutating: true, applied: false, body: expect.stringContaining('own@acme.example') },
      { method: 'DELETE', path: `/v2/sub_users/${ADA}`, status: 204, mutating: true, applied: true, fault: null },
      { account: null, status: 401 },
    ]);
    expect(JSON.stringify(world.requests)).not.toContain('KEY-');
    expect(JSON.stringify(world.state())).not.toContain('KEY-');
  });

  test('of very many requests remembers the newest', () => {
    const { world, ask } = openWorld({ requests_per_minute: 1_000_000 });
    for (let n = 0; n <= 100_000; n += 1) ask('GET', `/v2/sub_users/${ADA}?n=${n}`);
    expect(world.requests.length).toBe(50_001);
    expect(world.requests.at(-1)?.path).toBe(`/v2/sub_users/${ADA}?n=100000`);
  });

  test('moves its clock only where the clock can be moved', () => {
    const { world, clock } = openWorld();
    expect(world.advance(1000)).toBe(true);
    expect(world.now()).toBe(clock.now());
    const { now, sleep } = createJumpingClock();
    const real = createTelnyxWorld({ clock: { now, sleep }, random: createTestRandom(), seed: SEED });
    expect(real.advance(1000)).toBe(false);
  });
});
