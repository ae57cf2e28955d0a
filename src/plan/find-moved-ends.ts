import { lastDayOf, NO_END } from '../holding.ts';
import type { Capabilities, CapabilitiesOf, Day, DesiredState, Grant } from '../model.ts';
import type { MovedEnd } from '../pull.ts';

export interface MovedEndsInput {
  /** By account, whom a pull request touches. */
  readonly touched: ReadonlyMap<string, ReadonlySet<string>>;
  /** Access once it is merged, and on the base without it. */
  readonly merged: DesiredState;
  readonly baseTip: DesiredState;
  readonly capabilitiesOf: CapabilitiesOf;
}

/** Whose access a pull request lets end on another day, although today it stays as it is: later privilege first, then by account and person. */
export function findMovedEnds({ touched, merged, baseTip, capabilitiesOf }: MovedEndsInput): MovedEnd[] {
  const found: MovedEnd[] = [];
  for (const [account, people] of [...touched].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const policy = merged.accounts.get(account)?.policy;
    const capabilities = policy === undefined ? null : capabilitiesOf(policy);
    for (const principal of [...people].toSorted()) {
      const now = merged.accounts.get(account)?.principals.get(principal);
      const then = baseTip.accounts.get(account)?.principals.get(principal);
      for (const role of [...(now?.holding.roles ?? []), ...(now?.holding.groups ?? [])]) {
        const [before, after] = [lastDayOf(then, role), lastDayOf(now, role)];
        if (before === '' || after === '' || before === after) continue;
        const isOf = (grant: Grant) => grant.role === role || grant.group === role;
        const source = now?.grants.find((grant) => isOf(grant) && grant.until === endOf(after))?.source ?? null;
        const ends = { before: endOf(before), after: endOf(after), later: after > before };
        found.push({ account, principal, role, ...ends, privileged: isPrivilegedWord(role, capabilities), source });
      }
    }
  }
  return found.toSorted((a, b) => Number(b.later && b.privileged) - Number(a.later && a.privileged));
}

function isPrivilegedWord(word: string, capabilities: Capabilities | null): boolean {
  return capabilities === null || capabilities.privilegedRoles.includes(word) || capabilities.privilegedGroups.includes(word);
}

function endOf(lastDay: Day): Day | null {
  return lastDay === NO_END ? null : lastDay;
}
