import { describe, expect, test } from 'vitest';
import { type EndsInput, listEnds } from '../../src/commands/ci/list-ends.ts';
import type { AccountHistory, DesiredAccount, Holding, LivePrincipal, Reading } from '../../src/model.ts';
import { EMPTY_HISTORY } from '../../src/plan/make-plan.ts';
import type { LoadedPolicies } from '../../src/policy/load-policies.ts';
import { CAPABILITIES, load } from '../policy/memory-source.ts';

const ACCOUNT = 'telnyx-production';
const SUPPORT = 'telnyx-support';
const DAY = '2026-11-22';
const PULLS = 'https://github.example/acme/access/pull';
const WITH_GROUPS = { ...CAPABILITIES, groups: true };

const FRAME = {
  [`accounts/${ACCOUNT}.yaml`]: 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n',
  [`accounts/${SUPPORT}.yaml`]: 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n',
  'people/everybody.yaml': ['root', 'ada', 'bob', 'carol'].map((one) => `- email: ${one}@acme.example\n  name: ${one}\n`).join(''),
};

interface Told extends Partial<Pick<EndsInput, 'accepted' | 'reading' | 'renewals' | 'account' | 'day'>> {
  readonly lastApplied?: AccountHistory['lastApplied'];
}

/** Bob is a member of one team with these lines of grants, and of more teams where there are any. */
async function policiesOf(grants: readonly string[], more: Readonly<Record<string, string>> = {}, member = 'bob@acme.example') {
  const voice = teamOf([member], grants);
  return load({ ...FRAME, 'teams/voice.yaml': voice, ...more }, { today: DAY, capabilities: WITH_GROUPS });
}

function teamOf(members: readonly string[], grants: readonly string[]): string {
  return `members:\n${members.map((one) => `  - ${one}\n`).join('')}grants:\n${grants.map((one) => `  - { ${one}, reason: Builds the IVR (OPS-1) }\n`).join('')}`;
}

function grantOf(role: string, until: string | null, account = ACCOUNT): string {
  return `account: ${account}, ${role.startsWith('group ') ? `group: ${role.slice(6)}` : `role: ${role}`}${until === null ? '' : `, until: ${until}`}`;
}

