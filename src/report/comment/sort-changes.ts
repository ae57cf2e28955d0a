import type { Change, Digest, GuardName, Plan, Risk } from '../../model.ts';
import type { PullPlan, SettingChange } from '../../pull.ts';
import { compareText } from '../../text/digest.ts';
import { hasOwnSteps } from '../describe-reason.ts';

/** The changes of a pull request's plan by what its approval means for them, each sorted by risk. */
export interface SortedChanges {
  /** What it changes itself. */
  readonly own: readonly Change[];
  /** What was pushed or merged before without an approval: merging this pull request takes it in. */
  readonly withheld: readonly Change[];
  /** What was approved before, by people or by an end date that was merged, and is not yet true. */
  readonly approved: readonly Change[];
  /** What somebody did in the account. */
  readonly drift: readonly Change[];
}

export function sortChanges({ plan, own }: Pick<PullPlan, 'plan' | 'own'>): SortedChanges {
  const sorted = { own: [] as Change[], withheld: [] as Change[], approved: [] as Change[], drift: [] as Change[] };
  for (const change of plan.changes.toSorted(byRisk)) sorted[kindOf(change, own)].push(change);
  return sorted;
}

/** Tells the changes that nobody may overlook: they are never cut from a comment. */
export function findRisky(plan: Pick<Plan, 'guards'>): (change: Change) => boolean {
  const blocking = plan.guards.filter(({ guard, verdict }) => verdict === 'block' && !NAMES_ALL.has(guard));
  const blocked = new Set<Digest>(blocking.flatMap(({ changes }) => changes));
  return (change) =>
    change.risk === 'high' ||
    change.action === 'delete' ||
    !change.reversible ||
    change.executor === 'manual' ||
    change.tags.some((tag) => RISKY_TAGS.has(tag)) ||
    hasOwnSteps(change) ||
    blocked.has(change.id);
}

/** Deletes and gained privilege: worth a word before the table. */
export function isAlarming(change: Change): boolean {
  return change.action === 'delete' || change.tags.includes('privilege_gained');
}

/** The settings that let more through. An account that leaves policy is said with the number of people nobody watches any more. */
export function findLoosened({ plan, settings }: Pick<PullPlan, 'plan' | 'settings'>): readonly SettingChange[] {
  const gone = new Set(plan.unsupervised.map(({ account }) => account));
  return settings.filter(({ loosens, setting, account }) => loosens && !(setting === 'account' && gone.has(account)));
}

const RISKY_TAGS = new Set<string>(['privilege_gained', 'irreversible', 'war', 'question_to_owner']);
/** These block an account for what it is as a whole, so the changes they name are all there are. */
const NAMES_ALL = new Set<GuardName>(['empty_desired', 'rollback', 'unreviewable_plan']);
const RISKS = { high: 0, medium: 1, low: 2 } satisfies Record<Risk, number>;
const ACTIONS = { delete: 0, patch: 1, invite: 2 } satisfies Record<Change['action'], number>;

function kindOf(change: Change, own: ReadonlySet<Digest>): keyof SortedChanges {
  if (own.has(change.id)) return 'own';
  if (change.origin === 'drift') return 'drift';
  return change.origin === 'end' || change.tags.includes('owed') ? 'approved' : 'withheld';
}

function byRisk(a: Change, b: Change): number {
  return (
    RISKS[a.risk] - RISKS[b.risk] ||
    ACTIONS[a.action] - ACTIONS[b.action] ||
    compareText(a.principal, b.principal) ||
    compareText(a.account, b.account) ||
    compareText(a.id, b.id)
  );
}

/** Of what waited before: what merging takes in. Where an account is blocked or was not read, an approval agrees to nothing. */
export function findTakenIn({ plan: { accounts }, takenIn }: Pick<PullPlan, 'plan' | 'takenIn'>, withheld: readonly Change[]): Change[] {
  const open = new Set(accounts.filter(({ verdict }) => verdict === 'applicable').map(({ account }) => account));
  return withheld.filter((change) => takenIn.has(change.id) && open.has(change.account));
}
