import type { Change } from '../../model.ts';
import { findOwnBlocks } from '../../own-blocks.ts';
import type { PullView } from '../../pull.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan } from '../../text/encode-sentence.ts';
import { countWords, formatNumber } from '../count-words.ts';
import { formatInstant } from '../format-instant.ts';
import { summariseAdmins } from '../summarise-plan.ts';
import { COMMENT_SIZES, type CommentSize } from './comment-size.ts';
import { type Block, countBytes, fitLines, joinBlocks } from './fit-lines.ts';
import { linkPlace, linkTo } from './link-place.ts';
import { renderAccounts, renderForecasts } from './render-accounts.ts';
import { renderCallouts } from './render-callouts.ts';
import { renderFooter, renderFreshness, staleLine } from './render-freshness.ts';
import { renderGuards } from './render-guards.ts';
import { renderPeople, renderSince } from './render-people.ts';
import { renderReview, shownChanges } from './render-review.ts';
import { renderRows } from './render-rows.ts';
import { renderUnnamed } from './render-unnamed.ts';
import { sortChanges } from './sort-changes.ts';
import { titlePlan } from './title-plan.ts';

const MOST_WARNINGS = 50;

/** What each part besides the rows may take where room is tight; together with titles and footer less than `fitsReview` keeps free. */
const TIGHT_BYTES = { people: 3000, since: 1200, forecasts: 800, accounts: 1500, guards: 1200, freshness: 1000 } as const;

/** The plan of a pull request in the largest size that fits, or else only its counts. */
export function renderPull(view: PullView, maxBytes: number): string {
  for (const size of COMMENT_SIZES) {
    const text = joinBlocks(blocksOf(view, size));
    if (countBytes(text) <= maxBytes) return text;
  }
  return renderCounts(view, maxBytes);
}

function blocksOf(view: PullView, size: CommentSize): Block[] {
  const { plan, people, since, stale } = view;
  const room = (part: keyof typeof TIGHT_BYTES) => (size.tight ? TIGHT_BYTES[part] : Number.POSITIVE_INFINITY);
  const mine = withoutDrift(view);
  const quiet = isQuiet(view);
  return [
    [`### ${titlePlan(view)}`],
    renderCallouts(view, stale ? [staleLine(view)] : []),
    quiet ? [asksNobody(view) ? "This pull request changes nobody's access." : "This pull request changes nobody's access today."] : [],
    quiet && asksNobody(view) ? [] : renderPeople(people, uncountedLine(view), room('people')),
    renderSince(since, room('since')),
    ...renderReview(view, size),
    quiet ? [] : effectLine(view, renderForecasts(mine, plan.at, room('forecasts'))),
    hiddenLine(view, size),
    driftLines(view, size),
    quiet ? renderUnnamed(view.unnamed, size.names, room('accounts')) : [],
    ...(quiet ? [] : renderAccounts(plan.accounts, mine, size, room('accounts'))),
    ...(quiet ? [] : renderGuards(plan.guards, !size.tight, room('guards'))),
    warningLines(view, size),
    renderFreshness(view, room('freshness')),
    [renderFooter(view)],
  ];
}

/** What stands between an approval and its effect. */
function uncountedLine(view: PullView): string {
  if (view.after !== null) {
    const since = formatInstant(view.after);
    return `**This pull request is merged, and this plan was made afterwards.** Only reviews given after ${since} count. Then dispatch the workflow \`apply\` with the number ${formatNumber(view.number)}.`;
  }
  if (view.stale) return 'They do not count while the plan is stale.';
  return findOwnBlocks(view).length > 0 ? 'They do not count while the plan is blocked.' : '';
}

/** The size that says how much there is and where to read it. What has to be read does not fit, so nobody can have read it. */
function renderCounts(view: PullView, maxBytes: number): string {
  const lines = [
    `### ${titlePlan(view)}`,
    '',
    '**What has to be read before an approval does not fit into a comment (`unreviewable_plan`).** Split this pull request into smaller ones.',
    '',
    `Not shown here: ${countWords(view.plan.changes.length, 'change')}. ${whereAll(view)}`,
    '',
    ...renderAccounts(view.plan.accounts, withoutDrift(view), { diffs: false, names: false }, maxBytes / 2).flat(),
    '',
    renderFooter(view),
  ];
  return `${fitLines(lines, maxBytes - 1, () => '…').join('\n')}\n`;
}

