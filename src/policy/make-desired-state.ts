import type {
  Approval,
  Capabilities,
  CapabilitiesOf,
  Day,
  DesiredAccount,
  DesiredPrincipal,
  DesiredState,
  Grant,
  Holding,
  Person,
} from '../model.ts';
import { compareText } from '../text/digest.ts';
import { compareEnds, earlier, hasEnded } from './calendar.ts';
import { makeRoster } from './make-roster.ts';
import { type AccountEntry, type Policies, placeOf } from './policies.ts';

/** Access by policy on one day, from policies without errors. Ended, owner and strongest are settled here, so that the diff has no exceptions. */
export function makeDesiredState(args: {
  readonly policies: Policies;
  readonly today: Day;
  readonly capabilitiesOf: CapabilitiesOf;
  readonly commit: string | null;
}): DesiredState {
  const { policies, today, capabilitiesOf, commit } = args;
  const people = new Map<string, Person>();
  for (const entry of [...policies.people].sort((a, b) => compareText(a.email, b.email))) {
    const previously = entry.previously.map((address) => address.email).sort();
    people.set(entry.email, { principal: entry.email, name: entry.name, previously, github: entry.github, source: placeOf(entry) });
  }
  const grants = grantsByAccount(policies);
  const approvals = approvalsByAccount(policies);
  const accounts = new Map<string, DesiredAccount>();
  for (const account of [...policies.accounts].sort((a, b) => compareText(a.policy.name, b.policy.name))) {
    const { name } = account.policy;
    const capabilities = capabilitiesOf(account.policy);
    const principals = capabilities === null ? new Map() : makePrincipals(account, grants.get(name), people, capabilities, today);
    accounts.set(name, { policy: account.policy, principals, approvals: approvals.get(name) ?? [], roster: makeRoster(policies, name) });
  }
  return { digest: policies.digest, commit, people, accounts };
}

/** Account, then principal, to every grant that names both. */
function grantsByAccount(policies: Policies): Map<string, Map<string, Grant[]>> {
  const byAccount = new Map<string, Map<string, Grant[]>>();
  for (const team of policies.teams) {
    for (const grant of team.grants) {
      const byPrincipal = byAccount.get(grant.account) ?? new Map<string, Grant[]>();
      byAccount.set(grant.account, byPrincipal);
      const { account, role, group, reason } = grant;
      const source = placeOf(grant);
      // Nearly all members hold a grant on its own terms, so they share it: at 50,000 people that is memory.
      const common: Grant = { account, team: team.name, role, group, reason, until: grant.until, source };
      for (const member of team.members) {
        const held: Grant = member.until === null ? common : { ...common, until: earlier(member.until, grant.until) };
        const list = byPrincipal.get(member.email);
        if (list === undefined) byPrincipal.set(member.email, [held]);
        else list.push(held);
      }
    }
  }
  return byAccount;
}

function makePrincipals(
  account: AccountEntry,
  grants: ReadonlyMap<string, Grant[]> | undefined,
  people: ReadonlyMap<string, Person>,
  capabilities: Capabilities,
  today: Day,
): Map<string, DesiredPrincipal> {
  const principals = new Map<string, DesiredPrincipal>();
  const known = new Map<string, Holding>();
  for (const principal of [...(grants?.keys() ?? [])].sort()) {
    const person = people.get(principal);
    const held = grants?.get(principal) ?? [];
    if (principal === account.policy.owner || person === undefined) continue;
    if (held.length > 1) held.sort(byPlace);
    const hasEnds = held.some((grant) => hasEnded(grant.until, today));
    const live = hasEnds ? held.filter((grant) => !hasEnded(grant.until, today)) : held;
    const holding = toHolding(live, capabilities, known);
    const source = (strongest(live, capabilities) ?? endedLast(held))?.source ?? account.policy.source;
    principals.set(principal, {
      principal,
      name: person.name,
      holding,
      holdingWithoutEnds: hasEnds ? toHolding(held, capabilities, known) : holding,
      grants: held,
      previously: person.previously,
      source,
    });
  }
  return principals;
}

function toHolding(grants: readonly Grant[], capabilities: Capabilities, known: Map<string, Holding>): Holding {
  const groups = grants.flatMap((grant) => (grant.group === null ? [] : [grant.group]));
  const roles = rolesIn(grants, groups, capabilities);
  if (groups.length === 0) {
    // One object for the same roles, not one a person.
    const key = roles.length > 1 ? JSON.stringify(roles) : (roles[0] ?? '');
    const holding = known.get(key) ?? { roles, groups };
    known.set(key, holding);
    return holding;
  }
  return { roles, groups: groups.length > 1 ? [...new Set(groups)].sort() : groups };
}

/** The strongest role, or all that add up; a role that stands alone covers the others, and a group brings the role along that everybody has. */
function rolesIn(grants: readonly Grant[], groups: readonly string[], capabilities: Capabilities): readonly string[] {
  const { severalRoles, aloneRoles, impliedRole } = capabilities;
  const best = strongest(grants, capabilities)?.role ?? null;
  if (best === null) return groups.length > 0 && impliedRole !== null ? [impliedRole] : [];
  if (severalRoles === 'strongest' || aloneRoles.includes(best)) return [best];
  return [...new Set(grants.flatMap(({ role }) => (role === null ? [] : [role])))].sort();
}

/** The grant of the strongest role; of equals the one that lasts longest, then the first written. */
function strongest(grants: readonly Grant[], capabilities: Capabilities): Grant | undefined {
  const rank = ({ role }: Grant) => {
    if (role === null) return -2;
    return capabilities.aloneRoles.includes(role) ? capabilities.roles.length : capabilities.roles.indexOf(role);
  };
  let best = grants[0];
  for (const grant of grants) {
    if (best === undefined || best === grant) continue;
    const difference = rank(grant) - rank(best) || compareEnds(grant.until, best.until);
    if (difference > 0) best = grant;
  }
  return best;
}

function endedLast(grants: readonly Grant[]): Grant | undefined {
  let last = grants[0];
  for (const grant of grants) if (last !== undefined && compareEnds(grant.until, last.until) > 0) last = grant;
  return last;
}

function byPlace(a: Grant, b: Grant): number {
  return compareText(a.source.file, b.source.file) || a.source.line - b.source.line || a.source.column - b.source.column;
}

function approvalsByAccount(policies: Policies): Map<string, Approval[]> {
  const byAccount = new Map<string, Approval[]>();
  for (const entry of [...policies.approvals].sort((a, b) => compareText(a.name, b.name))) {
    const { name, account, deletes, reason, expires } = entry;
    const list = byAccount.get(account) ?? [];
    byAccount.set(account, list);
    list.push({ name, account, deletes, reason, expires, source: placeOf(entry) });
  }
  return byAccount;
}
