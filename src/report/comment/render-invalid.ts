import type { Finding } from '../../model.ts';
import type { CommentContent } from '../../pull.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan } from '../../text/encode-sentence.ts';
import { countWords } from '../count-words.ts';
import { countBytes, joinBlocks, takeLines } from './fit-lines.ts';
import { linkPlace, shortCommit } from './link-place.ts';
import { endOfFooter } from './render-freshness.ts';

const MOST_FINDINGS = 50;

/** The findings that stand between a pull request and a plan, errors first, each at its line. */
export function renderInvalid(content: CommentContent & { readonly kind: 'invalid' }, maxBytes: number): string {
  const { findings, url, head, runUrl, at } = content;
  const errorsFirst = [
    ...findings.filter(({ severity }) => severity === 'error'),
    ...findings.filter(({ severity }) => severity !== 'error'),
  ];
  const rows = errorsFirst.slice(0, MOST_FINDINGS).map((one) => {
    const place = linkPlace(one, url, head);
    return `| ${one.severity === 'error' ? '🔴' : '🟡'} | ${place} | ${codeSpan(visible(one.code))} | ${codeSentence(one.message)} |`;
  });
  const before = [
    [`### ${titleInvalid(findings)}`],
    ['The policies, as they would be once merged, are invalid. So there is no plan, and nothing of this can be approved or applied.'],
  ];
  const after = [[`<sub>${[`Head ${shortCommit(head)}`, ...endOfFooter(runUrl, at)].join(' · ')}</sub>`]];
  const table = ['| | Where | Finding | What is wrong |', '|---|---|---|---|'];
  const more = (hidden: number) => `\nand ${countWords(hidden, 'more finding')}: \`rollcall validate\` lists all.`;
  const left = maxBytes - countBytes(joinBlocks([...before, table, ...after])) - countBytes(more(findings.length)) - 2;
  const shown = takeLines(rows, left);
  const hidden = findings.length - shown.length;
  return joinBlocks([...before, [...table, ...shown, ...(hidden > 0 ? [more(hidden)] : [])], ...after]);
}

/** `Access plan: policy invalid · 2 errors, 1 warning`. */
export function titleInvalid(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const counts = [...(errors > 0 ? [countWords(errors, 'error')] : []), ...(warnings > 0 ? [countWords(warnings, 'warning')] : [])];
  return `Access plan: policy invalid · ${counts.join(', ')}`;
}
