import { afterEach, expect, test } from 'vitest';
import { consoleSeed, EDGE, edgeSeed, kindsCompany, LABS, MAIN, organizationSeed, roster } from '../../kinds/support/kinds-company.ts';
import type { Policies } from '../../support/company.ts';
import { createOffice, type Ended, type Office } from '../support/create-office.ts';

const ROSTER = `rosters/${LABS}.yaml`;
const LABS_PEOPLE = { root: ['owner'], ada: ['administrator'], zoe: ['administrator'], bob: ['developer'] };

interface Wish {
  readonly administrator?: readonly string[];
  readonly voice?: readonly string[];
  readonly orgAdmins?: readonly string[];
  readonly labsDeveloper?: readonly string[];
  readonly labsBilling?: readonly string[];
}

/** One account of each new kind. */
function company({ administrator = ['ada', 'zoe'], voice = ['ada', 'zoe'], orgAdmins = ['ada', 'zoe'], ...labs }: Wish = {}): Policies {
  const { labsDeveloper = ['bob'], labsBilling = [] } = labs;
  return kindsCompany(
    {
      [MAIN]: {
        kind: 'organization',
        grants: { administrator, developer: ['bob'] },
        settings: 'approvers: { administrator: ["@acme/security"] }\n',
      },
      [LABS]: { kind: 'console', grants: { administrator: ['ada', 'zoe'], developer: labsDeveloper, billing_manager: labsBilling } },
      [EDGE]: {
        kind: 'organizations',
        grants: { 'group:Voice': voice, 'group:Org admins': orgAdmins, member: ['bob'] },
        settings: 'privileged_groups: [Org admins]\napprovers: { Org admins: ["@grace"] }\n',
      },
    },
    ['bob', 'cleo'],
  );
}

let office: Office;
afterEach(() => office.stop());

async function begin(): Promise<void> {
  office = await createOffice({
    policies: { ...company(), [ROSTER]: roster({ people: LABS_PEOPLE, on: '2026-11-20' }) },
    telnyx: [edgeSeed({ ada: ['Voice', 'Org admins'], zoe: ['Voice', 'Org admins'], bob: [] })],
    twilio: {
      ...organizationSeed({
        people: { ada: ['administrator'], zoe: ['administrator'], bob: ['developer'], cleo: [] },
        keys: [{ name: 'ivr', sid: `SK${'1'.repeat(32)}` }],
      }),
      consoles: [consoleSeed(LABS_PEOPLE, [{ name: 'labs', sid: `SK${'2'.repeat(32)}` }])],
    },
    teams: { 'acme/security': ['hedy'] },
  });
  const first = await office.begin();
  expect(first, first.stdout + first.stderr).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual([]);
}

/** What of the company's files this wish changes. */
function changed(wish: Wish): Record<string, string | null> {
  const [before, after] = [company(), company(wish)];
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((path) => before[path] !== after[path]);
  return Object.fromEntries(paths.map((path) => [path, after[path] ?? null]));
}

async function approveAndMerge(pull: number, ...by: string[]): Promise<Ended> {
  for (const one of by) await office.approve(pull, one);
  await office.merge(pull);
  return office.apply();
}

test('one pull request over accounts of three kinds: rollcall makes what it can, and people are told the rest', async () => {
  await begin();
  const wish = {
    administrator: ['ada', 'zoe', 'bob'],
    voice: ['ada', 'zoe', 'bob'],
    orgAdmins: ['ada', 'zoe', 'bob'],
    labsBilling: ['cleo'],
  };
  const pull = await office.propose('ada', 'Bob leads the carriers', changed(wish));
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { verdict: 'applicable' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');
  const ended = await approveAndMerge(pull, 'grace', 'hedy');
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit: 10 });
  expect(office.writes()).toEqual(['give bob administrator', 'take bob developer']);
  await expect(office.comment(pull)).toMatchFileSnapshot('result.md');
});

