import type {
  AccountHistory,
  AccountPolicy,
  Approval,
  ApprovedSet,
  Capabilities,
  Change,
  Decision,
  DesiredAccount,
  DesiredPrincipal,
  DesiredState,
  GuardName,
  GuardResult,
  Holding,
  Instant,
  LastApplied,
  LivePrincipal,
  Observation,
  Owed,
  Person,
  Place,
  Plan,
  Reading,
} from '../../src/model.ts';
import type { Ancestry } from '../../src/plan/check-guards.ts';
import { type Decided, decideChanges } from '../../src/plan/decide-changes.ts';
import { EMPTY_HISTORY, makePlan } from '../../src/plan/make-plan.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';
import { compareText, digestOf } from '../../src/text/digest.ts';

export const ACCOUNT = 'telnyx-production';
export const AT = '2026-11-22T09:00:00.000Z';
export const AT_MS = Date.parse(AT);
export const HOUR_MS = 3_600_000;
export const OWNER = mail('root');
export const NO_COMMIT: Ancestry = { head: null, lastApplied: null, descends: null };

export type Role = 'member' | 'admin';

/** One account in which a test breaks one thing. Every map is by the short name: `ada` is ada@acme.example. */
export interface World {
  readonly live: Map<string, LivePrincipal>;
  readonly wants: Map<string, DesiredPrincipal>;
  readonly remembered: Map<string, LastApplied | null>;
  /** People whom `people/` names beside those who are granted something. */
  readonly people: Map<string, Person>;
  baseline: Map<string, Holding> | null;
  policy: Partial<AccountPolicy>;
  ledger: Partial<AccountHistory>;
  approvals: Approval[];
  capabilities: Capabilities;
  ancestry: Ancestry;
  /** What a read of another vendor tells beside the principals. */
  observed: Partial<Observation>;
  base: World | null;
  at: Instant;
  account: string;
}

/** Live, policy and last-applied state agree, and a baseline was taken of nobody else. */
export function inPeace(roles: Readonly<Record<string, Role>>): World {
  const world: World = {
    live: new Map(),
    wants: new Map(),
    remembered: new Map(),
    people: new Map(),
    baseline: new Map(),
    policy: {},
    ledger: {},
    approvals: [],
    capabilities: TELNYX_SUB_USERS,
    ancestry: NO_COMMIT,
    observed: {},
    base: null,
    at: AT,
    account: ACCOUNT,
  };
  for (const [name, role] of Object.entries(roles)) settle(world, name, role);
  return world;
}

export function settle(world: World, name: string, role: Role): void {
  world.live.set(name, live(name, role));
  world.wants.set(name, wants(name, role));
  world.remembered.set(name, held(name, role));
}

export function mail(name: string): string {
  return `${name}@acme.example`;
}

export function place(file = 'policies/teams/voice.yaml'): Place {
  return { file, line: 6, column: 5 };
}

export function holding(role: string | null): Holding {
  return { roles: role === null ? [] : [role], groups: [] };
}

export function live(name: string, role: string | null, more: Partial<LivePrincipal> = {}): LivePrincipal {
  return { principal: mail(name), principal_id: `id-${name}`, status: 'active', name, since: null, ...holding(role), ...more };
}

/** A grant of `role`; `ended` is a role whose grant has ended. */
export function wants(name: string, role: Role | null, more: Partial<DesiredPrincipal> & { ended?: Role } = {}): DesiredPrincipal {
  const { ended, ...rest } = more;
  const strongest = role === 'admin' || ended === 'admin' ? 'admin' : (role ?? ended ?? null);
  return {
    principal: mail(name),
    name,
    holding: holding(role),
    holdingWithoutEnds: holding(strongest),
    grants: [],
    previously: [],
    source: place(),
    ...rest,
  };
}

export function held(name: string, role: Role, more: Partial<LastApplied> = {}): LastApplied {
  return { ...holding(role), name, status: 'active', ...more };
}

export function person(name: string): Person {
  return { principal: mail(name), name, previously: [], github: null, source: place('policies/people/engineering.yaml') };
}

export function approval(name: string, deletes: number, expires = '2026-11-25'): Approval {
  return { name, account: ACCOUNT, deletes, reason: 'Programme ended', expires, source: place(`policies/approvals/${name}.yaml`) };
}

export function owed(change: Change): Owed {
  return { change, since: AT, outcome: null, message: '', notBefore: null, postponedUntil: null };
}

export function policyOf(world: World): AccountPolicy {
  return {
    name: world.account,
    provider: 'telnyx',
    api: 'sub-users',
    owner: OWNER,
    unmanaged: 'report',
    drift: { gained: 'revert', lost: 'report' },
    guards: { maxDeletes: 3, maxDeletesPercent: 10, minAdmins: 2, neverDelete: [] },
    invites: { perHour: 10, open: 10 },
    approvers: {},
    names: 'invite',
    organization: null,
    scope: null,
    subaccounts: 'none',
    privilegedRoles: [],
    privilegedGroups: [],
    file: world.account,
    source: place(`policies/accounts/${world.account}.yaml`),
    ...world.policy,
  };
}

