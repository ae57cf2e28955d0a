import { isEmpty, NOTHING, sameHolding } from '../../holding.ts';
import type { Capabilities, Change, Holding } from '../../model.ts';
import type { Attribution } from '../../watch.ts';
import { isPrivilegedGrant, missingFrom } from '../covers-grant.ts';
import type { DraftContext, Goal } from './draft.ts';
import { isPerson, nameFor } from './name-for.ts';

export type Judged = { readonly kind: 'goal'; readonly goal: Goal } | { readonly kind: 'refused'; readonly why: string };

/** Whether policy may come to what is live, and what that would be. Privilege that somebody gained in the account never gets in this way. */
export function setGoal(change: Change, likely: Attribution | null, { desired, capabilitiesOf }: DraftContext): Judged {
  const { principal, before, after } = change;
  const account = desired.accounts.get(change.account);
  const capabilities = capabilitiesOf(change.account);
  if (account === undefined || capabilities === null) return refuse('no policy names this account');
  if (change.origin === 'both') return refuse('policy changed the same access; that change is decided first');
  if (change.origin !== 'drift') return refuse('nobody made this difference in the account, so there is nothing to adopt');
  const { policy } = account;
  if (principal === policy.owner) return refuse('this is the owner of the account, who is never changed');

  const known = account.principals.get(principal);
  const current = known?.holding ?? NOTHING;
  // Whoever is inactive has no access, whatever roles are left.
  const target: Holding = before === null || before.status === 'inactive' ? NOTHING : { roles: before.roles, groups: before.groups };
  const isStale = known === undefined ? desired.people.has(principal) && after !== null : !sameHolding(current, after ?? NOTHING);
  if (isStale) return refuse('policy says something else by now');
  const why = forbids(current, target, capabilities);
  if (why !== null) return refuse(why);
  const renames = before !== null && after !== null && before.name !== after.name && policy.names === 'enforce';
  const goal: Goal = { change, likely, principal, policy, capabilities, current, target, name: renames ? before.name : null };
  const odd = isEmpty(target) ? null : oddPerson(goal, desired);
  return odd === null ? { kind: 'goal', goal } : refuse(odd);
}

function refuse(why: string): Judged {
  return { kind: 'refused', why };
}

function forbids(current: Holding, target: Holding, capabilities: Capabilities): string | null {
  const { roles, aloneRoles, ownerRole, groups, productRoles, severalRoles } = capabilities;
  const isGrantable = (role: string) => role !== ownerRole && (productRoles || roles.includes(role));
  if (!target.roles.every(isGrantable) || (severalRoles === 'strongest' && target.roles.length > 1))
    return 'policy cannot grant this role in this account';
  if (target.groups.length > 0 && !groups) return 'policy cannot grant a permission group in this account';
  const gained = missingFrom(current, target, capabilities);
  const words = [...gained.roles.map((role) => ({ role, group: null })), ...gained.groups.map((group) => ({ role: null, group }))];
  if (words.some((word) => isPrivilegedGrant(word, capabilities)))
    return 'privilege that somebody gained in the account is never adopted; it takes a pull request that people write';
  const isSplit = target.roles.length > 1 && current.roles.some((role) => aloneRoles.includes(role) && !target.roles.includes(role));
  return isSplit ? 'one role of policy became several, which is no edit of one line; edit the policies by hand' : null;
}

/** Why people/ cannot hold whom or what the vendor names. */
function oddPerson(goal: Goal, { people }: DraftContext['desired']): string | null {
  const { principal, name } = goal;
  const newer = [...people.values()].find((person) => person.previously.includes(principal));
  if (newer !== undefined) return `this is a previous address of ${newer.principal}`;
  if (name !== null && !isPerson(principal, name)) return 'people/ cannot hold this name; correct it in the account';
  if (!people.has(principal) && nameFor(goal) === null) return 'people/ cannot hold this address or this name';
  return null;
}
