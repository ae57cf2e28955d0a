import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readConsolePages } from '../../src/policy/read-console-pages.ts';

const rowsOf = (text: string) => readConsolePages(text).rows.map(({ email, roles, status }) => `${email} ${roles.join('+')} ${status}`);
const problemsOf = (text: string) => readConsolePages(text).problems.map(({ line, why }) => `${line}: ${why}`);

const EXPECTED = [
  'ada@acme.example developer+support active',
  'grace@acme.example billing_manager pending',
  'root@acme.example owner active',
];

/** The same three people as different Consoles and browsers hand them to the clipboard. */
const PAGES: Readonly<Record<string, string>> = {
  'tables by tabs with headers': `Users
Name\tEmail\tRole\tLast login\tActions
Root\troot@acme.example\tOwner\t2026-11-20\t
Ada Lovelace\tAda@acme.example\tDeveloper, Support\tNever\tEdit

Invited
Email\tRoles\tInvited by\tExpires\tActions
grace@acme.example\tBilling Manager\tada@acme.example\tNov 30, 2026\tResend Invite
`,
  'tables by tabs with the columns in another order': `Users
Email\tUser name\tTwo-factor\tRoles
root@acme.example\tRoot\tOn\tOwner
ada@acme.example\tAda Lovelace\tOff\tSupport, Developer
Invited users
Role\tStatus\tEmail address
Billing Manager\tPending\tgrace@acme.example
`,
  'tables by tabs without headers': `Users
Root\troot@acme.example\tOwner
Ada Lovelace\tada@acme.example\tDeveloper, Support\tEdit
Invited
grace@acme.example\tBilling Manager\t2 days ago\tResend Invite
`,
  'tables by spaces': `Users
Name            Email               Role
Root            root@acme.example   Owner
Ada Lovelace    ada@acme.example    Developer and Support
Invited users
Email                 Role              Status
grace@acme.example    Billing Manager   Pending
`,
  'one space between everything': `Users
Root root@acme.example Owner Active
Ada Lovelace ada@acme.example Developer, Support Active
Invited
grace@acme.example Billing Manager Pending 2026-11-19
`,
  CSV: `Name,Email,Roles,Status
Root,root@acme.example,Owner,Active
"Lovelace, Ada",ada@acme.example,"Developer, Support",Active
,grace@acme.example,Billing Manager,Pending
`,
  'CSV without a header': `Root,root@acme.example,Owner,Active
"Lovelace, Ada",ada@acme.example,"Developer, Support",Active
Grace Hopper,grace@acme.example,Billing Manager,Pending
`,
  'one field a line': `Manage users
Users
Name
Email
Role
Root
root@acme.example
Owner

Ada Lovelace
ada@acme.example

Developer
Support
Edit
Invited
Email
grace@acme.example
Billing Manager
Resend Invite
`,
  'addresses in parentheses and a table in Markdown': `Users
| Name | Role |
|---|---|
| Root (root@acme.example) | Owner | SMS |
| Ada Lovelace (ada@acme.example) | Support, Developer | Off |
Invited
grace@acme.example (Billing Manager)
`,
  'a status in each row and the address first': `ada@acme.example\tAda Lovelace\tSupport\tActive
ada@acme.example\tAda Lovelace\tDeveloper\tActive
root@acme.example\tRoot\tAccount Owner\tActive
grace@acme.example\tGrace Hopper\tBilling Manager\tInvited
`,
  'addresses in angle brackets, with CRLF, a byte order mark and fixed spaces':
    '\ufeffUsers (2)\r\nRoot\u00a0<root@acme.example>\u00a0\u00a0Owner\r\nAda Lovelace <ada@acme.example>  Developer  Support\r\nInvited (1)\r\ngrace@acme.example  Billing Manager\r\n',
};

describe('the pages of the Console are understood as', () => {
  test.each(Object.entries(PAGES))('%s', (_what, text) => {
    expect(problemsOf(text)).toEqual([]);
    expect(rowsOf(text)).toEqual(EXPECTED);
  });

  test("a product's role under a header, and beside it a general one", () => {
    expect(rowsOf('Email\tRoles\nada@acme.example\tDeveloper, Studio Viewer\n')).toEqual([
      'ada@acme.example Studio Viewer+developer active',
    ]);
  });

  test('nobody at all', () => {
    expect(readConsolePages('Users\nInvited\n')).toEqual({ rows: [], problems: [], notes: [] });
  });
});

