import leven from 'leven';
import { visible } from '../text/encode.ts';

/** Beyond this many known words no nearest one is looked for: findings must stay cheap in a large policy. */
const MOST_KNOWN = 1_000;
const SHOWABLE = /^[A-Za-z][A-Za-z_-]{0,30}$/;

/** ` Did you mean \`role\`?` when a known word is near, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const near = nearestWord(word, known);
  return near === null ? '' : ` Did you mean \`${visible(near)}\`?`;
}

/** The known word that a slip of the hand or two leads to. */
export function nearestWord(word: string, known: readonly string[]): string | null {
  if (word.length > 300 || known.length > MOST_KNOWN) return null;
  // Of an address only the part before the at sign tells how near is near.
  const most = Math.max(1, Math.min(3, Math.floor((word.split('@', 1)[0] ?? '').length / 3)));
  let best: string | null = null;
  let distance = most + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= distance || candidate === word) continue;
    const found = leven(word.toLowerCase(), candidate.toLowerCase(), { maxDistance: distance });
    if (found < distance) {
      best = candidate;
      distance = found;
    }
  }
  return best;
}

/** A word as a message may show it, or nothing when it could be part of a secret. */
export function showWord(word: string): string | null {
  const mixed = /[a-z][A-Z]/.test(word) || /[A-Z]{12}/.test(word);
  return SHOWABLE.test(word) && !mixed && !/^gh[pousr]_/.test(word) ? `\`${word}\`` : null;
}
