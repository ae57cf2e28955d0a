import type { Instant, Outcome, Plan, Result } from '../model.ts';
import { codeSentence, codeSpan, encodeSentence } from '../text/encode-sentence.ts';
import { countWords, formatNumber } from './count-words.ts';
import type { Paint, Style } from './create-style.ts';
import { describeChange } from './describe-change.ts';
import { wrapAfter } from './fit-text.ts';
import { formatInstant, formatTime } from './format-instant.ts';
import { groupBySteps } from './group-by-steps.ts';
import { mergeSteps } from './merge-steps.ts';
import { nameAccount } from './name-account.ts';
import { numberSteps } from './render-changes.ts';
import { summarisePlan } from './summarise-plan.ts';
import { toJson } from './to-json.ts';

/** What an apply or a revert came to. */
export interface ApplyReport {
  readonly results: readonly Result[];
  readonly accounts: readonly AccountResult[];
  /** What people should know beside the results. */
  readonly warnings: readonly string[];
  /** What is still to be done, as a plan; null when that is nothing. */
  readonly remaining: Plan | null;
  readonly interrupted: boolean;
  /** Where approvals come from; plan files when not given. */
  readonly approvals?: 'plan' | 'pulls';
}

export interface AccountResult {
  readonly account: string;
  readonly status: 'done' | 'blocked' | 'incomplete' | 'stopped';
  readonly message: string;
  /** Why it was stopped before its end. */
  readonly cause?: 'credentials' | 'failing' | 'interrupted' | 'ledger';
}

/** In this order everywhere. */
const OUTCOMES = ['applied', 'already', 'failed', 'undecided', 'deferred', 'manual', 'withheld'] as const satisfies readonly Outcome[];

const OUTCOME_WORDS = {
  applied: '',
  already: '',
  failed: '',
  undecided: 'may have happened; the next run reads before it does anything',
  deferred: 'owed',
  manual: '',
  withheld: '',
} satisfies Record<Outcome, string>;

/** How what is withheld gets its approval: by a plan file, or on GitHub by a pull request. */
const WAY_OUT = {
  plan: 'Way out: run `rollcall plan --out FILE`, have that plan approved, and apply it.',
  pulls: 'Way out: the next pull request that is planned lists it; merging that one, approved, takes it in.',
} as const;

