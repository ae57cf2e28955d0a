import { describe, expect, test } from 'vitest';
import type { TelnyxFault } from '../../../src/emulator/parse-telnyx-fault.ts';
import { answering, reply, rowOf, scripted, truthOf } from '../../support/provider-answers.ts';
import { manyUsers, openProviderWorld, RUN_MS, type SeedUser, uuidOf } from '../../support/provider-world.ts';

const LIST_ONE_PAGE = 250;

describe('where Telnyx states no total', () => {
  test.each([0, 1, 249, 250, 251, 500])('%i people count when two reads in a row agree', async (people) => {
    for (const next_page_url of ['present', 'absent'] as const) {
      const world = openProviderWorld({ users: manyUsers(people), switches: { total_results: 'absent', next_page_url } });
      const reading = await world.provider.reader.read(null, null);
      expect(reading).toMatchObject({ kind: 'complete', observation: { principals: truthOf(world) } });
      // A last page that says nothing of a next one, or is as full as we asked for, is known by the empty page behind it.
      const unsure = people > 0 && (next_page_url === 'absent' || people % LIST_ONE_PAGE === 0);
      const pages = Math.max(1, Math.ceil(people / LIST_ONE_PAGE)) + (unsure ? 1 : 0);
      expect(world.sent).toHaveLength(2 * pages);
    }
  });

  test('a vendor that keeps its pages smaller than asked for, and tells neither total nor next page, is read to its end', async () => {
    const world = openProviderWorld({
      users: manyUsers(4),
      switches: { total_results: 'absent', next_page_url: 'absent', max_page_size: 3 },
    });
    const reading = await world.provider.reader.read(null, null);
    expect(reading).toMatchObject({ kind: 'complete', observation: { principals: truthOf(world) } });
  });

  test('an account that changes between the reads is read a third time, and is incomplete when it changes again', async () => {
    for (const restless of [1, 9]) {
      let lists = 0;
      const world = openProviderWorld({
        switches: { total_results: 'absent' },
        wrap: (http) => ({
          ...http,
          send: (request) => {
            lists += 1;
            if (lists > 1 && lists <= 1 + restless) world.vendor.portal().rename('person-00001@acme.example', `Name ${lists}`);
            return http.send(request);
          },
        }),
      });
      expect((await world.provider.reader.read(null, null)).kind).toBe(restless === 1 ? 'complete' : 'incomplete');
      expect(world.sent).toHaveLength(3);
    }
  });

  test('an empty page where the page before it named a next one is a contradiction, not the end', async () => {
    const faults: TelnyxFault[] = [{ kind: 'empty_page', match: { path: 'number%5D=2&' }, times: 'always' }];
    const world = openProviderWorld({ users: manyUsers(500), switches: { total_results: 'absent' }, faults });
    expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'unreadable' });
  });

  test('a page that lacks a row and is not the last one is a contradiction', async () => {
    const faults: TelnyxFault[] = [{ kind: 'short_page', match: { path: 'number%5D=1&' }, times: 'always' }];
    const world = openProviderWorld({ users: manyUsers(500), switches: { total_results: 'absent' }, faults });
    expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'unreadable' });
  });

  test('a vendor whose pages never end does not keep the run for ever', async () => {
    const world = openProviderWorld({
      users: manyUsers(1),
      switches: { total_results: 'absent' },
      wrap: (http) => ({
        ...http,
        send: async (request) => {
          await world.clock.sleep(15_000);
          const page = Number(/number%5D=(\d+)/.exec(request.url)?.[1]);
          const data = Array.from({ length: 250 }, (_, index) => rowOf({ id: uuidOf(page * 250 + index) }));
          return http.send(request).then(() => reply({ data, meta: { page_number: page } }));
        },
      }),
    });
    expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'unreadable' });
    expect(world.sent.length).toBeLessThan(50);
  });
});

