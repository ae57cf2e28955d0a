import { RollcallError } from '../errors.ts';
import type { Digest } from '../model.ts';
import { digestOfBytes } from '../text/digest.ts';
import { visible } from '../text/encode.ts';
import { type DatedEntry, isKnownKind, LEDGER_VERSION, type LedgerRecord } from './ledger-records.ts';
import type { Check, Seal } from './open-ledger.ts';

const GENESIS: Digest = digestOfBytes('rollcall ledger');
const HASH = ',"hash":"sha256:';
const HEX_LETTERS = 64;
const TAIL = /^,"hash":"(sha256:[0-9a-f]{64})"(?:,"key":"([0-9a-f]{16})","sig":"([A-Za-z0-9+/=]+)")?\}$/;

type Place = Pick<LedgerRecord, 'seq' | 'hash'>;

/** The record that follows `before` (null: the first one), and its line. With a seal it names its repository and its hash is signed. */
export function chainRecord(
  entry: DatedEntry,
  before: Place | null,
  seal: Seal | null,
): { readonly line: string; readonly record: LedgerRecord } {
  const repository = seal === null ? {} : { repository: seal.repository };
  const seq = (before?.seq ?? 0) + 1;
  const { at, ...said } = entry;
  const open = JSON.stringify({ v: LEDGER_VERSION, seq, at, ...repository, ...said, prev: before?.hash ?? GENESIS });
  const hash = digestOfBytes(open);
  const signed = seal === null ? '' : `,"key":"${seal.signer.keyId}","sig":"${seal.signer.sign(hash)}"`;
  return {
    line: `${open.slice(0, -1)},"hash":"${hash}"${signed}}`,
    // Read back from the line, so that what is remembered is what is written.
    record: withHash(open, hash),
  };
}

/** A ledger of years has many records: each is parsed once and never copied. */
function withHash(open: string, hash: string): LedgerRecord {
  const record = JSON.parse(open);
  record.hash = hash;
  return record;
}

/**
 * Whether a whole record stands at the beginning of what has no end of line, and something else behind it: no write that was cut off leaves
 * that. Zeros are what a disk that lost its power may leave of bytes that were never synced.
 */
export function hidesRecord(tail: string): boolean {
  const start = tail.indexOf(HASH);
  const end = start + HASH.length + HEX_LETTERS + '"}'.length;
  if (start === -1 || tail.length <= end || tail[end] === '\0') return false;
  return tail.slice(start + HASH.length - 'sha256:'.length, end - 2) === digestOfBytes(`${tail.slice(0, start)}}`);
}

/** One line verified as the record that follows `before`; throws with its number when it is not. */
export function readRecord(path: string, line: string, before: Place | null, check: Check | null): LedgerRecord {
  const number = (before?.seq ?? 0) + 1;
  const damaged = (what: string) => new RollcallError('ledgerDamaged', visible(path), String(number), what);
  const tailAt = line.lastIndexOf(',"hash":"');
  const [, hash, key, signature] = TAIL.exec(line.slice(tailAt)) ?? [];
  if (hash === undefined) throw damaged('it is not a record');
  const open = `${line.slice(0, tailAt)}}`;
  if (digestOfBytes(open) !== hash) throw damaged('its hash is another');
  let record: LedgerRecord;
  try {
    record = withHash(open, hash);
  } catch {
    throw damaged('it is not JSON');
  }
  if (record.v !== LEDGER_VERSION) throw new RollcallError('ledgerVersion', visible(path), String(number), visible(String(record.v)));
  // A kind from a newer version may have spent a budget or moved what was last true, so it is not passed over.
  if (!isKnownKind(record.kind))
    throw new RollcallError('ledgerVersion', visible(path), String(number), `with ${visible(String(record.kind))} records`);
  if (record.seq !== number) throw damaged(`it says it is number ${visible(String(record.seq))}`);
  if (record.prev !== (before?.hash ?? GENESIS)) throw damaged('it does not follow the record before it');
  const forged = check === null ? null : whyForged(record, key, signature, check);
  if (forged !== null) throw damaged(forged);
  return record;
}

function whyForged(
  { repository, hash }: LedgerRecord,
  key: string | undefined,
  signature: string | undefined,
  check: Check,
): string | null {
  if (key === undefined || signature === undefined) return 'it is not signed';
  if (!check.verifier.keyIds.includes(key)) return `it is signed by a key that is not known, ${key}`;
  if (!check.verifier.verify(key, hash, signature)) return 'its signature does not verify';
  if (check.repository !== null && repository !== check.repository)
    return `it belongs to another repository, ${visible(String(repository ?? 'none'))}`;
  return null;
}
