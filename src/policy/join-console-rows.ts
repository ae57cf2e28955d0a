import { compareText } from '../text/digest.ts';
import type { ConsoleRow, Remark } from './read-console-pages.ts';

/** Somebody in several lines of one page has all their roles; on both pages they are a contradiction. Sorted by address. */
export function joinConsoleRows(rows: readonly ConsoleRow[], problems: Remark[]): readonly ConsoleRow[] {
  const joined = new Map<string, ConsoleRow>();
  for (const row of rows) {
    const first = joined.get(row.email);
    if (first !== undefined && first.status !== row.status) {
      problems.push({ line: row.line, text: row.email, why: `line ${first.line} says ${first.status} and this one ${row.status}` });
    }
    const roles = [...new Set([...(first?.roles ?? []), ...row.roles])].sort();
    joined.set(row.email, { ...(first ?? row), roles });
  }
  return [...joined.values()].toSorted((a, b) => compareText(a.email, b.email));
}
