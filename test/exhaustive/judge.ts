import { parseLedger } from '../../src/apply/open-ledger.ts';
import type { Stage } from './open-stage.ts';

/** What the vendors were made to change in a run that nothing disturbed, in any order. */
export type Effects = readonly string[];

export function effectsOf(met: Stage['met']): Effects {
  return met()
    .flatMap(({ effects }) => effects)
    .toSorted();
}

/** Runs with time between them until one ends with 0; the number of runs, null when they were not enough. */
export async function settle(stage: Stage, errands: readonly ('drift --revert' | 'apply --yes')[], waitsMinutes: readonly number[]) {
  const said: string[] = [];
  for (const [index, errand] of errands.entries()) {
    stage.minutes(waitsMinutes[index] ?? 11);
    const came = await stage.run({ errand });
    if (came.exit === 0 && errand === stage.story.errand) return { runs: index + 1, said };
    said.push(`${errand}: exit ${came.exit} ${came.stderr}${came.stdout}`);
  }
  return { runs: null, said };
}

/** Everything that is wrong at the end of a story: the vendors are as it says, made so by each change once, and nothing is left to do. */
export async function judgeEnd(stage: Stage, undisturbed: Effects): Promise<string[]> {
  const wrong: string[] = [];
  const differ = (what: string, is: readonly string[], should: readonly string[]): void => {
    if (is.join('\n') !== should.join('\n')) wrong.push(`${what}: ${is.join(', ')} and not ${should.join(', ')}`);
  };
  differ('the end', stage.truth(), stage.story.end.toSorted());
  differ('the changes', effectsOf(stage.met), undisturbed);
  const before = stage.met().length;
  const came = await stage.run();
  if (came.exit !== 0) wrong.push(`one more run ends with ${came.exit}: ${came.stderr}`);
  const writes = stage.met().slice(before).filter(isWrite);
  if (writes.length > 0) wrong.push(`one more run sends ${writes.map(({ method, path }) => `${method} ${path}`).join(', ')}`);
  try {
    if (stage.ledger() !== '') parseLedger('ledger', stage.ledger());
  } catch (error) {
    wrong.push(`the ledger does not verify: ${String(error)}`);
  }
  return wrong;
}

export function isWrite({ method, path }: { readonly method: string; readonly path: string }): boolean {
  return method !== 'GET' && !path.endsWith('/token');
}
