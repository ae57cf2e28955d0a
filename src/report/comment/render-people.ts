import type { Discounted, Needed, PeopleApproval, SinceApproval } from '../../pull.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan } from '../../text/encode-sentence.ts';
import { countWords, formatNumber, listSome } from '../count-words.ts';
import { describeChange } from '../describe-change.ts';
import { nameAccount } from '../name-account.ts';
import { describeBarred } from '../proposal/describe-barred.ts';
import { describeDiscounted } from './describe-discounted.ts';
import { countBytes, fitLines } from './fit-lines.ts';
import { shortCommit } from './link-place.ts';
import { LIGHTS } from './render-rows.ts';

const MOST_APPROVERS = 5;
const MOST_CHANGES = 20;
const MOST_DISCOUNTED = 10;

/**
 * Who still has to approve and why, what is missing first, and whose approval does not count; `uncounted` says why approvals do not count
 * yet, if they do not. Logins and teams stand in code spans, where they notify nobody.
 */
export function renderPeople(people: PeopleApproval, uncounted: string, maxBytes: number): string[] {
  const { by, needed, proposal, discounted } = people;
  const missing = needed.filter((one) => one.by === null);
  const given = needed.filter((one) => one.by !== null);
  const proposed =
    proposal === null ? [] : [`**rollcall proposed this pull request.** ${describeBarred(proposal, maxBytes / 2)}`.trim(), ''];
  const late = uncounted === '' ? [] : [uncounted, ''];
  const lines = [
    by === null ? `- ⏳ ${waitingWords(people)}` : `- ✅ ${codeSpan(visible(by))} approved the newest commit.`,
    ...[...missing, ...given].map((one) => `- ${neededLine(one)}`),
    ...discountedLines(discounted),
  ];
  const left = proposal === null ? maxBytes : maxBytes - countBytes(proposed.join('\n')) - 1;
  return [
    '#### Approvals',
    '',
    ...late,
    ...proposed,
    ...fitLines(lines, left, (hidden) => `- and ${countWords(hidden, 'more line')}, not shown here`),
  ];
}

function waitingWords({ proposal }: PeopleApproval): string {
  return proposal === null
    ? 'Somebody with write access, other than the author, has to approve the newest commit.'
    : 'Somebody else with write access has to approve the newest commit.';
}

function discountedLines(discounted: readonly Discounted[]): string[] {
  const shown = discounted
    .slice(0, MOST_DISCOUNTED)
    .map((one) => `- 🚫 ${codeSpan(visible(one.login))} does not count: ${describeDiscounted(one)}${wayOut(one)}.`);
  const hidden = discounted.length - shown.length;
  return hidden > 0 ? [...shown, `- 🚫 and ${formatNumber(hidden)} more who do not count`] : shown;
}

/** Whose login it is can be told, and then the approval may count after all. */
function wayOut({ login, why }: Discounted): string {
  if (why !== 'unknown') return '';
  return `, so it may be one of them. Give their entry in \`people/\` ${codeSpan(`github: ${visible(login)}`)}, in another pull request`;
}

/** What became different since somebody approved. */
export function renderSince(since: SinceApproval | null, maxBytes: number): string[] {
  if (since === null) return [];
  const { more, fewer } = since;
  const counts = [
    ...(more.length > 0 ? [`${countWords(more.length, 'change')} more`] : []),
    ...(fewer > 0 ? [`${countWords(fewer, 'change')} fewer`] : []),
  ];
  const title = `**Since ${codeSpan(visible(since.reviewer))} approved ${shortCommit(since.commit)}:** ${counts.join(', ') || 'nothing changed'}.`;
  const lines = more.map(
    (change) => `- ${LIGHTS[change.risk]} ${codeSentence(describeChange(change))} in ${codeSpan(nameAccount(change.account))}`,
  );
  const hidden = lines.length - MOST_CHANGES;
  const shown = hidden > 0 ? [...lines.slice(0, MOST_CHANGES), `- and ${formatNumber(hidden)} more`] : lines;
  return [title, ...(shown.length > 0 ? ['', ...fitLines(shown, maxBytes, () => '- and more, which the tables have')] : [])];
}

function neededLine({ account, role, approvers, changes, own, by, unknown }: Needed): string {
  const gives = changes.length === 0 ? 'merging accepts' : countWords(changes.length, 'change gives', 'changes give');
  const what = `${gives} ${codeSpan(visible(role))} in ${codeSpan(nameAccount(account))}`;
  const names = listSome(
    approvers.map((one) => codeSpan(visible(one))),
    MOST_APPROVERS,
  );
  const who = approvers.length === 1 && approvers[0]?.includes('/') !== true ? names : `one of ${names}`;
  const only = own ? '' : ' Only changes that waited before need it. Without it they go on waiting, and the rest is made.';
  if (by !== null) return `✅ ${codeSpan(visible(by))} approved as ${who}: ${what}.`;
  if (unknown !== null) return `❔ ${what}. Whether ${who} approved cannot be told: ${codeSentence(unknown)}.${only}`;
  return `⏳ ${who.charAt(0).toUpperCase()}${who.slice(1)} has to approve: ${what}.${only}`;
}
