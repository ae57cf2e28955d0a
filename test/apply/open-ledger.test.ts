import { describe, expect, test } from 'vitest';
import { chainRecord } from '../../src/apply/chain-record.ts';
import { LEDGER_VERSION } from '../../src/apply/ledger-records.ts';
import { openLedger, parseLedger, readLedger } from '../../src/apply/open-ledger.ts';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { RollcallError } from '../../src/errors.ts';
import type { LedgerStorage } from '../../src/ports.ts';
import { digestOfBytes } from '../../src/text/digest.ts';
import { inviteOf, NO_FACTS, openMemoryLedger } from '../support/ledger-world.ts';
import { ACCOUNT, createJumpingClock } from '../support/provider-world.ts';

const RECORDS = 40;

/** Forty records whose names hold letters of one, two, three and four bytes, a line separator and what looks like a hash. */
async function fortyRecords(): Promise<string> {
  const clock = createJumpingClock();
  const { ledger, text } = await openMemoryLedger(clock);
  for (let number = 1; number <= RECORDS; number += 1) {
    clock.advance(1_000);
    const name = `Zoë 李 🚀 \u2028","hash":"sha256:${'0'.repeat(64)}"} ${number}`;
    await ledger.append([
      { kind: 'intent', account: ACCOUNT, change: inviteOf(`p${number}@acme.example`, 'member', name), facts: NO_FACTS },
    ]);
  }
  return text();
}

async function storageOf(text: string): Promise<LedgerStorage> {
  const storage = openMemoryStorage();
  await storage.append(text, '0');
  return storage;
}

function verdictOf(text: string): string {
  try {
    return `${parseLedger('ledger.jsonl', text).records.length} whole`;
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    return error.code;
  }
}

const linesOf = (text: string) => text.split('\n').slice(0, -1);
const joined = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('the chain of the ledger', () => {
  test('every record names the one before, its number and its hash over its own bytes', async () => {
    const text = await fortyRecords();
    const records = await readLedger('ledger.jsonl', await storageOf(text));
    expect(records.map((record) => record.seq)).toEqual(Array.from({ length: RECORDS }, (_, index) => index + 1));
    for (const [index, line] of linesOf(text).entries()) {
      const record = records[index];
      expect(record?.prev).toBe(index === 0 ? digestOfBytes('rollcall ledger') : records[index - 1]?.hash);
      expect(record?.hash).toBe(digestOfBytes(`${line.slice(0, line.lastIndexOf(',"hash":"'))}}`));
    }
  });

  test('a torn ledger that is opened goes on from its last whole record, and says so', async () => {
    const text = await fortyRecords();
    const second = text.indexOf('\n', text.indexOf('\n') + 1) + 1;
    for (const cut of [second - 1, second + 1, second + 300]) {
      const storage = await storageOf(text.slice(0, cut));
      const ledger = await openLedger('ledger.jsonl', storage, createJumpingClock());
      const whole = cut < second ? 1 : 2;
      expect(ledger.records).toHaveLength(whole + 1);
      expect(ledger.records.at(-1)).toMatchObject({ kind: 'note', text: expect.stringContaining('torn last line') });
      await ledger.close();
      expect(verdictOf((await storage.read()).text)).toBe(`${whole + 1} whole`);
    }
  });

  test('a record that follows the one before and says another number than its place has is noticed', async () => {
    const [first = ''] = linesOf(await fortyRecords());
    const entry = { kind: 'note', text: 'x', at: '2026-11-22T10:00:00.000Z' } as const;
    const { line } = chainRecord(entry, { seq: 5, hash: JSON.parse(first).hash }, null);
    expect(() => parseLedger('ledger.jsonl', joined([first, line]))).toThrow('record 2 does not verify (it says it is number 6)');
  });

  test('a last record without the end of its line was cut off; with anything else there it is damaged', async () => {
    const text = (await fortyRecords()).slice(0, -1);
    const cut = `${RECORDS - 1} whole`;
    for (const [behind, verdict] of [
      ['', cut],
      // What a disk that lost its power may have for bytes that were never synced.
      ['\0', cut],
      ['\0\0\0', cut],
      ['\v', 'ledgerDamaged'],
      [' ', 'ledgerDamaged'],
      ['\uFFFD', 'ledgerDamaged'],
      [`*${text.slice(text.lastIndexOf('\n') + 1).slice(0, 50)}`, 'ledgerDamaged'],
    ] as const) {
      expect(verdictOf(`${text}${behind}`), JSON.stringify(behind)).toBe(verdict);
    }
    expect(verdictOf(`${text.slice(0, -2)}*`)).toBe(cut);
    expect(() => parseLedger('ledger.jsonl', `${text} `)).toThrow(
      `ledger.jsonl: record ${RECORDS} does not verify (its line does not end). Nothing was done`,
    );
  });

  test('records that change places, come twice or are missing are noticed, and the first wrong one is named', async () => {
    const lines = linesOf(await fortyRecords());
    for (let at = 0; at < RECORDS - 1; at += 1) {
      const swapped = lines.with(at, lines[at + 1] ?? '').with(at + 1, lines[at] ?? '');
      const doubled = lines.toSpliced(at, 0, lines[at] ?? '');
      const dropped = lines.toSpliced(at, 1);
      for (const [bad, record] of [
        [swapped, at + 1],
        [doubled, at + 2],
        [dropped, at + 1],
      ] as const) {
        expect(() => parseLedger('ledger.jsonl', joined(bad))).toThrow(`ledger.jsonl: record ${record} does not verify`);
      }
    }
    expect(verdictOf(joined(lines.toSpliced(3, 0, '')))).toBe('ledgerDamaged');
    expect(verdictOf(`\uFEFF${joined(lines)}`)).toBe('ledgerDamaged');
    expect(verdictOf(joined(lines).replaceAll('\n', '\r\n'))).toBe('ledgerDamaged');
  });

  test('a record of a newer version is refused rather than guessed at', () => {
    const open = JSON.stringify({ v: LEDGER_VERSION + 1, seq: 1, at: '', kind: 'marvel', prev: digestOfBytes('rollcall ledger') });
    expect(verdictOf(`${open.slice(0, -1)},"hash":"${digestOfBytes(open)}"}\n`)).toBe('ledgerVersion');
  });

  test('a damaged ledger is refused before anything is written, and its lock is given back', async () => {
    const lines = linesOf(await fortyRecords());
    const text = joined(lines.toSpliced(5, 1));
    const storage = await storageOf(text);
    await expect(openLedger('ledger.jsonl', storage, createJumpingClock())).rejects.toMatchObject({ code: 'ledgerDamaged', exit: 9 });
    expect((await storage.read()).text).toBe(text);
    expect((await storage.acquire()).kind).toBe('acquired');
  });
});

