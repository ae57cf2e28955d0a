import type { DesiredState, History, LivePrincipal, Observation, Plan, Reading } from '../model.ts';
import type { Ancestry } from '../plan/check-guards.ts';
import { makePlan } from '../plan/make-plan.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { VERSION } from '../version.ts';
import { descendsFrom } from './git-facts.ts';
import type { Run } from './run-context.ts';

/** One plan of one run. */
export function makeRunPlan(
  run: Run,
  mode: Plan['mode'],
  desired: DesiredState,
  base: DesiredState | null,
  readings: ReadonlyMap<string, Reading>,
  history: History,
  ancestry: Ancestry,
): Plan {
  return makePlan({
    mode,
    version: VERSION,
    desired,
    base,
    readings,
    history,
    capabilitiesOf,
    ancestry,
    whole: run.flags.account.length === 0,
  });
}

/** Plans what is there each time it is asked, and not again as long as all that the last plan was made from is the same. */
export function createPlanner(
  makeFrom: (history: History, ancestry: Ancestry) => Plan,
  { readings, historyOf }: { readonly readings: ReadonlyMap<string, Reading>; readonly historyOf: () => History },
): (ancestry: Ancestry) => Plan {
  let last: { readonly from: readonly unknown[]; readonly plan: Plan } | null = null;
  return (ancestry) => {
    const history = historyOf();
    const from = [history, ancestry.head, ancestry.lastApplied, ancestry.descends, ...readings.values()];
    if (last === null || from.length !== last.from.length || from.some((one, index) => one !== last?.from[index])) {
      last = { from, plan: makeFrom(history, ancestry) };
    }
    return last.plan;
  };
}

/** Whether the commit at hand may follow the one last applied. */
export async function readAncestry(run: Run, head: string | null, history: History): Promise<Ancestry> {
  const { commit: lastApplied } = history;
  if (head === null || lastApplied === null) return { head, lastApplied, descends: null };
  return { head, lastApplied, descends: await descendsFrom(run, head, lastApplied) };
}

/** A complete reading; null where there is none. */
export function observationOf(reading: Reading | undefined): Observation | null {
  return reading?.kind === 'complete' ? reading.observation : null;
}

/** Live principals by e-mail. */
export function liveOf(observation: Observation): Map<string, LivePrincipal> {
  return new Map(observation.principals.map((live) => [live.principal, live]));
}
