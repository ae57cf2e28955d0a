/**
 * The nouns of rollcall, each with one line of meaning. Read this file first: every room speaks in these types,
 * and no room knows another room's inside. The same words stand in the policies, the plan, the ledger and the docs.
 */

import type { EventsReading } from './watch.ts';

/** An instant in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export type Instant = string;
/** A calendar day in UTC, `YYYY-MM-DD`. */
export type Day = string;
/** `sha256:` and 64 hexadecimal digits. */
export type Digest = string;

export type ProviderName = 'telnyx' | 'twilio';
export type Api = 'sub-users' | 'organizations' | 'organization' | 'console';
/** One step towards policy. `invite` has no before, `delete` has no after. */
export type Action = 'invite' | 'patch' | 'delete';
/** `api`: rollcall does it. `manual`: the vendor has no API for it; a person does it and the next read proves it. */
export type Executor = 'api' | 'manual';
/** Who made the difference: policy, an end date, somebody in the account, both sides, or nobody can tell (no last-applied state). */
export type Origin = 'git' | 'end' | 'drift' | 'both' | 'unrecorded';
/** What became of an approved change in one run. */
export type Outcome = 'applied' | 'already' | 'failed' | 'undecided' | 'deferred' | 'manual' | 'withheld';
/** How an account's plan, or the worst of them, stands. */
export type Verdict = 'empty' | 'applicable' | 'blocked' | 'incomplete';
/**
 * `active` and `invited` are the two that hold or will hold access. `inactive` counts as no access, and is activated again where policy
 * wants the person; the others count as no access and are left alone.
 */
export type Status = 'active' | 'invited' | 'inactive' | 'suspended' | 'disabled' | 'blocked' | 'unknown';
export type Risk = 'low' | 'medium' | 'high';

