import type { Accepted, Day, DesiredAccount, DesiredPrincipal, DesiredState, History } from '../../model.ts';
import { accountOf } from '../../plan/fan-out.ts';
import { desiredAt, type PolicyHistory } from './desired-at.ts';

/**
 * By account, the policies that people agreed to, judged on a day: of the newest commit that was looked at, but for the people and settings
 * there (the roster is one) that nobody approved. Null before anything was accepted, and where one of the commits is not to be had any more.
 */
export async function loadAccepted(
  from: PolicyHistory,
  tip: string,
  history: History,
  day: Day,
): Promise<(account: string) => DesiredAccount | null> {
  const states = new Map<string, DesiredState | null>();
  for (const { accepted } of history.accounts.values()) {
    for (const commit of accepted === null ? [] : [accepted.commit, accepted.settings, ...accepted.except.values()]) {
      if (!states.has(commit)) states.set(commit, await desiredAt(from, tip, commit, day));
    }
  }
  return (account) => {
    const accepted = history.accounts.get(account)?.accepted ?? null;
    return accepted === null ? null : layOver(accepted, (commit) => accountOf(states.get(commit), account) ?? null);
  };
}

function layOver({ commit, except, settings }: Accepted, at: (commit: string) => DesiredAccount | null): DesiredAccount | null {
  const [newest, held] = [at(commit), at(settings)];
  if (newest === null || held === null) return null;
  const principals = new Map<string, DesiredPrincipal>(newest.principals);
  for (const [who, earlier] of except) {
    const account = at(earlier);
    if (account === null) return null;
    const one = account.principals.get(who);
    if (one === undefined) principals.delete(who);
    else principals.set(who, one);
  }
  return { ...held, principals };
}
