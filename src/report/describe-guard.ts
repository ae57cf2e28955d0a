import type { GuardResult } from '../model.ts';
import { visible } from '../text/encode.ts';
import { formatNumber } from './count-words.ts';

/** A guard's number against its limit: `max_deletes  1 of 3`. */
export function describeGuard(guard: GuardResult): { readonly name: string; readonly numbers: string } {
  return { name: visible(guard.guard) + (guard.budget === 'strangers' ? ' (strangers)' : ''), numbers: numbersOf(guard) };
}

function numbersOf({ guard, actual, limit }: GuardResult): string {
  if (actual === null) return limit === null ? '' : `limit ${formatNumber(limit)}`;
  if (limit === null) return formatNumber(actual);
  return guard === 'min_admins'
    ? `${formatNumber(actual)}, at least ${formatNumber(limit)}`
    : `${formatNumber(actual)} of ${formatNumber(limit)}`;
}