/** Where something stands in a policy: file as the user named it, line and column from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing wrong in a policy. Findings are data: all of them, of all files, come back from one run. */
export interface Finding extends Place {
  /** Stable, kebab-case; people search for it and filter by it. */
  readonly code: string;
  /** Warnings never change an exit code. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

// ---------------------------------------------------------------------------------------------- what a provider can do

/** What one vendor API can do in one account. A change it cannot make stays in the plan as `manual`. */
export interface Capabilities {
  readonly provider: ProviderName;
  readonly api: Api;
  /** The policy words of this API's general roles, weakest first. */
  readonly roles: readonly string[];
  /** `strongest`: of several granted roles the strongest counts. `set`: they add up. */
  readonly severalRoles: 'strongest' | 'set';
  /** Roles that stand alone and cover every other one of their account. */
  readonly aloneRoles: readonly string[];
  /** Whether there are product roles beside them, by their friendly names, which only the live list of roles knows. */
  readonly productRoles: boolean;
  /** The role that everybody in the account has without being given it, and that a group grant brings along; null where there is none. */
  readonly impliedRole: string | null;
  /** The roles and groups whose gain is a high risk and whose number a guard protects; those that the account file names are among them. */
  readonly privilegedRoles: readonly string[];
  readonly privilegedGroups: readonly string[];
  /** The role that only the declared owner has; never granted, never taken. */
  readonly ownerRole: string;
  /** Whether the API shows permission groups; where it does not, a group grant could not be verified. */
  readonly groups: boolean;
  /** Whether the API shows and sets names. */
  readonly names: boolean;
  /** Whether an invitation waits to be accepted; where not, who is invited is active at once. */
  readonly invitations: boolean;
  /** `one`: one request makes a change. `parts`: people and their roles are written apart, so that a change is several requests. */
  readonly requests: 'one' | 'parts';
  /** Roles and groups whose holders can read API keys, which outlive them. */
  readonly keyRoles: readonly string[];
  readonly keyGroups: readonly string[];
  /** Whether the API lists keys. */
  readonly keysListed: boolean;
  readonly invite: Executor;
  readonly patch: Executor;
  readonly delete: Executor;
  /** What a person does where the API cannot; values are filled in by the planner. */
  readonly manualSteps: ManualSteps;
}

/** What an account file says beside which API it is; the same API can do different things in different accounts. */
export type CapabilitiesOf = (
  account: Pick<AccountPolicy, 'provider' | 'api' | 'privilegedRoles' | 'privilegedGroups'>,
) => Capabilities | null;

/** The sentences a person follows where the vendor has no API, one step an entry, the last one saying which read will prove it done. */
export interface ManualSteps {
  readonly invite: (principal: string, after: Holding) => readonly string[];
  readonly patch: (principal: string, before: Holding, after: Holding) => readonly string[];
  readonly delete: (principal: string, before: Holding) => readonly string[];
  /** The API deleted somebody who is still there with access afterwards. */
  readonly stillThere: (principal: string) => readonly string[];
  /** An invitation nobody has accepted. */
  readonly resend: (principal: string) => readonly string[];
  /** The address already belongs to a vendor account of its own, or to nobody this API may invite. */
  readonly addressTaken: (principal: string) => readonly string[];
  /** The account's owner is another than policy declares. */
  readonly ownerTransfer: (account: string, owner: string) => readonly string[];
  /** What stays behind when the access of somebody who could read keys goes; the keys themselves stand in the plan where the API lists them. */
  readonly keysLeftBehind: (principal: string) => readonly string[];
}

// ------------------------------------------------------------------------------------------------------------- desired

/** The settings of one account, defaults filled in. */
export interface AccountPolicy {
  readonly name: string;
  readonly provider: ProviderName;
  readonly api: Api;
  readonly owner: string;
  readonly unmanaged: 'report' | 'delete';
  readonly drift: { readonly gained: 'revert' | 'report'; readonly lost: 'revert' | 'report' };
  readonly guards: {
    readonly maxDeletes: number;
    readonly maxDeletesPercent: number;
    readonly minAdmins: number;
    readonly neverDelete: readonly string[];
  };
  readonly invites: { readonly perHour: number; readonly open: number };
  readonly approvers: Readonly<Record<string, readonly string[]>>;
  readonly names: 'invite' | 'enforce';
  /** Twilio: the organization (`OR…`), and the account or subaccount (`AC…`) that a credential has to be for. Null for Telnyx. */
  readonly organization: string | null;
  readonly scope: string | null;
  /** `all`: the same policy holds for every managed account below it. */
  readonly subaccounts: 'none' | 'all';
  readonly privilegedRoles: readonly string[];
  readonly privilegedGroups: readonly string[];
  /** The account whose file this policy stands in: itself, or for a subaccount that the file fans out to, the one above. Credentials are its. */
  readonly file: string;
  readonly source: Place;
}

/** One role or group in one account, for one principal, with its reason and its effective end. */
export interface Grant {
  readonly account: string;
  readonly team: string;
  /** Exactly one of `role` and `group` is not null. */
  readonly role: string | null;
  readonly group: string | null;
  readonly reason: string;
  /** The last day it holds, inclusive, in UTC: the earlier of the member's and the grant's. */
  readonly until: Day | null;
  readonly source: Place;
}

/** What a set of grants comes to: the strongest role or the sum of roles, the sum of groups; both sorted. */
export interface Holding {
  readonly roles: readonly string[];
  readonly groups: readonly string[];
}

/** What policy gives one principal in one account. Present also when every grant has ended, with an empty holding. */
export interface DesiredPrincipal {
  readonly principal: string;
  readonly name: string;
  readonly holding: Holding;
  /** The holding if no grant had ended: what explains an `end`. */
  readonly holdingWithoutEnds: Holding;
  readonly grants: readonly Grant[];
  readonly previously: readonly string[];
  /** The grant that explains the holding, or the one that ended last. */
  readonly source: Place;
}

/** Counted, expiring permission to pass `max_deletes` in one account. */
export interface Approval {
  /** The file's stem; spends are counted by it. */
  readonly name: string;
  readonly account: string;
  readonly deletes: number;
  readonly reason: string;
  readonly expires: Day;
  readonly source: Place;
}

/** One row of a vendor's console, as a person read it there. */
export interface RosterRow {
  readonly principal: string;
  readonly roles: readonly string[];
  readonly status: 'active' | 'invited';
  readonly source: Place;
}

/** What somebody attests about an account because no API tells it. */
export interface Roster {
  readonly account: string;
  /** The e-mail of who looked, and the day on which they did. */
  readonly attestedBy: string;
  readonly attestedOn: Day;
  /** Everybody whom the console shows; null where the account's API lists them. */
  readonly rows: readonly RosterRow[] | null;
  /** Keys that were replaced, by SID. */
  readonly rotated: ReadonlyMap<string, Day>;
  /** After whose going all keys were looked through, by e-mail. */
  readonly reviewed: ReadonlyMap<string, Day>;
  readonly source: Place;
}

/** Desired state of one account. The owner is never among the principals: grants to the owner are satisfied by definition. */
export interface DesiredAccount {
  readonly policy: AccountPolicy;
  readonly principals: ReadonlyMap<string, DesiredPrincipal>;
  readonly approvals: readonly Approval[];
  readonly roster: Roster | null;
}

/** A person whom `people/` names, whatever they hold. */
export interface Person {
  readonly principal: string;
  readonly name: string;
  readonly previously: readonly string[];
  /** Their GitHub login, as policy spells it; null where policy does not say. */
  readonly github: string | null;
  readonly source: Place;
}

/** Access by policy at one instant. */
export interface DesiredState {
  /** Over the bytes of every policy file. */
  readonly digest: Digest;
  /** The commit the policies were read from, where that is known. */
  readonly commit: string | null;
  readonly people: ReadonlyMap<string, Person>;
  readonly accounts: ReadonlyMap<string, DesiredAccount>;
}

// ---------------------------------------------------------------------------------------------------------------- live

/** One principal as the vendor reports it, in our words. */
export interface LivePrincipal extends Holding {
  /** E-mail in lower case. */
  readonly principal: string;
  readonly principal_id: string;
  readonly status: Status;
  readonly name: string;
  /** When the vendor says it was made, or null. */
  readonly since: Instant | null;
  /** Why nobody may touch this one, where the status does not say it. */
  readonly note?: string;
  /** What else the vendor shows and no change is made of: `never signed in`, `bypasses single sign-on`, a role on one resource. */
  readonly remarks?: readonly string[];
  /** What is held beside the roles and that no list of the vendor's knows: it stays as it is. */
  readonly beside?: readonly string[];
}

/** A credential of an account, never its secret. */
export interface ApiKey {
  readonly sid: string;
  readonly name: string;
  readonly created: Instant | null;
}

/** The API keys of an account, or why they were not read. */
export type KeysReading = { readonly kind: 'keys'; readonly keys: readonly ApiKey[] } | { readonly kind: 'not_read'; readonly why: string };

/** An account below another one. */
export interface Subaccount {
  readonly sid: string;
  readonly name: string;
}

/** A role that reaches an account from elsewhere: it is no access of that account, and works there all the same. */
export interface Reach {
  readonly principal: string;
  readonly role: string;
  /** What it is held for, in words: `the whole organization`, `the account above (AC…)`. */
  readonly through: string;
}

/** A complete read of one account at one instant. A partial read is never an observation. */
export interface Observation {
  readonly account: string;
  readonly provider: ProviderName;
  readonly api: Api;
  /** When the read began. */
  readonly at: Instant;
  /** Sorted by e-mail, then id. */
  readonly principals: readonly LivePrincipal[];
  readonly requests: number;
  /** Over the principals and those without access. */
  readonly digest: Digest;
  readonly source: 'live' | 'file' | 'roster';
  /** Twilio: the SID of the account that was read, as policy pins it. */
  readonly scope?: string;
  /** Inactive people without a role here: absent, and activated rather than created where policy wants them. */
  readonly without?: readonly LivePrincipal[];
  readonly keys?: KeysReading;
  /** The roles that can be given here beside the general ones. */
  readonly productRoles?: readonly string[];
  readonly subaccounts?: readonly Subaccount[];
  readonly reach?: readonly Reach[];
  /** What people should know of this read, in whole sentences: what was not read and is trusted instead. */
  readonly notes?: readonly string[];
}

/** Why nothing may be done in an account in this run. */
export interface Unread {
  readonly kind: 'incomplete';
  readonly account: string;
  readonly at: Instant;
  /** `credentials` is exit 9, the others are exit 8. `unverified`: what a person attested is too old to be believed. */
  readonly cause: 'credentials' | 'unreadable' | 'shrunk' | 'unverified';
  readonly message: string;
  readonly requests: number;
  /** For `shrunk`: what was read, so that an agreeing read an hour later can lift it. */
  readonly suspect: { readonly digest: Digest; readonly principals: number } | null;
}

export type Reading = { readonly kind: 'complete'; readonly observation: Observation } | Unread;

/** One principal read by id just before or after a write. */
export type OneReading =
  | { readonly kind: 'present'; readonly live: LivePrincipal }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly message: string }
  | { readonly kind: 'credentials'; readonly message: string };

