import type { LedgerEntry } from '../../apply/ledger-records.ts';
import { NOTHING, sameHolding } from '../../holding.ts';
import type { Accepted, ApprovedSet, Change, DesiredAccount, DesiredState, Digest, History } from '../../model.ts';
import { type AccountDecision, isOpen } from '../../plan/decide-accounts.ts';
import type { GuardStage } from '../../plan/decide-changes.ts';
import { accountOf, derivedFrom, fileOfSubaccount } from '../../plan/fan-out.ts';
import { approves, nextAccepted, sameAccepted } from '../../plan/next-accepted.ts';
import type { SettingChange } from '../../pull.ts';
import { today } from '../load-desired.ts';
import { desiredAt } from './desired-at.ts';
import type { JudgedPull } from './judge-pull.ts';
import type { Ci } from './open-ci.ts';

/** The union of what merged pull requests approve. What of it was taken in by an earlier run is owed by now, or over. */
export function approvedSet(judged: readonly JudgedPull[], history: History): ApprovedSet {
  const changes = new Map<Digest, Change>();
  const whose = new Map<string, string>();
  for (const one of judged) {
    // Whoever was touched again since is as the later pull request says, which is not what the earlier one was approved for.
    for (const [id, change] of changes) if (isSettledAnew(change, one)) changes.delete(id);
    for (const change of one.changes) {
      if (history.accounts.get(change.account)?.taken.has(one.evidence) === true) continue;
      // What a later one only takes in stays the change of the one that brought it.
      if (!changes.has(change.id)) whose.set(keyOf(change), `pull ${one.number}`);
      changes.set(change.id, change);
    }
  }
  return { by: 'pulls', changes, whose: (change) => whose.get(keyOf(change)) ?? null };
}

function isSettledAnew({ account, principal, after }: Change, { refused, touched, desired }: JudgedPull): boolean {
  if (refused !== null || touched.get(account)?.has(principal) !== true) return false;
  return !sameHolding(accountOf(desired, account)?.principals.get(principal)?.holding ?? NOTHING, after ?? NOTHING);
}

/** The pull requests that an earlier run took in, everywhere they approve something. */
export function takenBefore(judged: readonly JudgedPull[], history: History): ReadonlySet<number> {
  const isTaken = ({ changes, evidence }: JudgedPull) =>
    changes.length > 0 && changes.every(({ account }) => history.accounts.get(account)?.taken.has(evidence) === true);
  return new Set(judged.filter(isTaken).map(({ number }) => number));
}

/**
 * Whose settings hold the guards: first those that were applied last, for what was approved before; then, for everything up to and with
 * each pull request, its base tip and the commit it was merged onto. So no pull request is guarded by what it loosens itself, and none
 * gets past what was tightened meanwhile. What several approve is held to the last of them.
 */
export async function guardStages(
  ci: Ci,
  judged: readonly JudgedPull[],
  lastApplied: string | null,
  head: DesiredState,
): Promise<(account: string) => readonly GuardStage[] | undefined> {
  const before = lastApplied === null ? null : await desiredAt(ci, ci.tip, lastApplied, today(ci.run));
  const last = new Map(judged.flatMap((one, index) => one.changes.map((change) => [keyOf(change), index])));
  return (account) => {
    // An account that this very merge brings has no earlier settings.
    const stagesOf = (desired: DesiredState, index: number): GuardStage[] => {
      const known = accountOf(desired, account) ?? accountOf(head, account);
      const covers = (change: Change) => (last.get(keyOf(change)) ?? -1) <= index;
      return known === undefined ? [] : [{ guards: known.policy.guards, approvals: known.approvals, covers }];
    };
    const stages = judged.flatMap(({ changes, heldTo }, index) =>
      changes.some((change) => change.account === account) ? heldTo.flatMap((desired) => stagesOf(desired, index)) : [],
    );
    const all = [...(before === null ? [] : stagesOf(before, -1)), ...stages];
    return all.length > 0 ? all : undefined;
  };
}

/** That a pull request's approvals were taken in wherever this run could act: what is not made now is owed, and asks for no second approval. */
export function learnTaken(judged: readonly JudgedPull[], decided: readonly AccountDecision[], history: History): LedgerEntry[] {
  const open = new Set(decided.filter(isOpen).map(({ account }) => account));
  return judged.flatMap((one) => {
    if (one.refused !== null) return [];
    const waits = withheldOf(decided);
    const accounts = new Set(one.changes.map((change) => change.account));
    // An approval that this run could not use is not used up.
    for (const change of one.changes) if (waits.has(keyOf(change))) accounts.delete(change.account);
    const by = [...new Set([one.people?.by ?? '', ...(one.people?.needed ?? []).map((need) => need.by ?? '')])].filter((who) => who !== '');
    return [...accounts]
      .filter((account) => open.has(account) && history.accounts.get(account)?.taken.has(one.evidence) !== true)
      .map((account): LedgerEntry => {
        return { kind: 'taken', account, pull: one.number, evidence: one.evidence, head: one.head, digest: one.digest, by };
      });
  });
}

