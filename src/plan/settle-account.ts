import { isEmpty, lastEnd, NO_END, NOTHING } from '../holding.ts';
import type {
  AccountHistory,
  Capabilities,
  DesiredAccount,
  DesiredPrincipal,
  DesiredState,
  Holding,
  LeftAlone,
  LivePrincipal,
  Observation,
  Place,
} from '../model.ts';
import { hasOutlived } from './classify-origin.ts';
import { gains, heldIn } from './privilege.ts';

/** One principal with everything the diff needs to know; special cases are settled before it, so the diff has no exceptions. */
export interface Row {
  readonly principal: string;
  readonly live: LivePrincipal | null;
  /** D: null when nothing is known of this principal or account. */
  readonly lastApplied: Remembered | null;
  readonly desired: Holding;
  readonly desiredWithoutEnds: Holding;
  /** The name by policy; null for people whom policy grants nothing. */
  readonly name: string | null;
  readonly source: Place | null;
  /** What stands behind a wish for no access. */
  readonly kind: 'granted' | 'named' | 'forgotten' | 'previous' | 'unmanaged' | 'kept' | 'stranger';
  /** For a previous address: the one that takes its place, as long as that one is not active. */
  readonly waitsFor: string | null;
}

/** What was last true: a holding, empty when deleted by approval. */
export interface Remembered extends Holding {
  readonly name: string | null;
  readonly status: LivePrincipal['status'] | null;
}

export interface Settled {
  readonly rows: readonly Row[];
  readonly unmanaged: readonly LeftAlone[];
  readonly leftAlone: readonly LeftAlone[];
  /** The declared owner, if the account lists them as an ordinary user. */
  readonly ownerAsUser: LivePrincipal | null;
}

export interface SettleInput {
  readonly desired: DesiredAccount;
  readonly people: DesiredState['people'];
  /** The account in the base that a plan is compared with; null when it has none there. */
  readonly base: DesiredAccount | null;
  /** Where access that is gone now last stood, for a link to it. */
  readonly formerly?: DesiredAccount | null;
  readonly history: AccountHistory;
  readonly observation: Observation;
  readonly capabilities: Capabilities;
}

/** Decides for every principal, once, what policy wants and what was last true; what nobody may touch is listed apart. */
export function settleAccount(input: SettleInput): Settled {
  const { desired } = input;
  const { live, leftAlone, ownerAsUser } = setApart(input);
  const untouched = new Set(leftAlone.map((one) => one.principal));
  const replaced = replacements(input, live);
  const without = new Map(input.observation.without?.map((one) => [one.principal, one]));
  const unmanaged: LeftAlone[] = [];
  const rows: Row[] = [];
  for (const principal of everybody(input, live)) {
    if (untouched.has(principal) || principal === desired.policy.owner) continue;
    const there = live.get(principal) ?? (isWanted(principal, desired) ? without.get(principal) : undefined);
    const row = settle(principal, there ?? null, replaced.get(principal) ?? null, input);
    if (row.kind === 'unmanaged' && desired.policy.unmanaged === 'report' && row.live !== null) {
      const { kept, note } = keep(row, row.live, input);
      unmanaged.push(leaveAlone(row.live, note));
      rows.push(kept);
    } else rows.push(row);
  }
  return { rows, unmanaged, leftAlone, ownerAsUser };
}

/** What it takes to say who is left alone. */
export interface LeftAloneInput extends Pick<SettleInput, 'desired' | 'history' | 'observation' | 'capabilities'> {
  /** The answer, where it is known: it takes a walk through everybody. */
  readonly leftAlone?: readonly LeftAlone[] | undefined;
}

/** Whom a plan shows and leaves alone, and why. */
export function listLeftAlone(input: LeftAloneInput): readonly LeftAlone[] {
  return input.leftAlone ?? setApart(input).leftAlone;
}

interface SetApart extends Pick<Settled, 'leftAlone' | 'ownerAsUser'> {
  /** Everybody but the owner; whoever may not be touched is among them, but never gets a row, also when policy wants more or less. */
  readonly live: ReadonlyMap<string, LivePrincipal>;
}

