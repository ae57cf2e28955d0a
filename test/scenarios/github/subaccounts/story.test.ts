import { afterEach, expect, test } from 'vitest';
import { nameSubaccount } from '../../../../src/plan/fan-out.ts';
import type { Http } from '../../../../src/ports.ts';
import { kindsCompany, MAIN, organizationSeed } from '../../kinds/support/kinds-company.ts';
import type { Policies } from '../../support/company.ts';
import { createOffice, type Ended, type Office } from '../support/create-office.ts';

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

const OTHER = kindsCompany({ 'twilio-other': { kind: 'console' } })['accounts/twilio-other.yaml'] ?? '';
const SWITCHED_OFF = changed(company(DEVELOPERS, 'subaccounts: none\n'));
/** Without any account there would be no policy at all. */
const REMOVED = {
  ...Object.fromEntries(Object.keys(company()).flatMap((path) => (path.startsWith('people/') ? [] : [[path, null]]))),
  'accounts/twilio-other.yaml': OTHER,
};

test.each([
  ['switched off', SWITCHED_OFF, 4],
  ['removed', REMOVED, 4],
] as const)('a fan-out that is %s by a push goes on being watched', async (_, change, exit) => {
  await begin();
  await office.pushToMain('mallory', change);
  office.judgeBy(company());
  const pushed = await office.apply();
  expect(pushed.exit, pushed.stdout + pushed.stderr).toBe(exit);
  expect(await released()).toEqual([]);
  office.hours(1);
  office.twilio.portal(EAST).giveRole('fay@acme.example', 'administrator', 'bob@acme.example');
  const night = await office.drift();
  expect(office.writes(), night.stdout + night.stderr).toContain(`take fay administrator in ${EAST_NAME}`);
  expect(office.issue(`twilio-main, subaccount ${EAST}`)?.body).toContain('fay@acme.example');
});

test.each([
  ['switched off', SWITCHED_OFF, 0, [EAST_NAME, WEST_NAME]],
  ['removed', REMOVED, 8, [MAIN, EAST_NAME, WEST_NAME]],
] as const)('a fan-out that is %s by a pull request that people approve is watched no more, once', async (name, change, exit, left) => {
  await begin();
  const pull = await office.propose('ada', 'Fewer accounts', change);
  expect(await office.plan(pull)).toMatchObject({ exit: 0 });
  await expect(office.comment(pull)).toMatchFileSnapshot(`${name.replace(' ', '-')}.md`);
  const ended = await approveAndMerge(pull, 'grace');
  expect(ended.exit, ended.stdout + ended.stderr).toBe(exit);
  expect(await released()).toEqual(left);
  await expect(office.comment(pull)).toMatchFileSnapshot(`${name.replace(' ', '-')}-result.md`);

  office.hours(1);
  office.twilio.portal(EAST).giveRole('fay@acme.example', 'administrator', 'bob@acme.example');
  expect(await office.drift()).toMatchObject({ exit });
  expect(office.writes()).toEqual([]);
  expect(await released()).toEqual(left);
});

test.each([
  ['the account above', { TWILIO_MAIN_CLIENT_ID: undefined, TWILIO_MAIN_CLIENT_SECRET: undefined }, 9],
  ['the list of its subaccounts', { TWILIO_MAIN_ACCOUNT_SID: undefined, TWILIO_MAIN_AUTH_TOKEN: undefined }, 9],
] as const)('a run that cannot read %s ends no supervision', async (_, env, exit) => {
  await begin();
  const pull = await planned('Fay joins', changed(company([...DEVELOPERS, 'fay'])));
  await office.approve(pull, 'grace');
  await office.merge(pull);
  const ended = await office.apply({ env });
  expect(ended.exit, ended.stdout + ended.stderr).toBe(exit);
  expect(ended.stdout + ended.summary).not.toContain('no longer');
  expect(await released()).toEqual([]);
  expect((await office.drift({ env })).exit).toBe(exit);

  const again = await office.apply({ event: 'workflow_dispatch' });
  expect(again, again.stdout + again.stderr).toMatchObject({ exit: 0 });
  expect(office.live(EAST)).toContain('fay developer');
  expect(office.live(WEST)).toContain('fay developer');
});

