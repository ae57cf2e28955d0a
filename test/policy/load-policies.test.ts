import { describe, expect, test } from 'vitest';
import { FINDING_CODES } from '../../src/policy/findings.ts';
import { but, CAPABILITIES, type Content, GOOD, load, places } from './memory-source.ts';

const team = (grant: string, members = '[ada@acme.example]') => `members: ${members}\ngrants:\n  - ${grant}\n`;
const member = '{ account: telnyx-production, role: member, reason: Builds }';
const account = (more: string) => `provider: telnyx\napi: sub-users\nowner: root@acme.example\n${more}`;
const person = (email: string, name: string, more = '') => `- email: ${email}\n  name: ${name}\n${more}`;

test('a small company in which everything is right has no finding', async () => {
  const loaded = await load(GOOD);
  expect(loaded.findings).toEqual([]);
  expect(loaded.desired?.accounts.get('telnyx-production')?.principals.size).toBe(2);
});

type Rule = [what: string, changes: Record<string, Content | null>, expected: string[]];

const TREE: Rule[] = [
  ['a folder of another name', { 'team/voice.yaml': 'a: b\n' }, ['team:1:1 folder-unknown']],
  ['a file beside the folders', { 'README.md': 'hello' }, ['README.md:1:1 file-misplaced']],
  ['a file with a capital in its name', { 'teams/Voice.yaml': GOOD['teams/voice.yaml'] }, ['teams/Voice.yaml:1:1 file-name']],
  ['a file that is no YAML file', { 'teams/notes.txt': '' }, ['teams/notes.txt:1:1 file-name']],
  ['a folder in a folder', { 'teams/a/b.yaml': 'a: b\n' }, ['teams/a:1:1 file-kind']],
  ['a link', { 'people/more.yaml': { kind: 'link' } }, ['people/more.yaml:1:1 file-kind']],
  ['no account', { 'accounts/telnyx-production.yaml': null }, ['policies:1:1 no-account']],
  ['an empty file', { 'people/more.yaml': '' }, ['people/more.yaml:1:1 file-empty']],
  ['a file of comments', { 'people/more.yaml': '# nobody\n' }, ['people/more.yaml:1:1 file-empty']],
  ['a list of nobody', { 'people/more.yaml': '[]\n' }, ['people/more.yaml:1:1 out-of-range']],
];