/** What came of one write request. Nothing here says `applied`: only a read does. */
export type WriteResult =
  | { readonly kind: 'accepted'; readonly principalId: string | null }
  /** The vendor refused this one principal for good (a 4xx that names it). */
  | { readonly kind: 'refused'; readonly message: string }
  /** The address belongs to a vendor account of its own. */
  | { readonly kind: 'address_taken'; readonly message: string }
  /** The vendor says it is already there. */
  | { readonly kind: 'duplicate'; readonly message: string }
  /** It changed since it was read (a version conflict), so nothing was done. */
  | { readonly kind: 'stale'; readonly message: string }
  /** The vendor's own invitation limit. */
  | { readonly kind: 'limited'; readonly message: string }
  /** Rate limited past this run's deadline; nothing was done. */
  | { readonly kind: 'postponed'; readonly message: string; readonly notBefore: Instant | null }
  /** It may or may not have happened. */
  | { readonly kind: 'undecided'; readonly message: string }
  /** Nothing reached the vendor. */
  | { readonly kind: 'unsent'; readonly message: string }
  | { readonly kind: 'credentials'; readonly message: string };

/** The planner's half of a provider. It has no way to write. */
export interface ProviderReader {
  readonly account: string;
  readonly capabilities: Capabilities;
  /**
   * A complete read of the account, repeated as needed, or the reason why there is none. Whoever of `begun` holds nothing here and has a login
   * is among the principals with an empty holding, because their change is not whole; of a delete only as long as nothing else keeps the
   * login.
   */
  read(lastGood: LastGood | null, suspect: Suspect | null, begun?: readonly Begun[]): Promise<Reading>;
  /** Absent also for who has no access here, unless a login is left that nothing else keeps. */
  readOne(principalId: string): Promise<OneReading>;
  /** What the credential is good for, without changing anything. */
  probe(): Promise<Probe>;
  /** What the vendor's log says happened since an instant, oldest first; never an error, because nothing is decided by it. */
  events(since: Instant): Promise<EventsReading>;
}

