import { expect, test } from 'vitest';
import type { FaultShape } from '../../../src/emulator/parse-fault.ts';
import { MAIN } from './support/kinds-company.ts';
import { CREW, crew, expectSettled, startOrganization } from './support/start-organization.ts';
import { expectDone, finish, STORIES, startStory } from './support/twilio-stories.ts';

const AIMS: Readonly<Record<string, { readonly method: string; readonly path: string }>> = {
  make: { method: 'POST', path: '/scim/' },
  give: { method: 'POST', path: 'RoleAssignments' },
  take: { method: 'DELETE', path: 'RoleAssignments' },
  activate: { method: 'PATCH', path: '/scim/' },
  deactivate: { method: 'DELETE', path: '/scim/' },
};

const FAULTS: readonly FaultShape[] = [
  { kind: 'refused' },
  { kind: 'reset_before' },
  { kind: 'reset_after' },
  { kind: 'cut_body' },
  { kind: 'status', status: 500, when: 'before' },
  { kind: 'status', status: 503, when: 'after' },
  { kind: 'timeout', when: 'after' },
  { kind: 'html' },
  { kind: 'wrong_shape' },
  { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
];

/** The other stories are made of the same requests. */
const TOLD = [
  'somebody joins with two roles',
  'an administrator becomes developer',
  'somebody leaves',
  'somebody inactive is wanted again',
];

test.each(Object.entries(STORIES).filter(([name]) => TOLD.includes(name)))(
  '%s, with every fault at every request in turn: the next runs finish it, nothing twice',
  async (_name, story) => {
    const seen = new Map<string, number>();
    for (const words of story.writes) {
      const [verb = ''] = words.split(' ');
      const nth = (seen.get(verb) ?? 0) + 1;
      seen.set(verb, nth);
      const aim = AIMS[verb];
      if (aim === undefined) throw new Error(`no aim for ${words}`);
      for (const fault of FAULTS) {
        const scenario = await startStory(story);
        scenario.twilio.faults.add({ ...fault, match: { ...aim, nth } });
        await finish(scenario, 'apply', '--plan', 'plan.json');
        await expectDone(scenario, story, `${JSON.stringify(fault)} at ${words}`);
      }
    }
  },
);

test('a throttle in the middle of a change puts off the rest, and the next run makes it', async () => {
  const story = STORIES['an administrator becomes developer'];
  if (story === undefined) throw new Error('no such story');
  const scenario = await startStory(story);
  scenario.twilio.faults.add({
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '900' },
    match: { method: 'POST', path: 'RoleAssignments' },
  });
  const run = await scenario.run('apply', '--plan', 'plan.json');
  expect(run).toMatchObject({ exit: 10, stdout: expect.stringContaining('1 of 2 parts') });
  expect(scenario.writes()).toEqual(['take yan administrator', 'give yan developer']);
  expect(await scenario.run('plan')).toMatchObject({ stdout: expect.stringContaining('yan@acme.example') });
  scenario.minutes(16);
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['give yan developer']);
  await expectDone(scenario, story, 'at the end');
});

const REFUSAL = { code: 25_204, message: 'The role cannot be assigned', status: 400 };

test('the second half of a lowering is refused for good: the administrator gets back what was taken, and the run says so (exit 6)', async () => {
  const scenario = await startOrganization({ grants: { ...CREW, administrator: ['ada', 'zoe', 'yan'] } });
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'yan'] }));
  scenario.twilio.faults.add({ kind: 'status', status: 400, body: REFUSAL, match: { method: 'POST', path: 'RoleAssignments' } });
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout + run.stderr).toBe(6);
  const said = run.stdout.replaceAll(/\s+/g, ' ');
  expect(said).toContain('1 of 2 parts were made: the vendor answered 400 (25204): The role cannot be assigned');
  expect(said).toContain('what was taken before (administrator) was given back');
  expect(scenario.writes()).toEqual(['take yan administrator', 'give yan developer', 'give yan administrator']);
  expect(scenario.live()).toContain('yan administrator');
  // Parked: not tried again at once, and not forgotten either.
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual([]);
  scenario.hours(7);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['take yan administrator', 'give yan developer']);
  await expectSettled(scenario);
});

test('what drift took away is not given back, whatever else is refused', async () => {
  const scenario = await startOrganization();
  const portal = scenario.twilio.portal(MAIN);
  portal.giveRole('bob@acme.example', 'administrator');
  portal.takeRole('bob@acme.example', 'developer');
  scenario.twilio.faults.add({ kind: 'status', status: 400, body: REFUSAL, match: { method: 'POST', path: 'RoleAssignments' } });
  const run = await scenario.run('drift', '--revert');
  expect(run.exit, run.stdout + run.stderr).not.toBe(0);
  expect(scenario.live().join()).not.toContain('bob administrator');
  expect(scenario.writes().join()).not.toContain('give bob administrator');
});

