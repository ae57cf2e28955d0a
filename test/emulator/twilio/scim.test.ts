import { describe, expect, test } from 'vitest';
import { ADA, GRACE, namesOf, newScimUser, OR, openTwilio, patchOf, rowsOf, USERS } from './twilio-for-tests.ts';

const PREVIEW_USERS = `https://preview-iam.twilio.com/Organizations/${OR}/scim/Users`;
const byName = (email: string): string => `${USERS}?filter=${encodeURIComponent(`userName eq "${email}"`)}`;

describe('the token', () => {
  test('is given for client credentials in the body, and opens the organization for as long as it says', () => {
    const { world, clock, ask, token } = openTwilio();
    expect(token().body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, id_token: null, refresh_token: null });
    expect(ask('GET', USERS).status).toBe(200);
    clock.advance(3_600_000);
    expect(ask('GET', USERS)).toMatchObject({
      status: 401,
      body: { status: '401', detail: 'The access token is missing, invalid or expired' },
    });
    expect(world.requests.map(({ body }) => body).join('')).not.toContain('organization-secret');
  });

  test('is refused for a wrong secret, in Twilio’s classic words', () => {
    expect(openTwilio().token('wrong')).toMatchObject({ status: 401, body: { code: 20003, message: 'invalid_client', status: 401 } });
  });

  test('is refused when the secret comes as Basic', () => {
    const { world } = openTwilio();
    const headers = {
      authorization: `Basic ${Buffer.from('OQ:secret').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    expect(world.handle({ method: 'POST', path: '/v2/token', headers, body: 'grant_type=client_credentials' }).status).toBe(401);
  });

  test('by the older documents is answered with 201 and a validity that makes no sense', () => {
    const { token } = openTwilio({ token_status: 201, token_expires_in: 'absurd' });
    expect(token()).toMatchObject({ status: 201, body: { expires_in: 1438315200000 } });
  });
});

describe('SCIM users', () => {
  test('are listed at once, with their number, owners included and people outside the organization left out', () => {
    const answer = openTwilio().ask('GET', `${USERS}?startIndex=2&count=1`);
    expect(namesOf(answer)).toEqual(['ada@acme.example', 'Grace@acme.example', 'root@acme.example']);
    expect(answer.body['totalResults']).toBe(3);
    expect(answer.headers['content-type']).toBe('application/scim+json');
  });

  test('are found by userName in any case, and by no other filter', () => {
    const { ask } = openTwilio();
    expect(namesOf(ask('GET', byName('GRACE@acme.example')))).toEqual(['Grace@acme.example']);
    expect(namesOf(ask('GET', byName('nobody@acme.example')))).toEqual([]);
    expect(ask('GET', `${USERS}?filter=active%20eq%20true`).body).toMatchObject({ code: 25001, scimType: 'invalidFilter', status: '400' });
  });

  test('are active as soon as they are created', () => {
    const { ask } = openTwilio();
    const created = ask('POST', USERS, newScimUser('new@acme.example'));
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ userName: 'new@acme.example', active: true, meta: { version: 'W/1' } });
    expect(ask('GET', `${USERS}/${String(created.body['id'])}`).body['active']).toBe(true);
  });

  test.each([
    ['a domain that is not verified', newScimUser('new@partner.example'), 400, 25017],
    ['an address that is there in another case', newScimUser('ADA@acme.example'), 409, 25022],
    ['an address that is a Twilio user elsewhere', newScimUser('own@acme.example'), 409, 25022],
    ['a last name of one letter', newScimUser('new@acme.example', 'New', 'P'), 400, 25003],
    ['no primary e-mail', { ...newScimUser('new@acme.example'), emails: [] }, 400, 25010],
    ['another e-mail than the userName', { ...newScimUser('new@acme.example'), userName: 'other@acme.example' }, 400, 25014],
    ['no schema', { ...newScimUser('new@acme.example'), schemas: [] }, 400, 25006],
  ])('are refused for %s', (_what, user, status, code) => {
    const { ask } = openTwilio();
    expect(ask('POST', USERS, user)).toMatchObject({ status, body: { code, status: String(status) } });
    expect(rowsOf(ask('GET', USERS))).toHaveLength(3);
  });

  test('can go without a last name', () => {
    const { ask } = openTwilio();
    const user = { ...newScimUser('cher@acme.example'), name: { givenName: 'Cher' } };
    expect(ask('POST', USERS, user).body['name']).toEqual({ givenName: 'Cher' });
  });

  test('are changed only by whoever saw the newest version', () => {
    const { ask } = openTwilio();
    const change = patchOf({ op: 'replace', path: 'name.familyName', value: 'King' });
    expect(ask('PATCH', `${USERS}/${ADA}`, change, { 'if-match': 'W/1' }).body).toMatchObject({
      name: { familyName: 'King' },
      meta: { version: 'W/2' },
    });
    expect(ask('PATCH', `${USERS}/${ADA}`, change, { 'if-match': 'W/1' })).toMatchObject({
      status: 409,
      body: { code: 25020, detail: 'Version conflict' },
    });
    expect(ask('PUT', `${USERS}/${ADA}`, { ...newScimUser('ada@acme.example'), meta: { version: 'W/1' } })).toMatchObject({ status: 409 });
  });

  test('keep what a PATCH of an unknown path meant to change, and the answer is 200 all the same', () => {
    const { ask } = openTwilio();
    const odd = patchOf({ op: 'replace', path: 'activ', value: false });
    expect(ask('PATCH', `${USERS}/${ADA}`, odd)).toMatchObject({ status: 200, body: { active: true, meta: { version: 'W/1' } } });
    expect(openTwilio({ unknown_patch_path: 'refused' }).ask('PATCH', `${USERS}/${ADA}`, odd).body).toMatchObject({ code: 25015 });
  });

  test('keep everything when one operation of several is wrong', () => {
    const { ask } = openTwilio();
    const change = patchOf({ op: 'replace', path: 'active', value: false }, { op: 'multiply', path: 'active' });
    expect(ask('PATCH', `${USERS}/${ADA}`, change)).toMatchObject({ status: 400, body: { code: 25015 } });
    expect(ask('GET', `${USERS}/${ADA}`).body['active']).toBe(true);
  });

  test('are deactivated by DELETE and stay there, and are activated again by PATCH', () => {
    const { ask, world } = openTwilio();
    expect(ask('DELETE', `${USERS}/${GRACE}`).status).toBe(204);
    expect(ask('GET', `${USERS}/${GRACE}`)).toMatchObject({ status: 200, body: { active: false } });
    expect(world.state().people.find(({ sid }) => sid === GRACE)).toMatchObject({ status: 'inactive', roles: ['developer'] });
    ask('PATCH', `${USERS}/${GRACE}`, patchOf({ op: 'replace', path: 'active', value: true }));
    expect(ask('GET', `${USERS}/${GRACE}`).body['active']).toBe(true);
  });

  test('lose their roles with their login where Twilio does so', () => {
    const { ask, world } = openTwilio({ deactivation: 'drops_assignments' });
    ask('DELETE', `${USERS}/${GRACE}`);
    expect(world.state().people.find(({ sid }) => sid === GRACE)?.roles).toEqual([]);
  });

  test('are not changed where Twilio answers 200 and does nothing', () => {
    const { ask } = openTwilio({ patch_active: 'ignored' });
    expect(ask('PATCH', `${USERS}/${ADA}`, patchOf({ op: 'replace', path: 'active', value: false }))).toMatchObject({
      status: 200,
      body: { active: true },
    });
  });

  test('cannot be changed when they own the organization or are suspended', () => {
    const { ask, world } = openTwilio();
    const owner = world.state().people.find(({ email }) => email === 'root@acme.example')?.sid;
    expect(ask('DELETE', `${USERS}/${owner}`).body).toMatchObject({ code: 25016, scimType: 'mutability' });
    world.portal().suspend('ada@acme.example');
    expect(ask('DELETE', `${USERS}/${ADA}`).body).toMatchObject({ code: 25009 });
  });

  test('are the same on the preview host, which alone is there when the newer paths are not', () => {
    expect(namesOf(openTwilio().ask('GET', PREVIEW_USERS))).toHaveLength(3);
    const missing = openTwilio({ iam_paths: 'missing' });
    expect(missing.ask('GET', USERS)).toMatchObject({ status: 404, body: { code: 20404 } });
    expect(missing.ask('GET', PREVIEW_USERS).status).toBe(200);
    expect(openTwilio({ iam_paths: 'refused' }).ask('GET', USERS).status).toBe(403);
    const other = `https://preview-iam.twilio.com/Organizations/OR${'f'.repeat(32)}/scim/Users`;
    expect(openTwilio().ask('GET', other)).toMatchObject({ status: 404, body: { code: 25100 } });
  });

  test('need a permission to be written, and the refusal names it', () => {
    const { ask } = openTwilio({ write_scope: false });
    expect(ask('GET', USERS).status).toBe(200);
    expect(ask('DELETE', `${USERS}/${ADA}`)).toMatchObject({
      status: 403,
      body: { detail: 'required permission twilio/iam/managed-users/update is missing' },
    });
  });

  test('may be closed to an app altogether', () => {
    expect(openTwilio({ users_scope: false, missing_scope_status: 401 }).ask('GET', USERS)).toMatchObject({
      status: 401,
      body: { detail: 'required permission twilio/iam/managed-users/list is missing' },
    });
  });

  test('show a change late where reads lag behind writes', () => {
    const { ask, clock } = openTwilio({ read_lag_ms: 5000 });
    ask('DELETE', `${USERS}/${ADA}`);
    expect(ask('GET', `${USERS}/${ADA}`).body['active']).toBe(true);
    clock.advance(5000);
    expect(ask('GET', `${USERS}/${ADA}`).body['active']).toBe(false);
  });

  test('are throttled in the SCIM style, with no word on how long unless told to', () => {
    const { ask } = openTwilio({ requests_per_minute: 1 });
    ask('GET', USERS);
    const over = ask('GET', USERS);
    expect(over).toMatchObject({ status: 429, body: { code: 25021, status: '429' } });
    expect(over.headers['retry-after']).toBeUndefined();
  });

  test('are on no other host of Twilio’s', () => {
    expect(openTwilio().ask('GET', 'https://api.twilio.com/scim/v2/Users').status).toBe(404);
    expect(openTwilio().ask('GET', `http://127.0.0.1:4010/scim/v2/Users`).status).toBe(200);
  });
});
