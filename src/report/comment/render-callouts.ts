import type { Change, GuardResult, PlanAccount } from '../../model.ts';
import { findOwnBlocks } from '../../own-blocks.ts';
import type { ConvergedAccess } from '../../pull.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan, encodePrincipal } from '../../text/encode-sentence.ts';
import { formatNumber } from '../count-words.ts';
import { describeAccess, describeHolding } from '../describe-change.ts';
import { describeGuard } from '../describe-guard.ts';
import { nameAccount } from '../name-account.ts';
import { unsupervisedLine } from '../summarise-plan.ts';
import { encodeProse } from './encode-prose.ts';
import type { ReviewFacts } from './render-review.ts';
import { findLoosened, isAlarming, sortChanges } from './sort-changes.ts';

/** Callouts that shout at everything are read by nobody; the tables below have all of them. */
const MOST_CALLOUTS = 5;

/**
 * What nobody may miss, in one callout: blocks, what could not be read, loosened guards, gained privilege, deletes. `first` is what
 * depends on the time of reading.
 */
export function renderCallouts(facts: ReviewFacts, first: readonly string[] = []): string[] {
  const { own, withheld } = sortChanges(facts);
  const lines = [
    ...blockLines(facts),
    ...firstFew(
      facts.plan.accounts.filter(({ observation }) => !observation.complete),
      unreadLine,
      'account',
    ),
    ...first,
    ...facts.plan.unsupervised.map(({ account, principals }) => `**${unsupervisedLine(codeSpan(nameAccount(account)), principals)}**`),
    ...firstFew(findLoosened(facts), loosenedLine, 'setting'),
    ...firstFew(
      facts.converged.filter(({ alarming }) => alarming),
      acceptedLine,
      'admin',
    ),
    ...firstFew([...own, ...withheld].filter(isAlarming), changeLine, 'change'),
  ];
  return lines.length === 0 ? [] : ['> [!CAUTION]', ...lines.map((line) => `> - ${line}`)];
}

function blockLines({ plan, own, conflicts }: ReviewFacts): string[] {
  const mine = new Set(findOwnBlocks({ plan, own, conflicts }));
  const blocks = plan.guards.filter((guard) => mine.has(guard));
  const others = [...new Set(plan.guards.filter((guard) => guard.verdict === 'block' && !mine.has(guard)))];
  const rebase = conflicts.length > 0 && !blocks.some(({ guard }) => guard === 'needs_rebase');
  return [
    ...(rebase ? ['**Blocked by needs_rebase**: the base branch changed the same access meanwhile, and not to the same.'] : []),
    ...groupBlocks(blocks).map((same) => {
      const where = same.map(({ account }) => codeSpan(nameAccount(account))).join(', ');
      return `**Blocked by ${describeGuard(same[0]).name}** in ${where}: ${encodeProse(same[0].message)}`;
    }),
    ...others.map(
      (guard) =>
        `${codeSpan(nameAccount(guard.account))} is blocked by ${describeGuard(guard).name}, and not by this pull request: ${encodeProse(guard.message)}`,
    ),
  ];
}

/** What stops several accounts for one reason is said once. */
function groupBlocks(blocks: readonly GuardResult[]): [GuardResult, ...GuardResult[]][] {
  const groups = new Map<string, [GuardResult, ...GuardResult[]]>();
  for (const block of blocks) {
    const key = JSON.stringify([block.guard, block.budget, block.message]);
    const group = groups.get(key);
    if (group) group.push(block);
    else groups.set(key, [block]);
  }
  return [...groups.values()];
}

function unreadLine({ account, observation }: PlanAccount): string {
  const what = observation.cause === 'unverified' ? 'Unverified' : 'Not read completely';
  return `**${what}**: ${codeSpan(nameAccount(account))}, so nothing is done there. ${codeSentence(observation.reason ?? '')}`;
}

function firstFew<T>(all: readonly T[], line: (one: T) => string, name: string): string[] {
  const more = all.length - MOST_CALLOUTS;
  if (more <= 0) return all.map(line);
  return [...all.slice(0, MOST_CALLOUTS).map(line), `and ${formatNumber(more)} more such ${more === 1 ? name : `${name}s`}`];
}

function loosenedLine({ account, setting, before, after }: ReviewFacts['settings'][number]): string {
  return `**Looser from the next pull request on**: ${codeSpan(visible(setting))} of ${codeSpan(nameAccount(account))}, ${codeSentence(`${before ?? 'none'} → ${after ?? 'none'}`)}.`;
}

function acceptedLine({ account, principal, now, before }: ConvergedAccess): string {
  const who = codeSpan(encodePrincipal(principal));
  return `**Merging accepts ${who} as ${codeSpan(describeHolding(now))}** in ${codeSpan(nameAccount(account))}: it was changed in the account, last applied ${codeSpan(describeHolding(before))}.`;
}

function changeLine(change: Change): string {
  const who = codeSpan(encodePrincipal(change.principal));
  const where = codeSpan(nameAccount(change.account));
  const held = change.before === null ? '' : codeSpan(describeAccess(change.before));
  const after = codeSpan(change.after === null ? '' : describeHolding(change.after));
  if (change.action === 'delete') return `**${who} is deleted** from ${where}${held === '' ? '' : ` and loses ${held}`}.`;
  if (change.action === 'invite') return `**${who} is invited as ${after}** to ${where}.`;
  return `**${who} becomes ${after}** in ${where}, now ${held}.`;
}
