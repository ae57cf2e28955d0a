import type { LedgerEntry, LedgerRecord } from '../../apply/ledger-records.ts';
import { EXIT_MEANINGS, type ExitCode } from '../../errors.ts';
import { groupBy } from '../../group-by.ts';
import type { Change, Result } from '../../model.ts';
import type { PullEvidence, PullResult } from '../../pull.ts';
import type { Reconciled } from '../reconciled.ts';
import type { Ci } from './open-ci.ts';
import { comment } from './speak.ts';

export interface OwedReport {
  /** All of the ledger, with what this run added. */
  readonly records: readonly LedgerRecord[];
  /** How many of them were there before this run. */
  readonly known: number;
  /** The commit that was applied. */
  readonly head: string;
  readonly exit: ExitCode;
}

type Taken = LedgerEntry & { readonly kind: 'taken' };
type Outcome = LedgerRecord & { readonly kind: 'outcome' };

/** Brings the comments up to date on pull requests that an earlier run took in, where this run went on with what was owed to them. */
export async function reportOwed(ci: Ci, { report }: Reconciled, { records, known, head, exit }: OwedReport): Promise<void> {
  const outcomesOf = followOutcomes(records);
  const fresh = new Set(records.slice(known));
  const isNews = (change: Change) => outcomesOf(change).some((one) => fresh.has(one));
  const taken = new Map(records.slice(0, known).flatMap((one) => (one.kind === 'taken' ? [[one.pull, one] as const] : [])));
  const approved = approvedBy(records);
  const at = new Date(ci.run.clock.now()).toISOString();
  for (const one of taken.values()) {
    const changes = approved.get(`pull ${one.pull}`) ?? [];
    const pull = changes.some(isNews) ? await ci.github.pulls.one(one.pull) : null;
    if (pull === null) continue;
    const result: PullResult = {
      number: pull.number,
      url: ci.github.url,
      runUrl: ci.runUrl,
      at,
      commit: head,
      evidence: evidenceOf(one, pull.title, changes),
      results: changes.flatMap((change) => resultOf(change, outcomesOf(change).at(-1))),
      troubles: [],
      remaining: report.remaining,
      unnamed: [],
      exit: { code: exit, meaning: EXIT_MEANINGS[exit] },
    };
    await comment(ci, pull, { kind: 'result', result });
  }
}

/** What became of a change, oldest first; whoever went on with what was left of it half way made another one to the same end. */
function followOutcomes(records: readonly LedgerRecord[]): (change: Change) => readonly Outcome[] {
  const endOf = ({ account, principal, after }: Change) =>
    JSON.stringify([account, principal, after?.roles ?? null, after?.groups ?? null]);
  const ids = new Map<string, Set<string>>();
  for (const record of records) {
    if (record.kind !== 'intent') continue;
    const end = endOf(record.change);
    ids.set(end, (ids.get(end) ?? new Set()).add(record.change.id));
  }
  const outcomes = groupBy(
    records.filter((one) => one.kind === 'outcome'),
    (one) => one.change,
  );
  return (change) =>
    [...new Set([change.id, ...(ids.get(endOf(change)) ?? [])])].flatMap((id) => outcomes.get(id) ?? []).toSorted((a, b) => a.seq - b.seq);
}

/** Who stood behind a change and what it was; of one person in one account the newest, which took the place of the others. */
function approvedBy(records: readonly LedgerRecord[]): Map<string, Change[]> {
  const newest = new Map<string, { readonly by: string; readonly change: Change }>();
  for (const record of records) {
    if (record.kind !== 'approval') continue;
    for (const change of record.changes) newest.set(`${record.by} ${change.account} ${change.principal}`, { by: record.by, change });
  }
  const approved = new Map<string, Change[]>();
  for (const { by, change } of newest.values()) approved.set(by, [...(approved.get(by) ?? []), change]);
  return approved;
}

function evidenceOf({ pull, head, digest, by }: Taken, title: string, changes: readonly Change[]): PullEvidence {
  const people = { by: by[0] ?? null, needed: [], approved: true, proposal: null, discounted: [] };
  return { number: pull, title, head, digest, refused: null, needsPlan: false, people, changes };
}

/** Nothing where no run has come to it, or a newer policy ended it. */
function resultOf(change: Change, last: Outcome | undefined): Result[] {
  return last === undefined ? [] : [{ change, outcome: last.outcome, message: last.message, not_before: last.not_before }];
}
