import type { Objects } from '../../github/open-objects.ts';
import type { Day, DesiredState } from '../../model.ts';
import type { PolicyLoader } from './create-policy-loader.ts';

export interface PolicyHistory {
  readonly objects: Pick<Objects, 'mergeBase'>;
  readonly policies: PolicyLoader;
}

/**
 * Access by the policies of an earlier commit; null where they were invalid, and where nobody has that commit any more because a force
 * push threw it away. `tip` is a commit of the default branch.
 */
export async function desiredAt({ objects, policies }: PolicyHistory, tip: string, commit: string, day: Day): Promise<DesiredState | null> {
  return (await objects.mergeBase(tip, commit)) === null ? null : (await policies(commit, commit, day)).desired;
}
