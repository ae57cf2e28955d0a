import type { Instant } from '../model.ts';

const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):(\d{2})(?:\.\d+)?Z$/;

/** `2026-11-22 09:00 UTC`. */
export function formatInstant(instant: Instant): string {
  const found = INSTANT.exec(instant);
  return found ? `${found[1]} ${found[2]} UTC` : 'at an unreadable time';
}

/** `10:00 UTC` on the day of `at`, with the day on any other. */
export function formatTime(instant: Instant, at: Instant): string {
  const found = INSTANT.exec(instant);
  return found && found[1] === at.slice(0, 10) ? `${found[2]} UTC` : formatInstant(instant);
}

/** The day and the time to the second, apart. */
export function splitInstant(instant: Instant): { readonly day: string; readonly time: string } {
  const found = INSTANT.exec(instant);
  return found ? { day: found[1] ?? '', time: `${found[2]}:${found[3]}` } : { day: 'on an unreadable day', time: '' };
}