/** The applier's half. Each call sends at most one request that changes something. */
export interface ProviderWriter {
  /** Where people and roles are written apart it makes the login alone, and finds the one that is there already. */
  invite(principal: string, name: string, holding: Holding): Promise<WriteResult>;
  /** Only the fields given are sent. */
  patch(principalId: string, fields: PatchFields, stillSo?: StillSo): Promise<WriteResult>;
  /** One role more, or one less; only where roles are written apart. */
  assign(principalId: string, role: string): Promise<WriteResult>;
  unassign(principalId: string, role: string, stillSo?: StillSo): Promise<WriteResult>;
  /** Where roles are written apart it ends the login, unless something elsewhere still needs it. */
  delete(principalId: string, stillSo?: StillSo): Promise<WriteResult>;
}

/** Asked before what was rate limited is sent again: whether what the look before it showed is so after the wait. */
export type StillSo = () => Promise<boolean>;

/** Somebody whose change of several requests was begun and is not known to be whole. */
export interface Begun {
  readonly principalId: string;
  /** Whether it is to end the login. */
  readonly isDelete: boolean;
}

export interface PatchFields {
  readonly name?: string;
  readonly roles?: readonly string[];
  readonly active?: true;
}

/**
 * One request of a change. A change of several is one change: its parts are made in order, stand in its intent, and whoever was cut off
 * between two of them goes on from what a read shows.
 */