describe('reading', () => {
  test('a vendor with smaller pages than asked for is still read whole', async () => {
    const world = openProviderWorld({ users: manyUsers(95), switches: { max_page_size: 10 } });
    expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'complete', observation: { requests: 10 } });
  });

  test('the link to the next page is never followed, wherever it leads', async () => {
    const faults: TelnyxFault[] = [
      { kind: 'foreign_next', times: 'always' },
      { kind: 'redirect', match: { nth: 2 }, times: 1 },
    ];
    const world = openProviderWorld({ users: manyUsers(300), faults });
    await world.provider.reader.read(null, null);
    expect(new Set(world.sent.map((request) => new URL(request.url).origin))).toEqual(new Set(['https://api.telnyx.com']));
    expect(new Set(world.sent.map((request) => request.url.split('?')[1]))).toEqual(
      new Set(['page%5Bnumber%5D=1&page%5Bsize%5D=250', 'page%5Bnumber%5D=2&page%5Bsize%5D=250']),
    );
  });

  test.each(['reset_before', 'refused', 'timeout', 'cut_body', 'html', 'bad_json'] as const)(
    'a page that is always struck by %s is asked for three times, and then the account is incomplete',
    async (kind) => {
      const world = openProviderWorld({ faults: [{ kind, times: 'always' }] });
      expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'unreadable', requests: 3 });
    },
  );

  test('a page that is not there for a moment is read again, and one that never is makes the account incomplete', async () => {
    for (const [times, kind] of [
      [1, 'complete'],
      ['always', 'incomplete'],
    ] as const) {
      const world = openProviderWorld({ faults: [{ kind: 'status', status: 404, times }] });
      expect((await world.provider.reader.read(null, null)).kind).toBe(kind);
    }
  });

  test('a bad answer is asked for again after a short moment, whatever the rate limit headers count down to', async () => {
    const world = openProviderWorld({ faults: [{ kind: 'bad_json' }] });
    await world.provider.reader.read(null, null);
    expect(world.vendor.requests[0]?.status).toBe(200);
    expect(Math.max(...world.clock.sleeps)).toBeLessThan(2_000);
  });

  test('a rate limit is waited for as long as the vendor says, and then the read goes on', async () => {
    const headers = { 'retry-after': '37', 'x-ratelimit-reset': '52' };
    const world = openProviderWorld({ faults: [{ kind: 'status', status: 429, headers }] });
    expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'complete', observation: { requests: 2 } });
    expect(world.clock.sleeps).toEqual([52_000]);
  });

  test('a rate limit that lasts longer than the run may wait makes the account incomplete at once', async () => {
    const world = openProviderWorld({ faults: [{ kind: 'status', status: 429, headers: { 'retry-after': '3600' } }] });
    expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'unreadable', requests: 1 });
    expect(world.clock.sleeps).toEqual([]);
  });

  test('a dripping body is given up at the request deadline', async () => {
    const world = openProviderWorld({ faults: [{ kind: 'drip', times: 'always' }] });
    expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', requests: 3 });
    expect(world.clock.sleeps.filter((ms) => ms === 20_000)).toHaveLength(3);
    expect(world.clock.now()).toBeLessThan(openProviderWorld().clock.now() + RUN_MS);
  });

  test('two users with one address cannot be told apart, so both are of unknown status', async () => {
    const users: SeedUser[] = [
      { email: 'ada@acme.example', name: 'Ada', role: 'admin' },
      { email: 'Ada@acme.example', name: 'Ada too', role: 'member' },
      { email: 'grace@acme.example', name: 'Grace', role: 'member' },
    ];
    const world = openProviderWorld({ users, switches: { unique_email: false } });
    const reading = await world.provider.reader.read(null, null);
    const shown = reading.kind === 'complete' ? reading.observation.principals.map((one) => [one.principal, one.status]) : [];
    expect(shown).toEqual([
      ['ada@acme.example', 'unknown'],
      ['ada@acme.example', 'unknown'],
      ['grace@acme.example', 'active'],
    ]);
  });

  test('roles and statuses that nobody knows pass through for the planner to leave alone', async () => {
    const faults: TelnyxFault[] = [{ kind: 'unknown_role' }];
    expect(await openProviderWorld({ faults }).provider.reader.read(null, null)).toMatchObject({
      observation: { principals: [{ roles: ['auditor'], status: 'active' }, {}, {}] },
    });
    expect(await openProviderWorld({ faults: [{ kind: 'unknown_status' }] }).provider.reader.read(null, null)).toMatchObject({
      observation: { principals: [{ roles: ['admin'], status: 'unknown' }, {}, {}] },
    });
  });

  test('a stranger whose address only looks like somebody of ours is a stranger', async () => {
    // U+212A, the Kelvin sign, is a k by Unicode's rules of lower case.
    const world = scripted([{ email: '\u212Aate@acme.example' }, { email: ' Kate@Acme.example ' }]);
    const reading = await world.provider.reader.read(null, null);
    const addresses = reading.kind === 'complete' ? reading.observation.principals.map((one) => one.principal) : [];
    expect(addresses).toEqual(['kate@acme.example', '\u212Aate@acme.example']);
  });

  test.each([
    ['no id', { id: undefined }],
    ['an id that is a path', { id: '../../v2/api_keys/1' }],
    ['no address', { email: null }],
    ['an address without @', { email: 'ada' }],
    ['another record type', { record_type: 'api_key' }],
  ])('a row with %s makes the account incomplete', async (_what, fields) => {
    expect(await scripted([fields]).provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'unreadable' });
  });

  test('the same id in other letters is the same user come twice', async () => {
    const id = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
    const world = scripted([{ id }, { id: id.toUpperCase(), email: 'eve@acme.example' }]);
    expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'unreadable' });
  });

  test('hostile keys in the answer change nothing about any object', async () => {
    const row = `{"__proto__":{"role":"admin"},"constructor":{"prototype":{"polluted":true}},${JSON.stringify(rowOf({ role: undefined })).slice(1)}`;
    const world = answering(`{"data":[${row}],"meta":{"total_results":1,"__proto__":{"total_results":9}},"__proto__":{"data":[]}}`);
    expect(await world.provider.reader.read(null, null)).toMatchObject({ observation: { principals: [{ roles: [] }] } });
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect('polluted' in {}).toBe(false);
  });

  test.each([
    '',
    '{}',
    'null',
    '[]',
    '{"data":null}',
    '{"data":{}}',
    '{"errors":[]}',
    '"data"',
    `${'['.repeat(200_000)}`,
    '{"data":[null]}',
  ])('the answer %.20s makes the account incomplete', async (body) => {
    expect(await answering(body).provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'unreadable' });
  });

  test.each([-1, 1.5, '3', 1e21])('a stated total of %s makes the account incomplete', async (total_results) => {
    const world = answering(JSON.stringify({ data: [rowOf({})], meta: { total_results } }));
    expect(await world.provider.reader.read(null, null)).toMatchObject({ kind: 'incomplete', cause: 'unreadable' });
    expect(world.sent.length).toBeLessThanOrEqual(3);
  });

  test('a byte order mark before the answer is no fault', async () => {
    const world = answering(`\uFEFF${JSON.stringify({ data: [rowOf({})], meta: { total_results: 1 } })}`);
    expect((await world.provider.reader.read(null, null)).kind).toBe('complete');
  });

  test('another user than the one asked for is never taken for the one asked for', async () => {
    const world = answering(JSON.stringify({ data: rowOf({ id: uuidOf(2) }) }));
    expect(await world.provider.reader.readOne(uuidOf(1))).toMatchObject({ kind: 'unreadable' });
  });
});
