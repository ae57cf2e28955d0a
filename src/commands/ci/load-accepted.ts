import type { Day, DesiredAccount, DesiredState, History } from '../../model.ts';
import { desiredAt, type PolicyHistory } from './desired-at.ts';

/** By account, the policies that were last wholly accepted there, judged on a day; null before anything was. */
export async function loadAccepted(
  from: PolicyHistory,
  tip: string,
  history: History,
  day: Day,
): Promise<(account: string) => DesiredAccount | null> {
  const states = new Map<string, DesiredState | null>();
  for (const { commit } of history.accounts.values()) {
    if (commit !== null && !states.has(commit)) states.set(commit, await desiredAt(from, tip, commit, day));
  }
  return (account) => {
    const commit = history.accounts.get(account)?.commit ?? null;
    return commit === null ? null : (states.get(commit)?.accounts.get(account) ?? null);
  };
}
