import { describe, expect, test } from 'vitest';
import { adoptAfter, adoptChanges, companyWith, type Files, PRODUCTION, planDrift, SUPPORT } from './drift-for-tests.ts';

const grant = (account: string, role = 'member', more = '') => `  - { account: ${account}, role: ${role}, reason: Needs it${more} }\n`;
const team = (members: string, ...grants: string[]) => `members:\n${members}grants:\n${grants.join('')}`;
const deleted = { 'bob@acme.example': null };

async function expectPeace(before: Files, meddling: Parameters<typeof planDrift>[1], after: Files) {
  expect((await planDrift(before, meddling, after)).changes).toEqual([]);
}

describe('somebody deleted a person in the console', () => {
  test('the member line goes, with the comment behind it, and nothing else is touched', async () => {
    const files = companyWith({
      'teams/voice.yaml': `# Builds and runs calls.
members:
  # on call
  - ada@acme.example   # lead
  - "bob@acme.example" # since May
  - cleo@acme.example

grants:
  - { account: telnyx-production, role: member, reason: Builds the IVR }
`,
    });
    const { written, files: after } = await adoptAfter(files, { [PRODUCTION]: deleted });
    expect(written).toEqual({
      'teams/voice.yaml': `# Builds and runs calls.
members:
  # on call
  - ada@acme.example   # lead
  - cleo@acme.example

grants:
  - { account: telnyx-production, role: member, reason: Builds the IVR }
`,
    });
    await expectPeace(files, { [PRODUCTION]: deleted }, after);
  });

  test('the lines that were edited are told, with their number', async () => {
    const files = companyWith({ 'teams/voice.yaml': team('  - ada@acme.example\n  - bob@acme.example\n', grant(PRODUCTION)) });
    const { adoption } = await adoptAfter(files, { [PRODUCTION]: deleted });
    expect(adoption.edited).toEqual([
      { path: 'teams/voice.yaml', isNew: false, lines: [{ line: 3, before: ['  - bob@acme.example'], after: [] }] },
    ]);
  });

  test('the last member of a team leaves an empty list, and the comment on the key stays', async () => {
    const files = companyWith({ 'teams/voice.yaml': `members: # nobody else\n  - bob@acme.example\ngrants:\n${grant(PRODUCTION)}` });
    const { written } = await adoptAfter(files, { [PRODUCTION]: deleted });
    expect(written).toEqual({ 'teams/voice.yaml': `members: [] # nobody else\ngrants:\n${grant(PRODUCTION)}` });
  });

  test('what the team grants elsewhere is kept in a team of its own', async () => {
    const files = companyWith({
      'teams/voice.yaml': team(
        '  - ada@acme.example\n  - { email: bob@acme.example, until: 2027-01-31 }\n',
        grant(PRODUCTION),
        grant(SUPPORT, 'admin', ', until: 2027-03-31'),
      ),
    });
    const { written, files: after } = await adoptAfter(files, { [PRODUCTION]: deleted });
    expect(written).toEqual({
      'teams/voice.yaml': team('  - ada@acme.example\n', grant(PRODUCTION), grant(SUPPORT, 'admin', ', until: 2027-03-31')),
      'teams/voice-adopted.yaml': `# Split from the team voice on 2026-11-23: what these people keep of its grants.
members:
  - { email: bob@acme.example, until: 2027-01-31 }
grants:
  - { account: telnyx-support, role: admin, reason: Needs it, until: 2027-03-31 }
`,
    });
    await expectPeace(files, { [PRODUCTION]: deleted }, after);
  });

  test('where another team gives as much for as long, no team is split', async () => {
    const files = companyWith({
      'teams/desk.yaml': team('  - bob@acme.example\n', grant(SUPPORT)),
      'teams/voice.yaml': team('  - ada@acme.example\n  - bob@acme.example\n', grant(PRODUCTION), grant(SUPPORT)),
    });
    const { written } = await adoptAfter(files, { [PRODUCTION]: deleted });
    expect(written).toEqual({ 'teams/voice.yaml': team('  - ada@acme.example\n', grant(PRODUCTION), grant(SUPPORT)) });
  });

  test('where the other team gives as much for a shorter time, the team is split', async () => {
    const files = companyWith({
      'teams/desk.yaml': team('  - bob@acme.example\n', grant(SUPPORT, 'member', ', until: 2026-12-31')),
      'teams/voice.yaml': team('  - ada@acme.example\n  - bob@acme.example\n', grant(PRODUCTION), grant(SUPPORT)),
    });
    const { written } = await adoptAfter(files, { [PRODUCTION]: deleted });
    expect(Object.keys(written)).toEqual(['teams/voice.yaml', 'teams/voice-adopted.yaml']);
  });

  test('a team that grants two accounts and lost all its members in one of them loses that grant', async () => {
    const files = companyWith({
      'teams/voice.yaml': team('  - ada@acme.example\n  - bob@acme.example\n', grant(PRODUCTION), grant(SUPPORT)),
    });
    const meddling = { [PRODUCTION]: { ...deleted, 'ada@acme.example': null } };
    const { written, files: after } = await adoptAfter(files, meddling);
    expect(written).toEqual({ 'teams/voice.yaml': team('  - ada@acme.example\n  - bob@acme.example\n', grant(SUPPORT)) });
    await expectPeace(files, meddling, after);
  });

  test('a person in five teams leaves those that give access there, and no other', async () => {
    const files = companyWith({
      ...Object.fromEntries(
        [1, 2, 3].map((nth) => [`teams/calls-${nth}.yaml`, team('  - ada@acme.example\n  - bob@acme.example\n', grant(PRODUCTION))]),
      ),
      'teams/desk.yaml': team('  - bob@acme.example\n', grant(SUPPORT)),
      'teams/over.yaml': team('  - bob@acme.example\n', grant(PRODUCTION, 'member', ', until: 2026-01-31')),
    });
    const { written } = await adoptAfter(files, { [PRODUCTION]: deleted });
    expect(Object.keys(written)).toEqual(['teams/calls-1.yaml', 'teams/calls-2.yaml', 'teams/calls-3.yaml']);
  });

  test('in both accounts at once, the person leaves the team', async () => {
    const files = companyWith({
      'teams/voice.yaml': team('  - ada@acme.example\n  - bob@acme.example\n', grant(PRODUCTION), grant(SUPPORT)),
    });
    const { written, adoption } = await adoptAfter(files, { [PRODUCTION]: deleted, [SUPPORT]: deleted });
    expect(written).toEqual({ 'teams/voice.yaml': team('  - ada@acme.example\n', grant(PRODUCTION), grant(SUPPORT)) });
    expect(adoption.adopted).toHaveLength(2);
  });

  test('one of 5,000 members goes without a byte of the others', async () => {
    const names = Array.from({ length: 5_000 }, (_, nth) => `p${nth}@acme.example`);
    const half = (from: number, to: number) =>
      names
        .slice(from, to)
        .map((name) => `- email: ${name}\n  name: Person\n`)
        .join('');
    const members = names.map((name) => `  - ${name}\n`).join('');
    const files = companyWith({
      'people/one.yaml': half(0, 2_500),
      'people/two.yaml': half(2_500, 5_000),
      'teams/crowd.yaml': team(members, grant(PRODUCTION)),
    });
    const { written } = await adoptAfter(files, { [PRODUCTION]: { 'p2500@acme.example': null } });
    expect(written).toEqual({ 'teams/crowd.yaml': team(members.replace('  - p2500@acme.example\n', ''), grant(PRODUCTION)) });
  });
});

