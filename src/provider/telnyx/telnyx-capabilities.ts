import type { Capabilities } from '../../model.ts';

/** The Organizations page of the portal, where people are invited and resent by hand. */
export const PORTAL = 'https://portal.telnyx.com/#/app/advanced-features/organizations';

/** What `sub-users` can do. Roles and verbs: the API description in the seeds; portal steps: Telnyx's own article on organizations. */
export const TELNYX_SUB_USERS: Capabilities = {
  provider: 'telnyx',
  api: 'sub-users',
  roles: ['member', 'admin'],
  severalRoles: 'strongest',
  aloneRoles: [],
  productRoles: false,
  impliedRole: null,
  privilegedRoles: ['admin'],
  privilegedGroups: [],
  ownerRole: 'owner',
  groups: false,
  names: true,
  invitations: true,
  requests: 'one',
  keyRoles: ['admin'],
  keyGroups: [],
  keysListed: false,
  invite: 'api',
  patch: 'api',
  delete: 'api',
  manualSteps: {
    invite: () => [],
    patch: () => [],
    delete: () => [],
    stillThere: () => [],
    resend: (principal) => [
      `Sign in at ${PORTAL} and open the invitations.`,
      `Choose Resend for ${principal}: at most 5 times an invitation, at least 5 minutes apart.`,
      'Nothing to report back: the next read shows whether it was accepted.',
    ],
    addressTaken: (principal) => [
      `Ask ${principal} to write to support@telnyx.com: "Please cancel the Telnyx account of ${principal} and free the address, so that our organization can invite it."`,
      `Once support has confirmed, invite ${principal} by hand at ${PORTAL}; rollcall does not try again, and sees the invitation by the next read.`,
    ],
    ownerTransfer: (account, owner) => [
      `As the present owner, write to support@telnyx.com: "Please make ${owner} the owner of our account (${account})." Only support can do it.`,
      'Once support has confirmed, the next read no longer lists the new owner as an ordinary user.',
      'The present owner then becomes an ordinary admin: grant them access in policy first, or `rollcall drift --revert` takes them for a stranger.',
    ],
    keysLeftBehind: (principal) => [
      `API keys outlive people and no API lists them: review the keys that ${principal} made or has seen at https://portal.telnyx.com/#/app/api-keys and revoke what is no longer needed.`,
    ],
  },
};
