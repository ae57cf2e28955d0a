import { RollcallError } from '../errors.ts';
import { visible } from '../text/encode.ts';
import { type Fail, type Fields, readEmail, readFields, readOneOf, readText } from './read-fields.ts';
import { parseTelnyxSwitches, type TelnyxSwitches } from './telnyx-switches.ts';

/** The accounts an emulated Telnyx starts with, as plain JSON. */
export interface TelnyxSeed {
  readonly accounts: readonly TelnyxSeedAccount[];
  readonly switches?: Partial<TelnyxSwitches>;
}

export interface TelnyxSeedAccount {
  readonly name: string;
  /** The API key that opens this account, and only this one. */
  readonly key: string;
  /** E-mail of the account owner, who is no sub-user. */
  readonly owner: string;
  readonly users: readonly TelnyxSeedUser[];
  /** Which API its key answers to; `sub-users` unless given. */
  readonly api?: 'sub-users' | 'organizations' | 'both';
  /** Permission groups, for an organization. */
  readonly groups?: readonly TelnyxSeedGroup[];
  /** Addresses that already have a Telnyx account of their own and so cannot be invited. */
  readonly elsewhere?: readonly string[];
}

export interface TelnyxSeedGroup {
  readonly name: string;
  /** Drawn when not given. */
  readonly id?: string;
}

export interface TelnyxSeedUser {
  readonly email: string;
  readonly name: string;
  /** `admin` or `member`; any other word is a role that a client does not know. */
  readonly role: string;
  /** `active` unless given; any other word than active, invited, suspended is one that a client does not know. */
  readonly status?: string;
  /** A UUID; drawn when not given. */
  readonly id?: string;
  /** ISO 8601; 30 days before the world begins when not given. An invitation younger than an hour counts as sent. */
  readonly created_at?: string;
  /** Names or ids of groups; none unless given. */
  readonly groups?: readonly string[];
  /** ISO 8601, or null for never; as old as the row when not given. */
  readonly last_sign_in_at?: string | null;
  readonly bypasses_sso?: boolean;
}

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Reads a seed from parsed JSON; `file` is the name that the error gives. */
export function parseTelnyxSeed(value: unknown, file = 'seed'): TelnyxSeed {
  const fail: Fail = (why) => {
    throw new RollcallError('seedInvalid', file, why);
  };
  const seed = readFields(value, 'the seed', ['accounts', 'switches'], fail);
  const switches = seed['switches'] === undefined ? {} : parseTelnyxSwitches(seed['switches'], fail);
  const rows = seed['accounts'];
  if (!Array.isArray(rows) || rows.length === 0) return fail('accounts is not a list of at least one account');
  const accounts = rows.map((row: unknown, index) => parseAccount(row, `accounts[${index}]`, fail));
  refuseRepeats(
    accounts.map((account) => account.name),
    'account name',
    fail,
  );
  if (new Set(accounts.map((account) => account.key)).size < accounts.length) fail('two accounts have the same key');
  refuseRepeats(
    accounts.flatMap((account) => account.users.flatMap((user) => user.id?.toLowerCase() ?? [])),
    'id',
    fail,
  );
  if (switches.unique_email !== false) {
    for (const account of accounts) {
      refuseRepeats(
        account.users.map((user) => user.email.toLowerCase()),
        `e-mail in ${visible(account.name)}`,
        fail,
      );
    }
  }
  return { accounts, switches };
}

function parseAccount(value: unknown, where: string, fail: Fail): TelnyxSeedAccount {
  const fields = readFields(value, where, ['name', 'key', 'api', 'owner', 'users', 'groups', 'elsewhere'], fail);
  const users = fields['users'];
  if (!Array.isArray(users)) return fail(`${where}.users is not a list`);
  const elsewhere = fields['elsewhere'] ?? [];
  if (!Array.isArray(elsewhere)) return fail(`${where}.elsewhere is not a list`);
  const owner = readEmail(fields['owner'], `${where}.owner`, fail);
  const api = readOneOf(fields['api'] ?? 'sub-users', `${where}.api`, ['sub-users', 'organizations', 'both'] as const, fail);
  const groups = parseGroups(fields['groups'] ?? [], `${where}.groups`, fail);
  const parsed = users.map((row: unknown, index) => parseUser(row, `${where}.users[${index}]`, groups, fail));
  if (parsed.some((user) => user.email.toLowerCase() === owner.toLowerCase())) fail(`${where}.users has the owner, who is no sub-user`);
  return {
    name: readText(fields['name'], `${where}.name`, fail),
    key: readText(fields['key'], `${where}.key`, fail),
    owner,
    users: parsed,
    ...(fields['api'] === undefined ? {} : { api }),
    ...(groups.length === 0 ? {} : { groups }),
    elsewhere: elsewhere.map((email: unknown, index) => readEmail(email, `${where}.elsewhere[${index}]`, fail)),
  };
}

