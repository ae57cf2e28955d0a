import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { approval, company, crowd, PRODUCTION } from '../../support/company.ts';

const STRANGERS = crowd(1000, 's');
const ADMINS = STRANGERS.filter((_, index) => index % 100 === 50);
const AS_APPROVED = ['ada admin', 'bob member', 'grace admin'];
/** GitHub takes no longer body. */
const BODY_MAX_CHARACTERS = 65_536;
const SUMMARY_MAX_BYTES = 1_000_000;
/** A thousand deletes, each with its reads, on a machine that has other things to do. */
const LONG_MS = 240_000;

let office: Office;
afterEach(() => office.stop());

async function aQuietCompany(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

/** Strangers who were invited and have accepted, all within the hour. */
function appear(people: readonly string[], role: (person: string) => string = () => 'member'): void {
  const portal = office.vendor.portal(PRODUCTION);
  for (const person of people) {
    expect(portal.inviteByPortal(`${person}@elsewhere.example`, role(person), 'Stranger', 'grace@acme.example').done).toBe(true);
    portal.accept(`${person}@elsewhere.example`);
  }
}

test('the first three strangers of a day are taken back, a fourth waits for the next day, and people are told why', async () => {
  await aQuietCompany();
  appear(['s1', 's2', 's3']);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['s1', 's2', 's3'].map((one) => `DELETE ${one}@elsewhere.example`));

  appear(['s4']);
  office.hours(1);
  expect((await office.drift()).exit).toBe(5);
  expect(office.writes()).toEqual([]);
  expect(office.issue()?.body).toContain('Blocked by');
  expect(office.issue()?.body).toContain(
    '4 taken back from strangers, stray invitations and raised admins (3 of them made in the last 24 hours); the limit is 3 in 24 hours',
  );
  expect(office.issue()?.body).toMatch(/`s4@elsewhere\.example` \| stranger \(drift\).*\*\*nothing was done\*\*/);

  office.hours(24);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE s4@elsewhere.example']);
  expect(office.live()).toEqual(AS_APPROVED);
});

test('a thousand at once: nobody is taken back before people look, the issue names the admins first and counts whom it has no room for', async () => {
  await aQuietCompany();
  office.vendor.setSwitches({ open: 2000, per_hour: 2000 });
  appear(STRANGERS, (person) => (ADMINS.includes(person) ? 'admin' : 'member'));
  office.hours(1);
  expect(await office.drift()).toMatchObject({ exit: 5, outputs: { exit_code: '5' } });
  expect(office.writes()).toEqual([]);
  expect(office.live()).toHaveLength(1003);
  const issue = office.issue();
  expect(issue).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:drift'], comments: [] });
  const body = issue?.body ?? '';
  expect(body.length).toBeLessThan(BODY_MAX_CHARACTERS);
  expect(body).toMatch(/^### 1,000 differences nobody approved · /m);
  expect(body).toContain('1000 taken back from strangers, stray invitations and raised admins; the limit is 3 in 24 hours');
  const rows = body.split('\n').filter((line) => line.includes(' stranger (drift) '));
  const named = rows.map((row) => /`(s\d+)@elsewhere\.example`/.exec(row)?.[1]);
  expect(named.slice(0, ADMINS.length).toSorted()).toEqual(ADMINS.toSorted());
  expect(named.length).toBeGreaterThan(ADMINS.length);
  expect(body).toContain(`**${1000 - named.length} more differences, for which there is no room here.**`);

  office.hours(1);
  expect((await office.drift()).exit).toBe(5);
  expect(office.writes()).toEqual([]);
  expect(office.issue()?.comments).toEqual([]);
});

test(
  'once people have approved as many deletes, the next night takes all thousand back, and the one after has nothing left but keys',
  async () => {
    await aQuietCompany();
    office.vendor.setSwitches({ open: 2000, per_hour: 2000 });
    appear(STRANGERS, (person) => (ADMINS.includes(person) ? 'admin' : 'member'));
    office.hours(1);
    expect((await office.drift()).exit).toBe(5);
    const pull = await office.propose('ada', 'Out with the strangers', {
      'approvals/2026-11-strangers.yaml': approval(PRODUCTION, 1000, '2026-11-28'),
    });
    expect((await office.plan(pull)).exit).toBe(0);
    await office.approve(pull, 'grace');
    await office.merge(pull);
    expect((await office.apply()).exit).toBe(0);
    expect(office.writes()).toEqual([]);

    office.hours(24);
    const night = await office.drift();
    expect(night.exit).toBe(0);
    expect(Buffer.byteLength(night.summary)).toBeLessThan(SUMMARY_MAX_BYTES);
    expect(office.writes().toSorted()).toEqual(STRANGERS.map((one) => `DELETE ${one}@elsewhere.example`).toSorted());
    expect(office.live()).toEqual(AS_APPROVED);
    expect(office.issue()?.state).toBe('open');
    for (const text of [office.issue()?.body ?? '', ...(office.issue()?.comments ?? [])]) {
      expect(text.length).toBeLessThan(BODY_MAX_CHARACTERS);
    }

    office.hours(1);
    expect((await office.drift()).exit).toBe(0);
    expect(office.writes()).toEqual([]);
    // Of those who were admins the keys are left, and nothing else.
    expect(office.issue()).toMatchObject({ state: 'open', body: expect.stringMatching(/^### [\d,]+ offboardings? incomplete$/m) });
  },
  LONG_MS,
);

test('an approval file that somebody pushed straight to main lifts nothing: nobody approved it', async () => {
  await aQuietCompany();
  appear(['s1', 's2', 's3', 's4']);
  await office.pushToMain('mallory', { 'approvals/2026-11-strangers.yaml': approval(PRODUCTION, 1000, '2026-11-28') });
  office.hours(1);
  expect((await office.drift()).exit).toBe(5);
  expect(office.writes()).toEqual([]);
  expect(office.live()).toHaveLength(7);
});

test('a thousand open invitations that somebody revokes again: so short a list is doubted for an hour, and then the issue closes', async () => {
  await aQuietCompany();
  office.vendor.setSwitches({ open: 2000, per_hour: 2000 });
  for (const person of STRANGERS) office.vendor.portal(PRODUCTION).inviteByPortal(`${person}@elsewhere.example`, 'member', 'Stranger');
  office.hours(1);
  expect((await office.drift()).exit).toBe(5);
  expect(office.writes()).toEqual([]);
  expect(office.issue()?.body).toMatch(/^### 1,000 differences nobody approved · /m);
  for (const person of STRANGERS) office.vendor.portal(PRODUCTION).revoke(`${person}@elsewhere.example`);
  office.hours(1);
  expect((await office.drift()).exit).toBe(8);
  expect(office.issue()?.state).toBe('open');
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.issue()?.state).toBe('closed');
});
