import { isEmpty, isLockedOut, NOTHING, sameHolding } from '../holding.ts';
import type {
  AccountHistory,
  Capabilities,
  Change,
  DesiredAccount,
  DesiredPrincipal,
  Holding,
  LastApplied,
  LivePrincipal,
  Observation,
} from '../model.ts';
import { gains } from './privilege.ts';

export interface SettledInput {
  readonly desired: DesiredAccount;
  readonly observation: Observation;
  readonly history: AccountHistory;
  readonly changes: readonly Change[];
  readonly capabilities: Capabilities;
  /** Whether people agreed to what policy gives this principal. */
  readonly isAgreed: (principal: string) => boolean;
}

/**
 * What last-applied state has to learn from an account as it is: everybody who holds exactly what policy says and is not remembered
 * so, and everybody remembered who is neither granted anything nor there. Whoever a change is planned for is left out: that is not true yet.
 * So is whoever gained what nobody agreed to, though policy says so by now: it was made true in the account, and no approval covers it.
 */
export function findSettled({ desired, observation, history, changes, ...rest }: SettledInput): Map<string, LastApplied | null> {
  const moving = new Set(changes.map((change) => change.principal));
  // Whoever is locked out has no access, whatever roles are left.
  const live = new Map(observation.principals.filter((one) => !isLockedOut(one.status)).map((one) => [one.principal, one]));
  const settled = new Map<string, LastApplied | null>();
  for (const one of desired.principals.values()) {
    const there = live.get(one.principal);
    if (there === undefined || isEmpty(one.holding) || moving.has(one.principal) || !sameHolding(there, one.holding)) continue;
    if (there.status !== 'active' && there.status !== 'invited') continue;
    const known = history.lastApplied.get(one.principal) ?? null;
    // Who was active once has let themselves in once: whatever says later that they never came is no reason to forget it.
    const status = known?.status === 'active' ? 'active' : there.status;
    const now: LastApplied = { ...one.holding, name: nameOf(one, there, known, rest.capabilities), status };
    if (isUnapproved(now, one.principal, history, rest)) continue;
    if (!sameRecord(known, now)) settled.set(one.principal, now);
  }
  for (const [principal, before] of history.lastApplied) {
    const granted = desired.principals.get(principal);
    const nobody = (granted === undefined || isEmpty(granted.holding)) && !live.has(principal);
    if (before !== null && nobody && !moving.has(principal)) settled.set(principal, null);
  }
  return settled;
}

/** A name that policy has changed and nobody has sent yet is still to go out. */
function nameOf(one: DesiredPrincipal, there: LivePrincipal, known: LastApplied | null, { names }: Capabilities): string {
  return known !== null && names && there.name !== one.name ? known.name : one.name;
}

function isUnapproved(
  now: Holding,
  principal: string,
  { recorded, lastApplied, owed }: AccountHistory,
  { capabilities, isAgreed }: Pick<SettledInput, 'capabilities' | 'isAgreed'>,
): boolean {
  // Before anything was recorded there is nothing that could have been gained since.
  if (!recorded || !gains(lastApplied.get(principal) ?? NOTHING, now, capabilities)) return false;
  const awaited = owed.get(principal)?.change.after ?? NOTHING;
  return !sameHolding(awaited, now) && !isAgreed(principal);
}

/** Who is there that policy gives nothing: what a baseline remembers. Whoever is activated again later has gained access since. */
export function findBaseline(desired: DesiredAccount, observation: Observation): Map<string, Holding> {
  const baseline = new Map<string, Holding>();
  for (const one of observation.principals) {
    const granted = desired.principals.get(one.principal);
    if (one.principal === desired.policy.owner || (granted !== undefined && !isEmpty(granted.holding))) continue;
    if (one.status === 'inactive') continue;
    baseline.set(one.principal, { roles: one.roles, groups: one.groups });
  }
  return baseline;
}

function sameRecord(a: LastApplied | null, b: LastApplied): boolean {
  return a !== null && a.name === b.name && a.status === b.status && sameHolding(a, b);
}
