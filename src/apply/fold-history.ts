import type { AccountHistory, History, Instant, LastApplied, Proposal, SpentDelete } from '../model.ts';
import { joinProposals, toAccepted } from './fold-agreements.ts';
import { beginHalfway, stepHalfway } from './fold-halfway.ts';
import type { DatedEntry, OutcomeEntry } from './ledger-records.ts';
import { type Folding, finishFolding, startFolding } from './start-folding.ts';

/** What a growing ledger comes to: each record is folded once, and what was handed out never changes afterwards. */
export interface HistoryFold {
  add(records: Iterable<DatedEntry>): void;
  history(): History;
}

/** What the ledger's records come to. Linear in their number. */
export function foldHistory(records: Iterable<DatedEntry>): History {
  const fold = createHistoryFold();
  fold.add(records);
  return fold.history();
}

export function createHistoryFold(): HistoryFold {
  const accounts = new Map<string, Folding>();
  const finished = new Map<string, AccountHistory>();
  const changed = new Set<string>();
  const proposals = new Map<string, Proposal>();
  let commit: string | null = null;
  const of = (name: string): Folding => {
    const known = accounts.get(name);
    if (known !== undefined) return known;
    const fresh = startFolding();
    accounts.set(name, fresh);
    return fresh;
  };
  return {
    add: (records) => {
      for (const record of records) {
        if (record.kind === 'commit') commit = record.commit;
        else if (record.kind === 'proposed') proposals.set(record.branch, joinProposals(proposals.get(record.branch), record));
        else if (record.kind !== 'note') {
          foldRecord(of(record.account), record);
          changed.add(record.account);
        }
      }
    },
    history: () => {
      for (const name of changed) finished.set(name, finishFolding(of(name)));
      changed.clear();
      return { accounts: new Map(finished), commit, proposals: new Map(proposals) };
    },
  };
}

function foldRecord(folding: Folding, record: Exclude<DatedEntry, { kind: 'commit' | 'note' | 'proposed' }>): void {
  switch (record.kind) {
    case 'observation':
      if (record.suspect) folding.suspect = { digest: record.digest, at: record.at };
      else {
        folding.lastGood = { principals: record.principals, at: record.at };
        for (const principal of record.invited ?? []) folding.seenInvited.set(principal, record.at);
        folding.suspect = null;
        folding.scope = record.scope ?? null;
      }
      return;
    case 'baseline':
      folding.baseline = new Map(Object.entries(record.principals));
      folding.recorded = true;
      return;
    case 'approval':
      for (const change of record.changes) {
        folding.owed.set(change.principal, { change, since: record.at, outcome: null, message: '', notBefore: null, postponedUntil: null });
      }
      folding.recorded = true;
      return;
    case 'intent':
      // Whoever begins anew has read the account since: what was undecided before is history.
      closeUndecided(folding, record.change.principal);
      folding.open.set(record.change.id, { change: record.change, at: record.at, undecided: false, foreign: false, facts: record.facts });
      beginHalfway(folding.halfway, record.change, record.parts ?? []);
      return;
    case 'part':
      stepHalfway(folding.halfway, record);
      return;
    case 'outcome':
      foldOutcome(folding, record, record.at);
      return;
    case 'state':
      folding.recorded = true;
      for (const [principal, held] of Object.entries(record.principals)) {
        remember(folding, principal, held);
        folding.halfway.delete(principal);
        folding.stillThere.delete(principal);
      }
      for (const principal of record.keys_left ?? []) leaveKeys(folding, principal, record.at);
      return;
    case 'superseded':
      folding.owed.delete(record.principal);
      folding.open.delete(record.change);
      folding.stillThere.delete(record.principal);
      return;
    case 'released':
      // Who was there and what was owed says nothing once nobody has watched; what was spent and sent still counts.
      folding.recorded = false;
      folding.scope = null;
      folding.baseline = null;
      folding.lastApplied.clear();
      folding.owed.clear();
      folding.seenInvited.clear();
      folding.halfway.clear();
      folding.stillThere.clear();
      folding.taken.clear();
      folding.accepted = null;
      return;
    case 'drift':
      folding.driftSeen = new Map(record.seen.map((id) => [id, folding.driftSeen.get(id) ?? record.at]));
      return;
    case 'accepted':
      folding.accepted = toAccepted(record);
      return;
    case 'taken':
      folding.taken.add(record.evidence);
      return;
    case 'offboarding':
      for (const [principal, left] of Object.entries(record.principals)) {
        if (left === null) folding.offboarding.delete(principal);
        else folding.offboarding.set(principal, { principal, ...left });
      }
      return;
    case 'calm':
      folding.reverts = folding.reverts.filter((one) => one.principal !== record.principal || one.field !== record.field);
      return;
    case 'war':
      // Changed again: as recent as a revert, so that peace is counted from here.
      folding.reverts.push({ at: record.at, principal: record.principal, field: record.field });
      return;
    default:
      record satisfies never;
  }
}

