import { describe, expect, test } from 'vitest';
import type { LivePrincipal } from '../../src/model.ts';
import { digestOfPrincipals, type Pass, type ReadOptions, readComplete } from '../../src/provider/read-complete.ts';
import { digestOfRows } from '../../src/text/digest.ts';
import { ACCOUNT, createJumpingClock, HOUR_MS, START_MS } from '../support/provider-world.ts';

const START = new Date(START_MS).toISOString();
const personOf = (principal: string, principal_id = `id of ${principal}`): LivePrincipal => {
  return { principal, principal_id, status: 'active', name: principal, since: null, roles: ['member'], groups: [] };
};
const [ada, bob, cid] = ['ada@acme.example', 'bob@acme.example', 'cid@acme.example'].map((email) => personOf(email)) as [
  LivePrincipal,
  LivePrincipal,
  LivePrincipal,
];
const crowd = (count: number) => Array.from({ length: count }, (_, index) => personOf(`person-${100 + index}@acme.example`));
const stated = (...rows: readonly LivePrincipal[]): Pass => ({ kind: 'rows', rows, stated: true });
const unstated = (...rows: readonly LivePrincipal[]): Pass => ({ kind: 'rows', rows, stated: false });
const contradictory: Pass = { kind: 'inconsistent', message: 'page 2 repeats page 1' };

/** Reads by passes that come out as given, each in two requests and a second; the account has been asked seven times before. */
async function reading(passes: readonly Pass[], more: Partial<ReadOptions> = {}) {
  const clock = createJumpingClock();
  let made = 0;
  const result = await readComplete({
    account: ACCOUNT,
    provider: 'telnyx',
    api: 'sub-users',
    clock,
    pass: async () => {
      clock.advance(1_000);
      made += 1;
      return passes[made - 1] ?? { kind: 'unreachable', message: 'one pass too many' };
    },
    requests: () => 7 + 2 * made,
    lastGood: null,
    suspect: null,
    ...more,
  });
  return { result, made };
}

describe('a read is complete', () => {
  test('after one pass whose number of rows the vendor confirms, sorted by e-mail and id, dated when it began', async () => {
    const other = personOf(bob.principal, 'a lower id');
    expect(await reading([stated(cid, bob, ada, other)])).toEqual({
      made: 1,
      result: {
        kind: 'complete',
        observation: {
          account: ACCOUNT,
          provider: 'telnyx',
          api: 'sub-users',
          at: START,
          principals: [ada, other, bob, cid],
          requests: 2,
          digest: digestOfPrincipals([ada, other, bob, cid]),
          source: 'live',
        },
      },
    });
  });

  test('with what the pass tells beside the rows, those without access sorted too', async () => {
    const facts = { without: [cid, bob], scope: 'AC1', notes: ['x'] };
    const { result } = await reading([{ kind: 'rows', rows: [ada], stated: true, facts }]);
    expect(result).toMatchObject({
      kind: 'complete',
      observation: { without: [bob, cid], scope: 'AC1', notes: ['x'], digest: digestOfPrincipals([ada], [bob, cid]) },
    });
  });

  test.each<[string, readonly Pass[], number]>([
    ['the first two agree, in whatever order', [unstated(ada, bob), unstated(bob, ada)], 2],
    ['the last two agree', [unstated(ada), unstated(ada, bob), unstated(ada, bob)], 3],
    ['two agree around a contradictory one', [unstated(ada), contradictory, unstated(ada)], 3],
    ['the vendor confirms the last', [unstated(ada), contradictory, stated(bob)], 3],
  ])('where no number is stated, when %s', async (_what, passes, count) => {
    const { result, made } = await reading(passes);
    expect(result.kind).toBe('complete');
    expect(made).toBe(count);
  });
});

describe('a read is not complete', () => {
  test.each<[string, readonly Pass[], string]>([
    ['no two passes in a row agree', [unstated(ada), unstated(bob), unstated(ada)], 'two reads in a row did not agree (read 3 times)'],
    ['every pass contradicts itself', [contradictory, contradictory, contradictory], 'page 2 repeats page 1 (read 3 times)'],
    ['only one pass was whole', [contradictory, unstated(ada), contradictory], 'page 2 repeats page 1 (read 3 times)'],
  ])('when %s', async (_what, passes, message) => {
    expect(await reading(passes)).toEqual({
      made: 3,
      result: { kind: 'incomplete', account: ACCOUNT, at: START, cause: 'unreadable', message, requests: 6, suspect: null },
    });
  });

  test.each<[Pass['kind'], string]>([
    ['credentials', 'credentials'],
    ['unreachable', 'unreadable'],
  ])('when a pass ends with %s, and then no other is tried', async (kind, cause) => {
    expect(await reading([{ kind, message: 'why' } as Pass])).toEqual({
      made: 1,
      result: { kind: 'incomplete', account: ACCOUNT, at: START, cause, message: 'why', requests: 2, suspect: null },
    });
  });

  test('of ten minutes: a page asked for later is one too many', async () => {
    const clock = createJumpingClock();
    const seen: boolean[] = [];
    await reading([], {
      clock,
      pass: async (expired) => {
        for (const ms of [0, 600_000, 1]) {
          clock.advance(ms);
          seen.push(expired());
        }
        return stated(ada);
      },
    });
    expect(seen).toEqual([false, false, true]);
  });
});

describe('a read with less than half of the people of the last good one', () => {
  const lastGood = { principals: 10, at: START };
  const few = crowd(4);
  const digest = digestOfPrincipals(few);
  /** The read ends a second after it began. */
  const seenAt = (agoMs: number) => new Date(START_MS + 1_000 - agoMs).toISOString();

  test('is not believed, and what it showed is remembered', async () => {
    const { result } = await reading([stated(...few)], { lastGood });
    expect(result).toEqual({
      kind: 'incomplete',
      account: ACCOUNT,
      at: START,
      cause: 'shrunk',
      message:
        '4 principals where the last good read had 10: less than half, so it may be a partial answer. ' +
        'Nothing is done until a second read at least an hour later agrees (apply and drift --revert keep count)',
      requests: 2,
      suspect: { digest, principals: 4 },
    });
  });

  test('is believed when one that was an hour ago agrees', async () => {
    const { result } = await reading([stated(...few)], { lastGood, suspect: { digest, at: seenAt(HOUR_MS) } });
    expect(result.kind).toBe('complete');
  });

  test.each([
    ['was less than an hour ago', { digest, at: seenAt(HOUR_MS - 1) }],
    ['showed others', { digest: digestOfPrincipals(crowd(3)), at: seenAt(2 * HOUR_MS) }],
  ])('is not believed when the one before %s', async (_what, suspect) => {
    expect((await reading([stated(...few)], { lastGood, suspect })).result).toMatchObject({ cause: 'shrunk' });
  });

  test('half of them is enough, and so is anybody where there was no good read', async () => {
    expect((await reading([stated(...crowd(5))], { lastGood })).result.kind).toBe('complete');
    expect((await reading([stated(...few)], { lastGood: null })).result.kind).toBe('complete');
  });
});

describe('the digest of who is there', () => {
  const row = ({ principal, principal_id, status, name, roles, groups }: LivePrincipal) => {
    return [principal, principal_id, status, name, roles, groups];
  };

  test('is over the rows, and where some are without access also over how many are with it', () => {
    expect(digestOfPrincipals([ada, bob])).toBe(digestOfRows([row(ada), row(bob)]));
    expect(digestOfPrincipals([ada], [bob])).toBe(digestOfRows([[1], row(ada), row(bob)]));
  });
});
