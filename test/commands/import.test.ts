import { describe, expect, test } from 'vitest';
import { createKindsScenario, type KindsScenario } from '../scenarios/kinds/support/create-kinds-scenario.ts';
import {
  EDGE,
  edgeSeed,
  kindsCompany,
  LABS,
  MAIN,
  organizationSeed,
  roster,
  subUsersSeed,
} from '../scenarios/kinds/support/kinds-company.ts';
import { startConverged } from '../scenarios/support/start-converged.ts';

const PRODUCTION = 'telnyx-production';
const NEXT = 'Review it, commit it on a branch, open a pull request.';

/** Policies that name accounts and nobody in them, before vendors where people have been for years. */
function openOffice(): KindsScenario {
  const { 'people/everybody.yaml': _nobody, ...accounts } = kindsCompany({
    [PRODUCTION]: { kind: 'sub-users' },
    [EDGE]: { kind: 'organizations', settings: 'privileged_groups: [Org admins]\n' },
    [MAIN]: { kind: 'organization' },
    [LABS]: { kind: 'console' },
  });
  return createKindsScenario({
    policies: {
      ...accounts,
      [`rosters/${LABS}.yaml`]: roster({ on: '2026-11-22', people: { root: ['owner'], ada: ['developer', 'support'] } }),
    },
    telnyx: [
      subUsersSeed(PRODUCTION, ['ada admin', 'grace admin', 'bob member']),
      edgeSeed({ bob: ['Voice'], cleo: ['Voice', 'Org admins'] }),
    ],
    twilio: organizationSeed({ people: { ada: ['administrator'], grace: ['administrator'], dan: ['developer', 'support'] } }),
  });
}

/** What import wrote goes where the next command reads it. */
function keepFiles(office: KindsScenario): void {
  for (const [path, text] of office.files) {
    const inside = /^policies\/(.+)$/.exec(path)?.[1];
    if (inside !== undefined) office.policy(inside, text);
  }
}

