import { isUnexplained } from '../drift-answer.ts';
import type {
  AccountHistory,
  Capabilities,
  CapabilitiesOf,
  Change,
  DesiredAccount,
  DesiredState,
  GuardResult,
  History,
  Instant,
  LeftAlone,
  Observation,
  Plan,
  PlanAccount,
  PlanSummary,
  Reading,
  Unread,
  Verdict,
} from '../model.ts';
import type { Conflict } from '../pull.ts';
import { compareText, digestOf } from '../text/digest.ts';
import { checkWar, withHistory } from './annotate-changes.ts';
import { checkConflicts } from './block-plan.ts';
import { type Ancestry, checkGuards, countNotImported } from './check-guards.ts';
import { diffAccount } from './diff-account.ts';
import { openKeys, residualKeys } from './find-residual-keys.ts';
import { findUnexplained } from './find-unexplained.ts';
import { findUnsupervised } from './find-unsupervised.ts';
import { listNotes } from './list-notes.ts';
import { orderChanges } from './order-changes.ts';
import { isPrivileged, losesKeys } from './privilege.ts';
import { scheduleInvites } from './schedule-invites.ts';
import { settleAccount } from './settle-account.ts';
import { willDo } from './will-do.ts';

const FORMAT_VERSION = '1.0';

export interface PlanInput {
  readonly mode: Plan['mode'];
  readonly version: string;
  readonly desired: DesiredState;
  /** What to compare policy with, instead of the ledger's last-applied state. */
  readonly base: DesiredState | null;
  /** One reading for every account that is planned. */
  readonly readings: ReadonlyMap<string, Reading>;
  readonly history: History;
  readonly capabilitiesOf: CapabilitiesOf;
  readonly ancestry: Ancestry;
  /** Whether every account of policy is planned, so that one missing there is one that left policy. */
  readonly whole: boolean;
  /** For a pull request: where both sides changed the same access, and the policies in which what it deletes last stood. */
  readonly pull?: { readonly conflicts: readonly Conflict[]; readonly formerly: DesiredState };
}

interface AccountPlan {
  readonly account: PlanAccount;
  readonly changes: readonly Change[];
  readonly guards: readonly GuardResult[];
  readonly privileged: { readonly before: number; readonly after: number };
}

export const EMPTY_HISTORY: AccountHistory = {
  recorded: false,
  lastApplied: new Map(),
  baseline: null,
  scope: null,
  lastGood: null,
  suspect: null,
  owed: new Map(),
  openIntents: [],
  unsettled: new Map(),
  invitePosts: [],
  spentDeletes: [],
  reverts: [],
  parked: new Map(),
  lapses: new Map(),
  seenInvited: new Map(),
  addressTaken: new Set(),
  stillThere: new Set(),
  halfway: new Map(),
  offboarding: new Map(),
  driftSeen: new Map(),
  accepted: null,
  taken: new Set(),
  provenance: new Map(),
  backing: new Map(),
};

/** Desired, live and last-applied state to one plan. The plan is a value: printed, saved, approved and applied as it is. */
export function makePlan(input: PlanInput): Plan {
  const readings = [...input.readings].toSorted(([a], [b]) => compareText(a, b));
  const plans = readings.flatMap(([name, reading]) => {
    const desired = input.desired.accounts.get(name);
    return desired === undefined ? [] : [planAccount(desired, reading, input)];
  });
  const changes = plans.flatMap((one) => one.changes);
  const accounts = plans.map((one) => one.account);
  const unsupervised = input.whole ? findUnsupervised(input) : [];
  return {
    format_version: FORMAT_VERSION,
    tool: { name: 'rollcall', version: input.version },
    mode: input.mode,
    at: newestOf(input.readings),
    policy: { digest: input.desired.digest, commit: input.desired.commit, base_commit: input.base?.commit ?? null },
    accounts,
    changes,
    guards: plans.flatMap((one) => one.guards),
    unsupervised,
    summary: summarize(changes, plans, input.mode),
    verdict: worst(accounts.map((account) => account.verdict)),
    digest: planDigest(changes, accounts),
  };
}

/** Over the sorted ids and the accounts' verdicts: equal for equal plans whatever order anything came in. */
export function planDigest(changes: readonly Pick<Change, 'id'>[], accounts: readonly Pick<PlanAccount, 'account' | 'verdict'>[]): string {
  return digestOf({
    changes: changes.map((change) => change.id).toSorted(compareText),
    accounts: accounts.map(({ account, verdict }) => [account, verdict] as const).toSorted(([a], [b]) => compareText(a, b)),
  });
}

