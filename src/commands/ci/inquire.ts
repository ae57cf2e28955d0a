import type { LedgerRecord } from '../../apply/ledger-records.ts';
import { isUnexplained } from '../../drift-answer.ts';
import type { Change, Digest, History, Instant, Provider, Reading, Result } from '../../model.ts';
import { attributeDrift, type OwnWrite } from '../../plan/attribute-drift.ts';
import type { Attribution } from '../../watch.ts';
import { observationOf } from '../make-run-plan.ts';
import type { Reconciled } from '../reconciled.ts';
import type { StateAt } from './read-state.ts';

const HOUR_MS = 3_600_000;

/** The differences that somebody made, whether this run took them back or left them. */
export function driftOf({ report }: Reconciled, untold: readonly Result[]): Change[] {
  const found = new Map<Digest, Change>();
  const both = [...[...untold, ...report.results].map(({ change }) => change), ...(report.remaining?.changes ?? [])];
  for (const change of both) if (isUnexplained(change)) found.set(change.id, change);
  return [...found.values()];
}

/** Asks each vendor that has drift who is likely to have made it. Nothing is decided by the answer. */
export async function inquire(
  reconciled: Reconciled,
  providers: ReadonlyMap<string, Provider>,
  known: {
    readonly history: History;
    readonly state: StateAt | null;
    readonly records: readonly LedgerRecord[];
    /** What this run has written down since. */
    readonly fresh: readonly LedgerRecord[];
    readonly untold: readonly Result[];
  },
): Promise<ReadonlyMap<Digest, Attribution>> {
  const likely = new Map<Digest, Attribution>();
  const drift = driftOf(reconciled, known.untold);
  for (const account of new Set(drift.map((change) => change.account))) {
    const provider = providers.get(account);
    // People who are gone are named by the observation from before, everybody else by the newest.
    const observation = known.state?.observations.get(account) ?? observationOf(reconciled.readings.get(account) as Reading | undefined);
    if (provider === undefined || observation === null) continue;
    const owner = reconciled.desired.accounts.get(account)?.policy.owner ?? null;
    const mine = drift.filter((change) => change.account === account);
    const fresh = ownWrites(known.fresh, account).map((write) => ({ ...write, isFresh: true as const }));
    const ours = [...ownWrites(known.records, account), ...fresh];
    const events = await provider.reader.events(askedSince(mine, account, observation.at, known));
    for (const [id, who] of attributeDrift(mine, observation, events, ours, owner)) likely.set(id, who);
  }
  return likely;
}

/** A difference that stands since an earlier run was made before that run, so the events are asked from the look before it. */
function askedSince(
  drift: readonly Change[],
  account: string,
  observedAt: Instant,
  { history, records }: { readonly history: History; readonly records: readonly LedgerRecord[] },
): Instant {
  const seen = history.accounts.get(account)?.driftSeen;
  let sinceMs = Date.parse(observedAt);
  for (const { id } of drift) {
    const first = seen?.get(id);
    // The run that first saw it observed a little before it noted it, hence the hour.
    if (first !== undefined) sinceMs = Math.min(sinceMs, newestLookBefore(records, account, Date.parse(first) - HOUR_MS));
  }
  return new Date(sinceMs - HOUR_MS).toISOString();
}

function newestLookBefore(records: readonly LedgerRecord[], account: string, beforeMs: number): number {
  const look = records.findLast((one) => one.kind === 'observation' && one.account === account && Date.parse(one.at) <= beforeMs);
  return look === undefined ? beforeMs : Date.parse(look.at);
}

function ownWrites(records: readonly LedgerRecord[], account: string): OwnWrite[] {
  return records.flatMap((record) =>
    record.kind === 'intent' && record.account === account && record.change.principal_id !== null
      ? [{ principalId: record.change.principal_id, at: record.at }]
      : [],
  );
}
