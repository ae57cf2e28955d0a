import type { Digest, Instant } from '../../model.ts';
import { encodeSentence } from '../../text/encode-sentence.ts';
import { countBytes, takeLines } from '../comment/fit-lines.ts';
import { ENTRY_KINDS, type EntryCounts, type EntryKind, type IssueSet, NO_COUNTS, type SetEntry } from './collect-set.ts';

/** News that a body has and no comment has said yet. */
export interface UnsaidNews {
  readonly at: Instant;
  /** Null where nobody knows what was said before. */
  readonly before: IssueSet | null;
  /** Somebody had opened or closed the issue by hand. */
  readonly byHand: boolean;
}

/** What a body of ours knows of what was said. */
export interface Memory {
  readonly set: IssueSet;
  readonly unsaid: UnsaidNews | null;
}

const MAX_SET_BYTES = 6000;
const MAX_LABEL = 300;
const SET =
  /^<!-- (set|unsaid \S+ (?:by-hand|by-us) set) (sha256:[0-9a-f]{64})((?: [a-z]+=\d{1,9})*)\n((?:[a-z]+ [0-9a-f]{12} [\w-]+(?: \S+)?\n)*)-->$/gm;
const UNKNOWN = /^<!-- unsaid (\S+) (by-hand|by-us) -->$/m;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** The lines of a body that GitHub does not show. Labels are percent-encoded: nothing in them ends a comment or mentions anybody. */
export function writeMemory({ set, unsaid }: Memory): string[] {
  const said = setLines('set', set);
  if (unsaid === null) return said;
  const head = `unsaid ${unsaid.at} ${unsaid.byHand ? 'by-hand' : 'by-us'}`;
  return [...said, ...(unsaid.before === null ? [`<!-- ${head} -->`] : setLines(`${head} set`, unsaid.before))];
}

/** What those lines say; null where they are not whole, as in a body that somebody else wrote. Never throws. */
export function readMemory(body: string): Memory | null {
  const found = [...body.matchAll(SET)];
  const [set] = found.filter(([, head]) => head === 'set').map(setOf);
  if (set === undefined) return null;
  const before = found.find(([, head]) => head !== 'set');
  const [, at = '', by] = before === undefined ? (UNKNOWN.exec(body) ?? []) : (before[1] ?? '').split(' ');
  const isUnsaid = INSTANT.test(at);
  return { set, unsaid: isUnsaid ? { at, before: before === undefined ? null : setOf(before), byHand: by === 'by-hand' } : null };
}

function setLines(head: string, { digest, counts, entries }: IssueSet): string[] {
  const counted = ENTRY_KINDS.filter((kind) => counts[kind] > 0).map((kind) => ` ${kind}=${counts[kind]}`);
  const lines = entries.map(({ kind, id, state, label }) => [kind, id, state, encodeLabel(label)].join(' ').trimEnd());
  return [`<!-- ${head} ${digest}${counted.join('')}`, ...takeLines(lines, MAX_SET_BYTES), '-->'];
}

function setOf([, , digest = '', counted = '', rows = '']: RegExpMatchArray): IssueSet {
  const counts: Record<EntryKind, number> = { ...NO_COUNTS };
  for (const [, kind = '', count = ''] of counted.matchAll(/([a-z]+)=(\d+)/g)) if (isKind(kind)) counts[kind] = Number(count);
  const entries = rows.split('\n').flatMap(entryOf);
  return { digest: digest as Digest, counts, entries, isEmpty: totalOf(counts) === 0 };
}

/** Whether it has an entry for all that it counts. */
export function isWhole({ counts, entries }: IssueSet): boolean {
  return totalOf(counts) === entries.length;
}

function totalOf(counts: EntryCounts): number {
  return ENTRY_KINDS.reduce((sum, kind) => sum + counts[kind], 0);
}

function entryOf(row: string): SetEntry[] {
  const [kind = '', id = '', state = '', label = ''] = row.split(' ');
  return isKind(kind) ? [{ kind, id, state, label: decodeLabel(label) }] : [];
}

function isKind(word: string): word is EntryKind {
  return ENTRY_KINDS.some((kind) => kind === word);
}

/** The encoder leaves no half of a surrogate pair, which cannot be percent-encoded. */
function encodeLabel(label: string): string {
  const points = [...encodeSentence(label)];
  const shown = points.length > MAX_LABEL ? `${points.slice(0, MAX_LABEL).join('')}…` : points.join('');
  const encoded = encodeURIComponent(shown);
  return countBytes(encoded) > MAX_SET_BYTES / 3 ? '' : encoded;
}

function decodeLabel(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    return '';
  }
}
