import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TelnyxFault } from '../../src/emulator/parse-telnyx-fault.ts';
import { whoMayGo } from './support/fewest-windows.ts';
import { type Company, crowd, type Limits, openCompany } from './support/open-company.ts';

/** A little more than an hour: what a lost answer costs in waiting is no part of the next window. */
const BETWEEN_RUNS_MS = 70 * 60_000;
/** Of quiet weather, and nothing more to send. */
const ENOUGH_RUNS = 4;

const ON_POST: readonly TelnyxFault[] = [
  ...[408, 500, 502, 503, 504].flatMap((status): TelnyxFault[] => [
    { kind: 'status', status, when: 'before' },
    { kind: 'status', status, when: 'after' },
  ]),
  { kind: 'timeout', when: 'before' },
  { kind: 'timeout', when: 'after' },
  { kind: 'html', when: 'before' },
  { kind: 'html', when: 'after' },
  ...(
    ['reset_before', 'reset_after', 'cut_body', 'bad_json', 'wrong_shape', 'not_applied', 'refused', 'oversized', 'redirect'] as const
  ).map((kind): TelnyxFault => ({ kind })),
  { kind: 'drip', ms: 10_000 },
];
const ON_LIST = (
  [
    'reset_before',
    'cut_body',
    'empty_page',
    'empty_list',
    'short_page',
    'duplicate_row',
    'total_changes',
    'repeat_page',
    'bad_json',
  ] as const
).map((kind): TelnyxFault => ({ kind }));

interface Story {
  readonly count: number;
  readonly limits: Limits;
  readonly elsewhere: ReadonlySet<string>;
  readonly never: ReadonlySet<string>;
  /** In how many runs' time each person accepts, by turns. */
  readonly patience: readonly number[];
  readonly faults: readonly TelnyxFault[];
  /** In each run, how many somebody else invites in the portal before it, and whether they take the last ones back. */
  readonly others: readonly { readonly invites: number; readonly revoke: boolean }[];
  readonly switches: { readonly limit_status: 422 | 429; readonly unique_email: boolean; readonly rate_limit_headers: boolean };
}

const some = (most: number) =>
  fc.uniqueArray(fc.nat({ max: 39 }), { maxLength: most }).map((places) => new Set(places.map((place) => crowd(40)[place] ?? '')));
const postFaults = fc.array(fc.record({ fault: fc.constantFrom(...ON_POST), after: fc.nat(6) }), { maxLength: 8 }).map((drawn) => {
  // Never two of four in a row, or the account stops as one that fails.
  let nth = 0;
  return drawn.map(({ fault, after }): TelnyxFault => {
    nth += 4 + after;
    return { ...fault, match: { method: 'POST', nth } };
  });
});
const listFaults = fc
  // A list that says twice, an hour apart, that nobody is there is believed.
  .uniqueArray(fc.record({ fault: fc.constantFrom(...ON_LIST), nth: fc.integer({ min: 1, max: 40 }) }), {
    maxLength: 5,
    selector: ({ fault }) => fault.kind,
  })
  .map((drawn) => drawn.map(({ fault, nth }): TelnyxFault => ({ ...fault, match: { method: 'GET', path: '/v2/sub_users?', nth } })));
const limited = fc
  .record({ perHour: fc.integer({ min: 1, max: 20 }), open: fc.integer({ min: 1, max: 20 }), windows: fc.integer({ min: 1, max: 4 }) })
  .chain(({ windows, ...limits }) =>
    fc.record({
      limits: fc.constant(limits),
      count: fc.integer({ min: 1, max: Math.min(40, windows * Math.min(limits.perHour, limits.open)) }),
    }),
  );
