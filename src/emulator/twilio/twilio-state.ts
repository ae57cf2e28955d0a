import type { Actor, EventLog } from './open-event-log.ts';
import type { LateTable } from './open-late-table.ts';
import { roleWordOf } from './twilio-roles.ts';
import type { TwilioSwitches } from './twilio-switches.ts';

/** A managed user. Rows are never changed in place, so an answer can hold them. */
export interface TwilioUser {
  readonly sid: string;
  readonly email: string;
  readonly givenName: string;
  /** Null where there is only one name. */
  readonly familyName: string | null;
  readonly displayName: string | null;
  readonly externalId: string | null;
  readonly locale: string | null;
  readonly timezone: string | null;
  readonly status: 'active' | 'inactive' | 'suspended';
  readonly created: string;
  readonly modified: string;
  readonly version: number;
}

/** Field names are Twilio's own. */
export interface Assignment {
  readonly sid: string;
  readonly role_sid: string;
  readonly scope: string;
  readonly identity: string;
  readonly resource_type: string | null;
  readonly resource_id: string | null;
}

export interface TwilioKey {
  readonly sid: string;
  readonly name: string;
  readonly created: string;
}

export interface ConsoleMember {
  readonly sid: string;
  readonly email: string;
  readonly name: string;
  /** Policy words, sorted. */
  readonly roles: readonly string[];
  readonly status: 'active' | 'pending' | 'expired';
  readonly invitedAt: string | null;
}

export interface TwilioAccount {
  readonly name: string;
  readonly sid: string;
  readonly authToken: string;
  readonly parent: string | null;
  readonly created: string;
  ownerSid: string;
  readonly keys: Map<string, TwilioKey>;
  readonly log: EventLog;
  /** Null where the account belongs to no organization. */
  readonly organization: Organization | null;
  /** By e-mail in lower case, for an account without organization: the owner is among them. */
  readonly members: Map<string, ConsoleMember>;
}

export interface Organization {
  readonly sid: string;
  readonly clientId: string;
  readonly clientSecret: string;
  ownerSid: string;
  readonly domains: Set<string>;
  /** In lower case. */
  readonly elsewhere: Set<string>;
  /** E-mail by SID. */
  readonly externals: Map<string, string>;
  readonly users: LateTable<TwilioUser>;
  readonly assignments: LateTable<Assignment>;
  readonly accounts: Map<string, TwilioAccount>;
}

export interface TwilioNeeds {
  readonly now: () => number;
  /** `US` and 32 digits drawn from the world's random numbers. */
  readonly newSid: (kind: string) => string;
  readonly switches: () => TwilioSwitches;
}

export interface TwilioState {
  readonly organizations: readonly Organization[];
  /** In the order of the seed; a subaccount that people add comes last. */
  readonly accounts: TwilioAccount[];
}

/** The managed user with this address. */
export function userByEmail({ users }: Organization, email: string): TwilioUser | undefined {
  return users.all().find((user) => user.email.toLowerCase() === email.toLowerCase());
}

/** The policy words or friendly names of what somebody has in one scope, resources left out. */
export function rolesIn({ assignments }: Organization, identity: string, scope: string): readonly string[] {
  const held = assignments.all().filter((one) => one.identity === identity && one.scope === scope && one.resource_id === null);
  return held.map((one) => roleWordOf(one.role_sid)).toSorted();
}

/** A role more or less, with its event in the account it is for. */
export function changeAssignment(
  organization: Organization,
  actor: Actor,
  row: Assignment,
  exists: boolean,
  switches: TwilioSwitches,
): void {
  const before = rolesIn(organization, row.identity, row.scope);
  if (exists) organization.assignments.put(row.sid, row);
  else organization.assignments.delete(row.sid);
  if (!switches.role_events) return;
  organization.accounts.get(row.scope)?.log.note(actor, {
    type: 'user.updated',
    resourceType: 'user',
    resourceSid: row.identity,
    description: '',
    before,
    after: rolesIn(organization, row.identity, row.scope),
  });
}

/** A changed user, with an event in every account where they have a role. */
export function changeUser(organization: Organization, actor: Actor | null, after: TwilioUser, needs: TwilioNeeds): TwilioUser {
  const before = organization.users.get(after.sid);
  const row = { ...after, modified: new Date(needs.now()).toISOString(), version: (before?.version ?? 0) + 1 };
  organization.users.put(row.sid, row);
  const held = organization.assignments.all().filter((one) => one.identity === row.sid);
  for (const scope of new Set(held.map((one) => one.scope))) {
    const log = organization.accounts.get(scope)?.log;
    const by = actor ?? { sid: scope, type: 'account', source: 'api' };
    log?.note(by, { type: 'user.updated', resourceType: 'user', resourceSid: row.sid, description: row.status });
  }
  if (before?.status === 'active' && row.status !== 'active' && needs.switches().deactivation === 'drops_assignments') {
    for (const one of held) organization.assignments.delete(one.sid);
  }
  return row;
}
