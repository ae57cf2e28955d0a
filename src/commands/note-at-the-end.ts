import { RollcallError } from '../errors.ts';
import type { AccountResult } from '../report/render-outcomes.ts';

/** What was done is said, also when the ledger cannot be written any more: then every account is left there, and says why. */
export async function noteAtTheEnd(accountResults: AccountResult[], note: () => Promise<void>): Promise<void> {
  if (accountResults.some(({ cause }) => cause === 'ledger')) return;
  try {
    await note();
  } catch (error) {
    if (!(error instanceof RollcallError)) throw error;
    for (const [at, { account }] of accountResults.entries()) {
      accountResults[at] = { account, status: 'stopped', message: error.message, cause: 'ledger' };
    }
  }
}
