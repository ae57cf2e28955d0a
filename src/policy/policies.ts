import { DEFAULT_DRIFT } from '../drift-answer.ts';
import type { AccountPolicy, Day, Digest, Place, RosterRow } from '../model.ts';
import type { Account, Approval as ApprovalFile, People, Roster as RosterFile, Team } from './generated/types.ts';
import { entryOf, itemsOf, type Marked, type Origin, type PolicyDocument, type PolicyKind } from './policy-tree.ts';

/** All policy files that were read, in typed form; addresses in lower case. Every entry knows where it stands. */
export interface Policies {
  readonly digest: Digest;
  readonly accounts: readonly AccountEntry[];
  readonly people: readonly PersonEntry[];
  readonly teams: readonly TeamEntry[];
  readonly approvals: readonly ApprovalEntry[];
  readonly rosters: readonly RosterEntry[];
  /** Names of all account files, of those too that could not be read. */
  readonly accountNames: ReadonlySet<string>;
  /** Kinds of which a file could not be read, so that a name that is missing may stand there. */
  readonly refused: ReadonlySet<PolicyKind>;
  /** Whether something in the tree was no policy file, so that the name of an account may be missing. */
  readonly unlisted: boolean;
}

/** An entry and its place: `placeOf(entry)` for the whole, `placeOf(entry, 'until')` for a value. */
export interface Entry {
  readonly origin: Origin;
  readonly at: number;
  /** The offsets of its values by key; null where the entry is one value. */
  readonly valuesAt: Readonly<Record<string, number>> | null;
}
export interface AccountEntry extends Entry {
  readonly policy: AccountPolicy;
  /** The roles that have approvers, and where they stand. */
  readonly approversAt: ReadonlyMap<string, number>;
  /** Its privileged roles as they are written, and where. */
  readonly privilegedAt: readonly (readonly [role: string, at: number])[];
}
export interface PersonEntry extends Entry {
  readonly email: string;
  /** The address as the file has it. */
  readonly spelled: string;
  readonly name: string;
  readonly previously: readonly AddressEntry[];
  readonly github: string | null;
}
export interface AddressEntry extends Entry {
  readonly email: string;
}
interface MemberEntry extends AddressEntry {
  readonly until: Day | null;
}
export interface GrantEntry extends Entry {
  readonly team: string;
  readonly account: string;
  readonly role: string | null;
  readonly group: string | null;
  readonly reason: string;
  readonly until: Day | null;
}
export interface TeamEntry extends Entry {
  readonly name: string;
  readonly members: readonly MemberEntry[];
  readonly grants: readonly GrantEntry[];
}
export interface ApprovalEntry extends Entry {
  readonly name: string;
  readonly account: string;
  readonly deletes: number;
  readonly reason: string;
  readonly expires: Day;
}
export interface RowEntry extends Entry {
  readonly email: string;
  readonly roles: readonly string[];
  /** Where each of the roles stands. */
  readonly rolesAt: readonly number[];
  readonly status: RosterRow['status'];
}
interface DatedEntry extends Entry {
  /** A key's SID, or an address. */
  readonly what: string;
  readonly on: Day;
}
/** What somebody attests about the account whose name the file has. */
export interface RosterEntry extends Entry {
  readonly account: string;
  readonly attestedBy: string;
  readonly attestedOn: Day;
  readonly rows: readonly RowEntry[] | null;
  readonly rotated: readonly DatedEntry[];
  readonly reviewed: readonly DatedEntry[];
}

export function placeOf(entry: Entry, key?: string): Place {
  return entry.origin.placeOf((key === undefined ? undefined : entry.valuesAt?.[key]) ?? entry.at);
}

/** A place as a message names it. */
export function placeText(place: Place): string {
  return `${place.file}:${place.line}`;
}

/** The settings of an account, defaults filled in. The value passed the schema. */
export function toAccount({ origin, root }: PolicyDocument, value: Account): AccountEntry {
  const policy: AccountPolicy = {
    name: origin.name,
    provider: value.provider,
    api: value.api,
    owner: value.owner.toLowerCase(),
    unmanaged: value.unmanaged ?? 'report',
    drift: { ...DEFAULT_DRIFT, ...value.drift },
    guards: {
      maxDeletes: value.guards?.max_deletes ?? 3,
      maxDeletesPercent: value.guards?.max_deletes_percent ?? 10,
      minAdmins: value.guards?.min_admins ?? 2,
      neverDelete: [...new Set((value.guards?.never_delete ?? []).map((email) => email.toLowerCase()))].sort(),
    },
    invites: { perHour: value.invites?.per_hour ?? 10, open: value.invites?.open ?? 10 },
    approvers: value.approvers ?? {},
    names: value.names ?? 'invite',
    organization: value.organization ?? null,
    scope: value.scope ?? null,
    subaccounts: value.subaccounts ?? 'none',
    privilegedRoles: [...new Set(value.privileged_roles ?? [])].sort(),
    privilegedGroups: [...new Set(value.privileged_groups ?? [])].sort(),
    file: origin.name,
    source: origin.placeOf(root.at),
  };
  const approvers = entryOf(root, 'approvers')?.value;
  const approversAt = new Map(approvers?.kind === 'map' ? approvers.entries.map((entry) => [entry.key, entry.keyAt]) : []);
  const roles = itemsOf(entryOf(root, 'privileged_roles')?.value);
  const privilegedAt = (value.privileged_roles ?? []).map((role, index) => [role, roles[index]?.at ?? root.at] as const);
  return { ...entryAt(origin, root), policy, approversAt, privilegedAt };
}

