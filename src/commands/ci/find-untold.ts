import type { LedgerRecord } from '../../apply/ledger-records.ts';
import type { Change, Digest, Result } from '../../model.ts';
import type { StateAt } from './read-state.ts';

/**
 * What earlier nights took back and never told anybody, because they died before they came to it: drift that was reverted after the
 * newest record that a heartbeat vouches for.
 */
export function findUntold(records: readonly LedgerRecord[], state: Pick<StateAt, 'heartbeat' | 'told'> | null): Result[] {
  // A heartbeat that names no record is of a version that told before it beat.
  if (state === null || (state.heartbeat !== null && state.told === null)) return [];
  const told = state.told ?? 0;
  const changes = new Map<Digest, Change>();
  const untold = new Map<Digest, Result>();
  for (const record of records) {
    if (record.kind === 'intent') changes.set(record.change.id, record.change);
    if (record.kind !== 'outcome' || record.seq <= told || record.outcome !== 'applied') continue;
    const change = changes.get(record.change);
    if (change?.origin === 'drift') untold.set(change.id, { change, outcome: record.outcome, message: record.message, not_before: null });
  }
  return [...untold.values()];
}
