import type { Change } from '../../model.ts';
import type { Conflict, PullPlan, SettingChange } from '../../pull.ts';
import { visible } from '../../text/encode.ts';
import { codeSentence, codeSpan, encodePrincipal } from '../../text/encode-sentence.ts';
import { countWords, formatNumber } from '../count-words.ts';
import { describeHolding } from '../describe-change.ts';
import { nameAccount } from '../name-account.ts';
import type { CommentSize } from './comment-size.ts';
import type { Block } from './fit-lines.ts';
import { linkPlace } from './link-place.ts';
import { renderByHand } from './render-by-hand.ts';
import { renderConverged } from './render-converged.ts';
import { renderEnds } from './render-ends.ts';
import { renderRows } from './render-rows.ts';
import { findRisky, findTakenIn, type SortedChanges, sortChanges } from './sort-changes.ts';

/** What a pull request's plan is, and what an approval of it agrees to: nothing that depends on when or by whom it is looked at. */
export type ReviewFacts = Pick<
  PullPlan,
  'plan' | 'own' | 'takenIn' | 'spots' | 'conflicts' | 'settings' | 'ends' | 'converged' | 'findings' | 'on'
> & {
  readonly url: string;
};

/** The rows that people agree to: conflicts, changes, what waited before, what is to do by hand, ends, settings. */
export function renderReview(facts: ReviewFacts, size: CommentSize): Block[] {
  const shown = shownChanges(facts, size);
  const { plan, spots, url } = facts;
  const input = { url, at: plan.at, spots };
  return [
    conflictLines(facts),
    renderRows(shown.own, { ...input, links: size.links }),
    waitingLines(facts, shown, size.links - shown.own.length),
    renderByHand([...shown.own, ...shown.withheld, ...shown.approved]),
    renderConverged(facts, size),
    renderEnds(facts, size),
    settingLines(facts, size),
  ];
}

/** The changes that have a row at this size. */
export function shownChanges(facts: Pick<PullPlan, 'plan' | 'own'>, { rows }: CommentSize): SortedChanges {
  const all = sortChanges(facts);
  if (rows === 'all') return all;
  const isRisky = findRisky(facts.plan);
  const also = (changes: readonly Change[]) => (rows === 'risky' ? changes.filter(isRisky) : []);
  return { own: all.own.filter(isRisky), withheld: all.withheld.filter(isRisky), approved: also(all.approved), drift: also(all.drift) };
}

function waitingLines(facts: ReviewFacts, shown: SortedChanges, links: number): string[] {
  const { withheld, approved } = sortChanges(facts);
  const said: string[] = [];
  if (withheld.length > 0) {
    const them = withheld.length === 1 ? 'it' : 'them';
    const taken = findTakenIn(facts, withheld).length;
    said.push(`${countWords(withheld.length, 'change is', 'changes are')} withheld: no approval that counts covers ${them}.`);
    if (taken === withheld.length) said.push(`**Merging this one takes ${them} in**, once it has the approvals that the roles ask for.`);
    else {
      const left = withheld.length - taken;
      if (taken > 0)
        said.push(`**Merging this one takes ${formatNumber(taken)} of them in**, once it has the approvals that the roles ask for.`);
      said.push(
        `${formatNumber(left)} of them ${left === 1 ? 'goes' : 'go'} on waiting: this branch does not have what came to the base since (bring it up to date to take that in), or the account is blocked or was not read.`,
      );
    }
  }
  if (approved.length > 0)
    said.push(
      `${countWords(approved.length, 'change was', 'changes were')} approved before and will be made whatever becomes of this one.`,
    );
  if (said.length === 0) return [];
  const open = new Set(withheld);
  const rows = renderRows([...shown.withheld, ...shown.approved], {
    url: facts.url,
    at: facts.plan.at,
    spots: facts.spots,
    links,
    note: (change) => (open.has(change) ? '**withheld**' : ''),
  });
  return ['#### Waiting from before this pull request', '', said.join(' '), ...(rows.length > 0 ? ['', ...rows] : [])];
}

function conflictLines({ conflicts, url, on }: ReviewFacts): string[] {
  if (conflicts.length === 0) return [];
  const row = ({ account, principal, before, head, baseTip, source }: Conflict) => {
    const cells = [
      codeSpan(encodePrincipal(principal)),
      codeSpan(nameAccount(account)),
      ...[before, head, baseTip].map((holding) => codeSpan(describeHolding(holding))),
      source === null ? '' : linkPlace(source, url, on.head),
    ];
    return `| ${cells.join(' | ')} |`;
  };
  return [
    '#### Changed on both sides',
    '',
    'Bring the branch up to date with its base and decide which of the two is meant.',
    '',
    '| Who | Account | Before | Here | On the base branch | Line |',
    '|---|---|---|---|---|---|',
    ...conflicts.map(row),
  ];
}

function settingLines({ settings, url, on }: ReviewFacts, { tight }: CommentSize): string[] {
  const shown = tight ? settings.filter(({ loosens }) => loosens) : settings;
  if (settings.length === 0) return [];
  const row = ({ account, setting, before, after, loosens, source }: SettingChange) => {
    const cells = [
      loosens ? '🔴' : '⚪',
      codeSpan(nameAccount(account)),
      codeSpan(visible(setting)),
      codeSentence(`${before ?? 'none'} → ${after ?? 'none'}`),
      source === null ? '' : linkPlace(source, url, after === null ? on.baseTip : on.head),
    ];
    return `| ${cells.join(' | ')} |`;
  };
  const table = ['| | Account | Setting | From → to | Line |', '|---|---|---|---|---|', ...shown.map(row)];
  const hidden = settings.length - shown.length;
  return [
    '#### Settings',
    '',
    'They count from the next pull request on. This one is held to the settings of the base branch.',
    ...(shown.length > 0 ? ['', ...table] : []),
    ...(hidden > 0
      ? ['', `${countWords(hidden, 'setting that loosens', 'settings that loosen')} nothing ${hidden === 1 ? 'is' : 'are'} not shown here.`]
      : []),
  ];
}
