import type { History, Proposal } from '../../model.ts';
import type { Pull } from '../../pull.ts';
import type { Ci } from './open-ci.ts';

/** More commits than any branch has that a person can review. */
const MOST_COMMITS = 10_000;

/**
 * What rollcall itself proposed of a pull request, by the signed ledger: it comes from the branch of a proposal, or has a commit of one.
 * Null for what a person made.
 */
export async function findProposal(
  { objects }: Pick<Ci, 'objects'>,
  { head, headBranch, fork }: Pull,
  base: string,
  { proposals }: Pick<History, 'proposals'>,
): Promise<Proposal | null> {
  if (proposals.size === 0) return null;
  const own = await objects.brought(base, head, MOST_COMMITS);
  const isIn = (branch: string, { commits }: Proposal) => (!fork && branch === headBranch) || commits.some((commit) => own.has(commit));
  const found = [...proposals].filter(([branch, one]) => isIn(branch, one)).map(([, one]) => one);
  if (found.length === 0) return null;
  return {
    commits: found.flatMap(({ commits }) => commits),
    logins: [...new Set(found.flatMap(({ logins }) => logins))],
    principals: [...new Set(found.flatMap(({ principals }) => principals))],
  };
}
