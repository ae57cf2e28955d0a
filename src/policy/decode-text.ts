import type { Finding } from '../model.ts';
import { findSecrets } from './find-secrets.ts';
import { finding } from './findings.ts';
import { createLocator, LIMITS } from './policy-tree.ts';

export type Decoded =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

/** C0 but tab and line ends, DEL, C1, bidirectional marks, everything invisible (also what Unicode lists as visible and no font shows), noncharacters, and a CR of its own. */
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u2800\ufff9-\ufffc\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Surrogate}]|\r(?!\n)/gu;
const PLAIN = /^[\t\n\x20-\x7e]*$/;

/**
 * Bytes of a file to its text, or why it is refused before anything parses it. A leading BOM is dropped, CRLF stays.
 * `namesKeys` as in `findSecrets`.
 */
export function decodeText(file: string, bytes: Uint8Array, namesKeys: boolean): Decoded {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { kind: 'refused', findings: [finding('not-utf8', { file, line: firstBadLine(bytes), column: 1 })] };
  }
  const placeOf = createLocator(file, text);
  const findings: Finding[] = [];
  for (const { at, point } of forbiddenCharacters(text)) findings.push(finding('forbidden-character', placeOf(at), point));
  for (const secret of findSecrets(text, undefined, namesKeys)) findings.push(finding('secret-in-policy', placeOf(secret.at), secret.what));
  return findings.length > 0 ? { kind: 'refused', findings } : { kind: 'text', text };
}

/** Characters that have no place in a policy, up to the limit of findings of one file. */
export function forbiddenCharacters(text: string): { at: number; point: string }[] {
  if (PLAIN.test(text)) return [];
  const found: { at: number; point: string }[] = [];
  for (const match of text.matchAll(FORBIDDEN)) {
    const point = (match[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    if (found.push({ at: match.index, point }) >= LIMITS.findings) break;
  }
  return found;
}

/** No UTF-8 sequence contains a line feed, so each line can be tried by itself. */
function firstBadLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let start = 0; start <= bytes.length; line += 1) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed === -1 ? bytes.length : feed;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return 1;
}
