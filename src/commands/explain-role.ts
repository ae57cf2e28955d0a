import { RollcallError } from '../errors.ts';
import type { AccountHistory, Capabilities, DesiredAccount, Observation, Reach } from '../model.ts';
import { accountOf } from '../plan/fan-out.ts';
import { coversGrant } from '../policy/covers-grant.ts';
import { capabilitiesOf } from '../provider/capabilities.ts';
import { countWords } from '../report/count-words.ts';
import type { Holder, WhoCan } from '../report/render-explain.ts';
import { compareText } from '../text/digest.ts';
import { visible } from '../text/encode.ts';
import { explainGrants } from './explain-grants.ts';
import { type ExplainInput, explainLive, explainOwed, generalRoles, olderNotes } from './explain-person.ts';
import { observationOf } from './make-run-plan.ts';

interface RoleFacts {
  readonly account: DesiredAccount;
  readonly capabilities: Capabilities | null;
  readonly known: AccountHistory | undefined;
  readonly observation: Observation | null;
  readonly role: string;
}

/** Who holds one role or is in one group of an account: by grants, without one, and by what reaches in from elsewhere. */
export function explainRole(input: ExplainInput, name: string, role: string): WhoCan {
  const { desired, history, readings, notes } = input;
  const account = accountOf(desired, name);
  if (account === undefined) throw new Error('an account that policy does not name passed the flags');
  const capabilities = capabilitiesOf(account.policy);
  const observation = observationOf(readings.get(name));
  const facts: RoleFacts = { account, capabilities, known: history?.accounts.get(name), observation, role };
  const known = knownRoles(facts);
  if (!known.has(role)) throw new RollcallError('roleUnknown', visible(role), [...known].map((one) => visible(one)).join(', '));
  const isOwnerRole = role === capabilities?.ownerRole;
  const granted = isOwnerRole ? [account.policy.owner] : grantedTo(account, role);
  const others = isOwnerRole ? [] : heldWithout(facts, new Set(granted));
  const holderOf = (principal: string) => describeHolder(input, facts, principal);
  return {
    role,
    account: name,
    principals: granted.map(holderOf),
    others: others.map(holderOf),
    reach: [...(observation?.reach ?? [])].toSorted(byPrincipal),
    notes: [...wider(facts), ...readNotes(input, observation), ...notes],
  };
}

function readNotes({ readings, asOf }: ExplainInput, observation: Observation | null): string[] {
  if (observation === null) return readings.size > 0 ? ['live was not read in this account'] : [];
  return olderNotes(observation.at, asOf);
}

/** Groups and product roles are known by their grants, or by somebody who has them. */
function knownRoles({ account, capabilities, observation }: RoleFacts): Set<string> {
  const held = [...[...account.principals.values()].map(({ holding }) => holding), ...(observation?.principals ?? [])];
  const known = new Set(capabilities === null ? [] : generalRoles(capabilities));
  for (const { roles, groups } of held) for (const one of [...roles, ...groups]) known.add(one);
  return known;
}

function grantedTo({ principals }: DesiredAccount, role: string): string[] {
  const holders = [...principals.values()].filter(({ holding }) => holding.roles.includes(role) || holding.groups.includes(role));
  return holders.map(({ principal }) => principal).toSorted(compareText);
}

/** Who has it in the account, or had it by the ledger where the account was not read, and is given it by no grant. */
function heldWithout({ account, known, observation, role }: RoleFacts, granted: ReadonlySet<string>): string[] {
  const has = ({ roles, groups }: { readonly roles: readonly string[]; readonly groups: readonly string[] }) =>
    roles.includes(role) || groups.includes(role);
  const live = observation?.principals.filter(({ status }) => status === 'active' || status === 'invited').filter(has);
  // The baseline speaks only of those whom no record names since.
  const atBaseline = [...(known?.baseline ?? [])].filter(([principal]) => known?.lastApplied.has(principal) !== true);
  const remembered = [...(known?.lastApplied ?? []), ...atBaseline].filter(([, held]) => held !== null && has(held));
  const all = new Set(live?.map(({ principal }) => principal) ?? remembered.map(([principal]) => principal));
  return [...all].filter((one) => !granted.has(one) && one !== account.policy.owner).toSorted(compareText);
}

function describeHolder(
  { desired, day }: ExplainInput,
  { account, capabilities, known, observation, role }: RoleFacts,
  principal: string,
): Holder {
  const granted = account.principals.get(principal);
  const grants = explainGrants(granted?.grants ?? [], day, capabilities);
  return {
    principal,
    name: granted?.name ?? desired.people.get(principal)?.name ?? '',
    grants: grants.filter((grant) => (grant.role ?? grant.group) === role && !grant.ended),
    live: observation === null ? null : explainLive(observation, principal),
    provenance: known?.provenance.get(principal) ?? null,
    isGone: known?.lastApplied.get(principal) === null,
    owed: explainOwed(known, principal),
  };
}

/** What gives as much as this role without being it. */
function wider({ account, capabilities, role }: RoleFacts): string[] {
  if (capabilities === null || role === capabilities.ownerRole) return [];
  const ask = (one: string) =>
    `\`rollcall explain --account ${account.policy.name} --role ${/^[\w-]+$/.test(one) ? one : `"${visible(one)}"`}\``;
  const holders = (one: string) => grantedTo(account, one).length;
  const asked = { role, group: null };
  const stronger = capabilities.roles.filter((one) => one !== role && coversGrant({ role: one, group: null }, asked, capabilities));
  const groups = capabilities.privilegedGroups.filter((one) => one !== role);
  return [
    ...(capabilities.roles.includes(role) ? stronger : [])
      .filter((one) => holders(one) > 0)
      .map((one) => `${visible(one)} can do all of this, too: ${countWords(holders(one), 'person', 'people')}, ${ask(one)}`),
    ...groups
      .filter((one) => holders(one) > 0)
      .map((one) => `whoever is in ${visible(one)} may give themselves this: ${countWords(holders(one), 'person', 'people')}, ${ask(one)}`),
  ];
}

function byPrincipal(a: Reach, b: Reach): number {
  return compareText(a.principal, b.principal) || compareText(a.role, b.role);
}
