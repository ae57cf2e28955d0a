import { describe, expect, test } from 'vitest';
import type { AccountEvent, EventsReading } from '../../../src/watch.ts';
import { answering } from '../../support/provider-answers.ts';
import { manyUsers, openProviderWorld, type ProviderWorld, START_MS, uuidOf } from '../../support/provider-world.ts';

const BEFORE = new Date(START_MS - 1).toISOString();
const FIRST = 'person-00001@acme.example';
const SECOND = 'person-00002@acme.example';

function eventsOf(reading: EventsReading): readonly AccountEvent[] {
  if (reading.kind === 'unavailable') throw new Error(reading.why);
  return reading.events;
}

/** So many renames of one person, a second apart; each tells its number. */
function renameOften(world: ProviderWorld, times: number): void {
  for (let number = 1; number <= times; number += 1) {
    world.clock.advance(1_000);
    world.vendor.portal().rename(SECOND, `Name ${number}`);
  }
}

function namesTold(events: readonly AccountEvent[]): readonly (string | null | undefined)[] {
  return events.map((event) => event.fields[0]?.to);
}

/** An event as the vendor writes it, good but for the fields given. */
function wireEvent(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: 'e1',
    user_id: uuidOf(1),
    resource_id: uuidOf(2),
    change_made_by: 'account_owner',
    created_at: '2026-11-22T09:00:00Z',
    ...fields,
  };
}

describe('who did what, in the words of the audit log', () => {
  test('a colleague, the owner, Telnyx itself, and whoever holds the API key', async () => {
    const world = openProviderWorld();
    const portal = world.vendor.portal();
    const owner = world.vendor.state().owner.id;
    portal.setRole(SECOND, 'admin', FIRST);
    portal.suspend(SECOND);
    await world.provider.writer.patch(uuidOf(3), { name: 'Other' });
    portal.inviteByPortal('new@acme.example', 'member', 'New');
    portal.expire('new@acme.example');
    const told = eventsOf(await world.provider.reader.events(BEFORE)).map((event) => [event.actorId, event.actorKind, event.what]);
    expect(told).toEqual([
      [uuidOf(1), 'organization_member', 'update'],
      [owner, 'account_owner', 'update'],
      [owner, 'account_owner', 'update'],
      [owner, 'account_owner', 'create'],
      [null, 'telnyx', 'delete'],
    ]);
  });

  test('nobody is named by address: the log knows ids only', async () => {
    const world = openProviderWorld();
    world.vendor.portal().rename(SECOND, 'Other', FIRST);
    expect(eventsOf(await world.provider.reader.events(BEFORE))).toMatchObject([{ actor: null, actorId: uuidOf(1), targetId: uuidOf(2) }]);
  });

  test.each([
    ['text', 'admin', 'admin'],
    ['a number', 7, '7'],
    ['yes or no', false, 'false'],
    ['nothing', null, null],
    ['a list', ['admin'], '(a list or an object)'],
    ['an object', { role: 'admin' }, '(a list or an object)'],
  ])('a new value that is %s', async (_what, to, told) => {
    const world = answering(JSON.stringify({ data: [wireEvent({ changes: [{ field: 'role', to }] })], meta: { total_pages: 1 } }));
    expect(eventsOf(await world.provider.reader.events(BEFORE))[0]?.fields).toEqual([{ field: 'role', from: null, to: told }]);
  });
});

