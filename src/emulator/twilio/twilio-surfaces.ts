import type { Prepared } from '../deliver-with-fault.ts';
import type { EmulatedReply } from '../vendor-error.ts';
import { answerAccounts, answerKeys, answerManagedAccounts, answerOldKeys } from './answer-accounts.ts';
import { answerAssignments, answerRoles } from './answer-assignments.ts';
import { answerEvents } from './answer-events.ts';
import { answerScim } from './answer-scim.ts';
import type { TokenOffice } from './open-token-office.ts';
import { type AccountAsk, type Ask, type OrganizationAsk, onlyReply } from './twilio-ask.ts';

/** Twilio's hosts. */
export const TWILIO_HOSTS = [
  'oauth.twilio.com',
  'iam.twilio.com',
  'preview-iam.twilio.com',
  'api.twilio.com',
  'monitor.twilio.com',
] as const;
export type Host = (typeof TWILIO_HOSTS)[number];

/** What an app has to be allowed; nothing where one without any permission can do it. */
export interface Permissions {
  readonly read: string | null;
  readonly write: string;
}

/** One resource: where it is and how it answers. The last group of the pattern is a SID; a preview path has its organization's before that. */
export interface Surface {
  readonly hosts: readonly Host[];
  readonly pattern: RegExp;
  readonly style: 'scim' | 'classic';
  readonly answer:
    | { readonly auth: 'none'; readonly by: (ask: Ask, office: TokenOffice) => Prepared }
    | {
        readonly auth: 'bearer';
        readonly by: (ask: OrganizationAsk) => Prepared;
        readonly needs: Permissions;
        readonly gate: 'iam' | 'preview' | null;
      }
    | { readonly auth: 'basic'; readonly by: (ask: AccountAsk) => EmulatedReply };
}

export const USERS = { read: 'twilio/iam/managed-users/list', write: 'twilio/iam/managed-users/update' } as const;
const ASSIGNMENTS = { read: null, write: 'twilio/iam/role-assignments/create' } as const;
export const ACCOUNTS = { read: 'twilio/iam/accounts/list', write: 'twilio/iam/accounts/update' } as const;
const ROLES = { read: null, write: 'twilio/iam/roles/create' } as const;

const IAM = ['iam.twilio.com'] as const;
const PREVIEW = ['preview-iam.twilio.com'] as const;
const API = ['api.twilio.com'] as const;

const bearer = (
  hosts: readonly Host[],
  pattern: RegExp,
  style: Surface['style'],
  by: (ask: OrganizationAsk) => Prepared,
  needs: Permissions,
  gate: 'iam' | 'preview' | null,
): Surface => ({ hosts, pattern, style, answer: { auth: 'bearer', by, needs, gate } });

const basic = (hosts: readonly Host[], pattern: RegExp, by: (ask: AccountAsk) => EmulatedReply): Surface => ({
  hosts,
  pattern,
  style: 'classic',
  answer: { auth: 'basic', by },
});

export const TWILIO_SURFACES: readonly Surface[] = [
  {
    hosts: ['oauth.twilio.com', 'iam.twilio.com', 'preview-iam.twilio.com'],
    pattern: /^\/v[12]\/token()$/,
    style: 'classic',
    answer: { auth: 'none', by: (ask, office) => office.answer(ask) },
  },
  bearer(IAM, /^\/scim\/v2\/Users(?:\/([^/]+))?$/, 'scim', answerScim, USERS, 'iam'),
  bearer(PREVIEW, /^\/Organizations\/([^/]+)\/scim\/Users(?:\/([^/]+))?$/, 'scim', answerScim, USERS, 'preview'),
  bearer(IAM, /^\/v2\/Organizations\/Roles()$/, 'classic', (ask) => onlyReply(answerRoles(ask)), ROLES, null),
  bearer(IAM, /^\/v2\/Organizations\/RoleAssignments(?:\/([^/]+))?$/, 'classic', answerAssignments, ASSIGNMENTS, 'iam'),
  bearer(PREVIEW, /^\/Organizations\/([^/]+)\/RoleAssignments(?:\/([^/]+))?$/, 'classic', answerAssignments, ASSIGNMENTS, 'preview'),
  bearer(
    PREVIEW,
    /^\/Organizations\/([^/]+)\/Accounts(?:\/([^/]+))?$/,
    'classic',
    (ask) => onlyReply(answerManagedAccounts(ask)),
    ACCOUNTS,
    'preview',
  ),
  basic(IAM, /^\/v1\/Keys()$/, answerKeys),
  basic(API, /^\/2010-04-01\/Accounts\.json()$/, answerAccounts),
  basic(API, /^\/2010-04-01\/Accounts\/([^/.]+)\.json$/, answerAccounts),
  basic(API, /^\/2010-04-01\/Accounts\/([^/]+)\/Keys\.json$/, answerOldKeys),
  basic(['monitor.twilio.com'], /^\/v1\/Events()$/, answerEvents),
];
