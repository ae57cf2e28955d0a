import { expect, test } from 'vitest';
import { approval, company, crowd, PRODUCTION, peopleFile, SUPPORT } from '../support/company.ts';
import { createScenario, stepsOf } from '../support/create-scenario.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

const LIVE = ['ada admin', 'zoe admin', 'bob member', 'cleo member'];

test('an invitation that is owed does not carry a later, higher role', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...crowd(11)] }));
  await scenario.run('plan', '--out', 'plan.json');
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 10 });
  for (const person of crowd(10)) scenario.portal().accept(`${person}@acme.example`);
  scenario.writes();
  scenario.hours(1);
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'p11'], member: ['bob', 'cleo', ...crowd(10)] }));
  await scenario.run('drift', '--revert');
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 4 });
  expect(scenario.writes()).toEqual([]);
});

test('an old approved plan does not delete somebody who was given access again since', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  await scenario.run('plan', '--out', 'old.json');
  await scenario.run('apply', '--plan', 'old.json');
  scenario.setPolicies(withPeople(TEAM));
  await scenario.run('apply', '--yes');
  scenario.portal().accept('cleo@acme.example');
  await scenario.run('apply', '--yes');
  scenario.writes();
  expect(await scenario.run('apply', '--plan', 'old.json')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
  expect(scenario.live()).toContain('cleo member');
});

test('a leaver whose invitation was accepted, and who was deleted in the console, is not invited again without approval', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  await scenario.run('apply', '--yes');
  scenario.writes();
  scenario.portal().accept('new@acme.example');
  // People look, nobody writes: the ledger still says `invited`.
  scenario.hours(24);
  expect(await scenario.run('drift')).toMatchObject({ exit: 0 });
  scenario.portal().deleteByPortal('new@acme.example');
  scenario.hours(24);
  await scenario.run('drift', '--revert');
  expect(scenario.writes()).toEqual([]);
});

test('more strangers than the budget are lifted by what the guard tells people to do', async () => {
  const scenario = await startConverged();
  for (const person of crowd(5, 'm')) scenario.portal().inviteByPortal(`${person}@elsewhere.example`, 'member', 'M');
  const blocked = await scenario.run('drift', '--revert');
  expect(blocked.exit).toBe(5);
  scenario.setPolicies({ ...withPeople(TEAM), 'approvals/intrusion.yaml': approval(PRODUCTION, 5, '2026-11-30') });
  const told = blocked.stdout.includes('policies/approvals/NAME.yaml');
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: told ? 0 : 5 });
});

test('six contracts that end on one day do not keep an intruder in', async () => {
  const contractors = crowd(6, 'c').map((person) => `${person} until 2026-11-24`);
  const policies = withPeople({ ...TEAM, member: ['bob', 'cleo', ...contractors] });
  const scenario = createScenario({ policies, live: { [PRODUCTION]: [...LIVE, ...crowd(6, 'c').map((person) => `${person} member`)] } });
  await scenario.run('apply', '--yes');
  scenario.hours(48);
  scenario.portal().setRole('bob@acme.example', 'admin');
  await scenario.run('drift', '--revert');
  expect(scenario.live(), 'the raised role is taken back').toContain('bob member');
});

test('upper case in policy and at the vendor is the same person', async () => {
  const policies = withPeople(TEAM);
  for (const [path, text] of Object.entries(policies)) policies[path] = text.replaceAll('bob@acme', 'Bob@ACME');
  const scenario = createScenario({
    policies,
    live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'BOB@acme.example member', 'cleo member'] },
  });
  expect((await scenario.plan()).changes).toEqual([]);
});

test('two users with one address cannot be told apart, so neither is touched', async () => {
  const scenario = createScenario({
    policies: withPeople({ ...TEAM, member: ['cleo'] }, ['bob']),
    live: { [PRODUCTION]: [...LIVE, 'bob admin'] },
    switches: { unique_email: false },
  });
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(0);
  expect(scenario.writes()).toEqual([]);
  expect((await scenario.run('plan')).stdout).toContain('bob@acme.example');
});

test('somebody taken out of policy and put back in is invited again, once', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  await scenario.run('apply', '--yes');
  scenario.setPolicies(withPeople(TEAM));
  expect(stepsOf(await scenario.plan())).toEqual(['invite cleo member (git)']);
  await scenario.run('apply', '--yes');
  expect(scenario.writes()).toEqual(['DELETE cleo', 'POST cleo member']);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
});

