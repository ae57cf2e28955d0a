import { findOwnBlocks } from '../../own-blocks.ts';
import type { PullView } from '../../pull.ts';
import { countWords, formatNumber } from '../count-words.ts';
import { describeGuard } from '../describe-guard.ts';
import { countTag } from '../summarise-plan.ts';
import { findLoosened, findTakenIn, sortChanges } from './sort-changes.ts';

/** `Access plan: 5 changes on 2 accounts · 🔴 1 admin gained · blocked by max_deletes`, as a phone shows it. Counted is what an approval agrees to. */
export function titlePlan(view: PullView): string {
  const { plan, conflicts, stale } = view;
  const { own, withheld: waiting } = sortChanges(view);
  const withheld = stale ? [] : findTakenIn(view, waiting);
  const agreed = [...own, ...withheld];
  const deletes = agreed.filter(({ action }) => action === 'delete').length;
  const byHand = agreed.filter(({ executor }) => executor === 'manual').length;
  const accounts = new Set(own.map(({ account }) => account)).size;
  const blocks = findOwnBlocks(view).map((guard) => describeGuard(guard).name);
  const blocked = [...new Set([...blocks, ...(conflicts.length > 0 ? ['needs_rebase'] : [])])];
  const counts = [
    count(withheld.length, (n) => `${countWords(n, 'withheld change')} taken in`),
    count(countTag(agreed, 'privilege_gained'), (n) => `🔴 ${countWords(n, 'admin')} gained`),
    count(view.converged.filter(({ alarming }) => alarming).length, (n) => `🔴 ${countWords(n, 'admin')} accepted`),
    count(deletes, (n) => `🔴 ${countWords(n, 'delete')}`),
    count(byHand, (n) => `${formatNumber(n)} by hand`),
    count(view.ends.length, (n) => countWords(n, 'end moves', 'ends move')),
    count(findLoosened(view).length, (n) => `🔴 ${countWords(n, 'setting')} loosened`),
    count(plan.unsupervised.length, (n) => `🔴 ${countWords(n, 'account')} no longer watched`),
    count(plan.accounts.filter(({ observation }) => !observation.complete).length, (n) => `${countWords(n, 'account')} not read`),
    stale ? 'stale' : '',
    blocked.length > 0 ? `blocked by ${blocked.join(', ')}` : '',
  ];
  const first =
    own.length === 0
      ? `Access plan: no changes${withheld.length > 0 ? ' of its own' : ''}`
      : `Access plan: ${countWords(own.length, 'change')} on ${countWords(accounts, 'account')}`;
  return [first, ...counts].filter((part) => part !== '').join(' · ');
}

function count(number: number, words: (n: number) => string): string {
  return number > 0 ? words(number) : '';
}
