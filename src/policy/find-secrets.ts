/** A run of text that looks like a credential, and what kind it looks like. */
export interface SecretLike {
  readonly at: number;
  readonly what: string;
}

/** Only from the start of a run: tries at every letter of it would make the search many times slower. */
const RUN = /(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{20,}/g;
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/KEY[0-9A-Fa-f]{20,}/, 'a Telnyx API key'],
  [/SK[0-9a-f]{32}/, 'a Twilio API key'],
  [/(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}/, 'a GitHub token'],
  [/AKIA[0-9A-Z]{16}/, 'an AWS access key'],
];
/** Identifiers, not secrets: a UUID, or an account, organization or user SID. */
const IDENTIFIER = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:AC|OR|US)[0-9a-f]{32})$/i;
const LONG_HEX = /[0-9a-f]{32,}/i;
const KEY_SID = /(?<![A-Za-z0-9+/=_-])SK[0-9a-f]{32}(?![A-Za-z0-9+/=_-])/g;

/**
 * Where a text holds what looks like a secret; at most `most` places. Linear in the text. A file that names keys may hold their SIDs, which
 * open nothing.
 */
export function findSecrets(text: string, most = 20, namesKeys = false): SecretLike[] {
  const found: SecretLike[] = [];
  // As long as what they stand for, so that every place stays where it was.
  const searched = namesKeys ? text.replace(KEY_SID, (sid) => ' '.repeat(sid.length)) : text;
  for (const match of searched.matchAll(RUN)) {
    const what = kindOf(match[0]);
    if (what !== null && found.push({ at: match.index, what }) >= most) break;
  }
  return found;
}

function kindOf(run: string): string | null {
  for (const [pattern, what] of KINDS) if (pattern.test(run)) return what;
  if (run.length < 32 || IDENTIFIER.test(run)) return null;
  if (LONG_HEX.test(run)) return 'a long hexadecimal secret';
  return changesOften(run) ? 'a long random secret' : null;
}

/** Random text goes from one class of characters to another at every second step; words and paths do not. */
function changesOften(run: string): boolean {
  let changes = 0;
  for (let index = 1; index < run.length; index += 1) if (classOf(run, index) !== classOf(run, index - 1)) changes += 1;
  return changes >= run.length * 0.3 && /[0-9]/.test(run) && /[A-Za-z]/.test(run);
}

function classOf(run: string, index: number): number {
  const code = run.charCodeAt(index);
  if (code >= 0x30 && code <= 0x39) return 0;
  if (code >= 0x41 && code <= 0x5a) return 1;
  return code >= 0x61 && code <= 0x7a ? 2 : 3;
}