function planAccount(desired: DesiredAccount, reading: Reading, input: PlanInput): AccountPlan {
  const { policy } = desired;
  const history = input.history.accounts.get(policy.name) ?? EMPTY_HISTORY;
  if (reading.kind === 'incomplete') return unreadAccount(desired, reading, history);
  const { observation } = reading;
  const capabilities = input.capabilitiesOf(policy);
  if (capabilities === null) throw new Error(`an account of unknown kind reached the planner: ${policy.provider} ${policy.api}`);
  const atMs = Date.parse(observation.at);

  const settled = settleAccount({
    desired,
    people: input.desired.people,
    base: input.base?.accounts.get(policy.name) ?? null,
    formerly: input.pull?.formerly.accounts.get(policy.name) ?? null,
    history,
    observation,
    capabilities,
  });
  const facts = { desired, observation, history, capabilities, leftAlone: settled.leftAlone };
  const difference = diffAccount(settled, { policy, capabilities, history, observation, atMs });
  const known = withHistory(orderChanges(difference.changes, capabilities), history, atMs);
  const mine = input.mode === 'drift' ? known.filter(belongsToDrift) : known;
  const changes = scheduleInvites(mine, (change) => willDo(change, input.mode, policy), {
    policy,
    history,
    observation,
    capabilities,
    atMs,
  });
  const doing = changes.filter((change) => willDo(change, input.mode, policy));
  const guards = [
    ...checkGuards({ ...facts, fresh: changes, changes: doing, ancestry: input.ancestry, atMs }),
    checkWar(policy.name, changes),
    ...(input.pull === undefined ? [] : [checkConflicts(policy.name, input.pull.conflicts)]),
  ];
  const needsKeys = history.offboarding.size > 0 || doing.some((change) => losesKeys(change, capabilities, history));
  const blocked = guards.some((guard) => guard.verdict === 'block');
  return {
    account: {
      account: policy.name,
      provider: policy.provider,
      api: policy.api,
      owner: policy.owner,
      recorded: history.recorded,
      verdict: blocked ? 'blocked' : changes.length > 0 ? 'applicable' : 'empty',
      observation: {
        at: observation.at,
        complete: true,
        principals: observation.principals.length,
        requests: observation.requests,
        digest: observation.digest,
        source: observation.source,
      },
      unmanaged: sorted(settled.unmanaged),
      left_alone: sorted(settled.leftAlone),
      pending: difference.pending.toSorted((a, b) => compareText(a.principal, b.principal)),
      converged: difference.converged.toSorted(compareText),
      residual_keys: residualKeys({ changes: doing, observation, history, capabilities, roster: desired.roster }),
      notes: listNotes({
        policy,
        observation,
        capabilities,
        changes,
        needsKeys,
        notImported: countNotImported(facts),
        unexplained: findUnexplained(facts),
        scopes: scopesOf(input.desired),
      }),
    },
    changes,
    guards,
    privileged: countPrivileged(desired, observation, doing, capabilities),
  };
}

function scopesOf({ accounts }: DesiredState): ReadonlySet<string> {
  return new Set([...accounts.values()].map(({ policy }) => policy.scope ?? ''));
}

/** Drift itself, what both sides changed (it waits, and has to be seen), what has ended and what is owed; what policy newly wants is none of drift's business. */
function belongsToDrift(change: Change): boolean {
  return isUnexplained(change) || change.origin === 'end' || change.tags.includes('owed');
}

function unreadAccount(desired: DesiredAccount, unread: Unread, history: AccountHistory): AccountPlan {
  const { policy } = desired;
  return {
    account: {
      account: policy.name,
      provider: policy.provider,
      api: policy.api,
      owner: policy.owner,
      recorded: history.recorded,
      verdict: 'incomplete',
      observation: {
        at: unread.at,
        complete: false,
        principals: 0,
        requests: unread.requests,
        digest: null,
        source: policy.api === 'console' ? 'roster' : 'live',
        reason: unread.message,
        cause: unread.cause,
      },
      unmanaged: [],
      left_alone: [],
      pending: [],
      converged: [],
      // What was seen before does not go away with a read that failed.
      residual_keys: openKeys(history),
      notes: [],
    },
    changes: [],
    guards: [],
    privileged: { before: 0, after: 0 },
  };
}

function countPrivileged(
  desired: DesiredAccount,
  observation: Observation,
  doing: readonly Change[],
  capabilities: Capabilities,
): { before: number; after: number } {
  const admins = observation.principals.filter(
    (live) => live.status === 'active' && live.principal !== desired.policy.owner && isPrivileged(live, capabilities),
  );
  const steps = doing.filter((change) => change.executor === 'api' && change.before?.status === 'active');
  const gained = steps.filter((change) => change.tags.includes('privilege_gained')).length;
  const lost = steps.filter((change) => change.tags.includes('privilege_lost')).length;
  return { before: admins.length + 1, after: admins.length + 1 + gained - lost };
}

function summarize(changes: readonly Change[], plans: readonly AccountPlan[], mode: Plan['mode']): PlanSummary {
  const mine = mode === 'drift' ? changes : changes.filter((change) => change.origin !== 'drift');
  const count = (test: (change: Change) => boolean) => mine.filter(test).length;
  const waits = (change: Change) =>
    change.not_before !== null || change.tags.includes('waits_for_replacement') || change.tags.includes('waits_for_open_slot');
  return {
    invite: count((change) => change.action === 'invite' && change.executor === 'api'),
    patch: count((change) => change.action === 'patch' && change.executor === 'api'),
    delete: count((change) => change.action === 'delete' && change.executor === 'api'),
    manual: count((change) => change.executor === 'manual'),
    deferred: count(waits),
    owed: count((change) => change.tags.includes('owed')),
    unmanaged: plans.reduce((sum, one) => sum + one.account.unmanaged.length, 0),
    drift: changes.filter((change) => change.origin === 'drift').length,
    privileged_before: plans.reduce((sum, one) => sum + one.privileged.before, 0),
    privileged_after: plans.reduce((sum, one) => sum + one.privileged.after, 0),
  };
}

const VERDICTS = ['empty', 'applicable', 'blocked', 'incomplete'] as const satisfies readonly Verdict[];

export function worst(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS[Math.max(0, ...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))] ?? 'empty';
}

/** The instant for which a plan of these readings holds. */
export function newestOf(readings: ReadonlyMap<string, Reading>): Instant {
  const times = [...readings.values()].map((reading) => (reading.kind === 'complete' ? reading.observation.at : reading.at));
  return times.toSorted(compareText).at(-1) ?? '';
}

function sorted(list: readonly LeftAlone[]): LeftAlone[] {
  return list.toSorted((a, b) => compareText(a.principal, b.principal));
}
