import type { DesiredAccount, DesiredState, History } from '../model.ts';
import { type NextAccepted, nextSettings } from './next-accepted.ts';

export interface RostersToHold extends Pick<NextAccepted, 'head' | 'commit' | 'approved'> {
  readonly history: History;
  /** The policies accepted so far, by account; null before there are any. */
  readonly accepted: (account: string) => DesiredAccount | null;
}

/**
 * Access by policy, with the rosters that people agreed to: what a direct push attests hides nobody and ends no offboarding. What these pull
 * requests attest counts at once, so that the run that applies them sees the account as it is by now.
 */
export function holdRosters({ head, commit, approved, history, accepted }: RostersToHold): DesiredState {
  const hold = (name: string, now: DesiredAccount): DesiredAccount => {
    const [known, before] = [history.accounts.get(name)?.accepted ?? null, accepted(name)];
    if (known === null || before === null) return now;
    const isAgreed = nextSettings({ known, before, now, head, commit, approved }).settings === commit;
    return isAgreed ? now : { ...now, roster: before.roster };
  };
  return { ...head, accounts: new Map([...head.accounts].map(([name, now]) => [name, hold(name, now)])) };
}
