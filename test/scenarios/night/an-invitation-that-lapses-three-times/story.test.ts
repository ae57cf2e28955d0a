import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, peopleFile, team } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

const HEDY = 'hedy@acme.example';

let office: Office;
afterEach(() => office.stop());

/** Hedy joins by a pull request that counts, and her invitation is out. */
async function invited(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  const pull = await office.propose('ada', 'Hedy joins', {
    'people/hedy.yaml': peopleFile(['hedy']),
    [`teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['bob', 'hedy']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
}

/** Every invitation that reached the vendor, whatever came of it. */
function invitationsSent(): number {
  return office.vendor.requests.filter((one) => one.method === 'POST').length;
}

async function nightsWithoutAWord(count: number, exit: number): Promise<void> {
  for (let night = 1; night <= count; night += 1) {
    office.hours(24);
    expect((await office.drift()).exit).toBe(exit);
    expect(office.writes()).toEqual([]);
  }
}

test('nobody accepts four invitations: the night sends it again three times, then never again, and asks the owner', async () => {
  await invited();
  for (const times of ['1 invitation', '2 invitations', '3 invitations']) {
    await nightsWithoutAWord(2, 0);
    office.vendor.portal(PRODUCTION).expire(HEDY);
    office.hours(1);
    expect((await office.drift()).exit).toBe(0);
    expect(office.writes()).toEqual(['POST hedy member']);
    expect(office.live()).toContain('hedy member invited');
    expect(office.issue()).toMatchObject({ state: 'open', labels: ['rollcall'] });
    expect(office.issue()?.body).toContain(`\`${HEDY}\`: ${times} nobody accepted`);
  }

  await nightsWithoutAWord(1, 0);
  office.vendor.portal(PRODUCTION).expire(HEDY);
  office.hours(1);
  expect((await office.drift()).exit).toBe(10);
  expect(office.issue()).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:owed'] });
  const told = office.issue()?.comments.length;
  await nightsWithoutAWord(4, 10);
  expect(invitationsSent()).toBe(4);
  expect(office.issue()?.comments).toHaveLength(told ?? 0);
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('asks-the-owner.md');
  expect(office.issue()?.body).toContain(`\`${HEDY}\`: 4 invitations nobody accepted`);
});

test('the owner says yes and invites her by hand while she is there: the question is settled, and the issue closes', async () => {
  await invited();
  for (let lapse = 1; lapse <= 4; lapse += 1) {
    office.hours(24);
    expect((await office.drift()).exit).toBe(0);
    office.vendor.portal(PRODUCTION).expire(HEDY);
    office.hours(1);
    await office.drift();
  }
  expect(office.issue()?.body).toContain('ask them, and the owner');
  office.vendor.portal(PRODUCTION).inviteByPortal(HEDY, 'member', 'Hedy');
  office.vendor.portal(PRODUCTION).accept(HEDY);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(invitationsSent()).toBe(4);
  expect(office.live()).toContain('hedy member');
  expect(office.issue()?.state).toBe('closed');
});

test('she accepts the second invitation: it is as if the first had never lapsed', async () => {
  await invited();
  office.hours(24);
  expect((await office.drift()).exit).toBe(0);
  office.vendor.portal(PRODUCTION).expire(HEDY);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['POST hedy member']);
  expect(office.issue()?.state).toBe('open');

  office.vendor.portal(PRODUCTION).accept(HEDY);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.issue()?.state).toBe('closed');
  await nightsWithoutAWord(2, 0);
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin', 'hedy member']);
  expect(invitationsSent()).toBe(2);
});

test('meanwhile she opened a Telnyx account of her own: one try, then steps for a person, and no more tries', async () => {
  await invited();
  office.hours(24);
  expect((await office.drift()).exit).toBe(0);
  office.vendor.portal(PRODUCTION).expire(HEDY);
  office.vendor.portal(PRODUCTION).signUp(HEDY);
  office.hours(1);
  expect((await office.drift()).exit).toBe(10);
  expect(office.writes()).toEqual(['POST hedy member']);
  await nightsWithoutAWord(3, 10);
  expect(office.issue()).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:owed'] });
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('an-account-of-her-own.md');

  office.vendor.portal(PRODUCTION).closeOwnAccount(HEDY);
  office.vendor.portal(PRODUCTION).inviteByPortal(HEDY, 'member', 'Hedy');
  office.vendor.portal(PRODUCTION).accept(HEDY);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.issue()?.state).toBe('closed');
});

test('it lapsed while no night ran for two days: nobody can tell whether she had accepted, so people are asked before it is sent again', async () => {
  await invited();
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  office.hours(24);
  office.vendor.portal(PRODUCTION).expire(HEDY);
  office.hours(24);
  await office.drift();
  expect(office.writes()).toEqual([]);
  expect(office.issue()?.state).toBe('open');
  expect(office.issue()?.body).toContain(HEDY);
});
