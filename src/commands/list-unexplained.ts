import type { DesiredState, History, Reading } from '../model.ts';
import { describeUnexplained, findUnexplained } from '../plan/find-unexplained.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';

/** What no commit explains and no change can be made of, in whole sentences by account. */
export function listUnexplained(
  { accounts }: Pick<DesiredState, 'accounts'>,
  readings: ReadonlyMap<string, Reading>,
  history: History,
): readonly { readonly account: string; readonly text: string }[] {
  return [...readings].flatMap(([account, reading]) => {
    const [desired, known] = [accounts.get(account), history.accounts.get(account)];
    const capabilities = desired === undefined ? null : capabilitiesOf(desired.policy);
    if (reading.kind !== 'complete' || desired === undefined || known === undefined || capabilities === null) return [];
    const found = findUnexplained({ desired, observation: reading.observation, history: known, capabilities });
    return found.map((one) => ({ account, text: describeUnexplained(one) }));
  });
}
