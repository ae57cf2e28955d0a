import { describe, expect, test } from 'vitest';
import { credentialVariables } from '../../src/policy/credential-variables.ts';
import { COMPANY, loadCompany, ORGANIZATION, OTHER_SCOPE, SCOPE, said } from './four-kinds.ts';

const LABS = 'accounts/twilio-labs.yaml';
const MAIN = 'accounts/twilio-main.yaml';
const PRODUCTION = 'accounts/telnyx-production.yaml';
const SUPPORT = 'accounts/telnyx-support.yaml';

const team = (grant: string, members = '[ada@acme.example]') => ({ 'teams/a.yaml': `members: ${members}\ngrants:\n  - ${grant}\n` });
const grant = (account: string, role: string) => team(`{ account: ${account}, role: ${role}, reason: x, until: 2027-01-31 }`);
const of = (file: keyof typeof COMPANY, more: string) => ({ [file]: COMPANY[file] + more });

test('a company with an account of each kind has no finding, and every setting arrives', async () => {
  const { findings, desired } = await loadCompany(of(MAIN, 'subaccounts: all\nprivileged_roles: [Account API Access Admin]\n'));
  expect(findings).toEqual([]);
  expect(desired?.accounts.get('twilio-main')?.policy).toMatchObject({
    provider: 'twilio',
    api: 'organization',
    organization: ORGANIZATION,
    scope: SCOPE,
    subaccounts: 'all',
    privilegedRoles: ['Account API Access Admin'],
    privilegedGroups: [],
    file: 'twilio-main',
  });
  expect(desired?.accounts.get('twilio-labs')?.policy).toMatchObject({ organization: null, scope: OTHER_SCOPE, subaccounts: 'none' });
  expect(desired?.accounts.get('telnyx-support')?.policy).toMatchObject({ scope: null, privilegedGroups: ['Org admins'] });
});

