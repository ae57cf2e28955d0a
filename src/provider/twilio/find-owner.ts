import { type Listing, whyNoList } from './read-twilio-pages.ts';
import type { TwilioAccount } from './twilio-account.ts';
import { sameSid, type WireManagedAccount, type WireUser } from './twilio-api.ts';

/** By the accounts listing, or by policy where that is closed or does not have the account. */
export function findOwner(
  { policy, scope }: TwilioAccount,
  users: readonly WireUser[],
  accounts: Listing<WireManagedAccount>,
): { readonly identity: string | null; readonly note: string | null } {
  const listed = accounts.kind === 'rows' ? accounts.rows.find(({ sid }) => sameSid(sid, scope)) : undefined;
  if (listed?.owner !== undefined && listed.owner !== null) return { identity: listed.owner, note: null };
  const why = accounts.kind === 'rows' ? 'it names no owner of this account' : whyNoList(accounts);
  const declared = users.filter((user) => user.email === policy.owner);
  return {
    identity: declared.length === 1 ? (declared[0]?.id ?? null) : null,
    note: `The owner ${policy.owner} is trusted as policy declares it: the accounts of the organization do not tell (${why}).`,
  };
}
