import { describe, expect, test } from 'vitest';
import { ACCOUNTS, type Files, importInto, type Live, person } from './import-for-tests.ts';

const PRODUCTION = { 'accounts/telnyx-production.yaml': ACCOUNTS['accounts/telnyx-production.yaml'] } as const;

/** A small company on three consoles, as somebody finds it after some years. */
const LIVE: Live = {
  'telnyx-production': [
    person('root', ['owner']),
    person('ada', ['admin'], { name: 'Ada Lovelace' }),
    person('bob.stone', ['member']),
    person('cleo', ['member'], { name: 'Cleo Park' }),
    person('dan', ['member'], { name: 'Dan', status: 'invited', since: '2026-10-01T08:00:00.000Z' }),
    person('eve@agency.example', ['member'], { name: 'Eve' }),
    person('grace', ['admin'], { name: 'Grace Hopper' }),
    person('zed', ['member'], { status: 'suspended' }),
  ],
  'telnyx-support': [
    person('root', ['owner']),
    person('cleo', ['member', 'group:Billing'], { remarks: ['never signed in', 'bypasses single sign-on'] }),
    person('kim', ['member', 'group:Billing', 'group:Org admins'], { remarks: ['last signed in 2026-11-20'] }),
  ],
  'twilio-main': [
    person('ada', ['administrator']),
    person('bob.stone', ['developer', 'Studio Viewer']),
    person('dan', ['developer']),
    person('grace', ['administrator']),
    person('lin', ['administrator', 'developer']),
  ],
};

describe('a repository that knows only its accounts', () => {
  test('gets people by domain and a few teams, as a person would have written them', async () => {
    const told = await importInto(ACCOUNTS, LIVE);
    expect(Object.keys(told.written)).toEqual([
      'people/acme.yaml',
      'people/guests.yaml',
      'teams/telnyx-production-admins-and-twilio-main-administrators.yaml',
      'teams/telnyx-production-members.yaml',
      'teams/telnyx-support-billing.yaml',
      'teams/telnyx-support-org-admins.yaml',
      'teams/twilio-main-developers.yaml',
      'teams/twilio-main-studio-viewer.yaml',
    ]);
    expect(told.written['people/acme.yaml']).toBe(`# Imported on 2026-11-22: people of acme.example.
- email: ada@acme.example
  name: Ada Lovelace
- email: bob.stone@acme.example
  name: Bob Stone
# Decide: never signed in; bypasses single sign-on (telnyx-support).
- email: cleo@acme.example
  name: Cleo Park
# Decide: invitation open since 2026-10-01 (telnyx-production).
- email: dan@acme.example
  name: Dan
- email: grace@acme.example
  name: Grace Hopper
- email: kim@acme.example
  name: kim
`);
    expect(
      told.written['people/guests.yaml'],
    ).toBe(`# Imported on 2026-11-22: people of other domains. Decide who of them stays, and until when.
- email: eve@agency.example
  name: Eve
`);
    expect(
      told.written['teams/telnyx-production-admins-and-twilio-main-administrators.yaml'],
    ).toBe(`# Imported on 2026-11-22. Give the team a name that people know, and each grant its own reason.
members:
  - ada@acme.example
  - grace@acme.example
grants:
  # Decide: this is privileged and has no end. Give it an \`until\`, or leave it so on purpose.
  - { account: telnyx-production, role: admin, reason: "Had this access on 2026-11-22, when it was imported" }
  # Decide: this is privileged and has no end. Give it an \`until\`, or leave it so on purpose.
  - { account: twilio-main, role: administrator, reason: "Had this access on 2026-11-22, when it was imported" }
`);
    expect(told.left).toEqual([]);
    expect(told.plan.verdict).toBe('empty');
  });

  test('says who is left out and what somebody has to decide', async () => {
    const { leftOut, decisions } = await importInto(ACCOUNTS, LIVE);
    expect(leftOut).toEqual([
      'zed@acme.example in telnyx-production: suspended: counts as no access, never re-enabled by rollcall',
      'lin@acme.example in twilio-main: holds other roles beside administrator, which covers them and stands alone in policy; take them away there and import again',
    ]);
    expect(decisions).toEqual([
      'cleo@acme.example in telnyx-support: never signed in',
      'cleo@acme.example in telnyx-support: bypasses single sign-on',
      'dan@acme.example in telnyx-production: invitation open since 2026-10-01',
      'eve@agency.example: is outside the usual domains',
      'telnyx-production: admin is privileged and without an end for 2 people',
      'twilio-main: administrator is privileged and without an end for 2 people',
      'telnyx-support: Org admins is privileged and without an end for kim@acme.example',
    ]);
  });

  test('calls teams by their roles alone where there is one account', async () => {
    const live = { 'telnyx-production': [person('ada', ['admin']), person('bob', ['member']), person('cleo', ['member'])] };
    const { written } = await importInto(PRODUCTION, live);
    expect(Object.keys(written)).toEqual(['people/acme.yaml', 'teams/admins.yaml', 'teams/members.yaml']);
  });

  test('gives every file the line by which the editor finds its schema, where the account files have it', async () => {
    const files = {
      'accounts/telnyx-production.yaml': `# yaml-language-server: $schema=../../schemas/account.schema.json\n${PRODUCTION['accounts/telnyx-production.yaml']}`,
    };
    const { written } = await importInto(files, { 'telnyx-production': [person('ada', ['admin'])] });
    expect(written['people/acme.yaml']?.split('\n')[0]).toBe('# yaml-language-server: $schema=../../schemas/people.schema.json');
    expect(written['teams/admins.yaml']?.split('\n')[0]).toBe('# yaml-language-server: $schema=../../schemas/team.schema.json');
  });

  test('leaves out everywhere whom it cannot name in one account, so that the plan deletes nobody there', async () => {
    const told = await importInto(ACCOUNTS, {
      'telnyx-production': [person('ada', ['member']), person('kim', ['member'])],
      'telnyx-support': [person('kim', ['member', `group:${'x'.repeat(101)}`])],
    });
    expect(told.leftOut).toEqual([
      'kim@acme.example in telnyx-support: holds a role or a group whose name policy cannot hold',
      'kim@acme.example in telnyx-production: in telnyx-support this person holds a role or a group whose name policy cannot hold',
    ]);
    expect(told.left).toEqual([]);
  });

  test('takes the exact name where an account enforces names, and leaves out whom it cannot name so', async () => {
    const files = { 'accounts/telnyx-production.yaml': `${PRODUCTION['accounts/telnyx-production.yaml']}names: enforce\n` };
    const told = await importInto(files, {
      'telnyx-production': [person('ada', ['member'], { name: 'A. Lovelace' }), person('bob', ['member'], { name: ' Bob' })],
    });
    expect(told.written['people/acme.yaml']).toContain('name: A. Lovelace\n');
    expect(told.leftOut).toEqual([
      'bob@acme.example in telnyx-production: has a name that policy cannot hold, in an account that enforces names; correct it there',
    ]);
    expect(told.left).toEqual([]);
  });

  test('says it of an owner whom the vendor lists as an ordinary user, and touches nothing', async () => {
    const told = await importInto(PRODUCTION, { 'telnyx-production': [person('root', ['admin']), person('new', ['owner'])] });
    expect(told.written).toEqual({});
    expect(told.decisions).toEqual([
      'root@acme.example in telnyx-production: is the owner by policy and an ordinary user at the vendor: mend `owner`, or have the account handed over',
    ]);
    expect(told.leftOut).toEqual([
      "new@acme.example in telnyx-production: the vendor names this person as the account's owner, policy names root@acme.example",
    ]);
  });

  test('says of an address that stands twice that no policy can tell which is meant', async () => {
    const told = await importInto(PRODUCTION, {
      'telnyx-production': [person('ada', ['admin']), person('ada', ['member'], { principal_id: 'other' }), person('bob', ['member'])],
    });
    expect(told.leftOut).toEqual([
      'ada@acme.example in telnyx-production: the vendor lists this address twice, so no change could tell which of the two it means',
      'ada@acme.example in telnyx-production: the vendor lists this address twice, so no change could tell which of the two it means',
    ]);
    expect(told.written['people/acme.yaml']).not.toContain('ada');
    expect(told.left).toEqual([]);
  });
});

