import { type PolicyTexts, readPolicyTexts } from '../../policy/edit/read-policy-texts.ts';
import { openCommitSource } from '../../policy/open-commit-source.ts';
import type { Ci } from './open-ci.ts';

/** Every policy file of a commit, to be edited; no work tree is made for it. */
export async function readTexts({ objects, folder }: Ci, commit: string): Promise<PolicyTexts> {
  const listing = await objects.listing(commit, folder);
  return readPolicyTexts(openCommitSource(listing, `${folder}/`, objects.git), folder);
}