function setApart(input: LeftAloneInput): SetApart {
  const { desired, observation, capabilities } = input;
  const { owner } = desired.policy;
  const live = new Map<string, LivePrincipal>();
  const leftAlone: LeftAlone[] = [];
  const twice = listedTwice(observation);
  let ownerAsUser: LivePrincipal | null = null;
  for (const one of observation.principals) {
    const note = twice.has(one.principal) ? LISTED_TWICE : untouchable(one, input);
    if (note !== null) leftAlone.push(leaveAlone(one, note));
    if (note !== null || one.principal !== owner) live.set(one.principal, one);
    else if (!one.roles.includes(capabilities.ownerRole)) ownerAsUser = one;
  }
  return { live, leftAlone, ownerAsUser };
}

/** Whom policy, the account or the ledger knows; someone gone from the first two alike is still worth a note. */
function everybody({ desired, base, history }: SettleInput, live: ReadonlyMap<string, LivePrincipal>): Set<string> {
  const all = new Set(desired.principals.keys());
  for (const more of [live, history.lastApplied, base?.principals ?? new Map<string, never>()])
    for (const principal of more.keys()) all.add(principal);
  return all;
}

const LISTED_TWICE = 'the vendor lists this address twice, so no change could tell which of the two it means';

function listedTwice(observation: Observation): Set<string> {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { principal } of observation.principals) (seen.has(principal) ? twice : seen).add(principal);
  return twice;
}

/** Why this principal is shown and never touched, or null. */
function untouchable(live: LivePrincipal, { desired, observation, capabilities, history }: LeftAloneInput): string | null {
  const { owner } = desired.policy;
  const granted = desired.principals.get(live.principal)?.holding ?? NOTHING;
  const wants = isEmpty(granted) ? '' : `; policy wants ${[...granted.roles, ...granted.groups].join(', ')}`;
  if (live.note !== undefined) return `${live.note}${wants}`;
  if (live.roles.includes(capabilities.ownerRole)) {
    return live.principal === owner ? null : `the vendor names this person as the account's owner, policy names ${owner}`;
  }
  if (live.status === 'unknown') return `a status or an address this version does not understand${wants}`;
  const isInactive = live.status === 'inactive';
  if (isInactive && isEmpty(granted)) return 'inactive: counts as no access, activated again where policy wants it';
  if (!isInactive && live.status !== 'active' && live.status !== 'invited')
    return `${live.status}: counts as no access, never re-enabled by rollcall${wants}`;
  if (live.roles.some((role) => !isKnownRole(role, capabilities, observation))) return `a role this version does not know${wants}`;
  const isLeft = capabilities.requests === 'parts' && isBegun(live.principal, history);
  return isEmpty(live) && !isLeft ? `a role this version does not know${wants}` : null;
}

/** Beside the general roles there are those that the live list has; where nobody read that list, a friendly name is taken at its word. */
export function isKnownRole(role: string, { roles, productRoles }: Capabilities, observation: Observation): boolean {
  return roles.includes(role) || (productRoles && (observation.productRoles?.includes(role) ?? true));
}

/** Whether a change of ours may have left this principal with a login and no role. */
function isBegun(principal: string, { halfway, owed, openIntents }: AccountHistory): boolean {
  return halfway.has(principal) || owed.has(principal) || openIntents.some(({ change }) => change.principal === principal);
}

function isWanted(principal: string, { principals }: DesiredAccount): boolean {
  return !isEmpty(principals.get(principal)?.holding ?? NOTHING);
}

function leaveAlone(live: LivePrincipal, note: string): LeftAlone {
  return { principal: live.principal, status: live.status, roles: live.roles, groups: live.groups, note };
}

/** Old address → the new one that has to be active before the old one goes; null value: it already is. */
function replacements(
  { desired, people }: SettleInput,
  live: ReadonlyMap<string, LivePrincipal>,
): Map<string, { waitsFor: string | null; place: Place }> {
  const found = new Map<string, { waitsFor: string | null; place: Place }>();
  for (const one of desired.principals.values()) {
    if (isEmpty(one.holding)) continue;
    const active = live.get(one.principal)?.status === 'active';
    for (const old of one.previously)
      found.set(old, { waitsFor: active ? null : one.principal, place: people.get(one.principal)?.source ?? one.source });
  }
  return found;
}

