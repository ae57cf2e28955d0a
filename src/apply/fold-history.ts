import { NOTHING, sameHolding } from '../holding.ts';
import type { AccountHistory, Change, History, Instant, LastApplied, OpenIntent, Proposal, SpentDelete } from '../model.ts';
import { joinProposals, toAccepted } from './fold-agreements.ts';
import { beginHalfway, stepHalfway } from './fold-halfway.ts';
import { foldProvenance } from './fold-provenance.ts';
import type { DatedEntry, OutcomeEntry } from './ledger-records.ts';
import { type Folding, finishFolding, startFolding } from './start-folding.ts';
import { strandLogin } from './strand-login.ts';

/** How long the vendor's word counts that the domain of an address is not the organization's; then it is asked again. */
const TAKEN_FOR_MS = 24 * 3_600_000;

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
  /** What was handed out last, as long as no record has come since. */
  let current: History | null = null;
  const of = (name: string): Folding => {
    const folding = accounts.get(name) ?? startFolding();
    accounts.set(name, folding);
    return folding;
  };
  return {
    add: (records) => {
      for (const record of records) {
        current = null;
        if (record.kind === 'commit') commit = record.commit;
        else if (record.kind === 'proposed') proposals.set(record.branch, joinProposals(proposals.get(record.branch), record));
        else if (record.kind !== 'note') {
          const folding = of(record.account);
          foldProvenance(folding, record);
          foldRecord(folding, record);
          changed.add(record.account);
        }
      }
    },
    history: () => {
      for (const name of changed) finished.set(name, finishFolding(of(name)));
      changed.clear();
      current ??= { accounts: new Map(finished), commit, proposals: new Map(proposals) };
      return current;
    },
  };
}

