import type { TelnyxSwitches } from './telnyx-switches.ts';
import { type EmulatedReply, vendorError } from './vendor-error.ts';

export interface Page<Row> {
  readonly data: readonly Row[];
  /** From 1. */
  readonly number: number;
  readonly size: number;
  /** How many there are. */
  readonly pages: number;
}

const WHOLE_NUMBER = /^[1-9][0-9]{0,8}$/;

/** The page that `page[number]` and `page[size]` ask for, or the vendor's refusal. */
export function takePage<Row>(rows: readonly Row[], query: URLSearchParams, switches: TelnyxSwitches): Page<Row> | EmulatedReply {
  const number = query.get('page[number]') ?? '1';
  const asked = query.get('page[size]') ?? String(Math.min(switches.default_page_size, switches.max_page_size));
  if (!WHOLE_NUMBER.test(number)) return vendorError(400, '10015', 'page[number] must be a whole number of at least 1.', '/page[number]');
  if (!WHOLE_NUMBER.test(asked)) return vendorError(400, '10015', 'page[size] must be a whole number of at least 1.', '/page[size]');
  if (Number(asked) > switches.max_page_size && switches.page_size_over === 'refuse') {
    return vendorError(422, '10015', `page[size] must be at most ${switches.max_page_size}.`, '/page[size]');
  }
  const size = Math.min(Number(asked), switches.max_page_size);
  const page = Number(number);
  return { data: rows.slice((page - 1) * size, page * size), number: page, size, pages: Math.ceil(rows.length / size) };
}