const SHAPE: Rule[] = [
  [
    'an unknown key',
    { 'teams/voice.yaml': team('{ account: telnyx-production, rol: member, reason: Builds }') },
    ['teams/voice.yaml:3:5 role-or-group', 'teams/voice.yaml:3:35 unknown-key'],
  ],
  [
    'an unknown key of an account',
    { 'accounts/telnyx-production.yaml': account('invite: { open: 1 }\n') },
    ['accounts/telnyx-production.yaml:4:1 unknown-key'],
  ],
  [
    'an unknown key of the guards',
    { 'accounts/telnyx-production.yaml': account('guards:\n  max_delete: 1\n') },
    ['accounts/telnyx-production.yaml:5:3 unknown-key'],
  ],
  [
    'a grant without a reason',
    { 'teams/voice.yaml': team('{ account: telnyx-production, role: member }') },
    ['teams/voice.yaml:3:5 missing-key'],
  ],
  [
    'a grant with a blank reason',
    { 'teams/voice.yaml': team('{ account: telnyx-production, role: member, reason: " " }') },
    ['teams/voice.yaml:3:57 invalid-text'],
  ],
  [
    'a grant of both role and group',
    { 'teams/voice.yaml': team('{ account: telnyx-production, role: member, group: billing, reason: x }') },
    ['teams/voice.yaml:3:5 role-or-group'],
  ],
  [
    'a day that is none',
    { 'teams/voice.yaml': team('{ account: telnyx-production, role: member, reason: x, until: 2027-02-30 }') },
    ['teams/voice.yaml:3:67 invalid-day'],
  ],
  ['a member of another type', { 'teams/voice.yaml': team(member, '[12]') }, ['teams/voice.yaml:1:11 wrong-type']],
  [
    'a member with an unknown key',
    { 'teams/voice.yaml': team(member, '[{ email: ada@acme.example, untill: 2027-01-31 }]') },
    ['teams/voice.yaml:1:38 unknown-key'],
  ],
  ['a member that is no address', { 'teams/voice.yaml': team(member, '[ada]') }, ['teams/voice.yaml:1:11 invalid-email']],
  [
    'another provider',
    { 'accounts/telnyx-production.yaml': 'provider: telnix\napi: sub-users\nowner: root@acme.example\n' },
    ['accounts/telnyx-production.yaml:1:11 unknown-value'],
  ],
  [
    'a number that is a text',
    { 'accounts/telnyx-production.yaml': account('guards: { max_deletes: "3" }\n') },
    ['accounts/telnyx-production.yaml:4:24 wrong-type'],
  ],
  [
    'a number below nothing',
    { 'accounts/telnyx-production.yaml': account('guards: { max_deletes: -1 }\n') },
    ['accounts/telnyx-production.yaml:4:24 out-of-range'],
  ],
  ['a person without a name', { 'people/more.yaml': '- email: bob@acme.example\n' }, ['people/more.yaml:1:3 missing-key']],
  ['a file that is a text', { 'people/more.yaml': 'bob@acme.example\n' }, ['people/more.yaml:1:1 wrong-type']],
  ['an address that is not ASCII', { 'people/more.yaml': person('bób@acme.example', 'Bob') }, ['people/more.yaml:1:10 invalid-email']],
  [
    'an address that begins like a formula',
    { 'people/more.yaml': person('=bob@acme.example', 'Bob') },
    ['people/more.yaml:1:10 invalid-email'],
  ],
  [
    'a GitHub login with an @',
    { 'people/more.yaml': person('bob@acme.example', 'Bob', '  github: "@bob"\n') },
    ['people/more.yaml:3:11 invalid-text'],
  ],
  [
    'a GitHub login with an @ and without quotes',
    { 'people/more.yaml': person('bob@acme.example', 'Bob', '  github: @bob\n') },
    ['people/more.yaml:3:11 yaml-syntax'],
  ],
  [
    'a GitHub login that is a team',
    { 'people/more.yaml': person('bob@acme.example', 'Bob', '  github: acme/security\n') },
    ['people/more.yaml:3:11 invalid-text'],
  ],
  [
    'a GitHub login that is an app',
    { 'people/more.yaml': person('bob@acme.example', 'Bob', '  github: "rollcall[bot]"\n') },
    ['people/more.yaml:3:11 invalid-text'],
  ],
  [
    'a GitHub login with two underscores',
    { 'people/more.yaml': person('bob@acme.example', 'Bob', '  github: bob_r_acme\n') },
    ['people/more.yaml:3:11 invalid-text'],
  ],
  [
    'a GitHub login of 40 characters',
    { 'people/more.yaml': person('bob@acme.example', 'Bob', `  github: ${'bo-b'.repeat(10)}\n`) },
    ['people/more.yaml:3:11 invalid-text'],
  ],
  [
    'a GitHub login that is a list',
    { 'people/more.yaml': person('bob@acme.example', 'Bob', '  github: [bob, robert]\n') },
    ['people/more.yaml:3:11 wrong-type'],
  ],
  ['an address without a dot in its domain', { 'people/more.yaml': person('bob@acme', 'Bob') }, ['people/more.yaml:1:10 invalid-email']],
  [
    'an address of 255 characters',
    { 'people/more.yaml': person(`${'z'.repeat(242)}@acme.example`, 'Bob') },
    ['people/more.yaml:1:10 invalid-email'],
  ],
];

