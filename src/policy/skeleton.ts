/** What the confusables table makes of ASCII in lower case; a test holds it against the table. */
const ASCII: Readonly<Record<string, string>> = { '"': "''", '%': 'º/₀', '0': 'o', '1': 'l', '`': "'", m: 'rn', '|': 'l' };
const ASCII_LIKE = /["%01`m|]/g;
const IS_ASCII = /^[\x20-\x7e]*$/;

/** Reduces texts to what they look like, after NFKC and lower case. The table of 6,000 look-alikes is loaded when a text needs it. */
export async function createSkeleton(texts: Iterable<string>): Promise<(text: string) => string> {
  const known = new Map<string, string>(Object.entries(ASCII));
  let unhomoglyph: ((text: string) => string) | null = null;
  for (const text of texts) {
    if (IS_ASCII.test(text)) continue;
    unhomoglyph = (await import('unhomoglyph')).default;
    break;
  }
  const reduce = (point: string): string => {
    const found = known.get(point);
    if (found !== undefined) return found;
    const made = unhomoglyph === null || point.charCodeAt(0) < 0x80 ? point : unhomoglyph(point).toLowerCase();
    known.set(point, made);
    return made;
  };
  return (text) => {
    if (IS_ASCII.test(text)) return text.toLowerCase().replace(ASCII_LIKE, (mark) => ASCII[mark] ?? mark);
    let skeleton = '';
    for (const point of text.normalize('NFKC').toLowerCase()) skeleton += reduce(point);
    return skeleton;
  };
}
