import type {
  Accepted,
  AccountHistory,
  Digest,
  Holding,
  Instant,
  LastApplied,
  LastGood,
  Offboarding,
  OpenIntent,
  Owed,
  Parked,
  Revert,
  SpentDelete,
  Suspect,
} from '../model.ts';
import type { Halfway } from './fold-halfway.ts';
import { handOutProvenance, type Provenances, startProvenance } from './fold-provenance.ts';

/** A request may still be under way this long after its intent, so an invitation without outcome counts until then. */
const POST_MAY_TAKE_MS = 20_000;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What is known of one account while records are folded. */
export interface Folding
  extends Mutable<Omit<AccountHistory, 'openIntents' | 'halfway' | 'addressTaken' | keyof Provenances>>,
    Provenances {
  lastApplied: Map<string, LastApplied | null>;
  baseline: Map<string, Holding> | null;
  lastGood: LastGood | null;
  suspect: Suspect | null;
  owed: Map<string, Owed>;
  open: Map<string, OpenIntent>;
  /** By principal, the intent in `open` whose fate no read has shown. */
  undecided: Map<string, Digest>;
  /** By change, what it spent while nobody knew whether it was made. */
  provisional: Map<Digest, SpentDelete>;
  unsettled: Map<string, Instant>;
  invitePosts: Instant[];
  spentDeletes: SpentDelete[];
  reverts: Revert[];
  parked: Map<string, Parked>;
  lapses: Map<string, number>;
  seenInvited: Map<string, Instant>;
  /** When the vendor said so. */
  addressTaken: Map<string, Instant>;
  stillThere: Set<string>;
  /** By principal, the login that an invitation has made and that holds nothing yet. */
  logins: Map<string, string>;
  halfway: Map<string, Halfway>;
  offboarding: Map<string, Offboarding>;
  driftSeen: Map<Digest, Instant>;
  accepted: Accepted | null;
  taken: Set<Digest>;
}

export function startFolding(): Folding {
  return {
    recorded: false,
    lastApplied: new Map(),
    baseline: null,
    scope: null,
    lastGood: null,
    suspect: null,
    owed: new Map(),
    open: new Map(),
    undecided: new Map(),
    provisional: new Map(),
    unsettled: new Map(),
    invitePosts: [],
    spentDeletes: [],
    reverts: [],
    parked: new Map(),
    lapses: new Map(),
    seenInvited: new Map(),
    addressTaken: new Map(),
    stillThere: new Set(),
    logins: new Map(),
    halfway: new Map(),
    offboarding: new Map(),
    driftSeen: new Map(),
    accepted: null,
    taken: new Set(),
    ...startProvenance(),
  };
}

/** A copy, so that it stays what it is while the fold goes on. */
export function finishFolding(folding: Folding): AccountHistory {
  const openIntents = [...folding.open.values()];
  // An invitation that may be under way takes its place in the hourly limit until its fate is known.
  const underWay = openIntents
    .filter((intent) => intent.change.action === 'invite' && !intent.undecided)
    .map((intent) => new Date(Date.parse(intent.at) + POST_MAY_TAKE_MS).toISOString());
  return {
    recorded: folding.recorded,
    lastApplied: new Map(folding.lastApplied),
    baseline: folding.baseline,
    scope: folding.scope,
    lastGood: folding.lastGood,
    suspect: folding.suspect,
    owed: new Map(folding.owed),
    openIntents,
    unsettled: new Map(folding.unsettled),
    invitePosts: [...folding.invitePosts, ...underWay],
    spentDeletes: [...folding.spentDeletes],
    reverts: [...folding.reverts],
    parked: new Map(folding.parked),
    lapses: new Map(folding.lapses),
    seenInvited: new Map(folding.seenInvited),
    addressTaken: new Set(folding.addressTaken.keys()),
    stillThere: new Set(folding.stillThere),
    halfway: new Map([...folding.halfway].map(([principal, { along }]) => [principal, along])),
    offboarding: new Map(folding.offboarding),
    driftSeen: folding.driftSeen,
    accepted: folding.accepted,
    taken: new Set(folding.taken),
    ...handOutProvenance(folding),
  };
}