describe('what an account file needs, and what belongs elsewhere:', () => {
  test.each<[string, Record<string, string>, string[]]>([
    [
      "Telnyx through Twilio's interface",
      { [PRODUCTION]: 'provider: telnyx\napi: console\nowner: root@acme.example\n' },
      [`${PRODUCTION}:2:6 unknown-value: Not a value of \`api\`. Expected one of \`sub-users\`, \`organizations\`.`],
    ],
    [
      'a slip of the hand in the interface, which hides what depends on it',
      { [MAIN]: `provider: twilio\napi: organisation\norganization: ${ORGANIZATION}\nowner: root@acme.example\n` },
      [`${MAIN}:2:6 unknown-value: Not a value of \`api\`. Expected one of \`organization\`, \`console\`. Did you mean \`organization\`?`],
    ],
    [
      'no provider, which hides what depends on it',
      { [MAIN]: `api: organization\norganization: ${ORGANIZATION}\nowner: root@acme.example\n` },
      [`${MAIN}:1:1 missing-key: \`provider\` is missing: an account needs it.`],
    ],
    [
      'a Twilio account without its SID',
      { [LABS]: 'provider: twilio\napi: console\nowner: root@acme.example\n' },
      [
        `${LABS}:1:1 missing-key: \`scope\` is missing: an account of twilio through console needs it. It is the SID of the Twilio account or subaccount (AC…), as the Console shows it.`,
      ],
    ],
    [
      'an organization account without its organization',
      { [MAIN]: `provider: twilio\napi: organization\nscope: ${SCOPE}\nowner: root@acme.example\n` },
      [
        `${MAIN}:1:1 missing-key: \`organization\` is missing: an account of twilio through organization needs it. It is the SID of the Twilio organization (OR…), as the Console shows it.`,
      ],
    ],
    [
      'an organization, and subaccounts, of an account that only the Console shows',
      of(LABS, `organization: ${ORGANIZATION}\nsubaccounts: all\n`),
      [
        `${LABS}:5:1 key-elsewhere: \`organization\` is for accounts with \`api: organization\`, and this is an account of twilio through console. Delete it, or mend \`provider\` and \`api\`.`,
        `${LABS}:6:1 key-elsewhere: \`subaccounts\` is for accounts with \`api: organization\`, and this is an account of twilio through console. Delete it, or mend \`provider\` and \`api\`.`,
      ],
    ],
    [
      'a SID and privileged groups of a Telnyx account of sub-users',
      of(PRODUCTION, `scope: ${SCOPE}\nprivileged_groups: [Admins]\n`),
      [
        `${PRODUCTION}:4:1 key-elsewhere: \`scope\` is for accounts with \`provider: twilio\`, and this is an account of telnyx through sub-users. Delete it, or mend \`provider\` and \`api\`.`,
        `${PRODUCTION}:5:1 key-elsewhere: \`privileged_groups\` is for accounts with \`api: organizations\`, and this is an account of telnyx through sub-users. Delete it, or mend \`provider\` and \`api\`.`,
      ],
    ],
    [
      'a SID in capitals',
      { [LABS]: COMPANY[LABS].replace(OTHER_SCOPE, OTHER_SCOPE.toUpperCase()) },
      [`${LABS}:3:8 invalid-text: Expected the SID of an account: AC and 32 hexadecimal digits in lower case for \`scope\`.`],
    ],
    [
      'the SID of an account where that of the organization belongs',
      { [MAIN]: COMPANY[MAIN].replace(ORGANIZATION, OTHER_SCOPE) },
      [`${MAIN}:3:15 invalid-text: Expected the SID of an organization: OR and 32 hexadecimal digits in lower case for \`organization\`.`],
    ],
  ])('%s', async (_what, changes, expected) => {
    expect(await said(changes)).toEqual(expected);
  });

  test('two files for one Twilio account', async () => {
    expect(await said({ [LABS]: COMPANY[LABS].replace(OTHER_SCOPE, SCOPE) })).toEqual([
      `${MAIN}:4:8 same-scope: policies/${LABS}:3 has the same \`scope\`. One account stands in one file; delete one of them.`,
    ]);
  });

  test('two files that read the same variables, whichever they are', async () => {
    const again = COMPANY[MAIN].replace(SCOPE, `AC${'4e'.repeat(16)}`);
    expect(await said({ 'accounts/twilio-main.yml': again })).toEqual([
      `accounts/twilio-main.yml:1:1 same-variable: This account and policies/${MAIN} read the same credential, TWILIO_MAIN_CLIENT_ID. Rename one of the files.`,
    ]);
    expect(await said({ 'accounts/twilio-main.yml': `provider: telnyx\napi: sub-users\nowner: root@acme.example\n` })).toEqual([
      `accounts/twilio-main.yml:1:1 same-name: policies/${MAIN} has the same name. Names are file stems and must be different; rename one of the files.`,
    ]);
  });
});

describe('a role that can be granted:', () => {
  test.each([
    ['twilio-main', 'developer'],
    ['twilio-main', 'billing_manager'],
    ['twilio-main', 'Studio Viewer'],
    ['twilio-main', 'WhatsApp/RCS Senders Admin'],
    ['twilio-labs', 'support'],
    ['telnyx-support', 'member'],
  ])('in %s %s', async (account, role) => {
    expect(await said(grant(account, role))).toEqual([]);
  });

  test('a group where the API shows groups, and approvers of any group', async () => {
    expect(await said({ ...team('{ account: telnyx-support, group: Finance, reason: x }') })).toEqual([]);
    expect(await said(of(SUPPORT, 'approvers: { "Org admins": ["@acme/security"], "Équipe réseau": ["@acme/security"] }\n'))).toEqual([]);
    expect(await said(of(MAIN, 'approvers: { "Account API Access Admin": ["@acme/security"], developer: ["@ada"] }\n'))).toEqual([]);
  });
});

