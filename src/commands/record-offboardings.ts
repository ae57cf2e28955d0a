import type { LedgerEntry, LedgerRecord } from '../apply/ledger-records.ts';
import type { Ledger } from '../apply/open-ledger.ts';
import type { DesiredState, Reading } from '../model.ts';
import { nextOffboardings } from '../plan/find-residual-keys.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';

/** Which keys are left of the people who could read them and no longer may, and who is wholly gone by now. */
export async function recordOffboardings(ledger: Ledger, desired: DesiredState, readings: ReadonlyMap<string, Reading>): Promise<void> {
  const history = ledger.history();
  const entries = [...readings].flatMap(([account, reading]): LedgerEntry[] => {
    if (reading.kind === 'incomplete') return [];
    const { observation } = reading;
    const [known, open] = [desired.accounts.get(account), history.accounts.get(account)];
    const capabilities = known === undefined ? null : capabilitiesOf(known.policy);
    if (known === undefined || open === undefined || capabilities === null) return [];
    const seen = seenReaders(ledger.records, account);
    const next = nextOffboardings({ seen, history: open, observation, capabilities, desired: known });
    return next.size === 0 ? [] : [{ kind: 'offboarding', account, principals: Object.fromEntries(next) }];
  });
  await ledger.append(entries);
}

/** Whoever an observation saw reading keys, until a record says what became of those. */
function seenReaders(records: readonly LedgerRecord[], account: string): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const record of records) {
    if (!('account' in record) || record.account !== account) continue;
    if (record.kind === 'observation') for (const principal of record.key_readers ?? []) seen.add(principal);
    else if (record.kind === 'released') seen.clear();
    else for (const principal of spokenOf(record)) seen.delete(principal);
  }
  return seen;
}

function spokenOf(record: LedgerRecord): readonly string[] {
  if (record.kind === 'offboarding') return Object.keys(record.principals);
  if (record.kind === 'state') return record.keys_left ?? [];
  return record.kind === 'outcome' && record.keys_left === true ? [record.principal] : [];
}
