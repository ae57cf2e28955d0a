/** Beyond this, end dates and limits would be judged by a clock that is not the vendor's. */
const CLOCK_OFF_MS = 5 * 60_000;
/** Who answers from this machine has its clock, or a story's. */
const HERE = /^https?:\/\/(?:127\.[\d.]+|\[::1\]|localhost)(?::\d+)?$/;

/**
 * Why nothing may be judged by this machine's clock, by the `Date` header of an answer (RFC 9110, section 6.6.1); null where there is
 * nothing against it.
 */
export function doubtClock({ date = '' }: Readonly<Record<string, string>>, origin: string, nowMs: number): string | null {
  const aheadMs = HERE.test(origin) ? Number.NaN : nowMs - Date.parse(date);
  if (Number.isNaN(aheadMs) || Math.abs(aheadMs) <= CLOCK_OFF_MS) return null;
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  return `this machine's clock is ${minutes} minutes ${aheadMs > 0 ? 'ahead of' : 'behind'} the vendor's, so nothing is judged by it. Set it by NTP`;
}