export function desiredOf(world: World): DesiredAccount {
  return {
    policy: policyOf(world),
    principals: new Map([...world.wants].map(([name, one]) => [mail(name), one])),
    approvals: world.approvals,
    roster: null,
  };
}

export function stateOf(world: World): DesiredState {
  const granted = [...world.wants.keys()].map((name): [string, Person] => [mail(name), person(name)]);
  const named = [...world.people].map(([name, one]): [string, Person] => [mail(name), one]);
  return {
    digest: digestOf('policies'),
    commit: null,
    people: new Map([...granted, ...named]),
    accounts: new Map([[world.account, desiredOf(world)]]),
  };
}

export function historyOf(world: World): AccountHistory {
  return {
    ...EMPTY_HISTORY,
    recorded: true,
    lastApplied: new Map([...world.remembered].map(([name, one]) => [mail(name), one])),
    // Somebody looks after open invitations: who is remembered as invited was seen so an hour ago.
    seenInvited: new Map([...world.remembered].flatMap(([name, one]) => (one?.status === 'invited' ? [[mail(name), ago(3_600_000)]] : []))),
    baseline: world.baseline === null ? null : new Map([...world.baseline].map(([name, one]) => [mail(name), one])),
    ...world.ledger,
  };
}

export function observationOf(world: World): Observation {
  const principals = [...world.live.values()].toSorted(
    (a, b) => compareText(a.principal, b.principal) || compareText(a.principal_id, b.principal_id),
  );
  const facts = { account: world.account, provider: 'telnyx', api: 'sub-users', requests: 1, source: 'live' } as const;
  return { ...facts, at: world.at, principals, digest: digestOf(principals), ...world.observed };
}

export function planOf(world: World, mode: Plan['mode'] = 'change', version = '0.1.0'): Plan {
  const reading: Reading = { kind: 'complete', observation: observationOf(world) };
  return makePlan({
    mode,
    version,
    desired: stateOf(world),
    base: world.base === null ? null : stateOf(world.base),
    readings: new Map([[world.account, reading]]),
    history: { accounts: new Map([[world.account, historyOf(world)]]), commit: null, proposals: new Map() },
    capabilitiesOf: () => world.capabilities,
    ancestry: world.ancestry,
    whole: true,
  });
}

/** The one change of a plan that has exactly one. */
export function onlyChange(plan: Plan): Change {
  const [change, ...others] = plan.changes;
  if (change === undefined || others.length > 0) throw new Error(`expected one change, the plan has ${plan.changes.length}`);
  return change;
}

export function changeFor(plan: Plan, name: string): Change {
  const change = plan.changes.find((one) => one.principal === mail(name));
  if (change === undefined) throw new Error(`the plan has no change for ${name}`);
  return change;
}

/** A change in a few words, as a test expects it. */
export function say(change: Change): string {
  const side = (access: Change['before']) => (access === null ? 'nobody' : [...access.roles, ...access.groups].join('+') || 'nothing');
  return `${change.action} ${change.principal.split('@')[0]} ${side(change.before)}→${side(change.after)} ${change.origin} ${change.reason_code}`;
}

export function guardOf(guards: readonly GuardResult[], name: GuardName, budget: GuardResult['budget'] = null): GuardResult {
  const found = guards.find((one) => one.guard === name && one.budget === budget);
  if (found === undefined) throw new Error(`no verdict of ${name}`);
  return found;
}

/** The guards that block, by name and budget. */
export function blocking(guards: readonly GuardResult[]): string[] {
  return guards.filter((one) => one.verdict === 'block').map((one) => (one.budget === null ? one.guard : `${one.guard} (${one.budget})`));
}

export function approve(changes: readonly Change[], by: ApprovedSet['by'] = 'plan'): ApprovedSet {
  return { by, changes: new Map(changes.map((change) => [change.id, change])) };
}

/** What a run over this world decides, from a plan it makes itself. */
export function decide(world: World, approved: readonly Change[] | 'all', mode: Plan['mode'] = 'change'): Decided {
  const { changes } = planOf(world, mode);
  return decideChanges({
    mode,
    changes,
    approved: approve(approved === 'all' ? changes : approved),
    desired: desiredOf(world),
    history: historyOf(world),
    observation: observationOf(world),
    capabilities: world.capabilities,
    ancestry: world.ancestry,
    nowMs: Date.parse(world.at),
  });
}

export function verdicts(decisions: readonly Decision[]): Record<string, Decision['verdict']> {
  return Object.fromEntries(decisions.map(({ change, verdict }) => [change.principal.split('@')[0] ?? '', verdict]));
}

/** The world after these changes were made, with no ledger written. */
export function afterMaking(world: World, changes: readonly Change[]): World {
  const next: World = { ...world, live: new Map(world.live) };
  for (const change of changes) {
    const name = change.principal.split('@')[0] ?? '';
    if (change.after === null) next.live.delete(name);
    else next.live.set(name, { ...live(name, null), ...(world.live.get(name) ?? {}), ...change.after });
  }
  return next;
}

export function ago(ms: number, at: Instant = AT): Instant {
  return new Date(Date.parse(at) - ms).toISOString();
}
