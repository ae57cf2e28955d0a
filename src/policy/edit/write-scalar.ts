/** Text that reads as the same text without quotes, in block and in flow style. */
const PLAIN = /^(?:\p{L}(?:[\p{L}\p{M}\p{N} .'@+_/()-]*[\p{L}\p{M}\p{N}.')])?|[0-9]{4}-[0-9]{2}-[0-9]{2})$/u;
const NOT_TEXT = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

/** A text as YAML: plain where that is safe, otherwise in double quotes. */
export function writeScalar(text: string): string {
  return PLAIN.test(text) && !NOT_TEXT.test(text) ? text : JSON.stringify(text);
}
