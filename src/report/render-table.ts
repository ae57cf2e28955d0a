import type { Style } from './create-style.ts';
import { padText, textWidth, wrapText } from './fit-text.ts';

const GAP = 2;
const INDENT = '  ';
/** Where even whole words have no room, they are broken, but not into less than this. */
const LEAST = 6;

/**
 * A table that fits the terminal: cells are wrapped at spaces where the columns ask for it; where that is not enough, the first `lead`
 * cells of a row stand on a line of their own. A column in which nothing stands is left out. Cells have passed the encoder.
 */
export function renderTable(head: readonly string[], body: readonly (readonly string[])[], lead: number, style: Style): string[] {
  const used = head.map((_, at) => body.some((row) => (row[at] ?? '') !== ''));
  const rows = [head, ...body].map((row) => row.filter((_, at) => used[at]));
  const widths = columnsOf(rows, textWidth);
  const words = columnsOf(rows, (cell) => Math.max(0, ...cell.split(' ').map(textWidth)));
  const first = used.slice(0, lead).filter(Boolean).length;
  const isWide = totalOf(words) <= style.columns;
  const whole = shrink(widths, words, style.columns);
  const room = style.columns - INDENT.length;
  const below = shrink(shrink(widths.slice(first), words.slice(first), room), Array(words.length).fill(LEAST), room);
  return rows.flatMap((row, at) => {
    const title = wrapText(row.slice(0, first).join(INDENT).trimEnd(), style.columns);
    const lines = isWide ? linesOf(row, whole) : [...title, ...linesOf(row.slice(first), below).map((line) => INDENT + line)];
    return at === 0 ? lines.map(style.dim) : lines;
  });
}

/** One row, as many lines high as its highest cell. */
function linesOf(row: readonly string[], widths: readonly number[]): string[] {
  const cells = row.map((cell, at) => wrapText(cell, widths[at] ?? 0));
  const height = Math.max(0, ...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, at) => padText(cell[line] ?? '', widths[at] ?? 0))
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

function columnsOf(rows: readonly (readonly string[])[], measure: (cell: string) => number): number[] {
  return (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => measure(row[at] ?? ''))));
}

/** Room is taken from the column that has most to give, again and again. */
function shrink(widths: readonly number[], least: readonly number[], columns: number): number[] {
  const shrunk = [...widths];
  while (totalOf(shrunk) > columns) {
    const spare = shrunk.map((width, at) => width - (least[at] ?? 0));
    const most = Math.max(...spare);
    if (most <= 0) break;
    const at = spare.indexOf(most);
    shrunk[at] = (shrunk[at] ?? 0) - 1;
  }
  return shrunk;
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
}
