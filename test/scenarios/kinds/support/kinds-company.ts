import type { TelnyxSeedAccount } from '../../../../src/emulator/parse-telnyx-seed.ts';
import type { TwilioSeed, TwilioSeedAccount, TwilioSeedConsole, TwilioSeedKey } from '../../../../src/emulator/twilio/parse-twilio-seed.ts';
import { address, nameOf, OWNER, type Policies, peopleFile } from '../../support/company.ts';

/** The accounts of these stories: one of each kind beside `telnyx-production`. */
export const MAIN = 'twilio-main';
export const OTHER = 'twilio-other';
export const LABS = 'twilio-labs';
export const EDGE = 'telnyx-edge';

export const ORGANIZATION_SID = `OR${'2c'.repeat(16)}`;
export const SCOPES: Readonly<Record<string, string>> = {
  [MAIN]: `AC${'0a'.repeat(16)}`,
  [OTHER]: `AC${'0b'.repeat(16)}`,
  [LABS]: `AC${'0c'.repeat(16)}`,
};

type Kind = 'sub-users' | 'organizations' | 'organization' | 'console';

export interface KindsAccount {
  readonly kind: Kind;
  /** Who holds what: by role, or by `group:NAME`. A person may be written `ada until 2026-12-01`. */
  readonly grants?: Readonly<Record<string, readonly string[]>>;
  /** More lines of the account file. */
  readonly settings?: string;
  readonly scope?: string;
  readonly owner?: string;
}

/** Policies of accounts of several kinds, with a team of its own for every role or group of an account. */
export function kindsCompany(accounts: Readonly<Record<string, KindsAccount>>, others: readonly string[] = []): Policies {
  const policies: Policies = {};
  const people = new Set<string>(others);
  for (const [name, account] of Object.entries(accounts)) {
    policies[`accounts/${name}.yaml`] = accountFile(name, account);
    Object.entries(account.grants ?? {}).forEach(([what, holders], index) => {
      for (const holder of holders) people.add(holder.split(' ')[0] ?? '');
      if (holders.length > 0) policies[`teams/${name}-${index + 1}.yaml`] = teamFile(name, what, holders);
    });
  }
  policies['people/everybody.yaml'] = peopleFile([...people, ...(people.size === 0 ? ['nobody'] : [])]);
  return policies;
}

function accountFile(name: string, { kind, settings = '', scope = SCOPES[name] ?? '', owner = OWNER }: KindsAccount): string {
  const vendor = kind === 'sub-users' || kind === 'organizations' ? 'telnyx' : 'twilio';
  const pins = vendor === 'telnyx' ? '' : `${kind === 'organization' ? `organization: ${ORGANIZATION_SID}\n` : ''}scope: ${scope}\n`;
  return `provider: ${vendor}\napi: ${kind}\n${pins}owner: ${address(owner)}\n${settings}`;
}

function teamFile(account: string, what: string, holders: readonly string[]): string {
  const members = holders.map((holder) => {
    const [person = '', , day] = holder.split(' ');
    return day === undefined ? `  - ${address(person)}` : `  - { email: ${address(person)}, until: ${day} }`;
  });
  const [word, value] = what.startsWith('group:') ? ['group', what.slice(6)] : ['role', what];
  return `members:\n${members.join('\n')}\ngrants:\n  - { account: ${account}, ${word}: ${value}, reason: Needs it for work (OPS-1) }\n`;
}

export interface RosterOptions {
  /** `ada: ['administrator']`; with `pending` among the roles an invitation that nobody has accepted. */
  readonly people?: Readonly<Record<string, readonly string[]>>;
  readonly on: string;
  /** By the key's SID, or by who left: the day. */
  readonly rotated?: Readonly<Record<string, string>>;
  readonly reviewed?: Readonly<Record<string, string>>;
}

/** A roster as somebody wrote it. */
export function roster({ people, on, rotated = {}, reviewed = {} }: RosterOptions): string {
  const rows = Object.entries(people ?? {}).map(([person, roles]) => {
    const held = roles.filter((role) => role !== 'pending').join(', ');
    return `  - { email: ${address(person)}, roles: [${held}], status: ${roles.includes('pending') ? 'pending' : 'active'} }\n`;
  });
  const keys = Object.entries(rotated).map(([key, day]) => `  - { key: ${key}, on: ${day} }\n`);
  const gone = Object.entries(reviewed).map(([person, day]) => `  - { after: ${address(person)}, on: ${day} }\n`);
  return [
    `attested_by: ${OWNER}\nattested_on: ${on}\n`,
    ...(people === undefined ? [] : ['rows:\n', ...rows]),
    ...(keys.length === 0 ? [] : ['rotated:\n', ...keys]),
    ...(gone.length === 0 ? [] : ['reviewed:\n', ...gone]),
  ].join('');
}

