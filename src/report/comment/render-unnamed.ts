import { groupBy } from '../../group-by.ts';
import type { Unnamed } from '../../pull.ts';
import { codeSpan, encodePrincipal } from '../../text/encode-sentence.ts';
import { countWords, formatNumber, listSome } from '../count-words.ts';
import { describeAccess } from '../describe-change.ts';
import { nameAccount } from '../name-account.ts';
import { fitLines } from './fit-lines.ts';

const MOST_NAMES = 20;

/** Who is in each account and in no policy, privileged ones first and red; without `names`, and where they do not fit, only how many. */
export function renderUnnamed(unnamed: readonly Unnamed[], names: boolean, maxBytes: number): string[] {
  const lines = [...groupBy(unnamed, ({ account }) => account)].map(([account, people]) => {
    const gaining = people.filter(({ privileged }) => privileged).length;
    const said = names
      ? listSome(people.map(nameOf), MOST_NAMES)
      : `${gaining > 0 ? '🔴 ' : ''}${formatNumber(gaining)} of them privileged`;
    const count = countWords(people.length, 'person is there whom', 'people are there whom');
    return `- ${codeSpan(nameAccount(account))}: ${count} no policy names; ${people.length === 1 ? 'this one is' : 'they are'} left alone: ${said}`;
  });
  if (lines.length === 0) return [];
  return ['#### In no policy', '', ...fitLines(lines, maxBytes, (hidden) => `- and in ${countWords(hidden, 'more account')}`)];
}

function nameOf({ principal, privileged, status, roles, groups }: Unnamed): string {
  const holds = describeAccess({ status, name: '', roles, groups });
  return `${privileged ? '🔴 ' : ''}${codeSpan(encodePrincipal(principal))} (${codeSpan(holds)})`;
}
