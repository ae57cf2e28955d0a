import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

const ADMINS = `teams/${PRODUCTION}-admin.yaml`;
const MEMBERS = `teams/${PRODUCTION}-member.yaml`;

let office: Office;
let pull: number;
afterEach(() => office.stop());

test('somebody approved, but nobody of security: nothing of the pull request is made, and it says who is missing', async () => {
  await begin({ teams: { 'acme/security': ['hedy'] } });
  await expect(office.comment(pull)).toMatchFileSnapshot('comment.md');
  await office.approve(pull, 'grace');
  expect((await office.plan(pull)).exit).toBe(0);
  await expect(office.comment(pull)).toMatchFileSnapshot('approved-by-another.md');
  await office.merge(pull);

  expect(await office.apply()).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('result.md');
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin']);
});

test('the author is of security: nobody approves for themselves', async () => {
  await begin({ teams: { 'acme/security': ['ada'] } });
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
});

test('the token may not read who is of security: it cannot be told, so nothing is made', async () => {
  await begin({ teams: { 'acme/security': ['hedy'] }, readsMembers: false });
  await office.approve(pull, 'hedy');
  expect((await office.plan(pull)).exit).toBe(0);
  await expect(office.comment(pull)).toMatchFileSnapshot('team-unreadable.md');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(pull)).toMatchFileSnapshot('team-unreadable-result.md');
});

test('security is taken out of the approvers by the very pull request: it is held to the approvers of the base', async () => {
  await begin({ teams: { 'acme/security': ['hedy'] } });
  await office.push(pull, 'ada', { [`accounts/${PRODUCTION}.yaml`]: company({ [PRODUCTION]: {} })[`accounts/${PRODUCTION}.yaml`] ?? '' });
  expect((await office.plan(pull)).exit).toBe(0);
  await expect(office.comment(pull)).toMatchFileSnapshot('takes-the-approver-out.md');
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect(await office.apply()).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
});

async function begin(options: { readonly teams: Record<string, string[]>; readonly readsMembers?: boolean }): Promise<void> {
  office = await createOffice({
    policies: company(
      { [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'], settings: 'approvers: { admin: ["@acme/security"] }\n' } },
      ['carol'],
    ),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
    ...options,
  });
  expect((await office.begin()).exit).toBe(0);
  pull = await office.propose('ada', 'Bob is an admin and Carol joins', {
    [ADMINS]: team(PRODUCTION, 'admin', ['ada', 'grace', 'bob']),
    [MEMBERS]: team(PRODUCTION, 'member', ['carol']),
  });
  expect(await office.plan(pull)).toMatchObject({ exit: 0, outputs: { verdict: 'applicable', changes: '2' } });
}