export type Part =
  | { readonly do: 'invite' }
  | { readonly do: 'patch'; readonly fields: PatchFields }
  | { readonly do: 'assign' | 'unassign'; readonly role: string }
  | { readonly do: 'delete' };

/** One thing that a credential can do, or cannot, as the vendor says. */
export interface ProbedAbility {
  /** `list people`, `delete people`, `list API keys`. */
  readonly what: string;
  readonly answer: 'yes' | 'no' | 'not tried';
  /** The vendor's own words, made visible; or why it was not tried. */
  readonly words: string;
}

/** What a credential turned out to be good for. */
export interface Probe {
  readonly credential: 'works' | 'refused' | 'unknown';
  readonly words: string;
  readonly abilities: readonly ProbedAbility[];
  /** The API of the same vendor that the credential answers to instead, where policy names another. */
  readonly otherApi: Api | null;
}

export interface Provider {
  readonly reader: ProviderReader;
  readonly writer: ProviderWriter;
}

// ---------------------------------------------------------------------------------------------------------------- plan

/** All that one principal holds in one account, as it stands in a plan. */
export interface Access extends Holding {
  readonly status: Status;
  readonly name: string;
}

/** RFC 6902, from before to after. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string;
  readonly value?: unknown;
}

/** One step of a plan, as the plan document has it (schemas/plan.schema.json). */
export interface Change {
  /** Over account, principal, principal_id, action, executor and the before and after of what changes. */
  readonly id: Digest;
  readonly account: string;
  readonly action: Action;
  readonly principal: string;
  readonly principal_id: string | null;
  readonly before: Access | null;
  readonly after: Access | null;
  readonly patch: readonly PatchOperation[];
  readonly executor: Executor;
  readonly origin: Origin;
  /** For people; nothing decides by it. */
  readonly reason_code: ReasonCode;
  readonly risk: Risk;
  readonly tags: readonly Tag[];
  readonly reversible: boolean;
  /** Not before this instant, by a limit or a person's turn; null when nothing stands in the way. */
  readonly not_before: Instant | null;
  /** What a person does, or should know, in order. */
  readonly steps: readonly string[];
  /** The grant that explains it, or the last place the deleted grant stood. */
  readonly source: Place | null;
}

export type ReasonCode =
  | 'granted'
  | 'reactivated'
  | 'role_differs'
  | 'name_differs'
  | 'grant_ended'
  | 'no_grant'
  | 'not_in_policy'
  | 'email_changed'
  | 'invitation_lapsed'
  | 'owner_transfer'
  | 'unmanaged'
  | 'stranger'
  | 'stray_invitation'
  | 'raised'
  | 'lowered'
  | 'vanished';

export type Tag =
  | 'privilege_gained'
  | 'privilege_lost'
  | 'irreversible'
  | 'owed'
  | 'parked'
  | 'question_to_owner'
  | 'waits_for_replacement'
  | 'waits_for_open_slot'
  | 'drift_gained'
  | 'drift_lost'
  | 'war';

/** A principal that a plan shows and leaves alone. */
export interface LeftAlone extends Holding {
  readonly principal: string;
  readonly status: Status;
  /** Why, in words; empty for plain unmanaged ones. */
  readonly note: string;
}

/** An invitation that matches policy and waits for its person. */
export interface Pending {
  readonly principal: string;
  readonly roles: readonly string[];
  readonly since: Instant | null;
  /** How to resend it, once it is old. */
  readonly steps: readonly string[];
}