describe('crowds', () => {
  test('a thousand unreadable names become names that policy can hold', async () => {
    const names = ['\u202Edrow', '\u0000', 'KEY0123456789abcdef0123456789abcdef01', '\u200b\u200b', '   ', 'n'.repeat(300)];
    const crowd = Array.from({ length: 1000 }, (_, at) => person(`p.q${at}`, ['member'], { name: names[at % names.length] ?? '' }));
    const told = await importInto(PRODUCTION, { 'telnyx-production': crowd });
    expect(told.imported.people.length).toBe(1000);
    expect(told.written['people/acme.yaml']).toContain('- email: p.q7@acme.example\n  name: p.q7\n');
    expect(told.left).toEqual([]);
  });

  test('20,000 people stand in files that are each small enough to be read', async () => {
    const crowd = Array.from({ length: 20_000 }, (_, at) => person(`person.number${at}`, [at % 50 === 0 ? 'admin' : 'member']));
    const told = await importInto(PRODUCTION, { 'telnyx-production': crowd });
    expect(Object.keys(told.written)).toEqual([
      ...['', '-2', '-3', '-4', '-5', '-6', '-7', '-8'].map((nth) => `people/acme${nth}.yaml`),
      'teams/admins.yaml',
      ...['', '-2', '-3', '-4'].map((nth) => `teams/members${nth}.yaml`),
    ]);
    expect(told.plan.verdict).toBe('empty');
  });
});

