import { describe, expect, test } from 'vitest';
import { chainRecord } from '../../src/apply/chain-record.ts';
import { type Check, openLedger, parseLedger, readLedger, type Seal } from '../../src/apply/open-ledger.ts';
import { openMemoryStorage } from '../../src/apply/open-memory-storage.ts';
import { readPublicKeys } from '../../src/apply/signatures.ts';
import { RollcallError } from '../../src/errors.ts';
import { createJumpingClock, createSeededRandom } from '../support/provider-world.ts';
import { intentOf, makeSeal, note, openSharedStorage, REPOSITORY } from './signed-world.ts';

const RECORDS = 12;
const seal = makeSeal();

async function ledgerText(by: Seal | null, records = RECORDS): Promise<string> {
  const storage = openMemoryStorage();
  const ledger = await openLedger('ledger', storage, createJumpingClock(), by);
  for (let number = 1; number <= records; number += 1) {
    const name = `Zoë 李 🚀 ","hash":"sha256:${'0'.repeat(64)}","key":"${'0'.repeat(16)}","sig":"AAAA"} ${number}`;
    await ledger.append([number % 2 === 0 ? intentOf(`p${number}@acme.example`) : note(name)]);
  }
  await ledger.close();
  return (await storage.read()).text;
}

function whyNot(text: string, check: Check = seal): string {
  try {
    return `${parseLedger('ledger', text, check).records.length} whole`;
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    expect(error.exit).toBe(9);
    return error.message.replace(/\. Nothing was done.*$/, '');
  }
}

const linesOf = (text: string) => text.split('\n').slice(0, -1);
const joined = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');

