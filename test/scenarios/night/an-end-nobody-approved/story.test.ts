import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, team } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

const MEMBERS = `teams/${PRODUCTION}-member.yaml`;

let office: Office;
afterEach(() => office.stop());

async function endPushedStraightToMain(): Promise<void> {
  office = await createOffice({
    policies: company({ [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] } }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
  await office.pushToMain('ada', { [MEMBERS]: team(PRODUCTION, 'member', ['bob until 2026-11-24']) });
  office.hours(48);
}

test('people are told that the grant ended and its access is still there, once, for as long as nobody approves the end', async () => {
  await endPushedStraightToMain();
  for (const _ of ['first', 'second']) {
    await office.drift();
    expect(office.writes()).toEqual([]);
    expect(office.live()).toEqual(['ada admin', 'bob member', 'grace admin']);
    expect(office.issue()).toMatchObject({ state: 'open', comments: [] });
    office.hours(24);
  }
  expect(office.issue()?.body).toContain('#### Ended');
  expect(office.issue()?.body).toMatch(/`bob@acme\.example` \(`member`\): ended on 2026-11-24/);
  await expect(bodyOf(office.issue())).toMatchFileSnapshot('ended.md');
  expect(office.issue()?.body).toMatch(/nobody (has )?approved/i);
});

test('a pull request that people approve makes the end count, and the issue closes', async () => {
  await endPushedStraightToMain();
  await office.drift();
  expect(office.issue()?.state).toBe('open');
  const pull = await office.propose('ada', 'Bob has left the project', {
    [MEMBERS]: null,
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(0);
  expect(office.writes()).toEqual(['DELETE bob']);
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.issue()?.state).toBe('closed');
});
