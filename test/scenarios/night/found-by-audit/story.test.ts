import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, SUPPORT, team } from '../../support/company.ts';
import { pullsOf } from '../support/pulls-of.ts';

/**
 * Each of these once let one person alone get access, keep it, or stop the watch; or made the issue say what was not so. Mallory may push
 * and review, and holds nothing.
 */
let office: Office;
afterEach(() => office.stop());

const CROWD = Array.from({ length: 15 }, (_, index) => `p${index}`);
const NAMES = ['ada', 'grace', 'hedy', 'bob', 'carol', 'mallory', ...CROWD];
const peopleOf = (login: Readonly<Record<string, string>>) =>
  NAMES.map((one) => `- email: ${one}@acme.example\n  name: ${one}\n${login[one] === undefined ? '' : `  github: ${login[one]}\n`}`).join(
    '',
  );
const OWN = Object.fromEntries(NAMES.map((one) => [one, one]));
const MEMBERS = `teams/${PRODUCTION}-member.yaml`;
const ADMINS = `teams/${PRODUCTION}-admin.yaml`;
/** One team each, so that each has a renewal of its own. */
const ENDS = Object.fromEntries(
  CROWD.map((one, index) => [`teams/t${index}.yaml`, team(PRODUCTION, 'member', [`${one} until 2026-12-0${(index % 5) + 1}`])]),
);