function foldRecord(folding: Folding, record: Exclude<DatedEntry, { kind: 'commit' | 'note' | 'proposed' }>): void {
  switch (record.kind) {
    case 'observation':
      foldObservation(folding, record);
      return;
    case 'baseline':
      folding.baseline = new Map(Object.entries(record.principals));
      folding.recorded = true;
      return;
    case 'approval':
      for (const change of record.changes) owe(folding, change, record.at);
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
      if (record.principal_id !== undefined) folding.logins.set(record.principal, record.principal_id);
      return;
    case 'outcome':
      foldOutcome(folding, record, record.at);
      return;
    case 'state':
      folding.recorded = true;
      for (const [principal, held] of Object.entries(record.principals)) {
        remember(folding, principal, held);
        folding.halfway.delete(principal);
      }
      for (const principal of record.keys_left ?? []) leaveKeys(folding, principal, record.at);
      return;
    case 'superseded':
      supersede(folding, record);
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
      folding.logins.clear();
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

function foldObservation(folding: Folding, record: Extract<DatedEntry, { kind: 'observation' }>): void {
  if (record.suspect) {
    folding.suspect = { digest: record.digest, at: record.at };
    return;
  }
  folding.lastGood = { principals: record.principals, at: record.at };
  for (const principal of record.invited ?? []) folding.seenInvited.set(principal, record.at);
  for (const id of record.gone ?? []) folding.stillThere.delete(id);
  // Where accounts have scopes it is the domain that the vendor does not let in; elsewhere only a person can free an address.
  if (record.scope !== undefined) lapseTaken(folding, record.at);
  folding.suspect = null;
  folding.scope = record.scope ?? null;
}

function foldOutcome(folding: Folding, entry: OutcomeEntry, at: Instant): void {
  const { principal } = entry;
  const intent = folding.open.get(entry.change);
  if (!staysOpen(folding, entry)) folding.open.delete(entry.change);
  else if (intent !== undefined) {
    folding.open.set(entry.change, { ...intent, undecided: true, foreign: entry.parked !== null });
    folding.undecided.set(principal, entry.change);
  }
  noteFacts(folding, entry, intent?.change.principal_id ?? null, at);
  if (isDone(entry)) {
    settle(folding, entry, at, intent);
    return;
  }
  // Of what is known to have been left before its first part nobody holds a half.
  if (entry.outcome !== 'undecided' && !isBegun(folding, principal)) folding.halfway.delete(principal);
  if (entry.outcome === 'undecided' && entry.action === 'invite') folding.unsettled.set(principal, at);
  const owed = folding.owed.get(principal);
  if (owed !== undefined && owed.change.action === entry.action) {
    const postponedUntil = entry.outcome !== 'deferred' ? null : entry.posted ? entry.not_before : owed.postponedUntil;
    folding.owed.set(principal, { ...owed, outcome: entry.outcome, message: entry.message, notBefore: entry.not_before, postponedUntil });
  }
}

/** What an outcome says beside whether its change is true. `id` is the vendor's, of whoever is there already. */
function noteFacts(folding: Folding, entry: OutcomeEntry, id: string | null, at: Instant): void {
  const { principal } = entry;
  if (entry.posted && entry.action === 'invite') folding.invitePosts.push(at);
  spend(folding, entry, at);
  if (entry.reverted !== null && entry.outcome === 'applied') folding.reverts.push({ at, principal, field: entry.reverted });
  if (entry.address_taken) folding.addressTaken.set(principal, at);
  if (id !== null && entry.still_there === true) folding.stillThere.add(id);
  if (id !== null && isDone(entry)) folding.stillThere.delete(id);
  if (entry.keys_left === true) leaveKeys(folding, principal, at);
  if (entry.parked !== null) folding.parked.set(principal, { ...entry.parked, message: entry.message });
}

function supersede(folding: Folding, { principal, change, unmade, at }: Extract<DatedEntry, { kind: 'superseded' }>): void {
  const owed = folding.owed.get(principal)?.change;
  const id = owed?.principal_id ?? null;
  if (id !== null) folding.stillThere.delete(id);
  if (unmade === true) folding.halfway.delete(principal);
  folding.owed.delete(principal);
  folding.parked.delete(principal);
  folding.open.delete(change);
  const login = folding.logins.get(principal);
  if (owed === undefined || login === undefined) return;
  folding.open.set(change, strandLogin(owed, login, at));
  folding.undecided.set(principal, change);
  folding.logins.delete(principal);
}

/** What failed of another wish says nothing of this one. */
function owe({ owed, parked }: Folding, change: Change, since: Instant): void {
  if (!isSameWish(owed.get(change.principal)?.change, change)) parked.delete(change.principal);
  owed.set(change.principal, { change, since, outcome: null, message: '', notBefore: null, postponedUntil: null });
}

/** Whether one approved change comes to what another did, whatever was held before: what failed of the one fails of the other. */
function isSameWish(one: Change | undefined, other: Change): boolean {
  return one !== undefined && one.action === other.action && sameHolding(one.after ?? NOTHING, other.after ?? NOTHING);
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
function settle(folding: Folding, entry: OutcomeEntry, at: Instant, intent: OpenIntent | undefined): void {
  const { principal, held } = entry;
  const { lastGood, lastApplied, baseline } = folding;
  if (entry.outcome === 'applied' && entry.action === 'invite' && folding.lastApplied.get(principal)?.status === 'invited') {
    folding.lapses.set(principal, (folding.lapses.get(principal) ?? 0) + 1);
  }
  // Whom we deleted ourselves is no sign of a read that came short; one that came after their intent counts them no more.
  if (entry.outcome === 'applied' && entry.action === 'delete' && lastGood !== null && lastGood.at <= (intent?.at ?? lastGood.at)) {
    folding.lastGood = { ...lastGood, principals: Math.max(0, lastGood.principals - 1) };
  }
  folding.recorded = true;
  if (entry.held?.status === 'invited') folding.seenInvited.set(principal, at);
  // Who has again what they had at the baseline was never approved by anybody: they stay as unmanaged as they were.
  const isUnmanaged = intent?.change.origin === 'drift' && held !== null && !lastApplied.has(principal) && baseline?.has(principal);
  if (!isUnmanaged) remember(folding, principal, entry.held);
  const owed = folding.owed.get(principal)?.change;
  if (owed === undefined || owed.id === entry.change || sameHolding(owed.after ?? NOTHING, entry.held ?? NOTHING))
    forget(folding, principal);
  else {
    // What was gained beside it was taken back; the rest is still owed.
    closeUndecided(folding, principal);
    folding.halfway.delete(principal);
  }
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

/** What the vendor said of the domain of an address may be otherwise a day later. */
function lapseTaken({ addressTaken }: Folding, now: Instant): void {
  for (const [principal, at] of addressTaken) if (Date.parse(now) - Date.parse(at) >= TAKEN_FOR_MS) addressTaken.delete(principal);
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
  folding.logins.delete(principal);
  folding.halfway.delete(principal);
}

function closeUndecided(folding: Folding, principal: string): void {
  const id = folding.undecided.get(principal);
  if (id !== undefined && folding.open.get(id)?.undecided === true) folding.open.delete(id);
  folding.undecided.delete(principal);
}
