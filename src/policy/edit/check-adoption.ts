import { lastEnd, NOTHING, sameHolding } from '../../holding.ts';
import type { DesiredAccount, DesiredPrincipal, DesiredState } from '../../model.ts';
import { hasEnded } from '../calendar.ts';
import { isPrivilegedGrant } from '../covers-grant.ts';
import type { LoadedPolicies } from '../load-policies.ts';
import type { DraftContext, Goal } from './draft.ts';
import { whyInvalid } from './open-context.ts';
import { outlineAccess, sameOutline } from './outline-access.ts';

/**
 * Whether edited policies give the goals what is live, everybody else what they had, on every day, and nobody a privileged role. Null
 * when they do; otherwise what stands in the way, as a clause.
 */
export function checkAdoption(goals: readonly Goal[], context: DraftContext, after: LoadedPolicies): string | null {
  if (after.desired === null) return whyInvalid(after);
  const wanted = new Map(goals.map((goal) => [keyOf(goal.policy.name, goal.principal), goal]));
  const wrong = [...otherPeople(goals, context.desired, after.desired), ...otherAccess(wanted, context, after.desired)];
  return wrong.length === 0 ? null : `the edit would change more than this (${wrong[0]}); edit the policies by hand`;
}

function keyOf(account: string, principal: string): string {
  return `${account} ${principal}`;
}

function* otherPeople(goals: readonly Goal[], before: DesiredState, after: DesiredState): Iterable<string> {
  const mayBeNew = new Set(goals.map((goal) => goal.principal));
  const names = new Map(goals.flatMap(({ principal, name }) => (name === null ? [] : [[principal, name]])));
  for (const [principal, person] of after.people) {
    const known = before.people.get(principal);
    const isRight = known === undefined ? mayBeNew.has(principal) : person.name === (names.get(principal) ?? known.name);
    if (!isRight) yield principal;
  }
  for (const principal of before.people.keys()) if (!after.people.has(principal)) yield principal;
}

function* otherAccess(wanted: ReadonlyMap<string, Goal>, context: DraftContext, after: DesiredState): Iterable<string> {
  for (const [name, account] of after.accounts) {
    const then = context.desired.accounts.get(name);
    for (const principal of new Set([...(then?.principals.keys() ?? []), ...account.principals.keys()])) {
      const goal = wanted.get(keyOf(name, principal));
      const [old, now] = [then?.principals.get(principal), account.principals.get(principal)];
      const isRight = goal === undefined ? sameAccess(old, now, context) : sameHolding(now?.holding ?? NOTHING, goal.target);
      if (!isRight || gainsPrivilege(account, old, now, context)) yield `${principal} in ${name}`;
    }
  }
}

function sameAccess(a: DesiredPrincipal | undefined, b: DesiredPrincipal | undefined, { today, capabilitiesOf }: DraftContext): boolean {
  return sameOutline(outlineAccess(a?.grants ?? [], today, capabilitiesOf), outlineAccess(b?.grants ?? [], today, capabilitiesOf));
}

/** Privileged grants alone, so that one that lasts longer than before shows. */
function gainsPrivilege(
  account: DesiredAccount,
  before: DesiredPrincipal | undefined,
  after: DesiredPrincipal | undefined,
  { today, capabilitiesOf }: DraftContext,
): boolean {
  const capabilities = capabilitiesOf(account.policy.name);
  const last = (one: DesiredPrincipal | undefined) =>
    lastEnd((one?.grants ?? []).filter((grant) => isPrivilegedGrant(grant, capabilities) && !hasEnded(grant.until, today)));
  return last(after) > last(before);
}
