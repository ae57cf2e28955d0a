import { isEmpty } from '../holding.ts';
import type { Plan } from '../model.ts';
import { compareText } from '../text/digest.ts';
import { standsBelow } from './fan-out.ts';
import type { PlanInput } from './make-plan.ts';

/** Accounts that were watched until now and are in policy no more, with how many people hold access there. */
export function findUnsupervised({
  desired,
  base,
  history,
  pull,
}: Pick<PlanInput, 'desired' | 'base' | 'history' | 'pull'>): Plan['unsupervised'] {
  const watched = new Map<string, number>();
  for (const [name, account] of history.accounts) {
    const held = [...account.lastApplied.values()].filter((one) => one !== null).length;
    if (account.recorded) watched.set(name, held);
  }
  for (const [name, account] of base?.accounts ?? []) {
    watched.set(name, [...account.principals.values()].filter((one) => !isEmpty(one.holding)).length);
  }
  return [...watched]
    .filter(([name]) => !desired.accounts.has(name) && !standsBelow(name, desired, pull?.formerly ?? null))
    .map(([account, principals]) => ({ account, principals }))
    .toSorted((a, b) => compareText(a.account, b.account));
}
