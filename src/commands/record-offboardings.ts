import type { LedgerEntry } from '../apply/ledger-records.ts';
import type { Ledger } from '../apply/open-ledger.ts';
import type { DesiredState, History, Result } from '../model.ts';
import { type AccountDecision, isOpen } from '../plan/decide-accounts.ts';
import { nextOffboardings } from '../plan/find-residual-keys.ts';
import { EMPTY_HISTORY } from '../plan/make-plan.ts';
import type { Clock } from '../ports.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import type { AccountResult } from '../report/render-outcomes.ts';

export interface OffboardingsToRecord {
  readonly ledger: Ledger;
  /** What the ledger knew when this run began. */
  readonly before: History;
  readonly decided: readonly AccountDecision[];
  readonly results: readonly Result[];
  readonly desired: DesiredState;
  readonly clock: Clock;
}

/** Who could read API keys and no longer may, and whose keys are gone by now: in the ledger until nothing is left to do. */
export async function recordOffboardings(input: OffboardingsToRecord, accounts: readonly AccountResult[]): Promise<void> {
  // A ledger that could not be written is the end of the run; the next one finds the same by what it reads.
  if (accounts.some(({ cause }) => cause === 'ledger')) return;
  await input.ledger.append(input.decided.flatMap((one) => entryOf(one, input) ?? []));
}

function entryOf(decision: AccountDecision, { before, results, desired, clock }: OffboardingsToRecord): LedgerEntry[] | null {
  const { account, observation, settled } = decision;
  const known = desired.accounts.get(account);
  const capabilities = known === undefined ? null : capabilitiesOf(known.policy);
  if (known === undefined || capabilities === null || observation === null) return null;
  const next = nextOffboardings({
    history: before.accounts.get(account) ?? EMPTY_HISTORY,
    observation,
    results: results.filter(({ change }) => change.account === account),
    settled: isOpen(decision) ? settled : new Map(),
    capabilities,
    roster: known.roster,
    at: new Date(clock.now()).toISOString(),
  });
  return next.size === 0 ? null : [{ kind: 'offboarding', account, principals: Object.fromEntries(next) }];
}
