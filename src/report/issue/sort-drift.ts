import type { Change, Risk } from '../../model.ts';
import { compareText } from '../../text/digest.ts';
import type { DriftEntry } from '../../watch.ts';

/** Most pressing first, because the last are cut first: no crowd of others may hide what concerns privilege. */
export function sortDrift(drift: readonly DriftEntry[]): DriftEntry[] {
  return drift.toSorted(
    ({ change: a }, { change: b }) =>
      Number(isPrivilege(b)) - Number(isPrivilege(a)) ||
      RISKS[a.risk] - RISKS[b.risk] ||
      Number(b.tags.includes('drift_gained')) - Number(a.tags.includes('drift_gained')) ||
      compareText(a.principal, b.principal) ||
      compareText(a.id, b.id),
  );
}

const RISKS = { high: 0, medium: 1, low: 2 } satisfies Record<Risk, number>;

function isPrivilege({ tags }: Change): boolean {
  return tags.includes('privilege_gained') || tags.includes('privilege_lost');
}
