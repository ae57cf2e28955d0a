/**
 * The nouns of the pull request: what GitHub reports of it, what rollcall plans for it and what it says there.
 * The nouns of access stand in model.ts.
 */
import type { Change, Day, Digest, Finding, Holding, Instant, Place, Plan, Proposal, Result, Status } from './model.ts';

/** A pull request as GitHub reports it. Titles, branches and names are foreign text. */
export interface Pull {
  readonly number: number;
  readonly title: string;
  /** The author's login, and the numeric id that survives a rename. */
  readonly author: string;
  readonly authorId: number;
  /** Whether a person opened it. Of what an app opened, nobody knows by its author who wrote the newest commit. */
  readonly authorIsPerson: boolean;
  readonly open: boolean;
  readonly mergedAt: Instant | null;
  /** The commit on the base branch that has it: the merge, the squash, or the last of the rebased commits. */
  readonly mergeCommit: string | null;
  readonly head: string;
  readonly headBranch: string;
  readonly base: string;
  /** Its head lies in another repository, whose author may write nothing here. */
  readonly fork: boolean;
}

/** A review as GitHub reports it. Pending ones never leave GitHub. */
export interface Review {
  readonly reviewer: string;
  readonly reviewerId: number;
  /** Bots approve nothing. */
  readonly isPerson: boolean;
  readonly state: 'approved' | 'changes_requested' | 'commented' | 'dismissed';
  /** The commit it was given for. */
  readonly commit: string;
  readonly at: Instant;
}

/** No approval can rest on an older observation. */
export const OBSERVATION_MAX_AGE_MS = 24 * 3_600_000;

/** Which commits a plan is a pure function of. */
export interface PlannedOn {
  readonly head: string;
  readonly mergeBase: string;
  readonly baseTip: string;
  /** The commit of `rollcall-state` whose ledger and observations were used. */
  readonly state: string;
}

/** Both the pull request and the base changed the same access, and not to the same. */
export interface Conflict {
  readonly account: string;
  readonly principal: string;
  readonly before: Holding;
  readonly head: Holding;
  readonly baseTip: Holding;
  readonly source: Place | null;
}

/** A setting of an account that the pull request changes. It guards the pull requests after this one, never this one. */
export interface SettingChange {
  readonly account: string;
  /** As the policy file spells it: `guards.max_deletes`; `account` for a file that comes or goes. */
  readonly setting: string;
  /** In words; null where there was, or will be, none. */
  readonly before: string | null;
  readonly after: string | null;
  /** Whether it lets more through than before. */
  readonly loosens: boolean;
  readonly source: Place | null;
}

/** Somebody's access that goes on longer, or ends sooner, than on the base branch, and is the same today. */
export interface MovedEnd {
  readonly account: string;
  readonly principal: string;
  /** A role or a group. */
  readonly role: string;
  /** The last day on the base branch, and once this is merged; null: no end. */
  readonly before: Day | null;
  readonly after: Day | null;
  readonly later: boolean;
  readonly privileged: boolean;
  readonly source: Place | null;
}

/** What somebody changed in the account and the policies say by now as well: merging accepts it, and no change shows it. */
export interface ConvergedAccess {
  readonly account: string;
  readonly principal: string;
  /** Last applied, or at the baseline. */
  readonly before: Holding;
  readonly now: Holding;
  /** Whether it is more than before, and privileged. */
  readonly alarming: boolean;
  readonly source: Place | null;
}

/** Somebody who is in the account and whom no policy names. */
export interface Unnamed extends Holding {
  readonly account: string;
  readonly principal: string;
  readonly status: Status;
  readonly privileged: boolean;
}

/** Where a change can be looked at: a line of a file of a commit. */
export interface Spot {
  readonly commit: string;
  readonly place: Place;
  /** Why policy grants it, in the words of the grant, and until when; null where a grant is gone or was never. */
  readonly reason: string | null;
  readonly until: Day | null;
}

/** What a pull request would do, as a pure function of git objects. */
export interface PullPlan {
  readonly on: PlannedOn;
  readonly plan: Plan;
  /** The changes that this pull request makes. Those of origin git beside them waited before it: merged or pushed, and not yet true. */
  readonly own: ReadonlySet<Digest>;
  /**
   * Of what waited before: what stood in the policies when this branch left the base, so that whoever approves the head approves it too.
   * What came to the base since is bound to no review, and waits for the next one.
   */
  readonly takenIn: ReadonlySet<Digest>;
  /** By account, whose access, end, name or earlier addresses this pull request changes. */
  readonly touched: ReadonlyMap<string, ReadonlySet<string>>;
  readonly spots: ReadonlyMap<Digest, Spot>;
  readonly conflicts: readonly Conflict[];
  readonly settings: readonly SettingChange[];
  readonly ends: readonly MovedEnd[];
  /** None where the pull request is about something else than policies. */
  readonly converged: readonly ConvergedAccess[];
  /** Without those whom a change is about. */
  readonly unnamed: readonly Unnamed[];
  /** Warnings about the merged policies; errors are no plan. */
  readonly findings: readonly Finding[];
}