describe('what was not needed is shown, and harms nothing:', () => {
  test('the page around a table', () => {
    const pages = readConsolePages('Twilio Labs\nUsers\nRoot\troot@acme.example\tOwner\n\nDocs and more\n');
    expect(pages.problems).toEqual([]);
    expect(pages.notes.map(({ line, text }) => `${line} ${text}`)).toEqual(['1 Twilio Labs', '5 Docs and more']);
  });

  test('an invitation that has expired is open to be resent', () => {
    const { rows, notes } = readConsolePages('grace@acme.example\tSupport\tExpired\n');
    expect(rows[0]).toMatchObject({ status: 'pending' });
    expect(notes[0]?.why).toBe('the invitation has expired; resend it from the invited page');
  });

  test('rows without any heading are taken as the users page, and that is said', () => {
    const { rows, notes } = readConsolePages('root@acme.example\tOwner\nada@acme.example\tSupport\n');
    expect(rows.map(({ status }) => status)).toEqual(['active', 'active']);
    expect(notes.map(({ why }) => why)).toEqual(['taken as the users page, since no line `Users` or `Invited` stands before it']);
  });
});

describe('what could hide somebody, or something they hold, is a problem:', () => {
  test.each<[string, string, string[]]>([
    ['an address without a role', 'Users\nada@acme.example\n', ['2: no role stands beside the address']],
    ['a role that nobody knows', 'Users\nada@acme.example\tDeputy\n', ['2: no role stands beside the address']],
    [
      'a role that nobody knows beside one that is known',
      'Users\nada@acme.example\tDeveloper\tDeputy\n',
      ['2: "Deputy" is no role or status that rollcall knows'],
    ],
    [
      "a product's role without a header",
      'Users\nada@acme.example\tStudio Viewer\tDeveloper\n',
      ['2: "Studio Viewer" is no role or status that rollcall knows'],
    ],
    [
      'a line between two people that may be a role',
      'Users\nAda\nada@acme.example\nDeveloper\nStudio Viewer\nGrace\ngrace@acme.example\nSupport\n',
      ['5: "Studio Viewer" is no role, status or name that belongs to anybody'],
    ],
    [
      'the same without names',
      'Users\nada@acme.example\nDeveloper\nSomething Else\ngrace@acme.example\nSupport\n',
      ['4: "Something Else" is no role, status or name that belongs to anybody'],
    ],
    [
      'a status that the Console did not have when this was written',
      'Email\tRole\tStatus\nada@acme.example\tDeveloper\tFrozen\n',
      ['2: "Frozen" is no role or status that rollcall knows'],
    ],
    ['two addresses in one row', 'Users\nada@acme.example  grace@acme.example  Support\n', ['2: more than one address']],
    ['no whole address', 'Users\nada@acme  Support\n', ['2: this is no address that an account can have']],
    ['an address in other letters', 'Users\n\u0430da@acme.example  Support\n', ['2: the address runs into something else']],
    ['an address with an invisible end', 'Users\nada@acme.example\u200b  Support\n', ['2: the address runs into something else']],
    [
      'tabs that do not say which page it is',
      'Users\nInvited\nada@acme.example\tSupport\n',
      ['3: users or invited? Both tabs stand above it: keep only the line `Users` or `Invited` that the page is'],
    ],
    ['fewer rows than the heading says', 'Users (3)\nada@acme.example\tSupport\n', ['1: the page has 3 rows and 1 of them were found']],
    ['one of several pages', 'Users\nada@acme.example\tSupport\nShowing 1-1 of 14\n', ['3: the page has 14 rows and 1 of them were found']],
    [
      'somebody on both pages',
      'Users\nada@acme.example\tSupport\nInvited\nada@acme.example\tSupport\n',
      ['4: line 2 says active and this one pending'],
    ],
    ['a line without end', `Users\n${'x'.repeat(1000)}@acme.example\n`, ['2: longer than 1000 characters']],
  ])('%s', (_what, text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });
});