describe('import', () => {
  test('writes what four consoles show, the next plan is empty, and nothing was sent that changes anything', async () => {
    const office = openOffice();
    const run = await office.run('import');
    expect(
      run.stdout,
    ).toBe(`Imported telnyx-edge, telnyx-production, twilio-labs, twilio-main as of 2026-11-23: 5 people new to policy, 6 files.
  policies/people/acme.yaml (new): 5 people
  policies/teams/telnyx-edge-org-admins-and-telnyx-edge-voice.yaml (new): 1 member, Org admins in telnyx-edge, Voice in telnyx-edge
  policies/teams/telnyx-edge-voice-and-telnyx-production-members.yaml (new): 1 member, Voice in telnyx-edge, member in telnyx-production
  policies/teams/telnyx-production-admins-and-twilio-main-administrators.yaml (new): 2 members, admin in telnyx-production, administrator in twilio-main
  policies/teams/twilio-labs-developers-and-twilio-labs-support.yaml (new): 1 member, developer in twilio-labs, support in twilio-labs
  policies/teams/twilio-main-developers-and-twilio-main-support.yaml (new): 1 member, developer in twilio-main, support in twilio-main

To decide:
  telnyx-production: admin is privileged and without an end for 2 people
  twilio-main: administrator is privileged and without an end for 2 people
  telnyx-edge: Org admins is privileged and without an end for cleo@acme.example

The plan is empty now.
${NEXT}
`);
    expect(run.exit).toBe(0);
    keepFiles(office);
    expect(await office.run('validate')).toMatchObject({ exit: 0 });
    expect(await office.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 0 });
    expect(office.writes()).toEqual([]);
    expect((await office.run('import')).stdout).toBe(
      'Policy says already what is live in telnyx-edge, telnyx-production, twilio-labs, twilio-main; nothing was written.\n\nThe plan is empty now.\n',
    );
  });

  test('ends with an empty plan for the account it was asked for, and says what that means for the others', async () => {
    const office = openOffice();
    const run = await office.run('import', '--account', PRODUCTION);
    expect(run).toMatchObject({ exit: 0 });
    expect([...office.files.keys()]).toEqual([
      'policies/people/acme.yaml',
      'policies/teams/telnyx-production-admins.yaml',
      'policies/teams/telnyx-production-members.yaml',
    ]);
    expect(run.stdout).toContain(
      '  twilio-main: was not imported: whoever has access there and is named by policy now shows as a delete in its plan, until it is imported too\n',
    );
    expect(run.stdout).toContain('The plan of what was imported is empty now.');
  });

  test('takes an observation instead of keys, and leaves what is there alone with --out', async () => {
    const office = openOffice();
    await office.run('observe', '--out', 'live.json');
    office.env = {};
    const run = await office.run('import', '--observation', 'live.json', '--out', 'draft/');
    expect(run).toMatchObject({ exit: 0, stderr: '' });
    expect([...office.files.keys()].filter((path) => path.startsWith('policies/'))).toEqual([]);
    expect(office.files.get('draft/people/acme.yaml')).toContain('- email: ada@acme.example\n  name: Ada\n');
    expect(office.files.get('draft/accounts/twilio-main.yaml')).toContain('provider: twilio\n');
    expect(run.stdout).toContain('  draft/people/acme.yaml (new): 5 people\n');
  });

  test('never writes into a folder that holds something', async () => {
    const office = await startConverged();
    office.folders.set('draft', { 'teams/mine.yaml': 'members: []\ngrants: []\n' });
    const run = await office.run('import', '--out', 'draft');
    expect(run).toMatchObject({ exit: 64, stdout: '' });
    expect(run.stderr).toContain(
      '--out draft: something is there already, and nothing is overwritten. Give a folder that is new or empty.',
    );
    expect(office.files.size).toBe(0);
  });

  test('never takes the place of a file', async () => {
    const office = await startConverged();
    office.folders.set('.', { draft: 'mine' });
    const run = await office.run('import', '--out', 'draft');
    expect(run).toMatchObject({
      exit: 64,
      stdout: '',
      stderr: 'rollcall: --out draft: it is a file, and nothing is overwritten. Give a folder that is new or empty.\n',
    });
    expect(office.files.size).toBe(0);
  });

  test('takes somebody who came in the console into policy, so that nobody takes them back as drift', async () => {
    const office = await startConverged();
    office.portal().inviteByPortal('eve@agency.example', 'member', 'Eve');
    expect((await office.run('drift')).exit).toBe(2);
    const run = await office.run('import');
    expect(run.stdout).toContain('Imported telnyx-production as of 2026-11-23: 1 person new to policy, 2 files.\n');
    expect(run.stdout).toContain('  policies/teams/telnyx-production-member.yaml: 3 members, member in telnyx-production\n');
    for (const [path, text] of office.files) office.policy(path.replace('policies/', ''), text);
    expect((await office.run('plan', '--detailed-exitcode')).exit).toBe(0);
    expect((await office.run('drift')).exit).toBe(0);
  });

  test('goes on with the other accounts where a key is missing, and says which variable', async () => {
    const office = openOffice();
    office.env = { ...office.env, TELNYX_EDGE_API_KEY: undefined };
    const run = await office.run('import');
    expect(run.exit).toBe(9);
    expect(run.stdout).toContain('Not read:\n  telnyx-edge: the environment variable TELNYX_EDGE_API_KEY is not set');
    expect(office.files.get('policies/people/acme.yaml')).not.toContain('cleo');
  });

  test('writes nothing where no account was read', async () => {
    const office = openOffice();
    office.env = {};
    const run = await office.run('import', '--account', PRODUCTION);
    expect(run.exit).toBe(9);
    expect(run.stdout).toContain('No account was read, so nothing was written.\n');
    expect(office.files.size).toBe(0);
  });

  test('says of an observation of another account what to do', async () => {
    const office = openOffice();
    await office.run('observe', '--account', PRODUCTION, '--out', 'live.json');
    const run = await office.run('import', '--observation', 'live.json', '--account', MAIN);
    expect(run.exit).toBe(8);
    expect(run.stdout).toContain(
      '  twilio-main: the observation file has no read of this account (or one of another API). Observe again\n',
    );
    expect(office.files.get('policies/people/acme.yaml')).toBeUndefined();
  });

  test('grants by what the account above shows, and says what the plan makes of subaccounts that differ', async () => {
    const { 'people/everybody.yaml': _nobody, ...accounts } = kindsCompany({
      [MAIN]: { kind: 'organization', settings: 'subaccounts: all\n' },
    });
    const office = createKindsScenario({
      policies: accounts,
      twilio: organizationSeed({
        people: { ada: ['administrator', 'administrator in east'], dan: ['developer'], cleo: ['support in east'] },
        accounts: [{ name: 'east', sid: `AC${'e1'.repeat(16)}`, parent: MAIN }],
      }),
    });
    const run = await office.run('import');
    expect(run.exit).toBe(0);
    expect(office.files.get('policies/people/acme.yaml')).not.toContain('cleo');
    expect(run.stdout).toContain(`The plan has 1 change left:\n  twilio-main-ac${'e1'.repeat(16)}: invite dan@acme.example as developer\n`);
  });

  test('gives programs everything that people are told', async () => {
    const office = openOffice();
    const run = await office.run('import', '--account', PRODUCTION, '--format', 'json');
    expect(JSON.parse(run.stdout)).toMatchObject({
      format_version: '1.0',
      day: '2026-11-23',
      accounts: [PRODUCTION],
      files: [
        { file: 'policies/people/acme.yaml', new: true, people: 3, members: null, grants: [] },
        { file: 'policies/teams/telnyx-production-admins.yaml', members: 2, grants: [{ account: PRODUCTION, role: 'admin', group: null }] },
        { file: 'policies/teams/telnyx-production-members.yaml', members: 1, people: null },
      ],
      people: ['ada@acme.example', 'bob@acme.example', 'grace@acme.example'],
      left_out: [],
      not_read: [],
      plan: { verdict: 'empty', changes: [] },
    });
  });
});
