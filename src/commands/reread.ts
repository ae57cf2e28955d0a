import type { Observation, Reading } from '../model.ts';
import { type AccountDecision, isOpen } from '../plan/decide-accounts.ts';
import { observationOf } from './make-run-plan.ts';

/** A read that keeps changing is no ground for taking anything away. */
const READS = 3;

export interface Reread {
  readonly readings: Map<string, Reading>;
  readonly readAgain: (account: string) => Promise<Reading>;
}

/**
 * Before anything is taken away, the account is read again until two reads in a row agree. True when a reading changed, so that
 * the plan has to be made anew; an account that does not come to rest is incomplete.
 */
export async function rereadBeforeTaking({ readings, readAgain }: Reread, decided: readonly AccountDecision[]): Promise<boolean> {
  let changed = false;
  for (const one of decided) {
    const { account, decisions } = one;
    const first = observationOf(readings.get(account));
    if (!isOpen(one) || first === null || !decisions.some(({ verdict, takesAway }) => verdict === 'make' && takesAway)) continue;
    const settled = await readUntilAgreed(readAgain, account, first);
    if (settled.kind === 'complete' && settled.observation.digest === first.digest) continue;
    readings.set(account, settled);
    changed = true;
  }
  return changed;
}

async function readUntilAgreed(readAgain: Reread['readAgain'], account: string, first: Observation): Promise<Reading> {
  let last = first;
  for (let reads = 0; reads < READS; reads += 1) {
    const reading = await readAgain(account);
    if (reading.kind === 'incomplete') return reading;
    if (reading.observation.digest === last.digest) return reading;
    last = reading.observation;
  }
  const message = 'the account kept changing between reads, so nothing was done. Try again when it is quiet';
  return { kind: 'incomplete', account, at: last.at, cause: 'unreadable', message, requests: last.requests, suspect: null };
}
