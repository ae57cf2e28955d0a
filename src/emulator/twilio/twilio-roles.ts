/** A role as `/v2/Organizations/Roles` lists it. */
export interface TwilioRole {
  readonly sid: string;
  readonly friendly_name: string;
  readonly product_group: string | null;
  readonly lowest_level: 'ORGANIZATION' | 'ACCOUNT' | 'SUB_ACCOUNT';
}

const roleSid = (number: string): string => `IX${number.padStart(32, '0')}`;

export const ADMINISTRATOR = roleSid('102');
/** No document gives the SID of the owner's role. */
export const OWNER = roleSid('101');

/** The four general roles by the words of policy. SIDs: error 25202. */
export const GENERAL_ROLES: Readonly<Record<string, string>> = {
  administrator: ADMINISTRATOR,
  developer: roleSid('103'),
  billing_manager: roleSid('104'),
  support: roleSid('105'),
};

const general = (sid: string, name: string): TwilioRole => ({ sid, friendly_name: name, product_group: null, lowest_level: 'SUB_ACCOUNT' });
const product = (number: string, name: string, group: string): TwilioRole => ({
  sid: roleSid(number),
  friendly_name: name,
  product_group: group,
  lowest_level: 'SUB_ACCOUNT',
});
const ofOrganization = (number: string, name: string): TwilioRole => ({
  sid: roleSid(number),
  friendly_name: name,
  product_group: null,
  lowest_level: 'ORGANIZATION',
});

/** Source: twilio.com/docs/iam/access-control/types-of-roles; the SIDs beside the four general ones are made up. */
export const TWILIO_ROLES: readonly TwilioRole[] = [
  ofOrganization('1', 'Organization Owner'),
  ofOrganization('2', 'Organization Admin'),
  ofOrganization('3', 'Organization standard user'),
  general(OWNER, 'Owner'),
  general(ADMINISTRATOR, 'Administrator'),
  general(roleSid('103'), 'Developer'),
  general(roleSid('104'), 'Billing Manager'),
  general(roleSid('105'), 'Support'),
  product('201', 'Studio Admin', 'Studio'),
  product('202', 'Studio Viewer', 'Studio'),
  product('203', 'Messaging Logs Viewer', 'Messaging'),
  product('204', 'Messaging Logs PII Viewer', 'Messaging'),
  product('205', 'Numbers Inventory Manager', 'Numbers'),
  product('206', 'Account API Access Admin', 'IAM'),
  product('207', 'Account API Access Viewer', 'IAM'),
  product('208', 'Voice Intelligence Viewer', 'Voice Intelligence'),
];

/** The SID that a policy word, a friendly name or a SID stands for; null when nothing has that name. */
export function roleSidOf(role: string): string | null {
  if (/^IX[0-9a-f]{32}$/.test(role)) return role;
  return GENERAL_ROLES[role] ?? TWILIO_ROLES.find((one) => one.friendly_name === role)?.sid ?? null;
}

/** The policy word of a general role, the friendly name of another, the SID of one that no list has. */
export function roleWordOf(sid: string): string {
  const word = Object.entries(GENERAL_ROLES).find(([, general]) => general === sid)?.[0];
  return word ?? TWILIO_ROLES.find((role) => role.sid === sid)?.friendly_name ?? sid;
}