test('an open invitation whose person leaves is taken back; one whose role changes is changed, not sent again', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new', 'other'] }));
  await scenario.run('apply', '--yes');
  scenario.writes();
  scenario.setPolicies(withPeople({ ...TEAM, admin: ['ada', 'zoe', 'other'] }));
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['DELETE new', 'PATCH other admin']);
});

test('without any ledger an approved plan file still tells what a good read was', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  await scenario.run('plan', '--out', 'plan.json');
  await scenario.setLedger('');
  scenario.fault({ kind: 'empty_list', times: 'always' });
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 8 });
  expect(scenario.writes()).toEqual([]);
});

test('a clock that goes back sends no more invitations than the hour allows', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...crowd(20)] }));
  await scenario.run('apply', '--yes');
  for (const person of crowd(10)) scenario.portal().accept(`${person}@acme.example`);
  scenario.hours(-2);
  expect((await scenario.run('apply', '--yes')).exit).toBe(10);
  expect(scenario.checker.writes.filter((one) => one.method === 'POST')).toHaveLength(10);
});

test('an e-mail change of the last admin beside the owner never leaves the account without one', async () => {
  const scenario = await startConverged({ admin: ['ada'], member: ['bob', 'cleo'] });
  const moved = withPeople({ admin: ['ada.king'], member: ['bob', 'cleo'] });
  moved['people/everybody.yaml'] = `${peopleFile(['bob', 'cleo', 'ada.king'])}  previously: [ada@acme.example]\n`;
  scenario.setPolicies(moved);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual(['POST ada.king admin']);
  scenario.portal().accept('ada.king@acme.example');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.live()).toEqual(['ada.king admin', 'bob member', 'cleo member']);
});

test('an e-mail change whose new address holds less does not leave the old admin in for ever', async () => {
  const scenario = await startConverged();
  const moved = withPeople({ admin: ['ada'], member: ['bob', 'cleo', 'zoe.b'] });
  moved['people/everybody.yaml'] = `${peopleFile(['ada', 'bob', 'cleo', 'zoe.b'])}  previously: [zoe@acme.example]\n`;
  scenario.setPolicies(moved);
  await scenario.run('apply', '--yes');
  scenario.portal().accept('zoe.b@acme.example');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.live()).toEqual(['ada admin', 'bob member', 'cleo member', 'zoe.b member']);
});

test('keys that open each other’s account are noticed: an account is never emptied through a key of another', async () => {
  const policies = company({ [PRODUCTION]: TEAM, [SUPPORT]: { admin: ['ada', 'zoe'], member: crowd(3, 's') } });
  const scenario = createScenario({
    policies,
    live: { [PRODUCTION]: LIVE, [SUPPORT]: ['ada admin', 'zoe admin', 's01 member', 's02 member', 's03 member'] },
  });
  await scenario.run('apply', '--yes');
  const { TELNYX_PRODUCTION_API_KEY: production, TELNYX_SUPPORT_API_KEY: support } = scenario.env;
  scenario.env = { ...scenario.env, TELNYX_PRODUCTION_API_KEY: support, TELNYX_SUPPORT_API_KEY: production };
  await scenario.run('drift', '--revert');
  expect(scenario.world.requests.filter((one) => one.mutating)).toEqual([]);
});

test('one key for two accounts is noticed before anything is changed', async () => {
  const policies = company({ [PRODUCTION]: TEAM, [SUPPORT]: { admin: ['ada', 'zoe'], member: ['dan'] } });
  const scenario = createScenario({ policies, live: { [PRODUCTION]: LIVE, [SUPPORT]: ['ada admin', 'zoe admin', 'dan member'] } });
  scenario.env = { ...scenario.env, TELNYX_SUPPORT_API_KEY: scenario.env['TELNYX_PRODUCTION_API_KEY'] };
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 9, stdout: expect.stringContaining('hold the same key') });
  expect(scenario.world.requests).toEqual([]);
});

test('the same policies under another path are the same plan', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  scenario.folders.set('elsewhere/policies', withPeople({ ...TEAM, member: ['bob'] }));
  const [one, other] = [await scenario.plan(), await scenario.plan('--policies', 'elsewhere/policies/')];
  expect(other.digest).toBe(one.digest);
});
