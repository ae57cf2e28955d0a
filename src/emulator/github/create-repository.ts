import { RollcallError } from '../../errors.ts';
import { visible } from '../../text/encode.ts';
import { findOrAddUser, fullName, type GithubState, type Repository, type Role } from './github-state.ts';
import { PROTECTED, PROTECTED_ENVIRONMENT, UNPROTECTED } from './protection-state.ts';
import { rememberGit } from './remember-git.ts';

export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
  /** Whether the token of a job may open pull requests; by default it may. */
  readonly actionsMayPropose?: boolean;
  /** Whether it is protected as docs/github.md advises, which a repository is by default, and a fork never. */
  readonly isProtected?: boolean;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Makes an empty repository on disk; a fork begins with everything its parent has. */
export async function createRepository(state: GithubState, wanted: NewRepository, parent: Repository | null = null): Promise<Repository> {
  const { owner, name, isPrivate, actionsMayPropose = true, isProtected = parent === null } = wanted;
  if (!NAME.test(owner) || !NAME.test(name) || state.repositories.has(fullName(wanted).toLowerCase())) {
    throw new RollcallError('usage', `the emulated GitHub cannot make the repository ${visible(fullName(wanted))}.`);
  }
  const folder = `${state.folder}/${owner}/${name}.git`;
  const args =
    parent === null
      ? ['init', '--quiet', '--bare', '--initial-branch=main', folder]
      : ['clone', '--quiet', '--bare', parent.folder, folder];
  const { code } = await state.gitIn(state.folder).run(args);
  if (code !== 0) throw new RollcallError('usage', `git could not make ${visible(folder)}.`);
  const now = state.clock.now();
  const repository: Repository = {
    id: state.nextId(),
    owner,
    name,
    isPrivate,
    defaultBranch: 'main',
    git: rememberGit(state.gitIn(folder)),
    folder,
    parent,
    createdAt: now,
    pushedAt: now,
    heads: parent?.heads ?? new Map<string, string>(),
    lastNumber: 0,
    issues: new Map(),
    comments: new Map(),
    suites: [],
    checks: new Map(),
    roles: new Map<string, Role>(),
    dispatches: [],
    environments: isProtected ? [PROTECTED_ENVIRONMENT] : [],
    protection: isProtected ? PROTECTED : UNPROTECTED,
    runs: [],
    actionsMayPropose,
    hasIssues: true,
  };
  // Of a fork the owner is a person; the company's repository belongs to its organisation.
  findOrAddUser(state, owner, parent === null ? 'Organization' : 'User');
  if (parent !== null) repository.roles.set(owner.toLowerCase(), 'admin');
  state.repositories.set(fullName(wanted).toLowerCase(), repository);
  return repository;
}