function endsIn(loaded: LoadedPolicies, { lastApplied, ...told }: Told = {}): ReturnType<typeof listEnds> {
  expect(loaded.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { desired } = loaded;
  if (desired === null) throw new Error('the example policies are invalid');
  return listEnds({
    account: ACCOUNT,
    day: DAY,
    watched: { commit: 'a'.repeat(40), desired, loaded, notes: [] },
    accepted: () => null,
    reading: readingOf([]),
    history: lastApplied === undefined ? undefined : historyOf(lastApplied),
    renewals: new Map(),
    ...told,
  });
}

/** As an account shows them: `bob member`, `bob member suspended`; a group is written with a `+`. */
function readingOf(rows: readonly string[]): Reading {
  const principals = rows.map((row, index): LivePrincipal => {
    const [who = '', held = '', status = 'active'] = row.split(' ');
    const holding = held.startsWith('+') ? { roles: [], groups: [held.slice(1)] } : { roles: [held], groups: [] };
    const principal = `${who}@acme.example`;
    return { principal, principal_id: `id-${index}`, status: status as LivePrincipal['status'], name: who, since: null, ...holding };
  });
  const at = `${DAY}T02:00:00.000Z`;
  const facts = { account: ACCOUNT, provider: 'telnyx', api: 'sub-users', at, requests: 1, digest: 'sha256:0', source: 'live' } as const;
  return { kind: 'complete', observation: { ...facts, principals } };
}

const UNREAD: Reading = {
  kind: 'incomplete',
  account: ACCOUNT,
  at: `${DAY}T02:00:00.000Z`,
  cause: 'unreadable',
  message: 'the list was cut off',
  requests: 3,
  suspect: null,
};

/** Of all that is known of an account, only what was last applied has a say here. */
function historyOf(lastApplied: AccountHistory['lastApplied']): AccountHistory {
  return { ...EMPTY_HISTORY, recorded: true, lastApplied };
}

function lastHeld(...roles: readonly string[]): AccountHistory['lastApplied'] {
  const holding: Holding = { roles, groups: [] };
  return new Map([['bob@acme.example', { ...holding, name: 'bob', status: 'active' }]]);
}

/** Whether the one end that is listed is over and gone. */
function isGone({ ended }: ReturnType<typeof listEnds>): boolean | undefined {
  expect(ended.map(({ principal }) => principal)).toEqual(['bob@acme.example']);
  return ended[0]?.isGone;
}

function until({ ended, ending }: ReturnType<typeof listEnds>): string[] {
  return [...ended, ...ending].map((end) => end.until);
}

describe('whether access outlived its end', () => {
  test.each<[what: string, granted: string, live: readonly string[], gone: boolean]>([
    ['nobody of that name is there: gone', 'member', ['ada admin'], true],
    ['they hold what the grant gave: still there', 'member', ['bob member'], false],
    ['they hold a stronger role: still there', 'member', ['bob admin'], false],
    ['they own the account by now: still there', 'admin', ['bob owner'], false],
    ['they hold a weaker role: gone', 'admin', ['bob member'], true],
    ['only somebody else holds it: gone', 'member', ['ada member', 'carol member'], true],
    ['their invitation is open: still there', 'member', ['bob member invited'], false],
    ['they are suspended: gone', 'member', ['bob member suspended'], true],
    ['they are disabled: gone', 'member', ['bob member disabled'], true],
    ['they are blocked: gone', 'member', ['bob member blocked'], true],
    ['nobody knows what their status means: still there', 'member', ['bob member unknown'], false],
    ['one of their two rows is active: still there', 'member', ['bob member suspended', 'bob member'], false],
    ['they are in the group: still there', 'group billing', ['bob +billing'], false],
    ['they are in another group: gone', 'group billing', ['bob +operations'], true],
    ['a role is no group, however strong: gone', 'group billing', ['bob admin'], true],
  ])('%s', async (_, granted, live, gone) => {
    const loaded = await policiesOf([grantOf(granted, '2026-11-20')]);
    expect(isGone(endsIn(loaded, { reading: readingOf(live) }))).toBe(gone);
  });

  test.each<[what: string, known: AccountHistory['lastApplied'] | undefined, gone: boolean]>([
    ['what it gave was last applied: still there', lastHeld('member'), false],
    ['a stronger role was last applied: still there', lastHeld('admin'), false],
    ['it was deleted by approval: gone', new Map([['bob@acme.example', null]]), true],
    ['nothing was ever applied for them: gone', new Map(), true],
    ['nothing is known of the account at all: gone', undefined, true],
  ])('in an account that could not be read, %s', async (_, lastApplied, gone) => {
    const loaded = await policiesOf([grantOf('member', '2026-11-20')]);
    for (const reading of [UNREAD, undefined]) {
      expect(isGone(endsIn(loaded, { reading, ...(lastApplied === undefined ? {} : { lastApplied }) }))).toBe(gone);
    }
  });

  test('where the account was read, that counts, and nothing that was applied before', async () => {
    const loaded = await policiesOf([grantOf('member', '2026-11-20')]);
    expect(isGone(endsIn(loaded, { lastApplied: lastHeld('member') }))).toBe(true);
  });
});

describe('how long an end is listed', () => {
  test.each<[what: string, end: string, live: readonly string[], listed: readonly string[]]>([
    ['14 days after it, although the access is gone', '2026-11-08', [], ['2026-11-08']],
    ['not 15 days after it, once the access is gone', '2026-11-07', [], []],
    ['a year after it, while the access is still there', '2025-11-22', ['bob member'], ['2025-11-22']],
    ['the day after it', '2026-11-21', [], ['2026-11-21']],
    ['on the day itself', '2026-11-22', ['bob member'], ['2026-11-22']],
    ['14 days before it', '2026-12-06', ['bob member'], ['2026-12-06']],
    ['not 15 days before it', '2026-12-07', ['bob member'], []],
  ])('%s', async (_, end, live, listed) => {
    const loaded = await policiesOf([grantOf('member', end)]);
    expect(until(endsIn(loaded, { reading: readingOf(live) }))).toEqual(listed);
  });

  test('on its last day it is one that ends, and the day after one that has ended', async () => {
    const loaded = await policiesOf([grantOf('member', DAY)]);
    expect(endsIn(loaded)).toMatchObject({ ended: [], ending: [{ until: DAY }] });
    expect(endsIn(loaded, { day: '2026-11-23' })).toMatchObject({ ended: [{ until: DAY }], ending: [] });
  });

  test('15 days after it, access that another grant holds is nobody’s end', async () => {
    const stays = { 'teams/stays.yaml': teamOf(['bob@acme.example'], [grantOf('member', null)]) };
    const loaded = await policiesOf([grantOf('member', '2026-11-07')], stays);
    expect(until(endsIn(loaded, { reading: readingOf(['bob member']) }))).toEqual([]);
    const recent = await policiesOf([grantOf('member', '2026-11-08')], stays);
    expect(endsIn(recent, { reading: readingOf(['bob member']) }).ended).toMatchObject([{ until: '2026-11-08', heldOtherwise: true }]);
  });

  test('each account lists its own, and the earlier of a membership’s end and a grant’s', async () => {
    const grants = [grantOf('member', '2026-12-01'), grantOf('member', null, SUPPORT)];
    const loaded = await policiesOf(grants, {}, '{ email: bob@acme.example, until: 2026-12-03 }');
    expect(until(endsIn(loaded))).toEqual(['2026-12-01']);
    expect(until(endsIn(loaded, { account: SUPPORT }))).toEqual(['2026-12-03']);
  });

  test('the owner of the account has no end', async () => {
    const loaded = await policiesOf([grantOf('member', '2026-11-20')], {}, 'root@acme.example');
    expect(endsIn(loaded, { reading: readingOf(['root owner']) })).toEqual({ ended: [], ending: [] });
  });
});

describe('whether people agreed to an end', () => {
  async function isApproved(accepted: LoadedPolicies | null): Promise<boolean | undefined> {
    const loaded = await policiesOf([grantOf('member', '2026-11-20')]);
    const by = (account: string): DesiredAccount | null => accepted?.desired?.accounts.get(account) ?? null;
    return endsIn(loaded, { accepted: by, reading: readingOf(['bob member']) }).ended[0]?.isApproved;
  }

  test('they did where what they accepted has ended as well', async () => {
    expect(await isApproved(await policiesOf([grantOf('member', '2026-11-20')]))).toBe(true);
    expect(await isApproved(await policiesOf([grantOf('member', '2026-11-01')]))).toBe(true);
  });

  test('they did not where what they accepted still lets it hold, or more than it', async () => {
    expect(await isApproved(await policiesOf([grantOf('member', null)]))).toBe(false);
    expect(await isApproved(await policiesOf([grantOf('member', '2026-11-22')]))).toBe(false);
    expect(await isApproved(await policiesOf([grantOf('admin', '2027-01-31')]))).toBe(false);
  });

  test('they did where what they accepted never gave it, and where nothing was accepted yet', async () => {
    expect(await isApproved(await policiesOf([grantOf('member', null)], {}, 'carol@acme.example'))).toBe(true);
    expect(await isApproved(await policiesOf([grantOf('member', null, SUPPORT)]))).toBe(true);
    expect(await isApproved(null)).toBe(true);
  });
});

describe('the link to a renewal', () => {
  const TEN = `${PULLS}/10`;
  const VOICE = 'teams/voice.yaml';

  /** Where the ends of a team stand, in order: `file:line:column`. */
  function endsOf(text: string): string[] {
    return text
      .split('\n')
      .flatMap((line, index) => (line.includes('until: ') ? [`policies/${VOICE}:${index + 1}:${line.indexOf('until: ') + 8}`] : []));
  }

  async function linksOf(text: string, moved: readonly number[]): Promise<(string | null)[]> {
    const renewals = new Map(moved.map((nth) => [endsOf(text)[nth] ?? '', TEN]));
    return endsIn(await load({ ...FRAME, [VOICE]: text }, { today: DAY }), { renewals }).ending.map(({ renewal }) => renewal);
  }

  test('it stands where the pull request moves the end, and nowhere else', async () => {
    const members = ['{ email: bob@acme.example, until: 2026-12-01 }', '{ email: carol@acme.example, until: 2026-12-01 }'];
    const text = teamOf(members, [grantOf('member', null)]);
    expect(await linksOf(text, [])).toEqual([null, null]);
    expect(await linksOf(text, [0])).toEqual([TEN, null]);
    expect(await linksOf(text, [1])).toEqual([null, TEN]);
    expect(await linksOf(text, [0, 1])).toEqual([TEN, TEN]);
  });

  test('where a membership and a grant end on the same day, it takes both for the access to go on', async () => {
    const text = teamOf(['{ email: bob@acme.example, until: 2026-12-01 }'], [grantOf('member', '2026-12-01')]);
    expect(await linksOf(text, [0, 1])).toEqual([TEN]);
    expect(await linksOf(text, [0])).toEqual([null]);
    expect(await linksOf(text, [1])).toEqual([null]);
  });
});
