import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, SUPPORT, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';
import { factsOf, forgeCheck } from '../support/forge-check.ts';

/**
 * Each of these once applied a change that nobody had approved, or lost one that somebody had. Hedy may push and review, and is nobody
 * of security.
 */
let office: Office;
afterEach(() => office.stop());

const ADMINS = `teams/${PRODUCTION}-admin.yaml`;
const MEMBERS = `teams/${PRODUCTION}-member.yaml`;
const RAISED = { [ADMINS]: team(PRODUCTION, 'admin', ['ada', 'grace', 'bob']) };
const LOWERED = { [ADMINS]: team(PRODUCTION, 'admin', ['ada', 'grace']) };
const SECURITY = 'approvers: { admin: ["@acme/security"] }\n';
const WITHOUT_KEY = { TELNYX_SUPPORT_API_KEY: undefined };

async function open(settings = '', two = false): Promise<void> {
  const support = two ? { [SUPPORT]: { admin: ['ada', 'grace'], member: ['bob'] } } : {};
  const live = ['ada admin', 'grace admin', 'bob member'];
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob', 'carl'], settings }, ...support }),
    live: { [PRODUCTION]: [...live, 'carl member'], ...(two ? { [SUPPORT]: live } : {}) },
    teams: { 'acme/security': ['grace'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

function joins(who: string, role = 'member'): Record<string, string> {
  return { [`people/${who}.yaml`]: peopleFile([who]), [`teams/${who}.yaml`]: team(PRODUCTION, role, [who]) };
}

async function land(pull: number, by = 'grace'): Promise<void> {
  await office.plan(pull);
  await office.approve(pull, by);
  await office.merge(pull);
}

test('a review does not cover what came to the base after it, however often the plan is shown again', async () => {
  await open(SECURITY);
  const pull = await office.propose('ada', 'Hedy joins', joins('hedy'));
  await office.plan(pull);
  await office.approve(pull, 'grace');
  await office.pushToMain('hedy', RAISED);
  office.hours(1);
  await office.plan(pull, { event: 'schedule' });
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(4);
  expect(office.writes()).toEqual(['POST hedy member']);
});

test('an approval from before any plan was shown approves nothing', async () => {
  await open();
  const pull = await office.propose('ada', 'Bob is raised', RAISED);
  await office.approve(pull, 'grace');
  office.hours(1);
  await office.plan(pull);
  await office.merge(pull);
  const run = await office.apply();
  expect(office.writes()).toEqual([]);
  expect(run.exit).toBeGreaterThan(0);
  expect(run.stderr).toContain('approved before any plan');
});

test('an old pull request that is planned again carries nothing that came since', async () => {
  await open();
  const old = await office.propose('ada', 'Hedy joins', joins('hedy'));
  await land(old);
  expect((await office.apply()).exit).toBe(0);
  const settings = `provider: telnyx\napi: sub-users\nowner: root@acme.example\n${SECURITY}guards: { never_delete: [carl@acme.example] }\n`;
  const strict = await office.propose('grace', 'Security approves admins', { [`accounts/${PRODUCTION}.yaml`]: settings });
  await land(strict, 'ada');
  expect((await office.apply()).exit).toBe(0);
  office.writes();
  await office.pushToMain('hedy', { ...RAISED, [MEMBERS]: team(PRODUCTION, 'member', ['bob']) });
  expect((await office.apply()).exit).toBe(4);
  await office.plan(old, { event: 'workflow_dispatch' });
  await office.approve(old, 'hedy');
  await office.apply({ event: 'workflow_dispatch', flags: ['--pull', String(old)] });
  expect(office.writes()).toEqual([]);
});

test('a used approval is used up, whatever observation a check run names for it', async () => {
  await open('', true);
  const before = await office.tip('rollcall-state');
  office.hours(1);
  await office.begin();
  const raised = await office.propose('ada', 'Bob is raised', RAISED);
  await office.plan(raised);
  await office.approve(raised, 'grace');
  const facts = factsOf(office, raised);
  const at = office.now();
  await office.merge(raised);
  await office.apply({ env: WITHOUT_KEY });
  await land(await office.propose('ada', 'Bob is lowered', LOWERED));
  await office.apply({ env: WITHOUT_KEY });
  expect(office.writes()).toEqual(['PATCH bob admin', 'PATCH bob member']);
  await office.pushToMain('hedy', RAISED);
  await office.apply({ env: WITHOUT_KEY });
  await forgeCheck(office, raised, { ...facts, state: before }, at);
  await office.apply({ env: WITHOUT_KEY });
  expect(office.writes()).toEqual([]);
});

test('raised, lowered and raised again by a push, all in one run: the first approval is over', async () => {
  await open();
  await land(await office.propose('ada', 'Bob is raised', RAISED));
  await land(await office.propose('ada', 'Bob is lowered', LOWERED));
  await office.pushToMain('hedy', RAISED);
  expect((await office.apply()).exit).toBe(4);
  expect(office.writes()).toEqual([]);
});

test('an older state that somebody pushes on top is forged, although every record of it verifies', async () => {
  await open();
  const old = await office.tip('rollcall-state');
  await land(await office.propose('ada', 'Bob is raised', RAISED));
  expect((await office.apply()).exit).toBe(0);
  office.writes();
  const { git } = office.people.repository;
  const env = { GIT_AUTHOR_NAME: 'h', GIT_AUTHOR_EMAIL: 'h@x', GIT_COMMITTER_NAME: 'h', GIT_COMMITTER_EMAIL: 'h@x' };
  const commit = ['commit-tree', `${old}^{tree}`, '-p', await office.tip('rollcall-state'), '-m', 'back'];
  const made = new TextDecoder().decode((await git.run(commit, undefined, env)).stdout).trim();
  await git.run(['update-ref', 'refs/heads/rollcall-state', made]);
  const run = await office.apply();
  expect(run).toMatchObject({ exit: 9 });
  expect(run.stderr).toContain('took records away');
  expect(office.writes()).toEqual([]);
});

test('an end date that a direct push brought deletes nobody, on its day either', async () => {
  await open();
  await office.pushToMain('hedy', { [MEMBERS]: team(PRODUCTION, 'member', ['bob', 'carl until 2026-11-23']) });
  await office.apply();
  office.hours(24);
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(4);
  expect(office.writes()).toEqual([]);
});

test('an end that moves on asks for the approver of its role', async () => {
  await open(SECURITY);
  await land(
    await office.propose('ada', 'Bob is raised for a week', {
      [ADMINS]: team(PRODUCTION, 'admin', ['ada', 'grace', 'bob until 2026-11-30']),
    }),
  );
  expect((await office.apply()).exit).toBe(0);
  const longer = await office.propose('ada', 'Bob stays', RAISED);
  await office.plan(longer);
  expect(office.comment(longer)).toContain('One of `@acme/security` has to approve');
});

test('what somebody made true in the console is granted by nobody but the approver', async () => {
  await open(SECURITY);
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin');
  office.hours(1);
  await office.begin();
  const pull = await office.propose('ada', 'Bob is raised', RAISED);
  await office.plan(pull);
  expect(office.comment(pull)).toContain('One of `@acme/security` has to approve');
});

test('an account leaves the watch only by a pull request that people approved', async () => {
  await open('', true);
  const gone = { [`accounts/${SUPPORT}.yaml`]: null, [`teams/${SUPPORT}-admin.yaml`]: null, [`teams/${SUPPORT}-member.yaml`]: null };
  await office.pushToMain('hedy', gone);
  const run = await office.apply();
  expect(run.exit).toBe(4);
  expect(run.stderr).toContain(`${SUPPORT} left the policies without a pull request that people approved`);
  expect((await office.ledger()).filter((line) => line.includes('"kind":"released"'))).toEqual([]);
});

test('an approval that a push got in the way of is not lost', async () => {
  await open();
  await land(await office.propose('ada', 'Hedy joins', joins('hedy')));
  await office.pushToMain('hedy', joins('hedy', 'admin'));
  expect((await office.apply()).exit).toBe(4);
  await office.pushToMain('grace', joins('hedy'));
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
});

test('an account without its key fails no pull request that does not touch it', async () => {
  await open('', true);
  office.hours(25);
  await office.drift({ env: WITHOUT_KEY });
  const pull = await office.propose('ada', 'Hedy joins', joins('hedy'));
  expect((await office.plan(pull)).exit).toBe(0);
});

test('what was made true in the console and pushed to main is not taken for agreed: it goes when the push is undone', async () => {
  await open();
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin');
  await office.pushToMain('hedy', RAISED);
  expect((await office.apply()).exit).toBe(0);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(
    (await office.ledger()).some(
      (line) => line.includes('"kind":"state"') && line.includes('"bob@acme.example":{"groups":[],"name":"Bob","roles":["admin"]'),
    ),
  ).toBe(false);
  await office.pushToMain('ada', LOWERED);
  await office.apply();
  office.hours(1);
  await office.drift();
  expect(office.writes()).toEqual(['PATCH bob member']);
});

test('what was made true in the console is agreed to by the pull request that people approve', async () => {
  await open();
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin');
  const pull = await office.propose('hedy', 'Bob is an admin', RAISED);
  await land(pull);
  expect((await office.apply()).exit).toBe(0);
  await office.pushToMain('mallory', LOWERED);
  await office.apply();
  office.hours(1);
  await office.drift();
  // From now on it takes a pull request to lower him.
  expect(office.writes()).toEqual([]);
});
