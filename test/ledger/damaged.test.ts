import { beforeAll, describe, expect, test, vi } from 'vitest';
import { openLedger, parseLedger, readLedger, type Seal } from '../../src/apply/open-ledger.ts';
import { RollcallError } from '../../src/errors.ts';
import { createRandom } from '../../src/text/create-random.ts';
import { makeSeal } from '../apply/signed-world.ts';
import { openMemoryDisk } from '../simulation/memory-disk.ts';
import { createJumpingClock } from '../support/provider-world.ts';
import { LOOKS_LIKE_THE_END, makeRealLedger, openStorage, sealLedger } from './make-real-ledger.ts';
import { LEDGER } from './open-office.ts';

// So long only on a machine that does much else beside.
vi.setConfig({ testTimeout: 240_000 });

const NEWLINE = 0x0a;
let unsigned = '';
let signed = '';
let seal: Seal;

beforeAll(async () => {
  unsigned = await makeRealLedger();
  seal = rememberVerdicts(makeSeal());
  signed = sealLedger(parseLedger('ledger', unsigned).records, seal);
});

/** The same signature over the same text need not be checked a thousand times to know that it is good. */
function rememberVerdicts(made: Seal): Seal {
  const verdicts = new Map<string, boolean>();
  const verify = (...said: [string, string, string]) => {
    const words = said.join(' ');
    const verdict = verdicts.get(words) ?? made.verifier.verify(...said);
    verdicts.set(words, verdict);
    return verdict;
  };
  return { ...made, verifier: { keyIds: made.verifier.keyIds, verify } };
}

/** A ledger's file with these bytes, be they text or not. */
function fileOf(bytes: Buffer) {
  return openStorage({ ...openMemoryDisk(), read: async () => bytes });
}

/** What reading the file comes to: `12 whole`, or the sentence without its way out. */
async function verdictOn(bytes: Buffer, check: Seal | null = null): Promise<string> {
  try {
    return `${(await readLedger('ledger', fileOf(bytes), check)).length} whole`;
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    expect(error.exit).toBe(9);
    return error.message.replace(/\. (Nothing was done|Use the version).*$/, '');
  }
}

const linesOf = (text: string) => text.split('\n').slice(0, -1);
const bytesOf = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''));

/** How many records stand before the one that this byte belongs to. */
function recordsBefore(bytes: Buffer): Uint16Array {
  const before = new Uint16Array(bytes.length + 1);
  for (let at = 0; at < bytes.length; at += 1) before[at + 1] = (before[at] ?? 0) + (bytes[at] === NEWLINE ? 1 : 0);
  return before;
}

function flip(bytes: Buffer, at: number, bit: number): Buffer {
  const bad = Buffer.from(bytes);
  bad[at] = (bad[at] ?? 0) ^ (1 << bit);
  return bad;
}

test('the ledger under test is a real one: some forty records of eight kinds, with letters of one to four bytes', () => {
  const records = parseLedger('ledger', unsigned).records;
  expect(records.length).toBeGreaterThanOrEqual(40);
  expect(records.length).toBeLessThan(60);
  expect([...new Set(records.map(({ kind }) => kind))].toSorted()).toEqual([
    'approval',
    'baseline',
    'intent',
    'observation',
    'outcome',
    'state',
  ]);
  expect(unsigned).toContain(LOOKS_LIKE_THE_END);
  expect(Buffer.byteLength(unsigned)).toBeGreaterThan(8_000);
});

