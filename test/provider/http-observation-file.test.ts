import { describe, expect, test } from 'vitest';
import type { LivePrincipal, Observation } from '../../src/model.ts';
import { checkObservations, digestOfObservations } from '../../src/provider/check-observation.ts';
import { digestOfPrincipals } from '../../src/provider/read-complete.ts';
import { isRecord } from '../../src/provider/vendor-client.ts';
import { digestOf, digestOfRows } from '../../src/text/digest.ts';

const AT = '2026-11-22T09:00:00.000Z';
const ADA: LivePrincipal = {
  principal: 'ada@acme.example',
  principal_id: 'US1',
  status: 'active',
  name: 'Ada',
  since: AT,
  roles: ['admin'],
  groups: ['finance'],
  note: 'the owner',
  remarks: ['never signed in'],
};
const GRACE: LivePrincipal = { ...ADA, principal: 'grace@acme.example', principal_id: 'US2', status: 'inactive', since: null };
const { note: _, remarks: __, ...PLAIN_ADA } = ADA;

function sealed(more: Partial<Observation> = {}): Observation {
  const rows = {
    account: 'twilio-production',
    provider: 'twilio',
    api: 'organization',
    at: AT,
    principals: [ADA],
    requests: 3,
    source: 'live',
    ...more,
  } as const;
  return { ...rows, digest: digestOfPrincipals(rows.principals, rows.without) };
}
const PLAIN = sealed({ principals: [PLAIN_ADA] });
const WHOLE = sealed({
  without: [GRACE],
  scope: 'AC1',
  keys: {
    kind: 'keys',
    keys: [
      { sid: 'SK1', name: 'deploy', created: null },
      { sid: 'SK2', name: 'billing', created: AT },
    ],
  },
  productRoles: ['flex-agent'],
  subaccounts: [{ sid: 'AC2', name: 'Support' }],
  reach: [{ principal: 'ada@acme.example', role: 'admin', through: 'the organization' }],
  notes: ['The console was not read.'],
});

const fileOf = (observations: readonly unknown[], digest: unknown, format_version: unknown = '1.0') =>
  JSON.stringify({ format_version, observations, digest });
const fileWith = (...observations: readonly Observation[]) => fileOf(observations, digestOfObservations(observations));
/** A file of the whole observation with one thing in it replaced. */
function changed(path: string, value: unknown): string {
  const copy: unknown = JSON.parse(JSON.stringify(WHOLE));
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], copy) as Record<string, unknown>;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return fileOf([copy], WHOLE.digest);
}

