import type { Instant } from '../model.ts';

/** GitHub writes instants without milliseconds; null for none and for what is no instant. */
export function toInstant(text: string | null | undefined): Instant | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
