import type { AccountPolicy } from '../../model.ts';
import type { Clock } from '../../ports.ts';
import type { TwilioClient } from './create-twilio-client.ts';
import type { RoleBook } from './make-role-book.ts';
import { makeRoleBook } from './make-role-book.ts';
import { namesScope, type Place, placeOf, type Surface, type TwilioOrganization } from './open-twilio-organization.ts';
import { type Listing, type Unlisted, whyNoList } from './read-twilio-pages.ts';
import {
  listAssignments,
  listManagedAccounts,
  listRoles,
  listUsers,
  type WireAssignment,
  type WireManagedAccount,
  type WireUser,
} from './twilio-api.ts';

/** One account of an organization, as reader and writer know it. */
export interface TwilioAccount {
  readonly policy: Pick<AccountPolicy, 'name' | 'owner' | 'subaccounts'>;
  /** `AC…`: the account or subaccount whose roles these are. */
  readonly scope: string;
  /** The account above a subaccount that a policy fans out to. */
  readonly above: string | null;
  readonly organization: TwilioOrganization;
  /** With the organization's token. */
  readonly client: TwilioClient;
  /** With the account's own SID and token, for keys, events and subaccounts. */
  readonly own: { readonly client: TwilioClient; readonly sid: string } | null;
  /** Whether policy gives this address something in another account of the organization. */
  readonly isWantedElsewhere: (email: string) => boolean;
  readonly clock: Clock;
  /** What of the shared reads this account has had. */
  readonly seen: Map<string, number>;
  /** What hardly changes within a run, from the newest read of the account. */
  readonly remembered: { roles?: RolesReading; accounts?: Listing<WireManagedAccount> };
}

/** Where a surface of the organization lives for this account. */
export function placeFor({ organization, client }: TwilioAccount, surface: Surface): Place {
  return placeOf(surface, organization.homeOf(surface), client, organization.sid, false);
}

export async function readUsers(account: TwilioAccount): Promise<Listing<WireUser>> {
  const { organization, client, seen } = account;
  const listing = await organization.share('users', seen, () =>
    organization.listAt('users', client, (place) =>
      listUsers((path) => place.client.get(path, { mayBeRefused: place.isFirst }), place.path),
    ),
  );
  // Without its users everybody who holds a role would pass for somebody of another organization.
  return isEmpty(listing) ? { kind: 'misshapen', message: 'nobody came, and an organization has its owner at least' } : listing;
}

function isEmpty(listing: Listing<unknown>): boolean {
  return listing.kind === 'rows' && listing.rows.length === 0;
}

export function readAccounts(account: TwilioAccount): Promise<Listing<WireManagedAccount>> {
  const { organization, client, seen } = account;
  return organization.share('accounts', seen, () =>
    listManagedAccounts((path) => client.previewIam.get(path, { mayBeRefused: true }), organization.sid),
  );
}

/** The assignments of another scope than the account's own; a refusal there is no word on the account. */
export function readScope(account: TwilioAccount, scope: string): Promise<Listing<WireAssignment>> {
  const { organization, client, seen } = account;
  return organization.share(`scope ${scope}`, seen, () =>
    organization.listAt('assignments', client, (place) =>
      listAssignments((path) => place.client.get(path, { mayBeRefused: true }), place.path, { scope }),
    ),
  );
}

/** What one person holds in the account's scope, in part of the organization or everywhere; never shared. */
export function readIdentity(account: TwilioAccount, identity: string, scope?: string): Promise<Listing<WireAssignment>> {
  const { client, path } = placeFor(account, 'assignments');
  return listAssignments((page) => client.get(page, { mayBeRefused: true }), path, { identity, ...(scope === undefined ? {} : { scope }) });
}

export type RolesReading =
  | { readonly kind: 'roles'; readonly book: RoleBook; readonly note: string | null }
  | { readonly kind: 'unread'; readonly listing: Unlisted };

/** The live roles; where their list is not open to the credential, the four whose SIDs Twilio publishes. */
export async function readRoles({ organization, client, seen }: TwilioAccount): Promise<RolesReading> {
  const listing = await organization.share('roles', seen, () => listRoles((path) => client.iam.get(path, { mayBeRefused: true })));
  if (isEmpty(listing)) return { kind: 'unread', listing: { kind: 'misshapen', message: 'none came, and every organization has some' } };
  if (listing.kind === 'rows') return { kind: 'roles', book: makeRoleBook(listing.rows), note: null };
  if (!isClosed(listing)) return { kind: 'unread', listing };
  const note = `The list of roles is not open to this credential (${whyNoList(listing)}), so only the four general roles are known; product roles stand by their SIDs and are left alone.`;
  return { kind: 'roles', book: makeRoleBook(null), note };
}

/** Whether the vendor says that this is not for the credential to see, which another try does not change. */
export function isClosed(listing: Unlisted): boolean {
  if (listing.kind !== 'failed') return false;
  const { answer } = listing;
  if (answer.kind === 'credentials' || answer.kind === 'absent') return true;
  return answer.kind === 'refused' && (answer.status === 401 || answer.status === 403 || namesScope(answer));
}
