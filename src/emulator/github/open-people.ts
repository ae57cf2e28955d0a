import { RollcallError } from '../../errors.ts';
import { visible } from '../../text/encode.ts';
import type { InTurn } from './create-queue.ts';
import { createRepository } from './create-repository.ts';
import {
  type Environment,
  findOrAddUser,
  type GithubState,
  type Issue,
  type PullFacts,
  type Repository,
  type Role,
} from './github-state.ts';
import { landMergeGroup, type MergeGroup, makeMergeGroup } from './merge-group.ts';
import { type MergeMethod, mergePull, signatureOf } from './merge-pull.ts';
import { closeIssue, followHead, moveBranch, noticePushes, reopenPull } from './notice-pushes.ts';
import { addIssue, type NewPull, openPull } from './open-pull.ts';
import type { RepositoryProtection, WorkflowRun } from './protection-state.ts';
import { writeCommit } from './write-commit.ts';

/** What people do to a repository: through a browser, or with git on their machine. Unknown logins become users. */
export interface People {
  readonly repository: Repository;
  /** One commit, pushed to a branch; a new branch begins at `from`, or at the default branch. Gives the commit. */
  commitFiles(
    branch: string,
    files: Readonly<Record<string, string | null>>,
    message: string,
    author: string,
    options?: { readonly from?: string },
  ): Promise<string>;
  forcePush(branch: string, sha: string, by?: string): Promise<void>;
  deleteBranch(branch: string, by?: string): Promise<void>;
  /** The commit of a branch, also after a push by path; null without it. */
  tip(branch: string): Promise<string | null>;
  /** A fork of somebody's, in which they do as they like. */
  fork(owner: string): Promise<People>;
  /** Gives the number. */
  openPull(pull: NewPull & { readonly author: string }): Promise<number>;
  openIssue(issue: { readonly title: string; readonly body?: string; readonly author: string }): Promise<number>;
  /** Gives the review's id; without a commit it is for the head as it is. */
  review(
    number: number,
    review: {
      readonly by: string;
      readonly state: 'approved' | 'changes_requested' | 'commented';
      readonly commit?: string;
      readonly body?: string;
    },
  ): Promise<number>;
  dismissReview(number: number, review: number): Promise<void>;
  /** Gives the commit that the base branch then points at. */
  merge(number: number, how: { readonly method: MergeMethod; readonly by: string }): Promise<string>;
  makeMergeGroup(numbers: readonly number[], method?: MergeMethod): Promise<MergeGroup>;
  /** The base moves to the group's head, and its pull requests are merged. */
  landMergeGroup(group: MergeGroup): Promise<void>;
  closePull(number: number): Promise<void>;
  reopenPull(number: number): Promise<void>;
  /** Gives the comment's id. */
  comment(number: number, comment: { readonly by: string; readonly body: string; readonly viaApp?: number }): Promise<number>;
  editComment(id: number, edit: { readonly by: string; readonly body: string }): Promise<void>;
  deleteComment(id: number): Promise<void>;
  lockPull(number: number, locked?: boolean): Promise<void>;
  setPermission(login: string, role: Role): void;
  setEnvironments(environments: readonly Environment[]): void;
  /** Changes how the repository is protected; what is not named stays. */
  protect(change: Partial<RepositoryProtection>): void;
  /** A workflow ran. */
  addRun(run: WorkflowRun): void;
  /** The setting that lets Actions open pull requests. */
  letActionsPropose(may: boolean): void;
  /** Issues on or off; of those that there were nothing is seen meanwhile. */
  switchIssues(on: boolean): void;
}

/** The people's side of a repository. */
export function openPeople(state: GithubState, repository: Repository, inTurn: InTurn): People {
  return {
    repository,
    ...actOnBranches(state, repository, inTurn),
    ...actOnPulls(state, repository, inTurn),
    ...actOnComments(state, repository, inTurn),
    setPermission: (login, role) => {
      repository.roles.set(findOrAddUser(state, login).login.toLowerCase(), role);
    },
    setEnvironments: (environments) => {
      repository.environments = environments;
    },
    protect: (change) => {
      repository.protection = { ...repository.protection, ...change };
    },
    addRun: (run) => {
      repository.runs.push(run);
    },
    letActionsPropose: (may) => {
      repository.actionsMayPropose = may;
    },
    switchIssues: (on) => {
      repository.hasIssues = on;
    },
  };
}

type BranchDeeds = Pick<People, 'commitFiles' | 'forcePush' | 'deleteBranch' | 'tip' | 'fork'>;

