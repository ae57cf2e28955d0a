import { lengthOfPoints, visible } from './encode.ts';

/** A whole sentence is ours and may be long; what is longer than this came from outside. */
const MAX_SENTENCE = 1200;
/** E-mails are at most 254 characters, and a cut one names nobody. */
const MAX_PRINCIPAL = 254;
const MAX_PATH = 400;

/** Punctuation that sentences of ours need and that harms no terminal; everything between it goes through `visible()`. */
const BETWEEN_PUNCTUATION = /[^:;"#=?!&%`<>[\]{}\\|*~^$→…·–—≥≤]+/gu;

/**
 * A sentence of ours that may carry foreign fragments (a step, a guard's message, a vendor's refusal) for a terminal or a log:
 * one line, no control or invisible character, no `::` and no `##[`.
 */
export function encodeSentence(text: string): string {
  const whole = text.slice(0, lengthOfPoints(text, MAX_SENTENCE));
  const cut = whole.length < text.length;
  const safe = whole
    .replace(BETWEEN_PUNCTUATION, (part) => visible(part, Number.POSITIVE_INFINITY))
    .replace(/:(?=:)/g, '\\u{3a}')
    .replace(/#(?=[#[])/g, '\\u{23}');
  return cut ? `${safe}…` : safe;
}

/** The same as a Markdown code span that holds together inside a table cell. */
export function codeSentence(text: string): string {
  return `\`${encodeSentence(text).replaceAll('`', "'").replaceAll('|', '\\u{7c}').trim() || ' '}\``;
}

export function encodePrincipal(principal: string): string {
  return visible(principal, MAX_PRINCIPAL);
}

/** A path whose odd names were made visible where they were found stays as it is: escaped once, not twice. */
export function encodePath(path: string): string {
  return path
    .split(/(\\u\{[0-9a-f]{1,6}\})/)
    .map((part, at) => (at % 2 === 1 ? part : visible(part, MAX_PATH)))
    .join('');
}

/** A code span around text that has passed `visible()`; with nothing to show it would not be a span. */
export function codeSpan(shown: string): string {
  return `\`${shown.trim() || ' '}\``;
}
