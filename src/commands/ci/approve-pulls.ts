import type { LedgerEntry } from '../../apply/ledger-records.ts';
import type { ApprovedSet, Change, Day, DesiredState, Digest, History } from '../../model.ts';
import { type AccountDecision, isOpen } from '../../plan/decide-accounts.ts';
import type { GuardStage } from '../../plan/decide-changes.ts';
import { today } from '../load-desired.ts';
import type { JudgedPull } from './judge-pull.ts';
import type { Ci } from './open-ci.ts';
import { loadTree } from './plan-pull.ts';

/** The union of what merged pull requests approve. What of it was taken in by an earlier run is owed by now, or over. */
export function approvedSet(judged: readonly JudgedPull[], history: History): ApprovedSet {
  const changes = new Map<Digest, Change>();
  const whose = new Map<string, string>();
  for (const one of judged) {
    for (const change of one.changes) {
      if (history.accounts.get(change.account)?.taken.has(one.evidence) === true) continue;
      changes.set(change.id, change);
      whose.set(keyOf(change), `pull ${one.number}`);
    }
  }
  return { by: 'pulls', changes, whose: (change) => whose.get(keyOf(change)) ?? null };
}

/**
 * Whose settings hold the guards: first those that were applied last, for what was approved before; then each pull request's base tip
 * for everything up to and with it. So no pull request is guarded by what it loosens itself.
 */
export async function guardStages(
  ci: Ci,
  judged: readonly JudgedPull[],
  lastApplied: string | null,
  head: DesiredState,
): Promise<(account: string) => readonly GuardStage[] | undefined> {
  const before = lastApplied === null ? null : await desiredAt(ci, lastApplied, today(ci.run));
  const mine = new Set(judged.flatMap((one) => one.changes.map(keyOf)));
  return (account) => {
    const stages: GuardStage[] = [];
    const covered = new Set<string>();
    const add = (desired: DesiredState | null) => {
      // An account that this very merge brings has no earlier settings.
      const known = desired?.accounts.get(account) ?? head.accounts.get(account);
      const upTo = new Set(covered);
      const covers = (change: Change) => !mine.has(keyOf(change)) || upTo.has(keyOf(change));
      if (known !== undefined) stages.push({ guards: known.policy.guards, approvals: known.approvals, covers });
    };
    if (before !== null) add(before);
    for (const one of judged) {
      const changes = one.changes.filter((change) => change.account === account);
      if (changes.length === 0) continue;
      for (const change of changes) covered.add(keyOf(change));
      add(one.baseTip);
    }
    return stages.length > 0 ? stages : undefined;
  };
}

async function desiredAt(ci: Ci, commit: string, day: Day): Promise<DesiredState | null> {
  return (await loadTree(ci, commit, commit, day)).desired;
}

/** That a pull request's approvals were taken in wherever this run could act: what is not made now is owed, and asks for no second approval. */
export function learnTaken(judged: readonly JudgedPull[], decided: readonly AccountDecision[], history: History): LedgerEntry[] {
  const open = new Set(decided.filter(isOpen).map(({ account }) => account));
  return judged.flatMap((one) => {
    if (one.refused !== null) return [];
    const accounts = new Set(one.changes.map((change) => change.account));
    const by = [...new Set([one.people?.by ?? '', ...(one.people?.needed ?? []).map((need) => need.by ?? '')])].filter((who) => who !== '');
    return [...accounts]
      .filter((account) => open.has(account) && history.accounts.get(account)?.taken.has(one.evidence) !== true)
      .map((account): LedgerEntry => {
        return { kind: 'taken', account, pull: one.number, evidence: one.evidence, head: one.head, digest: one.digest, by };
      });
  });
}

/** A change that was rebased has another id, and is still this person's in this account. */
function keyOf(change: Change): string {
  return `${change.account} ${change.principal}`;
}
