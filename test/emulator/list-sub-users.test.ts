import { describe, expect, test } from 'vitest';
import { ADA, emails, NOBODY, OTHER_KEY, openWorld } from './world-for-tests.ts';

function crowd(count: number) {
  const users = Array.from({ length: count }, (_, index) => ({ email: `p${index}@acme.example`, name: `Person ${index}`, role: 'member' }));
  return { accounts: [{ name: 'telnyx-production', key: 'KEY-production', owner: 'root@acme.example', users }] };
}

describe('who may ask', () => {
  test('without a key, or with an unknown one, the answer is 401 with code 10009', () => {
    const { world, ask } = openWorld();
    const without = world.handle({ method: 'GET', path: '/v2/sub_users', headers: {}, body: '' });
    expect(without.status).toBe(401);
    expect(JSON.parse(without.body)).toMatchObject({
      errors: [{ code: '10009', title: 'Authentication failed', detail: expect.any(String) }],
    });
    expect(ask('GET', '/v2/sub_users', undefined, 'KEY-wrong').status).toBe(401);
    expect(ask('DELETE', `/v2/sub_users/${ADA}`, undefined, 'KEY-wrong').status).toBe(401);
    expect(world.state().users).toHaveLength(2);
  });

  test('a key opens its own account only', () => {
    const { ask } = openWorld();
    expect(ask('GET', `/v2/sub_users/${ADA}`, undefined, OTHER_KEY)).toMatchObject({ status: 404, code: '10005' });
    expect(ask('DELETE', `/v2/sub_users/${ADA}`, undefined, OTHER_KEY).status).toBe(404);
    expect(ask('GET', `/v2/sub_users/${ADA}`).status).toBe(200);
  });
});

describe('the list', () => {
  test('shows the sub-users and not the owner, in the vendor’s form', () => {
    const { list } = openWorld();
    expect(list()).toEqual({
      data: [
        {
          id: ADA,
          email: 'ada@acme.example',
          name: 'Ada',
          role: 'admin',
          status: 'active',
          record_type: 'sub_user',
          created_at: '2026-10-23T09:00:00.000Z',
          updated_at: '2026-10-23T09:00:00.000Z',
        },
        expect.objectContaining({ email: 'Grace@acme.example', role: 'member' }),
      ],
      meta: { total_results: 2, page_number: 1, page_size: 20, total_pages: 1, next_page_url: null },
    });
  });

  test('has 20 rows a page unless asked otherwise, and names the next page until the end', () => {
    const { list } = openWorld({}, crowd(45));
    const first = list();
    expect(first.data).toHaveLength(20);
    expect(first.meta).toEqual({
      total_results: 45,
      page_number: 1,
      page_size: 20,
      total_pages: 3,
      next_page_url: 'https://api.telnyx.com/v2/sub_users?page[number]=2&page[size]=20',
    });
    const last = list('?page[number]=3');
    expect(emails(last)).toEqual(['p40', 'p41', 'p42', 'p43', 'p44'].map((name) => `${name}@acme.example`));
    expect(last.meta['next_page_url']).toBeNull();
    expect(list('?page%5Bnumber%5D=4&page%5Bsize%5D=20').data).toEqual([]);
    expect(list('?page[number]=1&page[size]=45').meta['next_page_url']).toBeNull();
  });

  test('has at most 250 rows a page: more is cut to 250, or refused where the switch says so', () => {
    const { list, ask, world } = openWorld({}, crowd(251));
    expect(list('?page[size]=250').data).toHaveLength(250);
    expect(list('?page[size]=251')).toMatchObject({ meta: { page_size: 250, total_pages: 2 } });
    world.setSwitches({ page_size_over: 'refuse' });
    expect(ask('GET', '/v2/sub_users?page[size]=251')).toMatchObject({ status: 422, code: '10015' });
    expect(ask('GET', '/v2/sub_users?page[size]=250').status).toBe(200);
  });

  test('refuses page numbers and sizes that are no whole numbers from 1 up', () => {
    const { ask } = openWorld();
    for (const query of ['page[number]=0', 'page[number]=x', 'page[size]=0', 'page[size]=-1', 'page[size]=1.5', 'page[size]=']) {
      expect(ask('GET', `/v2/sub_users?${query}`)).toMatchObject({ status: 400, code: '10015' });
    }
  });

  test('of nobody is an empty page', () => {
    const { ask } = openWorld();
    expect(JSON.parse(ask('GET', '/v2/sub_users', undefined, OTHER_KEY).body)).toEqual({
      data: [],
      meta: { total_results: 0, page_number: 1, page_size: 20, total_pages: 0, next_page_url: null },
    });
  });

  test('of 50,000 people is whole, in order and without repeats', () => {
    const { list } = openWorld({}, crowd(50_000));
    const all = Array.from({ length: 200 }, (_, page) => emails(list(`?page[size]=250&page[number]=${page + 1}`))).flat();
    expect(all).toHaveLength(50_000);
    expect(new Set(all).size).toBe(50_000);
    expect(all.at(-1)).toBe('p49999@acme.example');
  });
});

