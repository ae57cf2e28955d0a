import type { Day } from '../model.ts';

const DAY_MS = 86_400_000;

/** The day so many days after another. */
export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** How many days the second day comes after the first. */
export function daysBetween(from: Day, to: Day): number {
  return (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS;
}

/** Whether something that holds until a day, inclusive and in UTC, is over. */
export function hasEnded(until: Day | null, today: Day): boolean {
  return until !== null && today > until;
}

/** The earlier of two ends; null is no end. */
export function earlier(a: Day | null, b: Day | null): Day | null {
  if (a === null || b === null) return a ?? b;
  return a < b ? a : b;
}

/** Orders ends from earliest to latest; no end is the latest. */
export function compareEnds(a: Day | null, b: Day | null): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b ? -1 : 1;
}