describe('cut off after any byte', () => {
  test('a reader finds every record that was whole, and nothing else', async () => {
    const bytes = Buffer.from(unsigned);
    const before = recordsBefore(bytes);
    const all = parseLedger('ledger', unsigned).records;
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const records = await readLedger('ledger', fileOf(bytes.subarray(0, cut)));
      const whole = before[cut] ?? 0;
      if (records.length !== whole || records.at(-1)?.hash !== all[whole - 1]?.hash) expect.fail(`cut after byte ${cut}`);
    }
  });

  test('the next writer cuts what is torn, says how much in a note, and goes on; one that finds nothing torn says nothing', async () => {
    const bytes = Buffer.from(unsigned);
    const before = recordsBefore(bytes);
    for (let cut = 0; cut <= bytes.length; cut += cut < bytes.length - 300 ? 17 : 1) {
      const disk = openMemoryDisk();
      disk.put(LEDGER, unsigned);
      await disk.truncate(LEDGER, cut);
      const ledger = await openLedger('ledger', openStorage(disk), createJumpingClock());
      await ledger.append([{ kind: 'note', text: 'on' }]);
      await ledger.close();
      const whole = before[cut] ?? 0;
      const keptBytes = cut === 0 ? 0 : bytes.lastIndexOf(NEWLINE, cut - 1) + 1;
      const torn = bytes.subarray(keptBytes, cut).toString().length;
      const said = [`a torn last line of ${torn} characters was cut: a run ended while it was being written`, 'on'].slice(
        torn === 0 ? 1 : 0,
      );
      const after = disk.text(LEDGER) ?? '';
      expect(after.startsWith(bytes.subarray(0, keptBytes).toString()), `cut after byte ${cut}`).toBe(true);
      const notes = parseLedger('ledger', after).records.slice(whole);
      expect(notes.map((record) => record.kind === 'note' && record.text)).toEqual(said);
    }
  });

  test('a signed one, which is never torn, does not verify; cut between two records it is an older one, which whoever has seen more refuses', async () => {
    const bytes = Buffer.from(signed);
    const before = recordsBefore(bytes);
    const last = parseLedger('ledger', signed, seal).records.at(-1);
    const seen = { ...seal, seen: { seq: last?.seq ?? 0, hash: last?.hash ?? '' } };
    for (let cut = 0; cut < bytes.length; cut += before[cut + 1] === before[cut] ? 1 + (cut % 4) : 1) {
      const whole = before[cut] ?? 0;
      const between = cut === 0 || bytes[cut - 1] === NEWLINE;
      const verdict = await verdictOn(bytes.subarray(0, cut), seal);
      const expected = between ? `${whole} whole` : `ledger: record ${whole + 1} does not verify (it ends in the middle)`;
      if (verdict !== expected) expect.fail(`cut after byte ${cut}: ${verdict}`);
      if (!between) continue;
      expect(await verdictOn(bytes.subarray(0, cut), seen)).toBe(
        `ledger: record ${last?.seq} does not verify (it was seen before and is there no more)`,
      );
    }
    expect(await verdictOn(bytes, seen)).toBe(`${last?.seq} whole`);
  });
});

describe('with one bit flipped', () => {
  test('10,000 bits anywhere in the file: every one is noticed, and its record or the one behind it is named', async () => {
    const bytes = Buffer.from(unsigned);
    const before = recordsBefore(bytes);
    const random = createRandom(12);
    for (let flips = 0; flips < 10_000; flips += 1) {
      const at = Math.floor(random() * bytes.length);
      const bit = Math.floor(random() * 8);
      expectNoticed(await verdictOn(flip(bytes, at, bit)), before[at] ?? 0, `bit ${bit} of byte ${at}`);
    }
  });

  test('every bit of the last record, the ends of its line and of the line before too', async () => {
    const bytes = Buffer.from(unsigned);
    const before = recordsBefore(bytes);
    const start = Buffer.byteLength(
      linesOf(unsigned)
        .slice(0, -1)
        .map((line) => `${line}\n`)
        .join(''),
    );
    for (let at = start - 1; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        expectNoticed(await verdictOn(flip(bytes, at, bit)), before[at] ?? 0, `bit ${bit} of byte ${at}`);
      }
    }
  });

  test('in what a killed run left of a line it is cut with it, and no record before it goes with it', async () => {
    const whole = parseLedger('ledger', unsigned).records.length;
    const torn = Buffer.from(unsigned.trimEnd().slice(0, -100));
    const start = torn.lastIndexOf(NEWLINE) + 1;
    const verdicts = new Set<string>();
    for (let at = start - 1; at < torn.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const verdict = await verdictOn(flip(torn, at, bit));
        verdicts.add(verdict);
        // The end of the line before is no part of what is torn.
        if (at === start - 1) expect(verdict).toMatch(/^ledger: record \d+ does not verify/);
      }
    }
    // A flip that makes an end of line of another letter ends a record that is none.
    expect([...verdicts].filter((verdict) => !verdict.startsWith('ledger: record'))).toEqual([`${whole - 1} whole`]);
  });

  test('4,000 bits of a signed one: every one is noticed', async () => {
    const bytes = Buffer.from(signed);
    const before = recordsBefore(bytes);
    const random = createRandom(13);
    for (let flips = 0; flips < 4_000; flips += 1) {
      const at = Math.floor(random() * bytes.length);
      const bit = Math.floor(random() * 8);
      expectNoticed(await verdictOn(flip(bytes, at, bit), seal), before[at] ?? 0, `bit ${bit} of byte ${at}`);
    }
  });
});