function withheldOf(decided: readonly AccountDecision[]): Set<string> {
  const decisions = decided.flatMap((one) => one.decisions);
  return new Set(decisions.filter(({ verdict }) => verdict === 'withhold').map(({ change }) => keyOf(change)));
}

export interface Accepting {
  readonly decided: readonly AccountDecision[];
  readonly judged: readonly JudgedPull[];
  readonly history: History;
  /** The policies accepted so far, by account; null before there are any. */
  readonly accepted: (account: string) => DesiredAccount | null;
  readonly head: DesiredState;
  readonly commit: string;
}

/** What people agreed to of this commit, in every account that this run could act in. The first time it is all or nothing. */
export function learnAccepted({ decided, judged, history, accepted, head, commit }: Accepting): LedgerEntry[] {
  const approved = judged.filter(({ refused }) => refused === null);
  return decided
    .filter(({ status }) => status === 'open')
    .flatMap((one): LedgerEntry[] => {
      const { account } = one;
      const known = history.accounts.get(account)?.accepted ?? null;
      const [before, now] = [accepted(account), accountOf(head, account)];
      const withheld = new Set(one.decisions.filter(({ verdict }) => verdict === 'withhold').map(({ change }) => change.principal));
      if (known === null || before === null) return withheld.size === 0 ? [{ kind: 'accepted', account, commit }] : [];
      if (now === undefined) return [];
      const next = nextAccepted({ known, before, now, head, commit, withheld, approved });
      return sameAccepted(known, next) ? [] : [acceptedEntry(account, next)];
    });
}

function acceptedEntry(account: string, { commit, except, settings, pending }: Accepted): LedgerEntry {
  return {
    kind: 'accepted',
    account,
    commit,
    ...(except.size === 0 ? {} : { except: Object.fromEntries(except) }),
    ...(settings === commit ? {} : { settings, pending: Object.fromEntries(pending) }),
  };
}

/** Whether people agreed to what policy gives somebody: it stands in policies that were wholly accepted, or in a pull request they approved. */
export function agreedOf(
  judged: readonly JudgedPull[],
  accepted: (account: string) => DesiredAccount | null,
  head: DesiredState,
): (account: string, principal: string) => boolean {
  const approved = judged.filter(({ refused }) => refused === null);
  return (account, principal) => {
    const now = accountOf(head, account);
    const held = accepted(account)?.principals.get(principal)?.holding ?? NOTHING;
    if (sameHolding(held, now?.principals.get(principal)?.holding ?? NOTHING)) return true;
    return now !== undefined && approved.some((one) => approves(one, now, principal));
  };
}

/**
 * Whether people approved that an account leaves policy: then nobody watches it any more. A subaccount leaves with the file that fans out
 * to it, with its fan-out, or for a file of its own.
 *
 * @param former the policies applied last: what had a file of its own there is no subaccount, whatever it is called
 */
export function mayLeave(judged: readonly JudgedPull[], account: string, head: DesiredState, former: DesiredState | null): boolean {
  const approved = judged.filter(({ refused }) => refused === null);
  const has = (test: (one: SettingChange) => boolean) => approved.some(({ settings }) => settings.some(test));
  if (approved.some(({ leaves }) => leaves.includes(account))) return true;
  const file = former?.accounts.has(account) === true ? null : fileOfSubaccount(account);
  if (file === null) return false;
  const derived = derivedFrom(account, head);
  if (derived === null) {
    const isOver = (one: SettingChange) => one.account === file && one.setting === 'subaccounts' && one.after === 'none';
    return approved.some(({ leaves }) => leaves.includes(file)) || has(isOver);
  }
  const own = [...head.accounts.values()].find(({ policy }) => policy.scope?.toLowerCase() === derived.sid.toLowerCase());
  return own !== undefined && has((one) => one.account === own.policy.name && one.setting === 'account' && one.before === null);
}

/** A change that was rebased has another id, and is still this person's in this account. */
function keyOf(change: Change): string {
  return `${change.account} ${change.principal}`;
}
