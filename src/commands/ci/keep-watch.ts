import type { Ledger } from '../../apply/open-ledger.ts';
import { isUnexplained } from '../../drift-answer.ts';
import { keepIssue } from '../../github/keep-issue.ts';
import type { Change, DesiredAccount, Digest, Instant, Owed, Plan, Result } from '../../model.ts';
import { leavesBehind } from '../../report/describe-reason.ts';
import { composeIssue } from '../../report/issue/compose-issue.ts';
import { describeJudgement, judgeDrift } from '../../report/judge-drift.ts';
import { mergeSteps } from '../../report/merge-steps.ts';
import type { AccountWatch, Attribution, DriftEntry, Note, OwedEntry } from '../../watch.ts';
import { driftRules } from '../drift-rules.ts';
import { today } from '../load-desired.ts';
import type { Reconciled } from '../reconciled.ts';
import { driftOf } from './inquire.ts';
import { listEnds } from './list-ends.ts';
import type { Watched } from './load-watched.ts';
import type { Ci } from './open-ci.ts';

export interface WatchInput {
  readonly reconciled: Reconciled;
  readonly ledger: Ledger;
  readonly watched: Watched;
  readonly likely: ReadonlyMap<Digest, Attribution>;
  readonly at: Instant;
  /** What a night that died took back, and never told anybody. */
  readonly untold: readonly Result[];
  /** The policies that people accepted, by account; null before there are any. */
  readonly accepted: (account: string) => DesiredAccount | null;
  /** Links to pull requests that let a grant go on, by where its end stands. */
  readonly renewals: ReadonlyMap<string, string>;
  readonly notes: readonly Note[];
}

/**
 * Brings the rolling issue of every account up to date, and notes in the ledger since when each difference stands. Whether everybody
 * could be told.
 */
export async function keepWatch(ci: Ci, input: WatchInput): Promise<boolean> {
  let isTold = true;
  for (const account of input.watched.desired.accounts.keys()) {
    await noteDrift(input, account);
    const watch = watchOf(ci, input, account);
    const kept = await keepIssue(ci.github.issues, composeIssue(watch), issueMarker(ci, account));
    if (kept === 'refused') {
      isTold = false;
      ci.run.log(`The issue of ${account} was not written: this token may not write issues, it is locked, or issues are switched off.`);
    } else if (kept !== 'unchanged') ci.run.log(`The issue of ${account} was ${kept}.`);
  }
  return isTold;
}

/** Begins the body of an account's issue. */
export function issueMarker({ repositoryId }: Pick<Ci, 'repositoryId'>, account: string): string {
  return `<!-- rollcall:${repositoryId}:${account} -->`;
}

/** Recorded only when the set changed, so that a quiet year is no ledger of nothing. */
async function noteDrift({ reconciled, ledger }: WatchInput, account: string): Promise<void> {
  // Nobody looked: what was seen before is not gone.
  if (reconciled.readings.get(account)?.kind !== 'complete') return;
  const seen = standing(reconciled.report.remaining, account).map((change) => change.id);
  const known = ledger.history().accounts.get(account)?.driftSeen ?? new Map();
  if (seen.length === known.size && seen.every((id) => known.has(id))) return;
  await ledger.append([{ kind: 'drift', account, seen }]);
}

function standing(remaining: Plan | null, account: string): Change[] {
  return (remaining?.changes ?? []).filter((change) => change.account === account && isUnexplained(change));
}

function watchOf(ci: Ci, input: WatchInput, account: string): AccountWatch {
  const { reconciled, ledger, at } = input;
  const history = ledger.history().accounts.get(account);
  const results = [...input.untold, ...reconciled.report.results].filter(({ change }) => change.account === account);
  const outcome = reconciled.report.accounts.find((one) => one.account === account);
  const reading = reconciled.readings.get(account);
  const last = ledger.records.at(-1);
  const mine = input.notes.filter((note) => note.account === null || note.account === account);
  return {
    account,
    at,
    url: ci.github.url,
    runUrl: ci.runUrl,
    lastGood: history?.lastGood ?? null,
    unread: reading?.kind === 'incomplete' ? reading.message : null,
    drift: driftEntries(input, account, results),
    owed: [...(history?.owed.values() ?? [])].map(owedEntry),
    parked: [...(history?.parked ?? [])].map(([principal, parked]) => ({ principal, ...parked })),
    lapsed: [...(history?.lapses ?? [])].map(([principal, times]) => ({ principal, times })),
    ...listEnds({
      account,
      day: today(ci.run),
      watched: input.watched,
      accepted: input.accepted,
      reading,
      history,
      renewals: input.renewals,
    }),
    keysLeftBehind: mergeSteps(
      results.filter(({ outcome: made, change }) => made === 'applied' && leavesBehind(change)).map(({ change }) => change),
    ),
    offboarding: [...(history?.offboarding.values() ?? [])],
    guards: guardsAtLimit(reconciled.report.remaining, account),
    notes: mine.filter(({ isPressing }) => isPressing).map(({ text }) => text),
    left: [
      ...mine.filter(({ isPressing }) => !isPressing).map(({ text }) => text),
      ...(outcome === undefined || outcome.status === 'done' || outcome.message === '' ? [] : [outcome.message]),
    ],
    ledger: last === undefined ? null : { seq: last.seq, hash: last.hash },
  };
}

function driftEntries(input: WatchInput, account: string, results: readonly Result[]): DriftEntry[] {
  const { reconciled, untold, ledger, watched, likely, at } = input;
  const rules = driftRules(watched.desired);
  const seen = ledger.history().accounts.get(account)?.driftSeen ?? new Map<Digest, Instant>();
  const made = new Map(results.map((result) => [result.change.id, result]));
  return driftOf(reconciled, untold)
    .filter((change) => change.account === account)
    .map((change) => {
      const result = made.get(change.id);
      return {
        change,
        since: seen.get(change.id) ?? at,
        outcome: result?.outcome ?? null,
        answer: result === undefined ? describeJudgement(judgeDrift(change, rules)) : result.message,
        likely: nameOwner(likely.get(change.id) ?? null, watched.desired.accounts.get(account)?.policy.owner ?? null),
      };
    });
}

function nameOwner(likely: Attribution | null, owner: string | null): Attribution | null {
  return likely === null || likely.actor !== owner ? likely : { ...likely, actor: `the account owner (${owner})` };
}

function owedEntry({ change, since, message, notBefore }: Owed): OwedEntry {
  const waits = change.tags.includes('waits_for_replacement') || change.tags.includes('waits_for_open_slot');
  return { change, since, notBefore, turn: change.executor === 'manual' ? 'somebody' : waits ? 'person' : 'rollcall', message };
}

function guardsAtLimit(remaining: Plan | null, account: string) {
  return (remaining?.guards ?? []).filter(
    (guard) =>
      guard.account === account &&
      (guard.verdict !== 'pass' ||
        (guard.guard.startsWith('max_deletes') && guard.limit !== null && (guard.actual ?? 0) >= guard.limit && guard.limit > 0)),
  );
}
