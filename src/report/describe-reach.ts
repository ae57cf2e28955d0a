import type { Holding, Reach, Subaccount } from '../model.ts';
import { listSome } from './count-words.ts';

const MOST_NAMES = 5;

/**
 * What somebody's access comes to beyond the account it is held in, and what comes in from elsewhere. A general role works in its own
 * account alone; a product role works in the accounts below, too (Twilio's page on types of roles).
 */
export function describeReach(
  live: Holding | null,
  generalRoles: readonly string[],
  reach: readonly Reach[],
  subaccounts: readonly Subaccount[],
): string[] {
  const held = live?.roles ?? [];
  const general = held.filter((role) => generalRoles.includes(role));
  const product = held.filter((role) => !generalRoles.includes(role));
  const below = listSome(
    subaccounts.map(({ sid, name }) => (name === '' ? sid : `${name} (${sid})`)),
    MOST_NAMES,
  );
  const hasBelow = subaccounts.length > 0;
  return [
    ...reach.map(({ role, through }) => `reaches in: ${role}, held for ${through}; it works here and is no access of this account`),
    ...(hasBelow && general.length > 0
      ? [`access does not cascade to subaccounts: what ${general.join(', ')} gives here does not reach ${below}`]
      : []),
    ...(hasBelow && product.length > 0
      ? [`reaches out: what the product ${product.length === 1 ? 'role' : 'roles'} ${product.join(', ')} gives here reaches ${below}, too`]
      : []),
  ];
}

/** What the net of several groups comes to: the most permissions count, whichever group they come from. */
export function describeGroups({ groups }: Holding, privilegedGroups: readonly string[]): string[] {
  const [first, ...others] = groups.filter((group) => privilegedGroups.includes(group));
  if (groups.length < 2) return [];
  if (first === undefined) {
    return ['permissions of groups add up and the most count: deleting one group changes nothing where another one gives the same'];
  }
  const covered = [...others, ...groups.filter((group) => !privilegedGroups.includes(group))];
  return [
    `permissions of groups add up and the most count: whoever manages the organization may give themselves anything, so deleting ${covered.join(' or ')} changes nothing as long as ${first} is held`,
  ];
}
