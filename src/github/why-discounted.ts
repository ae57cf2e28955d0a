import type { Person, Proposal } from '../model.ts';
import type { Discounted } from '../pull.ts';

/**
 * Why an approval of something that rollcall proposed does not count, or null where it does: neither whoever asked for it nor whomever it
 * is about approves it. Only a reviewer whose login policy knows can be told apart from them: whoever renames their login is somebody
 * nobody knows.
 */
export function whyDiscounted(
  login: string,
  { logins, principals }: Pick<Proposal, 'logins' | 'principals'>,
  people: ReadonlyMap<string, Person>,
): Exclude<Discounted['why'], 'pushed'> | null {
  if (logins.some((one) => isSame(one, login))) return 'asked';
  const reviewer = [...people.values()].find(({ github }) => github !== null && isSame(github, login));
  if (reviewer === undefined) return 'unknown';
  return principals.some((principal) => isOf(reviewer, principal)) ? 'concerned' : null;
}

function isOf({ principal, previously }: Person, address: string): boolean {
  return principal === address || previously.includes(address);
}

/** GitHub's logins are ASCII, and case tells none of them apart. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