const REPOSITORY: Files = {
  ...PRODUCTION,
  'accounts/twilio-main.yaml': ACCOUNTS['accounts/twilio-main.yaml'],
  'people/staff.yaml':
    '# Who works here.\n\n- email: ada@acme.example   # since the beginning\n  name: "Ada"\n\n- email: bob@acme.example\n  name: Bob\n',
  'teams/voice.yaml':
    '# On call.\nmembers: [ada@acme.example]   # keep short\n\ngrants:\n  - account: telnyx-production\n    role: admin\n    reason: On call (OPS-1)\n',
  'teams/readers.yaml':
    'grants:\n- { account: telnyx-production, role: member, reason: Reads (OPS-2) }\nmembers:\n- bob@acme.example # for now',
};
const AS_POLICY_SAYS = {
  'telnyx-production': [person('ada', ['admin'], { name: 'Ada L.' }), person('bob', ['member'])],
  'twilio-main': [],
} satisfies Live;

describe('a repository that names people already', () => {
  test('stays as it is where policy says what is live', async () => {
    expect((await importInto(REPOSITORY, AS_POLICY_SAYS)).written).toEqual({});
  });

  test('gets a line for somebody new in the file of their colleagues, and one in the team that explains their access', async () => {
    const told = await importInto(REPOSITORY, {
      ...AS_POLICY_SAYS,
      'telnyx-production': [
        ...AS_POLICY_SAYS['telnyx-production'],
        person('cleo', ['member'], { name: 'Cleo Park' }),
        person('dan', ['admin']),
      ],
    });
    expect(told.written).toEqual({
      'people/staff.yaml': `${REPOSITORY['people/staff.yaml']}- email: cleo@acme.example\n  name: Cleo Park\n- email: dan@acme.example\n  name: dan\n`,
      'teams/voice.yaml': REPOSITORY['teams/voice.yaml']?.replace('[ada@acme.example]', '[ada@acme.example, dan@acme.example]'),
      'teams/readers.yaml': `${REPOSITORY['teams/readers.yaml']}\n- cleo@acme.example`,
    });
    expect(told.left).toEqual([]);
  });

  test('gets a team of its own for access that no team explains', async () => {
    const told = await importInto(REPOSITORY, { ...AS_POLICY_SAYS, 'twilio-main': [person('bob', ['developer', 'support'])] });
    expect(Object.keys(told.written)).toEqual(['teams/twilio-main-developers-and-twilio-main-support.yaml']);
    expect(told.left).toEqual([]);
  });

  test('gives no more than is live, by an edit of the line that gave more', async () => {
    const told = await importInto(REPOSITORY, {
      ...AS_POLICY_SAYS,
      'telnyx-production': [person('ada', ['member']), person('bob', ['admin'])],
    });
    expect(told.written).toEqual({
      'teams/voice.yaml': REPOSITORY['teams/voice.yaml']?.replace('role: admin', 'role: member'),
      'teams/telnyx-production-admins.yaml': expect.stringContaining('  - bob@acme.example\n'),
    });
    expect(told.left).toEqual([]);
  });

  test('keeps a wish that is not true yet, and the plan goes on inviting', async () => {
    const told = await importInto(REPOSITORY, { ...AS_POLICY_SAYS, 'telnyx-production': [person('ada', ['admin'])] });
    expect(told.written).toEqual({});
    expect(told.left).toEqual(['telnyx-production invite bob@acme.example']);
  });

  test('does not give back what ended by policy, and says so', async () => {
    const ended = REPOSITORY['teams/voice.yaml']?.replace('(OPS-1)\n', '(OPS-1)\n    until: 2026-11-20\n') ?? '';
    const told = await importInto({ ...REPOSITORY, 'teams/voice.yaml': ended }, AS_POLICY_SAYS);
    expect(told.written).toEqual({});
    expect(told.decisions).toEqual(['ada@acme.example in telnyx-production: still holds admin, which ended by policy']);
    expect(told.left).toEqual(['telnyx-production delete ada@acme.example']);
  });

  test('writes below people in braces as the file has them', async () => {
    const staff = '- { email: ada@acme.example, name: Ada }\n- { email: bob@acme.example, name: Bob }\n# Nobody else.\n';
    const told = await importInto(
      { ...REPOSITORY, 'people/staff.yaml': staff },
      { 'telnyx-production': [...AS_POLICY_SAYS['telnyx-production'], person('cleo', ['member'])] },
    );
    expect(told.written['people/staff.yaml']).toBe(
      staff.replace('# Nobody else.\n', '- email: cleo@acme.example\n  name: cleo\n# Nobody else.\n'),
    );
  });

  test('leaves out a previous address of somebody', async () => {
    const staff = `${REPOSITORY['people/staff.yaml']}  previously: [bobby@acme.example]\n`;
    const told = await importInto(
      { ...REPOSITORY, 'people/staff.yaml': staff },
      { 'telnyx-production': [...AS_POLICY_SAYS['telnyx-production'], person('bobby', ['member'])] },
    );
    expect(told.leftOut).toEqual(['bobby@acme.example in telnyx-production: is a previous address of bob@acme.example']);
  });
});
