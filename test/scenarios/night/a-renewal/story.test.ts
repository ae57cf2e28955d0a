import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, team } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';
import { pullsOf } from '../support/pulls-of.ts';

let office: Office;
afterEach(() => office.stop());

const PEOPLE = ['ada', 'grace', 'hedy', 'bob', 'carol']
  .map(
    (one) => `- email: ${one}@acme.example\n  name: ${one}\n${['ada', 'grace', 'hedy', 'bob'].includes(one) ? `  github: ${one}\n` : ''}`,
  )
  .join('');

async function open(more: Readonly<Record<string, string>> = {}): Promise<void> {
  office = await createOffice({
    policies: {
      ...company({ [PRODUCTION]: { admin: ['ada', 'grace', 'hedy'], member: ['bob until 2026-12-05'] } }),
      'people/everybody.yaml': PEOPLE,
      ...more,
    },
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'hedy admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

test('a grant that ends in two weeks is listed, proposed once, approved, merged, and goes on', async () => {
  await open();
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  const [pull] = pullsOf(office);
  expect(pull).toMatchObject({
    number: expect.any(Number),
    author: 'github-actions[bot]',
    state: 'open',
    branch: 'rollcall/renew-telnyx-production-member-2026-12-05',
  });
  await expect(`# ${pull?.title}\n\n${pull?.body}\n`).toMatchFileSnapshot('proposed.md');
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('listed.md');
  const number = pull?.number ?? 0;
  expect(office.comment(number)).toContain('bob@acme.example');
  office.hours(1);
  await office.drift();
  expect(pullsOf(office)).toHaveLength(1);

  await office.approve(number, 'grace');
  await office.merge(number);
  expect((await office.apply()).exit).toBe(0);
  expect(office.comment(number)).toContain('Approved by `grace`');
  office.hours(24 * 15);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin', 'hedy admin']);
  expect(pullsOf(office)).toHaveLength(1);
});

test('a renewal that people closed is not proposed again, and on its day the access goes', async () => {
  await open();
  office.hours(1);
  await office.drift();
  const number = pullsOf(office)[0]?.number ?? 0;
  await office.people.closePull(number);
  office.hours(24);
  await office.drift();
  expect(pullsOf(office)).toHaveLength(1);
  office.hours(24 * 13);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE bob']);
});

test('privilege is listed and never proposed, whoever holds it', async () => {
  await open({
    [`teams/night.yaml`]: team(PRODUCTION, 'admin', ['hedy until 2026-12-05']),
    [`teams/${PRODUCTION}-admin.yaml`]: team(PRODUCTION, 'admin', ['ada', 'grace']),
  });
  office.hours(1);
  await office.drift();
  expect(pullsOf(office).map(({ branch }) => branch)).toEqual(['rollcall/renew-telnyx-production-member-2026-12-05']);
  expect(office.issue()?.body).toContain('- `hedy@acme.example` (`admin`): ends on 2026-12-05');
});

test('whoever gains by a renewal is not the one who approves it, nor is somebody of whom policy does not say who they are', async () => {
  const people = PEOPLE.replace('  github: grace\n', '').replace('  github: bob\n', '  github: mallory\n');
  await open({ 'people/everybody.yaml': people });
  office.people.setPermission('mallory', 'write');
  office.hours(1);
  await office.drift();
  const number = pullsOf(office)[0]?.number ?? 0;
  await office.approve(number, 'mallory');
  await office.plan(number);
  expect(office.comment(number)).toContain('`mallory`');
  await office.merge(number);
  expect((await office.apply()).exit).toBe(4);
  expect(office.comment(number)).toContain('they likely made the difference, or gain by it');
  office.hours(24 * 14);
  await office.drift();
  // Policy says that he stays, so nothing is taken away; and nobody approved it, so the issue does not rest.
  expect(office.writes()).toEqual([]);
  expect(office.issue()?.state).toBe('open');
  expect(office.issue()?.body).toContain('than was approved: `bob@acme.example`');
});

test('where GitHub lets Actions open no pull request, the issue says how a person does, and the branch waits for them', async () => {
  await open();
  office.people.letActionsPropose(false);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(pullsOf(office)).toEqual([]);
  expect(office.issue()?.body).toContain('compare/main...rollcall/renew-telnyx-production-member-2026-12-05');
  office.people.letActionsPropose(true);
  office.hours(1);
  await office.drift();
  expect(pullsOf(office)).toHaveLength(1);
});

test('a branch of that name that somebody else made is left alone', async () => {
  await open();
  await office.people.commitFiles('rollcall/renew-telnyx-production-member-2026-12-05', { 'policies/x.txt': 'mine' }, 'Mine', 'mallory');
  office.hours(1);
  const night = await office.drift();
  expect(night.stdout).toContain('that this run did not make');
  expect(pullsOf(office)).toEqual([]);
});
