import type { Pull } from '../../pull.ts';
import type { Ci } from './open-ci.ts';

/** More commits than GitHub lets one pull request have rebased. */
const MOST_REBASED = 250;

/** The last commit of the default branch that did not have this merged pull request yet; null when it is not known any more. */
export async function commitBefore(ci: Pick<Ci, 'objects' | 'github'>, pull: Pull): Promise<string | null> {
  let at = pull.mergeCommit;
  for (let steps = 0; at !== null && steps < MOST_REBASED; steps += 1) {
    const parent: string | null = await ci.objects.parent(at);
    if (parent === null) return null;
    // A rebase merge leaves several commits of its own, one after another.
    const belongs = (await ci.github.pulls.ofCommit(parent)).some(({ number }) => number === pull.number);
    if (!belongs) return parent;
    at = parent;
  }
  return null;
}