function expectNoticed(verdict: string, before: number, where: string): void {
  const number = Number(/^ledger: record (\d+) (does not verify|is of a version)/.exec(verdict)?.[1] ?? Number.NaN);
  if (number !== before + 1) expect.fail(`${where}: ${verdict}, not record ${before + 1}`);
}

describe('with its records in disorder', () => {
  test('1,000 times records change places, come twice or are missing: the first that is out of its place is named', async () => {
    const random = createRandom(14);
    for (const [text, check] of [
      [unsigned, null],
      [signed, seal],
    ] as const) {
      const lines = linesOf(text);
      const pick = (below: number) => Math.floor(random() * below);
      for (let times = 0; times < 500; times += 1) {
        const one = pick(lines.length);
        const other = pick(lines.length);
        const first = Math.min(one, other);
        const swapped = lines.with(one, lines[other] ?? '').with(other, lines[one] ?? '');
        if (one !== other) expect(await verdictOn(bytesOf(swapped), check)).toContain(`ledger: record ${first + 1} does not verify`);
        // A copy right behind its original is one too many; anywhere before it, it comes too early.
        const doubled = lines.toSpliced(other, 0, lines[one] ?? '');
        const wrong = other === one ? one + 1 : other;
        expect(await verdictOn(bytesOf(doubled), check)).toContain(`ledger: record ${wrong + 1} does not verify`);
        const dropped = lines.toSpliced(first, 1 + pick(lines.length - 1 - first));
        if (first < lines.length - 1)
          expect(await verdictOn(bytesOf(dropped), check)).toContain(`ledger: record ${first + 1} does not verify`);
      }
    }
  });

  test('with a record out of another ledger in the place of its own: it, or the one that does not follow it, is named', async () => {
    const records = parseLedger('ledger', unsigned).records;
    const strange = records.map((record) => ({ ...record, account: 'another' }));
    for (const check of [null, seal]) {
      const own = linesOf(sealLedger(records, check));
      const other = linesOf(sealLedger(strange, check));
      for (let at = 0; at < own.length - 1; at += 1) {
        const verdict = await verdictOn(bytesOf(own.with(at, other[at] ?? '')), check);
        expect(verdict).toBe(`ledger: record ${Math.max(at, 1) + 1} does not verify (it does not follow the record before it)`);
      }
    }
  });

  test('without its last records: in a local file nothing can tell, on the branch whoever has seen more refuses', async () => {
    const records = parseLedger('ledger', signed, seal).records;
    for (let kept = 0; kept < records.length; kept += 1) {
      expect(await verdictOn(bytesOf(linesOf(unsigned).slice(0, kept)))).toBe(`${kept} whole`);
      const seen = { seq: records.length, hash: records.at(-1)?.hash ?? '' };
      expect(await verdictOn(bytesOf(linesOf(signed).slice(0, kept)), { ...seal, seen })).toContain(
        'it was seen before and is there no more',
      );
    }
  });

  test('rewritten as a whole: a chain of hashes alone cannot tell, a signature can', async () => {
    const records = parseLedger('ledger', unsigned).records.map((record) => ({ ...record, account: 'another' }));
    const forged = sealLedger(records, null);
    expect(await verdictOn(Buffer.from(forged))).toBe(`${records.length} whole`);
    expect(await verdictOn(Buffer.from(forged), seal)).toBe('ledger: record 1 does not verify (it is not signed)');
    const stranger = makeSeal();
    expect(await verdictOn(Buffer.from(sealLedger(records, stranger)), seal)).toContain(
      'ledger: record 1 does not verify (it is signed by a key that is not known',
    );
  });
});
