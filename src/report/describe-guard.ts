import type { GuardName, GuardResult } from '../model.ts';
import { visible } from '../text/encode.ts';
import { formatNumber } from './count-words.ts';

/** A guard's number against its limit: `max_deletes  1 of 3`. */
export function describeGuard(guard: GuardResult): { readonly name: string; readonly numbers: string } {
  return { name: visible(guard.guard) + (guard.budget === 'strangers' ? ' (strangers)' : ''), numbers: numbersOf(guard) };
}

/** Whether it would block and an approval lets it pass: worth its sentence. */
export function passesByApproval({ guard, verdict, actual, limit }: GuardResult): boolean {
  return verdict === 'pass' && COUNTS.has(guard) && actual !== null && limit !== null && actual > limit;
}

/** The guards whose number against a limit says something. */
const COUNTS = new Set<GuardName>(['max_deletes', 'max_deletes_percent']);

function numbersOf({ guard, actual, limit }: GuardResult): string {
  if (actual === null) return '';
  if (guard === 'min_admins') return `${formatNumber(actual)}, at least ${formatNumber(limit ?? 0)}`;
  if (!COUNTS.has(guard)) return '';
  return limit === null ? `${formatNumber(actual)}, no limit` : `${formatNumber(actual)} of ${formatNumber(limit)}`;
}
