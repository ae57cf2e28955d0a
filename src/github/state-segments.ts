import { RollcallError } from '../errors.ts';
import { visible } from '../text/encode.ts';

/** Where the ledger's lines stand on the state branch. */
export const LEDGER_FOLDER = 'ledger/';
/** A push carries the last segment whole, so a segment that has this much is followed by a new one. */
const MOST_RECORDS = 200;
const MOST_BYTES = 256 * 1024;

const SEGMENT = /^ledger\/(\d{8})\.jsonl$/;

export interface Segments {
  /** Every line, in order. */
  readonly text: string;
  readonly records: number;
  /** The one that lines may still be added to. */
  readonly last: { readonly path: string; readonly text: string; readonly records: number } | null;
}

/**
 * The ledger out of the files of a state branch: segments named by the number of their first record. Throws `ledgerDamaged` when one
 * is missing, is cut, or something else lies among them, so that a ledger somebody moved aside is never an empty one. `name` is for errors.
 */
export function readSegments(name: string, files: ReadonlyMap<string, string>): Segments {
  let text = '';
  let records = 0;
  let last: Segments['last'] = null;
  for (const path of [...files.keys()].filter((one) => one.startsWith(LEDGER_FOLDER)).toSorted()) {
    const damaged = (what: string) => new RollcallError('ledgerDamaged', visible(name, 200), String(records + 1), what);
    const lines = files.get(path) ?? '';
    if (SEGMENT.exec(path)?.[1] !== numberOf(records + 1)) throw damaged(`${visible(path, 200)} is not the file that comes next`);
    if (!lines.endsWith('\n')) throw damaged(`${visible(path)} ends in the middle`);
    last = { path, text: lines, records: countLines(lines) };
    records += last.records;
    text += lines;
  }
  return { text, records, last };
}

/** The one file that lines go into, whole. */
export function extendSegments({ last, records }: Segments, lines: string): { readonly path: string; readonly text: string } {
  if (last === null || last.records >= MOST_RECORDS || Buffer.byteLength(last.text) >= MOST_BYTES) {
    return { path: `${LEDGER_FOLDER}${numberOf(records + 1)}.jsonl`, text: lines };
  }
  return { path: last.path, text: last.text + lines };
}

function numberOf(record: number): string {
  return String(record).padStart(8, '0');
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
