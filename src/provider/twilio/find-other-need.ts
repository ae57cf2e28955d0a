import type { RoleBook } from './make-role-book.ts';
import { type Listing, type Unlisted, whyNoList } from './read-twilio-pages.ts';
import { isClosed, readIdentity, readRoles, type TwilioAccount } from './twilio-account.ts';
import { listManagedAccounts, sameSid, type WireAssignment } from './twilio-api.ts';

export type OtherNeed =
  /** Something needs the login, or nobody can tell that nothing does; `isHeldHere` where it is a role for the whole account itself. */
  | { readonly kind: 'needed'; readonly why: string; readonly isHeldHere?: boolean }
  | { readonly kind: 'free' }
  | { readonly kind: 'unread'; readonly message: string };

/**
 * Whether anything in the organization still needs a login: a role anywhere, on one resource too, or an account that it owns. Everything
 * is asked at this instant: by person, then account by account and for the organization as a whole. What the credential may not see could
 * be a need.
 */
export async function findOtherNeed(account: TwilioAccount, identity: string, email: string): Promise<OtherNeed> {
  if (account.isWantedElsewhere(email)) return { kind: 'needed', why: 'policy gives them access to another account' };
  const { organization, client } = account;
  const roles = account.remembered.roles ?? (await readRoles(account));
  if (roles.kind === 'unread') return unlisted(roles.listing, 'roles');
  const judge = (listing: Listing<WireAssignment>, what: string) => needIn(listing, what, account.scope, roles.book);
  const everywhere = judge(await readIdentity(account, identity), 'roles of this person');
  if (everywhere.kind !== 'free') return everywhere;
  const accounts = await listManagedAccounts((path) => client.previewIam.get(path, { mayBeRefused: true }), organization.sid);
  if (accounts.kind !== 'rows') return unlisted(accounts, 'accounts of the organization');
  const owned = accounts.rows.find(({ owner }) => owner !== null && sameSid(owner, identity));
  if (owned !== undefined) return { kind: 'needed', why: `it owns the account ${owned.sid}` };
  const open = accounts.rows.filter(({ isClosed }) => !isClosed).map(({ sid }) => sid);
  for (const scope of new Set([account.scope, ...open, organization.sid])) {
    const there = judge(await readIdentity(account, identity, scope), `roles in ${scope}`);
    if (there.kind !== 'free') return there;
  }
  return { kind: 'free' };
}

function needIn(listing: Listing<WireAssignment>, what: string, here: string, book: RoleBook): OtherNeed {
  if (listing.kind !== 'rows') return unlisted(listing, what);
  const rows = listing.rows.filter((row) => !book.isMembership(row.roleSid));
  const [first] = rows;
  if (first === undefined) return { kind: 'free' };
  const isHeldHere = rows.some((row) => row.resource === null && sameSid(row.scope, here));
  return { kind: 'needed', why: `it holds a role in ${first.scope}`, isHeldHere };
}

function unlisted(listing: Unlisted, what: string): OtherNeed {
  const message = `the ${what} could not be listed: ${whyNoList(listing)}`;
  return isClosed(listing) ? { kind: 'needed', why: message } : { kind: 'unread', message };
}
