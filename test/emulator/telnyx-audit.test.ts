import { describe, expect, test } from 'vitest';
import { answerControl } from '../../src/emulator/answer-control.ts';
import type { AuditEvent } from '../../src/emulator/open-audit-log.ts';
import type { TelnyxSwitches } from '../../src/emulator/telnyx-switches.ts';
import { ADA, GRACE, OTHER_KEY, openWorld, START, type TestWorld } from './world-for-tests.ts';

interface AuditPage {
  readonly data: readonly AuditEvent[];
  readonly meta: Readonly<Record<string, number>>;
}

function logOf({ ask }: TestWorld, query = '', key?: string): AuditPage {
  return JSON.parse(ask('GET', `/v2/audit_events${query}`, undefined, key).body);
}

/** Each event in a few words: who, as what, did what to whom. */
function say(opened: TestWorld): string[] {
  const { owner, users } = opened.world.state();
  const names = new Map([owner, ...users].map((row) => [row.id, row.email]));
  return logOf(opened).data.map(
    (event) =>
      `${names.get(event.user_id ?? '') ?? 'nobody'} (${event.change_made_by}) ${event.change_type} ${names.get(event.resource_id) ?? 'somebody gone'} ` +
      event.changes.map(({ field, from, to }) => `${field} ${from}→${to}`).join(', '),
  );
}

function withDeeds(switches: Partial<TelnyxSwitches>): TestWorld {
  const opened = openWorld(switches);
  opened.world.portal().setRole('grace@acme.example', 'admin', 'ada@acme.example');
  return opened;
}

describe('the audit log', () => {
  test('starts empty, whoever was there before', () => {
    expect(logOf(openWorld())).toEqual({ data: [], meta: { total_pages: 0, total_results: 0, page_number: 1, page_size: 20 } });
  });

  test('tells what people did in the portal, and who: the owner where nobody is named', () => {
    const opened = openWorld();
    const portal = opened.world.portal();
    portal.setRole('grace@acme.example', 'admin', 'ADA@acme.example');
    portal.rename('grace@acme.example', 'Rear Admiral');
    portal.suspend('ada@acme.example', 'grace@acme.example');
    portal.inviteByPortal('new@acme.example', 'member', 'New', 'grace@acme.example');
    portal.accept('new@acme.example');
    expect(say(opened)).toEqual([
      'ada@acme.example (organization_member) update Grace@acme.example role member→admin',
      'root@acme.example (account_owner) update Grace@acme.example name Grace→Rear Admiral',
      'Grace@acme.example (organization_member) update ada@acme.example status active→suspended',
      'Grace@acme.example (organization_member) create new@acme.example email null→new@acme.example, name null→New, role null→member, status null→invited',
      'new@acme.example (organization_member) update new@acme.example status invited→active',
    ]);
  });

  test('a deleted person is told with the address they had; what ends by itself or by support is done by Telnyx', () => {
    const opened = openWorld();
    const portal = opened.world.portal();
    portal.deleteByPortal('ada@acme.example', 'grace@acme.example');
    opened.invite('new@acme.example');
    portal.expire('new@acme.example');
    portal.setOwner('grace@acme.example');
    expect(say(opened)).toEqual([
      'Grace@acme.example (organization_member) delete somebody gone email ada@acme.example→null, name Ada→null, role admin→null, status active→null',
      'root@acme.example (account_owner) create somebody gone email null→new@acme.example, name null→New Person, role null→member, status null→invited',
      'nobody (telnyx) delete somebody gone email new@acme.example→null, name New Person→null, role member→null, status invited→null',
      'nobody (telnyx) delete Grace@acme.example email Grace@acme.example→null, name Grace→null, role member→null, status active→null',
      'nobody (telnyx) create root@acme.example email null→root@acme.example, name null→Account owner, role null→admin, status null→active',
    ]);
  });

  test('what comes through the API is the doing of the owner, whose key it is; what is refused or changes nothing is not told', () => {
    const opened = openWorld();
    opened.ask('PATCH', `/v2/sub_users/${GRACE}`, { role: 'admin' });
    opened.ask('PATCH', `/v2/sub_users/${GRACE}`, { role: 'admin' });
    opened.ask('PATCH', `/v2/sub_users/${GRACE}`, { role: 'king' });
    expect(say(opened)).toEqual(['root@acme.example (account_owner) update Grace@acme.example role member→admin']);
  });

  test('a script at the control endpoint may name who does it', () => {
    const opened = openWorld();
    const control = (path: string, fields: object) =>
      answerControl(opened.world, 'POST', path, JSON.stringify({ account: 'telnyx-production', by: 'ada@acme.example', ...fields })).status;
    const email = 'new@acme.example';
    expect(control('/invite', { email, role: 'member', name: 'New' })).toBe(200);
    expect(control('/revoke', { email })).toBe(200);
    expect(control('/role', { email: 'grace@acme.example', role: 'admin' })).toBe(200);
    expect(control('/rename', { email: 'grace@acme.example', name: 'Rear Admiral' })).toBe(200);
    expect(control('/suspend', { email: 'grace@acme.example' })).toBe(200);
    expect(control('/resume', { email: 'grace@acme.example' })).toBe(200);
    expect(control('/delete', { email: 'grace@acme.example' })).toBe(200);
    expect(logOf(opened).data.map((event) => event.user_id)).toEqual(Array(7).fill(ADA));
    expect(control('/delete', { email: 'ada@acme.example', by: 'nobody' })).toBe(422);
    expect(control('/delete', { email: 'ada@acme.example', by: 'stranger@acme.example' })).toBe(409);
    expect(control('/accept', { email })).toBe(422);
  });

  test('nobody from outside the account can be the one who does it', () => {
    const opened = openWorld();
    for (const act of ['revoke', 'suspend', 'resume', 'deleteByPortal'] as const) {
      expect(opened.world.portal()[act]('ada@acme.example', 'stranger@acme.example')).toEqual({
        done: false,
        why: 'nobody in this account has the address of the one who does it',
      });
    }
    expect(opened.world.state().users).toHaveLength(2);
    expect(say(opened)).toEqual([]);
  });

  test('each event has the members of the published specification', () => {
    const opened = withDeeds({});
    expect(logOf(opened).data).toEqual([
      {
        id: 'a0d17000-0000-4000-8000-000000000001',
        user_id: ADA,
        organization_id: opened.world.state().owner.id,
        record_type: 'audit_event',
        resource_id: GRACE,
        alternate_resource_id: null,
        change_made_by: 'organization_member',
        change_type: 'update',
        changes: [{ field: 'role', from: 'member', to: 'admin' }],
        created_at: new Date(START).toISOString(),
      },
    ]);
  });

  test('is kept for each account by itself and leaves the ids of users as they were', () => {
    const opened = withDeeds({});
    expect(logOf(opened, '', OTHER_KEY).data).toEqual([]);
    expect(opened.invite('new@acme.example').user.id).toBe(openWorld().invite('new@acme.example').user.id);
  });

  test('of very many events remembers the newest', () => {
    const opened = openWorld();
    for (let number = 0; number <= 100_000; number += 1) opened.world.portal().rename('ada@acme.example', `Ada ${number}`);
    const { data, meta } = logOf(opened, '?sort=desc&page[size]=1');
    expect(meta['total_results']).toBe(50_001);
    expect(data[0]?.changes).toEqual([{ field: 'name', from: 'Ada 99999', to: 'Ada 100000' }]);
  });
});