export interface PlanAccount {
  readonly account: string;
  readonly provider: ProviderName;
  readonly api: Api;
  readonly verdict: Verdict;
  readonly observation: PlanObservation;
  /** Live principals that no policy names and that were there at the baseline. */
  readonly unmanaged: readonly LeftAlone[];
  /** Suspended, disabled, blocked or not understood: shown, and never touched. */
  readonly left_alone: readonly LeftAlone[];
  readonly pending: readonly Pending[];
  /** Both sides came to the same by different ways; noted, nothing to do. */
  readonly converged: readonly string[];
  readonly owner: string;
  /** Whether anything was applied here yet: until then no difference can be told from drift. */
  readonly recorded: boolean;
  /** API keys that outlive the people whom this plan deletes or lowers, and those who went before and whose keys nobody has replaced yet. */
  readonly residual_keys: readonly ResidualKey[];
  /** What people should know of this account beside its changes, in whole sentences. */
  readonly notes: readonly string[];
}

/** A key that somebody could read who no longer may. */
export interface ResidualKey extends ApiKey {
  /** Who could read it and loses that, or lost it before. */
  readonly principals: readonly string[];
}

export interface PlanObservation {
  readonly at: Instant;
  readonly complete: boolean;
  readonly principals: number;
  readonly requests: number;
  readonly digest: Digest | null;
  readonly source: 'live' | 'file' | 'roster';
  /** Why it is incomplete; absent when it is complete. */
  readonly reason?: string;
  readonly cause?: Unread['cause'];
}

export type GuardName =
  | 'max_deletes'
  | 'max_deletes_percent'
  | 'min_admins'
  | 'never_delete'
  | 'owner'
  | 'empty_desired'
  | 'rollback'
  | 'war'
  | 'needs_rebase'
  | 'unreviewable_plan';

/** One guard's verdict in one account, shown also when it passes. */
export interface GuardResult {
  readonly guard: GuardName;
  readonly account: string;
  /** `war` leaves alone the one field it names and stops nothing else. */
  readonly verdict: 'pass' | 'block' | 'leave';
  /** What the delete limits count: people that policy deletes, or strangers and stray invitations. */
  readonly budget: 'policy' | 'strangers' | null;
  readonly limit: number | null;
  readonly actual: number | null;
  readonly changes: readonly Digest[];
  readonly message: string;
}

export interface PlanSummary {
  readonly invite: number;
  readonly patch: number;
  readonly delete: number;
  readonly manual: number;
  readonly deferred: number;
  readonly owed: number;
  readonly unmanaged: number;
  /** In mode `change`: differences that somebody made in the account. They are shown, counted nowhere else and left to `drift`. */
  readonly drift: number;
  readonly privileged_before: number;
  readonly privileged_after: number;
}

/** Ordered changes, guards' verdicts, digest: what people read and what apply is held to. */
export interface Plan {
  readonly format_version: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly mode: 'change' | 'drift';
  /** The instant for which it holds: the newest observation's. */
  readonly at: Instant;
  readonly policy: { readonly digest: Digest; readonly commit: string | null; readonly base_commit: string | null };
  readonly accounts: readonly PlanAccount[];
  readonly changes: readonly Change[];
  readonly guards: readonly GuardResult[];
  /** Accounts that left policy: nothing is emptied, nobody watches them any more. */
  readonly unsupervised: readonly { readonly account: string; readonly principals: number }[];
  readonly summary: PlanSummary;
  readonly verdict: Verdict;
  readonly digest: Digest;
}

/** The changes that people agreed to, by id, and where they said so. */
export interface ApprovedSet {
  readonly changes: ReadonlyMap<Digest, Change>;
  readonly by: 'plan' | 'yes' | 'terminal' | 'pulls' | 'none';
  /** Which pull request stands behind a fresh change, as the ledger names it: `pull 12`. */
  readonly whose?: (change: Change) => string | null;
}

