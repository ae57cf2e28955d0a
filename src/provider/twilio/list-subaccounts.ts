import type { Subaccount } from '../../model.ts';
import type { TwilioClient } from './create-twilio-client.ts';
import { readTwilioPages, whyNoList } from './read-twilio-pages.ts';

export type SubaccountsReading =
  | { readonly kind: 'subaccounts'; readonly subaccounts: readonly Subaccount[] }
  | { readonly kind: 'credentials' | 'unreadable'; readonly why: string };

/**
 * The accounts below an account, closed ones left out, sorted by SID. `Accounts.json` carries every account's auth token in clear: a row
 * is taken apart on the spot, and nothing but SID and name leaves this file. A standard key may not read it (20003).
 */
export async function listSubaccounts(client: TwilioClient, accountSid: string): Promise<SubaccountsReading> {
  const listing = await readTwilioPages<WireAccount>({
    ask: (path) => client.api.get(path, { mayBeRefused: true }),
    path: '/2010-04-01/Accounts.json?PageSize=1000',
    key: 'accounts',
    row: accountOf,
    idOf: (account) => account.sid,
    numbersPages: true,
  });
  if (listing.kind !== 'rows') {
    const isRefused = listing.kind === 'failed' && listing.answer.kind === 'credentials';
    return { kind: isRefused ? 'credentials' : 'unreadable', why: `the subaccounts could not be read: ${whyNoList(listing)}` };
  }
  const below = listing.rows.filter((one) => one.above === accountSid && one.sid !== accountSid && !one.isClosed);
  return { kind: 'subaccounts', subaccounts: below.map(({ sid, name }) => ({ sid, name })).toSorted((a, b) => (a.sid < b.sid ? -1 : 1)) };
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
