import type { Capabilities, Day, DesiredPrincipal, DesiredState, Grant } from '../model.ts';
import type { MovedEnd } from '../pull.ts';

export interface MovedEndsInput {
  /** By account, whom a pull request touches. */
  readonly touched: ReadonlyMap<string, ReadonlySet<string>>;
  /** Access once it is merged, and on the base without it. */
  readonly merged: DesiredState;
  readonly baseTip: DesiredState;
  readonly capabilitiesOf: (provider: string, api: string) => Capabilities | null;
}

/** Whose access a pull request lets end on another day, although today it stays as it is: later privilege first, then by account and person. */
export function findMovedEnds({ touched, merged, baseTip, capabilitiesOf }: MovedEndsInput): MovedEnd[] {
  const found: MovedEnd[] = [];
  for (const [account, people] of [...touched].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const policy = merged.accounts.get(account)?.policy;
    const privileged = policy === undefined ? null : capabilitiesOf(policy.provider, policy.api)?.privilegedRoles;
    for (const principal of [...people].toSorted()) {
      const now = merged.accounts.get(account)?.principals.get(principal);
      const then = baseTip.accounts.get(account)?.principals.get(principal);
      for (const role of [...(now?.holding.roles ?? []), ...(now?.holding.groups ?? [])]) {
        const [before, after] = [lastDayOf(then, role), lastDayOf(now, role)];
        if (before === 'not held' || after === 'not held' || before === after) continue;
        const later = after === null || (before !== null && after > before);
        const source = now?.grants.find((grant) => isOf(grant, role) && grant.until === after)?.source ?? null;
        found.push({ account, principal, role, before, after, later, privileged: privileged?.includes(role) ?? true, source });
      }
    }
  }
  return found.toSorted((a, b) => Number(b.later && b.privileged) - Number(a.later && a.privileged));
}

/** Null: it has no end. */
function lastDayOf(one: DesiredPrincipal | undefined, role: string): Day | null | 'not held' {
  const held = one?.holding.roles.includes(role) === true || one?.holding.groups.includes(role) === true;
  if (one === undefined || !held) return 'not held';
  const ends = one.grants.filter((grant) => isOf(grant, role)).map(({ until }) => until);
  return ends.includes(null) ? null : ends.reduce<Day>((latest, end) => (end !== null && end > latest ? end : latest), '');
}

function isOf(grant: Grant, role: string): boolean {
  return grant.role === role || grant.group === role;
}
