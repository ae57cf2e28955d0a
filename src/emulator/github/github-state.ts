import type { Clock, Git, Random } from '../../ports.ts';
import type { RepositoryProtection, WorkflowRun } from './protection-state.ts';
import type { RememberingGit } from './remember-git.ts';

/** What is true of the emulated GitHub. The API changes it and people change it; times are milliseconds since 1970. */

export type Level = 'none' | 'read' | 'write';
export type Permission =
  | 'contents'
  | 'pull-requests'
  | 'checks'
  | 'issues'
  | 'statuses'
  | 'actions'
  | 'members'
  | 'administration'
  | 'environments'
  | 'secrets';
export type Role = 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none';

export interface GithubToken {
  readonly value: string;
  readonly kind: 'actions' | 'app' | 'user';
  readonly userId: number;
  readonly login: string;
  readonly appId: number | null;
  /** What is not named is `none`. */
  readonly permissions: Readonly<Partial<Record<Permission, Level>>>;
  /** `acme/access`. */
  readonly repository: string;
}

export interface User {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly author: User;
  readonly appId: number | null;
  body: string;
  readonly createdAt: number;
  updatedAt: number;
}

export interface Review {
  readonly id: number;
  readonly author: User;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  readonly body: string;
  readonly commit: string;
  readonly at: number;
}

export interface PullFacts {
  readonly base: string;
  /** The tip of the base when the pull request was opened or last pushed to; GitHub does not move it on with the base. */
  baseSha: string;
  readonly head: { readonly repository: Repository; readonly branch: string };
  headSha: string;
  mergedAt: number | null;
  mergedBy: User | null;
  mergeCommit: string | null;
  /** What a merge would give, as `refs/pull/N/merge` and, while it is open, `merge_commit_sha` show it; null commit on a conflict. */
  testMerge: { readonly base: string; readonly head: string; readonly commit: string | null } | null;
  /** The commits by which it reached the base. */
  landed: ReadonlySet<string>;
  readonly reviews: Review[];
}

/** An issue; a pull request is one, too, and they share their numbers. */
export interface Issue {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string;
  readonly author: User;
  readonly appId: number | null;
  state: 'open' | 'closed';
  locked: boolean;
  labels: readonly string[];
  readonly createdAt: number;
  updatedAt: number;
  closedAt: number | null;
  readonly pull: PullFacts | null;
}

export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: string;
  readonly title: string | null;
  readonly message: string;
}

export interface CheckSuite {
  readonly id: number;
  readonly sha: string;
  readonly appId: number;
  readonly createdAt: number;
}

export interface CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  name: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: 'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required' | null;
  externalId: string;
  detailsUrl: string | null;
  startedAt: string | null;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: CheckAnnotation[];
}

export interface Dispatch {
  readonly at: number;
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly by: string;
}

export interface Environment {
  readonly name: string;
  /** Whether only branches that are named or protected may deploy to it. */
  readonly limitsBranches: boolean;
  /** Names and patterns, or `protected` for whichever are; one for tags begins with `tag `. Only where branches are limited. */
  readonly branches?: readonly string[] | 'protected';
  /** By default they may. */
  readonly letsAdminsBypass?: boolean;
  /** Logins of those who let jobs in. */
  readonly reviewers?: readonly string[];
  readonly waitMinutes?: number;
  /** Names of secrets. */
  readonly secrets?: readonly string[];
}

export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
  /** Git inside the bare repository. */
  readonly git: RememberingGit;
  /** Where the bare repository lies, for a clone by path. */
  readonly folder: string;
  readonly parent: Repository | null;
  readonly createdAt: number;
  pushedAt: number;
  /** The branches as last looked at; a push by path is noticed at the next look. */
  heads: ReadonlyMap<string, string>;
  lastNumber: number;
  readonly issues: Map<number, Issue>;
  readonly comments: Map<number, Comment>;
  readonly suites: CheckSuite[];
  readonly checks: Map<number, CheckRun>;
  readonly roles: Map<string, Role>;
  readonly dispatches: Dispatch[];
  environments: readonly Environment[];
  protection: RepositoryProtection;
  readonly runs: WorkflowRun[];
  /** The setting "Allow GitHub Actions to create and approve pull requests". */
  actionsMayPropose: boolean;
  hasIssues: boolean;
}

export interface GithubState {
  /** Known once it listens. */
  origin: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Git in a folder. */
  readonly gitIn: (folder: string) => Git;
  /** The folder of all bare repositories: `<folder>/acme/access.git`. */
  readonly folder: string;
  readonly tokens: GithubToken[];
  /** By login in lower case. */
  readonly users: Map<string, User>;
  /** Logins in lower case, by `org/slug`. */
  readonly teams: Map<string, ReadonlySet<string>>;
  /** By `owner/name` in lower case. */
  readonly repositories: Map<string, Repository>;
  /** Ids rise in the order in which things are made. */
  nextId(): number;
}

/** The bot that an Actions token speaks as, and its app. Source: api.github.com/users/github-actions[bot] and /apps/github-actions. */
export const ACTIONS_BOT: User = { id: 41_898_282, login: 'github-actions[bot]', type: 'Bot' };
export const ACTIONS_APP_ID = 15_368;

/** The user of a login, made when nobody was called that before. */
export function findOrAddUser(state: GithubState, login: string, type: User['type'] = 'User'): User {
  const known = state.users.get(login.toLowerCase());
  if (known !== undefined) return known;
  const user = { id: state.nextId(), login, type };
  state.users.set(login.toLowerCase(), user);
  return user;
}

export function fullName(repository: { readonly owner: string; readonly name: string }): string {
  return `${repository.owner}/${repository.name}`;
}

/** `2026-11-22T04:38:41Z`: GitHub's times have no fractions. */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
