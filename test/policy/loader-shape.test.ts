import { describe, expect, test } from 'vitest';
import { checkShape } from '../../src/policy/check-shape.ts';
import { createLocator, type PolicyKind, plainValue } from '../../src/policy/policy-tree.ts';
import { readYaml } from '../../src/policy/read-yaml.ts';

/** What a person reads about the shape of one file: `3:1 sentence`. */
async function says(kind: PolicyKind, text: string): Promise<string[]> {
  const read = await readYaml('x.yaml', text, true);
  if (read.kind === 'refused') throw new Error(read.findings.map(({ message }) => message).join('\n'));
  const origin = { kind, name: 'x', placeOf: createLocator('x.yaml', text) };
  const found = checkShape({ origin, root: read.root }, plainValue(read.root));
  return found.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

const SID = '0a'.repeat(16);
const account = (more: string) => `provider: telnyx\napi: sub-users\nowner: root@acme.example\n${more}`;
const twilio = (more: string) => `provider: twilio\napi: organization\nowner: root@acme.example\n${more}`;
const person = (more: string) => `- email: ada@acme.example\n  name: Ada\n${more}`;
const team = (more: string) => `members: []\ngrants: []\n${more}`;
const grant = (more: string) => `members: []\ngrants:\n- account: telnyx-production\n  role: member\n  reason: x\n${more}`;
const roster = (more: string) => `attested_by: ada@acme.example\nattested_on: 2026-11-20\n${more}`;
const row = (more: string) => roster(`rows:\n- email: ada@acme.example\n  roles: [developer]\n  status: active\n${more}`);
const approval = (more: string) => `account: telnyx-production\ndeletes: 1\nreason: x\nexpires: 2026-11-24\n${more}`;

type Rule = [what: string, kind: PolicyKind, text: string, expected: string[]];

describe('a slip in a key is said where it stands, with the key that was meant:', () => {
  const rules: Rule[] = [
    ['an account', 'account', account('unmanagd: report\n'), ['4:1 `unmanagd` is not a key of an account. Did you mean `unmanaged`?']],
    ['drift', 'account', account('drift:\n  gaind: report\n'), ['5:3 `gaind` is not a key of `drift`. Did you mean `gained`?']],
    ['guards', 'account', account('guards:\n  min_admin: 1\n'), ['5:3 `min_admin` is not a key of `guards`. Did you mean `min_admins`?']],
    ['invites', 'account', account('invites:\n  per_our: 1\n'), ['5:3 `per_our` is not a key of `invites`. Did you mean `per_hour`?']],
    ['a person', 'people', person('  githb: ada\n'), ['3:3 `githb` is not a key of a person. Did you mean `github`?']],
    ['a team', 'team', team('membrs: []\n'), ['3:1 `membrs` is not a key of a team. Did you mean `members`?']],
    [
      'a member',
      'team',
      'members:\n- email: ada@acme.example\n  untill: 2027-01-31\ngrants: []\n',
      ['3:3 `untill` is not a key of a member. Did you mean `until`?'],
    ],
    ['a grant', 'team', grant('  resaon: x\n'), ['6:3 `resaon` is not a key of a grant. Did you mean `reason`?']],
    ['an approval', 'approval', approval('expire: x\n'), ['5:1 `expire` is not a key of an approval. Did you mean `expires`?']],
    ['a roster', 'roster', roster('rotatd: []\n'), ['3:1 `rotatd` is not a key of a roster. Did you mean `rotated`?']],
    ['a row', 'roster', row('  statu: x\n'), ['7:3 `statu` is not a key of a row. Did you mean `status`?']],
    [
      'a rotated key',
      'roster',
      roster(`rotated:\n- key: SK${SID}\n  on: 2026-11-20\n  kay: x\n`),
      ['6:3 `kay` is not a key of a rotated key. Did you mean `key`?'],
    ],
    [
      'a review',
      'roster',
      roster('reviewed:\n- after: ada@acme.example\n  on: 2026-11-20\n  aftr: x\n'),
      ['6:3 `aftr` is not a key of a review. Did you mean `after`?'],
    ],
    ['a key that may be a secret', 'team', team('aB1: x\n'), ['3:1 This is not a key of a team.']],
    ['a key of approvers is free', 'account', account('approvers: { admin: ["@acme/security"] }\n'), []],
  ];
  test.each(rules)('%s', async (_what, kind, text, expected) => {
    expect(await says(kind, text)).toEqual(expected);
  });
});

describe('what is missing or belongs elsewhere is said once, for the kind of account that it is:', () => {
  const rules: Rule[] = [
    ['an owner', 'account', 'provider: telnyx\napi: sub-users\n', ['1:1 `owner` is missing: an account needs it.']],
    [
      'a provider: what it would need beside is not guessed',
      'account',
      'api: organization\nowner: root@acme.example\n',
      ['1:1 `provider` is missing: an account needs it.'],
    ],
    ['an api', 'account', 'provider: twilio\nowner: root@acme.example\n', ['1:1 `api` is missing: an account needs it.']],
    [
      'a provider that is not known',
      'account',
      'provider: twillio\napi: organization\nowner: root@acme.example\n',
      ['1:11 Not a value of `provider`. Expected one of `telnyx`, `twilio`. Did you mean `twilio`?'],
    ],
    [
      'an api of another provider',
      'account',
      'provider: telnyx\napi: console\nowner: root@acme.example\n',
      ['2:6 Not a value of `api`. Expected one of `sub-users`, `organizations`.'],
    ],
    [
      'both SIDs of an organization',
      'account',
      twilio(''),
      [
        '1:1 `organization` is missing: an account of twilio through organization needs it. It is the SID of the Twilio organization (OR…), as the Console shows it.',
        '1:1 `scope` is missing: an account of twilio through organization needs it. It is the SID of the Twilio account or subaccount (AC…), as the Console shows it.',
      ].sort(),
    ],
    [
      'a scope on Telnyx',
      'account',
      account(`scope: AC${SID}\n`),
      [
        '4:1 `scope` is for accounts with `provider: twilio`, and this is an account of telnyx through sub-users. Delete it, or mend `provider` and `api`.',
      ],
    ],
    [
      'an organization on Telnyx',
      'account',
      account(`organization: OR${SID}\n`),
      [
        '4:1 `organization` is for accounts with `api: organization`, and this is an account of telnyx through sub-users. Delete it, or mend `provider` and `api`.',
      ],
    ],
    [
      'a word for all subaccounts on Telnyx, which is none',
      'account',
      account('subaccounts: al\n'),
      [
        '4:1 `subaccounts` is for accounts with `api: organization`, and this is an account of telnyx through sub-users. Delete it, or mend `provider` and `api`.',
        '4:14 Not a value of `subaccounts`. Expected one of `none`, `all`. Did you mean `all`?',
      ],
    ],
    [
      'a name and an address',
      'people',
      '- github: ada\n',
      ['1:3 `email` is missing: a person needs it.', '1:3 `name` is missing: a person needs it.'],
    ],
    ['members and grants', 'team', '{}\n', ['1:1 `grants` is missing: a team needs it.', '1:1 `members` is missing: a team needs it.']],
    [
      'both of role and group',
      'team',
      'members: []\ngrants:\n- account: a\n  reason: x\n',
      ['3:3 A grant names exactly one of `role` and `group`.'],
    ],
    ['an address of a member', 'team', 'members: [{}]\ngrants: []\n', ['1:11 `email` is missing: a member needs it.']],
  ];
  test.each(rules)('%s', async (_what, kind, text, expected) => {
    expect((await says(kind, text)).sort()).toEqual(expected);
  });
});

describe('a value that cannot be is said with what can be:', () => {
  const rules: Rule[] = [
    ['a list where a map should be', 'team', '[]\n', ['1:1 Expected a map of keys and values for a team.']],
    ['a map where a list should be', 'people', '{}\n', ['1:1 Expected a list for a file of people.']],
    ['a number where a text should be', 'people', '- email: ada@acme.example\n  name: 12\n', ['2:9 Expected a text for `name`.']],
    ['a number where an address should be', 'people', '- email: 12\n  name: Ada\n', ['1:10 Expected an e-mail address for `email`.']],
    ['a number among previous addresses', 'people', person('  previously: [12]\n'), ['3:16 Expected an e-mail address for `previously`.']],
    ['a number for an owner', 'account', 'provider: telnyx\napi: sub-users\nowner: 12\n', ['3:8 Expected an e-mail address for `owner`.']],
    [
      'a number among those who are never deleted',
      'account',
      account('guards: { never_delete: [12] }\n'),
      ['4:26 Expected an e-mail address for `never_delete`.'],
    ],
    [
      'a number for who attests',
      'roster',
      'attested_by: 12\nattested_on: 2026-11-20\n',
      ['1:14 Expected an e-mail address for `attested_by`.'],
    ],
    [
      'a number for who has gone',
      'roster',
      roster('reviewed: [{ after: 12, on: 2026-11-20 }]\n'),
      ['3:21 Expected an e-mail address for `after`.'],
    ],
    [
      'a number for an address in a row',
      'roster',
      roster('rows: [{ email: 12, roles: [owner], status: active }]\n'),
      ['3:17 Expected an e-mail address for `email`.'],
    ],
    ['a text where a number should be', 'approval', approval('').replace('1', '"1"'), ['2:10 Expected a whole number for `deletes`.']],
    [
      'a number where a member should be',
      'team',
      'members: [12]\ngrants: []\n',
      ['1:11 Expected an e-mail address, or a map with `email` and `until`, for a member.'],
    ],
    [
      'a list where a member should be',
      'team',
      'members: [[]]\ngrants: []\n',
      ['1:11 Expected an e-mail address, or a map with `email` and `until`, for a member.'],
    ],
    [
      'a member that is no address',
      'team',
      'members: [ada]\ngrants: []\n',
      ['1:11 Not an e-mail address in a member. Expected an ASCII address such as ada@acme.example, at most 254 characters.'],
    ],
    [
      'a member with a number for an address',
      'team',
      'members: [{ email: 12 }]\ngrants: []\n',
      ['1:20 Expected an e-mail address for `email`.'],
    ],
    [
      'a status that is none',
      'roster',
      row('').replace('active', 'activ'),
      ['6:11 Not a value of `status`. Expected one of `active`, `pending`. Did you mean `active`?'],
    ],
    [
      'a number for a status',
      'roster',
      row('').replace('active', '12'),
      ['6:11 Expected a text for `status`.', '6:11 Not a value of `status`. Expected one of `active`, `pending`.'],
    ],
    [
      'a list for a status',
      'roster',
      row('').replace('active', '[active]'),
      ['6:11 Expected a text for `status`.', '6:11 Not a value of `status`. Expected one of `active`, `pending`.'],
    ],
    [
      'a day that is none',
      'roster',
      roster('').replace('-20', '-31'),
      ['2:14 Not a day of the calendar in `attested_on`. Expected YYYY-MM-DD, such as 2027-01-31.'],
    ],
    [
      'a name of 101 characters',
      'people',
      person('').replace('Ada', `${'Ada '.repeat(25)}Z`),
      ['2:9 Expected a text of at most 100 characters for `name`.'],
    ],
    [
      'an empty name',
      'people',
      person('').replace('Ada', '""'),
      Array.from({ length: 2 }, () => '2:9 Expected a name in one line, without spaces around it, for `name`.'),
    ],
    [
      'a name with a space before it',
      'people',
      person('').replace('Ada', '" Ada"'),
      ['2:9 Expected a name in one line, without spaces around it, for `name`.'],
    ],
    ['a reason of spaces', 'approval', approval('').replace(': x', ': " "'), ['3:9 Expected a text that is not empty for `reason`.']],
    [
      'an account in capitals',
      'approval',
      approval('').replace('telnyx', 'Telnyx'),
      ['1:10 Expected the name of an account (lower-case letters, digits, hyphens) for `account`.'],
    ],
    [
      'an approver without an @',
      'account',
      account('approvers: { admin: [ada] }\n'),
      ['4:22 Expected a GitHub user (@ada) or team (@acme/security) for `admin`.'],
    ],
    [
      'a login with an @',
      'people',
      person('  github: "@ada"\n'),
      ['3:11 Expected a GitHub login without an @ before it, such as ada or ada_acme, for `github`.'],
    ],
    [
      'a scope in capitals',
      'account',
      twilio(`organization: OR${SID}\nscope: AC${SID.toUpperCase()}\n`),
      ['5:8 Expected the SID of an account: AC and 32 hexadecimal digits in lower case for `scope`.'],
    ],
    [
      'an organization that is an account',
      'account',
      twilio(`organization: AC${SID}\nscope: AC${SID}\n`),
      ['4:15 Expected the SID of an organization: OR and 32 hexadecimal digits in lower case for `organization`.'],
    ],
    [
      'a key by its name',
      'roster',
      roster('rotated: [{ key: main, on: 2026-11-20 }]\n'),
      ['3:18 Expected the SID of a key: SK and 32 hexadecimal digits in lower case for `key`.'],
    ],
    [
      'a role with a mark of Markdown',
      'team',
      grant('').replace('role: member', 'role: "*"'),
      ['4:9 Expected a role as the vendor writes it, such as developer or Studio Viewer, for `role`.'],
    ],
    [
      'a role of a row with a mark of Markdown',
      'roster',
      row('').replace('developer', '"*"'),
      ['5:11 Expected a role as the vendor writes it, such as developer or Studio Viewer, for `roles`.'],
    ],
    ['a row without a role', 'roster', row('').replace('developer', ''), ['5:10 Expected at least one entry for `roles`.']],
    ['no deletes', 'approval', approval('').replace('1', '0'), ['2:10 Expected a number of at least 1 for `deletes`.']],
    [
      'more percent than there are',
      'account',
      account('guards: { max_deletes_percent: 101 }\n'),
      ['4:32 Expected a number of at most 100 for `max_deletes_percent`.'],
    ],
    [
      'more grants than a team may hold',
      'team',
      `members: []\ngrants:\n${'- { account: a, role: b, reason: c }\n'.repeat(201)}`,
      ['3:1 Expected at most 200 entries for `grants`.'],
    ],
  ];
  test.each(rules)('%s', async (_what, kind, text, expected) => {
    expect(await says(kind, text)).toEqual(expected);
  });
});

test.each([
  [200, []],
  [201, ['1:1 And 1 more in this file. Mend the first ones and look again.']],
])('of %i findings the first 200 are told, and how many more there are', async (count, rest) => {
  const found = await says('team', `members: []\ngrants: []\n${keysOf(count)}`);
  expect(found).toHaveLength(200 + rest.length);
  expect(found.slice(200)).toEqual(rest);
});

/** So many keys that a team does not have. */
function keysOf(count: number): string {
  return Array.from({ length: count }, (_, at) => `key${at}: x\n`).join('');
}
