import type { Change } from '../../model.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan, encodePrincipal } from '../../text/encode-sentence.ts';
import { formatNumber } from '../count-words.ts';
import { describeHolding } from '../describe-change.ts';
import { describeGuard } from '../describe-guard.ts';
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
    ...first,
    ...facts.plan.unsupervised.map(({ account, principals }) => `**${unsupervisedLine(codeSpan(visible(account)), principals)}**`),
    ...firstFew(findLoosened(facts), loosenedLine, 'setting'),
    ...firstFew([...own, ...withheld].filter(isAlarming), changeLine, 'change'),
  ];
  return lines.length === 0 ? [] : ['> [!CAUTION]', ...lines.map((line) => `> - ${line}`)];
}

function blockLines({ plan, conflicts }: ReviewFacts): string[] {
  const blocks = plan.guards.filter(({ verdict }) => verdict === 'block');
  const unread = plan.accounts.filter(({ observation }) => !observation.complete);
  const rebase = conflicts.length > 0 && !blocks.some(({ guard }) => guard === 'needs_rebase');
  return [
    ...(rebase ? ['**Blocked by needs_rebase**: the base branch changed the same access meanwhile, and not to the same.'] : []),
    ...blocks.map(
      (guard) => `**Blocked by ${describeGuard(guard).name}** in ${codeSpan(visible(guard.account))}: ${encodeProse(guard.message)}`,
    ),
    ...unread.map(
      ({ account, observation }) =>
        `**Not read completely**: ${codeSpan(visible(account))}, so nothing is done there. ${codeSentence(observation.reason ?? '')}`,
    ),
  ];
}

function firstFew<T>(all: readonly T[], line: (one: T) => string, name: string): string[] {
  const more = all.length - MOST_CALLOUTS;
  if (more <= 0) return all.map(line);
  return [...all.slice(0, MOST_CALLOUTS).map(line), `and ${formatNumber(more)} more such ${more === 1 ? name : `${name}s`} below`];
}

function loosenedLine({ account, setting, before, after }: ReviewFacts['settings'][number]): string {
  return `**Looser from the next pull request on**: ${codeSpan(visible(setting))} of ${codeSpan(visible(account))}, ${codeSentence(`${before ?? 'none'} → ${after ?? 'none'}`)}.`;
}

function changeLine(change: Change): string {
  const who = codeSpan(encodePrincipal(change.principal));
  const where = codeSpan(visible(change.account));
  const held = change.before === null ? '' : codeSpan(describeHolding(change.before));
  const after = codeSpan(change.after === null ? '' : describeHolding(change.after));
  if (change.action === 'delete') return `**${who} is deleted** from ${where}${held === '' ? '' : ` and loses ${held}`}.`;
  if (change.action === 'invite') return `**${who} is invited as ${after}** to ${where}.`;
  return `**${who} becomes ${after}** in ${where}, now ${held}.`;
}