test('what waits in a new subaccount is held to the approvers of its file, also where they were named only after the plan was made', async () => {
  await begin();
  office.twilio.portal(MAIN).addSubaccount('north');
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(4);
  const takesIn = await planned('Take it in', { 'people/gil.yaml': '- { email: gil@acme.example, name: Gil }\n' });
  await office.approve(takesIn, 'grace');
  const asks = await office.propose(
    'grace',
    'Security approves',
    changed(company(DEVELOPERS, 'subaccounts: all\napprovers: { administrator: ["@acme/security"] }\n')),
  );
  expect(await office.plan(asks)).toMatchObject({ exit: 0 });
  await office.merge(asks);
  await office.merge(takesIn);
  expect((await office.apply()).exit).toBe(4);
  expect(office.live('north')).toEqual(['bob developer', 'cleo developer', 'dan developer', 'eve developer']);
});

test('an approval file of the account above lifts the limit in its subaccounts as in itself', async () => {
  await begin();
  const covered = await planned('Contractors', {
    'approvals/contractors.yaml': 'account: twilio-main\ndeletes: 4\nreason: Programme ended (HR-221)\nexpires: 2026-11-28\n',
  });
  expect(await approveAndMerge(covered, 'grace')).toMatchObject({ exit: 0 });
  const pull = await planned('All developers leave', changed(company([])));
  const ended = await approveAndMerge(pull, 'grace');
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit: 0 });
  expect([MAIN, EAST, WEST].map((account) => office.live(account))).toEqual(Array(3).fill(['ada administrator', 'zoe administrator']));
});

const EAST_FILE = {
  'accounts/twilio-east.yaml':
    kindsCompany({ 'twilio-east': { kind: 'organization', scope: EAST, settings: 'drift: { gained: report }\n' } })[
      'accounts/twilio-east.yaml'
    ] ?? '',
  'teams/east.yaml':
    'members: [ada@acme.example, zoe@acme.example]\ngrants:\n  - { account: twilio-east, role: administrator, reason: Leads }\n',
  'teams/east-developers.yaml': `members: [${DEVELOPERS.map((one) => `${one}@acme.example`).join(', ')}]\ngrants:\n  - { account: twilio-east, role: developer, reason: Builds }\n`,
};
const EAST_KEYS = () => {
  const { clientId, clientSecret } = office.twilio.credentials(MAIN);
  return { TWILIO_EAST_CLIENT_ID: clientId ?? undefined, TWILIO_EAST_CLIENT_SECRET: clientSecret ?? undefined };
};

test('a file of its own that a push brought takes no subaccount out of the fan-out that people agreed to', async () => {
  await begin();
  await office.pushToMain('mallory', EAST_FILE);
  office.judgeBy(company());
  expect((await office.apply({ env: EAST_KEYS() })).exit).toBe(4);
  expect(await released()).toEqual([]);
  office.hours(1);
  office.twilio.portal(EAST).giveRole('fay@acme.example', 'administrator', 'bob@acme.example');
  const night = await office.drift({ env: EAST_KEYS() });
  expect(office.writes(), night.stdout + night.stderr).toEqual([`take fay administrator in ${EAST_NAME}`, 'deactivate fay']);
});

test('a subaccount gets a file of its own by a pull request that people approved, and goes by that', async () => {
  await begin();
  const pull = await office.propose('ada', 'East by itself', EAST_FILE);
  expect(await office.plan(pull)).toMatchObject({ exit: 0 });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  const ended = await office.apply({ env: EAST_KEYS() });
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit: 0 });
  expect(await released()).toEqual([EAST_NAME]);
  expect(office.writes()).toEqual([]);
  expect(await office.drift({ env: EAST_KEYS() })).toMatchObject({ exit: 0 });
});

/** Twilio keeps a closed account in the list for a while. */
const closed = (inner: Http): Http => ({
  ...inner,
  send: async (request) => {
    const reply = await inner.send(request);
    if (reply.kind !== 'reply' || !request.url.includes('/2010-04-01/Accounts.json')) return reply;
    const body = JSON.parse(reply.body) as { readonly accounts: readonly { readonly sid: string }[] };
    return {
      ...reply,
      body: JSON.stringify({ ...body, accounts: body.accounts.map((one) => (one.sid === EAST ? { ...one, status: 'closed' } : one)) }),
    };
  },
});

test('a subaccount that was closed at the vendor is said to be gone, and is not let go of by a list', async () => {
  await begin();
  const ended = await office.apply({ event: 'workflow_dispatch', http: closed });
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit: 0 });
  expect(ended.stdout).toContain('the vendor lists it no longer below its account');
  expect(await released()).toEqual([]);
  expect(await office.drift({ http: closed })).toMatchObject({ exit: 0 });
  expect(office.issue(`twilio-main, subaccount ${EAST}`)).toBeNull();
});
