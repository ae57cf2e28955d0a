import type { History } from '../../model.ts';
import { countWords } from '../../report/count-words.ts';
import type { Reconciled } from '../reconciled.ts';

/**
 * Accounts that were read and whose supervision could not begin, because policy and account differ in what nobody approved. As long as
 * that is so, whoever is let in counts as there from the beginning, so people are told every hour. One whole sentence an account.
 */
export function listUnbegun(
  { readings, desired }: Pick<Reconciled, 'readings' | 'desired'>,
  history: History,
): readonly { readonly account: string; readonly text: string }[] {
  return [...readings].flatMap(([account, reading]) => {
    const isBegun = (history.accounts.get(account)?.baseline ?? null) !== null;
    if (reading.kind !== 'complete' || isBegun || !desired.accounts.has(account)) return [];
    const { principals } = reading.observation;
    return [
      {
        account,
        text:
          `Supervision has not begun here: policy and account differ, and no approved pull request covers that. ${countWords(principals.length, 'person is', 'people are')} there now, ` +
          'and whoever is let in before it begins counts as there from the beginning. Take in who is there with `rollcall import`, or have a pull request approved that shows the difference.',
      },
    ];
  });
}
