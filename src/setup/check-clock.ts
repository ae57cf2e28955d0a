import { visible } from '../text/encode.ts';
import { type Check, checkStates, sayLength } from './check-states.ts';

/** What one answer said of the time. */
export interface ClockSight {
  readonly host: string;
  /** This machine's clock minus the one of whoever answered, in milliseconds. */
  readonly aheadMs: number;
}

export interface ClockFacts {
  /** Whether `ROLLCALL_NOW` sets the clock, which then is nobody's. */
  readonly isSet: boolean;
  readonly sights: readonly ClockSight[];
}

/** Beyond this, `observe` and `plan` take what another machine read for made in the future. */
const WRONG_MS = 5 * 60_000;
const ATTENTION_MS = 60_000;

/** This machine's clock beside the `Date` header of answers; the one that agrees most counts, because one server alone may be wrong. */
export function checkClock({ isSet, sights }: ClockFacts): Check {
  const check = checkStates('machine', 'clock');
  if (isSet) return check.unknown('ROLLCALL_NOW sets it, so it was compared with nobody', 'Unset ROLLCALL_NOW to have it compared.');
  const [nearest] = sights.toSorted((a, b) => Math.abs(a.aheadMs) - Math.abs(b.aheadMs));
  if (nearest === undefined)
    return check.unknown('nobody on another machine answered with the time, so there was nothing to compare it with', null);
  const { host, aheadMs } = nearest;
  const offMs = Math.abs(aheadMs);
  const by = `by the clock of ${visible(host)}`;
  if (offMs <= ATTENTION_MS) return check.ok(`right to the minute, ${by}`);
  const says = `${sayLength(offMs)} ${aheadMs > 0 ? 'ahead' : 'behind'}, ${by}`;
  const fix = 'Set it by NTP: end dates, the age of a read and the time limits of requests are judged by it.';
  return offMs > WRONG_MS ? check.wrong(says, fix) : check.attention(says, fix);
}
