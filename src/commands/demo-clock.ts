import type { Instant } from '../model.ts';

/** The morning on which the story is told; nothing in it depends on the day it is run. */
const MORNING = Date.parse('2026-11-23T09:00:00Z');

export interface StoryClock {
  now(): number;
  sleep(ms: number): Promise<void>;
  advance(ms: number): void;
  /** Goes on to an instant. */
  set(instant: Instant): void;
}

/** Time passes only where the story says so, or where somebody waits. */
export function createStoryClock(): StoryClock {
  let now = MORNING;
  return {
    now: () => now,
    sleep: async (ms) => {
      if (Number.isFinite(ms)) now += ms;
    },
    advance: (ms) => {
      now += ms;
    },
    set: (instant) => {
      now = Date.parse(instant);
    },
  };
}
