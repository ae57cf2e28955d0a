import type { Subaccount } from '../../model.ts';
import type { TwilioClient } from './create-twilio-client.ts';
import { readTwilioPages, whyNoList } from './read-twilio-pages.ts';
import { sameSid } from './twilio-api.ts';

export type SubaccountsReading =
  | { readonly kind: 'subaccounts'; readonly subaccounts: readonly Subaccount[] }
  | { readonly kind: 'credentials' | 'unreadable' | 'inconsistent'; readonly why: string };

/**
 * The accounts below an account, closed ones left out, sorted by SID. The list states no total, so it is read twice, and has to have the
 * account itself in it. `Accounts.json` carries every account's auth token in clear: a row is taken apart on the spot, and nothing but SID
 * and name leaves this file. A standard key may not read it (20003).
 */
export async function listSubaccounts(client: TwilioClient, accountSid: string): Promise<SubaccountsReading> {
  const first = await readAccountsBelow(client, accountSid);
  if (first.kind !== 'subaccounts') return first;
  const second = await readAccountsBelow(client, accountSid);
  if (second.kind !== 'subaccounts') return second;
  const agree = sidsOf(first.subaccounts) === sidsOf(second.subaccounts);
  return agree ? second : unread('inconsistent', 'two lists in a row did not agree');
}

async function readAccountsBelow(client: TwilioClient, accountSid: string): Promise<SubaccountsReading> {
  const listing = await readTwilioPages<WireAccount>({
    ask: (path) => client.api.get(path, { mayBeRefused: true }),
    path: '/2010-04-01/Accounts.json?PageSize=1000',
    key: 'accounts',
    row: accountOf,
    idOf: (account) => account.sid,
    numbersPages: true,
  });
  if (listing.kind === 'misshapen') return unread('inconsistent', listing.message);
  if (listing.kind === 'failed') return unread(listing.answer.kind === 'credentials' ? 'credentials' : 'unreadable', whyNoList(listing));
  if (!listing.rows.some(({ sid }) => sameSid(sid, accountSid))) return unread('inconsistent', 'the account itself is not in the list');
  const below = listing.rows.filter((one) => one.above !== null && sameSid(one.above, accountSid) && !one.isClosed);
  const subaccounts = below.filter(({ sid }) => !sameSid(sid, accountSid)).map(({ sid, name }) => ({ sid, name }));
  return { kind: 'subaccounts', subaccounts: subaccounts.toSorted((a, b) => (a.sid < b.sid ? -1 : 1)) };
}

function unread(kind: Exclude<SubaccountsReading['kind'], 'subaccounts'>, why: string): SubaccountsReading {
  return { kind, why: `the subaccounts could not be read: ${why}` };
}

function sidsOf(subaccounts: readonly Subaccount[]): string {
  return subaccounts.map(({ sid }) => sid).join(' ');
}

interface WireAccount extends Subaccount {
  readonly above: string | null;
  readonly isClosed: boolean;
}

function accountOf(item: Readonly<Record<string, unknown>>): WireAccount | string {
  const { sid, friendly_name: name, owner_account_sid: above, status } = item;
  if (typeof sid !== 'string' || !/^AC[0-9a-f]{32}$/i.test(sid)) return 'an account has no valid SID';
  return {
    sid,
    name: typeof name === 'string' ? name : '',
    above: typeof above === 'string' ? above : null,
    isClosed: status === 'closed',
  };
}
