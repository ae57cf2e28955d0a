import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office, type OfficeOptions } from '../github/support/create-office.ts';
import { company, type Policies, PRODUCTION, peopleFile, SUPPORT, team } from '../support/company.ts';

const IMPORTED = company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } });
const ACCOUNT = `accounts/${PRODUCTION}.yaml`;
/** What `init` leaves on the default branch: accounts and nobody in them. */
const SKELETON: Policies = { [ACCOUNT]: IMPORTED[ACCOUNT] ?? '' };
const PEOPLE = without(IMPORTED, ACCOUNT);
const LIVE = { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] };
const MEMBERS = `teams/${PRODUCTION}-member.yaml`;

let office: Office;
afterEach(() => office.stop());

async function begin(more: Partial<OfficeOptions> = {}): Promise<void> {
  office = await createOffice({ policies: SKELETON, live: LIVE, ...more });
}

/** The second pull request: somebody joins who was nowhere before. */
async function expectCarolToJoin(): Promise<void> {
  const pull = await office.propose('ada', 'Carol joins', {
    [MEMBERS]: team(PRODUCTION, 'member', ['bob', 'carol']),
    'people/everybody.yaml': peopleFile(['ada', 'grace', 'bob', 'carol']),
  });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST carol member']);
}

async function kindsOfRecords(): Promise<string[]> {
  return (await office.ledger()).map((line) => (JSON.parse(line) as { readonly kind: string }).kind);
}

test('the pull request comes first: it is told what to run, and the first drift run observes, begins the supervision and plans it', async () => {
  await begin();
  const pull = await office.propose('ada', 'Import', PEOPLE);
  expect(await office.plan(pull)).toMatchObject({ exit: 8 });
  expect(office.comment(pull)).toContain(
    'Dispatch the drift workflow on the default branch: it observes every account and plans this again',
  );
  const first = await office.drift({ event: 'workflow_dispatch' });
  expect(first).toMatchObject({ exit: 0 });
  await expect(first.stdout).toMatchFileSnapshot('golden/first-drift.txt');
  expect(await kindsOfRecords()).toEqual(['observation', 'baseline', 'accepted']);
  await expect(office.comment(pull)).toMatchFileSnapshot('golden/import-planned.md');
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  await expect(office.comment(pull)).toMatchFileSnapshot('golden/import-applied.md');
  expect(await kindsOfRecords()).toEqual(['observation', 'baseline', 'accepted', 'observation', 'state', 'commit', 'accepted']);
  await expectCarolToJoin();
});

test.each([
  ['the push of the skeleton is applied first', async () => office.apply()],
  ['the first drift run is scheduled and comes first', async () => office.drift()],
  ['apply is dispatched first, as it used to be', async () => office.begin()],
] as const)(
  '%s, then again and again for a day: nothing is refused, nobody is touched, and the import goes the usual way',
  async (_, first) => {
    await begin();
    const began = await first();
    expect(began).toMatchObject({ exit: 0 });
    expect(began.stdout).toContain('`rollcall import` writes who is there into the policies.');
    for (let hour = 0; hour < 24; hour += 8) {
      office.hours(8);
      expect(await office.drift()).toMatchObject({ exit: 0 });
    }
    expect(office.issue()).toBeNull();
    const pull = await office.propose('ada', 'Import', PEOPLE);
    expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '0', verdict: 'empty' } });
    await office.approve(pull, 'grace');
    await office.merge(pull);
    expect(await office.apply()).toMatchObject({ exit: 0 });
    expect(office.writes()).toEqual([]);
    expect(await office.drift()).toMatchObject({ exit: 0 });
    await expectCarolToJoin();
  },
);

test('the import is merged before anything ran: it changes nobody, the comment says how its approval counts, and people join after it', async () => {
  await begin();
  const pull = await office.propose('ada', 'Import', PEOPLE);
  await office.plan(pull);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  await expect(office.comment(pull)).toMatchFileSnapshot('golden/merged-unseen.md');
  expect(await office.drift()).toMatchObject({ exit: 0 });
  await expectCarolToJoin();
});

test('the approval is older than the first plan: it is said before the merge, and the merge still ends in order', async () => {
  await begin();
  const pull = await office.propose('ada', 'Import', PEOPLE);
  await office.plan(pull);
  await office.approve(pull, 'grace');
  office.hours(1);
  expect(await office.drift()).toMatchObject({ exit: 0 });
  expect(office.comment(pull)).toContain('⏳ Somebody with write access, other than the author, has to approve the newest commit.');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.comment(pull)).toContain('The approval of this pull request does not count');
  expect(await office.drift()).toMatchObject({ exit: 0 });
  await expectCarolToJoin();
});

test('somebody is invited in the console between import and merge: the plan shows them, a second import takes them in', async () => {
  await begin();
  const pull = await office.propose('ada', 'Import', PEOPLE);
  expect(await office.drift()).toMatchObject({ exit: 0 });
  await invite('dan@acme.example');
  office.hours(1);
  const met = await office.drift();
  expect(met).toMatchObject({ exit: 5 });
  expect(met.stdout).toContain('import them (`rollcall import`)');
  expect(office.live()).toContain('dan member invited');
  await expect(office.comment(pull)).toMatchFileSnapshot('golden/invited-meanwhile.md');

  await office.push(pull, 'ada', {
    [MEMBERS]: team(PRODUCTION, 'member', ['bob', 'dan']),
    'people/everybody.yaml': peopleFile(['ada', 'grace', 'bob', 'dan']),
  });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '0' } });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(await office.drift()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual([]);
  expect(office.live()).toContain('dan member invited');
  expect(office.issue()?.state).toBe('closed');
});

