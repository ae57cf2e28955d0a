import type { AccountWatch } from '../../watch.ts';
import { collectSet, ENTRY_KINDS, type EntryKind, endEntry, type IssueSet, type SetEntry, setOf } from './collect-set.ts';
import { isWhole } from './remember-set.ts';

/** What the last complete read left and no read has settled since. */
export interface Carried {
  readonly entries: readonly SetEntry[];
  /** How many more there are, which the body before had no room to name. */
  readonly unnamed: number;
}

export const NOTHING_CARRIED: Carried = { entries: [], unnamed: 0 };

/**
 * The set of an account, with what an issue said before: while the account cannot be read, that stays which only a read can settle.
 * Runs that follow one another without a read come to the same set.
 */
export function resumeSet(watch: AccountWatch, before: IssueSet): { readonly set: IssueSet; readonly carried: Carried } {
  const now = collectSet(watch);
  if (watch.unread === null) return { set: now, carried: NOTHING_CARRIED };
  const known = new Set(now.entries.map(({ id }) => id));
  const unsettled = before.entries.filter(({ id }) => !known.has(id)).flatMap((entry) => unsettledOf(entry, watch));
  // They stand first, where memory cuts last: what a body could name, the next one can.
  const set = setOf([...unsettled, ...now.entries]);
  const counts = isWhole(before) ? set.counts : mostOf(set, before);
  const unnamed = NEEDS_READ.reduce((sum, kind) => sum + counts[kind] - set.counts[kind], 0);
  return { set: { ...set, counts }, carried: { entries: unsettled, unnamed } };
}

/** An end is known from the policies, and whether its access is gone only from a read. */
function unsettledOf(entry: SetEntry, { ended }: AccountWatch): SetEntry[] {
  if (entry.kind !== 'ended' && entry.kind !== 'ending') return NEEDS_READ.includes(entry.kind) ? [entry] : [];
  const end = ended.find((one) => endEntry('ended', one).id === entry.id);
  if (end === undefined) return entry.kind === 'ended' ? [entry] : [];
  return end.heldOtherwise ? [] : [{ ...entry, kind: 'ended' }];
}

const NEEDS_READ: readonly EntryKind[] = ['drift', 'blocked', 'war', 'ended'];

/** Which of the unnamed are named now nobody can tell. */
function mostOf({ counts }: IssueSet, before: IssueSet): IssueSet['counts'] {
  const most = { ...counts };
  for (const kind of ENTRY_KINDS) if (NEEDS_READ.includes(kind)) most[kind] = Math.max(counts[kind], before.counts[kind]);
  return most;
}