async function open(
  member: readonly string[],
  settings = '',
  more: Readonly<Record<string, string>> = {},
  crowd: readonly string[] = [],
): Promise<void> {
  office = await createOffice({
    policies: {
      ...company({ [PRODUCTION]: { admin: ['ada', 'grace', 'hedy'], member, settings } }),
      'people/everybody.yaml': peopleOf(OWN),
      ...more,
    },
    live: {
      [PRODUCTION]: ['ada admin', 'grace admin', 'hedy admin', 'bob member', 'carol member', ...crowd.map((one) => `${one} member`)],
    },
    teams: { 'acme/security': ['grace'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.people.setPermission('mallory', 'write');
}

async function renewal(): Promise<number> {
  await open(['bob until 2026-12-05', 'carol']);
  office.hours(1);
  await office.drift();
  return pullsOf(office)[0]?.number ?? 0;
}

async function land(number: number, by = 'grace'): Promise<void> {
  await office.plan(number);
  await office.approve(number, by);
  await office.merge(number);
}

test('whoever pushes to the branch of a renewal is not the one who approves what they pushed', async () => {
  const number = await renewal();
  await office.push(number, 'mallory', { 'teams/mine.yaml': team(PRODUCTION, 'admin', ['mallory']) });
  await office.plan(number);
  await office.approve(number, 'mallory');
  await office.plan(number);
  await office.merge(number);
  await office.apply();
  expect(office.writes()).toEqual([]);
});

test('a pull request that a workflow on a branch of hers opened is not approved by whoever wrote it', async () => {
  await open(['bob', 'carol']);
  await office.people.commitFiles('mallory/x', { 'policies/teams/mine.yaml': team(PRODUCTION, 'admin', ['mallory']) }, 'Mine', 'mallory');
  office.hours(0.02);
  const number = await office.people.openPull({ head: 'mallory/x', base: 'main', title: 'Chore', author: 'github-actions[bot]' });
  await office.plan(number);
  await office.approve(number, 'mallory');
  await office.plan(number);
  await office.merge(number);
  await office.apply();
  expect(office.writes()).toEqual([]);
});

test('who renamed themselves on GitHub is still who they are', async () => {
  const number = await renewal();
  office.people.setPermission('bobby', 'write');
  await office.plan(number);
  await office.approve(number, 'bobby');
  await office.plan(number);
  await office.merge(number);
  const applied = await office.apply();
  expect(applied.stderr).toContain('approves nothing');
});

test('a grant that came after its team was proposed is not said to be renewed by that pull request', async () => {
  await open(['bob until 2026-12-05', 'carol']);
  office.hours(1);
  await office.drift();
  const [pull] = pullsOf(office);
  expect(pull?.body).not.toContain('carol');
  await land(
    await office.propose('ada', 'Carol leaves too', {
      [MEMBERS]: team(PRODUCTION, 'member', ['bob until 2026-12-05', 'carol until 2026-12-05']),
    }),
  );
  expect((await office.apply()).exit).toBe(0);
  office.hours(1);
  await office.drift();
  const line = office
    .issue()
    ?.body.split('\n')
    .find((one) => one.includes('carol@'));
  expect(pullsOf(office)).toHaveLength(2);
  expect(line).not.toContain(`/pull/${pull?.number}`);
});

test('an approved pull request about somebody does not agree to what another one gives them', async () => {
  await open(['bob until 2026-12-20', 'carol'], 'approvers: { admin: ["@acme/security"] }\n');
  const fine = await office.propose('ada', 'Bob stays longer', {
    [MEMBERS]: team(PRODUCTION, 'member', ['bob until 2026-12-30', 'carol']),
  });
  await land(fine, 'hedy');
  const wrong = await office.propose('ada', 'Bob is raised', { [ADMINS]: team(PRODUCTION, 'admin', ['ada', 'grace', 'hedy', 'bob']) });
  await land(wrong, 'hedy');
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin');
  await office.apply();
  const learned = (await office.ledger()).filter((line) => line.includes('"kind":"state"') && line.includes('bob@acme.example'));
  expect(learned.at(-1)).not.toContain('"bob@acme.example":{"groups":[],"name":"bob","roles":["admin"]');
});

test('where Actions may open none, no night makes more than ten branches', async () => {
  await open(['bob', 'carol'], '', ENDS, CROWD);
  office.people.letActionsPropose(false);
  office.hours(1);
  await office.drift();
  const heads = [...office.people.repository.heads.keys()].filter((one) => one.startsWith('rollcall/'));
  expect(heads.length).toBeLessThanOrEqual(10);
});

test('a pull request that somebody opens from the branch before rollcall does is not called its renewal', async () => {
  await open(['bob until 2026-12-05', 'carol']);
  const branch = 'rollcall/renew-telnyx-production-member-2026-12-05';
  await office.people.commitFiles(branch, { [`policies/teams/mine.yaml`]: team(PRODUCTION, 'admin', ['bob']) }, 'Renew', 'mallory');
  office.hours(0.02);
  const number = await office.people.openPull({ head: branch, base: 'main', title: 'Renew what ends on 2026-12-05', author: 'mallory' });
  office.hours(1);
  await office.drift();
  expect(office.issue()?.body).not.toContain(`/pull/${number}`);
});

test('a pull request that somebody opens and closes before rollcall does keeps no renewal from being proposed in silence', async () => {
  await open(['bob until 2026-12-05', 'carol']);
  const branch = 'rollcall/renew-telnyx-production-member-2026-12-05';
  await office.people.commitFiles(branch, { 'x.txt': 'x' }, 'Renew', 'mallory');
  office.hours(0.02);
  const number = await office.people.openPull({ head: branch, base: 'main', title: 'x', author: 'mallory' });
  await office.people.closePull(number);
  await office.people.deleteBranch(branch);
  office.hours(1);
  await office.drift();
  expect(pullsOf(office).filter(({ author }) => author === 'github-actions[bot]')).toHaveLength(1);
});

test('an account that somebody took out of policy by themselves is watched all the same', async () => {
  const two = company({
    [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] },
    [SUPPORT]: { admin: ['ada', 'grace'], member: ['bob'] },
  });
  office = await createOffice({
    policies: two,
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'], [SUPPORT]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  await office.pushToMain('hedy', {
    [`accounts/${SUPPORT}.yaml`]: null,
    [`teams/${SUPPORT}-admin.yaml`]: null,
    [`teams/${SUPPORT}-member.yaml`]: null,
  });
  office.vendor.portal(SUPPORT).setRole('bob@acme.example', 'admin');
  office.hours(1);
  await office.drift();
  expect(office.writes()).toEqual(['PATCH bob member']);
});

test('what people approved to take away is owed, whatever somebody pushes meanwhile', async () => {
  await open(['bob', 'carol']);
  await land(await office.propose('ada', 'Bob leaves', { [MEMBERS]: team(PRODUCTION, 'member', ['carol']) }));
  await office.apply({
    http: (inner) => ({
      send: async (request) =>
        request.method === 'DELETE' ? { kind: 'reply', status: 503, headers: {}, body: '{}' } : inner.send(request),
      close: () => inner.close(),
    }),
  });
  office.hours(1);
  await office.pushToMain('mallory', { [MEMBERS]: team(PRODUCTION, 'member', ['bob', 'carol']) });
  await office.drift();
  await office.pushToMain('ada', { [MEMBERS]: team(PRODUCTION, 'member', ['carol']) });
  await office.apply();
  office.hours(1);
  await office.drift();
  expect(office.live()).not.toContain('bob member');
});

test('a login that is put right before the merge counts as it stands then', async () => {
  office = await createOffice({
    policies: {
      ...company({ [PRODUCTION]: { admin: ['ada', 'grace', 'hedy'], member: ['bob until 2026-12-05', 'carol'] } }),
      'people/everybody.yaml': peopleOf({ ada: 'ada', grace: 'grace', hedy: 'hedy', carol: 'mallory' }),
    },
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'hedy admin', 'bob member', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.people.setPermission('mallory', 'write');
  office.hours(1);
  await office.drift();
  const number = pullsOf(office)[0]?.number ?? 0;
  await office.approve(number, 'mallory');
  const right = await office.propose('ada', 'Mallory is Bob', {
    'people/everybody.yaml': peopleOf({ ada: 'ada', grace: 'grace', hedy: 'hedy', bob: 'mallory' }),
  });
  await office.plan(right);
  await office.approve(right, 'grace');
  await office.merge(right);
  await office.apply();
  await office.merge(number);
  const applied = await office.apply();
  expect(applied.stderr).toContain('approves nothing');
});
