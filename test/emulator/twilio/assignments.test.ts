import { describe, expect, test } from 'vitest';
import {
  ADA,
  ADMINISTRATOR,
  ASSIGNMENTS,
  DEVELOPER,
  GRACE,
  MAIN,
  newScimUser,
  OR,
  openTwilio,
  rowsOf,
  SUB,
  type TestTwilio,
  USERS,
} from './twilio-for-tests.ts';

const ROLES = 'https://iam.twilio.com/v2/Organizations/Roles';
const SUPPORT = 'IX00000000000000000000000000000105';
const of = (scope: string): string => `${ASSIGNMENTS}?Scope=${scope}`;
const held = ({ world }: TestTwilio, email: string): unknown => world.state('twilio-main').people.find((one) => one.email === email)?.roles;

describe('the list of role assignments', () => {
  test('wants a scope or an identity', () => {
    const { ask } = openTwilio();
    expect(ask('GET', ASSIGNMENTS)).toMatchObject({ status: 400, body: { code: 25203, status: 400 } });
    expect(rowsOf(ask('GET', of(MAIN))).map((row) => row['identity'])).toHaveLength(3);
    expect(rowsOf(ask('GET', `${ASSIGNMENTS}?Identity=${ADA}`))).toMatchObject([
      { role_sid: ADMINISTRATOR, scope: MAIN, resource_type: null },
    ]);
    expect(rowsOf(ask('GET', of(SUB)))).toEqual([]);
  });

  test('knows only accounts of the organization', () => {
    const { ask } = openTwilio();
    expect(ask('GET', of(`AC${'9'.repeat(32)}`))).toMatchObject({ status: 400, body: { code: 25200 } });
    expect(ask('GET', of(`trn:us1:iam:${OR}`))).toMatchObject({ status: 400, body: { code: 20001 } });
  });

  test('of the organization itself is refused where Twilio takes only accounts', () => {
    const open = openTwilio();
    open.world.portal().giveOrganizationRole('ada@acme.example', 'Organization Admin');
    expect(rowsOf(open.ask('GET', of(OR)))).toHaveLength(1);
    expect(openTwilio({ org_scope_listed: false }).ask('GET', of(OR)).body['code']).toBe(25200);
  });

  test('comes in pages whose links lead elsewhere where the specification’s example does', () => {
    const { ask } = openTwilio({ next_page_host: 'foreign' });
    const first = ask('GET', `${of(MAIN)}&PageSize=2`);
    const { next_page_url: next, key, page_size: size } = first.body['meta'] as Record<string, string>;
    expect([key, size]).toEqual(['content', 2]);
    expect(next).toMatch(/^http:\/\/example\.com\//);
    const token = new URL(next ?? '').searchParams.get('PageToken');
    const second = ask('GET', `${of(MAIN)}&PageSize=2&PageToken=${token}`);
    expect(rowsOf(second)).toHaveLength(1);
    expect((second.body['meta'] as Record<string, unknown>)['next_page_url']).toBeNull();
  });

  test('refuses a page of more than 100 and a token it did not give out', () => {
    const { ask } = openTwilio();
    expect(ask('GET', `${of(MAIN)}&PageSize=101`).body['code']).toBe(20001);
    expect(ask('GET', `${of(MAIN)}&PageToken=PTabc`).body['code']).toBe(25023);
  });

  test('may leave out people outside the organization, or show the owner', () => {
    expect(rowsOf(openTwilio({ external_listed: false }).ask('GET', of(MAIN)))).toHaveLength(2);
    const [owner] = rowsOf(openTwilio({ owner_listed: true }).ask('GET', of(MAIN)));
    expect(owner?.['role_sid']).toBe('IX00000000000000000000000000000101');
  });
});

describe('a role', () => {
  test('is given with 201 and taken with 204, and there is no way to change it', () => {
    const open = openTwilio();
    const made = open.ask('POST', ASSIGNMENTS, { role_sid: SUPPORT, scope: MAIN, identity: GRACE });
    expect(made).toMatchObject({ status: 201, body: { role_sid: SUPPORT, scope: MAIN, identity: GRACE } });
    expect(held(open, 'Grace@acme.example')).toEqual(['developer', 'support']);
    expect(open.ask('DELETE', `${ASSIGNMENTS}/${String(made.body['sid'])}`).status).toBe(204);
    expect(held(open, 'Grace@acme.example')).toEqual(['developer']);
    expect(open.ask('PATCH', `${ASSIGNMENTS}/${String(made.body['sid'])}`, {}).status).toBe(405);
  });

  test.each([
    ['an unknown identity', { role_sid: SUPPORT, scope: MAIN, identity: `US${'9'.repeat(32)}` }, 25201],
    ['another account', { role_sid: SUPPORT, scope: `AC${'9'.repeat(32)}`, identity: ADA }, 25200],
    ['the organization', { role_sid: 'IX00000000000000000000000000000002', scope: OR, identity: ADA }, 25200],
    ['a role that is not there', { role_sid: `IX${'9'.repeat(32)}`, scope: MAIN, identity: ADA }, 25202],
    ['the owner’s role', { role_sid: 'IX00000000000000000000000000000101', scope: MAIN, identity: ADA }, 25202],
    ['field names of the vendor’s own library', { roleSid: SUPPORT, scope: MAIN, identity: ADA }, 20001],
  ])('is refused for %s', (_what, body, code) => {
    const open = openTwilio();
    expect(open.ask('POST', ASSIGNMENTS, body)).toMatchObject({ status: 400, body: { code, status: 400 } });
    expect(rowsOf(open.ask('GET', of(MAIN)))).toHaveLength(3);
  });

  test('that somebody has already is refused, answered as if new, or given twice', () => {
    const again = { role_sid: ADMINISTRATOR, scope: MAIN, identity: ADA };
    expect(openTwilio().ask('POST', ASSIGNMENTS, again).status).toBe(400);
    const same = openTwilio({ duplicate_assignment: 'same' });
    expect(same.ask('POST', ASSIGNMENTS, again).status).toBe(201);
    expect(rowsOf(same.ask('GET', of(MAIN)))).toHaveLength(3);
    const second = openTwilio({ duplicate_assignment: 'second' });
    second.ask('POST', ASSIGNMENTS, again);
    expect(rowsOf(second.ask('GET', of(MAIN)))).toHaveLength(4);
  });

  test('beside Administrator is refused where Twilio holds to it', () => {
    const beside = { role_sid: DEVELOPER, scope: MAIN, identity: ADA };
    expect(openTwilio().ask('POST', ASSIGNMENTS, beside).status).toBe(201);
    expect(openTwilio({ administrator_beside_others: 'refused' }).ask('POST', ASSIGNMENTS, beside).body).toMatchObject({ code: 25019 });
  });

  test('taken a second time is not found', () => {
    const sid = `IY${'9'.repeat(32)}`;
    expect(openTwilio().ask('DELETE', `${ASSIGNMENTS}/${sid}`)).toMatchObject({ status: 404, body: { code: 20404 } });
    expect(openTwilio({ unknown_assignment_status: 400 }).ask('DELETE', `${ASSIGNMENTS}/${sid}`).body).toMatchObject({ code: 20001 });
  });

  test('can be given to somebody created a moment ago', () => {
    const open = openTwilio();
    const identity = open.ask('POST', USERS, newScimUser('new@acme.example')).body['id'];
    expect(open.ask('POST', ASSIGNMENTS, { role_sid: DEVELOPER, scope: SUB, identity }).status).toBe(201);
    expect(rowsOf(open.ask('GET', of(SUB)))).toHaveLength(1);
  });

  test('has its name in the list of roles, which knows no Viewer', () => {
    const { ask } = openTwilio();
    const names = rowsOf(ask('GET', `${ROLES}?PageSize=1000`)).map((row) => row['friendly_name']);
    expect(names).toEqual(expect.arrayContaining(['Administrator', 'Developer', 'Billing Manager', 'Support', 'Studio Viewer']));
    expect(names).not.toContain('Viewer');
    expect(openTwilio({ roles_list: 'missing' }).ask('GET', ROLES).status).toBe(404);
  });

  test('is given with the more_info key of the specification where Twilio uses that', () => {
    expect(openTwilio({ more_info_key: 'moreInfo' }).ask('GET', ASSIGNMENTS).body['moreInfo']).toBe(
      'https://www.twilio.com/docs/errors/25203',
    );
  });
});
