import { describe, expect, test } from 'vitest';
import type { Instant } from '../../src/model.ts';
import { type AccountFacts, checkAccount } from '../../src/setup/check-account.ts';
import { checkAccountNames } from '../../src/setup/check-account-names.ts';
import { checkClock } from '../../src/setup/check-clock.ts';
import { checkHeartbeat, checkLocalLedger, checkObservations, checkStateBranch } from '../../src/setup/check-ledger.ts';
import { checkSigningKey } from '../../src/setup/check-signing-key.ts';
import type { Asked } from '../../src/setup/check-states.ts';

const NOW = '2026-11-22T12:00:00.000Z';
const hoursAgo = (hours: number) => new Date(Date.parse(NOW) - hours * 3_600_000).toISOString();

describe('an account', () => {
  const account: AccountFacts = {
    account: 'telnyx-production',
    vendor: 'Telnyx',
    credential: 'works',
    words: 'this key answers to `sub-users`',
    wasAsked: true,
    variables: [{ name: 'TELNYX_PRODUCTION_API_KEY', isNeeded: true }],
    foreign: null,
    isOtherApi: false,
    isBlind: false,
  };
  const judge = (more: Partial<AccountFacts>) => checkAccount({ ...account, ...more });

  test('is well where its credential works, or where it needs none', () => {
    expect(judge({})).toMatchObject({ state: 'ok', fix: null });
    expect(judge({ credential: 'not needed' })).toMatchObject({ state: 'ok', says: 'no credential is needed' });
  });

  test('is wrong where the credential is refused, and a new one is the way out', () => {
    expect(judge({ credential: 'refused', words: '401' })).toMatchObject({
      state: 'wrong',
      says: 'the credential is refused: 401',
      fix: "Make a new key in Telnyx's console, and set TELNYX_PRODUCTION_API_KEY to it.",
    });
  });

  test("is told what it was given where that is another vendor's key", () => {
    const foreign = { variable: 'TELNYX_PRODUCTION_API_KEY', vendor: 'Twilio' };
    expect(judge({ credential: 'refused', foreign }).fix).toBe(
      "TELNYX_PRODUCTION_API_KEY looks like a key of Twilio's: set it to one of Telnyx's.",
    );
  });

  test('is wrong where the key answers to another API, or may not list who is there', () => {
    expect(judge({ isOtherApi: true, words: 'set `api: organizations`' })).toMatchObject({
      state: 'wrong',
      says: 'set `api: organizations`',
    });
    expect(judge({ isBlind: true })).toMatchObject({ state: 'wrong', says: 'the credential may not list who is there' });
  });

  test('is not known where the vendor did not say', () => {
    expect(judge({ credential: 'unknown', words: 'no answer' })).toMatchObject({ state: 'unknown' });
  });
});

describe('the clock', () => {
  const judge = (aheadMs: readonly number[]) =>
    checkClock({ isSet: false, sights: aheadMs.map((ms) => ({ host: 'api.telnyx.com', aheadMs: ms })) });

  test.each([
    [[900], 'ok', 'right to the minute, by the clock of api.telnyx.com'],
    [[120_000], 'attention', '2 minutes ahead, by the clock of api.telnyx.com'],
    [[-301_000], 'wrong', '5 minutes behind, by the clock of api.telnyx.com'],
    [[7_200_000, 1000], 'ok', 'right to the minute, by the clock of api.telnyx.com'],
  ])('off by %j ms is %s', (ms, state, says) => {
    expect(judge(ms)).toMatchObject({ state, says });
  });

  test('is not known where nobody named the time, or where it was set by hand', () => {
    expect(judge([]).state).toBe('unknown');
    expect(checkClock({ isSet: true, sights: [] })).toMatchObject({ state: 'unknown', fix: 'Unset ROLLCALL_NOW to have it compared.' });
  });
});

