import type { Accepted, DesiredAccount, DesiredState } from '../model.ts';
import type { PullPlan } from '../pull.ts';
import { diffSettings } from './diff-settings.ts';
import { accessKey } from './merge-desired.ts';

/** What a pull request changed that people approved, and access by policy once it was merged. */
export interface ApprovedPull extends Pick<PullPlan, 'touched' | 'settings'> {
  readonly desired: DesiredState | null;
}

/** Whether an approval of a pull request is one of what policy gives somebody now, and not of something else that came after it. */
export function approves({ touched, desired }: Omit<ApprovedPull, 'settings'>, now: DesiredAccount, who: string): boolean {
  const account = now.policy.name;
  if (touched.get(account)?.has(who) !== true) return false;
  return accessKey(desired?.accounts.get(account)?.principals.get(who)) === accessKey(now.principals.get(who));
}

export interface NextAccepted {
  /** What people agreed to before, and the policies that follow from it. */
  readonly known: Accepted;
  readonly before: DesiredAccount;
  readonly now: DesiredAccount;
  readonly head: DesiredState;
  readonly commit: string;
  /** Whose changes no approval covers. */
  readonly withheld: ReadonlySet<string>;
  /** What pull requests changed that people approved, in merge order. */
  readonly approved: readonly ApprovedPull[];
}

/**
 * What people agreed to by now, person by person: one line that a direct push brought keeps its own person waiting and nobody else. Settings
 * count together, because one may only be meant beside the other; what was approved of them meanwhile is kept until all of them are. Those
 * of a subaccount stand in the file that fans out to it.
 */
export function nextAccepted(input: NextAccepted): Accepted {
  const { known, before, now, commit, withheld, approved } = input;
  const except = new Map<string, string>();
  for (const who of new Set([...before.principals.keys(), ...now.principals.keys()])) {
    const same = accessKey(before.principals.get(who)) === accessKey(now.principals.get(who));
    const agreed = same || approved.some((one) => approves(one, now, who));
    if (!agreed || withheld.has(who)) except.set(who, known.except.get(who) ?? known.commit);
  }
  return { commit, except, ...nextSettings(input) };
}

/** The settings, and the roster among them: whose commit is this one's once all of them were approved. */
export function nextSettings(input: Omit<NextAccepted, 'withheld'>): Pick<Accepted, 'settings' | 'pending'> {
  const { known, before, now, head, commit, approved } = input;
  const only = (one: DesiredAccount): DesiredState => ({ ...head, accounts: new Map([[now.policy.name, one]]) });
  const changed = diffSettings({ head: only(now), mergeBase: only(before), baseTip: only(before) });
  const agreed = new Map(known.pending);
  for (const { settings } of approved) for (const one of settings) if (one.account === now.policy.file) agreed.set(one.setting, one.after);
  const covered = changed.filter(({ setting, after }) => agreed.has(setting) && agreed.get(setting) === after);
  if (covered.length === changed.length) return { settings: commit, pending: new Map() };
  return { settings: known.settings, pending: new Map(covered.map(({ setting, after }) => [setting, after])) };
}

export function sameAccepted(a: Accepted, b: Accepted): boolean {
  const text = ({ commit, except, settings, pending }: Accepted) =>
    JSON.stringify([commit, [...except].toSorted(), settings, [...pending].toSorted()]);
  return text(a) === text(b);
}
