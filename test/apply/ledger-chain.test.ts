import { describe, expect, test } from 'vitest';
import { hidesRecord } from '../../src/apply/chain-record.ts';
import { LEDGER_VERSION } from '../../src/apply/ledger-records.ts';
import { openLedger, parseLedger, readLedger } from '../../src/apply/open-ledger.ts';
import { digestOfBytes } from '../../src/text/digest.ts';
import { createJumpingClock } from '../support/provider-world.ts';
import { makeSeal, note, openSharedStorage } from './signed-world.ts';

const GENESIS = digestOfBytes('rollcall ledger');
/** A line whose hash is right, whatever it says. */
const hashed = (open: string) => `${open.slice(0, -1)},"hash":"${digestOfBytes(open)}"}`;
const record = (more: Readonly<Record<string, unknown>>) =>
  hashed(JSON.stringify({ v: LEDGER_VERSION, seq: 1, at: '2026-11-22T09:00:00.000Z', kind: 'note', text: 'x', prev: GENESIS, ...more }));

describe('a line of the ledger that is no record of it', () => {
  test.each([
    ['{}', 'record 1 does not verify (it is not a record)'],
    ['', 'record 1 does not verify (it is not a record)'],
    [record({}).replace('"x"', '"y"'), 'record 1 does not verify (its hash is another)'],
    [hashed('{oops}'), 'record 1 does not verify (it is not JSON)'],
    [record({ seq: 2 }), 'record 1 does not verify (it says it is number 2)'],
    [record({ prev: digestOfBytes('another') }), 'record 1 does not verify (it does not follow the record before it)'],
  ])('%s: %s', (line, why) => {
    expect(() => parseLedger('ledger.jsonl', `${line}\n`)).toThrow(why);
  });

  test.each([
    ['a newer version', { v: LEDGER_VERSION + 1 }],
    ['a kind of a newer version', { kind: 'marvel' }],
    ['no kind', { kind: 7 }],
  ])('of %s is refused as that', (_what, more) => {
    expect(() => parseLedger('ledger.jsonl', `${record(more)}\n`)).toThrow(expect.objectContaining({ code: 'ledgerVersion' }));
  });

  test('is otherwise read', () => {
    expect(parseLedger('ledger.jsonl', `${record({})}\n`).records).toMatchObject([{ seq: 1, kind: 'note', text: 'x' }]);
  });
});

describe('what has no end of line', () => {
  test.each([
    ['a whole record and something else', `${record({})}x`, true],
    ['the shortest record there could be and something else', `${hashed('{}')}x`, true],
    ['a whole record and nothing', record({}), false],
    ['a whole record and what was never synced', `${record({})}\0`, false],
    ['a record that was changed and something else', `${record({}).replace('"x"', '"y"')}x`, false],
    ['a beginning that has come to no hash', `${record({}).slice(0, 40)}${'x'.repeat(200)}`, false],
    ['nothing', '', false],
  ])('%s hides a record: %s', (_what, tail, hides) => {
    expect(hidesRecord(tail)).toBe(hides);
  });
});

test('a signed ledger is held against its repository, or against none where nobody says which', async () => {
  const seal = makeSeal('4711');
  const storage = openSharedStorage();
  await (await openLedger('rollcall-state', storage, createJumpingClock(), seal)).append([note('x')]);
  const recordsFor = async (repository: string | null) =>
    (await readLedger('rollcall-state', storage, { repository, verifier: seal.verifier })).length;
  expect([await recordsFor('4711'), await recordsFor(null)]).toEqual([1, 1]);
  await expect(recordsFor('4712')).rejects.toThrow('record 1 does not verify (it belongs to another repository, 4711)');
});
