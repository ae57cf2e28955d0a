import type { Instant } from '../model.ts';
import type { Protection, ProtectionWanted } from '../protection.ts';
import type { Pull, Review } from '../pull.ts';

/** The repository we speak on. Every call may throw a `RollcallError`; foreign text comes back as it is. */
export interface GitHub {
  /** `acme/access`. */
  readonly repository: string;
  /** `https://github.com/acme/access`. */
  readonly url: string;
  readonly pulls: PullsApi;
  readonly people: PeopleApi;
  readonly speech: SpeechApi;
  readonly branches: BranchesApi;
  readonly issues: IssuesApi;
  readonly protection: ProtectionApi;
}

export interface PullsApi {
  /** Null when there is none of that number. */
  one(number: number): Promise<Pull | null>;
  /** Open pull requests against a branch, all pages, oldest first. */
  open(base: string): Promise<readonly Pull[]>;
  /** The pull requests that a commit on the default branch belongs to, all pages. */
  ofCommit(commit: string): Promise<readonly Pull[]>;
  /** The pull requests from a branch of this repository, open, closed and merged, all pages, newest first. */
  ofBranch(branch: string): Promise<readonly Pull[]>;
  /**
   * Opens a pull request from a branch of this repository, once; one that is open already from there to that base is that one. A text is
   * GitHub's own word, made visible already, on why it may not be: Actions are not allowed to open pull requests, or nothing differs.
   */
  propose(pull: { readonly head: string; readonly base: string; readonly title: string; readonly body: string }): Promise<number | string>;
  /** All reviews in the order they were given, all pages. */
  reviews(number: number): Promise<readonly Review[]>;
}

export interface PeopleApi {
  /** What somebody may do in the repository: only `write` and `admin` (maintain counts as write) can approve. */
  permission(login: string): Promise<'admin' | 'write' | 'read' | 'none'>;
  /** Whether somebody is an active member of a team; null when this token may not tell (the Actions token may not). */
  isMember(org: string, team: string, login: string): Promise<boolean | null>;
}

/** A check run as it was published for a commit by this very app. */
export interface CheckRun {
  readonly id: number;
  readonly commit: string;
  readonly externalId: string;
  readonly conclusion: string | null;
  readonly startedAt: Instant | null;
  readonly completedAt: Instant | null;
  /** When GitHub, and not the one who wrote it, says that its suite began. */
  readonly suiteAt: Instant | null;
  readonly text: string;
}

export interface Annotation {
  readonly path: string;
  readonly line: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}

export interface NewCheck {
  readonly name: string;
  readonly commit: string;
  readonly conclusion: 'success' | 'failure' | 'action_required' | 'neutral';
  readonly externalId: string;
  readonly title: string;
  /** Markdown, at most 65,000 bytes; longer is an error of the caller. */
  readonly summary: string;
  readonly text: string;
  /** Worst first; any number, sent 50 a request. */
  readonly annotations: readonly Annotation[];
  readonly detailsUrl: string | null;
  readonly at: Instant;
}

export interface SpeechApi {
  /** Check runs of a name on a commit that this app made, newest first, all pages. */
  checks(commit: string, name: string): Promise<readonly CheckRun[]>;
  /** Makes a check run, with its annotations in batches. */
  publishCheck(check: NewCheck): Promise<void>;
  /**
   * The one comment of ours on a pull request (or issue): found by marker at its very beginning, author id and app, over all pages;
   * made when there is none, replaced when it differs. Of several of ours the oldest is kept and the others are emptied to a pointer.
   * `tooLong` when GitHub refuses its length (422), `refused` when the token may not write (403, locked, fork).
   */
  say(number: number, marker: string, body: string): Promise<'made' | 'changed' | 'unchanged' | 'tooLong' | 'refused'>;
}

export interface BranchesApi {
  /** The commit a branch points at, or null. */
  tip(branch: string): Promise<string | null>;
  /** The repository's own facts. */
  facts(): Promise<{ readonly id: number; readonly isPrivate: boolean; readonly defaultBranch: string }>;
  /** Makes a commit on top of `parent` that no branch points at yet; a null text deletes a file. */
  draft(parent: string, message: string, files: ReadonlyMap<string, string | null>): Promise<string>;
  /** Makes a branch that points at a commit. `taken` when there is one of that name at another commit. */
  begin(branch: string, commit: string): Promise<'made' | 'taken'>;
  /**
   * Writes files as one commit on top of `parent` and moves the branch there if it still is at `parent` (a fast-forward; null: the
   * branch is made). `lost` when somebody else moved it first. Every other file stays as it is; a null text deletes a file.
   */
  commit(
    branch: string,
    parent: string | null,
    message: string,
    files: ReadonlyMap<string, string | null>,
  ): Promise<{ readonly kind: 'moved'; readonly commit: string } | { readonly kind: 'lost' }>;
}

/** The rolling issue of an account: ours by marker, author and app, like the comment. */
export interface IssuesApi {
  /**
   * The one issue of ours with this marker at the beginning of its body, open or closed, over all pages; null when there is none. One
   * whose body somebody replaced is found by its title as well, if it is ours.
   */
  find(marker: string, title: string): Promise<RollingIssue | null>;
  open(issue: { readonly title: string; readonly body: string; readonly labels: readonly string[] }): Promise<number>;
  /** Whatever is given is set; the body is read back. */
  update(
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly state?: 'open' | 'closed'; readonly labels?: readonly string[] },
  ): Promise<void>;
  comment(number: number, body: string): Promise<void>;
}

export interface RollingIssue {
  readonly number: number;
  readonly isOpen: boolean;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

/** How the repository is protected. Only reads; nothing throws because it may not be seen or because GitHub does not answer. */
export interface ProtectionApi {
  read(wanted: ProtectionWanted): Promise<Protection>;
}
