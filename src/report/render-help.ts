import { EXIT_MEANINGS } from '../errors.ts';
import { textWidth, wrapAfter } from './fit-text.ts';

const INDENT = '  ';
/** A column of fewer columns is no column to read. */
const LEAST_COLUMN = 24;

/** A command, flag or argument with what it is: beside it where there is room, else below it. */
export function renderHelpItem(term: string, termWidth: number, about: string, columns: number): string {
  const lead = `${INDENT}${term.padEnd(termWidth)}${INDENT}`;
  if (about === '') return lead.trimEnd();
  if (columns - textWidth(lead) >= LEAST_COLUMN) return wrapAfter(lead, about, columns).join('\n');
  const below = wrapAfter(INDENT.repeat(3), about, columns);
  return [`${INDENT}${term}`, ...below].join('\n');
}

/** Command lines that can be pasted, also where one takes several lines. */
export function renderExamples(examples: readonly string[], columns: number): string {
  const lines = examples.flatMap((example) => {
    const [first = '', ...more] = splitWords(example, columns - 8);
    return more.length === 0
      ? [`  $ ${first}`]
      : [`  $ ${first} \\`, ...more.map((line, at) => `      ${line}${at < more.length - 1 ? ' \\' : ''}`)];
  });
  return `\nExamples:\n${lines.join('\n')}\n`;
}

/** Broken at spaces and nowhere else: half a path is another path. */
function splitWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(last) + 1 + textWidth(word) <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export function renderExitCodes(columns: number): string {
  const rows = Object.entries(EXIT_MEANINGS).flatMap(([code, meaning]) => wrapAfter(`  ${code.padStart(3)}  `, meaning, columns));
  return `\nExit codes:\n${rows.join('\n')}\n`;
}
