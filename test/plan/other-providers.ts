import type { Capabilities, Holding } from '../../src/model.ts';
import { TELNYX_SUB_USERS } from '../../src/provider/telnyx/telnyx-capabilities.ts';

const said = (what: string) => (principal: string) => [`${what} ${principal}.`];

/** Roles add up, one stands alone, people and roles are written apart, and keys are listed. */
export const OF_SETS: Capabilities = {
  ...TELNYX_SUB_USERS,
  provider: 'twilio',
  api: 'organization',
  roles: ['support', 'billing_manager', 'developer', 'administrator'],
  severalRoles: 'set',
  aloneRoles: ['administrator'],
  productRoles: true,
  privilegedRoles: ['administrator'],
  invitations: false,
  requests: 'parts',
  keyRoles: ['administrator', 'developer'],
  keysListed: true,
  manualSteps: { ...TELNYX_SUB_USERS.manualSteps, keysLeftBehind: said('Revoke the keys of') },
};

/** Everybody is a member, groups say the rest, and only a delete has an API. */
export const OF_GROUPS: Capabilities = {
  ...TELNYX_SUB_USERS,
  api: 'organizations',
  roles: ['member'],
  impliedRole: 'member',
  privilegedRoles: [],
  privilegedGroups: ['owners', 'platform'],
  groups: true,
  names: false,
  invitations: false,
  keyRoles: [],
  keyGroups: ['owners'],
  invite: 'manual',
  patch: 'manual',
  manualSteps: {
    ...TELNYX_SUB_USERS.manualSteps,
    invite: said('Invite'),
    patch: said('Change the groups of'),
    delete: said('Delete'),
    stillThere: said('Ask support to block'),
    keysLeftBehind: said('Look through the keys of'),
  },
};

/** `developer+support`; `-` is nothing. */
export function roles(words: string): Holding {
  return { roles: words === '-' ? [] : words.split('+').toSorted(), groups: [] };
}

/** A member of groups, such as `billing+owners`. */
export function groups(words: string): Holding {
  return { roles: ['member'], groups: words === '-' ? [] : words.split('+').toSorted() };
}