export interface OrganizationOptions {
  /** `ada: ['administrator']`; roles of twilio-main unless written `developer in twilio-other`. */
  readonly people: Readonly<Record<string, readonly string[]>>;
  readonly inactive?: readonly string[];
  /** Beside twilio-main. */
  readonly accounts?: readonly Pick<TwilioSeedAccount, 'name' | 'sid' | 'parent' | 'owner'>[];
  /** Of twilio-main. */
  readonly keys?: readonly TwilioSeedKey[];
  /** Identities outside the organization, with roles as `people` have them. */
  readonly externals?: Readonly<Record<string, readonly string[]>>;
  readonly elsewhere?: readonly string[];
  readonly owner?: string;
}

/** What Twilio has at the beginning: one organization with twilio-main and more. */
export function organizationSeed(options: OrganizationOptions): TwilioSeed {
  const { people, inactive = [], accounts = [], keys = [], externals = {}, elsewhere = [], owner = OWNER } = options;
  return {
    organizations: [
      {
        sid: ORGANIZATION_SID,
        client_id: 'OQ0123456789',
        client_secret: 'SECRET-CANARY-client-0123456789abcdef',
        owner: address(owner),
        elsewhere,
        accounts: [{ name: MAIN, keys }, ...accounts].map((one) => ({
          ...one,
          sid: ('sid' in one ? one.sid : undefined) ?? SCOPES[one.name] ?? '',
          auth_token: authTokenOf(one.name),
        })),
        users: Object.entries(people).map(([person, roles]) => ({
          ...seedPerson(person, roles),
          ...(inactive.includes(person) ? { status: 'inactive' as const } : {}),
        })),
        externals: Object.entries(externals).map(([person, roles]) => seedPerson(person, roles)),
      },
    ],
  };
}

function seedPerson(person: string, roles: readonly string[]) {
  return {
    email: address(person),
    name: nameOf(person),
    roles: roles.map((words) => {
      const [role = '', scope = MAIN] = words.split(' in ');
      return { role, scope };
    }),
  };
}

/** An account that only the Console shows; its people matter to the roster's author alone. */
export function consoleSeed(people: Readonly<Record<string, readonly string[]>>, keys: readonly TwilioSeedKey[] = []): TwilioSeedConsole {
  return {
    name: LABS,
    sid: SCOPES[LABS] ?? '',
    auth_token: authTokenOf(LABS),
    owner: OWNER,
    keys,
    members: Object.entries(people).map(([person, roles]) => ({ email: address(person), name: nameOf(person), roles })),
  };
}

/** `ada: ['Voice']`, by group; a Telnyx organization in which everybody is enabled. */
export function edgeSeed(
  people: Readonly<Record<string, readonly string[]>>,
  groups: readonly string[] = ['Voice', 'Billing', 'Org admins'],
): TelnyxSeedAccount {
  return {
    name: EDGE,
    key: telnyxKeyOf(EDGE),
    api: 'organizations',
    owner: OWNER,
    groups: groups.map((name) => ({ name })),
    users: Object.entries(people).map(([person, held]) => ({
      email: address(person),
      name: nameOf(person),
      role: 'member',
      groups: held,
    })),
  };
}

/** `ada admin`, for a Telnyx account of sub-users. */
export function subUsersSeed(name: string, users: readonly string[]): TelnyxSeedAccount {
  return {
    name,
    key: telnyxKeyOf(name),
    owner: OWNER,
    users: users.map((words) => {
      const [person = '', role = 'member'] = words.split(' ');
      return { email: address(person), name: nameOf(person), role };
    }),
  };
}

export function telnyxKeyOf(account: string): string {
  return `KEY-CANARY-${account}-0123456789abcdef`;
}

function authTokenOf(account: string): string {
  return `TOKEN-CANARY-${account}-0123456789abcdef`;
}
