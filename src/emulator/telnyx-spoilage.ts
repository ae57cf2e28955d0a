import type { DocumentFault, Spoilage } from './deliver-with-fault.ts';
import { type Fields, isFields } from './read-fields.ts';
import { rewriteDocument, withFirst, withFirstRepeated } from './rewrite-document.ts';
import { type VendorCode, vendorError } from './vendor-error.ts';

const FOREIGN = 'https://vendor.example/v2/sub_users?page[number]=2&page[size]=250';
const CODES: Readonly<Record<number, VendorCode>> = { 401: '10009', 403: '10010', 404: '10005', 429: '10011' };

/** How Telnyx's answers go wrong: `data` and `meta` are all there is to lie about. */
export const TELNYX_SPOILAGE: Spoilage = {
  foreign: FOREIGN,
  error: (status) => vendorError(status, CODES[status] ?? (status >= 500 ? '10007' : '10015'), 'The emulator was told to answer this.'),
  rewrite: (kind, reply) =>
    rewriteDocument(reply, ({ data, meta }) => {
      const edited = EDITS[kind](data, isFields(meta) ? meta : {});
      return meta === undefined ? { data: edited['data'] } : edited;
    }),
  firstPage: (path) => {
    const url = new URL(path, 'http://127.0.0.1');
    url.searchParams.set('page[number]', '1');
    return `${url.pathname}${url.search}`;
  },
  isList: ({ method, path }) => method === 'GET' && /^\/v2\/(sub_users|organizations\/users(\/users_groups_report)?)(\?|$)/.test(path),
};

type Edit = (data: unknown, meta: Fields) => Fields;

const EDITS: Readonly<Record<DocumentFault, Edit>> = {
  empty_page: (_data, meta) => ({ data: [], meta }),
  empty_list: (_data, meta) => ({ data: [], meta: { ...meta, ...zero(meta, 'total_results'), ...zero(meta, 'total_pages') } }),
  short_page: (data, meta) => ({ data: rowsOf(data).slice(0, -1), meta }),
  duplicate_row: (data, meta) => ({ data: withFirstRepeated(rowsOf(data)), meta }),
  total_changes: (data, meta) => ({ data, meta: { ...meta, total_results: Number(meta['total_results'] ?? 0) + 1 } }),
  foreign_next: (data, meta) => ({ data, meta: { ...meta, next_page_url: FOREIGN } }),
  wrong_shape: (data, meta) => ({ data: Array.isArray(data) ? { items: data } : [data], meta }),
  unknown_role: (data, meta) => ({ data: withFirst(data, { role: 'auditor' }), meta }),
  unknown_status: (data, meta) => ({ data: withFirst(data, { [statusKeyOf(data)]: 'dormant' }), meta }),
};

/** The two APIs call it by two names. */
function statusKeyOf(data: unknown): string {
  const [first] = Array.isArray(data) ? (data as unknown[]) : [data];
  return isFields(first) && Object.hasOwn(first, 'user_status') ? 'user_status' : 'status';
}

function rowsOf(data: unknown): readonly unknown[] {
  return Array.isArray(data) ? data : [];
}

function zero(meta: Fields, key: string): Fields {
  return Object.hasOwn(meta, key) ? { [key]: 0 } : {};
}
