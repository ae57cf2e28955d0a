import type { Outcome, Plan, Result } from '../../model.ts';
import type { PeopleApproval, PullEvidence, PullResult } from '../../pull.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan } from '../../text/encode-sentence.ts';
import { countWords, formatNumber, listSome } from '../count-words.ts';
import { describeChange } from '../describe-change.ts';
import { leavesBehind } from '../describe-reason.ts';
import { formatTime } from '../format-instant.ts';
import { nameAccount } from '../name-account.ts';
import { shortDigest } from '../summarise-plan.ts';
import { describeDiscounted } from './describe-discounted.ts';
import { encodeProse } from './encode-prose.ts';
import { countBytes, fitLines, joinBlocks, takeLines } from './fit-lines.ts';
import { shortCommit } from './link-place.ts';
import { renderByHand } from './render-by-hand.ts';
import { endOfFooter } from './render-freshness.ts';
import { renderUnnamed } from './render-unnamed.ts';
import { countOutcomes, OUTCOMES, titleResult } from './title-result.ts';

const LIGHTS = {
  failed: '🔴',
  undecided: '🔴',
  withheld: '🔴',
  manual: '🛠',
  deferred: '⏳',
  applied: '✅',
  already: '✅',
} satisfies Record<Outcome, string>;

const WORDS = {
  failed: '',
  undecided: 'may have happened; the next run reads before it does anything',
  withheld: '',
  manual: 'the next read proves it',
  deferred: 'owed',
  applied: '',
  already: 'was so already',
} satisfies Record<Outcome, string>;

const MOST_NAMES = 5;

/** What became of a merged pull request, most pressing first; its rows are cut where they do not fit, and counted. */
export function renderResult(result: PullResult, maxBytes: number): string {
  const { evidence, results, troubles, unnamed } = result;
  const sorted = results.toSorted((a, b) => OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome));
  const rows = sorted.map((one) => renderRow(one, result.at));
  const table = rows.length === 0 ? [] : ['| | Outcome | Change | Account | |', '|---|---|---|---|---|'];
  const manual = renderByHand(results.filter(isLeftToPeople).map(({ change }) => change));
  const stopped = troubles.map(({ account, message }) => `> - ${codeSpan(nameAccount(account))}: ${codeSentence(message)}`);
  const callout = [...refusedLines(evidence), ...stopped];
  const before = [
    [`### ${titleResult(result)}`],
    callout.length === 0
      ? []
      : ['> [!CAUTION]', ...fitLines(callout, maxBytes / 4, (hidden) => `> - and ${countWords(hidden, 'account')} more`)],
    [...approvalLines(evidence), ...wholeLines(result)],
  ];
  const after = [
    fitLines(manual, maxBytes / 4, (hidden) => `- and ${countWords(hidden, 'line')} more, which the plan has`),
    withheldLines(results),
    results.length === 0 ? renderUnnamed(unnamed, true, maxBytes / 4) : [],
    endLines(result),
    [footerOf(result)],
  ];
  const left = maxBytes - countBytes(joinBlocks([...before, table, ...after])) - countBytes(moreLine(sorted));
  const shown = takeLines(rows, left);
  const more = shown.length < rows.length ? [moreLine(sorted.slice(shown.length))] : [];
  return joinBlocks([...before, [...table, ...shown, ...more], ...after]);
}

/** What no API does, and what whoever lost access left behind: this comment takes the place of the plan that had the list. */
function isLeftToPeople({ change, outcome }: Result): boolean {
  return outcome === 'manual' || ((outcome === 'applied' || outcome === 'already') && leavesBehind(change));
}