/** An approval that a role asks for: one of `approvers` has to approve the final head. */
export interface Needed {
  readonly account: string;
  readonly role: string;
  /** `@user` or `@org/team`, as the account file spells them. */
  readonly approvers: readonly string[];
  readonly changes: readonly Digest[];
  /** Whether the pull request itself grants it; what it only takes in waits alone when nobody approves it. */
  readonly own: boolean;
  /** Who gave it; null as long as nobody did. */
  readonly by: string | null;
  /** Why it could not be told, such as a team whose members the token may not read. */
  readonly unknown: string | null;
}

/** Who stands behind a pull request: people's reviews of its final head. */
export interface PeopleApproval {
  /** Somebody other than the author, with write access, whose last word on the final head is an approval; null without one. */
  readonly by: string | null;
  readonly needed: readonly Needed[];
  /** Whether the pull request as a whole counts as approved by people. */
  readonly approved: boolean;
  /** What rollcall itself proposed here; null for a pull request that a person made. */
  readonly proposal: Proposal | null;
  /** Approvals of the final head that do not count because of that. */
  readonly discounted: readonly Discounted[];
}

/** Why an approval of a pull request that no person opened does not count. */
export interface Discounted {
  readonly login: string;
  /**
   * They asked for it; it is about them; policy does not say whose login it is, so nobody can tell that it is not about them; the newest
   * commit is not rollcall's own, so anybody may have written it, they themselves as well.
   */
  readonly why: 'asked' | 'concerned' | 'unknown' | 'pushed';
}

/** When the scheduled run was last alive. */
export interface Heartbeat {
  readonly at: Instant | null;
  readonly late: boolean;
  /** So late that no check passes any more, or everybody would get used to the red. */
  readonly dead: boolean;
}

/** What became different since somebody last approved. */
export interface SinceApproval {
  readonly reviewer: string;
  readonly commit: string;
  readonly more: readonly Change[];
  /** Changes that were there then and are not any more. */
  readonly fewer: number;
}

/** Everything the comment says of a plan. */
export interface PullView extends PullPlan {
  readonly number: number;
  /** `https://github.com/acme/access`, for links. */
  readonly url: string;
  readonly people: PeopleApproval;
  readonly heartbeat: Heartbeat;
  /** When it was rendered. */
  readonly at: Instant;
  /** Older than 24 hours: no approval can rest on it. */
  readonly stale: boolean;
  readonly since: SinceApproval | null;
  /** For a plan made after the merge: only reviews given after this instant count. */
  readonly after: Instant | null;
  /** The run that made it, for a link; null outside Actions. */
  readonly runUrl: string | null;
}

/** What one merged pull request approves in one run, and why it approves nothing. */
export interface PullEvidence {
  readonly number: number;
  readonly title: string;
  readonly head: string;
  readonly digest: Digest | null;
  /** Null when it counts. */
  readonly refused: string | null;
  /** Whether a new plan on the pull request is the way out, and not just an approval. */
  readonly needsPlan: boolean;
  readonly people: PeopleApproval | null;
  readonly changes: readonly Change[];
}

/** What `ci apply` says on a pull request it applied. */
export interface PullResult {
  readonly number: number;
  readonly url: string;
  readonly runUrl: string | null;
  readonly at: Instant;
  /** The commit that was applied. */
  readonly commit: string;
  readonly evidence: PullEvidence;
  /** Of this pull request's changes. */
  readonly results: readonly Result[];
  /** Accounts that were blocked, incomplete or stopped, in words by account. */
  readonly troubles: readonly { readonly account: string; readonly message: string }[];
  readonly remaining: Plan | null;
  /** Whom no policy names and nothing is done about, by the last reading. */
  readonly unnamed: readonly Unnamed[];
  readonly exit: { readonly code: number; readonly meaning: string };
}

/** What the sticky comment shows. */
export type CommentContent =
  | { readonly kind: 'plan'; readonly view: PullView }
  /** The merged policies are invalid, so there is no plan. */
  | {
      readonly kind: 'invalid';
      readonly head: string;
      readonly url: string;
      readonly findings: readonly Finding[];
      readonly at: Instant;
      readonly runUrl: string | null;
    }
  /** There is no plan for another reason, said with the way out. */
  | { readonly kind: 'unplanned'; readonly head: string; readonly why: string; readonly at: Instant; readonly runUrl: string | null }
  | { readonly kind: 'result'; readonly result: PullResult };
