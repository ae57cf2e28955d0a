import { expect, test } from 'vitest';
import { createKindsScenario, type KindsScenario, stepsOf } from './support/create-kinds-scenario.ts';
import {
  consoleSeed,
  EDGE,
  edgeSeed,
  kindsCompany,
  LABS,
  MAIN,
  OTHER,
  organizationSeed,
  roster,
  subUsersSeed,
} from './support/kinds-company.ts';

const PRODUCTION = 'telnyx-production';
const NEW = 'new@acme.example';
const ROSTER = `rosters/${LABS}.yaml`;
const FIRST_ROSTER = roster({
  people: { root: ['owner'], ada: ['administrator'], bob: ['developer'], lena: ['developer'] },
  on: '2026-11-22',
});

/** Five accounts of four kinds; `new` holds in each of them what `old`, and at the labs lena, held before. */
function company(joiner: 'old' | 'new', rosterText: string) {
  const atLabs = joiner === 'new' ? 'new' : 'lena';
  const accounts = {
    [PRODUCTION]: { kind: 'sub-users', grants: { admin: ['ada', 'zoe'], member: ['bob', joiner] } },
    [EDGE]: { kind: 'organizations', grants: { 'group:Voice': ['ada', 'bob', joiner] } },
    [MAIN]: { kind: 'organization', grants: { administrator: ['ada', 'zoe'], developer: ['bob', joiner] } },
    [OTHER]: { kind: 'organization', grants: { support: ['ada', joiner] } },
    [LABS]: { kind: 'console', grants: { administrator: ['ada'], developer: ['bob', atLabs] } },
  } as const;
  return { ...kindsCompany(accounts, ['root']), [ROSTER]: rosterText };
}

function start(): KindsScenario {
  return createKindsScenario({
    policies: company('old', FIRST_ROSTER),
    telnyx: [
      subUsersSeed(PRODUCTION, ['ada admin', 'zoe admin', 'bob', 'old']),
      edgeSeed({ ada: ['Voice'], bob: ['Voice'], old: ['Voice'] }),
    ],
    twilio: {
      ...organizationSeed({
        people: {
          ada: ['administrator', `support in ${OTHER}`],
          zoe: ['administrator'],
          bob: ['developer'],
          old: ['developer', `support in ${OTHER}`],
        },
        accounts: [{ name: OTHER }],
        keys: [{ name: 'deploy', created_at: '2026-05-01T00:00:00Z' }],
      }),
      consoles: [consoleSeed({ ada: ['administrator'], bob: ['developer'], lena: ['developer'] })],
    },
  });
}

/** What somebody does in the consoles, by the steps of the plan, and attests where no API tells it. */
async function doByHand(s: KindsScenario): Promise<void> {
  const [production, edge, labs] = [s.telnyx.portal(PRODUCTION), s.telnyx.portal(EDGE), s.twilio.console(LABS)];
  const deeds = [
    production.accept(NEW),
    edge.inviteByPortal(NEW, 'member', 'New'),
    edge.accept(NEW),
    edge.addToGroup(NEW, 'Voice'),
    labs.invite(NEW, ['developer']),
    labs.accept(NEW),
    labs.removeUser('lena@acme.example'),
  ];
  for (const deed of deeds) expect(deed).toMatchObject({ done: true });
  s.input = `${labs.usersPage()}\n${labs.invitedPage()}`;
  const attested = await s.run('roster', '--account', LABS, '--attested-by', 'root@acme.example');
  expect(attested.stdout).toContain('policies/rosters/twilio-labs.yaml: 4 rows, attested by root@acme.example on 2026-11-23.');
  s.policy(ROSTER, s.files.get(`policies/${ROSTER}`) ?? null);
}

/** The rows of the one table that `explain` begins with, one blank between two columns. */
function tableOf(stdout: string): string[] {
  const [, table = ''] = stdout.split('\n\n');
  return table.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '));
}

