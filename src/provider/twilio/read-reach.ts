import type { Reach } from '../../model.ts';
import type { RoleBook } from './make-role-book.ts';
import { reachOf } from './make-twilio-principals.ts';
import { type Unlisted, whyNoList } from './read-twilio-pages.ts';
import { isClosed, readScope, type TwilioAccount } from './twilio-account.ts';
import type { WireUser } from './twilio-api.ts';

export interface ReachReading {
  readonly kind: 'reach';
  readonly reach: readonly Reach[];
  readonly notes: readonly string[];
  /** Whether the roles for the whole organization could be listed. */
  readonly sawOrganization: boolean;
}

/** Roles for the whole organization reach every account; product roles of the account above reach its subaccounts, general ones do not. */
export async function readReach(
  account: TwilioAccount,
  users: readonly WireUser[],
  book: RoleBook,
): Promise<ReachReading | { readonly kind: 'unread'; readonly listing: Unlisted; readonly what: string }> {
  const { organization, above } = account;
  let sawOrganization = true;
  const reach: Reach[] = [];
  const notes: string[] = [];
  const scopes = [
    { scope: organization.sid, through: 'the whole organization', isAbove: false },
    ...(above === null ? [] : [{ scope: above, through: `the account above (${above})`, isAbove: true }]),
  ];
  for (const { scope, through, isAbove } of scopes) {
    const listing = await readScope(account, scope);
    if (listing.kind === 'rows') {
      const rows = isAbove
        ? listing.rows.filter((row) => row.resource === null && book.isProductRole(row.roleSid))
        : listing.rows.filter((row) => !book.isMembership(row.roleSid));
      reach.push(...reachOf(rows, through, { users, book }));
    } else if (isClosed(listing)) {
      notes.push(`Roles held for ${through} are not shown: ${whyNoList(listing)}.`);
      if (!isAbove) sawOrganization = false;
    } else return { kind: 'unread', listing, what: `the roles held for ${through}` };
  }
  return { kind: 'reach', reach, notes, sawOrganization };
}
