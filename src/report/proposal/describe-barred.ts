import type { Proposal } from '../../model.ts';
import { visible } from '../../text/encode.ts';
import { codeSpan, encodePrincipal } from '../../text/encode-sentence.ts';
import { countBytes } from '../comment/fit-lines.ts';
import { countWords, formatNumber, listSome } from '../count-words.ts';

/** Who may not be the one to approve what rollcall proposed. */
export type Barred = Pick<Proposal, 'logins' | 'principals'>;

const MOST_NAMES = 5;

/**
 * Who may not be the one to approve a proposal, as one sentence of Markdown: everybody counted, the first few named where they fit into
 * `maxBytes`; empty where it bars nobody. Names stand in code spans, where they notify nobody.
 */
export function describeBarred(barred: Barred, maxBytes: number): string {
  const named = sentenceOf(barred, listNames);
  return countBytes(named) <= maxBytes ? named : sentenceOf(barred, () => '');
}

function sentenceOf({ logins, principals }: Barred, list: (spans: readonly string[]) => string): string {
  const askers = list(logins.map((login) => codeSpan(visible(login)))) || formatNumber(logins.length);
  const names = list(principals.map((one) => codeSpan(encodePrincipal(one))));
  const people = countWords(principals.length, 'person', 'people');
  const about = `likely made the difference or gains by it (${people}${names === '' ? '' : `: ${names}`})`;
  if (logins.length === 0) return principals.length === 0 ? '' : `Who ${about} may not be the one to approve it.`;
  if (principals.length === 0) return `Who asked for it (${askers}) may not be the one to approve it.`;
  return `Neither who asked for it (${askers}) nor who ${about} may be the one to approve it.`;
}

function listNames(spans: readonly string[]): string {
  return listSome(spans, MOST_NAMES);
}
