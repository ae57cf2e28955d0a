import { type Fields, isFields } from './read-fields.ts';
import type { EmulatedReply } from './vendor-error.ts';

/** Edits the document of a good answer; errors and empty bodies stay as they are. */
export function rewriteDocument(reply: EmulatedReply, edit: (document: Fields) => Fields): EmulatedReply {
  if (reply.status >= 300 || !reply.body.startsWith('{')) return reply;
  return { ...reply, body: JSON.stringify(edit(JSON.parse(reply.body) as Fields)) };
}

/** The first row stands in the last one's place, so that the number of rows is still right. */
export function withFirstRepeated(rows: readonly unknown[]): readonly unknown[] {
  return rows.length === 1 ? [rows[0], rows[0]] : rows.map((row, index) => (index === rows.length - 1 ? rows[0] : row));
}

/** A list whose first row, or a row that, has other fields. */
export function withFirst(rows: unknown, fields: Fields): unknown {
  const change = (row: unknown): unknown => (isFields(row) ? { ...row, ...fields } : row);
  return Array.isArray(rows) ? rows.map((row: unknown, index) => (index === 0 ? change(row) : row)) : change(rows);
}
