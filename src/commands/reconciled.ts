import type { LedgerEntry } from '../apply/ledger-records.ts';
import type { Ledger } from '../apply/open-ledger.ts';
import type { ExitCode } from '../errors.ts';
import type { DesiredState, History, Plan, Provider, Reading } from '../model.ts';
import type { Ancestry } from '../plan/check-guards.ts';
import type { AccountDecision } from '../plan/decide-accounts.ts';
import type { GuardStage } from '../plan/decide-changes.ts';
import type { ApplyReport } from '../report/render-outcomes.ts';
import type { Desired } from './load-desired.ts';

/** What a run on GitHub brings to a reconciliation that a local one takes from its folder and its file. */
export interface ReconcileFrom {
  readonly desired: Desired;
  /** Taken already; it is closed by whoever opened it. */
  readonly ledger: Ledger;
  readonly ancestry: Ancestry;
  readonly stages: (account: string) => readonly GuardStage[] | undefined;
  /** Whether people agreed to what policy gives somebody in an account. */
  readonly isAgreed: (account: string, principal: string) => boolean;
  /** What only the caller knows of a plan, such as which end dates were approved. */
  readonly restate: (plan: Plan) => Plan;
  /** What the ledger learns besides, once decisions are recorded and before anything is sent. */
  readonly learn: (decided: readonly AccountDecision[]) => readonly LedgerEntry[];
  /** Whether an account that left policy may be left alone from now on. */
  readonly mayLeave?: (account: string) => boolean;
  /** What is still asked of the vendors once everything is done, such as who did what. */
  readonly inquire?: (reconciled: Reconciled, providers: ReadonlyMap<string, Provider>) => Promise<void>;
}

/** What one reconciliation came to. */
export interface Reconciled {
  readonly report: ApplyReport;
  readonly desired: DesiredState;
  readonly exit: ExitCode;
  /** Accounts that left policy and that this run did not let go of. */
  readonly unreleased: readonly string[];
  /** The last reading of every account. */
  readonly readings: ReadonlyMap<string, Reading>;
  /** What the ledger came to when everything was done. */
  readonly history: History;
}