function actOnBranches(state: GithubState, repository: Repository, inTurn: InTurn): BranchDeeds {
  const personOf = (login: string | undefined) => (login === undefined ? null : findOrAddUser(state, login));
  const look = (by: string | undefined) => noticePushes(state, repository, personOf(by));
  return {
    commitFiles: (branch, files, message, author, options = {}) =>
      inTurn(async () => {
        await look(author);
        const { heads, defaultBranch } = repository;
        const parent = heads.get(branch) ?? options.from ?? heads.get(defaultBranch) ?? null;
        const signature = signatureOf(state, findOrAddUser(state, author));
        const sha = await writeCommit(repository, {
          branch,
          parent,
          files,
          message: `${message}\n`,
          author: signature,
          committer: signature,
        });
        await followHead(state, repository, branch, sha, findOrAddUser(state, author));
        return sha;
      }),
    forcePush: (branch, sha, by) =>
      inTurn(async () => {
        await look(undefined);
        await moveBranch(state, repository, branch, sha, personOf(by));
      }),
    deleteBranch: (branch, by) =>
      inTurn(async () => {
        await look(undefined);
        await moveBranch(state, repository, branch, null, personOf(by));
      }),
    tip: (branch) =>
      inTurn(async () => {
        await look(undefined);
        return repository.heads.get(branch) ?? null;
      }),
    fork: (owner) =>
      inTurn(async () => {
        const made = await createRepository(state, { owner, name: repository.name, isPrivate: repository.isPrivate }, repository);
        return openPeople(state, made, inTurn);
      }),
  };
}

type PullDeeds = Pick<
  People,
  'openPull' | 'openIssue' | 'review' | 'dismissReview' | 'merge' | 'makeMergeGroup' | 'landMergeGroup' | 'closePull' | 'reopenPull'
>;

function actOnPulls(state: GithubState, repository: Repository, inTurn: InTurn): PullDeeds {
  const change = (number: number, act: (issue: Issue & { readonly pull: PullFacts }) => void | Promise<void>) =>
    inTurn(async () => act(findPull(repository, number)));
  return {
    openPull: (wanted) =>
      inTurn(async () => {
        await noticePushes(state, repository, null);
        const opened = await openPull(state, repository, wanted, findOrAddUser(state, wanted.author));
        return 'refused' in opened ? refuse(opened.refused.message ?? `${opened.refused.field} is invalid`) : opened.number;
      }),
    openIssue: async ({ title, body = '', author }) =>
      addIssue(state, repository, { title, body, author: findOrAddUser(state, author), appId: null, labels: [], pull: null }).number,
    review: (number, { by, state: word, commit, body = '' }) =>
      inTurn(async () => {
        await noticePushes(state, repository, null);
        const { pull, author } = findPull(repository, number);
        const reviewer = findOrAddUser(state, by);
        if (reviewer.id === author.id && word !== 'commented') return refuse(`the author of pull request ${number} cannot review it`);
        const id = state.nextId();
        const given = word.toUpperCase() as Uppercase<typeof word>;
        pull.reviews.push({ id, author: reviewer, state: given, body, commit: commit ?? pull.headSha, at: state.clock.now() });
        return id;
      }),
    dismissReview: (number, id) =>
      change(number, ({ pull }) => {
        const review = pull.reviews.find((one) => one.id === id) ?? refuse(`there is no review ${id}`);
        review.state = 'DISMISSED';
      }),
    merge: (number, { method, by }) =>
      inTurn(async () => {
        await noticePushes(state, repository, null);
        return mergePull(state, repository, findPull(repository, number), method, findOrAddUser(state, by));
      }),
    makeMergeGroup: (numbers, method = 'merge') =>
      inTurn(() =>
        makeMergeGroup(
          state,
          repository,
          numbers.map((number) => findPull(repository, number)),
          method,
        ),
      ),
    landMergeGroup: (group) => inTurn(() => landMergeGroup(state, repository, group)),
    closePull: (number) => change(number, (issue) => closeIssue(state, issue)),
    reopenPull: (number) => change(number, (issue) => reopenPull(state, repository, issue)),
  };
}

type CommentDeeds = Pick<People, 'comment' | 'editComment' | 'deleteComment' | 'lockPull'>;

function actOnComments(state: GithubState, repository: Repository, inTurn: InTurn): CommentDeeds {
  return {
    comment: (number, { by, body, viaApp }) =>
      inTurn(async () => {
        const id = state.nextId();
        const now = state.clock.now();
        const author = findOrAddUser(state, by);
        repository.comments.set(id, { id, issue: number, author, appId: viaApp ?? null, body, createdAt: now, updatedAt: now });
        return id;
      }),
    editComment: (id, { body }) =>
      inTurn(async () => {
        const comment = repository.comments.get(id) ?? refuse(`there is no comment ${id}`);
        comment.body = body;
        comment.updatedAt = state.clock.now();
      }),
    deleteComment: (id) =>
      inTurn(async () => {
        if (!repository.comments.delete(id)) refuse(`there is no comment ${id}`);
      }),
    lockPull: (number, locked = true) =>
      inTurn(async () => {
        findPull(repository, number).locked = locked;
      }),
  };
}

function findPull(repository: Repository, number: number): Issue & { readonly pull: PullFacts } {
  const issue = repository.issues.get(number);
  const { pull } = issue ?? {};
  if (issue === undefined || pull === undefined || pull === null) return refuse(`there is no pull request ${number}`);
  return issue as Issue & { readonly pull: PullFacts };
}

function refuse(why: string): never {
  throw new RollcallError('usage', `the emulated GitHub refuses: ${visible(why)}.`);
}
