import { RollcallError } from '../../errors.ts';
import type { Pull } from '../../pull.ts';
import type { Ci } from './open-ci.ts';

/** One push may carry a merge group, and runs may have been skipped; beyond this somebody has to look. */
const MOST_SINCE_APPLIED = 200;

/**
 * The pull requests that were merged since the last applied commit and touch a policy, in the order of their merges; and the one that
 * `--pull` names, however long ago it was merged.
 */
export async function findMerged(ci: Ci, head: string, lastApplied: string | null, named: number | null): Promise<Pull[]> {
  const { objects, github, defaultBranch } = ci;
  const from = lastApplied === null ? null : await objects.mergeBase(head, lastApplied);
  // Before the first apply nothing tells where to begin, and whatever is old has no evidence.
  const commits = (await objects.range(from, head, lastApplied === null ? 1 : MOST_SINCE_APPLIED)).toReversed();
  if (commits.length === MOST_SINCE_APPLIED)
    ci.run.log(`Only the newest ${MOST_SINCE_APPLIED} commits since the last applied one were looked at.`);
  const place = new Map(commits.map((commit, index) => [commit, index]));
  const found = new Map<number, Pull>();
  for (const pulls of await Promise.all(commits.map((commit) => github.pulls.ofCommit(commit)))) {
    for (const pull of pulls) {
      const merged = pull.mergedAt !== null && pull.base === defaultBranch && pull.mergeCommit !== null && place.has(pull.mergeCommit);
      if (merged) found.set(pull.number, pull);
    }
  }
  if (named !== null && !found.has(named)) found.set(named, await findNamed(ci, head, named));
  const order = (pull: Pull) => place.get(pull.mergeCommit ?? '') ?? -1;
  const kept: Pull[] = [];
  for (const pull of [...found.values()].toSorted((a, b) => order(a) - order(b))) {
    const fetched = (await objects.bring([`refs/pull/${pull.number}/head`])).get(`refs/pull/${pull.number}/head`);
    if (fetched === undefined || fetched === null || pull.mergeCommit === null) {
      ci.run.log(`The commits of pull request ${pull.number} cannot be fetched any more, so it approves nothing.`);
      continue;
    }
    const before = await objects.mergeBase(pull.head, head);
    const touches = before === null || pull.number === named || (await touchesPolicies(ci, pull));
    if (touches) kept.push(pull);
  }
  return kept;
}

async function touchesPolicies({ objects, folder }: Ci, pull: Pull): Promise<boolean> {
  const parent = pull.mergeCommit === null ? null : await objects.parent(pull.mergeCommit);
  if (parent === null || pull.mergeCommit === null) return true;
  const parted = await objects.mergeBase(pull.head, parent);
  // Of a merge commit the first parent is before the pull request; of a rebase it is one of its own commits, so its head is asked too.
  return (
    (await objects.differs(parent, pull.mergeCommit, folder)) || (parted !== null && (await objects.differs(parted, pull.head, folder)))
  );
}

async function findNamed({ github, objects, defaultBranch }: Ci, head: string, named: number): Promise<Pull> {
  const pull = await github.pulls.one(named);
  const merged = pull?.mergeCommit ?? null;
  if (pull === null || pull.base !== defaultBranch) throw new RollcallError('pullUnknown', String(named), 'there is none of that number');
  if (merged === null || !(await objects.contains(head, merged))) throw new RollcallError('pullUnknown', String(named), 'it is not merged');
  return pull;
}
