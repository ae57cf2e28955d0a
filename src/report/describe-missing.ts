import type { PeopleApproval } from '../pull.ts';
import { visible } from '../text/encode.ts';
import { encodeSentence } from '../text/encode-sentence.ts';
import { describeDiscounted } from './comment/describe-discounted.ts';
import { nameAccount } from './name-account.ts';

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
      const why = unknown === null ? '' : ` (${encodeSentence(unknown)})`;
      const who = approvers.map((one) => visible(one)).join(', ');
      return `${visible(role)} in ${nameAccount(account)} needs the approval of one of ${who}${why}`;
    })
    .join('; ');
}

const NOBODY: PeopleApproval = { by: null, needed: [], approved: false, proposal: null, discounted: [] };
