import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, team } from '../../support/company.ts';
import { pullsOf } from '../support/pulls-of.ts';

let office: Office;
afterEach(() => office.stop());

const MEMBERS = `teams/${PRODUCTION}-member.yaml`;
const PEOPLE = ['ada', 'grace', 'hedy', 'bob', 'carol']
  .map((one) => `- email: ${one}@acme.example\n  name: ${one}\n${one === 'carol' ? '' : `  github: ${one}\n`}`)
  .join('');
const as = (who: string) =>
  ({ event: 'workflow_dispatch', flags: ['--adopt'], env: { GITHUB_ACTOR: who, GITHUB_TRIGGERING_ACTOR: who } }) as const;

async function open(member = ['bob', 'carol']): Promise<void> {
  office = await createOffice({
    policies: { ...company({ [PRODUCTION]: { admin: ['ada', 'grace', 'hedy'], member } }), 'people/everybody.yaml': PEOPLE },
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'hedy admin', 'bob member', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

async function mergeApproved(title: string, files: Readonly<Record<string, string>>): Promise<void> {
  const pull = await office.propose('ada', title, files);
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
}

test('an approved end ends on its day, although somebody pushed another end of somebody else before', async () => {
  await open();
  await office.pushToMain('ada', { [MEMBERS]: team(PRODUCTION, 'member', ['bob until 2027-06-01', 'carol']) });
  await office.apply();
  office.hours(1);
  await mergeApproved('Carol ends', { [MEMBERS]: team(PRODUCTION, 'member', ['bob until 2027-06-01', 'carol until 2026-11-25']) });
  office.hours(24 * 4);
  await office.drift();
  expect(office.writes()).toEqual(['DELETE carol']);
});

test('a renewal that only a barred person approved, and that was merged all the same, is not "as the policies say"', async () => {
  await open(['bob until 2026-12-05', 'carol']);
  office.people.setPermission('bob', 'write');
  office.hours(1);
  await office.drift();
  const number = pullsOf(office)[0]?.number ?? 0;
  await office.approve(number, 'bob');
  await office.plan(number);
  await office.merge(number);
  await office.apply();
  office.hours(24 * 14);
  await office.drift();
  expect(office.issue()?.state).toBe('open');
});

test('whoever the log names later is barred from the adoption that is open', async () => {
  await open();
  office.vendor.setSwitches({ audit_lag_ms: 7_200_000 });
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example', 'grace@acme.example');
  office.hours(1);
  await office.drift(as('ada'));
  const number = pullsOf(office)[0]?.number ?? 0;
  office.hours(3);
  await office.drift(as('ada'));
  await office.approve(number, 'grace');
  await office.plan(number);
  expect(office.comment(number)).not.toContain('`grace` approved the newest commit');
});

test('whoever asks for the same adoption second is barred like the first', async () => {
  await open();
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example', 'grace@acme.example');
  office.hours(1);
  await office.drift(as('ada'));
  const number = pullsOf(office)[0]?.number ?? 0;
  office.hours(1);
  await office.drift(as('hedy'));
  await office.approve(number, 'hedy');
  await office.plan(number);
  expect(office.comment(number)).not.toContain('`hedy` approved the newest commit');
});

test('where issues were switched off for one night, the next tells what that one took back', async () => {
  await open();
  office.vendor.portal(PRODUCTION).setRole('bob@acme.example', 'admin', 'grace@acme.example');
  office.hours(1);
  office.people.switchIssues(false);
  await office.drift();
  office.people.switchIssues(true);
  office.hours(1);
  await office.drift();
  expect(office.issue()?.body).toContain('bob@acme.example');
});

test('people hear of invalid policies on main also when nothing else is wrong', async () => {
  await open();
  await office.pushToMain('ada', { 'teams/broken.yaml': 'members: []\ngrants: []\nnonsense: 1\n' });
  office.hours(1);
  await office.drift();
  expect(office.issue()?.body).toContain('are invalid');
});

test('a night says that a merge waits for apply', async () => {
  await open();
  const pull = await office.propose('ada', 'Bob is raised', {
    [`teams/${PRODUCTION}-admin.yaml`]: team(PRODUCTION, 'admin', ['ada', 'grace', 'hedy', 'bob']),
  });
  await office.plan(pull);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  office.hours(1);
  expect((await office.drift()).stdout).toMatch(/apply/);
});
