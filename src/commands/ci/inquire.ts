import type { LedgerRecord } from '../../apply/ledger-records.ts';
import type { Change, Digest, History, Provider, Reading } from '../../model.ts';
import { attributeDrift, type OwnWrite } from '../../plan/attribute-drift.ts';
import type { Attribution } from '../../watch.ts';
import { observationOf } from '../make-run-plan.ts';
import type { Reconciled } from '../reconciled.ts';
import type { StateAt } from './read-state.ts';

const HOUR_MS = 3_600_000;

/** The differences that somebody made, whether this run took them back or left them. */
export function driftOf({ report }: Reconciled): Change[] {
  const found = new Map<Digest, Change>();
  const both = [...report.results.map(({ change }) => change), ...(report.remaining?.changes ?? [])];
  for (const change of both) if (change.origin === 'drift' || change.origin === 'both') found.set(change.id, change);
  return [...found.values()];
}

/** Asks each vendor that has drift who is likely to have made it. Nothing is decided by the answer. */
export async function inquire(
  reconciled: Reconciled,
  providers: ReadonlyMap<string, Provider>,
  known: { readonly history: History; readonly state: StateAt | null; readonly records: readonly LedgerRecord[] },
): Promise<ReadonlyMap<Digest, Attribution>> {
  const likely = new Map<Digest, Attribution>();
  const drift = driftOf(reconciled);
  for (const account of new Set(drift.map((change) => change.account))) {
    const provider = providers.get(account);
    // People who are gone are named by the observation from before, everybody else by the newest.
    const observation = known.state?.observations.get(account) ?? observationOf(reconciled.readings.get(account) as Reading | undefined);
    if (provider === undefined || observation === null) continue;
    const since = new Date(Date.parse(observation.at) - HOUR_MS).toISOString();
    const events = await provider.reader.events(since);
    const mine = drift.filter((change) => change.account === account);
    for (const [id, who] of attributeDrift(mine, observation, events, ownWrites(known.records, account))) likely.set(id, who);
  }
  return likely;
}

/** What earlier runs wrote; this run's own are not among them, or they would hide the very deed that was taken back. */
function ownWrites(records: readonly LedgerRecord[], account: string): OwnWrite[] {
  return records.flatMap((record) =>
    record.kind === 'intent' && record.account === account && record.change.principal_id !== null
      ? [{ principalId: record.change.principal_id, at: record.at }]
      : [],
  );
}
