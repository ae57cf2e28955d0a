import type { Instant } from '../../model.ts';
import { countWords } from '../count-words.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** `19 minutes ago`, `26 hours ago`, `3 days ago`: in the unit that says enough. */
export function describeAge(instant: Instant, at: Instant): string {
  const ageMs = Date.parse(at) - Date.parse(instant);
  if (!Number.isFinite(ageMs)) return 'at an unreadable time';
  if (ageMs < MINUTE_MS) return 'just now';
  if (ageMs < 2 * HOUR_MS) return `${countWords(Math.floor(ageMs / MINUTE_MS), 'minute')} ago`;
  if (ageMs < 48 * HOUR_MS) return `${countWords(Math.floor(ageMs / HOUR_MS), 'hour')} ago`;
  return `${countWords(Math.floor(ageMs / (24 * HOUR_MS)), 'day')} ago`;
}
