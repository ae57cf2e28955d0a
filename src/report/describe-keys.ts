import type { ApiKey, Offboarding, ResidualKey } from '../model.ts';
import { compareText } from '../text/digest.ts';
import { visible } from '../text/encode.ts';
import { encodePrincipal } from '../text/encode-sentence.ts';
import { countWords, formatNumber, listSome } from './count-words.ts';
import { readAccountName } from './name-account.ts';

/** The JSON documents have them all. */
const MOST_KEYS = 20;
const MOST_NAMES = 10;

/** A key by its SID, name and day, never more: `SKab… (CI deploy, 2026-03-01)`. */
export function describeKey({ sid, name, created }: ApiKey): string {
  const facts = [...(name === '' ? [] : [visible(name)]), created === null ? 'of unknown age' : visible(created.slice(0, 10))];
  return `${visible(sid)} (${facts.join(', ')})`;
}

/** The keys of an account that stay valid, said once for all who could read the same ones: who, and which. */
export function groupKeys(residual: readonly ResidualKey[]): { readonly whose: string; readonly keys: readonly ResidualKey[] }[] {
  const groups = new Map<string, ResidualKey[]>();
  for (const key of residual) {
    const whose = listSome(key.principals.toSorted(compareText).map(encodePrincipal), MOST_NAMES);
    groups.set(whose, [...(groups.get(whose) ?? []), key]);
  }
  return [...groups].map(([whose, keys]) => ({ whose, keys }));
}

/** Keys one a line, and how many more there are. */
export function listKeys(keys: readonly ApiKey[], most: number = MOST_KEYS): string[] {
  const more = keys.length - most;
  return [...keys.slice(0, most).map(describeKey), ...(more > 0 ? [`and ${formatNumber(more)} more`] : [])];
}

/** Why somebody who lost their access is not wholly gone, and the way out; the keys themselves are said by `listKeys`. Foreign parts are made visible. */
export function describeOffboarding(account: string, { principal, since, keys }: Offboarding): string {
  const roster = `policies/rosters/${visible(readAccountName(account).file)}.yaml`;
  const day = visible(since.slice(0, 10));
  if (keys === null) {
    return `offboarding incomplete: the API keys were not read; look through those older than ${day} that ${encodePrincipal(principal)} could read, revoke or rotate them, and attest it in ${roster} (reviewed:)`;
  }
  if (keys.length === 0) return `offboarding incomplete: no API key older than ${day} was seen, and the next read of the keys settles it`;
  const stand = keys.length === 1 ? `API key older than ${day} is` : `API keys older than ${day} are`;
  return `offboarding incomplete: ${formatNumber(keys.length)} ${stand} still there; revoke them, or rotate them and attest it in ${roster} (rotated:)`;
}

/** `2 keys`, or that nobody knows how many. */
export function countKeys({ keys }: Pick<Offboarding, 'keys'>): string {
  return keys === null ? 'keys not read' : countWords(keys.length, 'key');
}

/** Whether somebody has to act on it: where no key was seen, the next read settles it by itself. */
export function needsSomebody({ keys }: Offboarding): boolean {
  return keys === null || keys.length > 0;
}
