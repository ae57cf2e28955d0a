import { NOTHING, sameHolding } from '../holding.ts';
import type { AccountHistory, Action, Backing, Change, Digest, Holding, Instant, Provenance } from '../model.ts';
import type { DatedEntry, OutcomeEntry } from './ledger-records.ts';

/** Since when people hold what they hold and who agreed to it, while records are folded. */
export interface Provenances {
  provenance: Map<string, Provenance>;
  /** By principal, who stands behind what is owed to them. */
  backing: Map<string, Agreed>;
  /** Whether both were handed out, so that the next record needs copies. */
  handedOut: boolean;
  /** By pull request, whose changes it approved; its approvers stand in a later record. */
  readonly awaiting: Map<number, Set<string>>;
}

interface Agreed extends Backing {
  readonly change: Digest;
  readonly action: Action;
  readonly after: Holding;
}

type Known = Provenances & Pick<AccountHistory, 'lastApplied' | 'baseline'>;
type Of<Kind extends DatedEntry['kind']> = Extract<DatedEntry, { kind: Kind }>;

const NOBODY: Backing = { by: null, pull: null, approvedBy: null };
const BY_RULES: Backing = { ...NOBODY, by: 'drift' };

export function startProvenance(): Provenances {
  return { provenance: new Map(), backing: new Map(), handedOut: false, awaiting: new Map() };
}

/** As they are now and stay: most records say nothing of them, so they are copied only before the next one that does. */
export function handOutProvenance(known: Provenances): Pick<Provenances, 'provenance' | 'backing'> {
  known.handedOut = true;
  return { provenance: known.provenance, backing: known.backing };
}

const TELLING: ReadonlySet<string> = new Set(['baseline', 'state', 'approval', 'taken', 'outcome', 'superseded', 'released']);

/** One record, before it moves last-applied state: whoever keeps what they held keeps since when, too. */
export function foldProvenance(known: Known, record: DatedEntry): void {
  if (!TELLING.has(record.kind)) return;
  if (known.handedOut) {
    known.provenance = new Map(known.provenance);
    known.backing = new Map(known.backing);
    known.handedOut = false;
  }
  switch (record.kind) {
    case 'baseline':
      foldBaseline(known, record);
      return;
    case 'state':
      foldState(known, record);
      return;
    case 'approval':
      for (const change of record.changes) agree(known, change, record.by);
      return;
    case 'taken':
      nameApprovers(known, record);
      return;
    case 'outcome':
      if (record.outcome === 'applied' || record.outcome === 'already') settle(known, record, record.outcome, record.at);
      return;
    case 'superseded':
      known.backing.delete(record.principal);
      return;
    case 'released':
      known.provenance.clear();
      known.backing.clear();
      known.awaiting.clear();
      return;
    default:
  }
}

function foldBaseline({ provenance, lastApplied }: Known, { principals, at }: Of<'baseline'>): void {
  const found: Provenance = { ...NOBODY, since: at, how: 'found' };
  for (const principal of Object.keys(principals)) if (!lastApplied.has(principal)) provenance.set(principal, found);
}

function foldState({ provenance, lastApplied, baseline, backing }: Known, { principals, at: since }: Of<'state'>): void {
  // One for all: the first record of an account names everybody.
  const found: Provenance = { ...NOBODY, since, how: 'found' };
  const followed: Provenance = { ...NOBODY, since, how: 'followed' };
  for (const [principal, held] of Object.entries(principals)) {
    const applied = lastApplied.get(principal);
    const before = applied === undefined ? baseline?.get(principal) : applied;
    if (before !== undefined && sameHolding(before ?? NOTHING, held ?? NOTHING) && provenance.has(principal)) continue;
    const owed = backing.get(principal);
    if (owed !== undefined && sameHolding(owed.after, held ?? NOTHING))
      provenance.set(principal, { ...backingOf(owed), since, how: 'already' });
    else provenance.set(principal, applied === undefined ? found : followed);
  }
}

function agree({ backing, awaiting }: Known, change: Change, by: string): void {
  const { principal, id, action } = change;
  const after = change.after ?? NOTHING;
  const pull = Number(/^pull (\d{1,9})$/.exec(by)?.[1] ?? Number.NaN);
  const isNamed = !UNNAMED.has(by);
  const before = backing.get(principal);
  // A run that only goes on with what others approved is no approval of its own.
  const same = !isNamed && before !== undefined && before.action === action && sameHolding(before.after, after);
  const who = same ? before : { ...NOBODY, by: isNamed ? by : change.origin === 'end' ? 'end' : null };
  backing.set(principal, { ...who, pull: Number.isNaN(pull) ? who.pull : pull, change: id, action, after });
  if (Number.isNaN(pull)) return;
  const waiting = awaiting.get(pull) ?? new Set();
  awaiting.set(pull, waiting.add(principal));
}

/** What runs write that nobody asked in particular. */
const UNNAMED: ReadonlySet<string> = new Set(['none', 'pulls']);

function nameApprovers({ provenance, backing, awaiting }: Known, { pull, by: approvedBy }: Of<'taken'>): void {
  for (const principal of awaiting.get(pull) ?? []) {
    const owed = backing.get(principal);
    if (owed?.pull === pull) backing.set(principal, { ...owed, approvedBy });
    const held = provenance.get(principal);
    if (held?.pull === pull && held.approvedBy === null) provenance.set(principal, { ...held, approvedBy });
  }
  awaiting.delete(pull);
}

/** A change is true now: whoever holds the same as before holds it for as long as before, unless they were away meanwhile. */
function settle({ provenance, backing, lastApplied }: Known, entry: OutcomeEntry, how: 'applied' | 'already', since: Instant): void {
  const { principal, held, action, change, reverted } = entry;
  const owed = backing.get(principal);
  const isOwed = owed !== undefined && (owed.change === change || sameHolding(owed.after, held ?? NOTHING));
  if (isOwed) backing.delete(principal);
  const before = lastApplied.get(principal);
  const isSame = before !== undefined && action !== 'invite' && sameHolding(before ?? NOTHING, held ?? NOTHING);
  if (isSame && provenance.has(principal)) return;
  const who = isOwed ? backingOf(owed) : reverted === null ? NOBODY : BY_RULES;
  provenance.set(principal, { ...who, since, how });
}

function backingOf({ by, pull, approvedBy }: Backing): Backing {
  return { by, pull, approvedBy };
}
