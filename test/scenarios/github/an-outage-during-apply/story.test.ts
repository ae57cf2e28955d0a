import { afterEach, expect, test } from 'vitest';
import type { Http } from '../../../../src/ports.ts';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { ORIGIN } from '../../support/create-scenario.ts';
import { type ApplyOptions, createOffice, type Ended, type Office } from '../support/create-office.ts';

const three = ['hedy', 'ivy', 'joan'];
const MINUTE = 1 / 60;

let office: Office;
afterEach(() => office.stop());

/** Three people join; the pull request is merged and not yet applied. */
async function merged(): Promise<number> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Three join', {
    'people/three.yaml': peopleFile(three),
    'teams/three.yaml': team(PRODUCTION, 'member', three),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  return pull;
}

const everybody = ['ada admin', 'bob member', 'grace admin', 'hedy member invited', 'ivy member invited', 'joan member invited'];

test('the vendor goes down in the middle: the rest is made by the next run, under the same approval', async () => {
  const pull = await merged();
  office.vendor.faults.add({ kind: 'status', status: 503, match: { method: 'POST', nth: 2 }, times: 'always' });
  expect((await office.apply()).exit).toBe(6);
  expect(office.live()).toHaveLength(4);
  await expect(office.comment(pull)).toMatchFileSnapshot('vendor-down.md');

  office.vendor.faults.clear();
  office.hours(1);
  office.writes();
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(0);
  expect(office.writes()).toHaveLength(2);
  expect(office.live()).toEqual(everybody);
  await expect(office.comment(pull)).toMatchFileSnapshot('vendor-back.md');
});

test('GitHub goes down before the intents are pushed: nothing is sent to the vendor, and the next run does it all', async () => {
  const pull = await merged();
  office.github.world.faults.add({ kind: 'status', status: 502, method: 'POST', path: /\/git\/commits$/, nth: 2, times: 'always' });
  const run = await office.apply();
  expect(run.exit).toBe(1);
  await expect(run.stderr.replaceAll(office.github.origin, 'https://github.example')).toMatchFileSnapshot('github-down.txt');
  expect(office.writes()).toEqual([]);

  office.github.world.faults.clear();
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(0);
  expect(office.writes()).toHaveLength(3);
  expect(office.live()).toEqual(everybody);
  await expect(office.comment(pull)).toMatchFileSnapshot('github-back.md');
});

test('GitHub goes down once everything was sent: the next run reads it and sends nothing again', async () => {
  const pull = await merged();
  const down = () =>
    office.github.world.faults.add({ kind: 'status', status: 502, method: 'POST', path: /\/git\/commits$/, times: 'always' });
  expect((await office.apply({ onWrite: (nth) => nth === 3 && down() })).exit).toBe(1);
  expect(office.writes()).toHaveLength(3);

  office.github.world.faults.clear();
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('found-by-reading.md');
  expect((await office.ledger()).filter((line) => line.includes('"kind":"intent"'))).toHaveLength(3);
});

test('a comment that cannot be written changes no exit code', async () => {
  await merged();
  office.github.world.faults.add({ kind: 'status', status: 502, path: /\/issues\//, times: 'always' });
  const run = await office.apply();
  expect(run).toMatchObject({ exit: 0, outputs: { exit_code: '0' } });
  expect(run.summary).toContain('Applied 3');
  expect(run.stderr).toContain('The comment on pull request 1 was not written');
  expect(office.writes()).toHaveLength(3);
});

test.each([
  ['before the first write reaches the vendor', 'before', 0],
  ['after the first write reached it, with no answer', 'after', 1],
] as const)('a run that is killed %s', async (_, when, arrived) => {
  await merged();
  await killedAtFirstWrite(when);
  expect(office.live()).toHaveLength(3 + arrived);
  office.writes();

  const soon = await office.apply({ event: 'workflow_dispatch' });
  expect(soon.exit).toBe(10);
  expect(office.writes()).toEqual([]);
  office.hours(11 * MINUTE);
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(0);
  expect(office.writes()).toHaveLength(3 - arrived);
  expect(office.comment(1)).toContain('### Access apply: 3 applied');
  expect(office.live()).toEqual(everybody);
});

/** Nothing answers any more from the first write on, and nothing is tidied up: that is a machine that went away. */
async function killedAtFirstWrite(when: 'before' | 'after'): Promise<void> {
  let die: (word: 'died') => void = () => undefined;
  const died = new Promise<'died'>((resolve) => {
    die = resolve;
  });
  let dead = false;
  const http = (inner: Http): Http => ({
    send: async (request) => {
      const dies = request.method !== 'GET' && new URL(request.url).origin === ORIGIN;
      if (dies && !dead && when === 'after') await inner.send(request);
      dead ||= dies;
      if (!dead) return inner.send(request);
      die('died');
      return new Promise(() => undefined);
    },
    close: async () => undefined,
  });
  const options: ApplyOptions = { http };
  const ended: Ended | 'died' = await Promise.race([office.apply(options), died]);
  expect(ended).toBe('died');
}
