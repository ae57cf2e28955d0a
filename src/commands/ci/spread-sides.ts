import type { DesiredState } from '../../model.ts';
import { fanOutTo } from '../../plan/fan-out.ts';
import type { MergeInput } from '../../plan/merge-desired.ts';
import type { StateAt } from './read-state.ts';

/** The sides of a pull request with the subaccounts that were there when a state was written: apply recomputes by the same ones. */
export function spreadSides({ head, mergeBase, baseTip, merged }: MergeInput, { observations }: Pick<StateAt, 'observations'>): MergeInput {
  const spread = (desired: DesiredState) => fanOutTo(desired, (account) => observations.get(account)?.subaccounts ?? []);
  return {
    head: spread(head),
    mergeBase: spread(mergeBase),
    baseTip: spread(baseTip),
    ...(merged === undefined || merged === null ? {} : { merged: spread(merged) }),
  };
}