function settle(
  principal: string,
  live: LivePrincipal | null,
  replaced: { waitsFor: string | null; place: Place } | null,
  input: SettleInput,
): Row {
  const { desired, people } = input;
  const granted = desired.principals.get(principal);
  const lastApplied = remember(principal, live, input);
  const person = people.get(principal);
  if (granted !== undefined) {
    return {
      principal,
      live,
      lastApplied,
      waitsFor: null,
      desired: granted.holding,
      desiredWithoutEnds: granted.holdingWithoutEnds,
      name: granted.name,
      source: sourceOf(granted, live, input.capabilities),
      kind: 'granted',
    };
  }
  const nothing = { principal, live, lastApplied, waitsFor: null, name: null, desired: NOTHING, desiredWithoutEnds: NOTHING };
  if (replaced !== null) return { ...nothing, source: replaced.place, kind: 'previous', waitsFor: replaced.waitsFor };
  const source = (input.base ?? input.formerly)?.principals.get(principal)?.source ?? null;
  if (person !== undefined) return { ...nothing, source: input.formerly ? (source ?? person.source) : person.source, kind: 'named' };
  if (input.base?.principals.has(principal) === true || (input.history.lastApplied.get(principal) ?? null) !== null) {
    return { ...nothing, source, kind: 'forgotten' };
  }
  return { ...nothing, source, kind: isStranger(principal, input.history) ? 'stranger' : 'unmanaged' };
}

/** Of roles or groups that add up, the grant of the first that is to come, or else of the first that is to go. */
function sourceOf(granted: DesiredPrincipal, live: LivePrincipal | null, { severalRoles, groups }: Capabilities): Place {
  if (severalRoles === 'strongest' && !groups) return granted.source;
  const wanted = [...granted.holding.roles, ...granted.holding.groups];
  const has = live ?? NOTHING;
  const held = [...has.roles, ...has.groups];
  const moving = wanted.find((one) => !held.includes(one)) ?? held.find((one) => !wanted.includes(one));
  const grants = granted.grants.filter(({ role, group }) => (role ?? group) === moving);
  return grants.find(({ until }) => (until ?? NO_END) === lastEnd(grants))?.source ?? granted.source;
}

/** Somebody who came after the baseline, or came back after we deleted them. */
function isStranger(principal: string, history: AccountHistory): boolean {
  if (history.lastApplied.has(principal)) return true;
  return history.baseline !== null && !history.baseline.has(principal);
}

/**
 * D of one principal: what the base says, or else the ledger. Someone neither of them knows counts, when they were there at the
 * baseline (or there is none yet), as having held what they held then.
 */
function remember(principal: string, live: LivePrincipal | null, input: SettleInput): Remembered | null {
  const { base, history } = input;
  const unknown = { name: null, status: null };
  if (base !== null) {
    const before = base.principals.get(principal);
    if (before !== undefined) {
      // An end that passed in the base is not yet true as long as the access is still there.
      const still = live !== null && live.status !== 'inactive' && hasOutlived(live, before.holding, before.holdingWithoutEnds);
      // Only the ledger knows whether they were ever seen active, or hold an invitation that may lapse.
      const status = history.lastApplied.get(principal)?.status ?? null;
      const { roles, groups } = still ? live : before.holding;
      return { roles, groups, name: before.name, status };
    }
  } else if (!history.recorded) return null;
  const known = history.lastApplied.get(principal);
  if (known !== undefined) return known ?? { ...NOTHING, ...unknown };
  if (isStranger(principal, history)) return { ...NOTHING, ...unknown };
  return { ...(history.baseline?.get(principal) ?? heldIn(live)), ...unknown };
}

/**
 * An unmanaged principal keeps what they held at the baseline: more than that is drift, less is theirs to lose. Against a role that
 * nobody here knows, more and less cannot be told, and nobody is ever given it back.
 */
function keep(row: Row, live: LivePrincipal, { history, capabilities, observation }: SettleInput): { kept: Row; note: string } {
  const atBaseline = history.baseline?.get(row.principal) ?? live;
  const unknown = atBaseline.roles.filter((role) => !isKnownRole(role, capabilities, observation));
  const held: Holding = unknown.length === 0 && gains(atBaseline, live, capabilities) ? atBaseline : live;
  const { roles, groups } = held;
  const lastApplied = { roles, groups, name: null, status: null };
  const note = unknown.length === 0 ? '' : `held ${unknown.join(', ')} at the baseline, a role this version does not know`;
  return { kept: { ...row, kind: 'kept', desired: held, desiredWithoutEnds: held, lastApplied }, note };
}
