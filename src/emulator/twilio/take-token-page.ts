import type { EmulatedReply } from '../vendor-error.ts';
import type { TwilioSwitches } from './twilio-switches.ts';

export interface PageAsk {
  /** The origin and the path that the links lead to. */
  readonly url: string;
  readonly query: URLSearchParams;
  readonly switches: TwilioSwitches;
  readonly defaultSize: number;
  readonly maxSize: number;
  /** The name of the list in the document. */
  readonly key: string;
  /** A refusal in the style of the resource. */
  readonly refuse: (code: number, message: string) => EmulatedReply;
}

export interface TokenPage<Row> {
  readonly rows: readonly Row[];
  readonly page: number;
  readonly size: number;
  /** How many rows stand on earlier pages. */
  readonly start: number;
  /** Query strings of the links; null where there is no such page. */
  readonly next: string | null;
  readonly previous: string | null;
  readonly first: string;
}

const FOREIGN_ORIGIN = 'http://example.com';

/** The page that `PageSize` and `PageToken` ask for, or a refusal. A token says where the page begins and nothing that a client could read. */
export function takeTokenPage<Row>(rows: readonly Row[], ask: PageAsk): TokenPage<Row> | EmulatedReply {
  const { query, switches, defaultSize, maxSize, refuse } = ask;
  const asked = query.get('PageSize') ?? String(defaultSize);
  if (!/^[1-9][0-9]{0,6}$/.test(asked) || Number(asked) > maxSize) return refuse(20_001, `PageSize must be between 1 and ${maxSize}`);
  const size = Math.min(Number(asked), switches.max_page_size);
  const start = readToken(query.get('PageToken'));
  if (start === null) return refuse(25_023, 'Page token is invalid or expired');
  const page = Math.floor(start / size);
  const linkTo = (from: number, number: number): string => {
    const link = new URLSearchParams(query);
    link.set('PageSize', asked);
    link.set('Page', String(number));
    link.delete('PageToken');
    if (from > 0) link.set('PageToken', writeToken(from));
    return link.toString();
  };
  return {
    rows: rows.slice(start, start + size),
    page,
    size,
    start,
    next: start + size < rows.length ? linkTo(start + size, page + 1) : null,
    previous: start > 0 ? linkTo(Math.max(0, start - size), page - 1) : null,
    first: linkTo(0, 0),
  };
}

/** `meta` as the newer services write it. */
export function metaOf<Row>({ page, size, next, previous, first }: TokenPage<Row>, { url, query, switches, key }: PageAsk): unknown {
  const at = (link: string | null): string | null => {
    if (link === null) return null;
    const target = new URL(`${url}?${link}`);
    return switches.next_page_host === 'foreign' ? `${FOREIGN_ORIGIN}${target.pathname}${target.search}` : target.href;
  };
  return {
    page,
    page_size: size,
    key,
    url: at(query.toString()),
    first_page_url: at(first),
    previous_page_url: at(previous),
    next_page_url: at(next),
  };
}

function writeToken(start: number): string {
  return `PT${Buffer.from(`row ${start}`).toString('hex')}`;
}

/** Where a page begins; null when nobody gave out this token. */
function readToken(token: string | null): number | null {
  if (token === null || token === '') return 0;
  const text = Buffer.from(token.slice(2), 'hex').toString();
  return token.startsWith('PT') && /^row [1-9][0-9]*$/.test(text) ? Number(text.slice(4)) : null;
}
