import { RollcallError } from '../../errors.ts';
import type { Day } from '../../model.ts';
import type { LoadedPolicies } from '../../policy/load-policies.ts';
import { renderFindings } from '../../report/render-findings.ts';
import { visible } from '../../text/encode.ts';
import { isError } from '../load-desired.ts';
import type { Ci } from './open-ci.ts';

/** How far back a valid commit is looked for when the tip's policies are invalid. */
const MOST_INVALID = 100;

/** Whose policies the night goes by, and what people should know of that. */
export interface Watched {
  readonly commit: string;
  readonly desired: NonNullable<LoadedPolicies['desired']>;
  readonly loaded: LoadedPolicies;
  readonly notes: readonly string[];
}

/** The tip's policies, or where they are invalid the newest valid ones before them. */
export async function loadWatched(ci: Ci, day: Day): Promise<Watched> {
  const notes: string[] = [];
  let newest: LoadedPolicies | null = null;
  for (const commit of await ci.objects.range(null, ci.tip, MOST_INVALID)) {
    const loaded = await ci.policies(commit, commit, day);
    if (loaded.desired !== null) return { commit, desired: loaded.desired, loaded, notes };
    newest ??= loaded;
    if (notes.length === 0) {
      notes.push(
        `The policies of ${ci.tip.slice(0, 12)} on ${visible(ci.defaultBranch, 200)} are invalid, so the newest valid ones before it counted.`,
      );
    }
  }
  if (newest !== null) ci.run.world.stderr.write(renderFindings(newest.findings.filter(isError), 'text', ci.run.style, newest.files));
  throw new RollcallError('policyInvalid', `every one of the newest ${MOST_INVALID} commits of ${visible(ci.defaultBranch, 200)}`);
}
