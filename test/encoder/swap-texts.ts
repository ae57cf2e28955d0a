/** Gives the text that stands in the place of another; `field` is where it stood, such as `changes.before.name`. */
export type Swap = (text: string, field: string) => string;

/** The same document with every text of it swapped, but for those whose key is `fixed`: they decide something, and can only be ours. */
export function swapTexts<T>(value: T, fixed: ReadonlySet<string>, swap: Swap): T {
  const walk = (one: unknown, key: string, field: string): unknown => {
    if (fixed.has(key)) return one;
    if (typeof one === 'string') return swap(one, field);
    if (Array.isArray(one)) return one.map((each) => walk(each, '', field));
    if (one instanceof Map) return new Map([...one].map(([id, inner]) => [id, walk(inner, '', field)]));
    if (one === null || typeof one !== 'object' || one instanceof Set) return one;
    return Object.fromEntries(
      Object.entries(one).map(([name, inner]) => [name, walk(inner, name, field === '' ? name : `${field}.${name}`)]),
    );
  };
  return walk(value, '', '') as T;
}

/** Every field of the document that holds a text. */
export function fieldsOf(value: unknown, fixed: ReadonlySet<string>): string[] {
  const fields = new Set<string>();
  swapTexts(value, fixed, (text, field) => {
    fields.add(field);
    return text;
  });
  return [...fields].toSorted();
}
