import { isEmpty, NOTHING } from '../holding.ts';
import type {
  AccountHistory,
  Approval,
  Capabilities,
  Change,
  DesiredAccount,
  GuardName,
  GuardResult,
  Observation,
  SpentDelete,
} from '../model.ts';
import { compareText } from '../text/digest.ts';
import { heldIn, isPrivileged, takesAway } from './privilege.ts';
import { type LeftAloneInput, listLeftAlone } from './settle-account.ts';

const DAY_MS = 24 * 3_600_000;
/** Below this many principals a percentage says nothing: one of three is 33 %. */
const PERCENT_COUNTS_ABOVE = 30;

/** Whether the commit at hand comes after the one last applied; null where there is no commit to compare. */
export interface Ancestry {
  readonly head: string | null;
  readonly lastApplied: string | null;
  readonly descends: boolean | null;
}

export interface GuardInput extends LeftAloneInput {
  /** Every change of the account's plan. */
  readonly fresh: readonly Change[];
  /** The changes this run would make: what is left to somebody else, or waits, is not among them. */
  readonly changes: readonly Change[];
  readonly ancestry: Ancestry;
  readonly atMs: number;
}

/** Every guard of one account with its number and its limit, passed or not. */
export function checkGuards(input: GuardInput): GuardResult[] {
  return [
    ...checkDeletes(input, 'policy'),
    ...checkDeletes(input, 'strangers'),
    checkAdmins(input),
    checkProtected(input, 'never_delete', input.desired.policy.guards.neverDelete),
    checkProtected(input, 'owner', [input.desired.policy.owner]),
    checkEmptyDesired(input),
    checkRollback(input),
  ];
}

/**
 * Which of the two delete budgets a change spends, or null when it takes nothing away for good. What somebody gained outside policy is
 * taken back on a budget of its own, so that a day of approved deletes never keeps an intruder in.
 */
export function deleteBudget(change: Change, capabilities: Capabilities): 'policy' | 'strangers' | null {
  const { before, after } = change;
  const strippedGroups = before !== null && after !== null && before.groups.length > 0 && after.groups.length === 0;
  if (change.action !== 'delete' && !strippedGroups && !isLoweredAdmin(change, capabilities)) return null;
  return change.tags.includes('drift_gained') ? 'strangers' : 'policy';
}

/** The approvals in force on a day, the one that expires first before the others, with what is left of each: a delete spends one of one. */
export function approvalsInForce(
  approvals: readonly Approval[],
  spent: readonly SpentDelete[],
  atMs: number,
): { approval: Approval; left: number }[] {
  // Stryker disable next-line ConditionalExpression: no approvals come to none the long way too, only later.
  if (approvals.length === 0) return [];
  const today = new Date(atMs).toISOString().slice(0, 10);
  // Stryker disable next-line MethodExpression: a day sorts before its own hours, so the whole instant compares alike.
  const lastDay = new Date(atMs + 7 * DAY_MS).toISOString().slice(0, 10);
  const spends = new Map<string, number>();
  for (const name of spent.flatMap((one) => one.approvals)) spends.set(name, (spends.get(name) ?? 0) + 1);
  return approvals
    .filter((approval) => approval.expires >= today && approval.expires <= lastDay)
    .toSorted((a, b) => compareText(a.expires, b.expires) || compareText(a.name, b.name))
    .map((approval) => ({ approval, left: Math.max(0, approval.deletes - (spends.get(approval.name) ?? 0)) }));
}

function isLoweredAdmin(change: Change, capabilities: Capabilities): boolean {
  return isPrivileged(heldIn(change.before), capabilities) && !isPrivileged(change.after ?? NOTHING, capabilities);
}

