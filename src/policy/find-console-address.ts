const EMAIL =
  /[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*(?:\.[A-Za-z0-9]+(?:-+[A-Za-z0-9]+)*)*\.[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]/g;
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
  const [match, second] = [...text.matchAll(EMAIL)];
  if (second !== undefined) return 'more than one address';
  if (match === undefined || match[0].length > MAX_EMAIL) return 'this is no address that an account can have';
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  if (isWordPart(before.at(-1)) || isWordPart(after[0])) return 'the address runs into something else';
  return { email: match[0].toLowerCase(), before, after };
}

function isWordPart(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}\p{M}\p{Cf}@._%+\uff20-]/u.test(character);
}