describe('a file of observations', () => {
  test('is what was read, with everything it tells, and says that it is from a file', () => {
    expect(checkObservations(fileWith(WHOLE, PLAIN))).toEqual({
      kind: 'observations',
      observations: [
        { ...WHOLE, source: 'file' },
        { ...PLAIN, source: 'file' },
      ],
    });
  });

  test('of a roster stays a roster', () => {
    const checked = checkObservations(fileWith(sealed({ source: 'roster' })));
    expect(checked).toMatchObject({ kind: 'observations', observations: [{ source: 'roster' }] });
  });

  test.each([
    ['since is not known', sealed({ principals: [{ ...ADA, since: null }] })],
    ['there is neither note nor remark', PLAIN],
    ['somebody holds nothing', sealed({ principals: [{ ...ADA, roles: [], groups: [] }] })],
    ['the keys were not read', sealed({ keys: { kind: 'not_read', why: 'the key may not' } })],
    ['nobody is there', sealed({ principals: [] })],
  ])('is accepted where %s', (_what, observation) => {
    expect(checkObservations(fileWith(observation)).kind).toBe('observations');
  });

  test.each(['active', 'invited', 'inactive', 'suspended', 'disabled', 'blocked', 'unknown'] as const)(
    'is accepted with somebody who is %s',
    (status) => {
      expect(checkObservations(fileWith(sealed({ principals: [{ ...ADA, status }] }))).kind).toBe('observations');
    },
  );

  test.each(['1.0', '1.12'])('of format %s is accepted', (version) => {
    expect(checkObservations(fileOf([WHOLE], digestOfObservations([WHOLE]), version)).kind).toBe('observations');
  });

  test.each(['2.0', '11.0', 'x1.0', '1.0x', '1.', '1.x', '1x0', '', null])('of format %j is not ours to read', (version) => {
    expect(checkObservations(fileOf([WHOLE], digestOfObservations([WHOLE]), version))).toEqual({
      kind: 'unreadable',
      why: 'it is not an observation of format 1.x',
    });
  });

  test.each(['null', '[]', '7', '"1.0"'])('that is %s is not an observation', (text) => {
    expect(checkObservations(text)).toEqual({ kind: 'unreadable', why: 'it is not an observation of format 1.x' });
  });

  test.each(['', '{', 'account: x'])('that is no JSON (%j) says so', (text) => {
    expect(checkObservations(text)).toEqual({ kind: 'unreadable', why: 'it is not JSON' });
  });

  test.each([
    '{"format_version":"1.0"}',
    '{"format_version":"1.0","observations":{}}',
    '{"format_version":"1.0","observations":[null]}',
    '{"format_version":"1.0","observations":["x"]}',
    fileOf([WHOLE, null], WHOLE.digest),
  ])('%s has no whole observations', (text) => {
    expect(checkObservations(text)).toEqual({ kind: 'unreadable', why: 'its observations are not whole' });
  });

  const texts = ['account', 'provider', 'api', 'at', 'digest', 'scope', 'principals.0.principal', 'principals.0.principal_id'];
  const named = ['principals.0.name', 'principals.0.note', 'keys.keys.0.sid', 'keys.keys.0.name', 'keys.keys.1.created', 'keys.kind'];
  const deep = ['subaccounts.0.sid', 'subaccounts.0.name', 'reach.0.principal', 'reach.0.role', 'reach.0.through', 'without.0.name'];
  const items = ['productRoles.0', 'notes.0', 'principals.0.roles.0', 'principals.0.groups.0', 'principals.0.remarks.0'];
  test.each([...texts, ...named, ...deep, ...items].flatMap((path) => [7, true].map((value) => [path, value] as const)))(
    'is not whole where %s is %j instead of text',
    (path, value) => {
      expect(checkObservations(changed(path, value))).toEqual({ kind: 'unreadable', why: 'its observations are not whole' });
    },
  );

  const lists = ['principals', 'without', 'productRoles', 'subaccounts', 'reach', 'notes', 'keys.keys'];
  const owned = ['principals.0.roles', 'principals.0.groups', 'principals.0.remarks'];
  const records = ['principals.0', 'without.0', 'subaccounts.0', 'reach.0', 'keys', 'keys.keys.0'];
  test.each([...lists, ...owned, ...records].flatMap((path) => ['x', 7, null, {}].map((value) => [path, value] as const)))(
    'is not whole where %s is %j',
    (path, value) => {
      expect(checkObservations(changed(path, value))).toEqual({ kind: 'unreadable', why: 'its observations are not whole' });
    },
  );

  const needed = ['account', 'provider', 'api', 'at', 'digest', 'requests', 'principals', 'keys.kind', 'keys.keys'];
  const neededOfEach = ['principal', 'principal_id', 'name', 'status', 'since', 'roles', 'groups'].map((key) => `principals.0.${key}`);
  const neededOfKeys = ['sid', 'name', 'created'].map((key) => `keys.keys.0.${key}`);
  test.each([...needed, ...neededOfEach, ...neededOfKeys])('is not whole without %s', (path) => {
    expect(checkObservations(changed(path, undefined)).kind).toBe('unreadable');
  });

  test.each([
    ['requests', 'three'],
    ['principals.0.remarks', ['never signed in', 7]],
    ['keys', { kind: 'not_read' }],
    ['keys', { kind: 'not_read', why: 7 }],
    ['keys', { kind: 'other', keys: [] }],
    ['keys', { kind: 'not read', why: 'x', keys: 'x' }],
    ['principals.0.status', 'retired'],
    ['principals.0.status', 'constructor'],
    ['principals.0.status', 7],
    ['principals.0.since', 7],
    ['principals.0.since', [AT]],
  ])('is not whole where %s is %j', (path, value) => {
    expect(checkObservations(changed(path, value))).toEqual({ kind: 'unreadable', why: 'its observations are not whole' });
  });

  const instants = [
    'x2026-11-22T09:00:00.000Z',
    '2026-11-22T09:00:00.000Zx',
    '26-11-22T09:00:00.000Z',
    '2026-1-22T09:00:00.000Z',
    '2026-11-2T09:00:00.000Z',
    '2026-11-22T9:00:00.000Z',
    '2026-11-22T09:0:00.000Z',
    '2026-11-22T09:00:0.000Z',
    '2026-11-22T09:00:00.0Z',
    'yyyy-mm-ddThh:mm:ss.mmmZ',
    'Nov 22 2026',
  ];
  test.each(instants.flatMap((text) => [['at', text] as const, ['principals.0.since', text] as const]))(
    'is not whole where %s is %j, which is no instant',
    (path, text) => {
      expect(checkObservations(changed(path, text))).toEqual({ kind: 'unreadable', why: 'its observations are not whole' });
    },
  );

  test('is not whole at an instant that no calendar has', () => {
    expect(checkObservations(changed('at', '2026-13-45T09:00:00.000Z')).kind).toBe('unreadable');
  });
});

