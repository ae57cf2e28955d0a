import { type Answer, isRecord } from '../vendor-client.ts';

/** A vendor that never says the last page must not keep us for ever. */
const MAX_PAGES = 4_000;

/** A whole list, or why there is none. */
export type Listing<Row> =
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  /** A page that is not as documented, or that contradicts another. */
  | { readonly kind: 'misshapen'; readonly message: string }
  | { readonly kind: 'failed'; readonly answer: Exclude<Answer, { kind: 'ok' }> };

/** Why there is no list. */
export type Unlisted = Exclude<Listing<unknown>, { kind: 'rows' }>;

export interface PageOptions<Row> {
  readonly ask: (path: string) => Promise<Answer>;
  /** With its query, without a page. */
  readonly path: string;
  /** The member that holds the rows. */
  readonly key: string;
  /** A row, or what about it is not as documented. */
  readonly row: (item: Readonly<Record<string, unknown>>) => Row | string;
  /** Some of the older APIs want the page's number beside its token. */
  readonly numbersPages?: boolean;
}

export interface PagesOptions<Row> extends PageOptions<Row> {
  readonly idOf: (row: Row) => string;
  /** Once it says true, a page more is one too many. */
  readonly expired?: () => boolean;
}

/**
 * All pages of a Twilio list. No list states a total, so it is whole when every page is as documented, no id comes twice and the last
 * page names no next one.
 */
export async function readTwilioPages<Row>(options: PagesOptions<Row>): Promise<Listing<Row>> {
  const { idOf, expired = () => false } = options;
  const rows: Row[] = [];
  const tokens = new Set<string>();
  for (let token: string | null = '', number = 0; token !== null; number += 1) {
    if (number >= MAX_PAGES || tokens.has(token) || expired()) return misshapen('the pages do not end');
    tokens.add(token);
    const page: Page<Row> = await readTwilioPage(options, token, number);
    if (page.kind !== 'page') return page;
    for (const row of page.rows) rows.push(row);
    token = page.next;
  }
  if (new Set(rows.map(idOf)).size !== rows.length) return misshapen('the same row came twice');
  return { kind: 'rows', rows };
}

/** One page and the token of the next one, null after the last. */
export type Page<Row> =
  | { readonly kind: 'page'; readonly rows: readonly Row[]; readonly next: string | null }
  | Exclude<Listing<Row>, { kind: 'rows' }>;

/** The page of a token, `''` for the first. Of the link to the next page only its PageToken is taken: the link may name any host. */
export async function readTwilioPage<Row>(options: PageOptions<Row>, token: string, number: number): Promise<Page<Row>> {
  const answer = await options.ask(token === '' ? options.path : nextPath(options, token, number));
  if (answer.kind !== 'ok') return { kind: 'failed', answer };
  const { status, json } = answer;
  if (status !== 200) return misshapen(`the vendor answered ${status} where 200 belongs`);
  const items = isRecord(json) ? json[options.key] : undefined;
  if (!isRecord(json) || !Array.isArray(items)) return misshapen(`a page has no list of ${options.key}`);
  const rows: Row[] = [];
  for (const item of items) {
    const row = isRecord(item) ? options.row(item) : 'a row is not an object';
    if (typeof row === 'string') return misshapen(row);
    rows.push(row);
  }
  const meta = isRecord(json['meta']) ? json['meta'] : json;
  const next = tokenOf(meta['next_page_url'] ?? meta['next_page_uri'] ?? '');
  return next === undefined ? misshapen('a page names a next one without its token') : { kind: 'page', rows, next };
}

function nextPath({ path, numbersPages }: PageOptions<unknown>, token: string, number: number): string {
  const joined = `${path}${path.includes('?') ? '&' : '?'}`;
  return `${joined}${numbersPages === true ? `Page=${number}&` : ''}PageToken=${encodeURIComponent(token)}`;
}

/** Null where there is no link, undefined where there is one without a token. */
function tokenOf(link: unknown): string | null | undefined {
  if (link === '') return null;
  const token = typeof link === 'string' ? /[?&]PageToken=([^&#]+)/.exec(link)?.[1] : undefined;
  try {
    return token === undefined ? undefined : decodeURIComponent(token);
  } catch {
    return undefined;
  }
}

function misshapen(message: string): { readonly kind: 'misshapen'; readonly message: string } {
  return { kind: 'misshapen', message };
}

/** Why there is no list, in words. */
export function whyNoList(listing: Unlisted): string {
  return listing.kind === 'misshapen' ? listing.message : listing.answer.message;
}

/** Twilio writes instants as ISO 8601 in the newer APIs and as RFC 2822 in the older ones. */
export function twilioInstant(value: unknown): string | null {
  const dated = typeof value === 'string' && /^(\d{4}-\d{2}-\d{2}T|[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} )/.test(value);
  const ms = dated ? Date.parse(value) : Number.NaN;
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