/** What one run decides about one fresh change, before anything is sent. */
export interface Decision extends IntentFacts {
  readonly change: Change;
  /**
   * `make`: approved, needed and due. `hand`: a person does it. `wait`: approved and not due yet. `withhold`: no approval covers it.
   * `leave`: none of this run's business.
   */
  readonly verdict: 'make' | 'hand' | 'wait' | 'withhold' | 'leave';
  readonly message: string;
  /** Whether it takes access away, so that two agreeing reads and one of the principal have to come first. */
  readonly takesAway: boolean;
  /** Whether people's approval stands behind it, so that it is owed until it is true. */
  readonly approved: boolean;
  /** The requests that make it, in order; none where a person makes it. */
  readonly parts: readonly Part[];
}

/** One approved change and what became of it in this run. */
export interface Result {
  readonly change: Change;
  readonly outcome: Outcome;
  readonly message: string;
  readonly not_before: Instant | null;
}

// -------------------------------------------------------------------------------------------------------------- ledger

/** What was last true by approval for one principal. */
export interface LastApplied extends Holding {
  readonly name: string;
  /** The status last seen: someone never seen `active` who is gone has an invitation that lapsed. */
  readonly status: Status;
}

/** An approved change that is not yet true. */
export interface Owed {
  readonly change: Change;
  readonly since: Instant;
  readonly outcome: Outcome | null;
  readonly message: string;
  readonly notBefore: Instant | null;
  /** Until when the vendor itself put it off. */
  readonly postponedUntil: Instant | null;
}

/** A request that may have been sent: its intent is durable and its outcome is not. */
export interface OpenIntent {
  readonly change: Change;
  readonly at: Instant;
  /** Its run ended without knowing, and said so; only a read that shows it is news. */
  readonly undecided: boolean;
  readonly facts: IntentFacts;
  /** The vendor said it was there already: what a read shows then is not our doing. */
  readonly foreign: boolean;
}

/** What an intent remembers of its decision, so that a later run can settle it as this one would have. */
export interface IntentFacts {
  /** The delete budget it spends. */
  readonly budget: 'policy' | 'strangers' | null;
  /** The approval file it spends one of, if it needs one. */
  readonly approvals: readonly string[];
  /** The field it takes back, for a change made by `drift --revert`. */
  readonly reverts: Revert['field'] | null;
  /** The name by policy, which last-applied state remembers; null where policy names nobody. */
  readonly policyName: string | null;
  /** Whether somebody who could read API keys no longer can once it is made: the outcome remembers it, whoever comes to know of it. */
  readonly losesKeys?: boolean;
}

/** Somebody who could read API keys and no longer may: not wholly gone until the keys are. */
export interface Offboarding {
  readonly principal: string;
  /** When they lost it, as far as this ledger knows. */
  readonly since: Instant;
  /** Keys older than that, by the newest read; null where none was read. */
  readonly keys: readonly ApiKey[] | null;
}

/** A principal whose change fails for good; tried again after `until`. */
export interface Parked {
  readonly failures: number;
  readonly until: Instant;
  readonly message: string;
}

/** Who stands behind an approval, as far as the ledger tells. */
export interface Backing {
  /** `pull 12`, `plan`, `yes`, `terminal`; `end`: an end date that people merged; `drift`: the account's own rules; null: nobody said. */
  readonly by: string | null;
  readonly pull: number | null;
  /** GitHub logins; null where the ledger does not tell. */
  readonly approvedBy: readonly string[] | null;
}

/** Since when somebody holds what was last true by approval, or holds nothing any more, and how it came to be. */
export interface Provenance extends Backing {
  readonly since: Instant;
  /**
   * `applied`: rollcall made it. `already`: a person did what was approved. `found`: it was there at the baseline, or when policy first said
   * so. `followed`: somebody changed it in the account, and policy says the same by now.
   */
  readonly how: 'applied' | 'already' | 'found' | 'followed';
}

export interface LastGood {
  readonly principals: number;
  readonly at: Instant;
}

/** A complete but suspiciously short read; an agreeing one an hour later lifts the doubt. */
export interface Suspect {
  readonly digest: Digest;
  readonly at: Instant;
}

