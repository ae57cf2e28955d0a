import type { Change, Instant } from '../model.ts';
import { formatNumber } from './count-words.ts';
import { formatTime } from './format-instant.ts';

const MOST_TIMES = 3;

/** When the invitations of one account go out: `10 now, 10 at 10:00 UTC, the rest as people accept`; null when all go now. */
export function describeForecast(changes: readonly Change[], at: Instant): string | null {
  let now = 0;
  let rest = 0;
  const later = new Map<Instant, number>();
  for (const change of changes) {
    if (change.action !== 'invite' || change.executor !== 'api' || change.tags.includes('parked')) continue;
    if (change.tags.includes('waits_for_open_slot')) rest += 1;
    else if (change.not_before === null) now += 1;
    else later.set(change.not_before, (later.get(change.not_before) ?? 0) + 1);
  }
  if (later.size === 0 && rest === 0) return null;
  const times = [...later].sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = now > 0 ? [`${formatNumber(now)} now`] : [];
  for (const [time, count] of times.slice(0, MOST_TIMES)) parts.push(`${formatNumber(count)} at ${formatTime(time, at)}`);
  const over = times.slice(MOST_TIMES);
  const last = over.at(-1);
  if (last) parts.push(`${formatNumber(over.reduce((sum, [, count]) => sum + count, 0))} more until ${formatTime(last[0], at)}`);
  if (rest > 0)
    parts.push(parts.length > 0 ? `the rest (${formatNumber(rest)}) as people accept` : `${formatNumber(rest)} as people accept`);
  return parts.join(', ');
}
