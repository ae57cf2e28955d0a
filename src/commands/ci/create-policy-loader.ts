import type { Objects } from '../../github/open-objects.ts';
import type { Day } from '../../model.ts';
import { type LoadedPolicies, loadPolicies } from '../../policy/load-policies.ts';
import { openCommitSource } from '../../policy/open-commit-source.ts';
import { capabilitiesOf } from '../../provider/capabilities.ts';

/** Policies of a commit or tree on a day, read as data. `commit` is what they are named by, or null for a tree that is no commit's. */
export type PolicyLoader = (treeish: string, commit: string | null, today: Day) => Promise<LoadedPolicies>;

/** Reads each content once: head and merged result, merge base and base tip mostly hold the same policies. */
export function createPolicyLoader(objects: Objects, folder: string): PolicyLoader {
  const known = new Map<string, Promise<LoadedPolicies>>();
  return async (treeish, commit, today) => {
    const listing = await objects.listing(treeish, folder);
    const key = `${today} ${Buffer.from(listing).toString('latin1')}`;
    const loading =
      known.get(key) ??
      loadPolicies({ source: openCommitSource(listing, `${folder}/`, objects.git), folder, today, capabilitiesOf, commit: null });
    known.set(key, loading);
    const loaded = await loading;
    return { ...loaded, desired: loaded.desired === null ? null : { ...loaded.desired, commit } };
  };
}
