import type { DocumentFault, Spoilage } from '../deliver-with-fault.ts';
import { type Fields, isFields } from '../read-fields.ts';
import { rewriteDocument, withFirst, withFirstRepeated } from '../rewrite-document.ts';
import { classicError, scimError } from './twilio-error.ts';

const FOREIGN = 'https://vendor.example/v2/Organizations/RoleAssignments?PageToken=PT01';
const CODES: Readonly<Record<number, number>> = { 401: 20_003, 403: 20_003, 404: 20_404, 409: 25_020, 429: 20_429 };
/** The lists that Twilio's documents have, by their own name for it. */
const LISTS = ['Resources', 'content', 'roles', 'keys', 'accounts', 'events'] as const;
const LIST_PATHS =
  /^\/(scim\/v2\/Users|v2\/Organizations\/(Roles|RoleAssignments)|Organizations\/[^/]+\/(scim\/Users|RoleAssignments|Accounts)|v1\/(Keys|Events)|2010-04-01\/Accounts(\/[^/]+\/Keys)?\.json)(\?|$)/;

/** How Twilio's answers go wrong. A list without a stated total can only be caught by reading it again. */
export const TWILIO_SPOILAGE: Spoilage = {
  foreign: FOREIGN,
  error: (status, { path }) => {
    const words = 'The emulator was told to answer this.';
    return path.includes('/scim/')
      ? scimError(status, CODES[status] ?? 25_019, words)
      : classicError(status, CODES[status] ?? 20_001, words);
  },
  rewrite: (kind, reply) => rewriteDocument(reply, EDITS[kind]),
  firstPage: (path) => {
    const url = new URL(path, 'http://127.0.0.1');
    url.searchParams.delete('PageToken');
    url.searchParams.delete('Page');
    return `${url.pathname}${url.search}`;
  },
  isList: ({ method, path }) => method === 'GET' && LIST_PATHS.test(path),
};

const EDITS: Readonly<Record<DocumentFault, (document: Fields) => Fields>> = {
  empty_page: (document) => withRows(document, () => []),
  empty_list: (document) => ({
    ...withRows(document, () => []),
    ...(Object.hasOwn(document, 'totalResults') ? { totalResults: 0 } : {}),
    ...withNext(document, null),
  }),
  short_page: (document) => withRows(document, (rows) => rows.slice(0, -1)),
  duplicate_row: (document) => withRows(document, withFirstRepeated),
  total_changes: (document) =>
    Object.hasOwn(document, 'totalResults') ? { ...document, totalResults: Number(document['totalResults']) + 1 } : document,
  foreign_next: (document) => ({ ...document, ...withNext(document, FOREIGN) }),
  wrong_shape: (document) => ({ data: document }),
  unknown_role: (document) => withRows(document, (rows) => withFirst(rows, { role_sid: `IX${'9'.repeat(32)}` }) as readonly unknown[]),
  unknown_status: (document) =>
    Object.hasOwn(document, 'active')
      ? { ...document, active: 'dormant' }
      : withRows(document, (rows) => withFirst(rows, { active: 'dormant' }) as readonly unknown[]),
};

function withRows(document: Fields, edit: (rows: readonly unknown[]) => readonly unknown[]): Fields {
  const list = LISTS.find((name) => Array.isArray(document[name]));
  return list === undefined ? document : { ...document, [list]: edit(document[list] as readonly unknown[]) };
}

function withNext(document: Fields, next: string | null): Fields {
  const { meta } = document as { meta?: unknown };
  if (isFields(meta)) return { meta: { ...meta, next_page_url: next } };
  return Object.hasOwn(document, 'next_page_uri') ? { next_page_uri: next } : {};
}
