import type { Capabilities, Holding } from '../../model.ts';
import { visible } from '../../text/encode.ts';
import { PORTAL, TELNYX_SUB_USERS } from './telnyx-capabilities.ts';

/** The one read that proves a step done. */
const REPORT = 'GET /v2/organizations/users/users_groups_report';
const AS_WHOM = 'as the owner, or as somebody whose group has the Organization Management permission';
const CONTENTS =
  'No API shows what a group may do: look at its permissions in the portal first. A group with Organization Management makes an admin of everybody in it.';

/**
 * What `organizations` can do: Telnyx's published specification lists and removes people (2026-07-16); groups, invitations and blocking are
 * in the portal or with support, as Telnyx's article on organizations describes (2026-08-05). Which groups make an admin is for the account
 * file to say (`privileged_groups`), since no API shows their permissions.
 */
export const TELNYX_ORGANIZATIONS: Capabilities = {
  provider: 'telnyx',
  api: 'organizations',
  roles: ['member'],
  severalRoles: 'strongest',
  aloneRoles: [],
  productRoles: false,
  impliedRole: 'member',
  privilegedRoles: [],
  privilegedGroups: [],
  ownerRole: 'owner',
  groups: true,
  names: false,
  // An open invitation is in no list: whoever is seen has accepted.
  invitations: false,
  requests: 'one',
  keyRoles: [],
  keyGroups: [],
  keysListed: false,
  invite: 'manual',
  patch: 'manual',
  delete: 'api',
  manualSteps: {
    ...TELNYX_SUB_USERS.manualSteps,
    invite: (principal, after) => [
      `Sign in at ${PORTAL} ${AS_WHOM}.`,
      `Invite this address: ${principal} (Telnyx takes 10 invitations an hour, revoked ones included, and 10 open ones).`,
      ...(after.groups.length === 0
        ? [`Once they have accepted, leave ${principal} out of every group: membership alone is what policy gives.`]
        : [
            `Once they have accepted, open the groups and permissions there and add ${principal} to ${namesOf(after.groups)}, and to no other group.`,
            CONTENTS,
          ]),
      provedBy(
        `${principal} enabled${after.groups.length === 0 ? '' : ` and in ${namesOf(after.groups)}`}; until they accept it shows nobody`,
      ),
    ],
    patch: (principal, before, after) => {
      const gained = after.groups.filter((group) => !before.groups.includes(group));
      const lost = before.groups.filter((group) => !after.groups.includes(group));
      return [
        `Sign in at ${PORTAL} ${AS_WHOM}, and open the groups and permissions.`,
        ...(lost.length === 0 ? [] : [`Take ${principal} out of ${namesOf(lost)}.`]),
        ...(gained.length === 0 ? [] : [`Add ${principal} to ${namesOf(gained)}.`, CONTENTS]),
        ...keptWords(principal, before, after),
        provedBy(`${principal} in ${after.groups.length === 0 ? 'no group' : namesOf(after.groups)}`),
      ];
    },
    delete: (principal, before) => [
      `Sign in at ${PORTAL} ${AS_WHOM}.`,
      ...(before.groups.length === 0 ? [] : [`Open the groups and permissions and take ${principal} out of ${namesOf(before.groups)}.`]),
      `Cancel the account of ${principal} among the users there; where the portal does not offer it, write as the owner to support@telnyx.com: "Please block the user ${principal} in our organization: they are no longer to have access."`,
      provedBy(`${principal} no longer, or no longer enabled`),
    ],
    stillThere: (principal) => [
      `Telnyx accepted the delete of ${principal} and still shows them enabled. Sign in at ${PORTAL} ${AS_WHOM}, open the groups and permissions and take them out of every group: then they can do next to nothing.`,
      `As the owner, write to support@telnyx.com: "Please block the user ${principal} in our organization: they are no longer to have access." Only support can block.`,
      provedBy(`${principal} no longer, or blocked or disabled`),
    ],
    resend: (principal) => [
      `Sign in at ${PORTAL} and open the invitations: no API shows them.`,
      `Choose Resend for ${principal}: at most 5 times an invitation, at least 5 minutes apart.`,
      provedBy(`${principal} enabled once they have accepted`),
    ],
    addressTaken: (principal) => [
      `Ask ${principal} to write to support@telnyx.com: "Please cancel the Telnyx account of ${principal} and free the address, so that our organization can invite it."`,
      `Once support has confirmed, invite ${principal} at ${PORTAL}.`,
      provedBy(`${principal} enabled once they have accepted`),
    ],
    ownerTransfer: (account, owner) => [
      `As the present owner, write to support@telnyx.com: "Please make ${owner} the owner of our organization (${account})." Only support can do it.`,
      provedBy(`${owner} as the owner`),
      'The present owner then becomes an ordinary member: grant them what they need in policy first.',
    ],
  },
};

function provedBy(what: string): string {
  return `Nothing to report back: the next read (${REPORT}) proves it when it shows ${what}.`;
}

/** Someone has the permissions of all their groups together, so a group that stays may still allow what another one allowed. */
function keptWords(principal: string, before: Holding, after: Holding): readonly string[] {
  const kept = after.groups.filter((group) => before.groups.includes(group));
  if (kept.length === 0 || before.groups.every((group) => after.groups.includes(group))) return [];
  return [
    `${principal} stays in ${namesOf(kept)}, and has the most that any of their groups allows: compare the groups' permissions in the portal.`,
  ];
}

function namesOf(groups: readonly string[]): string {
  const names = groups.map((group) => `"${visible(group)}"`);
  return names.length === 1 ? `the group ${names[0]}` : `the groups ${names.join(', ')}`;
}
