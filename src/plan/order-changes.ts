import type { Capabilities, Change } from '../model.ts';
import { compareText } from '../text/digest.ts';
import { takesAway } from './privilege.ts';

/**
 * Lower privilege and delete before raise and invite, so that a run that dies half way leaves too little access, never too much.
 * A delete that waits for its replacement comes after everything that makes the replacement; what a person is left to add comes last.
 */
export function orderChanges(changes: readonly Change[], capabilities: Capabilities): Change[] {
  const rank = (change: Change): number => {
    if (change.tags.includes('waits_for_replacement')) return 3;
    if (change.action === 'delete') return 0;
    if (takesAway(change, capabilities)) return 1;
    return change.executor === 'manual' ? 4 : 2;
  };
  return changes.toSorted(
    (a, b) => rank(a) - rank(b) || compareText(a.principal, b.principal) || compareText(a.action, b.action) || compareText(a.id, b.id),
  );
}
