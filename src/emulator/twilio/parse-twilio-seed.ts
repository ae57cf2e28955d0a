import { RollcallError } from '../../errors.ts';
import { visible } from '../../text/encode.ts';
import { type Fail, type Fields, readEmail, readFields, readOneOf, readText } from '../read-fields.ts';
import { roleSidOf } from './twilio-roles.ts';
import { parseTwilioSwitches, type TwilioSwitches } from './twilio-switches.ts';

/** The organizations and the accounts without one that an emulated Twilio starts with, as plain JSON. SIDs are drawn where not given. */
export interface TwilioSeed {
  readonly organizations?: readonly TwilioSeedOrganization[];
  readonly consoles?: readonly TwilioSeedConsole[];
  readonly switches?: Partial<TwilioSwitches>;
}

export interface TwilioSeedOrganization {
  readonly sid?: string;
  readonly client_id: string;
  readonly client_secret: string;
  /** E-mail of the organization's owner; a managed user, made where `users` does not have it. So are the owners of accounts. */
  readonly owner: string;
  /** Verified domains; those of all addresses here when not given. */
  readonly domains?: readonly string[];
  /** Addresses of Twilio users outside the organization. */
  readonly elsewhere?: readonly string[];
  readonly accounts: readonly TwilioSeedAccount[];
  readonly users: readonly TwilioSeedUser[];
  /** Identities that are not managed: in no SCIM list, and with roles all the same. */
  readonly externals?: readonly TwilioSeedUser[];
}

export interface TwilioSeedAccount {
  readonly name: string;
  readonly sid?: string;
  readonly auth_token: string;
  /** The organization's owner when not given. */
  readonly owner?: string;
  /** The name of the account above, for a subaccount. */
  readonly parent?: string;
  readonly keys?: readonly TwilioSeedKey[];
}

export interface TwilioSeedKey {
  readonly name: string;
  readonly sid?: string;
  /** ISO 8601; 30 days before the world begins when not given. */
  readonly created_at?: string;
}

export interface TwilioSeedUser {
  readonly email: string;
  readonly name: string;
  readonly sid?: string;
  /** `active` unless given. */
  readonly status?: 'active' | 'inactive' | 'suspended';
  readonly created_at?: string;
  readonly roles?: readonly TwilioSeedRole[];
}

export interface TwilioSeedRole {
  /** A policy word, a friendly name, or the SID of a role that no list has. */
  readonly role: string;
  /** The name or the SID of an account, or `organization`. */
  readonly scope: string;
  readonly resource_type?: string;
  readonly resource_id?: string;
}

/** An account without an organization API, whose people only the Console shows. */
export interface TwilioSeedConsole extends Omit<TwilioSeedAccount, 'owner' | 'parent'> {
  readonly owner: string;
  readonly members: readonly TwilioSeedMember[];
}

export interface TwilioSeedMember {
  readonly email: string;
  readonly name?: string;
  /** Policy words. */
  readonly roles: readonly string[];
  /** `active` unless given. */
  readonly status?: 'active' | 'pending';
  readonly sid?: string;
  /** For a pending one: when the invitation was sent. */
  readonly invited_at?: string;
}

/** Reads a seed from parsed JSON; `file` is the name that the error gives. */
export function parseTwilioSeed(value: unknown, file = 'seed'): TwilioSeed {
  const fail: Fail = (why) => {
    throw new RollcallError('seedInvalid', file, why);
  };
  const seed = readFields(value, 'the seed', ['organizations', 'consoles', 'switches'], fail);
  const organizations = readList(seed['organizations'], 'organizations', fail, parseOrganization);
  const consoles = readList(seed['consoles'], 'consoles', fail, parseConsole);
  const accounts = [...organizations.flatMap((one) => one.accounts), ...consoles];
  if (accounts.length === 0) fail('neither organizations nor consoles has an account');
  const names = accounts.map(({ name }) => name);
  refuseRepeats(names, 'account name', fail);
  refuseRepeats(
    organizations.map((one) => one.client_id),
    'client_id',
    fail,
  );
  refuseRepeats(sidsOf(organizations, consoles), 'SID', fail);
  for (const organization of organizations) checkOrganization(organization, fail);
  const switches = seed['switches'] === undefined ? {} : parseTwilioSwitches(seed['switches'], fail);
  return { organizations, consoles, switches };
}

