import type { LedgerEntry, LedgerRecord } from '../apply/ledger-records.ts';
import type { Ledger } from '../apply/open-ledger.ts';
import type { DesiredState, Reading } from '../model.ts';
import { nextOffboardings } from '../plan/find-residual-keys.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';

/** Which keys are left of the people who could read them and no longer may, and who is wholly gone by now. */
export async function recordOffboardings(ledger: Ledger, desired: DesiredState, readings: ReadonlyMap<string, Reading>): Promise<void> {
  const history = ledger.history();
  const readers = seenReaders(ledger.records);
  const entries = [...readings].flatMap(([account, reading]): LedgerEntry[] => {
    if (reading.kind === 'incomplete') return [];
    const { observation } = reading;
    const [known, open] = [desired.accounts.get(account), history.accounts.get(account)];
    const capabilities = known === undefined ? null : capabilitiesOf(known.policy);
    if (known === undefined || open === undefined || capabilities === null) return [];
    const next = nextOffboardings({ seen: readers.get(account) ?? new Set(), history: open, observation, capabilities, desired: known });
    return next.size === 0 ? [] : [{ kind: 'offboarding', account, principals: Object.fromEntries(next) }];
  });
  await ledger.append(entries);
}

/** By account, whoever an observation saw reading keys, until a record says what became of those. */
function seenReaders(records: readonly LedgerRecord[]): ReadonlyMap<string, ReadonlySet<string>> {
  const readers = new Map<string, Set<string>>();
  for (const record of records) {
    if (!('account' in record)) continue;
    const seen = readers.get(record.account) ?? new Set();
    if (record.kind === 'observation') for (const principal of record.key_readers ?? []) seen.add(principal);
    else if (record.kind === 'released') seen.clear();
    else for (const principal of spokenOf(record)) seen.delete(principal);
    readers.set(record.account, seen);
  }
  return readers;
}

function spokenOf(record: LedgerRecord): readonly string[] {
  if (record.kind === 'offboarding') return Object.keys(record.principals);
  if (record.kind === 'state') return record.keys_left ?? [];
  return record.kind === 'outcome' && record.keys_left === true ? [record.principal] : [];
}
