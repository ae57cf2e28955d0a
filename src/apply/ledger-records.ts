import type { Action, Change, Digest, Holding, Instant, IntentFacts, LastApplied, Offboarding, Outcome, Part, Revert } from '../model.ts';

/** The version of the record format; a newer one is refused rather than guessed at. */
export const LEDGER_VERSION = 1;

/** What a record says, apart from its place in the chain. */
export type LedgerEntry =
  /** A complete read; a suspect one is too short to be believed yet. */
  | {
      readonly kind: 'observation';
      readonly account: string;
      readonly digest: Digest;
      readonly principals: number;
      readonly suspect: boolean;
      /** Whose invitation was seen open. */
      readonly invited?: readonly string[];
      /** Who could read API keys. */
      readonly key_readers?: readonly string[];
      /** By id, who was still there after the vendor had accepted their delete, and no longer is. */
      readonly gone?: readonly string[];
      /** The vendor's account that was read, where policy pins one. */
      readonly scope?: string;
    }
  /** Who was there, without being granted anything, when supervision began. */
  | { readonly kind: 'baseline'; readonly account: string; readonly principals: Readonly<Record<string, Holding>> }
  /** Changes that people agreed to: owed until an outcome or a newer policy ends them. */
  | { readonly kind: 'approval'; readonly account: string; readonly by: string; readonly changes: readonly Change[] }
  | {
      readonly kind: 'intent';
      readonly account: string;
      readonly change: Change;
      readonly facts: IntentFacts;
      /** The requests that make it, in order, where it is more than one. */
      readonly parts?: readonly Part[];
    }
  | PartEntry
  | OutcomeEntry
  /** Last-applied state that needed no request: it was already true. Null: no access. */
  | {
      readonly kind: 'state';
      readonly account: string;
      readonly principals: Readonly<Record<string, LastApplied | null>>;
      /** Who of them could read API keys and no longer can. */
      readonly keys_left?: readonly string[];
    }
  /** Owed, and no longer what policy says; `unmade` where a read shows that none of its parts is made. */
  | {
      readonly kind: 'superseded';
      readonly account: string;
      readonly principal: string;
      readonly change: Digest;
      readonly unmade?: true;
    }
  /** A field that was fought over had an hour of peace. */
  | { readonly kind: 'calm'; readonly account: string; readonly principal: string; readonly field: Revert['field'] }
  /** A field that is being fought over changed again and was left alone. */
  | { readonly kind: 'war'; readonly account: string; readonly principal: string; readonly field: Revert['field'] }
  /** An account that left policy, and whose going was accepted: nobody watches it any more. */
  | { readonly kind: 'released'; readonly account: string }
  /**
   * The approvals of a merged pull request have been taken in here: what of it is still owed stands in `approval` records, and it
   * approves nothing more. `by` are the logins of those who approved it.
   */
  | {
      readonly kind: 'taken';
      readonly account: string;
      readonly pull: number;
      readonly evidence: Digest;
      readonly head: string;
      readonly digest: Digest | null;
      readonly by: readonly string[];
    }
  /** The differences that a scheduled run saw and left, which somebody made in the account. */
  | { readonly kind: 'drift'; readonly account: string; readonly seen: readonly Digest[] }
  /**
   * A pull request that this run is about to open itself. `logins` asked for it; `principals` likely made the difference or gain: none of
   * them may be the one who approves it.
   */
  | {
      readonly kind: 'proposed';
      readonly branch: string;
      readonly commit: string;
      readonly logins: readonly string[];
      readonly principals: readonly string[];
    }
  /** The commit whose policies this run applied. */
  | { readonly kind: 'commit'; readonly commit: string }
  /** What of the policies of a commit people agreed to in one account: all of it, except for some people and settings. */
  | {
      readonly kind: 'accepted';
      readonly account: string;
      readonly commit: string;
      readonly except?: Readonly<Record<string, string>>;
      readonly settings?: string;
      readonly pending?: Readonly<Record<string, string | null>>;
    }
  /** Whose keys are left behind, by principal, as the newest read has it. Null: every key is gone or replaced. */
  | {
      readonly kind: 'offboarding';
      readonly account: string;
      readonly principals: Readonly<Record<string, Omit<Offboarding, 'principal'> | null>>;
    }
  /** Something the ledger itself has to tell, such as a torn last line that was cut. */
  | { readonly kind: 'note'; readonly text: string };

/** What the vendor said to one request of a change that takes several. */
export interface PartEntry {
  readonly kind: 'part';
  readonly account: string;
  readonly principal: string;
  readonly change: Digest;
  readonly part: Part;
  readonly done: 'accepted' | 'refused' | 'unknown';
  readonly message: string;
  /** Of an invitation that was taken: what the vendor calls the login, which outlives a change that comes to nothing. */
  readonly principal_id?: string;
  /** It gives back what an earlier part took, because a later one was refused. */
  readonly compensates?: true;
}

export interface OutcomeEntry {
  readonly kind: 'outcome';
  readonly account: string;
  readonly principal: string;
  readonly action: Action;
  readonly change: Digest;
  readonly outcome: Outcome;
  readonly message: string;
  readonly not_before: Instant | null;
  /** Whether a request that counts towards the hourly limit may have reached the vendor. */
  readonly posted: boolean;
  /** For `applied` and `already`: what is now true; null is no access. */
  readonly held: LastApplied | null;
  readonly spent: { readonly budget: 'policy' | 'strangers'; readonly approvals: readonly string[] } | null;
  readonly reverted: Revert['field'] | null;
  readonly parked: { readonly failures: number; readonly until: Instant } | null;
  readonly address_taken: boolean;
  /** The vendor accepted the delete, and the principal is there with access all the same. */
  readonly still_there?: true;
  /** Somebody who could read API keys no longer can: the keys are left behind until a later record says otherwise. */
  readonly keys_left?: true;
}

/** An outcome with everything that most outcomes do not have. */
export function outcomeEntry(
  change: Change,
  outcome: Outcome,
  message: string,
  more: Partial<Omit<OutcomeEntry, 'kind' | 'account' | 'principal' | 'action' | 'change' | 'outcome' | 'message'>> = {},
): OutcomeEntry {
  return {
    kind: 'outcome',
    account: change.account,
    principal: change.principal,
    action: change.action,
    change: change.id,
    outcome,
    message,
    not_before: null,
    posted: false,
    held: null,
    spent: null,
    reverted: null,
    parked: null,
    address_taken: false,
    ...more,
  };
}

/** An entry and when it was made. */
export type DatedEntry = LedgerEntry & { readonly at: Instant };

/** An entry in its place: numbered, dated, bound to the one before. `hash` is over the bytes of the line without it. */
export type LedgerRecord = DatedEntry & {
  readonly v: number;
  readonly seq: number;
  /** The id of the repository whose ledger it is; a sealed record has one. */
  readonly repository?: string;
  readonly prev: Digest;
  readonly hash: Digest;
};

const KINDS = {
  observation: true,
  baseline: true,
  approval: true,
  intent: true,
  part: true,
  outcome: true,
  state: true,
  superseded: true,
  calm: true,
  war: true,
  released: true,
  taken: true,
  drift: true,
  proposed: true,
  commit: true,
  accepted: true,
  offboarding: true,
  note: true,
} satisfies Record<LedgerEntry['kind'], true>;

export function isKnownKind(kind: unknown): boolean {
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind);
}
