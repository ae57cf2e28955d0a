import { createRandom } from '../../src/text/create-random.ts';

/** Choices by a seed. */
export interface Draw {
  /** In [0, 1). */
  readonly random: () => number;
  /** A whole number from 0 up, below `end`. */
  below(end: number): number;
  /** From `first` to `last`, both included. */
  between(first: number, last: number): number;
  chance(share: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Some of them, each with this chance, in their order. */
  some<T>(from: readonly T[], share: number): T[];
  /** Choices of its own, for a part of the world: what one part draws does not move another's. */
  fork(): Draw;
}

export function createDraw(seed: number): Draw {
  return drawFrom(createRandom(seed));
}

function drawFrom(random: () => number): Draw {
  const below = (end: number): number => Math.floor(random() * end);
  return {
    random,
    below,
    between: (first, last) => first + below(last - first + 1),
    chance: (share) => random() < share,
    pick: (from) => {
      const one = from[below(from.length)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
    some: (from, share) => from.filter(() => random() < share),
    fork: () => createDraw(Math.floor(random() * 4_294_967_296)),
  };
}