describe('a signed ledger', () => {
  test('says in every line whose it is, inside what is hashed, and who signed the hash', async () => {
    const text = await ledgerText(seal);
    expect(whyNot(text)).toBe(`${RECORDS} whole`);
    for (const line of linesOf(text)) {
      const { repository, hash, key, sig } = JSON.parse(line);
      expect(repository).toBe(REPOSITORY);
      expect(line.endsWith(`,"hash":"${hash}","key":"${seal.signer.keyId}","sig":"${sig}"}`)).toBe(true);
      expect(line.indexOf('"repository":')).toBeLessThan(line.indexOf(',"hash":'));
      expect(seal.verifier.verify(key, hash, sig)).toBe(true);
    }
  });

  test('goes on where it was, by a new key too as long as the old one is known', async () => {
    const storage = openMemoryStorage();
    await storage.append(await ledgerText(seal), '0');
    const next = makeSeal(REPOSITORY, seal.publicLine);
    const ledger = await openLedger('ledger', storage, createJumpingClock(), next);
    await ledger.append([note('on')]);
    await ledger.close();
    const { text } = await storage.read();
    expect(whyNot(text, next)).toBe(`${RECORDS + 1} whole`);
    expect(whyNot(text, seal)).toBe(
      `ledger: record ${RECORDS + 1} does not verify (it is signed by a key that is not known, ${next.signer.keyId})`,
    );
  });

  test('is read by its chain alone where nobody checks signatures, as a local one is', async () => {
    const text = await ledgerText(seal);
    expect(parseLedger('ledger', text).records).toEqual(parseLedger('ledger', text, seal).records);
    expect(parseLedger('ledger', await ledgerText(null)).records.map((record) => record.repository)).toEqual(
      Array(RECORDS).fill(undefined),
    );
  });

  test('of 1,000 flipped bits none goes unnoticed', async () => {
    const bytes = Buffer.from(await ledgerText(seal), 'utf8');
    const random = createSeededRandom();
    for (let flip = 0; flip < 1_000; flip += 1) {
      const bad = Buffer.from(bytes);
      const at = Math.floor(random() * bytes.length);
      bad[at] = (bad[at] ?? 0) ^ (1 << Math.floor(random() * 8));
      expect(whyNot(bad.toString('utf8'))).toMatch(/^ledger: record \d+ (does not verify|is of a version)/);
    }
  });

  test('cut in the middle of a line does not verify: a signed ledger is never torn', async () => {
    const text = await ledgerText(seal);
    for (const cut of [1, 10, 95]) {
      expect(whyNot(text.slice(0, -cut))).toBe(`ledger: record ${RECORDS} does not verify (it ends in the middle)`);
    }
  });

  test('signed anew by a stranger, taken from another repository, or with one unsigned record does not verify, and the record is named', async () => {
    const stranger = makeSeal();
    const elsewhere: Seal = { ...seal, repository: '42' };
    expect(whyNot(await ledgerText(stranger))).toBe(
      `ledger: record 1 does not verify (it is signed by a key that is not known, ${stranger.signer.keyId})`,
    );
    expect(whyNot(await ledgerText(elsewhere))).toBe('ledger: record 1 does not verify (it belongs to another repository, 42)');
    expect(whyNot(await ledgerText(null))).toBe('ledger: record 1 does not verify (it is not signed)');

    const text = await ledgerText(seal, 5);
    for (const [forger, why] of [
      [null, 'it is not signed'],
      [stranger, `it is signed by a key that is not known, ${stranger.signer.keyId}`],
      [elsewhere, 'it belongs to another repository, 42'],
    ] as const) {
      expect(whyNot(goOn(goOn(text, forger), seal))).toBe(`ledger: record 6 does not verify (${why})`);
    }
  });

  test('whose signature was taken from another record, or names another known key, does not verify', async () => {
    const lines = linesOf(await ledgerText(seal));
    const tailOf = (line: string) => line.slice(line.indexOf('","key":"'));
    const moved = lines.with(3, (lines[3] ?? '').replace(tailOf(lines[3] ?? ''), tailOf(lines[4] ?? '')));
    expect(whyNot(joined(moved))).toBe('ledger: record 4 does not verify (its signature does not verify)');
    const second = makeSeal(REPOSITORY, seal.publicLine);
    const renamed = joined(lines).replaceAll(seal.signer.keyId, second.signer.keyId);
    expect(whyNot(renamed, second)).toBe('ledger: record 1 does not verify (its signature does not verify)');
  });

  test('that was put back to an older state does not verify for whoever has seen a newer one', async () => {
    const text = await ledgerText(seal);
    const records = parseLedger('ledger', text, seal).records;
    const seen = { seq: 10, hash: records[9]?.hash ?? '' };
    expect(whyNot(text, { ...seal, seen })).toBe(`${RECORDS} whole`);
    expect(whyNot(joined(linesOf(text).slice(0, 10)), { ...seal, seen })).toBe('10 whole');
    for (const kept of [0, 1, 9]) {
      expect(whyNot(joined(linesOf(text).slice(0, kept)), { ...seal, seen })).toBe(
        'ledger: record 10 does not verify (it was seen before and is there no more)',
      );
    }
    const rewritten = goOn(joined(linesOf(text).slice(0, 9)), seal, 3);
    expect(whyNot(rewritten, { ...seal, seen })).toContain('record 10 does not verify');
  });

  test('is read for plans with the same check', async () => {
    const storage = openMemoryStorage();
    await storage.append(await ledgerText(null), '0');
    await expect(readLedger('ledger', storage, seal)).rejects.toMatchObject({ code: 'ledgerDamaged', exit: 9 });
    expect(await readLedger('ledger', storage)).toHaveLength(RECORDS);
  });

  test('whose signing key nobody could verify is not written at all', async () => {
    const storage = openSharedStorage();
    const unknown: Seal = { ...seal, verifier: readPublicKeys(makeSeal().publicLine) };
    await expect(openLedger('ledger', storage, createJumpingClock(), unknown)).rejects.toMatchObject({
      exit: 9,
      message: expect.stringContaining(`the signing key ${seal.signer.keyId} is not among the public keys`),
    });
    expect(storage.text()).toBe('');
  });
});

/** The text with further records in the chain, by whoever has this seal. */
function goOn(text: string, by: Seal | null, records = 1): string {
  let more = text;
  for (let number = 0; number < records; number += 1) {
    const last = parseLedger('ledger', more).records.at(-1) ?? null;
    more += `${chainRecord({ ...note('further'), at: '2026-11-22T10:00:00.000Z' }, last, by).line}\n`;
  }
  return more;
}