test('nobody of those whom the role and the privileged group ask for approved: nothing of either is made or handed to anybody', async () => {
  await begin();
  const wish = { administrator: ['ada', 'zoe', 'bob'], orgAdmins: ['ada', 'zoe', 'bob'] };
  const pull = await office.propose('grace', 'Bob leads the carriers', changed(wish));
  expect(await office.plan(pull)).toMatchObject({ exit: 0 });
  const ended = await approveAndMerge(pull, 'ada');
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('not-approved.md');
});

test('what the Console alone can do is owed until the roster of a later pull request shows it', async () => {
  await begin();
  const pull = await office.propose('ada', 'Cleo pays', changed({ labsBilling: ['cleo'] }));
  expect(await office.plan(pull)).toMatchObject({ exit: 0 });
  expect(await approveAndMerge(pull, 'grace')).toMatchObject({ exit: 10 });
  expect(await office.apply({ event: 'workflow_dispatch' })).toMatchObject({ exit: 10 });

  office.hours(2);
  const attests = await office.propose('grace', 'Labs as of today', {
    [ROSTER]: roster({ people: { ...LABS_PEOPLE, cleo: ['billing_manager'] }, on: '2026-11-23' }),
  });
  const shown = await office.plan(attests);
  expect(shown, shown.stdout + shown.stderr).toMatchObject({ exit: 0, outputs: { changes: '0' } });
  await expect(office.comment(attests)).toMatchFileSnapshot('attestation.md');
  const proven = await approveAndMerge(attests, 'ada');
  expect(proven, proven.stdout + proven.stderr).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('proven.md');
  expect(await office.drift()).toMatchObject({ exit: 0 });
  expect(office.issue(LABS)).toBeNull();
});

const CLAIM = roster({ people: { ...LABS_PEOPLE, mallory: ['administrator'] }, on: '2026-11-01' });

test('a roster edited so that a gain of its author looks as if it had always been there: it is shown, and taken back', async () => {
  await begin();
  office.twilio.console(LABS).invite('mallory@acme.example', ['administrator']);
  const pull = await office.propose('mallory', 'Labs as it was', { [ROSTER]: CLAIM });
  const shown = await office.plan(pull);
  expect(shown, shown.stdout + shown.stderr).toMatchObject({ exit: 0, outputs: { changes: '0' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('claimed.md');
  const ended = await approveAndMerge(pull, 'grace');
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit: 0 });
  office.hours(1);
  const night = await office.drift();
  expect(night, night.stdout + night.stderr).toMatchObject({ exit: 10 });
  expect(office.issue(LABS)?.body).toMatch(/`mallory@acme\.example` \| stranger \(drift\)/);
});

test('a roster and the grant that it makes true in one pull request: the plan shows the whole gain, and without its approvals nothing counts', async () => {
  await begin();
  const grant = { administrator: ['ada', 'zoe', 'mallory'] };
  const policies = kindsCompany({ [LABS]: { kind: 'console', grants: { ...grant, developer: ['bob'] } } }, ['bob', 'cleo']);
  const pull = await office.propose('mallory', 'Labs as it was', {
    [ROSTER]: CLAIM,
    [`teams/${LABS}-1.yaml`]: policies[`teams/${LABS}-1.yaml`] ?? '',
    'people/mallory.yaml': '- { email: mallory@acme.example, name: Mallory }\n',
  });
  const shown = await office.plan(pull);
  expect(shown, shown.stdout + shown.stderr).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  expect(office.comment(pull)).toContain('**`mallory@acme.example` is invited as `administrator`**');
  await office.merge(pull);
  const ended = await office.apply();
  expect(ended, ended.stdout + ended.stderr).toMatchObject({ exit: 4 });
  await expect(office.comment(pull)).toMatchFileSnapshot('claimed-and-granted.md');
  office.hours(1);
  expect(await office.drift()).toMatchObject({ exit: 0 });
  expect(office.issue(LABS)?.body).toMatch(/Policy gives 1 person something else.*`mallory@acme\.example`/);
});