/** What the ledger knows of one account. */
export interface AccountHistory {
  /** Whether anything was ever applied here: without it, no origin can be told. */
  readonly recorded: boolean;
  /** Null: deleted by approval. Missing: never applied by us. */
  readonly lastApplied: ReadonlyMap<string, LastApplied | null>;
  /** Who was there at the baseline, and with what; null before there is one. */
  readonly baseline: ReadonlyMap<string, Holding> | null;
  /** The vendor's account that all this is about, where policy pins one; null where it does not. */
  readonly scope: string | null;
  readonly lastGood: LastGood | null;
  readonly suspect: Suspect | null;
  readonly owed: ReadonlyMap<string, Owed>;
  readonly openIntents: readonly OpenIntent[];
  /** Invitations whose fate a read has not yet settled: not to be sent again before settle time. */
  readonly unsettled: ReadonlyMap<string, Instant>;
  readonly invitePosts: readonly Instant[];
  readonly spentDeletes: readonly SpentDelete[];
  readonly reverts: readonly Revert[];
  readonly parked: ReadonlyMap<string, Parked>;
  readonly lapses: ReadonlyMap<string, number>;
  /** When a run that writes last saw somebody's invitation open. */
  readonly seenInvited: ReadonlyMap<string, Instant>;
  readonly addressTaken: ReadonlySet<string>;
  /** By the vendor's id, who was still there after the vendor had accepted their delete. */
  readonly stillThere: ReadonlySet<string>;
  /** What a change of several requests, begun and not yet true, may have left somebody with: a holding before and after each part. */
  readonly halfway: ReadonlyMap<string, readonly Holding[]>;
  /** By principal, whose keys are left behind. */
  readonly offboarding: ReadonlyMap<string, Offboarding>;
  /** When a scheduled run first saw each difference that is still there, by change. */
  readonly driftSeen: ReadonlyMap<Digest, Instant>;
  /** What of policy people agreed to here; null before anything was accepted. Kept by runs on GitHub. */
  readonly accepted: Accepted | null;
  /** Approvals of pull requests, by the digest of their evidence, that have been taken in: they approve nothing a second time. */
  readonly taken: ReadonlySet<Digest>;
  /** By principal, also of those who were there at the baseline and those who are gone. */
  readonly provenance: ReadonlyMap<string, Provenance>;
  /** Who stands behind what is owed, by principal. */
  readonly backing: ReadonlyMap<string, Backing>;
}

export interface SpentDelete {
  readonly at: Instant;
  readonly principal: string;
  readonly budget: 'policy' | 'strangers';
  /** The approval file it spent one of. */
  readonly approvals: readonly string[];
}

export interface Revert {
  readonly at: Instant;
  readonly principal: string;
  readonly field: 'roles' | 'groups' | 'name' | 'presence';
}

/** What the ledger knows. */
export interface History {
  readonly accounts: ReadonlyMap<string, AccountHistory>;
  /** The newest commit whose policies were applied. */
  readonly commit: string | null;
  /** By branch, what rollcall itself proposed as a pull request. */
  readonly proposals: ReadonlyMap<string, Proposal>;
}

/** What of the policies of one account people agreed to, as commits of the default branch. */
export interface Accepted {
  /** Up to here it is known what people agreed to. */
  readonly commit: string;
  /** Whose access there nobody agreed to, and the commit whose policies count for them instead. */
  readonly except: ReadonlyMap<string, string>;
  /** The commit whose settings and approval files count. */
  readonly settings: string;
  /** Settings that people agreed to, and that do not count yet because others beside them were not: as what, by name. */
  readonly pending: ReadonlyMap<string, string | null>;
}

/** A pull request that rollcall proposes itself: neither who asked for it nor whom it is about may be the one to approve it. */
export interface Proposal {
  /** The commits that were made for it, oldest first. */
  readonly commits: readonly string[];
  /** GitHub logins of those who asked for it; none for a scheduled run. */
  readonly logins: readonly string[];
  /** Who likely made the difference and who gains: e-mails, or the vendor's id where it tells no more. */
  readonly principals: readonly string[];
}
