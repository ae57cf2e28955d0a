import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { LivePrincipal, Status } from '../../../src/model.ts';
import { editYaml } from '../../../src/policy/edit/edit-yaml.ts';
import { findTeams } from '../../../src/policy/import/find-teams.ts';
import { keyOfWord } from '../../../src/policy/import/find-words.ts';
import { compareText } from '../../../src/text/digest.ts';
import { style, writeInStyle } from '../edit/team-styles.ts';
import { ACCOUNTS, importInto, type Live, person, type Told } from './import-for-tests.ts';

const NAMES = fc.oneof(
  fc.constantFrom('', 'Ada Lovelace', ' Grace ', 'null', 'Zoë: #1', '- x', '\u202Eevil', 'tab\there', 'a'.repeat(101), '日本 語'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const LOCALS = ['ada', 'bob.stone', 'cleo', 'dan', 'eve+x', '007', 'null', 'jean-luc.picard', 'x_y', 'yes', 'm', 'no.one.here'];
const DOMAINS = ['acme.example', 'acme.example', 'acme.example', 'eng.acme.example', 'acme.co.example', 'agency.example'];
const ADDRESS = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(fc.constantFrom(...LOCALS), fc.constantFrom(...DOMAINS)).map((parts) => parts.join('@')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'root@acme.example',
      '_odd@acme.example',
      'not-an-address',
      'key0123456789abcdef0123456789abcdef01@acme.example',
    ),
  },
);
const STATUS: fc.Arbitrary<Status> = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Status>('active') },
  { weight: 3, arbitrary: fc.constant<Status>('invited') },
  { weight: 1, arbitrary: fc.constantFrom<Status>('inactive', 'suspended', 'disabled', 'blocked', 'unknown') },
);
const SINCE = fc.constantFrom(null, '2026-11-21T10:00:00.000Z', '2026-10-01T10:00:00.000Z');
const REMARKS = fc.constantFrom(
  undefined,
  undefined,
  ['never signed in'],
  ['bypasses single sign-on'],
  ['last signed in 2026-01-02'],
  ['said \u202E "odd"'],
);
const NOTE = fc.oneof({ weight: 15, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: fc.constant('an identity outside SCIM') });

const GROUPS = fc.constantFrom('billing', 'Org admins', 'Voice: EU #1', '群組', 'null', 'x'.repeat(101), 'odd\u0007');
const HOLDS: Readonly<Record<string, fc.Arbitrary<readonly string[]>>> = {
  'telnyx-production': fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(['admin'], ['member'], ['member']) },
    { weight: 1, arbitrary: fc.constantFrom(['owner'], ['auditor']) },
  ),
  'telnyx-support': fc.uniqueArray(GROUPS, { maxLength: 3 }).map((groups) => ['member', ...groups.map((group) => `group:${group}`)]),
  'twilio-labs': fc.oneof(
    { weight: 3, arbitrary: fc.uniqueArray(fc.constantFrom('developer', 'billing_manager', 'support'), { minLength: 1 }) },
    { weight: 1, arbitrary: fc.constantFrom(['administrator'], ['administrator', 'support'], []) },
  ),
  'twilio-main': fc.oneof(
    {
      weight: 4,
      arbitrary: fc.uniqueArray(fc.constantFrom('developer', 'support', 'Studio Viewer', 'Flex Admin', 'Developer', 'x y'), {
        minLength: 1,
      }),
    },
    { weight: 1, arbitrary: fc.constant(['administrator']) },
  ),
};

function crowd(account: string): fc.Arbitrary<readonly LivePrincipal[]> {
  const one = fc
    .record({
      address: ADDRESS,
      holds: HOLDS[account] ?? fc.constant([]),
      status: STATUS,
      name: NAMES,
      since: SINCE,
      remarks: REMARKS,
      note: NOTE,
      id: fc.nat(9999),
    })
    .map(({ address, holds, status, name, since, remarks, note, id }) =>
      person(address, holds, {
        principal_id: `${address}-${id}`,
        status,
        name,
        since,
        ...(remarks === undefined ? {} : { remarks }),
        ...(note === undefined ? {} : { note }),
      }),
    );
  // Mostly each address once; now and then the vendor lists one twice.
  return fc.oneof(
    { weight: 6, arbitrary: fc.uniqueArray(one, { selector: ({ principal }) => principal, maxLength: 14 }) },
    { weight: 1, arbitrary: fc.array(one, { maxLength: 10 }) },
  );
}

const COMPANY: fc.Arbitrary<Live> = fc
  .record(Object.fromEntries(Object.keys(HOLDS).map((account) => [account, crowd(account)])), { requiredKeys: [] })
  .map((live) => Object.fromEntries(Object.entries(live).filter(([, people]) => people !== undefined)) as Live);

/** Names that accounts hold people to, or not. */
const SETTINGS = fc.subarray(['accounts/telnyx-production.yaml', 'accounts/twilio-main.yaml'] as const).map((enforcing) => ({
  ...ACCOUNTS,
  ...Object.fromEntries(enforcing.map((path) => [path, `${ACCOUNTS[path]}names: enforce\n`])),
}));

function expectLawful({ left, findings, plan }: Told, owners: readonly string[]): void {
  expect(left).toEqual(owners.map((account) => `${account} patch root@acme.example`));
  expect(findings.filter((one) => one.startsWith('error'))).toEqual([]);
  expect(findings).not.toContain('warning superfluous-grant');
  expect(plan.verdict).not.toBe('incomplete');
}

