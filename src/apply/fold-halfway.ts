import { holdingAfter, holdingsAlong, NOTHING, sameHolding } from '../holding.ts';
import type { Change, Holding, Part } from '../model.ts';
import type { PartEntry } from './ledger-records.ts';

/** A change of several requests that was begun and is not yet known to be true. */
export interface Halfway {
  /** All that it may have left its principal with. */
  readonly along: readonly Holding[];
  /** What it comes to in the end. */
  readonly to: Holding;
  /** What the parts that the vendor took, or may have taken, come to so far; null before the first of them. */
  readonly made: Holding | null;
}

/** A newer intent of the same principal goes on with what was begun, or takes its place. */
export function beginHalfway(halfway: Map<string, Halfway>, change: Change, parts: readonly Part[]): void {
  const known = halfway.get(change.principal);
  const from = change.before ?? NOTHING;
  const to = change.after ?? NOTHING;
  const along = holdingsAlong(change, parts);
  if (known !== undefined && sameHolding(known.to, to) && has(known.along, from)) {
    // Whoever was killed may have left a part that no record tells of.
    const made = known.made === null && sameHolding(from, known.along[0] ?? NOTHING) ? null : from;
    halfway.set(change.principal, { to, made, along: along.reduce(withHolding, known.along) });
  } else if (parts.length > 1) halfway.set(change.principal, { along, to, made: null });
  else halfway.delete(change.principal);
}

export function stepHalfway(halfway: Map<string, Halfway>, { principal, part, done }: PartEntry): void {
  const known = halfway.get(principal);
  if (known === undefined || done === 'refused') return;
  const made = holdingAfter(known.made ?? known.along[0] ?? NOTHING, part, null, true);
  halfway.set(principal, { ...known, made, along: withHolding(known.along, made) });
}

function withHolding(along: readonly Holding[], one: Holding): readonly Holding[] {
  return has(along, one) ? along : [...along, one];
}

function has(along: readonly Holding[], one: Holding): boolean {
  return along.some((held) => sameHolding(held, one));
}