test('the second half of a raise is refused: nothing was taken yet, so nothing has to be given back', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, administrator: ['ada', 'zoe', 'bob'], developer: [] }));
  scenario.twilio.faults.add({ kind: 'status', status: 400, body: REFUSAL, match: { method: 'POST', path: 'RoleAssignments' } });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 6 });
  expect(scenario.writes()).toEqual(['give bob administrator']);
  expect(scenario.live()).toContain('bob developer');
});

test.each([
  [409, 25_020],
  [412, 25_000],
])('a login that changed since it was read (version conflict, %i) is left as it is, and the next run does it', async (status, code) => {
  const scenario = await startOrganization({ seed: { people: { eve: [] }, inactive: ['eve'] } });
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'eve'] }));
  const body = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), code, detail: 'Version conflict' };
  scenario.twilio.faults.add({ kind: 'status', status, body, match: { method: 'PATCH' } });
  const run = await scenario.run('apply', '--yes');
  expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain('changed since it was read; plan again');
  expect(scenario.writes()).toEqual(['activate eve']);
  expect(scenario.logins('eve@acme.example')).toEqual(['inactive']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['activate eve', 'give eve developer']);
  await expectSettled(scenario);
});

test('a PATCH that answers 200 and changes nothing is a failure, and no role is given to a login that is not active', async () => {
  const scenario = await startOrganization({ seed: { people: { eve: [] }, inactive: ['eve'] } });
  scenario.twilio.setSwitches({ patch_active: 'ignored' });
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'eve'] }));
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(6);
  expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain('the vendor answered 200 and changed nothing (active)');
  expect(scenario.writes()).toEqual(['activate eve']);
});

test.each([409, 400] as const)('an address that is a Twilio login elsewhere (%i) is one step by hand and no retry', async (status) => {
  const scenario = await startOrganization({ seed: { elsewhere: ['new@acme.example'] } });
  scenario.twilio.setSwitches({ duplicate_user_status: status });
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'new'] }));
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout + run.stderr).toBe(10);
  expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain('The organization cannot make a login for new@acme.example');
  expect(scenario.writes()).toEqual(['make a login for new']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual([]);
});

test('an address of a domain that is not verified is one step by hand and no retry', async () => {
  const scenario = await startOrganization();
  scenario.setPolicies(crew({ ...CREW, developer: ['bob', 'new@elsewhere.example'] }));
  const run = await scenario.run('apply', '--yes');
  expect(run.exit, run.stdout + run.stderr).toBe(10);
  expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain('the domain of the address is not verified');
  expect(scenario.writes()).toEqual(['make a login for new@elsewhere.example']);
});

test('a token that ends in the middle of a run is fetched anew, and no write is sent twice', async () => {
  const scenario = await startOrganization();
  scenario.twilio.setSwitches({ token_lifetime_s: 61 });
  scenario.setPolicies(crew({ administrator: ['ada', 'zoe', 'bob'], support: ['cleo', 'new'] }));
  scenario.twilio.faults.add({ kind: 'delay', ms: 5000, times: 'always' });
  await finish(scenario, 'apply', '--yes');
  expect(scenario.writes()).toEqual(['give bob administrator', 'take bob developer', 'make a login for new', 'give new support']);
});

test('reads that lag behind writes by a minute: the change is undecided, then seen, and nothing is sent twice', async () => {
  const scenario = await startOrganization();
  scenario.twilio.setSwitches({ read_lag_ms: 60_000 });
  scenario.setPolicies(crew({ administrator: ['ada', 'zoe', 'bob'], support: ['cleo', 'new'] }));
  await finish(scenario, 'apply', '--yes');
  const made = scenario.writes();
  expect(made.toSorted()).toEqual(['give bob administrator', 'give new support', 'make a login for new', 'take bob developer']);
  scenario.minutes(2);
  await expectSettled(scenario);
});

test('an app without the permission to write: the account stops, in the words of the vendor, and nothing changes', async () => {
  const scenario = await startOrganization();
  scenario.twilio.setSwitches({ write_scope: false });
  scenario.setPolicies(crew({ ...CREW, developer: [] }));
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(9);
  expect(run.stdout + run.stderr).toContain('required permission');
  expect(scenario.live()).toContain('bob developer');
});