test('somebody is invited in the console and nobody imports them: they are drift, and taken back after the merge', async () => {
  await begin();
  const pull = await office.propose('ada', 'Import', PEOPLE);
  expect(await office.drift()).toMatchObject({ exit: 0 });
  await invite('dan@acme.example');
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.live()).toContain('dan member invited');
  expect(await office.drift()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['DELETE dan']);
});

test('the account differs from what was imported: the pull request shows it, and what people approve there is made', async () => {
  await begin({ live: { [PRODUCTION]: ['ada admin', 'grace member', 'bob member'] } });
  expect(await office.drift()).toMatchObject({ exit: 0 });
  const pull = await office.propose('ada', 'Import', PEOPLE);
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['PATCH grace admin']);
});

test('unmanaged: delete from the first day: the runs stop at the guard and say to import; the import itself is planned as usual', async () => {
  const strict = { [ACCOUNT]: `${SKELETON[ACCOUNT]}unmanaged: delete\n` };
  await begin({ policies: strict });
  const night = await office.drift();
  expect(night).toMatchObject({ exit: 2 });
  expect(night.stdout).toContain('Supervision has not begun here');
  expect(await kindsOfRecords()).toEqual(['observation']);
  const stopped = await office.apply();
  expect(stopped).toMatchObject({ exit: 5 });
  expect(stopped.stdout).toContain('import them (`rollcall import`)');
  const pull = await office.propose('ada', 'Import', PEOPLE);
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '0' } });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual([]);
  await expectCarolToJoin();
});

test('keys come one after another: each run says what is missing and where it belongs, and none leaves a state that the next one refuses', async () => {
  await begin();
  const missing = { TELNYX_PRODUCTION_API_KEY: undefined };
  const unsigned = await office.apply({ env: { ROLLCALL_SIGNING_KEY: '' } });
  expect(unsigned).toMatchObject({ exit: 9 });
  expect(unsigned.stderr).toContain('keep the key as the secret ROLLCALL_SIGNING_KEY of the environment rollcall-apply');
  for (const run of [office.apply, office.drift, office.drift, office.apply]) {
    const { exit, stdout } = await run({ env: missing });
    expect(exit).toBe(9);
    expect(stdout).toContain('TELNYX_PRODUCTION_API_KEY is not set');
  }
  const said = await office.drift({ env: missing });
  expect(said.stdout).toContain(
    "A vendor's key reaches rollcall where it is a secret of the environment rollcall-apply and is named on the step that runs rollcall",
  );
  expect(await office.drift({ env: { TELNYX_PRODUCTION_API_KEY: 'SK0123456789abcdef0123456789abcdef' } })).toMatchObject({ exit: 9 });
  const pull = await office.propose('ada', 'Import', PEOPLE);
  expect(await office.plan(pull)).toMatchObject({ exit: 8 });
  expect(office.comment(pull)).toContain('The newest run of the drift workflow says why');
  expect(await office.drift()).toMatchObject({ exit: 0 });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  await expectCarolToJoin();
});

test('two accounts and the key of one: that one begins, and the other once its key is there', async () => {
  const both = company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] }, [SUPPORT]: { admin: ['ada'] } });
  const files = [ACCOUNT, `accounts/${SUPPORT}.yaml`];
  await begin({ policies: only(both, files), live: { ...LIVE, [SUPPORT]: ['ada admin'] } });
  expect(await office.drift({ env: { TELNYX_SUPPORT_API_KEY: undefined } })).toMatchObject({ exit: 9 });
  expect(await kindsOfRecords()).toEqual(['observation', 'baseline', 'accepted']);
  const pull = await office.propose('ada', 'Import', without(both, ...files));
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { verdict: 'incomplete' } });
  expect(await office.drift()).toMatchObject({ exit: 0 });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { verdict: 'empty' } });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  await expectCarolToJoin();
});

test('the public line is missing: every run says which file, and that it belongs on the default branch', async () => {
  await begin();
  await office.pushToMain('grace', { '/.github/rollcall.pub': null });
  for (const run of [office.apply, office.drift]) {
    const { exit, stderr } = await run();
    expect(exit).toBe(9);
    expect(stderr).toContain('.github/rollcall.pub is not there or names no key');
    expect(stderr).toContain('commit it on the default branch');
  }
});

test('policies without any account: both runs name the finding and the folder where a file is expected', async () => {
  await begin({ policies: { 'people/everybody.yaml': peopleFile(['ada']) } });
  for (const run of [office.apply, office.drift]) {
    const { exit, stderr } = await run();
    expect(exit).toBe(3);
    expect(stderr).toContain('No policy names an account. Expected at least one file in accounts/');
  }
});

async function invite(email: string): Promise<void> {
  office.vendor.portal(PRODUCTION).inviteByPortal(email, 'member', 'Dan');
}

function without(policies: Policies, ...names: readonly string[]): Policies {
  return Object.fromEntries(Object.entries(policies).filter(([name]) => !names.includes(name)));
}

function only(policies: Policies, names: readonly string[]): Policies {
  return Object.fromEntries(Object.entries(policies).filter(([name]) => names.includes(name)));
}
