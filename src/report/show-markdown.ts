import type { Style } from './create-style.ts';
import { fitText, padText, textWidth, wrapText } from './fit-text.ts';

/**
 * A comment of ours as a terminal shows it: tables in columns, details closed, links as their words. Only for Markdown that rollcall
 * wrote itself, which has passed the encoder already.
 */
export function showMarkdown(markdown: string, style: Style): string {
  const shown: string[] = [];
  const lines = markdown.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line.startsWith('<details>')) {
      shown.push(style.dim(`▸ ${plain(line)}`));
      while (at + 1 < lines.length && lines[at] !== '</details>') at += 1;
    } else if (line.startsWith('|')) {
      const rows = [];
      for (; (lines[at] ?? '').startsWith('|'); at += 1) rows.push(cellsOf(lines[at] ?? ''));
      at -= 1;
      shown.push(...tableOf(rows, style));
    } else shown.push(...showLine(line, style));
  }
  return `${shown
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

function showLine(line: string, style: Style): string[] {
  const words = plain(line.replace(/^(#+|>) ?/, ''));
  const wrapped = wrapText(words, style.columns - 4);
  if (line.startsWith('#')) return wrapped.map((one) => style.bold(one));
  if (/^> \[!\w+\]$/.test(line)) return [];
  if (line.startsWith('>')) return wrapped.map((one) => `${style.red('┃')} ${one}`);
  if (line.startsWith('<sub>')) return wrapped.map((one) => style.dim(one));
  return wrapped.length === 0 ? [''] : wrapped;
}

/** Cells of a row; an escaped pipe is no border. */
function cellsOf(line: string): string[] {
  return line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => plain(cell.trim()));
}

function tableOf(rows: readonly (readonly string[])[], { columns, dim }: Style): string[] {
  const body = rows.filter((row) => !row.every((cell) => /^:?-+:?$/.test(cell)));
  const widths = (body[0] ?? []).map((_, index) => Math.max(...body.map((row) => textWidth(row[index] ?? ''))));
  // What does not fit is taken from the last column, which says why and where.
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const last = Math.max(12, columns - before);
  return body.map((row, index) => {
    const cells = row.map((cell, column) => (column === row.length - 1 ? fitText(cell, last) : padText(cell, widths[column] ?? 0)));
    const text = cells.join('  ').trimEnd();
    return index === 0 ? dim(text) : text;
  });
}

/** Marks of Markdown and tags of ours taken off. */
function plain(text: string): string {
  return text
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/\[([^[\]]*)\]\([^()]*\)/g, '$1')
    .replaceAll(/\*\*|`/g, '')
    .replaceAll('\\|', '|');
}
