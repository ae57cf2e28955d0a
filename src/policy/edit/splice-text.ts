/** A range of a text, by offsets, and what takes its place. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Lines of a file as they were and as they are. */
export interface EditedLines {
  /** The first of them, from 1, as they were. */
  readonly line: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The text with its splices made; null when two of them want the same bytes. */
export function spliceText(text: string, splices: readonly Splice[]): string | null {
  let out = '';
  let at = 0;
  for (const splice of inOrder(splices)) {
    if (splice.start < at) return null;
    out += text.slice(at, splice.start) + splice.text;
    at = splice.end;
  }
  return out + text.slice(at);
}

/** The lines that splices touch. */
export function linesOf(text: string, splices: readonly Splice[]): EditedLines[] {
  const edited: EditedLines[] = [];
  const rest = inOrder(splices);
  while (rest.length > 0) {
    const group: Splice[] = [];
    const start = text.lastIndexOf('\n', (rest[0]?.start ?? 0) - 1) + 1;
    let end = start;
    for (let next = rest[0]; next !== undefined && (group.length === 0 || next.start < end); next = rest[0]) {
      group.push(next);
      rest.shift();
      end = Math.max(end, endOfLine(text, next));
    }
    const moved = group.map((one) => ({ start: one.start - start, end: one.end - start, text: one.text }));
    const before = text.slice(start, end);
    edited.push({ line: countLines(text, start), before: splitLines(before), after: splitLines(spliceText(before, moved) ?? '') });
  }
  return edited;
}

function inOrder(splices: readonly Splice[]): Splice[] {
  return splices.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

function endOfLine(text: string, { start, end }: Splice): number {
  if (end > start && text[end - 1] === '\n') return end;
  const feed = text.indexOf('\n', end);
  return feed === -1 ? text.length : feed + 1;
}

function countLines(text: string, before: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < before; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

export function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