describe('a file that somebody has edited', () => {
  test('names the account whose rows are others', () => {
    const edited = { ...PLAIN, account: 'telnyx-support', principals: [{ ...PLAIN_ADA, roles: ['owner'] }] };
    expect(checkObservations(fileWith(WHOLE, edited))).toEqual({ kind: 'edited', account: 'telnyx-support' });
    const moved = { ...WHOLE, principals: [ADA, GRACE], without: [] };
    expect(checkObservations(fileWith(moved))).toEqual({ kind: 'edited', account: 'twilio-production' });
  });

  test('names every account where what was told beside the rows is another', () => {
    const text = fileOf([WHOLE, { ...PLAIN, account: 'telnyx-support' }], digestOfObservations([WHOLE]));
    expect(checkObservations(text)).toEqual({ kind: 'edited', account: 'twilio-production, telnyx-support' });
  });

  test.each([
    ['account', 'telnyx-support'],
    ['provider', 'telnyx'],
    ['api', 'console'],
    ['at', '2020-11-22T09:00:00.000Z'],
    ['requests', 4],
    ['scope', 'AC9'],
    ['keys.keys.0.created', AT],
    ['productRoles.0', 'flex-admin'],
    ['subaccounts.0.name', 'Sales'],
    ['reach.0.through', 'nothing'],
    ['notes.0', 'Everything was read.'],
    ['source', 'roster'],
    ['principals.0.note', 'nobody'],
    ['principals.0.remarks.0', 'signs in daily'],
  ])('is noticed where %s was made %j', (path, value) => {
    const text = changed(path, value);
    const { observations } = JSON.parse(text);
    expect(checkObservations(fileOf(observations, digestOfObservations([WHOLE])))).toMatchObject({ kind: 'edited' });
  });
});

describe('the seal of a file', () => {
  const row = ({ account, provider, api, at, requests, digest }: Observation) => [account, provider, api, at, requests, digest];

  test('of a read that tells nothing beside its rows is over who, when and what alone', () => {
    expect(digestOfObservations([PLAIN])).toBe(digestOfRows([row(PLAIN)]));
  });

  test.each([
    ['a note', { note: 'the owner' }, { note: 'the owner', remarks: [] }],
    ['a remark', { remarks: ['never signed in'] }, { note: null, remarks: ['never signed in'] }],
  ])('holds %s on somebody, and only of those who have one', (_what, more, said) => {
    const observation = sealed({ principals: [{ ...PLAIN_ADA, ...more }, PLAIN_ADA] });
    const facts = digestOf({ said: [{ principal: 'ada@acme.example', ...said }] });
    expect(digestOfObservations([observation])).toBe(digestOfRows([[...row(observation), facts]]));
  });

  test('holds a single fact, and that the rows are a roster', () => {
    const scoped = sealed({ principals: [PLAIN_ADA], scope: 'AC1' });
    expect(digestOfObservations([scoped])).toBe(digestOfRows([[...row(scoped), digestOf({ scope: 'AC1', said: [] })]]));
    const roster = sealed({ principals: [PLAIN_ADA], source: 'roster' });
    expect(digestOfObservations([roster])).toBe(digestOfRows([[...row(roster), digestOf({ said: [], source: 'roster' })]]));
  });
});

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [null, false],
  [[], false],
  ['text', false],
  [7, false],
  [undefined, false],
  [() => 1, false],
])('%j is a record: %s', (value, is) => {
  expect(isRecord(value)).toBe(is);
});
