import { describe, expect, test } from 'vitest';
import { roster } from '../../src/commands/roster.ts';
import { createRun } from '../../src/commands/run-context.ts';
import type { World } from '../../src/ports.ts';
import { COMPANY, KEY } from '../policy/four-kinds.ts';
import { memorySource } from '../policy/memory-source.ts';
import { openCommandWorld } from './keygen-world.ts';

const FILE = 'policies/rosters/twilio-labs.yaml';
const PAGES = `Twilio Labs
Users
Name\tEmail\tRole
Root\troot@acme.example\tOwner
Ada Lovelace\tAda@acme.example\tDeveloper, Support

Invited
Email\tRole\tInvited by
grace@acme.example\tBilling Manager\tada@acme.example
`;
const ROWS = `rows:
  - { email: ada@acme.example, roles: [developer, support], status: active }
  - { email: grace@acme.example, roles: [billing_manager], status: pending }
  - { email: root@acme.example, roles: [owner], status: active }
`;

interface Told {
  readonly exit: number | string;
  readonly out: string;
  readonly log: string;
  readonly policies: Readonly<Record<string, string>>;
}

/** Runs it on the company of four kinds, with so much pasted, on 22 November 2026. */
async function tell(
  pasted: string,
  options: { account?: readonly string[]; by?: string | null; git?: string; policies?: Record<string, string | null>; from?: string } = {},
): Promise<Told> {
  const { account = ['twilio-labs'], by = 'ada@acme.example', git = '', policies = {}, from = null } = options;
  const command = openCommandWorld();
  const outer = command.run();
  const kept = Object.entries({ ...COMPANY, ...policies }).flatMap(([path, text]) => (text === null ? [] : [[path, text] as const]));
  for (const [path, text] of kept) command.files.set(`policies/${path}`, text);
  const world: World = {
    ...outer.world,
    clock: { now: () => Date.parse('2026-11-22T09:00:00Z'), sleep: async () => undefined },
    files: { ...outer.world.files, readText: async () => null, policies: () => memorySource(Object.fromEntries(kept)) },
    git: () => ({ run: async () => ({ code: git === '' ? 1 : 0, stdout: new TextEncoder().encode(git) }) }),
    readInput: async () => pasted,
  };
  const run = createRun(world, { ...outer.flags, account });
  const exit = await roster(run, { from, attestedBy: by }).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  return { exit, out: command.out(), log: command.log(), policies: Object.fromEntries(command.files) };
}

describe('rollcall roster', () => {
  test('turns both pages into the roster of the account, and says what it took from them', async () => {
    const { exit, out, policies } = await tell(PAGES, { policies: { 'rosters/twilio-labs.yaml': null } });
    expect(exit).toBe(0);
    expect(policies[FILE]).toBe(`# yaml-language-server: $schema=../../schemas/roster.schema.json
# Who is in twilio-labs, as the users page and the invited page of its Console show it. \`rollcall roster\` writes it.
attested_by: ada@acme.example
attested_on: 2026-11-22
${ROWS}`);
    expect(out).toBe(`policies/rosters/twilio-labs.yaml: 3 rows, attested by ada@acme.example on 2026-11-22.

  active   ada@acme.example    developer, support
  pending  grace@acme.example  billing_manager
  active   root@acme.example   owner

Beside that was pasted:
  line 1: Twilio Labs
    not needed

Hold it against the Console and have it merged: it stands for a read of twilio-labs for 30 days.
`);
  });

  test('keeps what the roster before it says of keys', async () => {
    const { policies } = await tell(PAGES);
    expect(policies[FILE]?.split('rows:')[1]).toBe(`${ROWS.replace('rows:', '')}rotated:
  - { key: ${KEY}, on: 2026-11-19 }
reviewed:
  - { after: leaver@acme.example, on: 2026-11-18 }
`);
  });

  test('takes whoever commits from here for who attests, and says when the owner is missing', async () => {
    const { exit, policies, out } = await tell('Users\nada@acme.example\tSupport\n', { by: null, git: 'Grace@acme.example\n' });
    expect(exit).toBe(0);
    expect(policies[FILE]).toContain('attested_by: grace@acme.example\n');
    expect(out).toContain('The owner root@acme.example is not among them. Does the users page show another owner?');
  });

  test('writes the name of a product role so that it reads back', async () => {
    const { policies } = await tell('Email\tRoles\tStatus\nada@acme.example\tDeveloper, Studio Viewer\tActive\n');
    expect(policies[FILE]).toContain('roles: [Studio Viewer, developer]');
  });
});

describe('rollcall roster writes nothing', () => {
  const before = COMPANY['rosters/twilio-labs.yaml'];

  test('of pages with a line that could hide somebody, and shows each such line', async () => {
    const { exit, log, out, policies } = await tell(
      'Users\nada@acme.example\tDeveloper\nbob@acme\tSupport\neve@acme.example\t\u001b[31mRoot\tBoss\n',
    );
    expect(exit).toBe(
      '2 lines could hide somebody, or a role of theirs, so this is no whole roster. Nothing was written. Mend what was pasted, or add the page that is missing, and try again.',
    );
    expect(log).toBe(`  line 3: bob@acme  Support
    this is no address that an account can have
  line 4: eve@acme.example  \\u{1b}\\u{5b}31mRoot  Boss
    "Boss" is no role or status that rollcall knows
`);
    expect(out).toBe('');
    expect(policies[FILE]).toBe(before);
  });

  test.each<[string, Parameters<typeof tell>, string]>([
    ['of nothing', [''], 'pages without any row could hide somebody'],
    ['without one account', [PAGES, { account: [] }], 'roster takes one account: --account NAME'],
    ['for an account that no file names', [PAGES, { account: ['twilio-lab'] }], '--account twilio-lab: no policy names this account.'],
    [
      'for an account whose API lists people',
      [PAGES, { account: ['twilio-main'] }],
      '--account twilio-main: it is read through twilio organization, which lists its people itself. A roster is for accounts with api: console',
    ],
    ['when nobody attests it', [PAGES, { by: null }], 'nothing says who attests this. Give --attested-by EMAIL'],
    ['when a stranger does', [PAGES, { by: 'eve@acme.example' }], "eve@acme.example is neither in people/ nor the account's owner."],
    ['of a file that is not there', [PAGES, { from: 'pages.txt' }], 'pages.txt: there is no such file.'],
    ['while the policies are invalid', [PAGES, { policies: { 'teams/a.yaml': 'members: []\n' } }], 'the policies are invalid (1 error).'],
  ])('%s', async (_what, args, expected) => {
    const { exit, policies } = await tell(...args);
    expect(exit).toContain(expected);
    expect(policies[FILE]).toBe(before);
  });
});
