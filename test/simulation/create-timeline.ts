import type { Clock } from '../../src/ports.ts';
import type { Draw } from './create-draw.ts';

/** The one clock of a world, and whose turn it is. Nothing takes real time. */
export interface Timeline extends Clock {
  advance(ms: number): void;
  /** Runs these at once: what each waits for ends in the order of time, and by the draw where the time is the same. */
  together(works: readonly (() => Promise<unknown>)[]): Promise<void>;
}

interface Waiting {
  readonly until: number;
  readonly wake: () => void;
}

export function createTimeline(startMs: number, draw: Draw): Timeline {
  let nowMs = startMs;
  let waiting: Waiting[] | null = null;
  return {
    now: () => nowMs,
    sleep: (ms) => {
      // Alone, nobody else can do anything in the meantime.
      if (waiting === null) {
        if (Number.isFinite(ms)) nowMs += ms;
        return Promise.resolve();
      }
      const queue = waiting;
      const until = nowMs + (Number.isFinite(ms) ? ms : 0);
      return new Promise((wake) => queue.push({ until, wake }));
    },
    advance: (ms) => {
      nowMs += ms;
    },
    together: async (works) => {
      waiting = [];
      const queue = waiting;
      let left = works.length;
      const done = Promise.all(
        works.map((work) =>
          work().finally(() => {
            left -= 1;
          }),
        ),
      );
      // Whoever fails is told of at the end.
      done.catch(() => undefined);
      while (left > 0) {
        // Everything that can go on without time passing goes on first.
        await new Promise(setImmediate);
        if (left === 0) break;
        const soonest = Math.min(...queue.map(({ until }) => until));
        const next = draw.pick(queue.filter(({ until }) => until === soonest));
        queue.splice(queue.indexOf(next), 1);
        nowMs = Math.max(nowMs, soonest);
        next.wake();
      }
      waiting = null;
      await done;
    },
  };
}
