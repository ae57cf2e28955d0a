import { EXIT, type ExitCode, worstExit } from '../errors.ts';
import type { Outcome, Reading } from '../model.ts';
import type { AccountResult, ApplyReport } from '../report/render-outcomes.ts';

const EXIT_OF_OUTCOME = {
  applied: EXIT.ok,
  already: EXIT.ok,
  failed: EXIT.failed,
  undecided: EXIT.failed,
  deferred: EXIT.deferred,
  manual: EXIT.deferred,
  withheld: EXIT.withheld,
} as const satisfies Record<Outcome, ExitCode>;

/** The worst that happened in a run that wrote. */
export function exitOfRun(report: ApplyReport, readings: ReadonlyMap<string, Reading>): ExitCode {
  return worstExit([
    EXIT.ok,
    ...report.results.map(({ outcome }) => EXIT_OF_OUTCOME[outcome]),
    ...report.accounts.map((account) => exitOfAccount(account, readings.get(account.account))),
    ...(report.interrupted ? [EXIT.interrupted] : []),
  ]);
}

function exitOfAccount({ status, cause }: AccountResult, reading: Reading | undefined): ExitCode {
  switch (status) {
    case 'done':
      return EXIT.ok;
    case 'blocked':
      return EXIT.blocked;
    case 'incomplete':
      return reading?.kind === 'incomplete' && reading.cause === 'credentials' ? EXIT.credentials : EXIT.incomplete;
    case 'stopped':
      return cause === 'credentials' ? EXIT.credentials : cause === 'interrupted' ? EXIT.interrupted : EXIT.failed;
    default:
      return status satisfies never;
  }
}