function parseGroups(value: unknown, where: string, fail: Fail): readonly TelnyxSeedGroup[] {
  if (!Array.isArray(value)) return fail(`${where} is not a list`);
  return value.map((row: unknown, index) => {
    const { name, id } = readFields(row, `${where}[${index}]`, ['name', 'id'], fail) as { name?: unknown; id?: unknown };
    return {
      name: readText(name, `${where}[${index}].name`, fail),
      ...(id === undefined ? {} : { id: readUuid(id, `${where}[${index}].id`, fail) }),
    };
  });
}

const USER_KEYS = ['email', 'name', 'role', 'status', 'id', 'created_at', 'groups', 'last_sign_in_at', 'bypasses_sso'];

function parseUser(value: unknown, where: string, groups: readonly TelnyxSeedGroup[], fail: Fail): TelnyxSeedUser {
  const fields = readFields(value, where, USER_KEYS, fail);
  const { status, id, created_at: createdAt } = fields as { status?: unknown; id?: unknown; created_at?: unknown };
  return {
    email: readEmail(fields['email'], `${where}.email`, fail),
    name: readText(fields['name'], `${where}.name`, fail),
    role: readText(fields['role'], `${where}.role`, fail),
    ...(status === undefined ? {} : { status: readText(status, `${where}.status`, fail) }),
    ...(id === undefined ? {} : { id: readUuid(id, `${where}.id`, fail) }),
    ...(createdAt === undefined ? {} : { created_at: readInstant(createdAt, `${where}.created_at`, fail) }),
    ...parseMember(fields, where, groups, fail),
  };
}

/** What an organization knows of its users. */
function parseMember(
  fields: Fields,
  where: string,
  known: readonly TelnyxSeedGroup[],
  fail: Fail,
): Pick<TelnyxSeedUser, 'groups' | 'last_sign_in_at' | 'bypasses_sso'> {
  const {
    groups,
    last_sign_in_at: signIn,
    bypasses_sso: bypasses,
  } = fields as Record<'groups' | 'last_sign_in_at' | 'bypasses_sso', unknown>;
  if (bypasses !== undefined && typeof bypasses !== 'boolean') return fail(`${where}.bypasses_sso is neither true nor false`);
  return {
    ...(groups === undefined ? {} : { groups: readGroupNames(groups, `${where}.groups`, known, fail) }),
    ...(signIn === undefined ? {} : { last_sign_in_at: signIn === null ? null : readInstant(signIn, `${where}.last_sign_in_at`, fail) }),
    ...(bypasses === undefined ? {} : { bypasses_sso: bypasses }),
  };
}

function readGroupNames(value: unknown, where: string, known: readonly TelnyxSeedGroup[], fail: Fail): readonly string[] {
  if (!Array.isArray(value)) return fail(`${where} is not a list`);
  return value.map((item: unknown, index) => {
    const name = readText(item, `${where}[${index}]`, fail);
    if (known.some((group) => group.name === name || group.id === name)) return name;
    return fail(`${where}[${index}] names a group that the account has not`);
  });
}

function readUuid(value: unknown, where: string, fail: Fail): string {
  return typeof value === 'string' && UUID.test(value) ? value : fail(`${where} is not a UUID`);
}

function readInstant(value: unknown, where: string, fail: Fail): string {
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) return fail(`${where} is not an instant`);
  return new Date(value).toISOString();
}

function refuseRepeats(values: readonly string[], what: string, fail: Fail): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) fail(`two users or accounts have the same ${what}: ${visible(value)}`);
    seen.add(value);
  }
}
