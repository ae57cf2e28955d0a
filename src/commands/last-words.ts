import type { Digest, Plan, Reading, Result } from '../model.ts';
import type { AccountDecision } from '../plan/decide-accounts.ts';
import type { AccountResult } from '../report/render-outcomes.ts';

/** What was to be made, was found otherwise by the look before it, and by the read afterwards is as policy says: others did it meanwhile. */
export function settledMeanwhile(
  result: Result,
  remaining: Plan,
  due: ReadonlySet<Digest>,
  readings: ReadonlyMap<string, Reading>,
): Result {
  const { change, outcome } = result;
  const isLeft = remaining.changes.some((one) => one.account === change.account && one.principal === change.principal);
  if (outcome !== 'withheld' || isLeft || !due.has(change.id) || readings.get(change.account)?.kind !== 'complete') return result;
  return { ...result, outcome: 'already', message: 'somebody else did it meanwhile' };
}

/** Whoever could not be read after the run does not know what is left there. */
export function unreadAfterwards(result: AccountResult, reading: Reading | undefined): AccountResult {
  if (result.status !== 'done' || reading?.kind !== 'incomplete') return result;
  return {
    ...result,
    status: 'incomplete',
    message: `what was done stands above; the read afterwards failed, so what is left is not known: ${reading.message}`,
  };
}

/** One result a change, the last word on it, in the order of the plan; what earlier runs left open comes first. */
export function inPlanOrder(results: readonly Result[], decided: readonly AccountDecision[]): Result[] {
  const place = new Map(decided.flatMap(({ decisions }) => decisions).map(({ change }, index) => [change.id, index]));
  const last = new Map(results.map((result) => [result.change.id, result]));
  return [...last.values()].toSorted((a, b) => (place.get(a.change.id) ?? -1) - (place.get(b.change.id) ?? -1));
}
