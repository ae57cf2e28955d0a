import type { Person, Proposal } from '../model.ts';
import type { Discounted } from '../pull.ts';

/**
 * Why an approval of something that rollcall proposed does not count, or null where it does: neither whoever asked for it nor whomever it
 * is about approves it. A reviewer whom policy knows by login is told apart by that; one whom it does not know, by the logins of
 * everybody concerned. Where neither can be told, the approval does not count.
 */
export function whyDiscounted(
  login: string,
  { logins, principals }: Proposal,
  people: ReadonlyMap<string, Person>,
): Discounted['why'] | null {
  if (logins.some((one) => isSame(one, login))) return 'asked';
  const everybody = [...people.values()];
  const concerned = principals.map((principal) => everybody.find((one) => isOf(one, principal)) ?? null);
  const reviewer = everybody.find(({ github }) => github !== null && isSame(github, login));
  if (reviewer !== undefined) return concerned.includes(reviewer) ? 'concerned' : null;
  return concerned.every((one) => one !== null && one.github !== null) ? null : 'unknown';
}

function isOf({ principal, previously }: Person, address: string): boolean {
  return principal === address || previously.includes(address);
}

/** GitHub's logins are ASCII, and case tells none of them apart. */
function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
