import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../src/ports.ts';
import { ORGANIZATION, openTwilioAccount, SCOPE, type TwilioAccountWorld, type TwilioOptions } from '../support/twilio-world.ts';
import { type Checker, createChecker, type Exchange } from './support/check-exchange.ts';
import { isObject, type Json, type JsonObject, openOwn, openPublished } from './support/open-document.ts';
import { type Recorder, recordExchanges } from './support/record-exchanges.ts';

const SINCE = '2026-11-01T00:00:00.000Z';
const NEWCOMER = 'new@acme.example';

/**
 * Twilio's own descriptions. Two errors in them are mended: the value of a PATCH operation is typed as an object, while the documentation
 * (and RFC 7644) have a boolean or a text there; and an event's actor is said to be a user, while its text says that it may be an account.
 */
const PUBLISHED = [
  openPublished('twilio_iam_organizations', '/Organizations/'),
  openPublished('twilio_iam_v1', '/v1/Keys'),
  openPublished('twilio_oauth_v2', '/v2/token'),
  openPublished('twilio_monitor_v1', '/v1/Events'),
  openPublished('twilio_api_v2010', '/2010-04-01/Accounts.json'),
].map((document) => mended(document));
const OWN = openOwn('twilio-organizations-v2');

function mended(document: JsonObject): JsonObject {
  const mend = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(mend);
    if (!isObject(value)) return value;
    const inner = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mend(one)]));
    const { properties } = inner;
    if (!isObject(properties)) return inner;
    if ('op' in properties && 'value' in properties) return { ...inner, properties: { ...properties, value: {} } };
    return 'event_type' in properties ? { ...inner, properties: { ...properties, actor_sid: { type: 'string', nullable: true } } } : inner;
  };
  const whole = mend(document);
  return isObject(whole) ? whole : {};
}

/**
 * Twilio describes SCIM and role assignments at preview-iam alone. The same requests at the documented home are held against it with the
 * organization put where the description has it, and against our own contract as they are.
 */
function asPublished(request: HttpRequest): HttpRequest {
  const preview = `https://preview-iam.twilio.com/Organizations/${ORGANIZATION}`;
  const url = request.url
    .replace('https://iam.twilio.com/scim/v2/', `${preview}/scim/`)
    .replace('https://iam.twilio.com/v2/Organizations/RoleAssignments', `${preview}/RoleAssignments`);
  return { ...request, url };
}

/** A person comes, is raised, renamed, lowered, goes, comes back and goes; and everything that is read on the way. */
async function wholeLoop(options: TwilioOptions = {}): Promise<{ readonly recorder: Recorder; readonly world: TwilioAccountWorld }> {
  const recorder = recordExchanges();
  const world = openTwilioAccount({ wrap: recorder.wrap, ...options });
  const { reader, writer } = world.provider;
  const whole = async () => expect(await reader.read(null, null)).toMatchObject({ kind: 'complete' });
  await whole();
  const invited = await writer.invite(NEWCOMER, 'New Person', { roles: [], groups: [] });
  const id = invited.kind === 'accepted' ? (invited.principalId ?? '') : '';
  const parts = [
    () => writer.assign(id, 'support'),
    () => writer.assign(id, 'administrator'),
    () => writer.unassign(id, 'support'),
    () => writer.patch(id, { name: 'Renamed' }),
    () => writer.assign(id, 'Studio Viewer'),
    () => writer.unassign(id, 'administrator'),
    () => writer.unassign(id, 'Studio Viewer'),
    () => writer.delete(id),
    () => writer.patch(id, { active: true, name: 'New Person' }),
    () => writer.assign(id, 'developer'),
  ];
  for (const part of parts) {
    expect(await part()).toMatchObject({ kind: 'accepted' });
    await reader.readOne(id);
  }
  await whole();
  expect(world.vendor.state().people).toContainEqual(expect.objectContaining({ email: NEWCOMER, status: 'active', roles: ['developer'] }));
  expect(await reader.events(SINCE)).toMatchObject({ kind: 'events' });
  expect(await reader.probe()).toMatchObject({ credential: 'works' });
  return { recorder, world };
}

function faultsOf(exchanges: readonly Exchange[], checker: Checker): string[] {
  return [...new Set(exchanges.flatMap((exchange) => [...checker.request(exchange.request), ...checker.answer(exchange)]))];
}

function isOurs({ request }: Exchange): boolean {
  return /^https:\/\/iam\.twilio\.com\/(scim|v2)\//.test(request.url);
}

