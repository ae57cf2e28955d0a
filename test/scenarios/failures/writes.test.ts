import { expect, test } from 'vitest';
import type { TelnyxFault } from '../../../src/emulator/parse-telnyx-fault.ts';
import { crowd } from '../support/company.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

const INVITED = { ...TEAM, member: ['bob', 'cleo', 'new'] };

const LOST: readonly [string, TelnyxFault][] = [
  ['no answer comes', { kind: 'timeout', when: 'after', match: { method: 'POST' } }],
  ['the connection is reset after', { kind: 'reset_after', match: { method: 'POST' } }],
  ['the answer is 500', { kind: 'status', status: 500, when: 'after', match: { method: 'POST' } }],
  [
    'the answer is 503 with Retry-After',
    { kind: 'status', status: 503, when: 'after', headers: { 'retry-after': '5' }, match: { method: 'POST' } },
  ],
  ['the body is cut', { kind: 'cut_body', match: { method: 'POST' } }],
  ['the body is not JSON', { kind: 'bad_json', match: { method: 'POST' } }],
  ['the answer is a web page', { kind: 'html', when: 'after', match: { method: 'POST' } }],
  ['the answer has another shape', { kind: 'wrong_shape', match: { method: 'POST' } }],
  ['the answer is 4 MiB and more', { kind: 'oversized', match: { method: 'POST' } }],
];

test.each(LOST)('an invitation is delivered but %s: a read finds it, exactly one was sent', async (_what, fault) => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople(INVITED));
  scenario.fault(fault);
  const run = await scenario.run('apply', '--yes');
  expect(run).toMatchObject({ exit: 0, stdout: expect.stringContaining('Applied 1') });
  expect(scenario.writes()).toEqual(['POST new member']);
  scenario.hours(1);
  await scenario.run('apply', '--yes');
  expect(scenario.writes()).toEqual([]);
});

const NOT_DELIVERED: readonly [string, TelnyxFault][] = [
  ['times out', { kind: 'timeout', match: { method: 'POST' } }],
  ['is reset before it arrives', { kind: 'reset_before', match: { method: 'POST' } }],
  ['is answered 502', { kind: 'status', status: 502, match: { method: 'POST' } }],
  ['is answered well and not done', { kind: 'not_applied', match: { method: 'POST' } }],
  ['is redirected', { kind: 'redirect', match: { method: 'POST' } }],
];

test.each(NOT_DELIVERED)(
  'an invitation %s: undecided (exit 6), not repeated for ten minutes, then sent once more',
  async (_what, fault) => {
    const scenario = await startConverged();
    scenario.setPolicies(withPeople(INVITED));
    scenario.fault(fault);
    expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 6 });
    expect(scenario.writes()).toEqual(['POST new member']);
    scenario.minutes(5);
    expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
    expect(scenario.writes()).toEqual([]);
    scenario.minutes(6);
    expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
    expect(scenario.writes()).toEqual(['POST new member']);
  },
);

test('an invitation that is rate limited is owed and sent by a later run', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople(INVITED));
  scenario.fault({ kind: 'status', status: 429, headers: { 'retry-after': '30' }, match: { method: 'POST' } });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual(['POST new member']);
  scenario.hours(1);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['POST new member']);
});

test('a delete that took effect but was answered 500 is applied, not repeated', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  scenario.fault({ kind: 'status', status: 500, when: 'after', match: { method: 'DELETE' } });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0, stdout: expect.stringContaining('Applied 1') });
  expect(scenario.writes()).toEqual(['DELETE cleo']);
});

test('a role change that is answered well and not done is undecided, and made by the next run', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['cleo'] }));
  scenario.fault({ kind: 'not_applied', match: { method: 'PATCH' } });
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 6 });
  expect(await scenario.run('drift', '--revert')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['PATCH bob admin', 'PATCH bob admin']);
});

test('a vendor that ignores roles in PATCH is never told of as success', async () => {
  const scenario = await startConverged(TEAM, { switches: { patch_role: 'ignored' } });
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['cleo'] }));
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(6);
  expect(run.stdout).toContain('Applied 0');
});

test('one person whom the vendor refuses is parked for 6 hours and does not stop the others', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new', 'other'] }));
  scenario.fault({ kind: 'status', status: 422, match: { method: 'POST' } });
  const run = await scenario.run('apply', '--yes');
  expect(run).toMatchObject({ exit: 6, stdout: expect.stringContaining('Applied 1') });
  expect(scenario.writes()).toEqual(['POST new member', 'POST other member']);
  scenario.hours(5);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 10 });
  expect(scenario.writes()).toEqual([]);
  scenario.hours(1.1);
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
});

test('when too many fail the account is stopped, and the rest is owed', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...crowd(8)] }));
  scenario.fault({ kind: 'status', status: 422, times: 'always', match: { method: 'POST' } });
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(6);
  expect(run.stdout).toContain('3 of 3 changes failed');
  expect(scenario.writes()).toHaveLength(3);
});

test('a key that is refused half way stops the account at once', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', ...crowd(4)] }));
  scenario.fault({ kind: 'status', status: 403, times: 'always', match: { method: 'POST', nth: 2 } });
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(9);
  expect(scenario.writes()).toHaveLength(2);
  scenario.world.faults.clear();
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(scenario.checker.writes.filter((one) => one.email === 'p01@acme.example')).toHaveLength(1);
});

test('an error body that echoes the key leaves no key anywhere', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople(INVITED));
  const echo = { errors: [{ code: '10015', title: 'Bad', detail: 'Bearer KEY-CANARY-telnyx-production-0123456789abcdef was sent' }] };
  scenario.fault({ kind: 'status', status: 422, body: echo, match: { method: 'POST' } });
  expect(await scenario.run('apply', '--yes', '--debug')).toMatchObject({ exit: 6 });
  expect(await scenario.run('ledger', 'show')).toMatchObject({ exit: 0 });
});

test('somebody changes the person between the reads and the delete: nothing is taken away', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  scenario.fault({ kind: 'unknown_role', match: { method: 'GET', path: '/v2/sub_users/' } });
  const run = await scenario.run('apply', '--yes');
  expect(run.exit).toBe(4);
  expect(scenario.writes()).toEqual([]);
});
