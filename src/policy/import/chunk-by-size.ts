/** What goes into one file, somewhat below what is read of one: bytes, people, members and grants. */
export const MOST = { bytes: 240 * 1024, people: 3000, members: 5000, grants: 150 } as const;

/** Items in as few parts as stay within a number of items and the bytes of a file. */
export function chunkBySize<Item>(items: readonly Item[], size: (item: Item) => number, mostItems: number): Item[][] {
  const parts: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const part = parts.at(-1);
    const own = size(item);
    if (part === undefined || part.length >= mostItems || bytes + own > MOST.bytes) {
      parts.push([item]);
      bytes = own;
    } else {
      part.push(item);
      bytes += own;
    }
  }
  return parts;
}

/** Bytes of a text in UTF-8. */
export function sizeOf(text: string): number {
  return new TextEncoder().encode(text).length;
}