describe('how much of the log is read', () => {
  test.each([
    [0, 1],
    [250, 1],
    [251, 2],
    [500, 2],
  ])('%i events are %i requests, oldest first', async (count, requests) => {
    const world = openProviderWorld();
    renameOften(world, count);
    const told = namesTold(eventsOf(await world.provider.reader.events(BEFORE)));
    expect(told).toEqual(Array.from({ length: count }, (_, index) => `Name ${index + 1}`));
    expect(world.sent).toHaveLength(requests);
  });

  test('of 5,001 events the newest 5,000 are told, in 20 requests', async () => {
    const world = openProviderWorld();
    renameOften(world, 5_001);
    const told = namesTold(eventsOf(await world.provider.reader.events(BEFORE)));
    expect([told.length, told[0], told.at(-1)]).toEqual([5_000, 'Name 2', 'Name 5001']);
    expect(world.sent).toHaveLength(20);
  });

  test('a vendor that keeps its pages smaller than asked for is read to the end', async () => {
    const world = openProviderWorld({ switches: { max_page_size: 3 } });
    renameOften(world, 10);
    expect(eventsOf(await world.provider.reader.events(BEFORE))).toHaveLength(10);
  });

  test('of a log that answers slowly, the newest events that came within ten seconds are told', async () => {
    const pageLastsMs = 4_000;
    const world: ProviderWorld = openProviderWorld({
      wrap: (http) => ({
        ...http,
        send: async (request) => {
          const waitMs = Math.min(pageLastsMs, request.timeoutMs);
          world.clock.advance(waitMs);
          return waitMs < pageLastsMs ? { kind: 'lost', reason: 'no whole answer in time' } : http.send(request);
        },
      }),
    });
    renameOften(world, 1_000);
    const startMs = world.clock.now();
    const told = namesTold(eventsOf(await world.provider.reader.events(BEFORE)));
    expect([told.length, told[0], told.at(-1)]).toEqual([500, 'Name 501', 'Name 1000']);
    expect(world.clock.now() - startMs).toBe(10_000);
  });

  test('an event that moves to the next page while the log is read is told once', async () => {
    const world: ProviderWorld = openProviderWorld({
      wrap: (http) => ({
        ...http,
        send: (request) => {
          if (request.url.includes('number%5D=2')) renameOften(world, 1);
          return http.send(request);
        },
      }),
    });
    renameOften(world, 300);
    const ids = eventsOf(await world.provider.reader.events(BEFORE)).map((event) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(300);
  });

  test('a page that fails while there is time left makes the log unavailable, whatever came before it', async () => {
    const world = openProviderWorld({ faults: [{ kind: 'status', status: 500, match: { path: 'audit_events?page%5Bnumber%5D=2' } }] });
    renameOften(world, 300);
    expect(await world.provider.reader.events(BEFORE)).toEqual({
      kind: 'unavailable',
      why: 'the audit log could not be read: the vendor answered 500: Unexpected error - The emulator was told to answer this.',
    });
  });

  test('a vendor that ignores the instant asked for tells nothing older for it', async () => {
    const data = [wireEvent({ id: 'new' }), wireEvent({ id: 'old', created_at: '2026-11-22T08:59:59.998Z' })];
    const world = answering(JSON.stringify({ data, meta: { total_pages: 1 } }));
    expect(eventsOf(await world.provider.reader.events(BEFORE)).map((event) => event.id)).toEqual(['new']);
  });
});

describe('an audit log that cannot be relied on', () => {
  test("switched off by the vendor, it says so in the vendor's words", async () => {
    const world = openProviderWorld({ switches: { audit_log: 'off' } });
    expect(await world.provider.reader.events(BEFORE)).toEqual({
      kind: 'unavailable',
      why: 'the audit log could not be read: the vendor answered 403: Authorization failed - The audit log is not enabled for this account.',
    });
  });

  test('where there is none (404), it says so', async () => {
    const world = openProviderWorld({ faults: [{ kind: 'status', status: 404 }] });
    expect(await world.provider.reader.events(BEFORE)).toEqual({
      kind: 'unavailable',
      why: 'the audit log could not be read: it is not there (404)',
    });
  });

  test('empty, it tells nothing', async () => {
    const world = openProviderWorld({ switches: { audit_log: 'empty' } });
    renameOften(world, 3);
    expect(await world.provider.reader.events(BEFORE)).toEqual({ kind: 'events', events: [] });
  });

  test('late, it tells nothing until the event has appeared', async () => {
    const world = openProviderWorld({ switches: { audit_lag_ms: 600_000 } });
    renameOften(world, 1);
    world.clock.advance(599_999);
    expect(await world.provider.reader.events(BEFORE)).toEqual({ kind: 'events', events: [] });
    world.clock.advance(1);
    expect(eventsOf(await world.provider.reader.events(BEFORE))).toHaveLength(1);
  });

  test('lying, it is told as it is', async () => {
    const world = openProviderWorld({ switches: { audit_log: 'lying' }, users: manyUsers(3) });
    world.vendor.portal().setRole(SECOND, 'admin', FIRST);
    expect(eventsOf(await world.provider.reader.events(BEFORE))).toMatchObject([{ actorId: uuidOf(3), targetId: uuidOf(2) }]);
  });

  test.each([
    ['no list of events', { data: {} }, 'a page has no list of events'],
    ['a list alone', [], 'a page has no list of events'],
    ['an event that is a text', { data: ['raised'] }, 'an event is not an object'],
    ['an event without an id', { data: [wireEvent({ id: null })] }, 'an event has no id'],
    ['an event without an instant', { data: [wireEvent({ created_at: 'yesterday' })] }, 'an event does not say when it was'],
    ['changes that are a text', { data: [wireEvent({ changes: 'role' })] }, 'the changes of an event are not a list of objects'],
    ['changes of nothing', { data: [wireEvent({ changes: [null] })] }, 'the changes of an event are not a list of objects'],
  ])('with another shape (%s), it is unavailable', async (_what, document, why) => {
    const reading = await answering(JSON.stringify(document)).provider.reader.events(BEFORE);
    expect(reading).toEqual({ kind: 'unavailable', why: `the audit log could not be read: ${why}` });
  });

  test('an event that says only when it was is told as far as it goes', async () => {
    const world = answering(
      JSON.stringify({ data: [{ id: 'e1', created_at: '2026-11-22T09:00:00Z', changes: [{}] }], meta: { total_pages: 1 } }),
    );
    expect(eventsOf(await world.provider.reader.events(BEFORE))).toEqual([
      {
        id: 'e1',
        at: '2026-11-22T09:00:00.000Z',
        actorId: null,
        actor: null,
        actorKind: '',
        targetId: null,
        what: '',
        fields: [{ field: '', from: null, to: null }],
      },
    ]);
  });

  test('pages without an end end at the twentieth', async () => {
    const world = answering(JSON.stringify({ data: [wireEvent()] }));
    expect(eventsOf(await world.provider.reader.events(BEFORE))).toHaveLength(1);
    expect(world.sent).toHaveLength(20);
  });

  test('a value nested a hundred thousand deep is no reason to fall over', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const event = JSON.stringify(wireEvent({ changes: [{ field: 'role', to: 'DEEP' }] })).replace('"DEEP"', deep);
    const reading = await answering(`{"data":[${event}],"meta":{"total_pages":1}}`).provider.reader.events(BEFORE);
    expect(eventsOf(reading)).toHaveLength(1);
  });
});
