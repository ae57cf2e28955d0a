import { type EmulatedReply, jsonReply } from '../vendor-error.ts';
import { metaOf, type PageAsk, type TokenPage, takeTokenPage } from './take-token-page.ts';
import type { AccountAsk, Ask, OrganizationAsk } from './twilio-ask.ts';
import { classicError, problem } from './twilio-error.ts';
import type { TwilioAccount, TwilioKey } from './twilio-state.ts';

/** Answers `/Organizations/{OR}/Accounts` and one of them: the only view of who owns an account. */
export function answerManagedAccounts(ask: OrganizationAsk): EmulatedReply {
  const { organization, switches, sid } = ask;
  if (sid !== null) {
    const account = organization.accounts.get(sid);
    return account ? jsonReply(200, shapeManaged(account)) : classicError(404, 25_101, 'Account not found in the organization');
  }
  const rows = [...organization.accounts.values()].filter((account) => switches.subaccounts_listed || account.parent === null);
  const pages = pageAsk(ask, 'content', 50, 100);
  const page = takeTokenPage(rows.map(shapeManaged), pages);
  return 'status' in page ? page : jsonReply(200, { content: page.rows, meta: metaOf(page, pages) });
}

/** Answers `/2010-04-01/Accounts.json` and one of them, each with its token in clear, as Twilio does. */
export function answerAccounts(ask: AccountAsk): EmulatedReply {
  const { account, state, query, sid } = ask;
  const own = state.accounts.filter((one) => one === account || one.parent === account.sid);
  if (sid !== null) {
    const one = own.find((row) => row.sid === sid);
    return one ? jsonReply(200, shapeAccount(one)) : notFound(ask);
  }
  const wanted = own.filter(
    (one) => (query.get('FriendlyName') ?? one.name) === one.name && (query.get('Status') ?? 'active') === 'active',
  );
  const page = takeTokenPage(wanted.map(shapeAccount), pageAsk(ask, 'accounts', 50, 1000));
  return 'status' in page ? page : jsonReply(200, { accounts: page.rows, ...oldMeta(page, ask) });
}

/** Answers `/2010-04-01/Accounts/{AC}/Keys.json`. No key says who made it. */
export function answerOldKeys(ask: AccountAsk): EmulatedReply {
  const account = reachable(ask, ask.sid);
  if (!account) return notFound(ask);
  const rows = [...account.keys.values()].map((key) => ({
    sid: key.sid,
    friendly_name: key.name,
    date_created: new Date(key.created).toUTCString().replace('GMT', '+0000'),
    date_updated: new Date(key.created).toUTCString().replace('GMT', '+0000'),
  }));
  const page = takeTokenPage(rows, pageAsk(ask, 'keys', 50, 1000));
  return 'status' in page ? page : jsonReply(200, { keys: page.rows, ...oldMeta(page, ask) });
}

/** Answers `/v1/Keys?AccountSid=`. */
export function answerKeys(ask: AccountAsk): EmulatedReply {
  const { query, switches } = ask;
  const wanted = query.get('AccountSid');
  const refuse = (status: number, code: number, message: string): EmulatedReply =>
    switches.iam_v1_errors === 'rfc9457'
      ? problem(status, code, message, '/AccountSid')
      : classicError(status, code, message, switches.more_info_key);
  if (wanted === null) return refuse(400, 20_001, 'AccountSid is required');
  const account = reachable(ask, wanted);
  if (!account) return refuse(403, 20_003, 'Authorization denied');
  const pages = { ...pageAsk(ask, 'keys', 50, 1000), refuse: (code: number, message: string) => refuse(400, code, message) };
  const page = takeTokenPage([...account.keys.values()].map(shapeKey), pages);
  return 'status' in page ? page : jsonReply(200, { keys: page.rows, meta: metaOf(page, pages) });
}

/** Links as the 2010 API writes them: relative. */
function oldMeta<Row>({ page, size, start, rows, next, previous, first }: TokenPage<Row>, { path, query }: Ask) {
  const at = (link: string | null): string | null => (link === null ? null : `${path}?${link}`);
  return {
    page,
    page_size: size,
    start,
    end: Math.max(start, start + rows.length - 1),
    uri: at(query.toString()),
    first_page_uri: at(first),
    previous_page_uri: at(previous),
    next_page_uri: at(next),
  };
}

/** The account itself, or one below it. */
function reachable({ account, state }: AccountAsk, sid: string | null): TwilioAccount | undefined {
  return state.accounts.find((one) => one.sid === sid && (one === account || one.parent === account.sid));
}

function shapeManaged({ sid, name, ownerSid, created }: TwilioAccount) {
  return { account_sid: sid, friendly_name: name, status: 'active', owner_sid: ownerSid, date_created: created };
}

function shapeAccount({ sid, name, authToken, parent, created }: TwilioAccount) {
  const date = new Date(created).toUTCString().replace('GMT', '+0000');
  return {
    sid,
    friendly_name: name,
    status: 'active',
    type: 'Full',
    auth_token: authToken,
    owner_account_sid: parent ?? sid,
    date_created: date,
    date_updated: date,
    uri: `/2010-04-01/Accounts/${sid}.json`,
    subresource_uris: { keys: `/2010-04-01/Accounts/${sid}/Keys.json` },
  };
}

function shapeKey({ sid, name, created }: TwilioKey) {
  const date = new Date(created).toUTCString().replace('GMT', '+0000');
  return { sid, friendly_name: name, date_created: date, date_updated: date, flags: ['rest_api', 'signing'] };
}

function pageAsk({ origin, path, query, switches }: Ask, key: string, defaultSize: number, maxSize: number): PageAsk {
  const refuse = (code: number, message: string): EmulatedReply => classicError(400, code, message, switches.more_info_key);
  return { url: `${origin}${path}`, query, switches, defaultSize, maxSize, key, refuse };
}

function notFound({ path, switches }: Ask): EmulatedReply {
  return classicError(404, 20_404, `The requested resource ${path} was not found`, switches.more_info_key);
}