describe('somebody lowered an admin in the console', () => {
  const lowered = { [PRODUCTION]: { 'zoe@acme.example': 'member' } };

  test('a team of that one person grants the lower role', async () => {
    const files = companyWith({ 'teams/root.yaml': team('  - zoe@acme.example\n', grant(PRODUCTION, "'admin'")) });
    const { written } = await adoptAfter(files, lowered);
    expect(written).toEqual({ 'teams/root.yaml': team('  - zoe@acme.example\n', grant(PRODUCTION, "'member'")) });
  });

  test('out of a team with others, the person gets a team with the lower role and the same end', async () => {
    const files = companyWith({
      'teams/root.yaml': team('  - ada@acme.example\n  - zoe@acme.example\n', grant(PRODUCTION, 'admin', ', until: 2027-03-31')),
    });
    const { written, files: after } = await adoptAfter(files, lowered);
    expect(written['teams/root.yaml']).toBe(team('  - ada@acme.example\n', grant(PRODUCTION, 'admin', ', until: 2027-03-31')));
    expect(written['teams/root-adopted.yaml']).toContain(
      'members:\n  - zoe@acme.example\ngrants:\n  - { account: telnyx-production, role: member, reason: Needs it, until: 2027-03-31 }\n',
    );
    await expectPeace(files, lowered, after);
  });

  test('where another team grants the lower role for as long, the person leaves the team of admins', async () => {
    const files = companyWith({
      'teams/root.yaml': team('  - ada@acme.example\n  - zoe@acme.example\n', grant(PRODUCTION, 'admin')),
      'teams/voice.yaml': team('  - zoe@acme.example\n', grant(PRODUCTION)),
    });
    const { written } = await adoptAfter(files, lowered);
    expect(written).toEqual({ 'teams/root.yaml': team('  - ada@acme.example\n', grant(PRODUCTION, 'admin')) });
  });

  test('a team that grants both roles keeps the lower one', async () => {
    const files = companyWith({ 'teams/root.yaml': team('  - zoe@acme.example\n', grant(PRODUCTION, 'admin'), grant(PRODUCTION)) });
    const { written } = await adoptAfter(files, lowered);
    expect(written).toEqual({ 'teams/root.yaml': team('  - zoe@acme.example\n', grant(PRODUCTION)) });
  });
});