describe('a role that cannot be granted:', () => {
  const NO_VIEWER = 'no-viewer: Twilio has no general Viewer, so `viewer` is not a role in';
  const GENERAL = '`support`, `billing_manager`, `developer`, `administrator`';
  const PRODUCT = `${GENERAL}, or a product role as the Console spells it, such as \`Studio Viewer\``;
  test.each([
    [
      'twilio-main',
      'viewer',
      `${NO_VIEWER} twilio-main. Products have viewers of their own: grant one as the Console spells it, such as \`Studio Viewer\`.`,
    ],
    ['twilio-labs', 'Viewer', `${NO_VIEWER} twilio-labs. Expected one of ${GENERAL}.`],
    [
      'twilio-main',
      'develper',
      `role-unknown: \`develper\` is not a role in twilio-main. Expected one of ${PRODUCT}. Did you mean \`developer\`?`,
    ],
    [
      'twilio-main',
      'Billing Manager',
      `role-unknown: This is not a role in twilio-main. Expected one of ${PRODUCT}. Did you mean \`billing_manager\`?`,
    ],
    ['twilio-labs', 'Studio Viewer', `role-unknown: This is not a role in twilio-labs. Expected one of ${GENERAL}.`],
    [
      'twilio-main',
      'Owner',
      "owner-role: `owner` in twilio-main belongs to the account's declared owner alone and cannot be granted to anybody else.",
    ],
    [
      'telnyx-support',
      'admin',
      "admin-by-group: `admin` is not a role in telnyx-support: this API shows groups, and a group makes an admin. Grant `group:` with the group's name, which brings `member` along; `role: member` alone is membership without any group.",
    ],
  ])('in %s %s', async (account, role, expected) => {
    const column = `  - { account: ${account}, role: `.length + 1;
    expect(await said(grant(account, role))).toEqual([`teams/a.yaml:3:${column} ${expected}`]);
  });

  test('a group on Twilio, which has none', async () => {
    expect(await said(team('{ account: twilio-main, group: Finance, reason: x }'))).toEqual([
      'teams/a.yaml:3:36 group-unsupported: twilio-main is read through twilio organization, which shows no permission groups, so nobody could verify this. Grant a role.',
    ]);
  });

  test('a role with a sign that no role has', async () => {
    expect(await said(grant('twilio-main', '"Studio <b>"'))).toEqual([
      'teams/a.yaml:3:35 invalid-text: Expected a role as the vendor writes it, such as developer or Studio Viewer, for `role`.',
    ]);
  });

  test('as one that has approvers, or is privileged', async () => {
    expect(await said(of(SUPPORT, 'approvers: { admin: ["@acme/security"] }\n'))).toEqual([
      expect.stringContaining(`${SUPPORT}:5:14 admin-by-group: `),
    ]);
    expect(await said(of(LABS, 'privileged_roles: [developer, deputy]\n'))).toEqual([
      `${LABS}:5:31 role-unknown: \`deputy\` is not a role in twilio-labs. Expected one of ${GENERAL}.`,
    ]);
  });
});

test('a privileged role or group without an end earns a warning, those that the account file names too', async () => {
  const privileged = of(MAIN, 'privileged_roles: [Account API Access Admin]\n');
  expect(await said({ ...privileged, ...team('{ account: twilio-main, role: Account API Access Admin, reason: x }') })).toEqual([
    'teams/a.yaml:3:5 no-end-on-privilege: `Account API Access Admin` in twilio-main is privileged and never ends. Consider an `until`.',
  ]);
  expect(await said(team('{ account: telnyx-support, group: Org admins, reason: x }'))).toEqual([
    'teams/a.yaml:3:5 no-end-on-privilege: `Org admins` in telnyx-support is privileged and never ends. Consider an `until`.',
  ]);
});

test('every kind of account has its variables, named after its file', () => {
  expect(credentialVariables('telnyx-support', 'organizations')).toEqual({
    required: ['TELNYX_SUPPORT_API_KEY'],
    optional: [],
  });
  expect(credentialVariables('twilio-main', 'organization')).toEqual({
    required: ['TWILIO_MAIN_CLIENT_ID', 'TWILIO_MAIN_CLIENT_SECRET'],
    optional: ['TWILIO_MAIN_ACCOUNT_SID', 'TWILIO_MAIN_AUTH_TOKEN'],
  });
  expect(credentialVariables('twilio-labs', 'console')).toEqual({
    required: [],
    optional: ['TWILIO_LABS_ACCOUNT_SID', 'TWILIO_LABS_AUTH_TOKEN'],
  });
});