describe('switches of the list', () => {
  test('the owner may be listed, with the role owner, and then cannot be changed', () => {
    const { list, ask } = openWorld({ list_owner: true });
    const owner = list().data[0];
    expect(owner).toMatchObject({ email: 'root@acme.example', role: 'owner', status: 'active' });
    expect(list().meta['total_results']).toBe(3);
    expect(ask('GET', `/v2/sub_users/${owner?.id}`).status).toBe(200);
    expect(ask('PATCH', `/v2/sub_users/${owner?.id}`, { role: 'member' })).toMatchObject({ status: 403, code: '10010' });
    expect(ask('DELETE', `/v2/sub_users/${owner?.id}`)).toMatchObject({ status: 403, code: '10010' });
  });

  test('where the owner is not listed, their id is nobody’s', () => {
    const { world, ask } = openWorld();
    const { id } = world.state().owner;
    expect(ask('GET', `/v2/sub_users/${id}`).status).toBe(404);
    expect(ask('DELETE', `/v2/sub_users/${id}`).status).toBe(404);
  });

  test('totals and the next page may be left unsaid', () => {
    const { list } = openWorld({ total_results: 'absent', next_page_url: 'absent' });
    expect(list().meta).toEqual({ page_number: 1, page_size: 20 });
  });

  test('another default page size may hold', () => {
    const { list } = openWorld({ default_page_size: 250 }, crowd(30));
    expect(list().data).toHaveLength(30);
  });

  test('open invitations may be left out of the list', () => {
    const { list, invite, ask, world } = openWorld();
    const { id } = invite('new@acme.example').user;
    expect(emails(list())).toContain('new@acme.example');
    world.setSwitches({ invited_are_listed: false });
    expect(emails(list())).toEqual(['ada@acme.example', 'Grace@acme.example']);
    expect(ask('GET', `/v2/sub_users/${id}`).status).toBe(200);
    world.portal().accept('new@acme.example');
    expect(emails(list())).toContain('new@acme.example');
  });

  test('reads may show the old state for a while after a write', () => {
    const { list, invite, ask, clock } = openWorld({ read_lag_ms: 5000 });
    const { id } = invite('new@acme.example').user;
    ask('PATCH', `/v2/sub_users/${ADA}`, { role: 'member' });
    clock.advance(4999);
    expect(emails(list())).toEqual(['ada@acme.example', 'Grace@acme.example']);
    expect(ask('GET', `/v2/sub_users/${id}`).status).toBe(404);
    expect(ask('GET', `/v2/sub_users/${ADA}`).user.role).toBe('admin');
    expect(invite('new@acme.example').code).toBe('10012');
    clock.advance(1);
    expect(emails(list())).toHaveLength(3);
    expect(ask('GET', `/v2/sub_users/${ADA}`).user.role).toBe('member');
    ask('DELETE', `/v2/sub_users/${ADA}`);
    expect(ask('GET', `/v2/sub_users/${ADA}`).status).toBe(200);
    clock.advance(5000);
    expect(ask('GET', `/v2/sub_users/${ADA}`).status).toBe(404);
  });
});

describe('other requests', () => {
  test('one sub-user is read by id, in any case; an unknown id is 404 with code 10005', () => {
    const { ask } = openWorld();
    expect(ask('GET', `/v2/sub_users/${ADA}`).user.email).toBe('ada@acme.example');
    expect(ask('GET', '/v2/sub_users/AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA')).toMatchObject({ status: 404, code: '10005' });
    expect(ask('GET', `/v2/sub_users/${NOBODY}`)).toMatchObject({ status: 404, code: '10005' });
  });

  test('an id that is no UUID is refused with code 10006', () => {
    const { ask } = openWorld();
    for (const method of ['GET', 'PATCH', 'DELETE'])
      expect(ask(method, '/v2/sub_users/ada', { role: 'admin' })).toMatchObject({ status: 422, code: '10006' });
  });

  test('unknown paths are 404, unknown verbs 405', () => {
    const { ask } = openWorld();
    for (const path of ['/', '/v2/sub_users/', '/v2/api_keys/1', `/v2/sub_users/${ADA}/actions/remove`, '/v1/sub_users']) {
      expect(ask('GET', path)).toMatchObject({ status: 404, code: '10005' });
    }
    expect(ask('DELETE', '/v2/sub_users/').status).toBe(404);
    expect(ask('PUT', `/v2/sub_users/${ADA}`, {}).status).toBe(405);
    expect(ask('DELETE', '/v2/sub_users')).toMatchObject({ status: 405, headers: { allow: 'GET, POST' } });
  });

  test('answers say how many requests are left, with the reset in seconds, unless switched off', () => {
    const { ask, clock, world } = openWorld({ requests_per_minute: 2 });
    expect(ask('GET', '/v2/sub_users').headers).toMatchObject({
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '1',
      'x-ratelimit-reset': '60',
    });
    clock.advance(30_500);
    expect(ask('GET', '/v2/sub_users').headers).toMatchObject({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '30' });
    expect(ask('GET', '/v2/sub_users')).toMatchObject({ status: 429, code: '10011', headers: { 'x-ratelimit-remaining': '0' } });
    expect(ask('GET', '/v2/sub_users', undefined, OTHER_KEY).status).toBe(200);
    clock.advance(29_500);
    expect(ask('GET', '/v2/sub_users').status).toBe(200);
    world.setSwitches({ rate_limit_headers: false });
    expect(ask('GET', '/v2/sub_users').headers).not.toHaveProperty('x-ratelimit-limit');
  });
});
