import type { AccountPolicy, Day, Digest, Place } from '../model.ts';
import type { Account, Approval as ApprovalFile, People, Team } from './generated/types.ts';
import { entryOf, itemsOf, type Marked, offsetOf, type PolicyDocument, type PolicyKind } from './policy-tree.ts';

/** All policy files that were read, in typed form; addresses in lower case. Every entry knows where it stands. */
export interface Policies {
  readonly digest: Digest;
  readonly accounts: readonly AccountEntry[];
  readonly people: readonly PersonEntry[];
  readonly teams: readonly TeamEntry[];
  readonly approvals: readonly ApprovalEntry[];
  /** Names of all account files, of those too that could not be read. */
  readonly accountNames: ReadonlySet<string>;
  /** Kinds of which a file could not be read, so that a name that is missing may stand there. */
  readonly refused: ReadonlySet<PolicyKind>;
  /** Whether something in the tree was no policy file, so that the name of an account may be missing. */
  readonly unlisted: boolean;
}

/** An entry and its place: `placeOf(entry)` for the whole, `placeOf(entry, 'until')` for a value. */
export interface Entry {
  readonly document: PolicyDocument;
  readonly node: Marked;
}
export interface AccountEntry extends Entry {
  readonly policy: AccountPolicy;
}
export interface PersonEntry extends Entry {
  readonly email: string;
  readonly name: string;
  readonly previously: readonly AddressEntry[];
}
export interface AddressEntry extends Entry {
  readonly email: string;
}
export interface MemberEntry extends AddressEntry {
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

export function placeOf(entry: Entry, key?: string): Place {
  return entry.document.placeOf(key === undefined ? entry.node.at : offsetOf(entry.node, key));
}

/** A place as a message names it. */
export function placeText(place: Place): string {
  return `${place.file}:${place.line}`;
}

/** The settings of an account, defaults filled in. The value passed the schema. */
export function toAccount(document: PolicyDocument, value: Account): AccountEntry {
  const policy: AccountPolicy = {
    name: document.name,
    provider: value.provider,
    api: value.api,
    owner: value.owner.toLowerCase(),
    unmanaged: value.unmanaged ?? 'report',
    drift: { gained: value.drift?.gained ?? 'revert', lost: value.drift?.lost ?? 'report' },
    guards: {
      maxDeletes: value.guards?.max_deletes ?? 3,
      maxDeletesPercent: value.guards?.max_deletes_percent ?? 10,
      minAdmins: value.guards?.min_admins ?? 2,
      neverDelete: [...new Set((value.guards?.never_delete ?? []).map((email) => email.toLowerCase()))].sort(),
    },
    invites: { perHour: value.invites?.per_hour ?? 10, open: value.invites?.open ?? 10 },
    approvers: value.approvers ?? {},
    names: value.names ?? 'invite',
    source: document.placeOf(document.root.at),
  };
  return { document, node: document.root, policy };
}

export function toPeople(document: PolicyDocument, value: People): PersonEntry[] {
  const nodes = itemsOf(document.root);
  return value.map((person, index) => {
    const node = nodes[index] ?? document.root;
    const places = person.previously === undefined ? [] : itemsOf(entryOf(node, 'previously')?.value);
    return {
      document,
      node,
      email: person.email.toLowerCase(),
      name: person.name,
      previously: (person.previously ?? []).map((email, at) => ({ document, node: places[at] ?? node, email: email.toLowerCase() })),
    };
  });
}

export function toTeam(document: PolicyDocument, value: Team): TeamEntry {
  const members = itemsOf(entryOf(document.root, 'members')?.value);
  const grants = itemsOf(entryOf(document.root, 'grants')?.value);
  return {
    document,
    node: document.root,
    name: document.name,
    members: value.members.map((member, index) => ({
      document,
      node: members[index] ?? document.root,
      email: (typeof member === 'string' ? member : member.email).toLowerCase(),
      until: typeof member === 'string' ? null : (member.until ?? null),
    })),
    grants: value.grants.map((grant, index) => ({
      document,
      node: grants[index] ?? document.root,
      team: document.name,
      account: grant.account,
      role: grant.role ?? null,
      group: grant.group ?? null,
      reason: grant.reason,
      until: grant.until ?? null,
    })),
  };
}

export function toApproval(document: PolicyDocument, value: ApprovalFile): ApprovalEntry {
  const { account, deletes, reason, expires } = value;
  return { document, node: document.root, name: document.name, account, deletes, reason, expires };
}