describe('a ledger', () => {
  const verified = { kind: 'verified', records: 1204, isSigned: true, tornBytes: 0 } as const;

  test('is well where every record is bound to the one before, and where nothing was applied yet', () => {
    expect(checkStateBranch('rollcall-state', verified)).toMatchObject({
      state: 'ok',
      says: '1,204 records, each bound to the one before and signed',
    });
    expect(checkLocalLedger('ledger.jsonl', { kind: 'absent' }).state).toBe('ok');
  });

  test('is wrong where it does not verify, with the way back', () => {
    const broken = { kind: 'broken', why: 'record 7 does not follow' } as const;
    expect(checkLocalLedger('ledger.jsonl', broken)).toMatchObject({ state: 'wrong', says: 'record 7 does not follow' });
    expect(checkStateBranch('rollcall-state', broken).fix).toContain('put rollcall-state back to the commit before the forged one');
  });

  test('needs attention where a line is torn, or where the clone lacks the branch', () => {
    expect(checkLocalLedger('ledger.jsonl', { ...verified, tornBytes: 12 }).state).toBe('attention');
    expect(checkStateBranch('rollcall-state', { kind: 'absent' })).toMatchObject({
      state: 'attention',
      fix: expect.stringContaining('git fetch origin rollcall-state:refs/remotes/origin/rollcall-state'),
    });
  });

  test('is not known outside a clone', () => {
    expect(checkStateBranch('rollcall-state', { kind: 'unknown', why: 'this is no clone' }).state).toBe('unknown');
  });
});

describe('what was observed', () => {
  const judge = (...hours: readonly (number | null)[]) =>
    checkObservations({
      now: NOW,
      heartbeat: null,
      observed: new Map(hours.map((ago, at) => [`account-${at}`, ago === null ? null : hoursAgo(ago)])),
    });

  test.each([
    [[0.5], 'ok', 'of one account, the oldest 30 minutes ago'],
    [[0.5, 2], 'ok', 'of all 2 accounts, the oldest 2 hours ago'],
    [[1, 4], 'attention', 'the oldest is 4 hours old (account-1)'],
    [[1, 25], 'wrong', 'the oldest is 25 hours old (account-1): no approval counts on it'],
    [[null, 1], 'attention', 'never observed: account-0'],
    [[null], 'attention', 'no account was ever observed'],
    [[], 'ok', 'there is no account to observe'],
  ])('%j hours ago is %s', (hours, state, says) => {
    expect(judge(...hours)).toMatchObject({ state, says });
  });

  test.each([
    [1, 'ok'],
    [4, 'attention'],
    [25, 'wrong'],
    [null, 'attention'],
  ])('a sign of life %s hours ago is %s', (hours, state) => {
    const heartbeat = hours === null ? null : hoursAgo(hours);
    expect(checkHeartbeat({ now: NOW, observed: new Map(), heartbeat }).state).toBe(state);
  });
});

describe('the signing key', () => {
  const days = (count: number) => ({ kind: 'known', value: hoursAgo(count * 24) }) as const;
  const judge = (...ages: readonly Asked<Instant | null>[]) =>
    checkSigningKey({ now: NOW, keys: { kind: 'known', value: ages.map((since, at) => ({ keyId: `key${at}`, since })) } });

  test('is well for a year, by the youngest: older ones stay to prove the past', () => {
    expect(judge(days(900), days(30))).toMatchObject({ state: 'ok', says: 'key1, 30 days old' });
  });

  test('needs attention after a year, and before anybody committed it', () => {
    expect(judge(days(366))).toMatchObject({ state: 'attention', says: 'key0, 366 days old' });
    expect(judge({ kind: 'known', value: null })).toMatchObject({ state: 'attention', says: 'key0 is in no commit' });
  });

  test('is wrong where there is none', () => {
    const check = checkSigningKey({ now: NOW, keys: { kind: 'unknown', why: '.github/rollcall.pub names no key' } });
    expect(check).toMatchObject({ state: 'wrong', fix: expect.stringContaining('rollcall keygen --out key') });
  });

  test('is of unknown age in a clone without a past', () => {
    expect(judge({ kind: 'unknown', why: 'this clone is shallow' }).state).toBe('unknown');
  });
});

describe('the account names that editors propose', () => {
  const file = (...names: readonly string[]) => JSON.stringify({ enum: names });

  test('are well where they are the accounts of the policies', () => {
    expect(checkAccountNames(file('a', 'b'), ['a', 'b'])).toMatchObject({ state: 'ok', says: 'editors propose all 2' });
  });

  test('need attention where one is missing or gone, and are named', () => {
    expect(checkAccountNames(file('old', 'a'), ['a', 'new'])).toMatchObject({
      state: 'attention',
      says: 'in schemas/account-names.schema.json, new is missing, and old is no account any more',
    });
  });

  test.each([null, '{', '{}', 'null'])('need attention where the file is %s', (text) => {
    expect(checkAccountNames(text, ['a'])).toMatchObject({ state: 'attention', fix: expect.stringContaining('`rollcall init .`') });
  });
});
