import type { Capabilities, Finding } from '../model.ts';
import type { CheckContext } from './check-policies.ts';
import { finding } from './findings.ts';
import { showWord } from './nearest-word.ts';
import { type AccountEntry, type GrantEntry, type Policies, placeOf, placeText, type TeamEntry } from './policies.ts';

/** The roles that policy may grant in an API. */
export function rolesOf(capabilities: Capabilities): readonly string[] {
  return capabilities.roles.filter((role) => role !== capabilities.ownerRole);
}

/** Every grant names an account that exists, and a role or group that it has. */
export function* checkGrants(policies: Policies, context: CheckContext): Iterable<Finding> {
  for (const team of policies.teams) {
    for (const grant of team.grants) {
      const account = context.accounts.get(grant.account);
      if (account !== undefined) {
        yield* checkGrant(grant, team, account, context);
      } else if (!policies.accountNames.has(grant.account) && !policies.unlisted) {
        const near = context.near(grant.account, policies.accountNames);
        yield finding('account-unknown', placeOf(grant, 'account'), grant.account, near);
      }
    }
  }
}

function* checkGrant(grant: GrantEntry, team: TeamEntry, account: AccountEntry, context: CheckContext): Iterable<Finding> {
  const { provider, api, owner } = account.policy;
  const capabilities = context.capabilitiesOf(account.policy);
  if (capabilities === null) return;
  if (grant.group !== null && !capabilities.groups) {
    yield finding('group-unsupported', placeOf(grant, 'group'), grant.account, `${provider} ${api}`);
  }
  if (grant.role === null) return;
  if (grant.role === capabilities.ownerRole) {
    const isOwners = team.members.every((member) => member.email === owner);
    if (!isOwners) yield finding('owner-role', placeOf(grant, 'role'), grant.role, grant.account);
    return;
  }
  const roles = rolesOf(capabilities);
  if (roles.includes(grant.role)) return;
  const known = roles.map((role) => `\`${role}\``).join(', ');
  yield finding(
    'role-unknown',
    placeOf(grant, 'role'),
    showWord(grant.role) ?? 'This',
    grant.account,
    known,
    context.near(grant.role, roles),
  );
}

/** The same role or group of the same account twice in one team: one of them would be forgotten. */
export function* checkGrantsTwice(policies: Policies): Iterable<Finding> {
  for (const team of policies.teams) {
    const seen = new Map<string, GrantEntry>();
    for (const grant of team.grants) {
      const key = JSON.stringify([grant.account, grant.role, grant.group]);
      const first = seen.get(key);
      if (first === undefined) seen.set(key, grant);
      else {
        const what = showWord(grant.role ?? grant.group ?? '') ?? 'this';
        yield finding('grant-twice', placeOf(grant), what, grant.account, placeText(placeOf(first)));
      }
    }
  }
}