function checkDeletes(input: GuardInput, budget: 'policy' | 'strangers'): GuardResult[] {
  const { desired, observation, history, capabilities, changes, atMs } = input;
  const { guards, name } = desired.policy;
  const counted = changes.filter((change) => deleteBudget(change, capabilities) === budget);
  const made = withoutTriesOf(counted, history);
  const recent = made.filter((one) => one.budget === budget && atMs - Date.parse(one.at) < DAY_MS);
  // Whoever is raised again and again is taken back again and again: of strangers, people are counted and not times.
  const again = new Set(counted.map((change) => change.principal));
  const spent = budget === 'strangers' ? new Set(recent.map((one) => one.principal).filter((one) => !again.has(one))).size : recent.length;
  const approved = approvalsInForce(desired.approvals, made, atMs).reduce((sum, one) => sum + one.left, 0);
  // What policy deletes spends of an approval first, so that one approval is never counted on by both budgets.
  const before = budget === 'policy' ? 0 : changes.filter((change) => deleteBudget(change, capabilities) === 'policy').length;
  const covered = before + counted.length <= approved;
  const actual = spent + counted.length;
  const ids = counted.map((change) => change.id);
  const people = budget === 'policy' ? 'deletes and lowered admins' : 'taken back from strangers, stray invitations and raised admins';

  const judge = (guard: GuardName, limit: number | null, limitWords: string): GuardResult => {
    const over = limit !== null && counted.length > 0 && actual > limit;
    return {
      account: name,
      budget,
      actual,
      changes: ids,
      guard,
      limit,
      verdict: over && !covered ? 'block' : 'pass',
      message: deletesMessage({ people, planned: counted.length, spent, approved }, limitWords, over, covered),
    };
  };
  const percentLimit =
    observation.principals.length > PERCENT_COUNTS_ABOVE
      ? Math.floor((observation.principals.length * guards.maxDeletesPercent) / 100)
      : null;
  return [
    judge('max_deletes', guards.maxDeletes, `${guards.maxDeletes} in 24 hours`),
    judge(
      'max_deletes_percent',
      percentLimit,
      percentLimit === null
        ? `no percentage up to ${PERCENT_COUNTS_ABOVE} principals`
        : `${guards.maxDeletesPercent} % of ${observation.principals.length}, which is ${percentLimit}, in 24 hours`,
    ),
  ];
}

/** What was spent, but for earlier tries of these same changes whose fate is not known, or that were cut off: gone on with, each is still one delete. */
function withoutTriesOf(counted: readonly Change[], { openIntents, halfway, spentDeletes }: AccountHistory): readonly SpentDelete[] {
  const ids = new Set(counted.map((change) => change.id));
  const again = new Set(openIntents.filter(({ change }) => ids.has(change.id)).map(({ change }) => change.principal));
  for (const { principal } of counted) if (halfway.has(principal)) again.add(principal);
  return spentDeletes.filter((one) => !again.has(one.principal));
}

interface DeleteCount {
  readonly people: string;
  readonly planned: number;
  readonly spent: number;
  /** What approvals in force have left. */
  readonly approved: number;
}

function deletesMessage({ people, planned, spent, approved }: DeleteCount, limitWords: string, over: boolean, covered: boolean): string {
  const made = spent > 0 ? ` (${spent} of them made in the last 24 hours)` : '';
  if (planned === 0) return `no more ${people}${spent > 0 ? ` (${spent} made in the last 24 hours)` : ''}; the limit is ${limitWords}`;
  const count = `${planned + spent} ${people}${made}; the limit is ${limitWords}`;
  if (!over) return count;
  if (covered) return `${count}; covered by an approval with ${approved} left`;
  const left = approved > 0 ? ` (the one in force has ${approved} left)` : '';
  return `${count}. If this is meant, add policies/approvals/NAME.yaml with account, deletes, reason and expires, and have security approve it${left}; or spread it over days`;
}

/**
 * Who became admin by drift is not counted, whoever takes that back: so it never counts as losing an admin, and a stranger never
 * stands in for one; nor does anybody who is left alone. An invited admin is none yet, and the vendor's owner, whoever that is, stands beside the count as the owner.
 */
function checkAdmins(input: GuardInput): GuardResult {
  const { desired, observation, capabilities, fresh, changes } = input;
  const { minAdmins } = desired.policy.guards;
  const leftAlone = new Set(listLeftAlone(input).map((one) => one.principal));
  const gainedByDrift = new Set(fresh.filter((change) => change.tags.includes('drift_gained')).map((change) => change.principal));
  const admins = observation.principals.filter(
    (live) =>
      live.status === 'active' &&
      live.principal !== desired.policy.owner &&
      !live.roles.includes(capabilities.ownerRole) &&
      isPrivileged(live, capabilities) &&
      !leftAlone.has(live.principal) &&
      !gainedByDrift.has(live.principal),
  );
  const lowered = changes.filter(
    (change) => change.before?.status === 'active' && !gainedByDrift.has(change.principal) && isLoweredAdmin(change, capabilities),
  );
  const raised = changes.filter(
    (change) => change.executor === 'api' && change.before?.status === 'active' && change.tags.includes('privilege_gained'),
  );
  const before = admins.length + 1;
  const after = before - lowered.length + raised.length;
  const everyOne = lowered.length > 0 && lowered.length >= admins.length;
  const tooFew = after < before && after < minAdmins;
  const numbers = `${before} active admins with the owner, ${after} after; at least ${minAdmins}`;
  return {
    guard: 'min_admins',
    account: desired.policy.name,
    verdict: everyOne || tooFew ? 'block' : 'pass',
    budget: null,
    limit: minAdmins,
    actual: after,
    changes: lowered.map((change) => change.id),
    message: everyOne
      ? `every admin but the owner would be lowered or deleted (${numbers}). Nothing lifts this: make somebody else admin first, and lower the last one after that was applied`
      : tooFew
        ? `${numbers}. Nothing lifts this: make somebody else admin first`
        : numbers,
  };
}