type Parse<T> = (value: unknown, where: string, fail: Fail) => T;

function readList<T>(value: unknown, where: string, fail: Fail, parse: Parse<T>): readonly T[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return fail(`${where} is not a list`);
  return value.map((row: unknown, index) => parse(row, `${where}[${index}]`, fail));
}

function parseOrganization(value: unknown, where: string, fail: Fail): TwilioSeedOrganization {
  const known = ['sid', 'client_id', 'client_secret', 'owner', 'domains', 'elsewhere', 'accounts', 'users', 'externals'];
  const fields = readFields(value, where, known, fail);
  const { domains, elsewhere, accounts, users, externals } = fields as Record<string, unknown>;
  return {
    ...readSid(fields, 'OR', where, fail),
    client_id: readText(fields['client_id'], `${where}.client_id`, fail),
    client_secret: readText(fields['client_secret'], `${where}.client_secret`, fail),
    owner: readEmail(fields['owner'], `${where}.owner`, fail),
    ...(domains === undefined ? {} : { domains: readList(domains, `${where}.domains`, fail, readText) }),
    elsewhere: readList(elsewhere, `${where}.elsewhere`, fail, readEmail),
    accounts: readList(accounts, `${where}.accounts`, fail, parseAccount),
    users: readList(users, `${where}.users`, fail, parseUser),
    externals: readList(externals, `${where}.externals`, fail, parseUser),
  };
}

function parseAccount(value: unknown, where: string, fail: Fail): TwilioSeedAccount {
  const fields = readFields(value, where, ['name', 'sid', 'auth_token', 'owner', 'parent', 'keys'], fail);
  const { owner, parent } = fields as { owner?: unknown; parent?: unknown };
  return {
    ...parseCredentials(fields, where, fail),
    ...(owner === undefined ? {} : { owner: readEmail(owner, `${where}.owner`, fail) }),
    ...(parent === undefined ? {} : { parent: readText(parent, `${where}.parent`, fail) }),
  };
}

function parseCredentials(fields: Fields, where: string, fail: Fail) {
  return {
    name: readText(fields['name'], `${where}.name`, fail),
    ...readSid(fields, 'AC', where, fail),
    auth_token: readText(fields['auth_token'], `${where}.auth_token`, fail),
    keys: readList(fields['keys'], `${where}.keys`, fail, parseKey),
  };
}

function parseKey(value: unknown, where: string, fail: Fail): TwilioSeedKey {
  const fields = readFields(value, where, ['name', 'sid', 'created_at'], fail);
  return {
    name: readText(fields['name'], `${where}.name`, fail),
    ...readSid(fields, 'SK', where, fail),
    ...readInstant(fields, 'created_at', where, fail),
  };
}

function parseUser(value: unknown, where: string, fail: Fail): TwilioSeedUser {
  const fields = readFields(value, where, ['email', 'name', 'sid', 'status', 'created_at', 'roles'], fail);
  const { status } = fields as { status?: unknown };
  return {
    email: readEmail(fields['email'], `${where}.email`, fail),
    name: readText(fields['name'], `${where}.name`, fail),
    ...readSid(fields, 'US', where, fail),
    ...(status === undefined ? {} : { status: readOneOf(status, `${where}.status`, ['active', 'inactive', 'suspended'] as const, fail) }),
    ...readInstant(fields, 'created_at', where, fail),
    roles: readList(fields['roles'], `${where}.roles`, fail, parseRole),
  };
}

function parseRole(value: unknown, where: string, fail: Fail): TwilioSeedRole {
  const fields = readFields(value, where, ['role', 'scope', 'resource_type', 'resource_id'], fail);
  const { resource_type: type, resource_id: id } = fields as { resource_type?: unknown; resource_id?: unknown };
  return {
    role: readRole(fields['role'], `${where}.role`, fail),
    scope: readText(fields['scope'], `${where}.scope`, fail),
    ...(type === undefined ? {} : { resource_type: readText(type, `${where}.resource_type`, fail) }),
    ...(id === undefined ? {} : { resource_id: readText(id, `${where}.resource_id`, fail) }),
  };
}

