import { codeSpan, encodePrincipal } from '../text/encode-sentence.ts';
import type { Attribution } from '../watch.ts';
import { formatInstant } from './format-instant.ts';

/** Who is likely to have made a difference and when, as a cell of Markdown. */
export function describeLikely(likely: Attribution | null): string {
  return likely === null ? 'not known' : `likely ${codeSpan(encodePrincipal(likely.actor))}, ${formatInstant(likely.at)}`;
}
