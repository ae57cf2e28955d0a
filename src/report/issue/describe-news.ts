import type { Outcome } from '../../model.ts';
import { codeSentence } from '../../text/encode-sentence.ts';
import { encodeProse } from '../comment/encode-prose.ts';
import { joinBlocks } from '../comment/fit-lines.ts';
import { formatNumber } from '../count-words.ts';
import { formatInstant } from '../format-instant.ts';
import { describeCounts, describeDriftOutcome, ENTRY_KINDS, type EntryKind, type IssueSet, type SetEntry } from './collect-set.ts';
import { isWhole, type UnsaidNews } from './remember-set.ts';

const MOST_ENTRIES = 20;

/**
 * The short comment about what is new, became different and is settled, as Markdown; null when there is no news. It is made of the two
 * sets alone, so that another run can make it.
 */
export function describeNews({ at, before, byHand }: UnsaidNews, after: IssueSet): string | null {
  if (before?.digest === after.digest && !byHand) return null;
  const now = describeCounts(after.counts);
  return joinBlocks([
    [openingOf(before, after, byHand)],
    ...(before === null ? [] : listDifferences(before, after)),
    now === null ? [] : [`Now: ${now}. The description above has all of it.`],
    [`<sub>${formatInstant(at)}</sub>`],
  ]);
}

function openingOf(before: IssueSet | null, after: IssueSet, byHand: boolean): string {
  if (before === null) {
    return 'Somebody replaced the description of this issue, so what was said last is not known. It is written anew, and this is how it stands.';
  }
  if (after.isEmpty) {
    return before.isEmpty
      ? 'Somebody opened this issue, and there is nothing to know. It is closed again.'
      : '**Everything is as the policies say.** This issue is closed, and opened again when there is something to know.';
  }
  if (before.isEmpty) return '**There is something to know again.**';
  if (byHand) return 'Somebody closed this issue while not everything in it is settled. It is open again, and closes by itself.';
  return '**Something is different from what this issue said last.**';
}

function listDifferences(before: IssueSet, after: IssueSet): string[][] {
  if (!isWhole(before) || !isWhole(after)) return [[`Before: ${describeCounts(before.counts) ?? 'nothing to know'}.`]];
  const old = new Map(before.entries.map((entry) => [entry.id, entry]));
  const now = new Map(after.entries.map((entry) => [entry.id, entry]));
  const isOther = ({ id, kind, state }: SetEntry) => old.has(id) && (old.get(id)?.kind !== kind || old.get(id)?.state !== state);
  return [
    listOf(
      '**New**',
      after.entries.filter(({ id }) => !old.has(id)),
    ),
    listOf('**Different**', after.entries.filter(isOther)),
    listOf(
      '**Settled**',
      before.entries.filter(({ id, kind }) => !now.has(id) && kind !== 'keys'),
      settledLine,
    ),
    listOf(
      '**No read can prove that these are done**',
      before.entries.filter(({ id, kind }) => !now.has(id) && kind === 'keys'),
    ),
  ];
}

function listOf(title: string, entries: readonly SetEntry[], say = describeEntry): string[] {
  if (entries.length === 0) return [];
  const sorted = entries.toSorted((a, b) => ENTRY_KINDS.indexOf(a.kind) - ENTRY_KINDS.indexOf(b.kind));
  const hidden = sorted.length - MOST_ENTRIES;
  const more = hidden > 0 ? [`- and ${formatNumber(hidden)} more`] : [];
  return [title, '', ...sorted.slice(0, MOST_ENTRIES).map((entry) => `- ${say(entry)}`), ...more];
}

/** One entry of a set as Markdown in one line. */
export function describeEntry({ kind, state, label }: SetEntry): string {
  if (kind === 'keys' || kind === 'note') return encodeProse(label);
  const words = `${SAID[kind]}${label === '' ? '' : `: ${codeSentence(label)}`}`;
  if (kind === 'drift') return `${words}, ${describeDriftOutcome(state === 'none' ? null : (state as Outcome))}`;
  return kind === 'lapsed' ? `${words}, ${state}×` : words;
}

/** That nothing was done about a difference is no news once it is gone. */
function settledLine(entry: SetEntry): string {
  if (entry.kind !== 'drift') return describeEntry(entry);
  return `${codeSentence(entry.label)}${entry.state === 'applied' ? `, ${describeDriftOutcome('applied')}` : ''}`;
}

const SAID: Readonly<Record<EntryKind, string>> = {
  unread: 'the account could not be read',
  note: '',
  drift: 'nobody approved',
  blocked: 'a guard blocks',
  war: 'a war over a field',
  somebody: 'to do by hand',
  person: 'waits for a person',
  rollcall: 'rollcall goes on with what is owed',
  parked: 'parked',
  lapsed: 'an invitation lapsed',
  offboarding: 'offboarding incomplete',
  ended: 'a grant has ended and its access is still there',
  ending: 'a grant ends soon',
  keys: '',
};