/** The result of an apply as people read it on a terminal. */
export function renderOutcomes(report: ApplyReport, style: Style): string {
  const many = new Set(report.results.map(({ change }) => change.account)).size > 1;
  const blocks = [
    report.results.flatMap((result) => resultLines(result, many, style)),
    report.accounts.filter(({ status }) => status !== 'done').flatMap((account) => accountLines(account, style)),
    report.warnings.flatMap((warning) => wrapAfter('! ', encodeSentence(warning), style.columns).map(style.yellow)),
    manualLines(report, style),
    has(report, 'withheld') ? wrapAfter('', WAY_OUT[report.approvals ?? 'plan'], style.columns) : [],
    endLines(report, style),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** The result of an apply as a document. */
export function outcomesToJson(report: ApplyReport): string {
  return toJson({
    format_version: '1.0',
    results: report.results.map(({ change, outcome, message, not_before }) => ({ change, outcome, message, not_before })),
    accounts: report.accounts.map(({ account, status, message }) => ({ account, status, message })),
    counts: countOutcomes(report),
    warnings: report.warnings,
    interrupted: report.interrupted,
    remaining: report.remaining,
  });
}

/** The result of an apply as GitHub Markdown. */
export function outcomesToMarkdown(report: ApplyReport): string {
  const rows = report.results.map(({ change, outcome, message, not_before: notBefore }) => {
    const said = [OUTCOME_WORDS[outcome], notBefore === null ? '' : `from ${formatInstant(notBefore)}`]
      .filter((part) => part !== '')
      .join(', ');
    const words = [said, message === '' ? '' : codeSentence(message)].filter((part) => part !== '').join(': ');
    return `| ${outcome} | ${codeSpan(nameAccount(change.account))} | ${codeSentence(describeChange(change))} | ${words} |`;
  });
  const steps = groupBySteps(manualResults(report).map(({ change }) => change)).flatMap((group) => [
    ...group.map((change) => `- [ ] ${codeSentence(describeChange(change))}`),
    ...mergeSteps(group).map((step, at) => `  ${at + 1}. ${codeSentence(step)}`),
  ]);
  const accounts = report.accounts
    .filter(({ status }) => status !== 'done')
    .map(({ account, status, message }) => `- **${status}** ${codeSpan(nameAccount(account))}: ${codeSentence(message)}`);
  const blocks = [
    [`### ${countsLine(report)}`],
    report.interrupted ? ['**Interrupted.** The ledger is closed; the next run goes on.'] : [],
    accounts,
    report.warnings.map((warning) => `- **warning** ${codeSentence(warning)}`),
    rows.length > 0 ? ['| Outcome | Account | Change | |', '|---|---|---|---|', ...rows] : [],
    steps.length > 0 ? ['**To do by hand**', '', ...steps] : [],
    has(report, 'withheld') ? [WAY_OUT[report.approvals ?? 'plan']] : [],
    report.remaining === null ? [] : [summarisePlan(report.remaining, new Map()).replace(/^\w+:/, 'Remaining:')],
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** `Applied 3, already 1, failed 0, undecided 0, deferred 10, manual 1, withheld 0.` */
export function countsLine(report: ApplyReport): string {
  const counts = countOutcomes(report);
  const words = OUTCOMES.map((outcome) => `${outcome} ${formatNumber(counts[outcome])}`).join(', ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function countOutcomes(report: ApplyReport): Record<Outcome, number> {
  const counts = { applied: 0, already: 0, failed: 0, undecided: 0, deferred: 0, manual: 0, withheld: 0 };
  for (const { outcome } of report.results) counts[outcome] += 1;
  return counts;
}

function resultLines({ change, outcome, message, not_before: notBefore }: Result, many: boolean, style: Style): string[] {
  const paint = paintOf(outcome, style);
  const where = many ? ` in ${nameAccount(change.account)}` : '';
  const lead = `${outcome.padEnd(9)}  `;
  const notes = [OUTCOME_WORDS[outcome], notBefore === null ? '' : `from ${formatInstant(notBefore)}`, encodeSentence(message)].filter(
    (note) => note !== '',
  );
  const first = wrapAfter(lead, describeChange(change) + where, style.columns);
  const rest = wrapAfter(' '.repeat(lead.length), notes.join('; '), style.columns);
  const [head, tail] = [first.at(-1) ?? '', rest[0]];
  const joined = rest.length === 1 && tail !== undefined && first.length === 1 ? `${head} · ${tail.trim()}` : null;
  const lines = joined !== null && [...joined].length <= style.columns ? [joined] : [...first, ...rest];
  return lines.map((line, at) =>
    at === 0 ? paint(line.slice(0, lead.length)) + dimNotes(line.slice(lead.length), style) : style.dim(line),
  );
}

function dimNotes(line: string, style: Style): string {
  const at = line.indexOf(' · ');
  return at < 0 ? line : line.slice(0, at) + style.dim(line.slice(at));
}

function accountLines({ account, status, message }: AccountResult, style: Style): string[] {
  const name = nameAccount(account);
  return wrapAfter('✗ ', `${name} ${status}: ${encodeSentence(message)}`, style.columns).map(style.red);
}

function manualLines(report: ApplyReport, style: Style): string[] {
  const changes = manualResults(report).map(({ change }) => change);
  const groups = groupBySteps(changes.filter(({ steps }) => steps.length > 0));
  if (groups.length === 0) return [];
  return [
    style.bold('To do by hand, and the next read proves it:'),
    ...groups.flatMap((group) => [
      ...group.flatMap((change) =>
        wrapAfter('  ', `${describeChange({ ...change, executor: 'api' })} in ${nameAccount(change.account)}`, style.columns),
      ),
      ...numberSteps(mergeSteps(group), '    ', style),
    ]),
  ];
}

function endLines(report: ApplyReport, style: Style): string[] {
  const next = report.results.reduce<Instant | null>(
    (soonest, { not_before: notBefore }) => (notBefore !== null && (soonest === null || notBefore < soonest) ? notBefore : soonest),
    null,
  );
  const left = report.remaining?.changes.length ?? 0;
  const window =
    next === null ? '' : ` Next window ${report.remaining === null ? formatInstant(next) : formatTime(next, report.remaining.at)}.`;
  return [
    ...(report.interrupted ? [style.yellow('Interrupted. The ledger is closed; the next run goes on where this one stopped.')] : []),
    // Never wrapped: scripts search for it.
    style.bold(countsLine(report)),
    ...(left > 0 ? [`${countWords(left, 'change')} left.${window}`] : window === '' ? [] : [window.trim()]),
  ];
}

function manualResults(report: ApplyReport): readonly Result[] {
  return report.results.filter(({ outcome }) => outcome === 'manual');
}

function has(report: ApplyReport, outcome: Outcome): boolean {
  return report.results.some((result) => result.outcome === outcome);
}

function paintOf(outcome: Outcome, style: Style): Paint {
  return {
    applied: style.green,
    already: style.dim,
    failed: style.red,
    undecided: style.yellow,
    deferred: style.dim,
    manual: style.magenta,
    withheld: style.yellow,
  }[outcome];
}