const MEANING: Rule[] = [
  ['a person who is not in people/', { 'teams/voice.yaml': team(member, '[bob@acme.example]') }, ['teams/voice.yaml:1:11 person-unknown']],
  [
    'a grant to an unknown account',
    { 'teams/voice.yaml': team('{ account: telnyx-productoin, role: member, reason: x }') },
    ['teams/voice.yaml:3:16 account-unknown'],
  ],
  ['an address twice', { 'people/more.yaml': person('ada@acme.example', 'Ada Lovelace') }, ['people/more.yaml:1:10 email-twice']],
  [
    'an address twice in another case',
    { 'people/more.yaml': person('Ada@ACME.example', 'Ada Lovelace') },
    ['people/more.yaml:1:10 email-twice'],
  ],
  [
    'one GitHub login of two people, in whatever case',
    {
      'people/more.yaml':
        person('bob@acme.example', 'Bob', '  github: Bob_acme\n') + person('cleo@acme.example', 'Cleo', '  github: bob_ACME\n'),
    },
    ['people/more.yaml:6:11 github-twice'],
  ],
  [
    'a previous address that is somebody',
    { 'people/more.yaml': person('bob@acme.example', 'Bob', '  previously: [ada@acme.example]\n') },
    ['people/more.yaml:3:16 previously-in-use'],
  ],
  [
    'a previous address of two',
    { 'people/more.yaml': person('bob@acme.example', 'Bob', '  previously: [GRACE.murray@acme.example]\n') },
    ['people/more.yaml:3:16 previously-in-use'],
  ],
  [
    'a previous address that is the owner',
    { 'people/more.yaml': person('bob@acme.example', 'Bob', '  previously: [root@acme.example]\n') },
    ['people/more.yaml:3:16 previously-in-use'],
  ],
  [
    'a previous address in a team',
    { 'teams/voice.yaml': team(member, '[grace.murray@acme.example]') },
    ['teams/voice.yaml:1:11 person-unknown'],
  ],
  [
    'two accounts that read one variable',
    { 'accounts/telnyx-production.yml': account('') },
    ['accounts/telnyx-production.yml:1:1 same-variable'],
  ],
  [
    'two teams of one name',
    { 'teams/voice.yml': team('{ account: telnyx-production, role: admin, reason: x, until: 2027-01-01 }') },
    ['teams/voice.yml:1:1 same-name'],
  ],
  [
    'an unknown role',
    { 'teams/voice.yaml': team('{ account: telnyx-production, role: amin, reason: x }') },
    ['teams/voice.yaml:3:41 role-unknown'],
  ],
  [
    'approvers of an unknown role',
    { 'accounts/telnyx-production.yaml': account('approvers: { admins: ["@acme/security"] }\n') },
    ['accounts/telnyx-production.yaml:4:14 role-unknown'],
  ],
  [
    "the owner's role for somebody else",
    { 'teams/voice.yaml': team('{ account: telnyx-production, role: owner, reason: x }') },
    ['teams/voice.yaml:3:41 owner-role'],
  ],
  [
    'a group where the API shows none',
    { 'teams/voice.yaml': team('{ account: telnyx-production, group: billing, reason: x }') },
    ['teams/voice.yaml:3:42 group-unsupported'],
  ],
  ['a member twice', { 'teams/voice.yaml': team(member, '[ada@acme.example, ADA@acme.example]') }, ['teams/voice.yaml:1:29 member-twice']],
  [
    'a grant twice',
    { 'teams/voice.yaml': `${team(member)}  - ${member}\n` },
    ['teams/voice.yaml:4:5 grant-twice', 'teams/voice.yaml:4:5 superfluous-grant'],
  ],
  [
    'an approval for an unknown account',
    { 'approvals/a.yaml': 'account: telnyx\ndeletes: 1\nreason: x\nexpires: 2026-11-24\n' },
    ['approvals/a.yaml:1:10 account-unknown'],
  ],
  [
    'an approval for eight days',
    { 'approvals/a.yaml': 'account: telnyx-production\ndeletes: 1\nreason: x\nexpires: 2026-11-30\n' },
    ['approvals/a.yaml:4:10 approval-too-long'],
  ],
];

const WARNINGS: Rule[] = [
  [
    'an approval that expired',
    { 'approvals/a.yaml': 'account: telnyx-production\ndeletes: 1\nreason: x\nexpires: 2026-11-21\n' },
    ['approvals/a.yaml:4:10 approval-expired'],
  ],
  [
    'an end that has passed',
    { 'teams/voice.yaml': team(member, '[{ email: ada@acme.example, until: 2026-11-21 }]') },
    ['teams/voice.yaml:1:45 end-passed'],
  ],
  [
    'a privileged grant without an end',
    { 'teams/voice.yaml': team('{ account: telnyx-production, role: admin, reason: x }') },
    ['teams/voice.yaml:3:5 no-end-on-privilege'],
  ],
  ['a grant that another makes superfluous', { 'teams/web.yaml': team(member) }, ['teams/web.yaml:3:5 superfluous-grant']],
  [
    'a weaker grant beside a stronger',
    {
      'teams/web.yaml': team('{ account: telnyx-production, role: admin, reason: x, until: 2027-06-30 }', '[grace@acme.example]'),
      'teams/voice.yaml': team(member, '[{ email: grace@acme.example, until: 2027-01-31 }]'),
    },
    ['teams/voice.yaml:3:5 superfluous-grant'],
  ],
  [
    'a name that looks like another',
    { 'people/more.yaml': person('ada.l@acme.example', 'Аdа Lovelace') },
    ['people/more.yaml:2:9 look-alike'],
  ],
  [
    'an address that looks like another',
    { 'people/more.yaml': person('ada1@acme.example', 'G') + person('adal@acme.example', 'L') },
    ['people/more.yaml:3:10 look-alike'],
  ],
];

