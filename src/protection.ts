import type { Instant } from './model.ts';

/** What GitHub says, or why it does not: its own words, made visible already, and the permission that it asks for. */
export type Answer<T> =
  | { readonly kind: 'known'; readonly value: T }
  | { readonly kind: 'unknown'; readonly why: string; readonly needs: string };

/** What to look at. */
export interface ProtectionWanted {
  /** Branches beside the default one: `rollcall-state`. */
  readonly branches: readonly string[];
  readonly environment: string;
  /** Names of check runs: `validate`. */
  readonly checks: readonly string[];
  /** `.github/workflows/drift.yml`. */
  readonly workflows: readonly string[];
  /** The one of them that runs by schedule. */
  readonly scheduled: string;
  /** From when on minutes are counted. */
  readonly since: Instant;
}

/** How the repository is protected, as far as a token may see it. Foreign text is as it came, but for `why`. */
export interface Protection {
  readonly repository: Answer<RepositoryFacts>;
  /** The default branch first, then those that were asked for; empty when the repository itself is unknown. */
  readonly branches: readonly BranchProtection[];
  /** Null when there is none of that name. */
  readonly environment: Answer<EnvironmentFacts | null>;
  /** Names of the secrets that every branch can read. */
  readonly repositorySecrets: Answer<readonly string[]>;
  /** Names of the secrets that the organization shares with the repository: every branch can read those, too. */
  readonly organizationSecrets: Answer<readonly string[]>;
  /** Who made the newest check run of each name on the heads of the last pull requests; a name that is not there never ran on those. */
  readonly checks: Answer<readonly CheckMaker[]>;
  readonly actions: Answer<ActionsSettings>;
  readonly jobToken: Answer<JobTokenSettings>;
  /** Each workflow that was asked for and that GitHub knows, in the order asked for. */
  readonly workflows: Answer<readonly WorkflowFacts[]>;
  /** The newest run by schedule; null when there never was one. */
  readonly scheduledRun: Answer<ScheduledRun | null>;
  /** What GitHub cannot read in CODEOWNERS of the default branch. */
  readonly codeowners: Answer<readonly CodeownersError[]>;
}

export interface RepositoryFacts {
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  readonly hasIssues: boolean;
  readonly isArchived: boolean;
}

export interface BranchProtection {
  readonly branch: string;
  /** Null when this token may not tell. */
  readonly exists: boolean | null;
  /** What rulesets and classic protection demand together. */
  readonly rules: Answer<BranchRules>;
  /**
   * Why rulesets or classic protection could not be seen; null when both were. Until they are, what `rules` does not demand may be demanded
   * there; what `rules` demands holds in either case.
   */
  readonly unseen: string | null;
  /** Who need not obey the rules that hold. Unknown as soon as one ruleset does not show it: GitHub shows it to who may edit that ruleset. */
  readonly bypass: Answer<readonly BypassActor[]>;
}

export interface BranchRules {
  /** Null where changes need no pull request. */
  readonly pullRequest: PullRequestRule | null;
  readonly requiredChecks: readonly RequiredCheck[];
  readonly forbidsForcePush: boolean;
  readonly forbidsDeletion: boolean;
}

export interface PullRequestRule {
  readonly approvals: number;
  /** Code owners approve what is theirs. */
  readonly codeOwners: boolean;
  /** A push dismisses the approvals before it. */
  readonly dismissesStale: boolean;
  /** Somebody else than who pushed last approves. */
  readonly lastPush: boolean;
}

export interface RequiredCheck {
  readonly name: string;
  /** The only app whose check counts; null where anybody's does. */
  readonly appId: number | null;
}

export interface BypassActor {
  /** In words: `the repository role admin`, `the team 4711`. */
  readonly who: string;
  /** `pull_request`: only for pull requests; `exempt`: without being asked. */
  readonly mode: 'always' | 'pull_request' | 'exempt';
  /** The name of the ruleset; null for classic protection. */
  readonly ruleset: string | null;
}

export interface EnvironmentFacts {
  readonly name: string;
  /** Which branches may deploy: `all`, `protected` ones, or these names and patterns; one for tags begins with `tag `, with a space. */
  readonly branches: Answer<'all' | 'protected' | readonly string[]>;
  /** Null where GitHub does not say. */
  readonly adminsMayBypass: boolean | null;
  /** Whether somebody has to let each job in. */
  readonly hasReviewers: boolean;
  readonly waitMinutes: number;
  /** Names of its secrets. */
  readonly secrets: Answer<readonly string[]>;
}

export interface CheckMaker {
  readonly name: string;
  readonly appId: number | null;
  /** `github-actions`. */
  readonly app: string;
  /** The pull request whose head has the run. */
  readonly pull: number;
}

export interface ActionsSettings {
  readonly isEnabled: boolean;
  readonly allowed: 'all' | 'local_only' | 'selected';
  /** Whether actions have to be named by whole commits; null where GitHub does not say. */
  readonly pinsCommits: boolean | null;
  /** What `selected` means; null where something else is allowed. */
  readonly selected: Answer<SelectedActions> | null;
}

export interface SelectedActions {
  readonly githubOwned: boolean;
  readonly verified: boolean;
  /** `acme/*`. */
  readonly patterns: readonly string[];
}

export interface JobTokenSettings {
  /** Whether the token of a job that names no permissions may write. */
  readonly writesByDefault: boolean;
  /** "Allow GitHub Actions to create and approve pull requests". */
  readonly mayPropose: boolean;
}

export interface WorkflowFacts {
  readonly path: string;
  /** `active`, `disabled_inactivity`, `disabled_manually`, `disabled_fork`, `deleted`. */
  readonly state: string;
  readonly used: Answer<MinutesUsed>;
}

/** An estimate: each run counts as one job from its start to its last change, rounded up to a minute; waiting counts as running. */
export interface MinutesUsed {
  readonly minutes: number;
  readonly runs: number;
  /** There are more runs than GitHub lists (1,000), and only the newest are counted. */
  readonly isCut: boolean;
}

export interface ScheduledRun {
  readonly at: Instant;
  /** `completed`, `queued`, `in_progress`. */
  readonly status: string;
  /** `success`, `failure`; null until it is completed. */
  readonly conclusion: string | null;
}

export interface CodeownersError {
  readonly path: string;
  readonly line: number;
  /** `Unknown owner`. */
  readonly what: string;
  readonly suggestion: string | null;
}