describe('somebody came in through the console', () => {
  const VOICE = { 'teams/voice.yaml': team('  - ada@acme.example\n', grant(PRODUCTION)) };

  test('a stranger becomes a guest for 30 days, with the day and who is likely to have done it', async () => {
    const files = companyWith(VOICE);
    const meddling = { [PRODUCTION]: { 'eve@elsewhere.example': { name: 'Eve Öst', status: 'invited' as const } } };
    const { written, files: after } = await adoptAfter(files, meddling, 'root@acme.example');
    expect(written).toEqual({
      'people/adopted-telnyx-production.yaml':
        '# Adopted on 2026-11-23 from what stands in telnyx-production. For review.\n- email: eve@elsewhere.example\n  name: Eve Öst\n',
      'teams/adopted-telnyx-production.yaml': `# Adopted on 2026-11-23 from what stands in telnyx-production. For review: what stays belongs into a team, the rest ends by itself.
members:
  - eve@elsewhere.example
grants:
  - { account: telnyx-production, role: member, reason: "Found in the account and adopted on 2026-11-23, likely by root@acme.example", until: 2026-12-23 }
`,
    });
    await expectPeace(files, meddling, after);
  });

  test('somebody whom people/ knows already gets the team alone', async () => {
    const { written } = await adoptAfter(companyWith(VOICE), { [SUPPORT]: { 'bob@acme.example': 'member' } });
    expect(Object.keys(written)).toEqual(['teams/adopted-telnyx-support.yaml']);
  });

  test('names of files that are taken are left alone', async () => {
    const taken = { 'teams/adopted-telnyx-support.yml': team('  - ada@acme.example\n', grant(PRODUCTION)) };
    const { written } = await adoptAfter(companyWith(taken), { [SUPPORT]: { 'bob@acme.example': 'member' } });
    expect(Object.keys(written)).toEqual(['teams/adopted-telnyx-support-2.yaml']);
  });

  test('a stranger in two accounts stands once in people/', async () => {
    const eve = { 'eve@elsewhere.example': 'member' };
    const files = companyWith(VOICE);
    const { written, files: after } = await adoptAfter(files, { [PRODUCTION]: eve, [SUPPORT]: eve });
    expect(Object.keys(written).toSorted()).toEqual([
      'people/adopted-telnyx-support.yaml',
      'teams/adopted-telnyx-production.yaml',
      'teams/adopted-telnyx-support.yaml',
    ]);
    await expectPeace(files, { [PRODUCTION]: eve, [SUPPORT]: eve }, after);
  });

  test('a thousand strangers are one team', async () => {
    const crowd = Object.fromEntries(Array.from({ length: 1_000 }, (_, nth) => [`p${nth}@elsewhere.example`, 'member']));
    const { written, adoption } = await adoptAfter(companyWith(VOICE), { [PRODUCTION]: crowd });
    expect(Object.keys(written)).toEqual(['people/adopted-telnyx-production.yaml', 'teams/adopted-telnyx-production.yaml']);
    expect(adoption.adopted).toHaveLength(1_000);
  });

  test.each([
    ['a colon and a hash', 'Eve: #1', 'name: "Eve: #1"'],
    ['a word that YAML reads as none', 'true', 'name: "true"'],
    ['a number', '007', 'name: "007"'],
    ['quotes', 'Eve "the" \\ Boss', 'name: "Eve \\"the\\" \\\\ Boss"'],
    ['spaces around it', '  Eve ', 'name: Eve\n'],
    ['line feeds that would be members', 'Eve\n- email: mallory@elsewhere.example', 'name: eve\n'],
    ['marks that turn text around', 'Eve\u202e', 'name: eve\n'],
    ['nothing at all', '', 'name: eve\n'],
    ['a key', 'KEY0123456789ABCDEF0123456789ABCDEF', 'name: eve\n'],
  ])('a name with %s is written so that it says the same, or not at all', async (_what, name, written) => {
    const told = await adoptAfter(companyWith(VOICE), { [PRODUCTION]: { 'eve@elsewhere.example': { name } } });
    expect(told.written['people/adopted-telnyx-production.yaml']).toContain(written);
  });

  test('an actor made of odd characters is written harmlessly', async () => {
    const actor = 'x"\n- { account: telnyx-production, role: admin }';
    const { written } = await adoptAfter(companyWith(VOICE), { [PRODUCTION]: { 'eve@elsewhere.example': 'member' } }, actor);
    expect(written['teams/adopted-telnyx-production.yaml']).toContain('likely by x\\\\u{22}\\\\u{a}- \\\\u{7b} account\\\\u{3a}');
  });
});

