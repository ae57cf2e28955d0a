import type { PeopleApproval } from '../pull.ts';
import { visible } from '../text/encode.ts';
import { describeDiscounted } from './comment/describe-discounted.ts';

/** Which approval a merged pull request lacks, as a clause. */
export function describeMissing(people: PeopleApproval | null, anew: boolean): string {
  const { by, needed, proposal, discounted } = people ?? NOBODY;
  const when = anew ? ' after it was planned again' : '';
  if (by === null && proposal === null && discounted.length === 0) return `nobody but its author has approved its final commit${when}`;
  if (by === null) {
    const who = discounted.map((one) => `${visible(one.login)}: ${describeDiscounted(one)}`);
    return `nobody who may approve it has approved its final commit${when}${who.length === 0 ? '' : ` (${who.join('; ')})`}`;
  }
  const open = needed.filter((one) => one.own && one.by === null);
  return open
    .map(({ role, account, approvers, unknown }) => {
      const why = unknown === null ? '' : ` (${unknown})`;
      return `${role} in ${account} needs the approval of one of ${approvers.join(', ')}${why}`;
    })
    .join('; ');
}

const NOBODY: PeopleApproval = { by: null, needed: [], approved: false, proposal: null, discounted: [] };
