import type { LedgerRecord } from '../../apply/ledger-records.ts';
import { STATE_BRANCH } from '../../github/open-state-branch.ts';
import type { AccountHistory, DesiredAccount, History, Reading } from '../../model.ts';
import { countNotImported } from '../../plan/check-guards.ts';
import { describeNotImported } from '../../plan/list-notes.ts';
import { EMPTY_HISTORY } from '../../plan/make-plan.ts';
import { countWords } from '../../report/count-words.ts';
import { nameAccount } from '../../report/name-account.ts';
import { ENVIRONMENT } from '../../setup/repository-facts.ts';
import type { Reconciled } from '../reconciled.ts';

export interface ObservedFacts {
  readonly reconciled: Pick<Reconciled, 'readings' | 'desired'>;
  /** Whether what was read reached the state branch. */
  readonly kept: 'stored' | 'lost';
  /** What this run wrote to the ledger. */
  readonly fresh: readonly LedgerRecord[];
  readonly history: History;
}

/** What was read and is now kept for plans that hold no credential, and where an account stands on its first days. One sentence an entry. */
export function describeObserved({ reconciled: { readings, desired }, kept, fresh, history }: ObservedFacts): string[] {
  const complete = [...readings].flatMap(([account, reading]) =>
    reading.kind === 'complete'
      ? [`${nameAccount(account)} (${countWords(reading.observation.principals.length, 'person', 'people')})`]
      : [],
  );
  const unread = [...readings].flatMap(([account, reading]) => (reading.kind === 'complete' ? [] : [nameAccount(account)]));
  const begun = fresh.flatMap((record) => (record.kind === 'baseline' ? [nameAccount(record.account)] : []));
  const isNew = [...desired.accounts].some(
    ([account, one]) => notImported(one, readings.get(account), history.accounts.get(account)) !== null,
  );
  return [
    ...(complete.length > 0 && kept === 'stored' ? [`Observed, signed and kept on ${STATE_BRANCH}: ${complete.join(', ')}.`] : []),
    ...(kept === 'lost' ? ['Not kept: others wrote to rollcall-state again and again; the next run keeps what it reads.'] : []),
    ...(unread.length > 0 ? [`Not read: ${unread.join(', ')}.`] : []),
    ...(begun.length > 0
      ? [
          `The baseline is written: ${begun.join(', ')}. Whoever gains access there from now on without a pull request is drift${isNew ? ': it is shown at once, and taken back where policy gives somebody access' : ''}.`,
        ]
      : []),
    ...[...desired.accounts].flatMap(([account, one]) => {
      const count = notImported(one, readings.get(account), history.accounts.get(account));
      return count === null ? [] : [`${nameAccount(account)}: ${describeNotImported(count)}`];
    }),
    ...(needsKeys(readings) ? [KEYS] : []),
  ];
}

const KEYS = `A vendor's key reaches rollcall where it is a secret of the environment ${ENVIRONMENT} and is named on the step that runs rollcall, in apply.yml and in drift.yml. \`rollcall doctor\` tries every key.`;

function notImported(desired: DesiredAccount, reading: Reading | undefined, history: AccountHistory = EMPTY_HISTORY): number | null {
  return reading?.kind === 'complete' ? countNotImported({ desired, observation: reading.observation, history }) : null;
}

function needsKeys(readings: Reconciled['readings']): boolean {
  return [...readings.values()].some((reading) => reading.kind === 'incomplete' && reading.cause === 'credentials');
}
