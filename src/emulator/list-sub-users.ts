import type { TelnyxAccount } from './open-telnyx-account.ts';
import { takePage } from './take-page.ts';
import type { TelnyxSwitches } from './telnyx-switches.ts';
import { type EmulatedReply, jsonReply } from './vendor-error.ts';

/** Answers `GET /v2/sub_users`: one page in the order of invitation, with the vendor's `meta`. */
export function listSubUsers(account: TelnyxAccount, query: URLSearchParams, switches: TelnyxSwitches, origin: string): EmulatedReply {
  const rows = account.list();
  const page = takePage(rows, query, switches);
  if ('status' in page) return page;
  const { data, number, size, pages } = page;
  const next = number < pages ? `${origin}/v2/sub_users?page[number]=${number + 1}&page[size]=${size}` : null;
  return jsonReply(200, {
    data,
    meta: {
      ...(switches.total_results === 'stated' ? { total_results: rows.length } : {}),
      page_number: number,
      page_size: size,
      ...(switches.total_results === 'stated' ? { total_pages: pages } : {}),
      ...(switches.next_page_url === 'present' ? { next_page_url: next } : {}),
    },
  });
}
