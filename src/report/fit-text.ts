import stringWidth from 'string-width';

/** One column each, also side by side: ASCII, the Latin letters of most names, and the signs that rollcall itself prints. */
const NARROW = /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u017f–—…→≤≥✓✗]*$/;
const UNBREAKABLE = /@|:\/\//;

/** Columns that plain text takes on a terminal. */
export function textWidth(text: string): number {
  return NARROW.test(text) ? text.length : stringWidth(text);
}

/** Cut to at most `columns`, with an ellipsis at the end, or at the front where the end says more. */
export function fitText(text: string, columns: number, cutAt: 'end' | 'front' = 'end'): string {
  if (textWidth(text) <= columns) return text;
  const points = cutAt === 'end' ? [...text] : [...text].reverse();
  const kept: string[] = [];
  let width = 1;
  for (const point of points) {
    width += textWidth(point);
    if (width > columns) break;
    kept.push(point);
  }
  return cutAt === 'end' ? `${kept.join('').trimEnd()}…` : `…${kept.reverse().join('')}`;
}

/** A path shortened by its leading folders, which say least. */
export function fitPath(path: string, columns: number): string {
  let shown = path;
  for (let at = path.indexOf('/'); textWidth(shown) > columns && at >= 0; at = path.indexOf('/', at + 1)) shown = `…${path.slice(at)}`;
  return textWidth(shown) <= columns ? shown : fitText(path, columns, 'front');
}

export function padText(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - textWidth(text)));
}

/** Lines of at most `columns`, broken at spaces; e-mails and addresses stay whole, other long words are broken. */
export function wrapText(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((one) => breakWord(one, columns))) {
    if (line === '') line = word;
    else if (textWidth(line) + 1 + textWidth(word) <= columns) line += ` ${word}`;
    else {
      lines.push(line);
      line = word;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Wrapped below a first line that begins with `lead`; the other lines are indented by its width. */
export function wrapAfter(lead: string, text: string, columns: number): string[] {
  const indent = textWidth(lead);
  const lines = wrapText(text, Math.max(columns - indent, 20));
  return lines.map((line, at) => (at === 0 ? lead : ' '.repeat(indent)) + line);
}

/** Lines of sentences, each wrapped below its own indent. */
export function wrapProse(text: string, columns: number): string {
  const lines = text.split('\n').flatMap((line) => {
    const said = line.trimStart();
    return said === '' ? [''] : wrapAfter(line.slice(0, line.length - said.length), said, columns);
  });
  return lines.join('\n');
}

function breakWord(word: string, columns: number): string[] {
  if (textWidth(word) <= columns || UNBREAKABLE.test(word)) return [word];
  const parts: string[] = [];
  let part = '';
  let width = 0;
  for (const point of word) {
    const more = textWidth(point);
    if (width + more > columns && part !== '') {
      parts.push(part);
      part = '';
      width = 0;
    }
    part += point;
    width += more;
  }
  return [...parts, part];
}
