import { afterEach, expect, test } from 'vitest';
import { nameSubaccount } from '../../../../src/plan/fan-out.ts';
import { kindsCompany, MAIN, organizationSeed } from '../../kinds/support/kinds-company.ts';
import type { Policies } from '../../support/company.ts';
import { createOffice, type Ended, type Office } from '../support/create-office.ts';

const ACCOUNT = `accounts/${MAIN}.yaml`;
const EAST = `AC${'e1'.repeat(16)}`;
const WEST = `AC${'e2'.repeat(16)}`;
const EAST_NAME = nameSubaccount(MAIN, { sid: EAST });
const WEST_NAME = nameSubaccount(MAIN, { sid: WEST });

const DEVELOPERS = ['bob', 'cleo', 'dan', 'eve'];

let office: Office;
afterEach(() => office.stop());

function company(developer: readonly string[] = DEVELOPERS, settings = 'subaccounts: all\n', administrator = ['ada', 'zoe']): Policies {
  return kindsCompany({ [MAIN]: { kind: 'organization', grants: { administrator, developer }, settings } }, [...DEVELOPERS, 'fay']);
}

/** What of the company's files is another than at the beginning. */
function changed(policies: Policies, from = company()): Record<string, string | null> {
  const paths = [...new Set([...Object.keys(from), ...Object.keys(policies)])].filter((path) => from[path] !== policies[path]);
  return Object.fromEntries(paths.map((path) => [path, policies[path] ?? null]));
}

/** Everybody has the same role in the account and in both of its subaccounts, as policy wants it. */
async function begin(settings?: string): Promise<void> {
  const everywhere = (role: string) => [role, `${role} in east`, `${role} in west`];
  const people = {
    ada: everywhere('administrator'),
    zoe: everywhere('administrator'),
    ...Object.fromEntries(DEVELOPERS.map((one) => [one, everywhere('developer')])),
    fay: [],
  };
  office = await createOffice({
    policies: company(DEVELOPERS, settings),
    twilio: organizationSeed({
      people,
      accounts: [
        { name: 'east', sid: EAST, parent: MAIN },
        { name: 'west', sid: WEST, parent: MAIN },
      ],
    }),
    teams: { 'acme/security': ['hedy'] },
  });
  const first = await office.begin();
  expect(first, first.stdout + first.stderr).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual([]);
}

async function planned(title: string, changes: Record<string, string | null>): Promise<number> {
  const pull = await office.propose('ada', title, changes);
  const ended = await office.plan(pull);
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit: 0 });
  return pull;
}

async function approveAndMerge(pull: number, ...by: string[]): Promise<Ended> {
  for (const one of by) await office.approve(pull, one);
  await office.merge(pull);
  return office.apply();
}

/** Accounts that the ledger says nobody watches any more. */
async function released(): Promise<string[]> {
  const records = (await office.ledger()).map((line) => JSON.parse(line) as { readonly kind: string; readonly account: string });
  return records.filter(({ kind }) => kind === 'released').map(({ account }) => account);
}

test('one grant reaches the account and every subaccount: each has its own section, and apply makes what was shown', async () => {
  await begin();
  const pull = await planned('Fay joins', changed(company([...DEVELOPERS, 'fay'])));
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');
  const ended = await approveAndMerge(pull, 'grace');
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit: 0 });
  expect(office.writes().toSorted()).toEqual([
    'give fay developer',
    `give fay developer in ${EAST_NAME}`,
    `give fay developer in ${WEST_NAME}`,
  ]);
  await expect(office.comment(pull)).toMatchFileSnapshot('result.md');
});

test('a subaccount that appears between the plan and the merge waits until a pull request has shown it', async () => {
  await begin();
  const pull = await planned('Fay joins', changed(company([...DEVELOPERS, 'fay'])));
  office.twilio.portal(MAIN).addSubaccount('north');
  const ended = await approveAndMerge(pull, 'grace');
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit: 4 });
  expect(office.writes().toSorted()).toEqual([
    'give fay developer',
    `give fay developer in ${EAST_NAME}`,
    `give fay developer in ${WEST_NAME}`,
  ]);
  expect(office.live('north')).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('appeared.md');

  const next = await planned('Take it in', {
    'teams/zoe.yaml':
      '# Reviewed.\nmembers: [zoe@acme.example]\ngrants:\n  - { account: twilio-main, role: administrator, reason: Leads }\n',
  });
  await expect(office.comment(next)).toMatchFileSnapshot('appeared-taken-in.md');
  const taken = await approveAndMerge(next, 'grace');
  expect(taken, taken.stdout + taken.stderr).toMatchObject({ exit: 0 });
  expect(office.live('north')).toEqual([
    'ada administrator',
    'bob developer',
    'cleo developer',
    'dan developer',
    'eve developer',
    'fay developer',
    'zoe administrator',
  ]);
});

test('a pull request that loosens max_deletes does not loosen it for the subaccounts either', async () => {
  await begin();
  const loose = company([], 'subaccounts: all\nguards: { max_deletes: 9 }\n');
  const pull = await office.propose('ada', 'All developers leave', changed(loose));
  expect(await office.plan(pull)).toMatchObject({ exit: 5 });
  await expect(office.comment(pull)).toMatchFileSnapshot('blocked.md');
  expect(await approveAndMerge(pull, 'grace')).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);

  // What came with the merge guards what comes after it, in the subaccounts too.
  const next = await planned('Take it in', {
    'teams/zoe.yaml':
      '# Reviewed.\nmembers: [zoe@acme.example]\ngrants:\n  - { account: twilio-main, role: administrator, reason: Leads }\n',
  });
  const ended = await approveAndMerge(next, 'grace');
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit: 0 });
  expect(office.live(EAST)).toEqual(['ada administrator', 'zoe administrator']);
});

test('who has to approve is asked for the subaccounts as well, also where that was asked for only after the plan was made', async () => {
  await begin();
  const pull = await planned('Fay leads', changed(company(DEVELOPERS, 'subaccounts: all\n', ['ada', 'fay', 'zoe'])));
  await office.approve(pull, 'grace');
  const asks = await office.propose(
    'grace',
    'Security approves',
    changed(company(DEVELOPERS, 'subaccounts: all\napprovers: { administrator: ["@acme/security"] }\n')),
  );
  expect(await office.plan(asks)).toMatchObject({ exit: 0 });
  await office.approve(asks, 'ada');
  await office.merge(asks);
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
});

test.each([
  ['switched off', changed(company(DEVELOPERS, 'subaccounts: none\n'))],
  [
    'removed',
    Object.fromEntries(
      Object.keys(company())
        .map((path) => [path, path.startsWith('people/') ? undefined : null])
        .filter(([, text]) => text !== undefined),
    ) as Record<string, null>,
  ],
])('a fan-out that is %s by a push goes on being watched, and by a pull request that people approve it ends', async (_, change) => {
  await begin();
  const other = kindsCompany({ 'twilio-other': { kind: 'console' } });
  await office.pushToMain('mallory', { ...change, 'accounts/twilio-other.yaml': other['accounts/twilio-other.yaml'] ?? '' });
  const pushed = await office.apply();
  expect(pushed.exit, pushed.stdout + pushed.stderr).toBe(4);
  expect(await released()).toEqual([]);
  office.hours(1);
  office.twilio.portal(EAST).giveRole('fay@acme.example', 'administrator', 'bob@acme.example');
  const night = await office.drift();
  expect(office.writes(), night.stdout + night.stderr).toContain(`take fay administrator in ${EAST_NAME}`);
});
