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
