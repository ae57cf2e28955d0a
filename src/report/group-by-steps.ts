import type { Change } from '../model.ts';
import { mergeSteps } from './merge-steps.ts';

/** Changes of an account whose steps differ only in the person: a person takes them in one go. */
export function groupBySteps(changes: readonly Change[]): Change[][] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const key = JSON.stringify([change.account, mergeSteps([change, change])]);
    const group = groups.get(key);
    if (group) group.push(change);
    else groups.set(key, [change]);
  }
  return [...groups.values()];
}