describe('names', () => {
  const files = companyWith({
    [`accounts/${PRODUCTION}.yaml`]: 'provider: telnyx\napi: sub-users\nowner: root@acme.example\nnames: enforce\n',
    'people/everybody.yaml': "- name: 'Ada' # the first\n  email: ada@acme.example\n",
    'teams/voice.yaml': team('  - ada@acme.example\n', grant(PRODUCTION)),
  });

  test('a name that the account enforces is the one people/ has from now on, in the quotes that were there', async () => {
    const meddling = { [PRODUCTION]: { 'ada@acme.example': { name: "Ada O'Brien" } } };
    const { written, files: after } = await adoptAfter(files, meddling);
    expect(written).toEqual({ 'people/everybody.yaml': "- name: 'Ada O''Brien' # the first\n  email: ada@acme.example\n" });
    await expectPeace(files, meddling, after);
  });

  test('a name that people/ cannot hold is refused', async () => {
    const { written, refused } = await adoptAfter(files, { [PRODUCTION]: { 'ada@acme.example': { name: 'Ada\u202e' } } });
    expect(written).toEqual({});
    expect(refused).toEqual(['ada@acme.example: people/ cannot hold this name; correct it in the account']);
  });
});

describe('what is never adopted', () => {
  const PRIVILEGE = 'privilege that somebody gained in the account is never adopted; it takes a pull request that people write';
  const files = companyWith({ 'teams/voice.yaml': team('  - ada@acme.example\n  - bob@acme.example\n', grant(PRODUCTION)) });

  test('a raised role, a stranger who is admin, an invitation of an admin', async () => {
    const { written, refused } = await adoptAfter(files, {
      [PRODUCTION]: {
        'ada@acme.example': 'admin',
        'eve@elsewhere.example': 'admin',
        'mallory@elsewhere.example': { roles: ['admin'], status: 'invited' },
      },
    });
    expect(written).toEqual({});
    expect(refused).toEqual([
      `eve@elsewhere.example: ${PRIVILEGE}`,
      `mallory@elsewhere.example: ${PRIVILEGE}`,
      `ada@acme.example: ${PRIVILEGE}`,
    ]);
  });

  test('the rest is adopted beside it', async () => {
    const { written, refused } = await adoptAfter(files, { [PRODUCTION]: { 'ada@acme.example': 'admin', ...deleted } });
    expect(Object.keys(written)).toEqual(['teams/voice.yaml']);
    expect(refused).toEqual([`ada@acme.example: ${PRIVILEGE}`]);
  });

  test('what policy changed as well, or says otherwise by now', async () => {
    const both = companyWith({ 'teams/voice.yaml': team('  - ada@acme.example\n', grant(PRODUCTION)) });
    const found = (await planDrift(files, { [PRODUCTION]: deleted })).changes;
    expect((await adoptChanges(both, found)).refused).toEqual(['bob@acme.example: policy says something else by now']);
    const raised = companyWith({ 'teams/voice.yaml': team('  - ada@acme.example\n  - bob@acme.example\n', grant(PRODUCTION, 'admin')) });
    const mixed = (await planDrift(files, { [PRODUCTION]: deleted }, raised)).changes;
    expect((await adoptChanges(raised, mixed)).refused).toEqual([
      'bob@acme.example: policy changed the same access; that change is decided first',
    ]);
  });

  test('the previous address of somebody, and two answers for the same access', async () => {
    const previous = companyWith({
      'people/everybody.yaml': '- email: ada@acme.example\n  name: Ada\n  previously: [ada.old@acme.example]\n',
      'teams/voice.yaml': team('  - ada@acme.example\n', grant(SUPPORT)),
    });
    expect((await adoptAfter(previous, { [PRODUCTION]: { 'ada.old@acme.example': 'member' } })).refused).toEqual([
      'ada.old@acme.example: this is a previous address of ada@acme.example',
    ]);
    const [change] = (await planDrift(files, { [PRODUCTION]: deleted })).changes;
    if (change === undefined) throw new Error('the plan found nothing');
    expect((await adoptChanges(files, [change, change])).refused).toEqual(['bob@acme.example: another difference asks for something else']);
  });

  test('a file in a style that cannot be edited by itself is told, and the others are edited', async () => {
    const odd = companyWith({
      'teams/odd.yaml': `? members\n: - ada@acme.example\n  - bob@acme.example\n? grants\n: - { account: ${PRODUCTION}, role: member, reason: Needs it }\n`,
      'teams/plain.yaml': team('  - cleo@acme.example\n  - dan@acme.example\n', grant(SUPPORT)),
    });
    const told = await adoptAfter(odd, { [PRODUCTION]: { 'ada@acme.example': null }, [SUPPORT]: { 'dan@acme.example': null } });
    expect(Object.keys(told.written)).toEqual(['teams/plain.yaml']);
    expect(told.refused).toEqual(['ada@acme.example: teams/odd.yaml is written in a way that cannot be edited by itself; edit it by hand']);
  });

  test('anything, when the policies are invalid', async () => {
    const { changes } = await planDrift(files, { [PRODUCTION]: deleted });
    const told = await adoptChanges({ ...files, 'teams/broken.yaml': 'members: 1\n' }, changes);
    expect(told.written).toEqual({});
    expect(told.refused).toEqual(['bob@acme.example: the policies are invalid']);
  });

  test('anything, when the policies would be invalid afterwards', async () => {
    const names = Array.from({ length: 4_100 }, (_, nth) => [`p${nth}@elsewhere.example`, 'member']);
    const told = await adoptAfter(files, { [PRODUCTION]: Object.fromEntries(names) });
    expect(told.written).toEqual({});
    expect(told.refused[0]).toMatch(
      /^p0@elsewhere.example: the policies would be invalid \(policies\/people\/adopted-telnyx-production.yaml: /,
    );
  });

  test('nothing to adopt edits nothing', async () => {
    expect((await adoptAfter(files, {})).adoption).toEqual({ files: new Map(), edited: [], adopted: [], refused: [] });
  });
});
