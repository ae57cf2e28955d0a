import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { consoleSeed, EDGE, edgeSeed, kindsCompany, LABS, MAIN, organizationSeed, roster } from '../../kinds/support/kinds-company.ts';
import { address, type Policies } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

const ROSTER = `rosters/${LABS}.yaml`;
const LABS_PEOPLE = { root: ['owner'], ada: ['administrator'], zoe: ['administrator'], bob: ['developer'] };
const KEY = `SK${'1'.repeat(32)}`;

let office: Office;
afterEach(() => office.stop());

function company(developers: readonly string[] = ['bob', 'cleo']): Policies {
  return {
    ...kindsCompany(
      {
        [MAIN]: { kind: 'organization', grants: { administrator: ['ada', 'zoe'], developer: developers } },
        [LABS]: { kind: 'console', grants: { administrator: ['ada', 'zoe'], developer: ['bob'] } },
        [EDGE]: {
          kind: 'organizations',
          grants: { 'group:Org admins': ['ada', 'zoe'], 'group:Voice': ['bob'] },
          settings: 'privileged_groups: [Org admins]\n',
        },
      },
      ['bob', 'cleo'],
    ),
    [ROSTER]: roster({ people: LABS_PEOPLE, on: '2026-11-20' }),
  };
}

async function begin(policies = company()): Promise<void> {
  office = await createOffice({
    policies,
    telnyx: [edgeSeed({ ada: ['Org admins'], zoe: ['Org admins'], bob: ['Voice'] })],
    twilio: {
      ...organizationSeed({
        people: { ada: ['administrator'], zoe: ['administrator'], bob: ['developer'], cleo: ['developer'] },
        keys: [{ name: 'ivr', sid: KEY }],
      }),
      consoles: [consoleSeed(LABS_PEOPLE)],
    },
  });
  const first = await office.begin();
  expect(first, first.stdout + first.stderr).toMatchObject({ exit: 0 });
}

async function night(exit: number): Promise<void> {
  office.hours(1);
  const ended = await office.drift();
  expect(ended.exit, ended.stdout + ended.stderr).toBe(exit);
}

/** A roster that people agreed to; the exit code of the run that takes it in. */
async function attested(people: Readonly<Record<string, readonly string[]>>, on: string): Promise<number> {
  const pull = await office.propose('ada', `Labs on ${on}`, { [ROSTER]: roster({ people, on }) });
  expect((await office.plan(pull)).exit, office.comment(pull) ?? '').toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  return (await office.apply()).exit;
}

test('an administrator raised somebody in the Twilio Console: it is taken back, and the issue says who likely did it, and when', async () => {
  await begin();
  office.hours(10);
  office.twilio.portal(MAIN).giveRole(address('bob'), 'administrator', address('zoe'));
  await night(0);
  expect(office.writes()).toEqual(['take bob administrator']);
  expect(office.live(MAIN)).toContain('bob developer');
  await expect(bodyOf(office.issue(MAIN))).toMatchFileSnapshot('raised-in-twilio.md');
  expect(office.issue(LABS)).toBeNull();
  expect(office.issue(EDGE)).toBeNull();
});

test('somebody was put into a privileged group of a Telnyx organization: only a person can take that back, and the issue says how until they have', async () => {
  await begin();
  office.hours(10);
  office.vendor.portal(EDGE).addToGroup(address('bob'), 'Org admins', address('zoe'));
  await night(10);
  expect(office.writes()).toEqual([]);
  await expect(bodyOf(office.issue(EDGE))).toMatchFileSnapshot('group-in-telnyx.md');
  await night(10);
  expect(office.issue(EDGE)).toMatchObject({ state: 'open', comments: [] });

  office.vendor.portal(EDGE).takeFromGroup(address('bob'), 'Org admins');
  await night(0);
  expect(office.issue(EDGE)?.state).toBe('closed');
});

test('a developer left and the keys did not: the issue calls the offboarding incomplete until the roster attests it', async () => {
  await begin();
  const pull = await office.propose('ada', 'Cleo leaves', {
    'teams/twilio-main-2.yaml': company(['bob'])['teams/twilio-main-2.yaml'] ?? '',
  });
  expect(await office.plan(pull)).toMatchObject({ exit: 0 });
  expect(office.comment(pull)).toContain(KEY);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['take cleo developer', 'deactivate cleo']);
  await expect(office.comment(pull)).toMatchFileSnapshot('developer-left.md');
  await night(0);
  await expect(bodyOf(office.issue(MAIN))).toMatchFileSnapshot('offboarding.md');
  await night(0);
  expect(office.issue(MAIN)).toMatchObject({ state: 'open', comments: [] });

  const attests = await office.propose('ada', 'Rotated', {
    [`rosters/${MAIN}.yaml`]: roster({ on: '2026-11-23', rotated: { [KEY]: '2026-11-23' } }),
  });
  expect(await office.plan(attests)).toMatchObject({ exit: 0 });
  expect(office.comment(attests)).toContain('roster.rotated');
  await night(0);
  expect(office.issue(MAIN)?.state).toBe('open');
  await office.approve(attests, 'grace');
  await office.merge(attests);
  expect(await office.apply()).toMatchObject({ exit: 0 });
  await night(0);
  expect(office.issue(MAIN)?.state).toBe('closed');
});

test('a roster that nobody renewed: that account alone is unverified, and what was found there last stays found', async () => {
  await begin();
  const gained = { ...LABS_PEOPLE, mallory: ['administrator'] };
  expect(await attested(gained, '2026-11-23')).toBe(0);
  await night(10);
  await expect(bodyOf(office.issue(LABS))).toMatchFileSnapshot('found-by-roster.md');

  office.hours(31 * 24);
  await night(8);
  await expect(bodyOf(office.issue(LABS))).toMatchFileSnapshot('unverified.md');
  expect(office.issue(MAIN)).toBeNull();
  expect(office.issue(EDGE)).toBeNull();
  expect(office.writes()).toEqual([]);

  expect(await attested(LABS_PEOPLE, '2026-12-24')).toBe(0);
  await night(0);
  expect(office.issue(LABS)?.state).toBe('closed');
});