describe('what rollcall says to Twilio is what Twilio publishes', () => {
  test('in a whole loop at the documented paths, every request is as Twilio describes it', async () => {
    const { recorder } = await wholeLoop();
    const checker = createChecker(PUBLISHED);
    // The list of roles is in no description of Twilio's.
    const described = recorder.exchanges
      .map(({ request }) => asPublished(request))
      .filter(({ url }) => !url.includes('/v2/Organizations/Roles?'));
    expect([...new Set(described.flatMap((request) => checker.request(request)))]).toEqual([]);
    expect([...checker.used()].toSorted()).toEqual([
      'DELETE /Organizations/{OrganizationSid}/RoleAssignments/{RoleAssignmentSid}',
      'DELETE /Organizations/{OrganizationSid}/scim/Users/{UserSid}',
      'GET /2010-04-01/Accounts.json',
      'GET /Organizations/{OrganizationSid}/Accounts',
      'GET /Organizations/{OrganizationSid}/RoleAssignments',
      'GET /Organizations/{OrganizationSid}/scim/Users',
      'GET /Organizations/{OrganizationSid}/scim/Users/{UserSid}',
      'GET /v1/Events',
      'GET /v1/Keys',
      'PATCH /Organizations/{OrganizationSid}/scim/Users/{UserSid}',
      'POST /Organizations/{OrganizationSid}/RoleAssignments',
      'POST /Organizations/{OrganizationSid}/scim/Users',
      'POST /v2/token',
    ]);
  });

  test('in a whole loop at the paths that Twilio describes, every request and every answer of the emulator is so', async () => {
    const { recorder } = await wholeLoop({ switches: { iam_paths: 'missing' } });
    const atHome = recorder.exchanges.filter((exchange) => !isOurs(exchange));
    expect(faultsOf(atHome, createChecker(PUBLISHED))).toEqual([]);
    expect(atHome.length).toBeGreaterThan(20);
  });

  test('in a whole loop, what goes to the paths that Twilio only documents is as documented, and so are the answers', async () => {
    const { recorder } = await wholeLoop();
    const checker = createChecker([OWN]);
    expect(faultsOf(recorder.exchanges.filter(isOurs), checker)).toEqual([]);
    expect(checker.used()).toContain('GET /v2/Organizations/Roles');
    expect(checker.used().size).toBe(9);
  });

  test('role assignments are never listed without a scope or an identity (25203)', async () => {
    const { recorder } = await wholeLoop();
    const lists = recorder.exchanges.filter(({ request }) => request.method === 'GET' && request.url.includes('/RoleAssignments'));
    expect(lists.length).toBeGreaterThan(0);
    expect(lists.filter(({ request }) => !/[?&](Scope|Identity)=/.test(request.url))).toEqual([]);
  });
});

describe('what is not as Twilio publishes it is noticed', () => {
  const find = async (method: string, part: string): Promise<HttpRequest> => {
    const { recorder } = await wholeLoop();
    const found = recorder.exchanges.find(({ request }) => request.method === method && request.url.includes(part));
    if (found === undefined) throw new Error(`no ${method} of ${part} was sent`);
    return asPublished(found.request);
  };
  const says = (request: HttpRequest): string => createChecker(PUBLISHED).request(request).join('\n');
  const body = (request: HttpRequest): Record<string, unknown> => JSON.parse(request.body ?? '{}');

  test("the SDK's camelCase in a role assignment", async () => {
    const sent = await find('POST', '/RoleAssignments');
    const { role_sid: roleSid, ...rest } = body(sent) as { role_sid: string };
    const told = says({ ...sent, body: JSON.stringify({ ...rest, roleSid }) });
    expect(told).toContain("must have required property 'role_sid'");
    expect(told).toContain('must NOT have additional properties');
  });

  test('a page of 500 role assignments', async () => {
    const sent = await find('GET', '/RoleAssignments');
    expect(says({ ...sent, url: sent.url.replace('PageSize=100', 'PageSize=500') })).toContain('must be <= 100');
  });

  test('keys without their account, and a filter of events that nobody published', async () => {
    const keys = await find('GET', '/v1/Keys');
    expect(says({ ...keys, url: keys.url.replace(`AccountSid=${SCOPE}&`, '') })).toContain("must have required property 'AccountSid'");
    const events = await find('GET', '/v1/Events');
    expect(says({ ...events, url: `${events.url}&Actor=x` })).toContain('query Actor is not published');
  });

  test('a scope that is no SID, another path, a token asked for with JSON', async () => {
    const sent = await find('POST', '/RoleAssignments');
    expect(says({ ...sent, body: JSON.stringify({ ...body(sent), scope: 'twilio-main' }) })).toContain('must match pattern');
    expect(says({ ...sent, url: sent.url.replace('RoleAssignments', 'Assignments') })).toContain('is published nowhere');
    const token = await find('POST', '/v2/token');
    expect(says({ ...token, headers: { ...token.headers, 'content-type': 'application/json' } })).toContain('Unsupported Content-Type');
    expect(says({ ...token, body: 'client_id=x' })).toContain("must have required property 'grant_type'");
  });

  test('a PATCH of nothing, and a SCIM user without a name to log in with', async () => {
    const patch = await find('PATCH', '/Users/');
    const operation = { op: 'replace', path: 'userType', value: 'x' };
    const other = { ...patch, url: patch.url.replace(/^.*\/Users\//, 'https://iam.twilio.com/scim/v2/Users/') };
    const own = createChecker([OWN]).request({ ...other, body: JSON.stringify({ ...body(patch), Operations: [operation] }) });
    expect(own.join()).toContain('must be equal to one of the allowed values');
    const user = await find('POST', '/Users');
    const { userName: _, ...rest } = body(user);
    expect(says({ ...user, body: JSON.stringify(rest) })).toContain("must have required property 'userName'");
  });
});
