import type { GuardResult } from './model.ts';
import type { PullPlan } from './pull.ts';

/**
 * The guards that stop what a pull request does itself. A guard that stops an account where it changes nothing is somebody else's: the
 * very pull request that lifts it, an approval file say, must not fail because of it.
 */
export function findOwnBlocks({ plan, own, conflicts }: Pick<PullPlan, 'plan' | 'own' | 'conflicts'>): GuardResult[] {
  const touched = new Set(plan.changes.filter((change) => own.has(change.id)).map((change) => change.account));
  for (const { account } of conflicts) touched.add(account);
  return plan.guards.filter((guard) => guard.verdict === 'block' && (touched.has(guard.account) || guard.guard === 'unreviewable_plan'));
}
