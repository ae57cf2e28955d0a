import { createHash } from 'node:crypto';

/**
 * The one encoder for text that is not ours: names from a vendor, words from a policy, sentences from an error body.
 * What it lets through is harmless in a terminal, in a runner's log (no `::`, `##[`, CR), inside a Markdown code span
 * and in HTML text; everything else becomes `\u{hex}`, so two different inputs never look the same.
 */
const HARMLESS = /[A-Za-z0-9 ._+@'(),/-]/u;
const WORD = /[\p{L}\p{M}\p{N}]/u;
const IGNORABLE = /\p{Default_Ignorable_Code_Point}/u;
const ALL_HARMLESS = /^[A-Za-z0-9 ._+@'(),/-]*$/;

const MAX_CODE_POINTS = 80;

/**
 * Foreign text made visible: of at most `maxCodePoints` characters, each as it is or escaped. Longer text is cut, and marked with a part of
 * its hash.
 */
export function visible(text: string, maxCodePoints: number = MAX_CODE_POINTS): string {
  if (text.length <= maxCodePoints && ALL_HARMLESS.test(text)) return text;
  const normal = text.normalize('NFC');
  const length = lengthOfPoints(normal, maxCodePoints);
  const cut = length < normal.length;
  const shown = [...normal.slice(0, length)].map(escapePoint).join('');
  return cut ? `${shown}...(${createHash('sha256').update(text).digest('hex').slice(0, 8)})` : shown;
}

/** Foreign text that should be one word, an id for instance: what could make a sentence of it is escaped as well. */
export function visibleWord(text: string): string {
  return visible(text).replace(/[ +@'(),]/g, (character) => `\\u{${character.charCodeAt(0).toString(16)}}`);
}

/** How long the first `count` characters of a text are; a text may be long, and only those are looked at. */
export function lengthOfPoints(text: string, count: number): number {
  if (text.length <= count) return text.length;
  let length = 0;
  for (let left = count; left > 0 && length < text.length; left -= 1) length += (text.codePointAt(length) ?? 0) > 0xffff ? 2 : 1;
  return length;
}

/** One character as it is, or escaped. */
function escapePoint(point: string): string {
  if (HARMLESS.test(point) || (WORD.test(point) && !IGNORABLE.test(point))) return point;
  return `\\u{${(point.codePointAt(0) ?? 0).toString(16)}}`;
}

/** The message of a workflow command (`::error …::message`), by the runner's own unescaping. */
export function commandMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a workflow command (`file=…`). */
export function commandProperty(text: string): string {
  return commandMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** Takes known secrets out of a text; see `createRedactor`, which is faster for many texts. */
export function redact(text: string, secrets: readonly string[]): string {
  return createRedactor(secrets)(text);
}

/**
 * What takes known secrets out of texts, in the forms they are met in: as they are, in base64, JSON-escaped, in hex, and escaped for a URL or a
 * form. Secrets shorter than 8 characters are not looked for: they would blot out ordinary words.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = secrets
    .filter((secret) => secret.length >= 8)
    // The longest first: a short one may be the beginning of a longer one, and would leave its end.
    .toSorted((a, b) => b.length - a.length)
    .flatMap((secret) => [...formsOf(secret)]);
  return (text) => forms.reduce((clean, form) => clean.replaceAll(form, '[secret]'), text);
}

function formsOf(secret: string): ReadonlySet<string> {
  const bytes = Buffer.from(secret, 'utf8');
  const inUrl = encodeURIComponent(secret);
  const escaped = [inUrl, inUrl.replace(/[!'()*]/g, escapeByte), new URLSearchParams({ '': secret }).toString().slice(1)];
  return new Set([
    secret,
    bytes.toString('base64'),
    bytes.toString('base64').replaceAll('=', ''),
    bytes.toString('base64url'),
    ...escaped,
    ...escaped.map((form) => form.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase())),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ]);
}

function escapeByte(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
