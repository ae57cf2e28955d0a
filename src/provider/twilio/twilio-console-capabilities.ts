import type { Capabilities, Holding } from '../../model.ts';

/**
 * What can be done where Twilio has no organization API: nothing, by any API, so a person does it and the next roster proves it. Roles
 * and steps: Twilio's article on adding, removing and modifying users of an account; keys: its guide to user management.
 */
export const TWILIO_CONSOLE: Capabilities = {
  provider: 'twilio',
  api: 'console',
  roles: ['support', 'billing_manager', 'developer', 'administrator'],
  severalRoles: 'set',
  aloneRoles: ['administrator'],
  productRoles: false,
  impliedRole: null,
  privilegedRoles: ['administrator'],
  privilegedGroups: [],
  ownerRole: 'owner',
  groups: false,
  names: false,
  invitations: true,
  requests: 'one',
  keyRoles: ['administrator', 'developer'],
  keyGroups: [],
  keysListed: true,
  invite: 'manual',
  patch: 'manual',
  delete: 'manual',
  manualSteps: {
    invite: (principal, after) => [
      OPEN_USERS,
      `Choose Invite, enter ${principal}, ${tick(after)}, and choose Send Invitation. An invitation is for this one account: access does not cascade to or from another.`,
      ATTEST,
    ],
    patch: (principal, before, after) => [
      OPEN_USERS,
      `Open ${principal} by their name. Somebody who has not accepted yet stands on the Invited Users page: take that invitation back and send another with the new roles.`,
      ...changeRoles(before, after),
      `${principal} may have to sign out and in again before it shows.`,
      ATTEST,
    ],
    delete: (principal) => [
      OPEN_USERS,
      `Open ${principal} by their name, choose Remove User from this account, and confirm. Somebody who has not accepted yet stands on the Invited Users page: take the invitation back there.`,
      'This does not delete the Twilio login: they can still sign in, and keep what they hold in other accounts and subaccounts.',
      ATTEST,
    ],
    stillThere: () => [],
    resend: (principal) => [
      `${OPEN_USERS} Go to the Invited Users page.`,
      `Find ${principal}, choose Resend Invite from the Actions menu, and confirm. An invitation that nobody accepts in time expires.`,
      ATTEST,
    ],
    addressTaken: () => [],
    ownerTransfer: (account, owner) => [
      `As the present owner, write to Twilio support: "Please make ${owner} the owner of our account (${account})." The Console cannot do it.`,
      `Once support has confirmed: ${ATTEST}`,
      'The present owner then becomes an ordinary user: grant them access in policy first, or they count as a stranger.',
    ],
    keysLeftBehind: (principal) => [
      `API keys outlive people, and Twilio does not say who made one: every key that was there while ${principal} had access may be known to them.`,
      'In the Console, open Account > API keys & tokens: make a new key for each that is still needed, move what uses the old one, and delete the old one. The auth token can be replaced there too.',
      "Where rollcall lists the keys, their going proves it. Otherwise write each under `rotated`, or the person under `reviewed`, in this account's file of policies/rosters/.",
    ],
  },
};

const OPEN_USERS =
  'Sign in at www.twilio.com/console as the owner or an administrator, choose this very account, and open Account > Manage users.';
const ATTEST =
  "Attest it: `rollcall roster --account NAME`, with this account's name, makes a roster of the users page and the invited page; once that is merged, the next read proves it.";

/** The words on the Console's own buttons. */
const LABELS: Readonly<Record<string, string>> = {
  administrator: 'Administrator',
  developer: 'Developer',
  billing_manager: 'Billing Manager',
  support: 'Support',
};

function labels(roles: readonly string[]): string {
  return roles.map((role) => LABELS[role] ?? role).join(' and ');
}

function tick({ roles }: Holding): string {
  return `tick ${labels(roles)}`;
}

/** Administrator stands alone: the Console clears the others for it, and it has to go before they can come. */
function changeRoles(before: Holding, after: Holding): string[] {
  if (after.roles.includes('administrator')) return ['Tick Administrator, which clears every other role, and choose Save.'];
  const lowered = before.roles.includes('administrator');
  const gains = after.roles.filter((role) => !before.roles.includes(role));
  const losses = before.roles.filter((role) => !after.roles.includes(role) && role !== 'administrator');
  const clicks = [...(gains.length > 0 ? [`tick ${labels(gains)}`] : []), ...(losses.length > 0 ? [`clear ${labels(losses)}`] : [])];
  return [
    ...(lowered ? ['Disable Administrator and confirm: until then the Console gives no other role.'] : []),
    ...(clicks.length > 0
      ? [`${capitalised(clicks.join(', '))}, and choose Save. Developer, Billing Manager and Support go together.`]
      : []),
  ];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
