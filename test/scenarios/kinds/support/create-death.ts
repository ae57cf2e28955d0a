import type { LedgerStorage } from '../../../../src/ports.ts';

/**
 * Where a run dies. `after`: at its nth request or append, which is done and unanswered. A run that dies before its next one leaves the
 * same behind. `torn`: at its nth append, of which half is there.
 */
export interface Crash {
  readonly at: number;
  readonly how: 'torn' | 'after';
}

export interface Death {
  /** One input or output of the run; the one that is its last never answers, and neither does any after it. */
  step<T>(act: () => Promise<T>, half: (() => Promise<unknown>) | null): Promise<T>;
  readonly died: Promise<'died'>;
}

/** A process that is killed does nothing more: no answer comes, no `finally` runs. */
export function createDeath(crash: Crash | null): Death {
  let steps = 0;
  let dead = false;
  let die: (word: 'died') => void = () => undefined;
  const died = new Promise<'died'>((resolve) => {
    die = resolve;
  });
  return {
    died,
    step: async (act, half) => {
      if (dead) return new Promise(() => undefined);
      if (crash?.how === 'torn' && half === null) return act();
      steps += 1;
      if (crash === null || steps !== crash.at) return act();
      await (crash.how === 'torn' && half !== null ? half() : act());
      dead = true;
      die('died');
      return new Promise(() => undefined);
    },
  };
}

/** A ledger whose appends are among the things at which a run dies. */
export function mortal(storage: LedgerStorage, death: Death): LedgerStorage {
  return {
    ...storage,
    append: (lines, version) =>
      death.step(
        () => storage.append(lines, version),
        () => storage.append(lines.slice(0, Math.floor(lines.length / 2)), version),
      ),
  };
}