function withoutDrift({ plan, own }: PullView): Change[] {
  return plan.changes.filter((change) => own.has(change.id) || change.origin !== 'drift');
}

/** Nothing to agree to and nothing in the way. */
function isQuiet(view: PullView): boolean {
  const { own, withheld } = sortChanges(view);
  const blocked = findOwnBlocks(view).length > 0 || view.conflicts.length > 0;
  const unread = view.plan.accounts.some(({ observation }) => !observation.complete);
  return own.length + withheld.length === 0 && !blocked && !unread;
}

/** Whether it counts without anybody's approval: it touches nobody, and not even an end moves. */
function asksNobody({ people, touched }: PullView): boolean {
  return people.needed.length === 0 && people.proposal === null && [...touched.values()].every((one) => one.size === 0);
}

function effectLine({ plan }: PullView, forecasts: readonly string[]): string[] {
  const { privileged_before: before, privileged_after: after } = plan.summary;
  const admins = before === after ? null : summariseAdmins(plan);
  const said = [...(admins === null ? [] : [admins]), ...forecasts];
  return said.length === 0 ? [] : [said.join(' ')];
}

function hiddenLine(view: PullView, size: CommentSize): string[] {
  if (size.rows === 'all') return [];
  const all = sortChanges(view);
  const shown = shownChanges(view, size);
  const hidden = (kind: keyof typeof all) => all[kind].length - shown[kind].length;
  const parts: [number, string][] = [
    [hidden('own') + hidden('withheld'), 'of low or medium risk'],
    [hidden('approved'), 'approved before'],
    [hidden('drift'), 'of drift'],
  ];
  const words = parts.filter(([count]) => count > 0).map(([count, what]) => `${formatNumber(count)} ${what}`);
  return words.length === 0 ? [] : [`**Rows not shown here: ${words.join(', ')}.** ${whereAll(view)}`];
}

function whereAll({ runUrl }: PullView): string {
  return `All of it stands in the summary of the ${linkTo('run', runUrl)} and in the plan that it keeps as an artifact.`;
}

/** What was there before is nobody's fault who opens a pull request. */
function driftLines(view: PullView, size: CommentSize): string[] {
  const { drift } = sortChanges(view);
  if (drift.length === 0) return [];
  const shown = shownChanges(view, size).drift;
  const gained = drift.filter(({ tags }) => tags.includes('drift_gained')).length;
  const red = gained > 0 ? `, 🔴 ${formatNumber(gained)} gained` : '';
  const title = `Drift, not from this pull request: ${countWords(drift.length, 'difference')}${red}`;
  const said = 'Somebody made these differences in the accounts. Merging this leaves them as they are: `rollcall drift` answers them.';
  if (shown.length === 0) return [`${title}. ${said}`];
  const rows = renderRows(shown, { url: view.url, at: view.plan.at, spots: view.spots, links: size.links });
  return [`<details><summary>${title}</summary>`, '', said, '', ...rows, '', '</details>'];
}

function warningLines({ findings, url, on }: PullView, size: CommentSize): string[] {
  if (findings.length === 0) return [];
  const title = `Warnings about the policies: ${formatNumber(findings.length)}`;
  if (size.tight) return [`${title}.`];
  const lines = findings
    .slice(0, MOST_WARNINGS)
    .map((one) => `- ${linkPlace(one, url, on.head)} ${codeSpan(visible(one.code))} ${codeSentence(one.message)}`);
  const more = findings.length - lines.length;
  if (more > 0) lines.push(`- and ${formatNumber(more)} more: \`rollcall validate\` lists all`);
  return [`<details><summary>${title}</summary>`, '', ...lines, '', '</details>'];
}
