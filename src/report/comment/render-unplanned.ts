import type { CommentContent } from '../../pull.ts';
import { encodeProse } from './encode-prose.ts';
import { fitLines } from './fit-lines.ts';
import { shortCommit } from './link-place.ts';
import { endOfFooter } from './render-freshness.ts';

export const UNPLANNED_TITLE = 'Access plan: none could be made';

/** Why there is no plan, and the way out. */
export function renderUnplanned(content: CommentContent & { readonly kind: 'unplanned' }, maxBytes: number): string {
  const { why, head, runUrl, at } = content;
  const lines = [
    `### ${UNPLANNED_TITLE}`,
    '',
    '> [!CAUTION]',
    `> **There is no plan**: ${encodeProse(why)}`,
    '',
    `<sub>${[`Head ${shortCommit(head)}`, ...endOfFooter(runUrl, at)].join(' · ')}</sub>`,
  ];
  return `${fitLines(lines, maxBytes - 1, () => '…').join('\n')}\n`;
}