/** Accounts that list the declared owner as an ordinary user: the one thing that no policy can mend. */
function ownersIn(live: Live): string[] {
  return Object.entries(live)
    .filter(([, people]) => {
      const rows = people.filter(({ principal }) => principal === 'root@acme.example');
      const [only] = rows;
      const isPlain = only !== undefined && only.note === undefined && (only.status === 'active' || only.status === 'invited');
      return rows.length === 1 && isPlain && isKnown(only);
    })
    .map(([account]) => account)
    .toSorted(compareText);
}

function isKnown({ roles, groups }: LivePrincipal): boolean {
  return roles.length + groups.length > 0 && !roles.some((role) => ['owner', 'auditor'].includes(role));
}

test('whatever accounts hold, the plan right after the first import is empty, and a second import edits nothing', async () => {
  let people = 0;
  await fc.assert(
    fc.asyncProperty(COMPANY, SETTINGS, async (live, files) => {
      const first = await importInto(files, live);
      people += first.imported.people.length;
      expectLawful(first, ownersIn(live));
      expect((await importInto(first.files, live)).written).toEqual({});
    }),
    { numRuns: 700, seed: 5 },
  );
  expect(people).toBeGreaterThan(3000);
});

test('the order in which accounts and people come makes no difference to a byte', async () => {
  await fc.assert(
    fc.asyncProperty(COMPANY, async (live) => {
      const backwards = Object.fromEntries(
        Object.entries(live)
          .toReversed()
          .map(([account, people]) => [account, people.toReversed()]),
      );
      const shuffled = Object.fromEntries(Object.entries(ACCOUNTS).toReversed());
      expect((await importInto(shuffled, backwards)).written).toEqual((await importInto(ACCOUNTS, live)).written);
    }),
    { numRuns: 100, seed: 6 },
  );
});

test('a later import follows the accounts: what is left of the plan are wishes that nobody fulfilled and what policy cannot say', async () => {
  await fc.assert(
    fc.asyncProperty(COMPANY, COMPANY, async (live, later) => {
      const first = await importInto(ACCOUNTS, live);
      const then = await importInto(first.files, later);
      expect(then.findings.filter((one) => one.startsWith('error'))).toEqual([]);
      const excused = new Set([
        ...then.imported.leftOut.map(({ account, principal }) => `${account} ${principal}`),
        ...ownersIn(later).map((account) => `${account} root@acme.example`),
      ]);
      const surprises = then.plan.changes.filter(({ account, principal, action }) => {
        const isThere = later[account]?.some((one) => one.principal === principal) === true;
        return !excused.has(`${account} ${principal}`) && (isThere || action !== 'invite');
      });
      expect(surprises.map(({ account, principal, action }) => `${account} ${action} ${principal}`)).toEqual([]);
      expect((await importInto(then.files, later)).written).toEqual({});
    }),
    { numRuns: 120, seed: 7 },
  );
});

const WORDS = fc.uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('admin', 'member', 'x', 'y')), {
  selector: (word) => word.join(),
  minLength: 1,
  maxLength: 6,
});

test('teams give everybody exactly what they hold, nothing twice, and are no more than there are kinds of access', () => {
  fc.assert(
    fc.property(fc.array(WORDS, { maxLength: 40 }), (everybody) => {
      const held = new Map(
        everybody.map((words, at) => [`p${at}@acme.example`, words.map(([account, role]) => ({ account, role, group: null }))] as const),
      );
      const teams = findTeams(held);
      for (const [principal, words] of held) {
        const given = teams.filter(({ members }) => members.includes(principal)).flatMap((team) => team.words.map(keyOfWord));
        expect(given.toSorted()).toEqual(words.map(keyOfWord).toSorted());
      }
      const kinds = [...held.values()].map((words) => words.map(keyOfWord).toSorted().join());
      const shared = new Set(kinds.filter((kind, at) => kinds.indexOf(kind) !== at));
      const pairs = new Set([...held.values()].flat().map(keyOfWord));
      expect(teams.length).toBeLessThanOrEqual(new Set(kinds).size);
      expect(teams.length).toBeLessThanOrEqual(pairs.size + shared.size);
    }),
    { numRuns: 1000, seed: 8 },
  );
});

const MEMBERS = fc.uniqueArray(
  fc.constantFrom('ada', 'bob', 'cleo', 'dan').map((name) => `${name}@acme.example`),
  { maxLength: 4 },
);

test('whoever joins a team leaves every other byte of its file as it was, in whatever style it is written', async () => {
  await fc.assert(
    fc.asyncProperty(
      MEMBERS,
      fc.uniqueArray(fc.constantFrom('eve@acme.example', '007@acme.example'), { minLength: 1 }),
      style,
      async (members, joiners, how) => {
        const old = writeInStyle(
          members.map((email) => ({ email, until: null })),
          [{ account: 'a', role: 'member', until: null }],
          how,
        );
        const items = joiners.map((value) => ({ value, notes: [] }));
        const edited = await editYaml(old, [{ kind: 'add', list: 'members', items }]);
        const read: (string | { email: string })[] = parse(edited?.text ?? '').members;
        expect(read.map((member) => (typeof member === 'string' ? member : member.email))).toEqual([...members, ...joiners]);
        expect(isSubsequence(old, edited?.text ?? '')).toBe(true);
      },
    ),
    { numRuns: 400, seed: 9 },
  );
});

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const character of whole) if (character === part[at]) at += 1;
  return at === part.length;
}
