import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const pushed = { 'people/ivy.yaml': peopleFile(['ivy']), 'teams/ivy.yaml': team(PRODUCTION, 'admin', ['ivy']) };
const proposed = { 'people/hedy.yaml': peopleFile(['hedy']), 'teams/hedy.yaml': team(PRODUCTION, 'member', ['hedy']) };

let office: Office;
afterEach(() => office.stop());

async function open(settings = ''): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'], settings } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

test('a direct push is withheld until a merged pull request has shown it', async () => {
  await open();
  await office.pushToMain('mallory', pushed);
  const run = await office.apply();
  expect(run.exit).toBe(4);
  expect(office.writes()).toEqual([]);
  await expect(run.summary).toMatchFileSnapshot('summary-of-the-push.md');

  const pull = await office.propose('ada', 'Hedy joins', proposed);
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');

  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes().toSorted()).toEqual(['POST hedy member', 'POST ivy admin']);
  await expect(office.comment(pull)).toMatchFileSnapshot('result.md');
});

test('what a direct push grants goes on waiting when nobody who may approve that role has approved the pull request', async () => {
  await open('approvers: { admin: ["@grace"] }\n');
  await office.pushToMain('mallory', pushed);
  expect((await office.apply()).exit).toBe(4);

  const pull = await office.propose('ada', 'Hedy joins', proposed);
  expect((await office.plan(pull)).exit).toBe(0);
  await expect(office.comment(pull)).toMatchFileSnapshot('needs-grace.md');
  await office.approve(pull, 'hedy');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(4);
  expect(office.writes()).toEqual(['POST hedy member']);
  await expect(office.comment(pull)).toMatchFileSnapshot('in-part.md');

  // A later run has nothing to add to what was said there.
  office.hours(1);
  expect((await office.apply({ event: 'workflow_dispatch' })).exit).toBe(4);
  expect(office.writes()).toEqual([]);
  expect(office.comment(pull)).toContain('applied | `invite hedy@acme.example as member`');
  expect(office.comment(pull)).toContain('withheld | `invite ivy@acme.example as admin`');

  const next = await office.propose('ada', 'Nothing of its own', { '/README.md': 'Read me.\n', 'people/zoe.yaml': peopleFile(['zoe']) });
  expect((await office.plan(next)).exit).toBe(0);
  await office.approve(next, 'grace');
  await office.merge(next);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST ivy admin']);
});

test('an approval from before the push takes nothing of it in, although the pull request shows it by the time of the merge', async () => {
  await open();
  const pull = await office.propose('ada', 'Hedy joins', proposed);
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.pushToMain('mallory', pushed);
  office.hours(1 / 60);
  expect((await office.plan(pull, { event: 'schedule' })).exit).toBe(0);
  await expect(office.comment(pull)).toMatchFileSnapshot('shown-after-the-approval.md');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(4);
  expect(office.writes()).toEqual(['POST hedy member']);
});
