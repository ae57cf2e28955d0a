import type { TelnyxAccount } from './open-telnyx-account.ts';
import type { TelnyxSwitches } from './telnyx-switches.ts';
import { type EmulatedReply, jsonReply, vendorError } from './vendor-error.ts';

const WHOLE_NUMBER = /^[1-9][0-9]{0,8}$/;

/** Answers `GET /v2/sub_users`: one page in the order of invitation, with the vendor's `meta`. */
export function listSubUsers(account: TelnyxAccount, query: URLSearchParams, switches: TelnyxSwitches, origin: string): EmulatedReply {
  const number = query.get('page[number]') ?? '1';
  const asked = query.get('page[size]') ?? String(Math.min(switches.default_page_size, switches.max_page_size));
  if (!WHOLE_NUMBER.test(number)) return vendorError(400, '10015', 'page[number] must be a whole number of at least 1.', '/page[number]');
  if (!WHOLE_NUMBER.test(asked)) return vendorError(400, '10015', 'page[size] must be a whole number of at least 1.', '/page[size]');
  if (Number(asked) > switches.max_page_size && switches.page_size_over === 'refuse') {
    return vendorError(422, '10015', `page[size] must be at most ${switches.max_page_size}.`, '/page[size]');
  }
  const size = Math.min(Number(asked), switches.max_page_size);
  const page = Number(number);
  const rows = account.list();
  const pages = Math.ceil(rows.length / size);
  const next = page < pages ? `${origin}/v2/sub_users?page[number]=${page + 1}&page[size]=${size}` : null;
  return jsonReply(200, {
    data: rows.slice((page - 1) * size, page * size),
    meta: {
      ...(switches.total_results === 'stated' ? { total_results: rows.length } : {}),
      page_number: page,
      page_size: size,
      ...(switches.total_results === 'stated' ? { total_pages: pages } : {}),
      ...(switches.next_page_url === 'present' ? { next_page_url: next } : {}),
    },
  });
}
