import type { GuardResult } from '../../model.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan } from '../../text/encode-sentence.ts';
import type { AccountWatch } from '../../watch.ts';
import { describeAge } from '../comment/describe-age.ts';
import { encodeProse } from '../comment/encode-prose.ts';
import { type Block, countBytes, joinBlocks } from '../comment/fit-lines.ts';
import { BODY_MAX_BYTES } from '../comment/render-comment.ts';
import { endOfFooter } from '../comment/render-freshness.ts';
import { countWords, formatNumber } from '../count-words.ts';
import { describeGuard } from '../describe-guard.ts';
import { formatInstant } from '../format-instant.ts';
import { nameAccount } from '../name-account.ts';
import { collectSet, describeCounts, type IssueSet } from './collect-set.ts';
import { fitSections } from './fit-sections.ts';
import { listSections } from './list-sections.ts';
import { writeLedgerPlace } from './read-ledger-place.ts';
import { type UnsaidNews, writeMemory } from './remember-set.ts';
import { type Carried, NOTHING_CARRIED } from './resume-set.ts';

const MOST_GUARDS = 5;
const SHORT_HASH = 12;

/** The rolling issue of one account: a dashboard as Markdown of at most `maxBytes` bytes in UTF-8, without its marker line. */
export function renderIssue(
  watch: AccountWatch,
  maxBytes: number = BODY_MAX_BYTES,
): { readonly title: string; readonly body: string; readonly labels: readonly string[] } {
  const set = collectSet(watch);
  return { title: titleIssue(watch), body: renderBody(watch, set, null, maxBytes), labels: labelIssue(set) };
}

/** The body with what it remembers: the set it shows, and the news that no comment has said yet. `carried` is what the set has from the issue before. */
export function renderBody(
  watch: AccountWatch,
  set: IssueSet,
  unsaid: UnsaidNews | null,
  maxBytes: number,
  carried: Carried = NOTHING_CARRIED,
): string {
  const before: Block[] = [[`### ${stateOf(set)}`], calloutsOf(watch), set.isEmpty ? [CLEAN] : []];
  const after: Block[] = [[lastGoodLine(watch)], [footerOf(watch)], [...writeLedgerPlace(watch.ledger), ...writeMemory({ set, unsaid })]];
  const left = maxBytes - countBytes(joinBlocks([...before, ...after])) - 1;
  return joinBlocks([...before, ...fitSections(listSections(watch, carried), left), ...after]);
}

const CLEAN =
  'Nobody has to do anything about who has access here. The scheduled run goes on looking, and opens this issue again when there is something to know.';

export function titleIssue({ account }: Pick<AccountWatch, 'account'>): string {
  return `rollcall: ${nameAccount(account)}`;
}

/** GitHub makes a label when an issue is first given it. */
export function labelIssue({ counts }: IssueSet): string[] {
  const { drift, unread, person, somebody, rollcall } = counts;
  return [
    'rollcall',
    ...(drift > 0 ? ['rollcall:drift'] : []),
    ...(person + somebody + rollcall > 0 ? ['rollcall:owed'] : []),
    ...(unread > 0 ? ['rollcall:unread'] : []),
  ];
}

function stateOf({ counts }: IssueSet): string {
  return (describeCounts(counts) ?? 'Everything is as the policies say').replace(/^the /, 'The ');
}

function calloutsOf({ unread, guards }: AccountWatch): string[] {
  const stopping = guards.filter(({ verdict }) => verdict !== 'pass');
  const more = stopping.length - MOST_GUARDS;
  const lines = [
    ...(unread === null ? [] : [`**The account could not be read**, so nothing was done in it. ${codeSentence(unread)}`]),
    ...stopping.slice(0, MOST_GUARDS).map(guardLine),
    ...(more > 0 ? [`and ${formatNumber(more)} more ${more === 1 ? 'guard' : 'guards'}`] : []),
  ];
  return lines.length === 0 ? [] : ['> [!CAUTION]', ...lines.map((line) => `> - ${line}`)];
}

function guardLine(guard: GuardResult): string {
  const { name } = describeGuard(guard);
  const words = guard.verdict === 'block' ? `Blocked by ${name}` : `One field is left alone by ${name}`;
  return `**${words}**: ${encodeProse(guard.message)}`;
}

function lastGoodLine({ lastGood, at }: AccountWatch): string {
  if (lastGood === null) return 'This account has not been read completely yet.';
  const who = countWords(lastGood.principals, 'person', 'people');
  return `Last complete read: ${formatInstant(lastGood.at)}, ${describeAge(lastGood.at, at)}: ${who}.`;
}

function footerOf({ ledger, runUrl, at }: AccountWatch): string {
  const place =
    ledger === null ? [] : [`Ledger ${ledger.seq} ${codeSpan(visible(ledger.hash.replace('sha256:', '').slice(0, SHORT_HASH)))}`];
  return `<sub>${[...place, ...endOfFooter(runUrl, at)].join(' · ')}</sub>`;
}