function renderRow({ change, outcome, message, not_before: notBefore }: Result, at: string): string {
  const words = [
    WORDS[outcome],
    notBefore === null ? '' : `from ${formatTime(notBefore, at)}`,
    message === '' ? '' : codeSentence(message),
  ].filter((part) => part !== '');
  const cells = [
    LIGHTS[outcome],
    outcome,
    codeSentence(describeChange({ ...change, executor: 'api' })),
    codeSpan(nameAccount(change.account)),
    words.join(' · '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function moreLine(hidden: readonly Result[]): string {
  const counts = countOutcomes(hidden);
  const words = OUTCOMES.filter((outcome) => counts[outcome] > 0).map((outcome) => `${formatNumber(counts[outcome])} ${outcome}`);
  return `\n**Rows not shown here: ${words.join(', ')}.** All of them stand in the ledger.`;
}

function refusedLines({ refused, number, needsPlan }: PullEvidence): string[] {
  if (refused === null) return [];
  const wayOut = needsPlan
    ? `it is planned anew in its check run. Lift what blocks it, if anything does; have that plan approved, and dispatch the workflow \`apply\` with the number ${number}`
    : 'have it approved, and dispatch the workflow `apply`';
  return [`> - **The approval of this pull request does not count**: ${encodeProse(refused)}.`, `> - Way out: ${wayOut}.`];
}

function approvalLines({ people }: PullEvidence): string[] {
  if (people === null) return [];
  const roles = people.needed
    .filter((one) => one.by !== null)
    .map((one) => `${codeSpan(visible(one.role))} in ${codeSpan(nameAccount(one.account))} by ${codeSpan(visible(one.by ?? ''))}`);
  const nobody = people.proposal === null ? 'Approved by nobody other than its author' : 'Approved by nobody who may';
  const who = people.by === null ? nobody : `Approved by ${codeSpan(visible(people.by))}`;
  const approved = `${[who, ...roles.slice(0, 10)].join('; ')}${roles.length > 10 ? `; and ${formatNumber(roles.length - 10)} more` : ''}.`;
  return [[approved, ...proposalWords(people)].join(' ')];
}

function proposalWords({ proposal, discounted }: PeopleApproval): string[] {
  if (proposal === null) return [];
  const askers = listSome(
    proposal.logins.map((login) => codeSpan(visible(login))),
    MOST_NAMES,
  );
  const others = discounted.map((one) => `${codeSpan(visible(one.login))} (${describeDiscounted(one)})`);
  return [
    `rollcall proposed it${askers === '' ? '' : `, asked for by ${askers}`}.`,
    ...(others.length === 0 ? [] : [`Not counted: ${listSome(others, MOST_NAMES)}.`]),
  ];
}

function wholeLines({ results, troubles, evidence }: PullResult): string[] {
  const done = results.every(({ outcome }) => outcome === 'applied' || outcome === 'already');
  if (!done || troubles.length > 0 || evidence.refused !== null) return [];
  return [results.length === 0 ? 'There was nothing to do.' : 'All of it is true now, as read back from the accounts.'];
}

function withheldLines(results: readonly Result[]): string[] {
  if (!results.some(({ outcome }) => outcome === 'withheld')) return [];
  return [
    'What is withheld is shown by the next pull request that is planned. Merging that one takes it in, once it has the approvals that its roles ask for.',
  ];
}

function endLines({ remaining, exit }: PullResult): string[] {
  const left = remaining === null ? [] : [stillToDo(remaining)].filter((line) => line !== '');
  const code = exit.code === 0 ? [] : [`Exit ${exit.code}: ${encodeProse(exit.meaning)}.`];
  return [...left, ...code];
}

function stillToDo({ summary }: Plan): string {
  const counts: [number, string][] = [
    [summary.invite, 'to invite'],
    [summary.patch, 'to patch'],
    [summary.delete, 'to delete'],
    [summary.manual, 'by hand'],
  ];
  const words = counts.filter(([count]) => count > 0).map(([count, what]) => `${formatNumber(count)} ${what}`);
  return words.length === 0 ? '' : `Still to do in all accounts: ${words.join(', ')}.`;
}

function footerOf({ commit, evidence, runUrl, at }: PullResult): string {
  const parts = [
    `Applied ${shortCommit(commit)}`,
    `head ${shortCommit(evidence.head)}`,
    ...(evidence.digest === null ? [] : [`plan ${codeSpan(shortDigest(evidence.digest))}`]),
    ...endOfFooter(runUrl, at),
  ];
  return `<sub>${parts.join(' · ')}</sub>`;
}
