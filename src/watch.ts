/**
 * The nouns of the night watch: what the scheduled run saw in one account, what it did and what it left. The nouns of access stand in
 * model.ts.
 */
import type { Change, Day, GuardResult, Instant, Offboarding, Outcome, Parked, Place } from './model.ts';

/** One thing the vendor's own log says somebody did. Best effort: it may be late, incomplete or wrong. */
export interface AccountEvent {
  readonly id: string;
  readonly at: Instant;
  /** The vendor's id of who did it, and their e-mail where the account's list knows it. */
  readonly actorId: string | null;
  readonly actor: string | null;
  /** As what they did it, in the vendor's words: `account_owner`, `telnyx`. */
  readonly actorKind: string;
  /** The vendor's id of whom or what it was done to. */
  readonly targetId: string | null;
  readonly what: string;
  readonly fields: readonly { readonly field: string; readonly from: string | null; readonly to: string | null }[];
}

/** What a vendor's log could tell. Absence proves nothing. */
export type EventsReading =
  | { readonly kind: 'events'; readonly events: readonly AccountEvent[] }
  | { readonly kind: 'unavailable'; readonly why: string };

/** Who is likely to have made a difference. Never more than likely. */
export interface Attribution {
  readonly actor: string;
  readonly at: Instant;
}

/** One difference that somebody made in the account. */
export interface DriftEntry {
  readonly change: Change;
  /** When a scheduled run first saw it. */
  readonly since: Instant;
  /** What became of it in this run: an outcome where something was done, or why nothing was. */
  readonly outcome: Outcome | null;
  readonly answer: string;
  readonly likely: Attribution | null;
}

/** An approved change that is not yet true, and who has to act. */
export interface OwedEntry {
  readonly change: Change;
  readonly since: Instant;
  readonly notBefore: Instant | null;
  /** `rollcall` goes on by itself; `person` is the invited one; `somebody` follows the steps. */
  readonly turn: 'rollcall' | 'person' | 'somebody';
  readonly message: string;
}

/** A grant whose end is near, or has passed while the access is still there. */
export interface GrantEnd {
  readonly principal: string;
  readonly roles: readonly string[];
  readonly until: Day;
  /** Where the end stands in the policies. */
  readonly source: Place;
  /** Another grant holds the access beyond this end. */
  readonly heldOtherwise: boolean;
}

/** A grant whose end is near, and the pull request that lets it go on. */
export interface EndingGrant extends GrantEnd {
  /** A link; null where none was opened. */
  readonly renewal: string | null;
}

/** A grant that has ended and still stands in the policies. */
export interface EndedGrant extends GrantEnd {
  /** Whether nothing of its access is left in the account. */
  readonly isGone: boolean;
  /** Whether the policies that people accepted let it end, too: an end that a direct push brought ends nothing by itself. */
  readonly isApproved: boolean;
}

/** What people should know of one account, or of all of them. */
export interface Note {
  readonly account: string | null;
  /** A whole sentence that stays the same as long as the same is so. */
  readonly text: string;
  /** Whether somebody has to act; what the next run of apply settles by itself opens no issue. */
  readonly isPressing: boolean;
}

/** Everything the rolling issue of one account shows. */
export interface AccountWatch {
  readonly account: string;
  readonly at: Instant;
  readonly url: string;
  readonly runUrl: string | null;
  /** The last complete read, and how many people it had; null before the first. */
  readonly lastGood: { readonly at: Instant; readonly principals: number } | null;
  /** Why this run could not read the account; null when it could. */
  readonly unread: string | null;
  readonly drift: readonly DriftEntry[];
  readonly owed: readonly OwedEntry[];
  readonly parked: readonly ({ readonly principal: string } & Parked)[];
  readonly lapsed: readonly { readonly principal: string; readonly times: number }[];
  readonly ended: readonly EndedGrant[];
  readonly ending: readonly EndingGrant[];
  /** Steps about keys that outlive the people this run deleted or lowered. */
  readonly keysLeftBehind: readonly string[];
  /** Who could read API keys, no longer may, and is not wholly gone as long as the keys are there. */
  readonly offboarding: readonly Offboarding[];
  /** Guards that block, leave a field alone, or have nothing left. */
  readonly guards: readonly GuardResult[];
  /** What people should know beside all that, in whole sentences: policies or settings that nobody approved, proposals that could not be made. */
  readonly notes: readonly string[];
  /** What the run left, and why, in whole sentences. */
  readonly left: readonly string[];
  /** The newest place in the ledger: an older one put back is noticed by it. */
  readonly ledger: { readonly seq: number; readonly hash: string } | null;
}
