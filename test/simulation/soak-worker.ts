import { parentPort, workerData } from 'node:worker_threads';
import type { Counts } from './open-sim.ts';
import { simulate } from './simulate.ts';

/** What a worker tells: how far it is, and every world in which a promise was broken. */
export interface Told {
  readonly done: number;
  readonly counts: Counts | null;
  readonly failed: { readonly seed: number; readonly violations: readonly string[] } | null;
}

const BATCH = 25;
// Errors are part of every world, and nobody reads where they were made; `--seed` replays one with all of it.
Error.stackTraceLimit = 0;
const { from, step, end } = workerData as { from: number; step: number; end: number };
const tell = (told: Told) => parentPort?.postMessage(told);

void live();

async function live(): Promise<void> {
  let done = 0;
  let sum: Counts | null = null;
  for (let seed = from; seed < end; seed += step) {
    const world = await simulate(seed);
    if (world.violations.length > 0) tell({ done: 0, counts: null, failed: { seed, violations: world.violations } });
    done += 1;
    sum = sum === null ? world.counts : add(sum, world.counts);
    if (done < BATCH) continue;
    tell({ done, counts: sum, failed: null });
    done = 0;
    sum = null;
  }
  tell({ done, counts: sum, failed: null });
}

function add(one: Counts, other: Counts): Counts {
  return Object.fromEntries(Object.entries(one).map(([name, count]) => [name, count + other[name as keyof Counts]])) as unknown as Counts;
}