describe('asking the audit log', () => {
  function renamed(times: number): TestWorld {
    const opened = openWorld();
    for (let number = 1; number <= times; number += 1) {
      opened.clock.advance(1_000);
      opened.world.portal().rename('ada@acme.example', `Ada ${number}`);
    }
    return opened;
  }
  const names = (page: AuditPage) => page.data.map((event) => event.changes[0]?.to);

  test('one page after another, oldest or newest first', () => {
    const opened = renamed(5);
    expect(names(logOf(opened, '?page[size]=2&page[number]=2'))).toEqual(['Ada 3', 'Ada 4']);
    expect(names(logOf(opened, '?page[size]=2&page[number]=3&sort=desc'))).toEqual(['Ada 1']);
    expect(logOf(opened, '?page[size]=2').meta).toEqual({ total_pages: 3, total_results: 5, page_number: 1, page_size: 2 });
  });

  test('of what was made after one instant and before another', () => {
    const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();
    const query = `?filter[created_after]=${at(1)}&filter[created_before]=${at(4)}`;
    expect(names(logOf(renamed(5), query))).toEqual(['Ada 2', 'Ada 3']);
  });

  test.each([
    ['?sort=up', 400, 'sort must be one of asc, desc.'],
    ['?filter[created_after]=yesterday', 400, 'A filter is not an ISO 8601 date.'],
    ['?filter[created_before]=tomorrow', 400, 'A filter is not an ISO 8601 date.'],
    ['?page[number]=0', 400, 'page[number] must be a whole number of at least 1.'],
  ])('%s is refused', (query, status, detail) => {
    expect(openWorld().ask('GET', `/v2/audit_events${query}`)).toMatchObject({ status, detail });
  });

  test('nothing can be written there', () => {
    expect(openWorld().ask('DELETE', '/v2/audit_events')).toMatchObject({ status: 405, headers: { allow: 'GET' } });
  });
});

describe('an audit log that is not to be relied on', () => {
  test('off: it refuses, and the users can still be read', () => {
    const opened = withDeeds({ audit_log: 'off' });
    expect(opened.ask('GET', '/v2/audit_events')).toMatchObject({ status: 403, code: '10010' });
    expect(opened.list().data).toHaveLength(2);
  });

  test('empty: it has never seen anything', () => {
    expect(logOf(withDeeds({ audit_log: 'empty' })).data).toEqual([]);
  });

  test('lying: it names another as the one who did it', () => {
    expect(say(withDeeds({ audit_log: 'lying' }))).toEqual([
      'root@acme.example (organization_member) update Grace@acme.example role member→admin',
    ]);
  });

  test('late: an event appears ten minutes after it happened, with the time at which it happened', () => {
    const opened = withDeeds({ audit_lag_ms: 600_000 });
    opened.clock.advance(599_999);
    expect(logOf(opened).data).toEqual([]);
    opened.clock.advance(1);
    expect(logOf(opened).data).toMatchObject([{ created_at: new Date(START).toISOString() }]);
  });
});
