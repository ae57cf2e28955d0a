import type { MovedEnd, PullPlan } from '../../pull.ts';
import { visible } from '../../text/encode.ts';
import { codeSpan, encodePrincipal } from '../../text/encode-sentence.ts';
import { formatNumber } from '../count-words.ts';
import { nameAccount } from '../name-account.ts';
import type { CommentSize } from './comment-size.ts';
import { linkPlace } from './link-place.ts';

/** Whose access ends on another day: nothing is different today, and an approval agrees to that day. Later ends of privilege are never cut. */
export function renderEnds({ ends, on, url }: Pick<PullPlan, 'ends' | 'on'> & { readonly url: string }, { tight }: CommentSize): string[] {
  if (ends.length === 0) return [];
  const shown = tight ? ends.filter(isRisky) : ends;
  const row = (end: MovedEnd) => {
    const cells = [
      isRisky(end) ? '🔴' : '⚪',
      codeSpan(encodePrincipal(end.principal)),
      codeSpan(visible(end.role)),
      codeSpan(nameAccount(end.account)),
      `${dayWords(end.before)} → **${dayWords(end.after)}**`,
      end.source === null ? '' : linkPlace(end.source, url, on.head),
    ];
    return `| ${cells.join(' | ')} |`;
  };
  const table = ['| | Who | Holds | Account | Last day | Line |', '|---|---|---|---|---|---|', ...shown.map(row)];
  const hidden = ends.length - shown.length;
  return [
    '#### Ends that move',
    '',
    'Nobody holds anything else today because of these.',
    ...(shown.length > 0 ? ['', ...table] : []),
    ...(hidden > 0 ? ['', `${formatNumber(hidden)} ${hidden === 1 ? 'end' : 'ends'} without later privilege not shown here.`] : []),
  ];
}

function isRisky({ later, privileged }: MovedEnd): boolean {
  return later && privileged;
}

function dayWords(day: string | null): string {
  return day === null ? 'no end' : visible(day);
}