describe('an error, at its place:', () => {
  test.each([...TREE, ...SHAPE, ...MEANING])('%s', async (_what, changes, expected) => {
    const loaded = await load(but(changes));
    expect(places(loaded)).toEqual(expected);
    expect(loaded.desired).toBeNull();
  });
});

describe('a warning, which changes nothing:', () => {
  test.each(WARNINGS)('%s', async (_what, changes, expected) => {
    const loaded = await load(but(changes));
    expect(places(loaded)).toEqual(expected);
    expect(loaded.desired).not.toBeNull();
  });
});

describe('no finding:', () => {
  const rules: [string, Record<string, Content | null>][] = [
    ['a grant that ends today', { 'teams/voice.yaml': team('{ account: telnyx-production, role: admin, reason: x, until: 2026-11-22 }') }],
    ['an approval for seven days', { 'approvals/a.yaml': 'account: telnyx-production\ndeletes: 1\nreason: x\nexpires: 2026-11-29\n' }],
    [
      "the owner's role for the owner",
      {
        'people/more.yaml': person('root@acme.example', 'Root'),
        'teams/root.yaml': team('{ account: telnyx-production, role: owner, reason: x }', '[root@acme.example]'),
      },
    ],
    [
      'a weaker grant that lasts longer',
      {
        'teams/web.yaml': team(
          '{ account: telnyx-production, role: admin, reason: x, until: 2027-06-30 }',
          '[grace@acme.example, ada@acme.example]',
        ),
      },
    ],
    [
      'a grant that adds something for one of its members',
      { 'people/more.yaml': person('bob@acme.example', 'Bob'), 'teams/web.yaml': team(member, '[ada@acme.example, bob@acme.example]') },
    ],
    ['two people of the very same name', { 'people/more.yaml': person('ada.k@acme.example', 'Ada Lovelace') }],
    ...['bob', 'Bob-R', 'bob-r_acme', '-Bob-', 'b----b', '"007"', `${'bo'.repeat(17)}_acme`].map(
      (login): [string, Record<string, string>] => [
        `the GitHub login ${login}`,
        { 'people/more.yaml': person('bob@acme.example', 'Bob', `  github: ${login}\n`) },
      ],
    ),
    ['a +tag, which is another person', { 'people/more.yaml': person('ada+voice@acme.example', 'Ada Voice') }],
    ['a leading BOM and CRLF', { 'teams/voice.yaml': `\ufeff${GOOD['teams/voice.yaml'].replaceAll('\n', '\r\n')}` }],
    ['a leading document mark', { 'teams/voice.yaml': `---\n${GOOD['teams/voice.yaml']}` }],
    ['a team of nobody', { 'teams/web.yaml': team(member, '[]') }],
    ['an emoji in a comment', { 'teams/web.yaml': `# 🎺\n${team(member, '[]')}` }],
    [
      'a UUID, a long path and an account SID in a comment',
      {
        'teams/web.yaml': `# 123e4567-e89b-12d3-a456-426614174000 https://git.acme.example/policies/blob/main/docs/decisions/access-review AC${'0a1b'.repeat(8)}\n${team(member, '[]')}`,
      },
    ],
  ];
  test.each(rules)('%s', async (_what, changes) => {
    const loaded = await load(but(changes));
    expect(places(loaded).filter((place) => !place.startsWith('teams/voice.yaml:5:5 superfluous'))).toEqual([]);
    expect(loaded.desired).not.toBeNull();
  });
});

test('a folder that is not there, and one that is empty, are errors', async () => {
  const missing = { list: async () => null, read: async () => new Uint8Array() };
  const { loadPolicies } = await import('../../src/policy/load-policies.ts');
  const loaded = await loadPolicies({ source: missing, folder: 'rules/', today: '2026-11-22', capabilitiesOf: () => null, commit: null });
  expect(loaded.findings.map((one) => `${one.file} ${one.code}`)).toEqual(['rules policies-missing']);
  expect(places(await load({}))).toEqual(['policies:1:1 policies-empty']);
});

