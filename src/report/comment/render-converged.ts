import type { ConvergedAccess, PullPlan } from '../../pull.ts';
import { codeSpan, encodePrincipal } from '../../text/encode-sentence.ts';
import { formatNumber } from '../count-words.ts';
import { describeHolding } from '../describe-change.ts';
import { nameAccount } from '../name-account.ts';
import type { CommentSize } from './comment-size.ts';
import { linkPlace } from './link-place.ts';

/** What was changed in an account and stands in the policies by now: nothing is left to do, and an approval agrees to it. Gained privilege is never cut. */
export function renderConverged(
  { converged, on, url }: Pick<PullPlan, 'converged' | 'on'> & { readonly url: string },
  { tight }: CommentSize,
): string[] {
  if (converged.length === 0) return [];
  const shown = tight ? converged.filter(({ alarming }) => alarming) : converged;
  const hidden = converged.length - shown.length;
  const row = ({ account, principal, before, now, alarming, source }: ConvergedAccess) => {
    const cells = [
      alarming ? '🔴' : '⚪',
      codeSpan(encodePrincipal(principal)),
      codeSpan(nameAccount(account)),
      codeSpan(describeHolding(before)),
      `${codeSpan(describeHolding(now))} already`,
      source === null ? '' : linkPlace(source, url, on.head),
    ];
    return `| ${cells.join(' | ')} |`;
  };
  const table = ['| | Who | Account | Last applied | In the account | Line |', '|---|---|---|---|---|---|', ...shown.map(row)];
  return [
    '#### Changed in the account',
    '',
    'Merging accepts what was changed in the account without a pull request: the policies say the same now.',
    ...(shown.length > 0 ? ['', ...table] : []),
    ...(hidden > 0 ? ['', `${formatNumber(hidden)} without gained privilege not shown here.`] : []),
  ];
}
