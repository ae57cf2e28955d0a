import { expect, test } from 'vitest';
import { PRODUCTION } from '../support/company.ts';
import { createScenario } from '../support/create-scenario.ts';
import { startConverged, TEAM, withPeople } from '../support/start-converged.ts';

test('of an approved plan what live has changed since is withheld (exit 4) and the rest is applied', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['new'] }));
  await scenario.run('plan', '--out', 'plan.json');
  scenario.portal().setRole('cleo@acme.example', 'admin');
  const run = await scenario.run('apply', '--plan', 'plan.json');
  expect(run.exit).toBe(4);
  expect(run.stdout).toContain('cleo@acme.example');
  expect(run.stdout).toContain('Way out');
  expect(scenario.writes()).toEqual(['PATCH bob admin', 'POST new member']);
  expect(scenario.live()).toContain('cleo admin');
});

test('what policy wants newly since the plan was approved is withheld', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  await scenario.run('plan', '--out', 'plan.json');
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['cleo', 'new', 'other'] }));
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 4 });
  expect(scenario.writes()).toEqual(['POST new member']);
});

test('what policy no longer wants is not made, although the plan was approved', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  await scenario.run('plan', '--out', 'plan.json');
  scenario.setPolicies(withPeople(TEAM));
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
});

test.each([
  ['a role', (text: string) => text.replace('"member"', '"admin"')],
  ['a person', (text: string) => text.replaceAll('new@acme.example', 'eve@acme.example')],
  ['the digest', (text: string) => text.replace(/"digest": ?"sha256:.{4}/g, (found) => `${found.slice(0, -4)}0000`)],
  ['a change that is left out', (text: string) => JSON.stringify({ ...JSON.parse(text), changes: [] })],
  ['a verdict', (text: string) => text.replaceAll('"applicable"', '"empty"')],
])('a plan file in which %s was edited approves nothing', async (_what, edit) => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob', 'cleo', 'new'] }));
  await scenario.run('plan', '--out', 'plan.json');
  const before = scenario.files.get('plan.json') ?? '';
  scenario.files.set('plan.json', edit(before));
  expect(scenario.files.get('plan.json')).not.toBe(before);
  const run = await scenario.run('apply', '--plan', 'plan.json');
  expect(run).toMatchObject({ exit: 9, stdout: '' });
  expect(run.stderr).toContain('plan.json was changed after it was made');
  expect(scenario.writes()).toEqual([]);
});

test('a plan of a newer format, and a file that is no plan, are refused', async () => {
  const scenario = await startConverged();
  await scenario.run('plan', '--out', 'plan.json');
  const plan = JSON.parse(scenario.files.get('plan.json') ?? '');
  scenario.files.set('newer.json', JSON.stringify({ ...plan, format_version: '2.0' }));
  scenario.files.set('other.json', '[1, 2');
  scenario.files.set('unknown.json', JSON.stringify({ ...plan, format_version: '1.7', something_new: true }));
  expect(await scenario.run('apply', '--plan', 'newer.json')).toMatchObject({ exit: 64, stderr: expect.stringContaining('2.0') });
  expect(await scenario.run('apply', '--plan', 'other.json')).toMatchObject({ exit: 64 });
  expect(await scenario.run('apply', '--plan', 'missing.json')).toMatchObject({
    exit: 64,
    stderr: expect.stringContaining('there is no such file'),
  });
  expect(await scenario.run('apply', '--plan', 'unknown.json')).toMatchObject({ exit: 0 });
});

test('an approved plan that is applied twice says `already` and sends nothing', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ admin: ['ada', 'zoe', 'bob'], member: ['new'] }));
  await scenario.run('plan', '--out', 'plan.json');
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toHaveLength(3);
  const again = await scenario.run('apply', '--plan', 'plan.json');
  expect(again).toMatchObject({ exit: 0, stdout: expect.stringContaining('already 3') });
  expect(scenario.writes()).toEqual([]);
});

test('apply without approval and without a terminal is a usage error', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  expect(await scenario.run('apply')).toMatchObject({ exit: 64, stderr: expect.stringContaining('apply needs an approval') });
  expect(await scenario.run('apply', '--yes', '--plan', 'plan.json')).toMatchObject({ exit: 64 });
  expect(scenario.writes()).toEqual([]);
});

test('asked on a terminal: no does nothing, yes applies', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  scenario.answer = false;
  const no = await scenario.run('apply');
  expect(no).toMatchObject({ exit: 0, stdout: expect.stringContaining('Not approved. Nothing was done.') });
  expect(no.stdout).toContain('cleo@acme.example');
  expect(scenario.writes()).toEqual([]);
  expect(await scenario.run('plan', '--detailed-exitcode')).toMatchObject({ exit: 2 });
  scenario.answer = true;
  expect(await scenario.run('apply')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual(['DELETE cleo']);
});

test('a yes on the terminal does not cover what somebody changed while the question stood', async () => {
  const scenario = await startConverged();
  scenario.setPolicies(withPeople({ ...TEAM, member: ['bob'] }));
  scenario.answer = () => {
    scenario.portal().setRole('cleo@acme.example', 'admin');
    return true;
  };
  expect(await scenario.run('apply')).toMatchObject({ exit: 4 });
  expect(scenario.writes()).toEqual([]);
});

test('the first apply of an account accepts what is there; what is withheld keeps supervision from beginning', async () => {
  const scenario = createScenario({ policies: withPeople(TEAM), live: { [PRODUCTION]: ['ada admin', 'zoe admin', 'bob member'] } });
  const emptyPlan = withPeople({ ...TEAM, member: ['bob'] });
  scenario.setPolicies(emptyPlan);
  await scenario.run('plan', '--out', 'plan.json');
  scenario.setPolicies(withPeople(TEAM));
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 4 });
  expect(await scenario.ledger()).not.toContain('"kind":"baseline"');
  expect(await scenario.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(await scenario.ledger()).toContain('"kind":"baseline"');
});

test('a plan file that shows drift approves nothing', async () => {
  const scenario = await startConverged();
  scenario.portal().setRole('bob@acme.example', 'admin');
  expect(await scenario.run('drift', '--out', 'drift.json')).toMatchObject({ exit: 2 });
  expect(await scenario.run('apply', '--plan', 'drift.json')).toMatchObject({ exit: 64 });
  await scenario.run('plan', '--out', 'plan.json');
  expect(await scenario.run('apply', '--plan', 'plan.json')).toMatchObject({ exit: 0 });
  expect(scenario.writes()).toEqual([]);
});