function foldOutcome(folding: Folding, entry: OutcomeEntry, at: Instant): void {
  const { principal } = entry;
  const intent = folding.open.get(entry.change);
  if (!staysOpen(folding, entry)) folding.open.delete(entry.change);
  else if (intent !== undefined) {
    folding.open.set(entry.change, { ...intent, undecided: true, foreign: entry.parked !== null });
    folding.undecided.set(principal, entry.change);
  }
  if (entry.posted && entry.action === 'invite') folding.invitePosts.push(at);
  spend(folding, entry, at);
  if (entry.reverted !== null && entry.outcome === 'applied') folding.reverts.push({ at, principal, field: entry.reverted });
  if (entry.address_taken) folding.addressTaken.add(principal);
  if (entry.still_there === true) folding.stillThere.add(principal);
  if (entry.keys_left === true) leaveKeys(folding, principal, at);
  if (entry.parked !== null) folding.parked.set(principal, { ...entry.parked, message: entry.message });
  if (isDone(entry)) {
    settle(folding, entry, at);
    return;
  }
  // Of what is known to have been left before its first part nobody holds a half.
  if (entry.outcome !== 'undecided' && !isBegun(folding, principal)) folding.halfway.delete(principal);
  if (entry.outcome === 'undecided' && entry.action === 'invite') folding.unsettled.set(principal, at);
  const owed = folding.owed.get(principal);
  if (owed !== undefined && owed.change.action === entry.action) {
    const postponedUntil = entry.posted && entry.outcome === 'deferred' ? entry.not_before : null;
    folding.owed.set(principal, { ...owed, outcome: entry.outcome, message: entry.message, notBefore: entry.not_before, postponedUntil });
  }
}

function isDone({ outcome }: OutcomeEntry): boolean {
  return outcome === 'applied' || outcome === 'already';
}

/** Also a delete that was cut off between its parts: who holds nothing and has a login left is looked for by its intent. */
function staysOpen(folding: Folding, entry: OutcomeEntry): boolean {
  if (entry.outcome === 'undecided') return true;
  return !isDone(entry) && entry.action === 'delete' && isBegun(folding, entry.principal);
}

function isBegun({ halfway }: Folding, principal: string): boolean {
  return (halfway.get(principal)?.made ?? null) !== null;
}

/** A change is true now. */
function settle(folding: Folding, entry: OutcomeEntry, at: Instant): void {
  const { principal } = entry;
  if (entry.outcome === 'applied' && entry.action === 'invite' && folding.lastApplied.get(principal)?.status === 'invited') {
    folding.lapses.set(principal, (folding.lapses.get(principal) ?? 0) + 1);
  }
  // Whom we deleted ourselves is no sign of a read that came short.
  if (entry.outcome === 'applied' && entry.action === 'delete' && folding.lastGood !== null) {
    folding.lastGood = { ...folding.lastGood, principals: Math.max(0, folding.lastGood.principals - 1) };
  }
  folding.recorded = true;
  if (entry.held?.status === 'invited') folding.seenInvited.set(principal, at);
  remember(folding, principal, entry.held);
  forget(folding, principal);
}

/** A change is spent once: what it spent undecided ends with the next word on it, be it that it was made, or that it was not. */
function spend(folding: Folding, { principal, change, outcome, spent }: OutcomeEntry, at: Instant): void {
  const before = folding.provisional.get(change);
  if (before !== undefined && (outcome === 'undecided' || spent !== null)) {
    folding.spentDeletes = folding.spentDeletes.filter((one) => one !== before);
  }
  folding.provisional.delete(change);
  if (spent === null) return;
  const now: SpentDelete = { at, principal, ...spent };
  folding.spentDeletes.push(now);
  if (outcome === 'undecided') folding.provisional.set(change, now);
}

/** Open from the moment the access went, so that a run that ends right there forgets nobody; a later record has the keys. */
function leaveKeys({ offboarding }: Folding, principal: string, since: Instant): void {
  offboarding.set(principal, { principal, since, keys: null });
}

function remember(folding: Folding, principal: string, held: LastApplied | null): void {
  folding.lastApplied.set(principal, held);
  if (held?.status === 'active' || held === null) folding.lapses.delete(principal);
}

/** What was owed to this principal is true now, and nothing stands in its way any more. */
function forget(folding: Folding, principal: string): void {
  closeUndecided(folding, principal);
  folding.owed.delete(principal);
  folding.unsettled.delete(principal);
  folding.parked.delete(principal);
  folding.addressTaken.delete(principal);
  folding.stillThere.delete(principal);
  folding.halfway.delete(principal);
}

function closeUndecided(folding: Folding, principal: string): void {
  const id = folding.undecided.get(principal);
  if (id !== undefined && folding.open.get(id)?.undecided === true) folding.open.delete(id);
  folding.undecided.delete(principal);
}