export function toPeople({ origin, root }: PolicyDocument, value: People): PersonEntry[] {
  const nodes = itemsOf(root);
  return value.map((person, index) => {
    const node = nodes[index] ?? root;
    const { at, valuesAt } = entryAt(origin, node);
    const previously = person.previously === undefined ? NO_ADDRESSES : toAddresses(origin, node, person.previously);
    return {
      origin,
      at,
      valuesAt,
      email: person.email.toLowerCase(),
      spelled: person.email,
      name: person.name,
      previously,
      github: person.github ?? null,
    };
  });
}

const NO_ADDRESSES: readonly AddressEntry[] = [];

function toAddresses(origin: Origin, person: Marked, emails: readonly string[]): AddressEntry[] {
  const nodes = itemsOf(entryOf(person, 'previously')?.value);
  return emails.map((email, index) => ({ ...entryAt(origin, nodes[index] ?? person), email: email.toLowerCase() }));
}

export function toTeam({ origin, root }: PolicyDocument, value: Team): TeamEntry {
  const memberNodes = itemsOf(entryOf(root, 'members')?.value);
  const grantNodes = itemsOf(entryOf(root, 'grants')?.value);
  const members = value.members.map((member, index) => {
    const { at, valuesAt } = entryAt(origin, memberNodes[index] ?? root);
    const { email, until } = typeof member === 'string' ? { email: member, until: null } : member;
    return { origin, at, valuesAt, email: email.toLowerCase(), until: until ?? null };
  });
  const grants = value.grants.map((grant, index) => {
    const { at, valuesAt } = entryAt(origin, grantNodes[index] ?? root);
    return {
      origin,
      at,
      valuesAt,
      team: origin.name,
      account: grant.account,
      role: grant.role ?? null,
      group: grant.group ?? null,
      reason: grant.reason,
      until: grant.until ?? null,
    };
  });
  return { ...entryAt(origin, root), name: origin.name, members, grants };
}

export function toApproval({ origin, root }: PolicyDocument, value: ApprovalFile): ApprovalEntry {
  const { account, deletes, reason, expires } = value;
  return { ...entryAt(origin, root), name: origin.name, account, deletes, reason, expires };
}

export function toRoster({ origin, root }: PolicyDocument, value: RosterFile): RosterEntry {
  const nodesOf = (key: string) => itemsOf(entryOf(root, key)?.value);
  const rows = value.rows?.map(({ email, roles, status }, index): RowEntry => {
    const node = nodesOf('rows')[index] ?? root;
    const rolesAt = itemsOf(entryOf(node, 'roles')?.value).map(({ at }) => at);
    return { ...entryAt(origin, node), email: email.toLowerCase(), roles, rolesAt, status: status === 'pending' ? 'invited' : 'active' };
  });
  const dated = (key: string, entries: readonly { readonly what: string; readonly on: Day }[]): DatedEntry[] =>
    entries.map((entry, index) => ({ ...entryAt(origin, nodesOf(key)[index] ?? root), ...entry }));
  const rotated = (value.rotated ?? []).map(({ key, on }) => ({ what: key, on }));
  const reviewed = (value.reviewed ?? []).map(({ after, on }) => ({ what: after.toLowerCase(), on }));
  return {
    ...entryAt(origin, root),
    account: origin.name,
    attestedBy: value.attested_by.toLowerCase(),
    attestedOn: value.attested_on,
    rows: rows ?? null,
    rotated: dated('rotated', rotated),
    reviewed: dated('reviewed', reviewed),
  };
}

/** What is kept of a node: the tree itself goes when its file is read. */
function entryAt(origin: Origin, node: Marked): Entry {
  if (node.kind !== 'map') return { origin, at: node.at, valuesAt: null };
  const valuesAt: Record<string, number> = {};
  for (const entry of node.entries) valuesAt[entry.key] = entry.value.at;
  return { origin, at: node.at, valuesAt };
}
