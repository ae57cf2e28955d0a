import { type Block, countBytes, joinBlocks, takeLines } from '../comment/fit-lines.ts';
import { formatNumber } from '../count-words.ts';

/** Rows under a title; with nothing to list it does not appear. */
export interface Section {
  readonly title: string;
  /** What stands directly above the rows, such as the head of a table. */
  readonly head: readonly string[];
  /** Each is shown whole or not at all. */
  readonly rows: readonly string[];
  /** How many more there are than rows. */
  readonly unnamed?: number;
  /** What the rows are called: `difference`, `differences`. */
  readonly called: readonly [one: string, many: string];
}

/** Sections in at most `maxBytes` bytes where that can be: room goes to the rows in the order given, and every row left out is counted. */
export function fitSections(given: readonly Section[], maxBytes: number): Block[] {
  const sections = given.filter(({ rows, unnamed = 0 }) => rows.length + unnamed > 0);
  const whole = sections.map((section) => blockOf(section, section.rows));
  if (countBytes(joinBlocks(whole)) <= maxBytes) return whole;
  let left = maxBytes - countBytes(joinBlocks(sections.map((section) => [...blockOf(section, []), ...section.head])));
  return sections.map((section) => {
    const shown = takeLines(section.rows, left);
    left -= shown.reduce((sum, row) => sum + countBytes(row) + 1, 0);
    return blockOf(section, shown);
  });
}

function blockOf({ title, head, rows, called, unnamed = 0 }: Section, shown: readonly string[]): string[] {
  const hidden = rows.length + unnamed - shown.length;
  const table = shown.length === 0 ? [] : ['', ...head, ...shown];
  return [title, ...table, ...(hidden === 0 ? [] : ['', `**${moreWords(hidden, called, shown.length > 0)}**`])];
}

function moreWords(hidden: number, [one, many]: Section['called'], isMore: boolean): string {
  const count = formatNumber(hidden);
  return `${count}${isMore ? ' more' : ''} ${hidden === 1 ? one : many}, for which there is no room here.`;
}
