import { RollcallError } from '../../errors.ts';
import { type Fail, type Fields, isFields, readCount, readFields, readOneOf, readText } from '../read-fields.ts';
import type { GithubToken, Level, Permission, Role, User } from './github-state.ts';

/** What an emulated GitHub begins with. */
export interface GithubSeed {
  readonly users?: readonly { readonly login: string; readonly id?: number; readonly type?: User['type'] }[];
  readonly repositories: readonly RepositorySeed[];
  readonly tokens: readonly GithubToken[];
  /** Logins by `acme/security`. */
  readonly teams?: Readonly<Record<string, readonly string[]>>;
}

export interface RepositorySeed {
  readonly owner: string;
  readonly name: string;
  readonly isPrivate: boolean;
  /** Whether the token of a job may open pull requests; by default it may. */
  readonly actionsMayPropose?: boolean;
  /** Whether it is protected as docs/github.md advises; by default it is. */
  readonly isProtected?: boolean;
  /** The first commit on `main`; none leaves the repository empty. */
  readonly files?: Readonly<Record<string, string>>;
  /** Whose commit that is; the owner when not given. */
  readonly author?: string;
  readonly roles?: Readonly<Record<string, Role>>;
}

const KINDS = ['actions', 'app', 'user'] as const;
const LEVELS: readonly Level[] = ['none', 'read', 'write'];
const ROLES: readonly Role[] = ['admin', 'maintain', 'write', 'triage', 'read', 'none'];
const TYPES: readonly User['type'][] = ['User', 'Bot', 'Organization'];
const PERMISSIONS: readonly Permission[] = [
  'contents',
  'pull-requests',
  'checks',
  'issues',
  'statuses',
  'actions',
  'members',
  'administration',
  'environments',
  'secrets',
];

/** Reads a seed file; what is wrong is said with its place. */
export function parseGithubSeed(value: unknown, file: string): GithubSeed {
  const fail: Fail = (why) => {
    throw new RollcallError('seedInvalid', file, why);
  };
  const seed = readFields(value, 'the seed', ['users', 'repositories', 'tokens', 'teams'], fail);
  return {
    users: rowsOf(seed['users'] ?? [], 'users', fail).map((row, at) => readUser(row, `users[${at}]`, fail)),
    repositories: rowsOf(seed['repositories'], 'repositories', fail).map((row, at) => readRepository(row, `repositories[${at}]`, fail)),
    tokens: rowsOf(seed['tokens'] ?? [], 'tokens', fail).map((row, at) => readToken(row, `tokens[${at}]`, fail)),
    teams: readMap(seed['teams'] ?? {}, 'teams', fail, (row, where) => textsOf(row, where, fail)),
  };
}

function readUser(value: unknown, where: string, fail: Fail) {
  const row = readFields(value, where, ['login', 'id', 'type'], fail);
  return {
    login: readText(row['login'], `${where}.login`, fail),
    ...(row['id'] === undefined ? {} : { id: readCount(row['id'], `${where}.id`, 1, fail) }),
    ...(row['type'] === undefined ? {} : { type: readOneOf(row['type'], `${where}.type`, TYPES, fail) }),
  };
}

function readRepository(value: unknown, where: string, fail: Fail): RepositorySeed {
  const row = readFields(
    value,
    where,
    ['owner', 'name', 'isPrivate', 'actionsMayPropose', 'isProtected', 'files', 'author', 'roles'],
    fail,
  );
  return {
    owner: readText(row['owner'], `${where}.owner`, fail),
    name: readText(row['name'], `${where}.name`, fail),
    isPrivate: readFlag(row['isPrivate'] ?? true, `${where}.isPrivate`, fail),
    ...(row['actionsMayPropose'] === undefined
      ? {}
      : { actionsMayPropose: readFlag(row['actionsMayPropose'], `${where}.actionsMayPropose`, fail) }),
    ...(row['isProtected'] === undefined ? {} : { isProtected: readFlag(row['isProtected'], `${where}.isProtected`, fail) }),
    files: readMap(row['files'] ?? {}, `${where}.files`, fail, (text, place) =>
      typeof text === 'string' ? text : fail(`${place} is not a text`),
    ),
    ...(row['author'] === undefined ? {} : { author: readText(row['author'], `${where}.author`, fail) }),
    roles: readMap(row['roles'] ?? {}, `${where}.roles`, fail, (role, place) => readOneOf(role, place, ROLES, fail)),
  };
}

function readToken(value: unknown, where: string, fail: Fail): GithubToken {
  const row = readFields(value, where, ['value', 'kind', 'userId', 'login', 'appId', 'permissions', 'repository'], fail);
  const permissions = readFields(row['permissions'] ?? {}, `${where}.permissions`, PERMISSIONS, fail);
  return {
    value: readText(row['value'], `${where}.value`, fail),
    kind: readOneOf(row['kind'], `${where}.kind`, KINDS, fail),
    userId: readCount(row['userId'], `${where}.userId`, 1, fail),
    login: readText(row['login'], `${where}.login`, fail),
    appId: row['appId'] === null || row['appId'] === undefined ? null : readCount(row['appId'], `${where}.appId`, 1, fail),
    permissions: readMap(permissions, `${where}.permissions`, fail, (level, place) => readOneOf(level, place, LEVELS, fail)),
    repository: readText(row['repository'], `${where}.repository`, fail),
  };
}

function rowsOf(value: unknown, where: string, fail: Fail): readonly unknown[] {
  return Array.isArray(value) ? value : fail(`${where} is not a list`);
}

function textsOf(value: unknown, where: string, fail: Fail): readonly string[] {
  return rowsOf(value, where, fail).map((one, at) => readText(one, `${where}[${at}]`, fail));
}

function readFlag(value: unknown, where: string, fail: Fail): boolean {
  return typeof value === 'boolean' ? value : fail(`${where} is neither true nor false`);
}

function readMap<T>(value: unknown, where: string, fail: Fail, read: (one: unknown, where: string) => T): Record<string, T> {
  const row: Fields = isFields(value) ? value : fail(`${where} is not an object`);
  return Object.fromEntries(Object.entries(row).map(([key, one]) => [key, read(one, `${where}.${key}`)]));
}
