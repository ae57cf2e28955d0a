import { RollcallError } from '../errors.ts';
import type { History } from '../model.ts';
import type { Clock, LedgerStorage } from '../ports.ts';
import { visible } from '../text/encode.ts';
import { hidesRecord, readRecord } from './chain-record.ts';
import type { LedgerEntry, LedgerRecord } from './ledger-records.ts';
import type { Signer, Verifier } from './signatures.ts';
import { writeLedger } from './write-ledger.ts';

/** Against what signed records and documents are held. */
export interface Check {
  /** The id of the repository they have to name; null: whichever. */
  readonly repository: string | null;
  readonly verifier: Verifier;
  /** The newest place in the ledger that was seen anywhere: a ledger that does not reach it is an older one put back. */
  readonly seen?: { readonly seq: number; readonly hash: string } | null;
}

/** What it takes to write what a `Check` accepts. */
export interface Seal extends Check {
  readonly repository: string;
  readonly signer: Signer;
}

export interface Ledger {
  /** The durable ones. */
  readonly records: readonly LedgerRecord[];
  /** How many intents one append may carry. */
  readonly intentsPerAppend: number;
  /** What the records come to now, the appended ones included, also those that wait. */
  history(): History;
  /** Durable when it resolves; where outcomes may wait, those alone wait for the next append. */
  append(entries: readonly LedgerEntry[]): Promise<void>;
  /** What waits is durable when it resolves. */
  flush(): Promise<void>;
  /** Flushes, and gives the ledger back in any case. Throws when what waits cannot be written and no append or flush has said so. */
  close(): Promise<void>;
}

/** Reads the ledger without taking it: for plans, for looking. A torn last line is passed over and left where it is. */
export async function readLedger(path: string, storage: LedgerStorage, check: Check | null = null): Promise<readonly LedgerRecord[]> {
  return parseLedger(path, (await storage.read()).text, check).records;
}

/**
 * Takes the ledger for writing: verified from the first record to the last, with a torn last line cut and noted. With a seal every
 * record has to be signed, and what is written is.
 */
export async function openLedger(path: string, storage: LedgerStorage, clock: Clock, seal: Seal | null = null): Promise<Ledger> {
  if (seal !== null && !seal.verifier.keyIds.includes(seal.signer.keyId)) throw new RollcallError('signingKeyUnknown', seal.signer.keyId);
  const lock = await storage.acquire();
  if (lock.kind === 'held') throw new RollcallError('ledgerHeld', visible(path), visible(lock.by));
  if (lock.kind === 'nameless') throw new RollcallError('ledgerLockNameless', visible(path, 200), visible(lock.lock, 200));
  try {
    return await openHeld({ path, storage, clock, seal }, lock.note);
  } catch (error) {
    await storage.release();
    throw error;
  }
}

interface Opening {
  readonly path: string;
  readonly storage: LedgerStorage;
  readonly clock: Clock;
  readonly seal: Seal | null;
}

async function openHeld(opening: Opening, note: string | null): Promise<Ledger> {
  const { path, storage, seal } = opening;
  const stored = await storage.read();
  const parsed = parseLedger(path, stored.text, seal);
  let { version } = stored;
  if (parsed.tornBytes > 0) version = (await storage.truncate(Buffer.byteLength(parsed.whole), version)).version;
  const parse = (text: string) => parseLedger(path, text, seal).records;
  const ledger = writeLedger({ ...opening, parse }, { records: parsed.records, version });
  const notes: string[] = note === null ? [] : [note];
  // A letter that was cut is one all the same; how many bytes there were of it, the text does not tell.
  const torn = stored.text.length - parsed.whole.length;
  if (torn > 0) notes.push(`a torn last line of ${torn} characters was cut: a run ended while it was being written`);
  await ledger.append(notes.map((text) => ({ kind: 'note', text })));
  return ledger;
}

export interface ParsedLedger {
  readonly records: readonly LedgerRecord[];
  /** The text up to the last whole record. */
  readonly whole: string;
  readonly tornBytes: number;
}

/**
 * Every record verified; throws with the record's number at the first that does not. With a check each has to be signed by a known key
 * and to name the repository, and a torn last line, which no signed ledger ever has, does not verify either.
 */
export function parseLedger(path: string, text: string, check: Check | null = null): ParsedLedger {
  const end = text.lastIndexOf('\n') + 1;
  const whole = text.slice(0, end);
  const records: LedgerRecord[] = [];
  let before: LedgerRecord | null = null;
  for (let start = 0; start < end; ) {
    const stop = whole.indexOf('\n', start);
    before = readRecord(path, whole.slice(start, stop), before, check);
    records.push(before);
    start = stop + 1;
  }
  const tornBytes = Buffer.byteLength(text.slice(end));
  const damaged = (record: number, what: string) => new RollcallError('ledgerDamaged', visible(path), String(record), what);
  if (check !== null && tornBytes > 0) throw damaged(records.length + 1, 'it ends in the middle');
  if (hidesRecord(text.slice(end))) throw damaged(records.length + 1, 'its line does not end');
  const seen = check?.seen ?? null;
  if (seen !== null && records[seen.seq - 1]?.hash !== seen.hash) throw damaged(seen.seq, 'it was seen before and is there no more');
  return { records, whole, tornBytes };
}