describe('writing to the ledger', () => {
  test('a second taker is told who holds it', async () => {
    const { storage } = await openMemoryLedger(createJumpingClock());
    await expect(openLedger('ledger.jsonl', storage, createJumpingClock())).rejects.toMatchObject({ code: 'ledgerHeld', exit: 7 });
  });

  test('when somebody else has written first, nothing of the append is there or remembered', async () => {
    const { ledger, storage, text } = await openMemoryLedger(createJumpingClock());
    await ledger.append([{ kind: 'commit', commit: 'a' }]);
    await storage.append('somebody else\n', (await storage.read()).version);
    const before = await text();
    const append = ledger.append([
      { kind: 'commit', commit: 'b' },
      { kind: 'commit', commit: 'c' },
    ]);
    await expect(append).rejects.toMatchObject({ code: 'ledgerLost', exit: 7 });
    expect(await text()).toBe(before);
    expect(ledger.records).toHaveLength(1);
    expect(ledger.history().commit).toBe('a');
  });

  test('several records of one append are one write, in their order', async () => {
    const writes: string[] = [];
    const inner = openMemoryStorage();
    const storage: LedgerStorage = {
      ...inner,
      append: (lines, version) => {
        writes.push(lines);
        return inner.append(lines, version);
      },
    };
    const { ledger } = await openMemoryLedger(createJumpingClock(), storage);
    await ledger.append(['a', 'b', 'c'].map((commit) => ({ kind: 'commit', commit })));
    await ledger.append([]);
    expect(writes).toHaveLength(1);
    expect(ledger.records.map((record) => record.seq)).toEqual([1, 2, 3]);
    expect(ledger.history().commit).toBe('c');
  });

  test('a disk that fails an append ends the run with nothing remembered', async () => {
    const inner = openMemoryStorage();
    const storage: LedgerStorage = {
      ...inner,
      append: () => Promise.reject(new RollcallError('fileUnwritable', 'ledger.jsonl', 'ENOSPC')),
    };
    const { ledger } = await openMemoryLedger(createJumpingClock(), storage);
    await expect(ledger.append([{ kind: 'commit', commit: 'a' }])).rejects.toMatchObject({ code: 'fileUnwritable' });
    expect(ledger.records).toEqual([]);
    expect(ledger.history().commit).toBeNull();
  });

  test('what was learned from the ledger stays what it was while the ledger goes on', async () => {
    const { ledger, history } = await openMemoryLedger(createJumpingClock());
    const change = inviteOf('new@acme.example');
    await ledger.append([{ kind: 'approval', account: ACCOUNT, by: 'plan', changes: [change] }]);
    const before = history();
    await ledger.append([{ kind: 'superseded', account: ACCOUNT, principal: change.principal, change: change.id }]);
    expect(before.owed.size).toBe(1);
    expect(history().owed.size).toBe(0);
  });
});
