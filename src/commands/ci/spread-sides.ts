import type { DesiredState } from '../../model.ts';
import { fanOutTo } from '../../plan/fan-out.ts';
import type { MergeInput } from '../../plan/merge-desired.ts';
import type { StateAt } from './read-state.ts';

/** The sides of a pull request with the subaccounts that were there when a state was written: apply recomputes by the same ones. */
export function spreadSides({ head, mergeBase, baseTip, merged }: MergeInput, state: Pick<StateAt, 'observations'>): MergeInput {
  return {
    head: spread(head, state),
    mergeBase: spread(mergeBase, state),
    baseTip: spread(baseTip, state),
    ...(merged === undefined || merged === null ? {} : { merged: spread(merged, state) }),
  };
}

export function spread(desired: DesiredState, { observations }: Pick<StateAt, 'observations'>): DesiredState {
  return fanOutTo(desired, (account) => observations.get(account)?.subaccounts ?? []);
}
