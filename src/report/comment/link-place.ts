import type { Place } from '../../model.ts';
import { codeSentence, codeSpan, encodePath } from '../../text/encode-sentence.ts';

/** What an address may consist of where it stands between the brackets of a Markdown link. */
const SAFE_URL = /^https?:\/\/[A-Za-z0-9.:/_~%-]{1,800}(?:#L\d+)?$/;
const COMMIT = /^[0-9a-f]{7,64}$/;
/** Where a path was made visible because it is odd, no file of that name exists to link to. */
const ODD = /\\u\{/;

/** A link, or its bare text where the address is not one we would follow. `text` is Markdown. */
export function linkTo(text: string, url: string | null): string {
  return url !== null && SAFE_URL.test(url) ? `[${text}](${url})` : text;
}

/** `teams/voice.yaml:6`, linked to that line of that commit. */
export function linkPlace(place: Place, url: string, commit: string | null): string {
  const path = encodePath(place.file);
  const text = codeSentence(`${path.split('/').slice(-2).join('/')}:${place.line}`);
  if (commit === null || !COMMIT.test(commit) || ODD.test(path)) return text;
  return linkTo(text, `${url}/blob/${commit}/${place.file.split('/').map(encodeSegment).join('/')}#L${place.line}`);
}

/** A commit as people compare it. */
export function shortCommit(commit: string): string {
  return codeSpan(COMMIT.test(commit) ? commit.slice(0, 12) : 'unknown');
}

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