function parseConsole(value: unknown, where: string, fail: Fail): TwilioSeedConsole {
  const fields = readFields(value, where, ['name', 'sid', 'auth_token', 'owner', 'keys', 'members'], fail);
  return {
    ...parseCredentials(fields, where, fail),
    owner: readEmail(fields['owner'], `${where}.owner`, fail),
    members: readList(fields['members'], `${where}.members`, fail, parseMember),
  };
}

function parseMember(value: unknown, where: string, fail: Fail): TwilioSeedMember {
  const fields = readFields(value, where, ['email', 'name', 'roles', 'status', 'sid', 'invited_at'], fail);
  const { name, status } = fields as { name?: unknown; status?: unknown };
  return {
    email: readEmail(fields['email'], `${where}.email`, fail),
    ...(name === undefined ? {} : { name: readText(name, `${where}.name`, fail) }),
    roles: readList(fields['roles'], `${where}.roles`, fail, readRole),
    ...(status === undefined ? {} : { status: readOneOf(status, `${where}.status`, ['active', 'pending'] as const, fail) }),
    ...readSid(fields, 'US', where, fail),
    ...readInstant(fields, 'invited_at', where, fail),
  };
}

const readRole: Parse<string> = (value, where, fail) => {
  const role = readText(value, where, fail);
  return roleSidOf(role) === null ? fail(`${where} is no role: ${visible(role)}`) : role;
};

function readSid(fields: Fields, kind: string, where: string, fail: Fail): { readonly sid?: string } {
  const { sid } = fields as { sid?: unknown };
  if (sid === undefined) return {};
  const fits = typeof sid === 'string' && new RegExp(`^${kind}[0-9a-fA-F]{32}$`).test(sid);
  return fits ? { sid } : fail(`${where}.sid is not ${kind} and 32 hexadecimal digits`);
}

function readInstant<Key extends string>(fields: Fields, key: Key, where: string, fail: Fail): { readonly [K in Key]?: string } {
  const value = fields[key];
  if (value === undefined) return {};
  if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) return fail(`${where}.${key} is not an instant`);
  return { [key]: new Date(value).toISOString() } as { readonly [K in Key]?: string };
}

/** Whatever a seed names has to be there. */
function checkOrganization({ accounts, users, externals = [] }: TwilioSeedOrganization, fail: Fail): void {
  const scopes = new Set(['organization', ...accounts.flatMap(({ name, sid }) => (sid === undefined ? [name] : [name, sid]))]);
  for (const { scope } of [...users, ...externals].flatMap(({ roles = [] }) => roles)) {
    if (!scopes.has(scope)) fail(`no account of the organization is called ${visible(scope)}`);
  }
  for (const { parent } of accounts) {
    if (parent !== undefined && !scopes.has(parent)) fail(`no account of the organization is called ${visible(parent)}`);
  }
  refuseRepeats(
    [...users, ...externals].map(({ email }) => email.toLowerCase()),
    'e-mail',
    fail,
  );
}

function sidsOf(organizations: readonly TwilioSeedOrganization[], consoles: readonly TwilioSeedConsole[]): readonly string[] {
  const people = [
    ...organizations.flatMap(({ users, externals = [] }) => [...users, ...externals]),
    ...consoles.flatMap((one) => one.members),
  ];
  const accounts = [...organizations.flatMap((one) => one.accounts), ...consoles];
  const keys = accounts.flatMap((one) => one.keys ?? []);
  return [...organizations, ...people, ...accounts, ...keys].flatMap(({ sid }) => sid ?? []);
}

function refuseRepeats(values: readonly string[], what: string, fail: Fail): void {
  const seen = new Set<string>();
  for (const value of values) {
    if (seen.has(value)) fail(`two have the same ${what}: ${visible(value)}`);
    seen.add(value);
  }
}