test('more than 500 files are refused before any is opened', async () => {
  const files = Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`people/p${index}.yaml`, '- {']));
  expect(places(await load(files))).toContain('policies:1:1 too-many-files');
});

test('all findings of all files come in one run, in the order of their places', async () => {
  const loaded = await load(
    but({
      'people/a.yaml': '- a: 1\n  a: 2\n',
      'people/b.yaml': '',
      'teams/voice.yaml': team('{ account: nowhere, role: member, reason: x }'),
    }),
  );
  expect(places(loaded)).toEqual([
    'people/a.yaml:2:3 yaml-duplicate-key',
    'people/b.yaml:1:1 file-empty',
    'teams/voice.yaml:3:16 account-unknown',
  ]);
});

test('a people file that cannot be read makes nobody unknown', async () => {
  expect(places(await load(but({ 'people/engineering.yaml': '- *a\n' })))).toEqual(['people/engineering.yaml:1:3 yaml-alias']);
});

test('the nearest known word is offered', async () => {
  const messages = async (changes: Record<string, Content>) => (await load(but(changes))).findings.map((one) => one.message).join('\n');
  expect(await messages({ 'teams/voice.yaml': team('{ account: telnyx-production, rol: member, reason: x }') })).toContain(
    'Did you mean `role`?',
  );
  expect(await messages({ 'teams/voice.yaml': team('{ account: telnyx-productoin, role: member, reason: x }') })).toContain(
    'Did you mean `telnyx-production`?',
  );
  expect(await messages({ 'teams/voice.yaml': team('{ account: telnyx-production, role: amin, reason: x }') })).toContain(
    'Did you mean `admin`?',
  );
  expect(await messages({ 'teams/voice.yaml': team(member, '[adda@acme.example]') })).toContain('Did you mean `ada@acme.example`?');
  expect(await messages({ 'teams/voice.yaml': team(member, '[grace.murray@acme.example]') })).toContain(
    'The address is now grace@acme.example.',
  );
  expect(await messages({ 'team/voice.yaml': '' })).toContain('Did you mean `teams`?');
  expect(await messages({ 'accounts/telnyx-production.yaml': account('names: invited\n') })).toContain('Did you mean `invite`?');
});

test('a GitHub login is said back where it stands twice, and how it is written where it is none', async () => {
  const messages = async (...logins: string[]) => {
    const people = logins.map((login, index) => person(`p${index}@acme.example`, `P ${index}`, `  github: ${login}\n`));
    return (await load(but({ 'people/more.yaml': people.join('') }))).findings.map((one) => one.message);
  };
  expect(await messages('ada', 'bob', 'ADA')).toEqual([
    "The GitHub login ADA already stands at policies/people/more.yaml:3. It is one person's, in whatever case.",
  ]);
  expect(await messages('"@ada"')).toEqual(['Expected a GitHub login without an @ before it, such as ada or ada_acme, for `github`.']);
  expect(await messages('@ada')).toEqual([
    'This is not YAML (bad scalar start). A text that begins with @ or another sign of YAML needs quotes; a GitHub login in people/ has no @.',
  ]);
  expect(await messages('rob'.repeat(14))).toEqual(['Expected a text of at most 39 characters for `github`.']);
});

test('an account that the provider cannot serve is an error', async () => {
  const { loadPolicies } = await import('../../src/policy/load-policies.ts');
  const { memorySource } = await import('./memory-source.ts');
  const loaded = await loadPolicies({
    source: memorySource(GOOD),
    folder: 'policies',
    today: '2026-11-22',
    capabilitiesOf: () => null,
    commit: null,
  });
  expect(places(loaded)).toContain('accounts/telnyx-production.yaml:2:6 api-unsupported');
});

test('groups are fine where the API shows them', async () => {
  const files = but({ 'teams/voice.yaml': team('{ account: telnyx-production, group: billing, reason: x }') });
  expect(places(await load(files, { capabilities: { ...CAPABILITIES, groups: true } }))).toEqual([]);
});

test('codes are stable words in kebab-case', () => {
  for (const code of FINDING_CODES) expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
});