test('one change of policy for five accounts of four kinds: planned, applied, the rest done by hand, and then the plan is empty', async () => {
  const s = start();
  expect((await s.run('apply', '--yes')).exit).toBe(0);
  expect(stepsOf(await s.plan())).toEqual([]);

  s.setPolicies(company('new', FIRST_ROSTER));
  const steps = [
    'delete lena (git, manual)',
    'delete old (git)',
    'delete old (git)',
    'delete old (git)',
    'delete old (git)',
    'invite new developer (git)',
    'invite new developer (git, manual)',
    'invite new member (git)',
    'invite new member+Voice (git, manual)',
    'invite new support (git)',
  ];
  const plan = await s.plan();
  expect(stepsOf(plan)).toEqual(steps);
  expect(plan.accounts.map(({ account, verdict }) => `${account} ${verdict}`)).toEqual([
    'telnyx-edge applicable',
    'telnyx-production applicable',
    'twilio-labs applicable',
    'twilio-main applicable',
    'twilio-other applicable',
  ]);

  const applied = await s.run('apply', '--yes');
  expect(applied.stdout).toContain('Applied 7, already 0, failed 0, undecided 0, deferred 0, manual 3, withheld 0.');
  expect(applied.exit).toBe(10);
  expect(s.writes()).toEqual([
    'remove old in telnyx-edge',
    'remove old in telnyx-production',
    'invite new member in telnyx-production',
    'take old developer',
    'make a login for new',
    'give new developer',
    'take old support in twilio-other',
    'deactivate old',
    'give new support in twilio-other',
  ]);
  expect(stepsOf(await s.plan())).toEqual(steps.filter((step) => step.includes('manual')));

  await doByHand(s);
  const proved = await s.run('apply', '--yes');
  expect(proved.stdout).toContain('Applied 0, already 3, failed 0, undecided 0, deferred 0, manual 0, withheld 0.');
  expect(proved.exit).toBe(0);
  expect(s.writes()).toEqual([]);
  const last = await s.plan();
  expect(last).toMatchObject({ verdict: 'empty', changes: [] });
  expect(s.live(PRODUCTION)).toEqual(['ada admin', 'bob member', 'new member', 'zoe admin']);
  expect(s.live(EDGE)).toEqual(['ada Voice', 'bob Voice', 'new Voice']);
  expect(s.live(MAIN)).toEqual(['ada administrator', 'bob developer', 'new developer', 'zoe administrator']);
  expect(s.live(OTHER)).toEqual(['ada support', 'new support']);
  expect(s.live(LABS)).toEqual(['ada administrator', 'bob developer', 'new developer', 'root owner']);
  expect(s.logins('old@acme.example')).toEqual(['inactive']);
});

test('the key that a leaver could read stays on the plan until somebody attests that it was replaced', async () => {
  const s = start();
  await s.run('apply', '--yes');
  s.setPolicies(company('new', FIRST_ROSTER));
  await s.run('apply', '--yes');
  await doByHand(s);
  await s.run('apply', '--yes');
  const [key] = s.twilio.state(MAIN).keys;
  const residual = async () =>
    (await s.plan()).accounts.flatMap((one) => one.residual_keys.map(({ sid, name, principals }) => [one.account, sid, name, principals]));
  expect(await residual()).toEqual([[MAIN, key?.sid, 'deploy', ['old@acme.example']]]);
  expect((await s.plan()).verdict).toBe('empty');

  s.policy(`rosters/${MAIN}.yaml`, roster({ on: '2026-11-23', rotated: { [key?.sid ?? '']: '2026-11-23' } }));
  expect((await s.run('apply', '--yes')).exit).toBe(0);
  expect(await residual()).toEqual([]);
});

test('explain shows one person across the accounts of both vendors in one table', async () => {
  const s = start();
  await s.run('apply', '--yes');
  expect((await s.run('observe', '--out', 'observation.json')).exit).toBe(0);
  const run = await s.run('explain', 'ada@acme.example', '--observation', 'observation.json');
  expect(run.exit).toBe(0);
  expect(tableOf(run.stdout)).toEqual([
    'account | vendor api | by policy | last applied | live | since',
    'telnyx-edge | telnyx organizations | member + Voice | member + Voice | member + Voice | 2026-11-23',
    'telnyx-production | telnyx sub-users | admin | admin | admin | 2026-11-23',
    'twilio-labs | twilio console | administrator | administrator | administrator | 2026-11-23',
    'twilio-main | twilio organization | administrator | administrator | administrator | 2026-11-23',
    'twilio-other | twilio organization | support | support | support | 2026-11-23',
  ]);
});
