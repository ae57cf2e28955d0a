import { openEventLog } from './open-event-log.ts';
import { openLateTable } from './open-late-table.ts';
import type {
  TwilioSeed,
  TwilioSeedAccount,
  TwilioSeedConsole,
  TwilioSeedKey,
  TwilioSeedOrganization,
  TwilioSeedUser,
} from './parse-twilio-seed.ts';
import { roleSidOf } from './twilio-roles.ts';
import type { ConsoleMember, Organization, TwilioAccount, TwilioKey, TwilioNeeds, TwilioState, TwilioUser } from './twilio-state.ts';

const SEED_AGE_MS = 30 * 24 * 3_600_000;

/** Everything that is true in an emulated Twilio. */
export function openTwilioState(seed: TwilioSeed, needs: TwilioNeeds): TwilioState {
  const organizations = (seed.organizations ?? []).map((one) => openOrganization(one, needs));
  const consoles = (seed.consoles ?? []).map((one) => openConsole(one, needs));
  return { organizations, accounts: [...organizations.flatMap((one) => [...one.accounts.values()]), ...consoles] };
}

export function newAccount(
  seed: TwilioSeedAccount,
  { parent, ownerSid, organization }: Pick<TwilioAccount, 'parent' | 'ownerSid' | 'organization'>,
  needs: TwilioNeeds,
): TwilioAccount {
  const sid = seed.sid ?? needs.newSid('AC');
  return {
    name: seed.name,
    sid,
    authToken: seed.auth_token,
    parent,
    created: new Date(needs.now() - SEED_AGE_MS).toISOString(),
    ownerSid,
    keys: new Map((seed.keys ?? []).map((key) => newKey(key, needs)).map((key) => [key.sid, key])),
    log: openEventLog(sid, needs.now),
    organization,
    members: new Map(),
  };
}

export function newUser(seed: TwilioSeedUser, { now, newSid }: TwilioNeeds): TwilioUser {
  const created = seed.created_at ?? new Date(now() - SEED_AGE_MS).toISOString();
  const words = seed.name.trim().split(/\s+/);
  return {
    sid: seed.sid ?? newSid('US'),
    email: seed.email,
    givenName: words.length === 1 ? (words[0] ?? '') : words.slice(0, -1).join(' '),
    familyName: words.length === 1 ? null : (words.at(-1) ?? null),
    displayName: null,
    externalId: null,
    locale: null,
    timezone: null,
    status: seed.status ?? 'active',
    created,
    modified: created,
    version: 1,
  };
}

function newKey({ sid, name, created_at: created }: TwilioSeedKey, { now, newSid }: TwilioNeeds): TwilioKey {
  return { sid: sid ?? newSid('SK'), name, created: created ?? new Date(now() - SEED_AGE_MS).toISOString() };
}

function openOrganization(seed: TwilioSeedOrganization, needs: TwilioNeeds): Organization {
  const { users: people, externals = [], accounts } = seed;
  const lagMs = (): number => needs.switches().read_lag_ms;
  const everyone = [...people, ...externals].map(({ email }) => email);
  const owners = [seed.owner, ...accounts.flatMap(({ owner }) => owner ?? [])];
  const domains = seed.domains ?? [...everyone.slice(0, people.length), ...owners].map((email) => email.slice(email.lastIndexOf('@') + 1));
  const organization: Organization = {
    sid: seed.sid ?? needs.newSid('OR'),
    clientId: seed.client_id,
    clientSecret: seed.client_secret,
    ownerSid: '',
    domains: new Set(domains.map((domain) => domain.toLowerCase())),
    elsewhere: new Set((seed.elsewhere ?? []).map((email) => email.toLowerCase())),
    externals: new Map(),
    users: openLateTable(needs.now, lagMs),
    assignments: openLateTable(needs.now, lagMs),
    accounts: new Map(),
  };
  const sids = new Map<string, string>();
  for (const user of people) {
    const row = newUser(user, needs);
    organization.users.plant(row.sid, row);
    sids.set(user.email.toLowerCase(), row.sid);
  }
  const ownerOf = (email: string): string => sids.get(email.toLowerCase()) ?? plantOwner(organization, sids, email, needs);
  organization.ownerSid = ownerOf(seed.owner);
  for (const external of externals) {
    const sid = external.sid ?? needs.newSid('US');
    organization.externals.set(sid, external.email);
    sids.set(external.email.toLowerCase(), sid);
  }
  plantAccounts(organization, accounts, (email) => ownerOf(email ?? seed.owner), needs);
  plantRoles(organization, [...people, ...externals], sids, needs);
  return organization;
}

function plantOwner({ users }: Organization, sids: Map<string, string>, email: string, needs: TwilioNeeds): string {
  const row = newUser({ email, name: 'Account Owner' }, needs);
  users.plant(row.sid, row);
  sids.set(email.toLowerCase(), row.sid);
  return row.sid;
}

function plantAccounts(
  organization: Organization,
  accounts: readonly TwilioSeedAccount[],
  ownerOf: (email: string | undefined) => string,
  needs: TwilioNeeds,
): void {
  const byName = new Map<string, string>();
  // A subaccount may stand before the account above it.
  for (const account of accounts.toSorted((a, b) => Number(a.parent !== undefined) - Number(b.parent !== undefined))) {
    const parent = account.parent === undefined ? null : (byName.get(account.parent) ?? account.parent);
    const opened = newAccount(account, { parent, ownerSid: ownerOf(account.owner), organization }, needs);
    organization.accounts.set(opened.sid, opened);
    byName.set(account.name, opened.sid);
  }
}

function plantRoles(
  organization: Organization,
  people: readonly TwilioSeedUser[],
  sids: ReadonlyMap<string, string>,
  needs: TwilioNeeds,
): void {
  const scopes = new Map([...organization.accounts.values()].map((account) => [account.name, account.sid]));
  for (const { email, roles = [] } of people) {
    for (const { role, scope, resource_type = null, resource_id = null } of roles) {
      const sid = needs.newSid('IY');
      organization.assignments.plant(sid, {
        sid,
        role_sid: roleSidOf(role) ?? role,
        scope: scope === 'organization' ? organization.sid : (scopes.get(scope) ?? scope),
        identity: sids.get(email.toLowerCase()) ?? '',
        resource_type,
        resource_id,
      });
    }
  }
}

function openConsole(seed: TwilioSeedConsole, needs: TwilioNeeds): TwilioAccount {
  const owner: ConsoleMember = {
    sid: needs.newSid('US'),
    email: seed.owner,
    name: 'Account Owner',
    roles: ['owner'],
    status: 'active',
    invitedAt: null,
  };
  const account = newAccount(seed, { parent: null, ownerSid: owner.sid, organization: null }, needs);
  account.members.set(owner.email.toLowerCase(), owner);
  for (const { email, name = email, roles, status = 'active', sid, invited_at: invitedAt } of seed.members) {
    const sent = status === 'pending' ? (invitedAt ?? new Date(needs.now()).toISOString()) : null;
    account.members.set(email.toLowerCase(), {
      sid: sid ?? needs.newSid('US'),
      email,
      name,
      roles: roles.toSorted(),
      status,
      invitedAt: sent,
    });
  }
  return account;
}
