const LOCAL = /[A-Za-z0-9._%+-]/;
const FIRST = /[A-Za-z0-9]/;
const DOMAIN = /[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)*\.[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]/y;
const MAX_EMAIL = 254;

export interface ConsoleAddress {
  /** In lower case. */
  readonly email: string;
  /** What stands beside it on its line. */
  readonly before: string;
  readonly after: string;
}

/** The one address of a line, or why there is none that can be told. */
export function findConsoleAddress(text: string): ConsoleAddress | string {
  const [found, second] = findAddresses(text);
  if (second !== undefined) return 'more than one address';
  if (found === undefined || found.end - found.start > MAX_EMAIL) return 'this is no address that an account can have';
  const before = text.slice(0, found.start);
  const after = text.slice(found.end);
  if (isWordPart(before.at(-1)) || isWordPart(after[0])) return 'the address runs into something else';
  return { email: text.slice(found.start, found.end).toLowerCase(), before, after };
}

/** From each at sign to both sides, since a search from every letter takes the square of a long line's length. */
function findAddresses(text: string): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const least = found.at(-1)?.end ?? 0;
    let start = at;
    while (start > least && LOCAL.test(text[start - 1] ?? '')) start -= 1;
    while (start < at && !FIRST.test(text[start] ?? '')) start += 1;
    DOMAIN.lastIndex = at + 1;
    if (start < at && DOMAIN.test(text)) found.push({ start, end: DOMAIN.lastIndex });
  }
  return found;
}

function isWordPart(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}\p{M}\p{Cf}@._%+\uff20-]/u.test(character);
}