const stories: fc.Arbitrary<Story> = limited.chain(({ limits, count }) =>
  fc.record({
    count: fc.constant(count),
    limits: fc.constant(limits),
    elsewhere: some(6),
    never: some(5),
    patience: fc.array(fc.nat(3), { minLength: 1, maxLength: 5 }),
    faults: fc.tuple(postFaults, listFaults).map((both) => both.flat()),
    others: fc.oneof(fc.constant([]), fc.array(fc.record({ invites: fc.nat(6), revoke: fc.boolean() }), { maxLength: 6 })),
    switches: fc.record({
      limit_status: fc.constantFrom<422 | 429>(422, 429),
      unique_email: fc.boolean(),
      rate_limit_headers: fc.boolean(),
    }),
  }),
);

test('law: no limit is broken and nobody is invited twice, and a run in quiet weather sends all that may go, in order', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async (drawn) => {
      const story = believable(drawn);
      const people = crowd(story.count);
      const company = openCompany({ ...story, people, elsewhere: [...story.elsewhere] });
      const invitedAt = new Map<string, number>();
      for (let run = 0, calm = 0; calm < ENOUGH_RUNS && run < 120; run += 1) {
        accept(company, story, run, invitedAt);
        const { tried, expected } = await runOnce(company, story, run);
        expect(tried).toEqual(expected ?? tried);
        expect(company.broken).toEqual([]);
        for (const person of company.who('invited')) if (!invitedAt.has(person)) invitedAt.set(person, run);
        calm = run > story.others.length && tried.length === 0 ? calm + 1 : 0;
        company.advance(BETWEEN_RUNS_MS);
      }
      company.vendor.faults.clear();
      const { exit } = await company.run('apply', '--yes');
      const { missing, waiting } = whoIsLeft(company, people);
      expect(exit).toBe(missing.length > 0 ? 10 : 0);
      if (company.who('invited').length < story.limits.open) expect(waiting).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

/** What one run tried; and what it had to try, where the weather lets anybody tell. */
async function runOnce(company: Company, story: Story, run: number) {
  const isAlone = actInPortal(company, story, run);
  const armed = company.vendor.faults.pending().length;
  const { waiting } = whoIsLeft(company, crowd(story.count));
  const expected = whoMayGo(company, waiting, story.limits);
  const before = company.posts.length;
  await company.run('apply', '--yes');
  const isQuiet = isAlone && company.vendor.faults.pending().length === armed;
  const isClear = company.posts.every((post) => post.refused !== 'in_no_words');
  return { tried: company.posts.slice(before).map((post) => post.person), expected: isQuiet && isClear ? expected : null };
}

/** Of people of whom no read ever told, a list that says that nobody is there is as good as true. */
function believable(story: Story): Story {
  return story.others.some(({ invites }) => invites > 0)
    ? { ...story, faults: story.faults.filter(({ kind }) => kind !== 'empty_list') }
    : story;
}

function whoIsLeft(company: Company, people: readonly string[]) {
  const there = new Set([...company.who('invited'), ...company.who('active')]);
  const refused = new Set(company.posts.flatMap((post) => (post.refused === null ? [] : [post.person])));
  const missing = people.filter((person) => !there.has(person));
  return { missing, waiting: missing.filter((person) => !refused.has(person)) };
}

function accept(company: Company, { never, patience }: Story, run: number, invitedAt: ReadonlyMap<string, number>): void {
  for (const [index, person] of company.who('invited').entries()) {
    const since = invitedAt.get(person);
    if (since !== undefined && !never.has(person) && run - since >= (patience[index % patience.length] ?? 0)) company.accept(person);
  }
}

/** False when somebody else uses up the limits in a way that no read shows, now or within the hour. */
function actInPortal({ vendor }: Company, { others }: Story, run: number): boolean {
  const portal = vendor.portal();
  const { invites = 0, revoke = false } = others[run] ?? {};
  const names = Array.from({ length: invites }, (_, index) => `other-${run}-${index}@elsewhere.example`);
  for (const name of names) portal.inviteByPortal(name, 'member', 'Other');
  if (revoke) for (const name of names) portal.revoke(name);
  if (run === others.length) {
    for (const user of vendor.state().users) if (user.email.startsWith('other-')) portal.accept(user.email);
  }
  return invites === 0;
}