function checkProtected(input: GuardInput, guard: 'never_delete' | 'owner', names: readonly string[]): GuardResult {
  const { desired, capabilities, changes } = input;
  const protectedOnes = new Set(names);
  const touched = changes.filter((change) => protectedOnes.has(change.principal) && takesAway(change, capabilities));
  const wayOut =
    guard === 'owner' ? 'Nothing lifts this' : `Take them out of guards.never_delete of ${desired.policy.name} in an earlier pull request`;
  return {
    guard,
    account: desired.policy.name,
    verdict: touched.length > 0 ? 'block' : 'pass',
    budget: null,
    limit: 0,
    actual: touched.length,
    changes: touched.map((change) => change.id),
    message:
      touched.length > 0
        ? `${touched.map((change) => change.principal).join(', ')} would lose access. ${wayOut}`
        : `${names.length} protected, none touched`,
  };
}

/**
 * How many people are live in an account where policy gives nobody access and never gave anybody any: the first days of an account, before
 * its people were imported. Null in every other account.
 */
export function countNotImported({
  desired,
  observation,
  history,
}: Pick<GuardInput, 'desired' | 'observation' | 'history'>): number | null {
  const live = countLive(desired, observation);
  return countNamed(desired) === 0 && live > 0 && history.lastApplied.size === 0 ? live : null;
}

function countNamed({ principals }: DesiredAccount): number {
  return [...principals.values()].filter((one) => !isEmpty(one.holding)).length;
}

function countLive({ policy }: DesiredAccount, { principals }: Observation): number {
  return principals.filter((one) => one.principal !== policy.owner && one.status !== 'inactive').length;
}

/** Whom policy never gave anything, nobody took out of it: there it is enough that nothing is taken from anybody. */
function checkEmptyDesired(input: GuardInput): GuardResult {
  const { desired, observation, capabilities, fresh, changes } = input;
  const named = countNamed(desired);
  const live = countLive(desired, observation);
  const isNew = countNotImported(input) !== null;
  // What waits for an approval is asked for all the same.
  const asked = [...changes, ...fresh.filter(({ origin }) => origin !== 'drift')];
  const blocks = named === 0 && live > 0 && (!isNew || asked.some((change) => takesAway(change, capabilities)));
  const wayOut = isNew ? 'import them (`rollcall import`), grant' : 'grant';
  return {
    guard: 'empty_desired',
    account: desired.policy.name,
    verdict: blocks ? 'block' : 'pass',
    budget: null,
    limit: null,
    actual: named,
    changes: blocks ? changes.map((change) => change.id) : [],
    message: blocks
      ? `no policy gives anybody access here, and ${live} principals are live. That is never taken for "delete everybody": ${wayOut} at least one of them access, or delete the account file to end supervision`
      : `policy names ${named}, live are ${live}`,
  };
}

function checkRollback(input: GuardInput): GuardResult {
  const { head, lastApplied, descends } = input.ancestry;
  const short = (commit: string | null) => commit?.slice(0, 12) ?? 'none';
  return {
    guard: 'rollback',
    account: input.desired.policy.name,
    verdict: descends === false ? 'block' : 'pass',
    budget: null,
    limit: null,
    actual: null,
    changes: descends === false ? input.changes.map((change) => change.id) : [],
    message:
      descends === null
        ? 'no commit to compare with'
        : descends
          ? `${short(head)} follows the last applied ${short(lastApplied)}`
          : `${short(head)} does not follow the last applied commit ${short(lastApplied)}, so this would undo what was applied since. Check out a commit that contains it`,
  };
}
