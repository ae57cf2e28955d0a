import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, team } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

let office: Office;
afterEach(() => office.stop());

test('the day after a grant ends its access goes, unless another grant holds it', async () => {
  office = await createOffice({
    policies: {
      ...company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob until 2026-11-24', 'carol until 2026-11-24'] } }),
      'teams/front.yaml': team(PRODUCTION, 'member', ['carol']),
    },
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member', 'carol member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(37);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('on-the-last-day.md');

  office.hours(3);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE bob']);
  expect(office.live()).toEqual(['ada admin', 'carol member', 'grace admin']);
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('ended.md');
});

test('an end is news once, however many nights count down to it, and settled once the access is gone', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob until 2026-12-07'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(1);
  await office.drift();
  expect(office.issue()).toMatchObject({ state: 'open', comments: [] });
  for (const days of ['13 days', '1 day']) {
    office.hours(days === '1 day' ? 12 * 24 : 24);
    await office.drift();
    expect(office.issue()?.body).toContain(`\`bob@acme.example\` (\`member\`): ends on 2026-12-07, in ${days}, `);
    expect(office.issue()).toMatchObject({ state: 'open', comments: [] });
  }
  office.hours(48);
  await office.drift();
  expect(office.writes()).toEqual(['DELETE bob']);
  expect(office.issue()?.comments).toHaveLength(1);
  expect(office.issue()?.comments[0]).toContain('**Settled**\n\n- a grant ends soon: `bob@acme.example, member, until 2026-12-07`\n');

  for (const [days, isNamed] of [
    [13, true],
    [1, false],
  ] as const) {
    office.hours(days * 24);
    await office.drift();
    expect(office.issue()?.state).toBe('closed');
    expect(office.issue()?.body.includes('`bob@acme.example` (`member`): ended on 2026-12-07, its access is gone, ')).toBe(isNamed);
  }
});

test('of somebody who was admin until yesterday and stays a member, the access that ended is gone', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace', 'bob until 2026-11-24'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob admin'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(30);
  await office.drift();
  expect(office.issue()?.body).toContain('`bob@acme.example` (`admin`): ends today, on 2026-11-24, ');
  office.hours(10);
  await office.drift();
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin']);
  expect(office.issue()?.body).toContain('`bob@acme.example` (`admin`): ended on 2026-11-24, its access is gone, ');
});

test('as long as the account cannot be read after an end, its access counts as still there', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob until 2026-11-24'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  office.hours(30);
  await office.drift();
  office.hours(10);
  office.vendor.faults.add({ kind: 'status', status: 503, match: { account: PRODUCTION }, times: 'always' });
  expect((await office.drift()).exit).toBe(8);
  expect(office.issue()?.body).toContain('**The account could not be read**');
  expect(office.issue()?.body).toContain(
    '`bob@acme.example` (`member`): ended on 2026-11-24, **its access was still there when last read**, ',
  );
});

test('an end that a direct push brought ends nothing at night: nobody approved it', async () => {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  await office.pushToMain('ada', { [`teams/${PRODUCTION}-member.yaml`]: team(PRODUCTION, 'member', ['bob until 2026-11-24']) });
  office.hours(48);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual([]);
  expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin']);
});
