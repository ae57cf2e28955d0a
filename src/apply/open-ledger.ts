import { RollcallError } from '../errors.ts';
import type { Digest, History } from '../model.ts';
import type { Clock, LedgerStorage } from '../ports.ts';
import { digestOfBytes } from '../text/digest.ts';
import { visible } from '../text/encode.ts';
import { createHistoryFold } from './fold-history.ts';
import { isKnownKind, LEDGER_VERSION, type LedgerEntry, type LedgerRecord } from './ledger-records.ts';

const GENESIS: Digest = digestOfBytes('rollcall ledger');
const HASH_TAIL = /^(.*),"hash":"(sha256:[0-9a-f]{64})"\}$/s;

export interface Ledger {
  readonly records: readonly LedgerRecord[];
  /** How many intents one append may carry. */
  readonly intentsPerAppend: number;
  /** What the records come to now, the appended ones included. */
  history(): History;
  /** Durable when it resolves. */
  append(entries: readonly LedgerEntry[]): Promise<void>;
  close(): Promise<void>;
}

/** Reads the ledger without taking it: for plans, for looking. A torn last line is passed over and left where it is. */
export async function readLedger(path: string, storage: LedgerStorage): Promise<readonly LedgerRecord[]> {
  return parseLedger(path, (await storage.read()).text).records;
}

/** Takes the ledger for writing: verified from the first record to the last, with a torn last line cut and noted. */
export async function openLedger(path: string, storage: LedgerStorage, clock: Clock): Promise<Ledger> {
  const lock = await storage.acquire();
  if (lock.kind === 'held') throw new RollcallError('ledgerHeld', visible(path), visible(lock.by));
  if (lock.kind === 'nameless') throw new RollcallError('ledgerLockNameless', visible(path, 200), visible(lock.lock, 200));
  try {
    return await openHeld(path, storage, clock, lock.note);
  } catch (error) {
    await storage.release();
    throw error;
  }
}

async function openHeld(path: string, storage: LedgerStorage, clock: Clock, note: string | null): Promise<Ledger> {
  const stored = await storage.read();
  const parsed = parseLedger(path, stored.text);
  const records = [...parsed.records];
  const fold = createHistoryFold();
  fold.add(records);
  let { version } = stored;
  if (parsed.tornBytes > 0) version = (await storage.truncate(Buffer.byteLength(parsed.whole), version)).version;

  async function append(entries: readonly LedgerEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const last = records.at(-1);
    let seq = last?.seq ?? 0;
    let prev = last?.hash ?? GENESIS;
    const lines: string[] = [];
    const fresh: LedgerRecord[] = [];
    for (const entry of entries) {
      seq += 1;
      const { line, record } = chain(entry, seq, prev, new Date(clock.now()).toISOString());
      lines.push(line);
      fresh.push(record);
      prev = record.hash;
    }
    const answer = await storage.append(`${lines.join('\n')}\n`, version);
    if (answer.kind === 'lost') throw new RollcallError('ledgerLost', visible(path));
    version = answer.version;
    for (const record of fresh) records.push(record);
    fold.add(fresh);
  }

  const notes: string[] = note === null ? [] : [note];
  if (parsed.tornBytes > 0) notes.push(`a torn last line of ${parsed.tornBytes} bytes was cut: a run ended while it was being written`);
  await append(notes.map((text) => ({ kind: 'note', text })));
  return { records, intentsPerAppend: storage.intentsPerAppend, history: fold.history, append, close: () => storage.release() };
}

function chain(entry: LedgerEntry, seq: number, prev: Digest, at: string): { line: string; record: LedgerRecord } {
  const open = JSON.stringify({ v: LEDGER_VERSION, seq, at, ...entry, prev });
  const hash = digestOfBytes(open);
  return {
    line: `${open.slice(0, -1)},"hash":"${hash}"}`,
    // Read back from the line, so that what is remembered is what is written.
    record: { ...(JSON.parse(open) as Omit<LedgerRecord, 'hash'>), hash } as LedgerRecord,
  };
}

export interface ParsedLedger {
  readonly records: readonly LedgerRecord[];
  /** The text up to the last whole record. */
  readonly whole: string;
  readonly tornBytes: number;
}

/** Every record verified; throws with the record's number at the first that does not. */
export function parseLedger(path: string, text: string): ParsedLedger {
  const end = text.lastIndexOf('\n') + 1;
  const whole = text.slice(0, end);
  const records: LedgerRecord[] = [];
  let prev = GENESIS;
  let number = 0;
  for (let start = 0; start < end; ) {
    const stop = whole.indexOf('\n', start);
    number += 1;
    const record = parseRecord(path, whole.slice(start, stop), number, prev);
    records.push(record);
    prev = record.hash;
    start = stop + 1;
  }
  return { records, whole, tornBytes: Buffer.byteLength(text.slice(end)) };
}

function parseRecord(path: string, line: string, number: number, prev: Digest): LedgerRecord {
  const damaged = (what: string) => new RollcallError('ledgerDamaged', visible(path), String(number), what);
  const match = HASH_TAIL.exec(line);
  if (match?.[1] === undefined || match[2] === undefined) throw damaged('it is not a record');
  const open = `${match[1]}}`;
  if (digestOfBytes(open) !== match[2]) throw damaged('its hash is another');
  let record: LedgerRecord;
  try {
    record = { ...JSON.parse(open), hash: match[2] };
  } catch {
    throw damaged('it is not JSON');
  }
  if (record.v !== LEDGER_VERSION) throw new RollcallError('ledgerVersion', visible(path), String(number), visible(String(record.v)));
  // A kind from a newer version may have spent a budget or moved what was last true, so it is not passed over.
  if (!isKnownKind(record.kind))
    throw new RollcallError('ledgerVersion', visible(path), String(number), `with ${visible(String(record.kind))} records`);
  if (record.seq !== number) throw damaged(`it says it is number ${visible(String(record.seq))}`);
  if (record.prev !== prev) throw damaged('it does not follow the record before it');
  return record;
}