describe('people choose their names, and', () => {
  /** One field a line with names above the addresses, the last but one of them Mallory's. */
  const people = (name: string, ...rest: readonly string[]) =>
    ['Users', 'Ada Lovelace', 'ada@acme.example', 'Developer', name, 'mallory@acme.example', 'Administrator', ...rest].join('\n');
  const ZOE = ['Zoe Ng', 'zoe@acme.example', 'Support'];

  test('an ordinary one is no problem', () => {
    expect(problemsOf(people('Mallory', ...ZOE))).toEqual([]);
  });

  test.each(['Administrator', 'Developer, Support', 'Owner', 'Active'])(
    'one that reads like a role or a status (%s) says nothing of the person above',
    (name) => {
      expect(problemsOf(people(name, ...ZOE))).toEqual([
        `5: "${name}" may be a role or status of the person above, or the name of the one below: delete the line if it is a name`,
      ]);
    },
  );

  test.each(['Invited Users', 'Pending', 'Users', 'Invited (1)', '3 users'])(
    'one that reads like a heading (%s) says nothing of those below, whoever follows',
    (name) => {
      for (const rest of [[], ZOE]) {
        expect(problemsOf(people(name, ...rest))).toContain(
          `5: "${name}" may be a heading, or the name of the person below: delete the line if it is a name, and put a line \`Email\` after it if it is none`,
        );
      }
    },
  );

  test('one above a row of a table reads no better', () => {
    const rows = ['Users', 'ada@acme.example\tDeveloper', 'Administrator', 'mallory@acme.example\tSupport'];
    expect(problemsOf(rows.join('\n'))).toEqual([expect.stringContaining('3: "Administrator" may be a role or status')]);
  });

  test('a page without names is read as before, also after one with names', () => {
    const invited = ['Invited', 'Email', 'eve@acme.example', 'Support', 'zoe@acme.example', 'Billing Manager'];
    const text = [people('Mallory'), ...invited].join('\n');
    expect(problemsOf(text)).toEqual([]);
    expect(rowsOf(text)).toEqual([
      'ada@acme.example developer active',
      'eve@acme.example support pending',
      'mallory@acme.example administrator active',
      'zoe@acme.example billing_manager pending',
    ]);
  });

  test('a row of a table that a blank line ends may be wrapped', () => {
    const rows = ['Users', 'ada@acme.example\tDeveloper,', 'Support', '', 'root@acme.example\tOwner'];
    expect(problemsOf(rows.join('\n'))).toEqual([]);
  });
});

describe('whatever is pasted,', () => {
  const address = fc.constantFrom('ada@acme.example', 'Grace@acme.example', 'eve@acme', 'x@y@acme.example', '@', 'bob+ivr@acme.example');
  const word = fc.constantFrom(
    'Developer',
    'Support',
    'Owner',
    'Studio Viewer',
    'Active',
    'Pending',
    'Ada Lovelace',
    'Users',
    'Invited',
    'Edit',
    '',
  );
  const header = fc.constantFrom('Name', 'Email', 'Role', 'Status', 'Invited by');
  const separator = fc.constantFrom('\t', '  ', ' ', ',', '\n', '');
  const cell = fc.oneof({ weight: 3, arbitrary: word }, { weight: 2, arbitrary: address }, header, fc.string({ maxLength: 6 }));
  const page = fc.array(fc.tuple(cell, separator), { maxLength: 25 }).map((cells) => cells.map(([text, after]) => text + after).join(''));

  test.each([',ada@acme.example,Email,', '"Name" ada@acme.example,Email'])(
    'no cell of a line of commas is lost, also where the first is empty or has more than its quotes: %j',
    (text) => {
      const { rows, problems } = readConsolePages(text);
      expect(rows.length + problems.length).toBeGreaterThan(0);
    },
  );

  test('a line with an address is a row, or it is said what is wrong with it', () => {
    fc.assert(
      fc.property(page, (text) => {
        const { rows, problems } = readConsolePages(text);
        const found = text.split(/\r\n?|\n/).flatMap((line, index) => (line.includes('@') ? [{ line, number: index + 1 }] : []));
        return found.every(
          ({ line, number }) =>
            problems.some((problem) => problem.line === number) || rows.some(({ email }) => line.toLowerCase().includes(email)),
        );
      }),
      { numRuns: 3000 },
    );
  });

  test('a roster without a problem has a role for everybody, and nobody twice', () => {
    fc.assert(
      fc.property(page, (text) => {
        const { rows, problems } = readConsolePages(text);
        return (
          problems.length > 0 ||
          (rows.every(({ roles }) => roles.length > 0) && new Set(rows.map(({ email }) => email)).size === rows.length)
        );
      }),
      { numRuns: 3000 },
    );
  });
});
