/** Lines of Markdown that belong together; without lines it does not appear. */
export type Block = readonly string[];

export function countBytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Blocks with an empty line between them, ending in a newline. */
export function joinBlocks(blocks: readonly Block[]): string {
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** The first lines that fit into `maxBytes`, and one that says how many did not; never a part of a line. */
export function fitLines(lines: readonly string[], maxBytes: number, more: (hidden: number) => string): string[] {
  if (takeLines(lines, maxBytes).length === lines.length) return [...lines];
  const kept = takeLines(lines, maxBytes - bytesOf(more(lines.length)));
  return [...kept, more(lines.length - kept.length)];
}

/** As many of the first lines as fit into `maxBytes`, each with its line end. */
export function takeLines(lines: readonly string[], maxBytes: number): string[] {
  let left = maxBytes;
  const over = lines.findIndex((line) => {
    left -= bytesOf(line);
    return left < 0;
  });
  return over < 0 ? [...lines] : lines.slice(0, over);
}

function bytesOf(line: string): number {
  return countBytes(line) + 1;
}
