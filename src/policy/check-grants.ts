import type { Capabilities, Finding, Place } from '../model.ts';
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
  if (grant.role === capabilities.ownerRole && team.members.every((member) => member.email === owner)) return;
  yield* checkRole(grant.role, grant.account, placeOf(grant, 'role'), capabilities, context);
}

/** A role that can be granted: a general one, or where the API has product roles anything that is spelled like one. */
export function* checkRole(
  role: string,
  account: string,
  place: Place,
  capabilities: Capabilities,
  context: CheckContext,
): Iterable<Finding> {
  const roles = rolesOf(capabilities);
  const { provider, ownerRole, productRoles, groups } = capabilities;
  const word = role.toLowerCase().replaceAll(' ', '_');
  if (roles.includes(role)) return;
  if (word === ownerRole) yield finding('owner-role', place, ownerRole, account);
  else if (word === 'viewer' && provider === 'twilio')
    yield finding('no-viewer', place, account, productRoles ? BY_PRODUCT : listed(roles));
  else if (word === 'admin' && groups && !roles.includes('admin')) yield finding('admin-by-group', place, account);
  else if (!productRoles || !isProductRole(role) || roles.includes(word)) {
    const near = roles.includes(word) ? ` Did you mean \`${word}\`?` : context.near(role, roles);
    const more = productRoles ? `, or a product role as the Console spells it, such as \`${EXAMPLE}\`` : '';
    yield finding('role-unknown', place, showWord(role) ?? 'This', account, words(roles) + more, near);
  }
}

/** Product roles are proper names; which of them there are, only the live list tells. */
export function isProductRole(role: string): boolean {
  return /^[A-Z]/.test(role);
}

const EXAMPLE = 'Studio Viewer';
const BY_PRODUCT = `Products have viewers of their own: grant one as the Console spells it, such as \`${EXAMPLE}\`.`;

function listed(roles: readonly string[]): string {
  return `Expected one of ${words(roles)}.`;
}

function words(roles: readonly string[]): string {
  return roles.map((role) => `\`${role}\``).join(', ');
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
