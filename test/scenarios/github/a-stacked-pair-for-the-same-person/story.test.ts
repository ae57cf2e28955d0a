import { afterEach, expect, test } from 'vitest';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { createOffice, type Office } from '../support/create-office.ts';

let office: Office;
let member: number;
let admin: number;
afterEach(() => office.stop());

test('merged in one push: the person comes to what the second says, in one step', async () => {
  await begin();
  expect((await office.plan(admin)).exit).toBe(0);
  await expect(office.comment(admin)).toMatchFileSnapshot('second-before-first.md');
  await mergeMember();
  await mergeAdmin();

  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST carol admin']);
  await expect(office.comment(member)).toMatchFileSnapshot('first-in-one-push.md');
  await expect(office.comment(admin)).toMatchFileSnapshot('second-in-one-push.md');
});

test('planned after the first was applied: the second shows one step from member to admin', async () => {
  await begin();
  await mergeMember();
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST carol member']);
  expect(await office.plan(admin)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  await expect(office.comment(admin)).toMatchFileSnapshot('second-after-first.md');

  await mergeAdmin();
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['PATCH carol admin']);
  expect(office.live()).toContain('carol admin invited');
});

test('planned before the first was applied: what our own ledger wrote in between is no reason to ask again', async () => {
  await begin();
  expect((await office.plan(admin)).exit).toBe(0);
  await mergeMember();
  expect((await office.apply()).exit).toBe(0);
  await mergeAdmin();

  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST carol member', 'PATCH carol admin']);
  await expect(office.comment(admin)).toMatchFileSnapshot('second-rebased.md');
});

test('planned before the first was applied, and the invitation was accepted meanwhile: the same', async () => {
  await begin();
  expect((await office.plan(admin)).exit).toBe(0);
  await mergeMember();
  expect((await office.apply()).exit).toBe(0);
  office.vendor.portal(PRODUCTION).accept('carol@acme.example');
  await mergeAdmin();

  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST carol member', 'PATCH carol admin']);
});

test('the first is merged without anybody who approved it: the second, approved, carries the person all the way', async () => {
  await begin();
  expect((await office.plan(admin)).exit).toBe(0);
  await office.merge(member);
  await mergeAdmin();

  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST carol admin']);
});

test('the second alone lacks an approval: the person stays where nobody agreed to the end of it', async () => {
  await begin();
  expect((await office.plan(admin)).exit).toBe(0);
  await mergeMember();
  await office.merge(admin);

  expect(await office.apply()).toMatchObject({ exit: 4 });
  expect(office.writes()).toEqual([]);
  await expect(office.comment(member)).toMatchFileSnapshot('first-held-by-second.md');
  await expect(office.comment(admin)).toMatchFileSnapshot('second-not-approved.md');
});

test('the second is against the branch of the first: alone it is not planned, and merged there it is part of what the first shows', async () => {
  await begin();
  const onTop = await office.people.openPull({
    head: 'ada/carol-is-an-admin',
    base: 'ada/carol-joins',
    title: 'Carol is an admin, on top',
    author: 'ada',
  });
  expect(await office.plan(onTop)).toMatchObject({ exit: 0, outputs: {} });
  expect(office.comment(onTop)).toBeNull();
  await office.approve(member, 'grace');
  await office.merge(onTop, 'merge');
  expect(await office.plan(member)).toMatchObject({ exit: 0, outputs: { changes: '1' } });
  await expect(office.comment(member)).toMatchFileSnapshot('first-with-second-in-it.md');

  await mergeMember();
  expect(await office.apply()).toMatchObject({ exit: 0 });
  expect(office.writes()).toEqual(['POST carol admin']);
  expect(office.comment(onTop)).toBeNull();
});

/** Carol joins as a member; on top of that branch, Carol becomes an admin. */
async function begin(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  member = await office.propose('ada', 'Carol joins', {
    'people/new.yaml': peopleFile(['carol']),
    [`teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['bob', 'carol']),
  });
  expect((await office.plan(member)).exit).toBe(0);
  admin = await office.propose(
    'ada',
    'Carol is an admin',
    { [`teams/${PRODUCTION}-admin.yaml`]: team(PRODUCTION, 'admin', ['ada', 'grace', 'carol']) },
    await office.tip('ada/carol-joins'),
  );
}

async function mergeMember(): Promise<void> {
  await office.approve(member, 'grace');
  await office.merge(member, 'merge');
}

async function mergeAdmin(): Promise<void> {
  await office.approve(admin, 'grace');
  await office.merge(admin, 'merge');
}
