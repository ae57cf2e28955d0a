/** Of the first of these processes; another one tries other instants. */
const FIRST_SEED = Number(process.env['ROLLCALL_SEED'] ?? 20_261_122);
/** A process waits for its disk most of the time, so that some fit side by side. */
const LANES = 3;

/** A process costs a fifth of a second of one core, so only a full run (`ROLLCALL_FULL=1`) starts as many as it takes to believe it. */
export function howMany(usually: number, fully: number): number {
  return process.env['ROLLCALL_FULL'] === '1' ? fully : usually;
}

/** Tries so many seeds, some side by side. */
export async function tryEach<T>(count: number, attempt: (seed: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  const lane = async (first: number) => {
    for (let number = first; number < count; number += LANES) results.push(await attempt(FIRST_SEED + number));
  };
  await Promise.all(Array.from({ length: LANES }, (_, first) => lane(first)));
  return results;
}
