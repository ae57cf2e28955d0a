import type { Capabilities } from '../../model.ts';

/** Settings > Users of the Console; the menus have moved before, so the steps name pages rather than paths. */
const CONSOLE = 'https://1console.twilio.com';
const PROVES = 'Nothing to report back: the next read of rollcall shows whether it is done.';

/** What an organization's API can do. Roles, users and their limits: docs/iam/access-control and docs/iam/scim of Twilio, 2026. */
export const TWILIO_ORGANIZATION: Capabilities = {
  provider: 'twilio',
  api: 'organization',
  roles: ['support', 'billing_manager', 'developer', 'administrator'],
  severalRoles: 'set',
  aloneRoles: ['administrator'],
  productRoles: true,
  impliedRole: null,
  privilegedRoles: ['administrator'],
  privilegedGroups: [],
  ownerRole: 'owner',
  groups: false,
  names: true,
  invitations: false,
  requests: 'parts',
  keyRoles: ['administrator', 'developer'],
  keyGroups: [],
  keysListed: true,
  invite: 'api',
  patch: 'api',
  delete: 'api',
  manualSteps: {
    invite: () => [],
    patch: () => [],
    delete: () => [],
    stillThere: () => [],
    // A login of the organization is active at once; there is no invitation to resend.
    resend: () => [],
    addressTaken: (principal) => [
      `The organization cannot make a login for ${principal}: the domain of the address is not verified, or the address is a Twilio login already.`,
      `Sign in at ${CONSOLE} as an administrator of the account, open Settings > Users, choose Invite user and enter ${principal} with the roles by policy: they become an independent user.`,
      'Identities outside the organization are shown by their SID and left alone: rollcall does not see the address, so take the grant out of policy, or verify the domain in the organization settings and have the person join the organization.',
    ],
    ownerTransfer: (account, owner) => [
      `As the present owner, sign in at ${CONSOLE}, open Organization settings > Accounts, choose the account (${account}) and transfer its ownership to ${owner}: both have to be users of the organization.`,
      'Where that page offers no transfer, write to support at https://help.twilio.com and ask for the same.',
      PROVES,
      'The present owner then keeps the other roles they hold: grant them in policy first, or `rollcall drift --revert` takes them for a stranger.',
    ],
    keysLeftBehind: (principal) => [
      `API keys outlive people, and Twilio names no creator: whatever ${principal} could read has to be taken for known to them.`,
      `Make a new key for each of the account's keys that are still used (${CONSOLE}, Settings > API keys & auth tokens), put it where the old one is used, then delete the old one; a key nobody uses is deleted at once.`,
      'Promote a secondary auth token there, too: an administrator or developer has seen the primary one.',
      'A key is done once it is gone from the list, or stands under `rotated` in policies/rosters/ACCOUNT.yaml.',
    ],
  },
};
