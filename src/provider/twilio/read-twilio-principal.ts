import type { OneReading } from '../../model.ts';
import { findOtherNeed } from './find-other-need.ts';
import { findOwner } from './find-owner.ts';
import { emptyHanded, livePrincipalOf } from './make-twilio-principals.ts';
import { type Unlisted, whyNoList } from './read-twilio-pages.ts';
import { placeFor, readAccounts, readIdentity, readRoles, type TwilioAccount } from './twilio-account.ts';
import { isSid, sameSid, userOf } from './twilio-api.ts';

/** One person by SID, just before or after a write: the login and what it holds in this scope, and elsewhere if it holds nothing here. */
export async function readTwilioPrincipal(account: TwilioAccount, principalId: string): Promise<OneReading> {
  if (!isSid('US', principalId)) return { kind: 'unreadable', message: 'the principal id is not a user SID' };
  const { client, path } = placeFor(account, 'users');
  const answer = await client.get(`${path}/${principalId}`);
  if (answer.kind === 'credentials') return { kind: 'credentials', message: answer.message };
  if (answer.kind !== 'ok' && answer.kind !== 'absent') return { kind: 'unreadable', message: answer.message };
  const user = answer.kind === 'ok' ? userOf(answer.json) : undefined;
  if (typeof user === 'string') return { kind: 'unreadable', message: user };
  if (user !== undefined && !sameSid(user.id, principalId))
    return { kind: 'unreadable', message: 'another user came than the one asked for' };
  const here = await readIdentity(account, principalId, account.scope);
  const roles = account.remembered.roles ?? (await readRoles(account));
  if (here.kind !== 'rows') return oneUnread(here);
  if (roles.kind === 'unread') return oneUnread(roles.listing);
  const accounts = account.remembered.accounts ?? (await readAccounts(account));
  const { identity: owner } = findOwner(account, user === undefined ? [] : [user], accounts);
  const live = livePrincipalOf(principalId, user, here.rows, { book: roles.book, owner });
  if (live.roles.length > 0) return { kind: 'present', live };
  if (user === undefined || user.active !== true) return { kind: 'absent' };
  const need = await findOtherNeed(account, principalId, user.email);
  if (need.kind === 'unread') return { kind: 'unreadable', message: need.message };
  // Nobody is gone by one list who holds a role here by another.
  if (need.kind === 'needed' && need.isHeldHere === true)
    return { kind: 'unreadable', message: 'two lists of what this person holds did not agree' };
  return need.kind === 'needed' ? { kind: 'absent' } : { kind: 'present', live: emptyHanded(user) };
}

function oneUnread(listing: Unlisted): OneReading {
  const isRefused = listing.kind === 'failed' && listing.answer.kind === 'credentials';
  return { kind: isRefused ? 'credentials' : 'unreadable', message: whyNoList(listing) };
}
