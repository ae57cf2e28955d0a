import type { GuardResult } from '../../model.ts';
import { codeSpan } from '../../text/encode-sentence.ts';
import { countWords, formatNumber } from '../count-words.ts';
import { describeGuard, passesByApproval } from '../describe-guard.ts';
import { nameAccount } from '../name-account.ts';
import { encodeProse } from './encode-prose.ts';
import { type Block, fitLines } from './fit-lines.ts';

const MOST_GUARDS = 70;

/** In the order in which they are of interest. */
const STATES = [
  { name: 'blocks', counted: 'blocking', light: '🔴', is: ({ verdict }) => verdict === 'block' },
  { name: 'leaves one field alone', counted: 'leaving one field alone', light: '🟡', is: ({ verdict }) => verdict === 'leave' },
  { name: 'passes by an approval file', counted: 'passed by an approval file', light: '🟡', is: passesByApproval },
  { name: 'passes', counted: 'passed', light: '✓', is: (guard) => guard.verdict === 'pass' && !passesByApproval(guard) },
] as const satisfies readonly {
  readonly name: string;
  readonly counted: string;
  readonly light: string;
  readonly is: (guard: GuardResult) => boolean;
}[];

/** Guards that let something through are said; the table of all is for whoever looks. Those that block stand at the top of the comment. */
export function renderGuards(guards: readonly GuardResult[], withTable: boolean, maxBytes: number): Block[] {
  const sorted = STATES.flatMap((state) => guards.filter(state.is).map((guard) => ({ guard, state })));
  const lines = sorted
    .filter(({ state }) => state.light === '🟡')
    .map(
      ({ guard, state }) =>
        `- 🟡 ${describeGuard(guard).name} ${state.name} in ${codeSpan(nameAccount(guard.account))}: ${encodeProse(guard.message)}`,
    );
  const more = (hidden: number) => `- and ${countWords(hidden, 'more guard')} that ${hidden === 1 ? 'lets' : 'let'} something through`;
  return [
    lines.length === 0 ? [] : ['**Let through**', '', ...fitLines(lines, maxBytes, more)],
    withTable && guards.length > 0 ? tableOf(sorted) : [],
  ];
}

function tableOf(sorted: readonly { readonly guard: GuardResult; readonly state: (typeof STATES)[number] }[]): string[] {
  const said = STATES.map(({ name, counted }) => ({ counted, count: sorted.filter(({ state }) => state.name === name).length }))
    .filter(({ count }) => count > 0)
    .map(({ counted, count }) => `${formatNumber(count)} ${counted}`);
  const rows = sorted.map(({ guard, state }) => {
    const { name, numbers } = describeGuard(guard);
    return `| ${state.light} | ${name} | ${state.name} | ${codeSpan(nameAccount(guard.account))} | ${numbers} |`;
  });
  const hidden = rows.length - MOST_GUARDS;
  return [
    `<details><summary>Guards: ${said.join(', ')}</summary>`,
    '',
    '| | Guard | | Account | Number |',
    '|---|---|---|---|---|',
    ...rows.slice(0, MOST_GUARDS),
    ...(hidden > 0 ? ['', `and ${formatNumber(hidden)} more`] : []),
    '',
    '</details>',
  ];
}
