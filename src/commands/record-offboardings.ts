import type { LedgerEntry } from '../apply/ledger-records.ts';
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
    const next = nextOffboardings({ history: open, observation, capabilities, roster: known.roster });
    return next.size === 0 ? [] : [{ kind: 'offboarding', account, principals: Object.fromEntries(next) }];
  });
  await ledger.append(entries);
}
