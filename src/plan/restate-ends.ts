import { NOTHING, sameHolding } from '../holding.ts';
import type { Change, DesiredAccount, Plan } from '../model.ts';

/**
 * An end date approves itself only where it was approved to stand: in the policies that were wholly accepted in its account. One that came
 * since, by a direct push say, is a change of policy like any other and waits for people.
 *
 * @param accepted those policies, judged on the same day; null where nothing was accepted yet, so that nothing can be newer
 */
export function restateEnds(plan: Plan, accepted: (account: string) => DesiredAccount | null): Plan {
  if (!plan.changes.some((change) => change.origin === 'end')) return plan;
  const stands = (change: Change): boolean => {
    const before = accepted(change.account);
    const holding = before?.principals.get(change.principal)?.holding ?? NOTHING;
    return before === null || sameHolding(holding, change.after ?? NOTHING);
  };
  const changes = plan.changes.map(
    (change): Change => (change.origin === 'end' && !stands(change) ? { ...change, origin: 'git' } : change),
  );
  return { ...plan, changes };
}
