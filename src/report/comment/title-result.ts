import type { Outcome, Result } from '../../model.ts';
import type { PullResult } from '../../pull.ts';
import { formatNumber } from '../count-words.ts';

/** `Access apply: 🔴 1 failed · 2 deferred · 3 applied`, as a phone shows it. */
export function titleResult({ evidence, results, troubles }: PullResult): string {
  const counts = countOutcomes(results);
  const words: Record<Outcome, (n: string) => string> = {
    applied: (n) => `${n} applied`,
    already: (n) => `${n} already true`,
    failed: (n) => `🔴 ${n} failed`,
    undecided: (n) => `🔴 ${n} undecided`,
    deferred: (n) => `${n} deferred`,
    manual: (n) => `${n} by hand`,
    withheld: (n) => `🔴 ${n} withheld`,
  };
  const said = OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => words[outcome](formatNumber(counts[outcome])));
  const refused = evidence.refused === null ? [] : ['🔴 approval not accepted'];
  return `Access apply: ${[...refused, ...said].join(' · ') || (troubles.length > 0 ? '🔴 nothing was done' : 'nothing to do')}`;
}

/** Most pressing first. */
export const OUTCOMES = [
  'failed',
  'undecided',
  'withheld',
  'manual',
  'deferred',
  'applied',
  'already',
] as const satisfies readonly Outcome[];

export function countOutcomes(results: readonly Result[]): Record<Outcome, number> {
  const counts = { applied: 0, already: 0, failed: 0, undecided: 0, deferred: 0, manual: 0, withheld: 0 };
  for (const { outcome } of results) counts[outcome] += 1;
  return counts;
}
