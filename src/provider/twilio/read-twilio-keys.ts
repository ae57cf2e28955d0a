import type { ApiKey, KeysReading } from '../../model.ts';
import type { TwilioClient } from './create-twilio-client.ts';
import { readTwilioPages, twilioInstant, whyNoList } from './read-twilio-pages.ts';

/** `GET /v1/Keys` at iam.twilio.com: AccountSid is required, 1000 is the largest page (docs/iam/api-keys/key-resource-v1). */
const PAGE_SIZE = 1000;

/** All API keys of an account: SID, name and when they were made. The list names no creator, and no secret is taken from it. */
export async function readTwilioKeys(client: TwilioClient, accountSid: string): Promise<KeysReading> {
  const listing = await readTwilioPages<ApiKey>({
    ask: (path) => client.iam.get(path, { mayBeRefused: true }),
    path: `/v1/Keys?AccountSid=${encodeURIComponent(accountSid)}&PageSize=${PAGE_SIZE}`,
    key: 'keys',
    row: keyOf,
    idOf: (key) => key.sid,
  });
  if (listing.kind !== 'rows') return { kind: 'not_read', why: `the API keys could not be read: ${whyNoList(listing)}` };
  return { kind: 'keys', keys: listing.rows.toSorted((a, b) => (a.sid < b.sid ? -1 : 1)) };
}

function keyOf(item: Readonly<Record<string, unknown>>): ApiKey | string {
  const { sid, friendly_name: name, date_created: created } = item;
  if (typeof sid !== 'string' || !/^SK[0-9a-f]{32}$/i.test(sid)) return 'an API key has no valid SID';
  return { sid, name: typeof name === 'string' ? name : '', created: twilioInstant(created) };
}
