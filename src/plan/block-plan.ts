import type { GuardName, GuardResult, Plan, PlanAccount } from '../model.ts';
import type { Conflict } from '../pull.ts';
import { planDigest, worst } from './make-plan.ts';

/** A longer list would push the way out off the end of the sentence. */
const NAMED = 10;

/** The same plan, blocked everywhere: what people cannot read they have not approved. */
export function blockPlan(plan: Plan, guard: GuardName, message: string): Plan {
  const accounts = plan.accounts.map((one): PlanAccount => (one.verdict === 'incomplete' ? one : { ...one, verdict: 'blocked' }));
  const guards = plan.accounts.map(
    ({ account }): GuardResult => ({ guard, account, verdict: 'block', budget: null, limit: null, actual: null, changes: [], message }),
  );
  return {
    ...plan,
    accounts,
    guards: [...plan.guards, ...guards],
    verdict: worst(accounts.map((account) => account.verdict)),
    digest: planDigest(plan.changes, accounts),
  };
}

/** Both sides changed the same access: only somebody who reads both can say what is meant. */
export function checkConflicts(account: string, conflicts: readonly Conflict[]): GuardResult {
  const mine = conflicts.filter((conflict) => conflict.account === account);
  const names = mine.map(({ principal }) => principal);
  const who = `${names.slice(0, NAMED).join(', ')}${names.length > NAMED ? ` and ${names.length - NAMED} more` : ''}`;
  return {
    guard: 'needs_rebase',
    account,
    verdict: mine.length > 0 ? 'block' : 'pass',
    budget: null,
    limit: 0,
    actual: mine.length,
    changes: [],
    message:
      mine.length > 0
        ? `${who}: this pull request and the base branch both changed what gives this access since they parted, and not to the same. Merge or rebase onto the base branch, settle it there and push`
        : 'nothing was changed on both sides',
  };
}
