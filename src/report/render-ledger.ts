import type { Instant, Offboarding, Owed } from '../model.ts';
import { visible } from '../text/encode.ts';
import { encodePrincipal, encodeSentence } from '../text/encode-sentence.ts';
import { countWords } from './count-words.ts';
import type { Style } from './create-style.ts';
import { describeChange } from './describe-change.ts';
import { describeOffboarding, listKeys } from './describe-keys.ts';
import { padText, textWidth, wrapAfter } from './fit-text.ts';
import { formatInstant, splitInstant } from './format-instant.ts';
import { nameAccount, shortenAccount } from './name-account.ts';
import { toJson } from './to-json.ts';

/** What `ledger show` tells: what happened, oldest first, and what is owed. */
export interface LedgerReport {
  readonly entries: readonly LedgerLine[];
  readonly owed: readonly Owed[];
  /** Who is not wholly gone, because of the keys they could read. */
  readonly offboarding: readonly { readonly account: string; readonly offboarding: Offboarding }[];
}

export interface LedgerLine {
  readonly seq: number;
  readonly at: Instant;
  readonly kind: string;
  readonly account: string | null;
  readonly text: string;
}

const MOST_KIND = 32;

/** The ledger by day, in columns, and what is owed below. */
export function renderLedger(report: LedgerReport, style: Style): string {
  const width = { seq: 0, kind: 0, account: 0 };
  for (const { seq, kind, account } of report.entries) {
    width.seq = Math.max(width.seq, String(seq).length + 1);
    width.kind = Math.max(width.kind, textWidth(visible(kind, MOST_KIND)));
    width.account = Math.max(width.account, textWidth(shortenAccount(account ?? '')));
  }
  const blocks: string[][] = [];
  let today = '';
  for (const entry of report.entries) {
    const { day, time } = splitInstant(entry.at);
    if (day !== today) blocks.push([style.bold(day)]);
    today = day;
    const lead = `  ${time.padEnd(8)}  ${padText(`#${entry.seq}`, width.seq)}  ${padText(visible(entry.kind, MOST_KIND), width.kind)}  ${padText(shortenAccount(entry.account ?? ''), width.account)}  `;
    blocks.at(-1)?.push(...entryLines(lead, encodeSentence(entry.text), style));
  }
  blocks.push(owedLines(report.owed, style));
  if (report.offboarding.length > 0) blocks.push(offboardingLines(report.offboarding, style));
  if (report.entries.length === 0) blocks.unshift(['The ledger is empty: nothing was applied yet.']);
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
}

/** The same as a document. */
export function ledgerToJson(report: LedgerReport): string {
  return toJson({
    format_version: '1.0',
    entries: report.entries.map(({ seq, at, kind, account, text }) => ({ seq, at, kind, account, text })),
    owed: report.owed.map(({ change, since, outcome, message, notBefore }) => ({ change, since, outcome, message, not_before: notBefore })),
    offboarding: report.offboarding.map(({ account, offboarding: { principal, since, keys } }) => ({ account, principal, since, keys })),
  });
}

function entryLines(lead: string, text: string, style: Style): string[] {
  const beside = style.columns - textWidth(lead) >= 30;
  const lines = beside
    ? wrapAfter(lead, text, style.columns)
    : [...wrapAfter('  ', lead.trim(), style.columns), ...wrapAfter('    ', text, style.columns)];
  const [first = lead.trimEnd(), ...rest] = lines;
  const head = beside ? lead : first;
  return [style.dim(head) + first.slice(head.length), ...rest];
}

function owedLines(owed: readonly Owed[], style: Style): string[] {
  if (owed.length === 0) return [style.green('Nothing is owed.')];
  return [
    style.bold(`Owed: ${countWords(owed.length, 'change')}`),
    ...owed.flatMap((one) => {
      const notes = [
        `since ${formatInstant(one.since)}`,
        one.outcome ?? '',
        one.notBefore === null ? '' : `from ${formatInstant(one.notBefore)}`,
        encodeSentence(one.message),
      ].filter((note) => note !== '');
      return [
        ...wrapAfter('  ', `${describeChange(one.change)} in ${nameAccount(one.change.account)}`, style.columns),
        ...wrapAfter('    ', notes.join(', '), style.columns).map(style.dim),
      ];
    }),
  ];
}

function offboardingLines(open: LedgerReport['offboarding'], style: Style): string[] {
  return [
    style.bold(`Not wholly gone: ${countWords(open.length, 'person', 'people')}`),
    ...open.flatMap(({ account, offboarding }) => [
      ...wrapAfter('  ', `${encodePrincipal(offboarding.principal)} in ${nameAccount(account)}`, style.columns),
      ...wrapAfter('    ', encodeSentence(describeOffboarding(account, offboarding)), style.columns).map(style.dim),
      ...listKeys(offboarding.keys ?? []).flatMap((key) => wrapAfter('      ', key, style.columns)),
    ]),
  ];
}
