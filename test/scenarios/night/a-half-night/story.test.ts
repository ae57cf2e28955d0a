import { afterEach, expect, test } from 'vitest';
import { createOffice, type Office } from '../../github/support/create-office.ts';
import { company, PRODUCTION, peopleFile, SUPPORT, team } from '../../support/company.ts';
import { bodyOf } from '../support/body-of.ts';

let office: Office;
afterEach(() => office.stop());

async function twoAccounts(): Promise<void> {
  office = await createOffice({
    policies: company({
      [PRODUCTION]: { admin: ['ada', 'grace'], member: ['bob'] },
      [SUPPORT]: { admin: ['ada', 'grace'], member: ['bob'], settings: 'invites: { per_hour: 1, open: 10 }\n' },
    }),
    live: { [PRODUCTION]: ['ada admin', 'grace admin', 'bob member'], [SUPPORT]: ['ada admin', 'grace admin', 'bob member'] },
  });
  expect((await office.begin()).exit).toBe(0);
}

/** Two people join the support account, which takes one invitation an hour: the second is owed. */
async function owesAnInvitation(): Promise<void> {
  const pull = await office.propose('ada', 'Hedy and Ivy join support', {
    'people/two.yaml': peopleFile(['hedy', 'ivy']),
    'teams/two.yaml': team(SUPPORT, 'member', ['hedy', 'ivy']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  await office.approve(pull, 'grace');
  await office.merge(pull);
  expect((await office.apply()).exit).toBe(10);
  expect(office.writes()).toEqual(['POST hedy member']);
}

function breakProduction(): void {
  office.vendor.faults.add({ kind: 'status', status: 500, match: { account: PRODUCTION }, times: 'always' });
}

test('one account cannot be read: in the other what is owed goes on and drift is taken back, as on any night', async () => {
  await twoAccounts();
  await owesAnInvitation();
  for (const account of [PRODUCTION, SUPPORT]) office.vendor.portal(account).setRole('bob@acme.example', 'admin', 'grace@acme.example');
  breakProduction();
  office.hours(1);
  const night = await office.drift();
  expect(night).toMatchObject({ exit: 8, outputs: { exit_code: '8' } });
  expect(office.writes()).toEqual(['PATCH bob member', 'POST ivy member']);
  expect(office.live(SUPPORT)).toEqual(['ada admin', 'bob member', 'grace admin', 'hedy member invited', 'ivy member invited'].toSorted());
  expect(office.live(PRODUCTION)).toEqual(['ada admin', 'bob admin', 'grace admin']);
  expect(office.issue(PRODUCTION)).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:unread'] });
  expect(office.issue(SUPPORT)).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:drift'] });
  await expect(bodyOf(office.issue(PRODUCTION))).toMatchFileSnapshot('not-read.md');
  await expect(bodyOf(office.issue(SUPPORT))).toMatchFileSnapshot('a-whole-night.md');

  office.vendor.faults.clear();
  office.hours(1);
  expect((await office.drift()).exit).toBe(0);
  expect(office.writes()).toEqual(['PATCH bob member']);
  // Nothing is left there but the keys that Bob could read as an admin.
  expect(office.issue(SUPPORT)).toMatchObject({ state: 'open', body: expect.stringContaining('### 1 offboarding incomplete\n') });
  expect(office.issue(PRODUCTION)).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:drift'] });
});

test('an issue that told of drift stays open while its account cannot be read: nobody knows that it is clean', async () => {
  await twoAccounts();
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example', 'grace@acme.example');
  office.hours(1);
  expect((await office.drift()).exit).toBe(2);
  expect(office.issue(PRODUCTION)).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:drift'] });

  breakProduction();
  for (const _ of ['first', 'second']) {
    office.hours(1);
    expect((await office.drift()).exit).toBe(8);
  }
  expect(office.issue(PRODUCTION)).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:unread'] });
  expect(office.issue(PRODUCTION)?.body).toContain('The account could not be read');
  expect(office.issue(PRODUCTION)?.comments).toHaveLength(1);
  const said = [office.issue(PRODUCTION)?.body, ...(office.issue(PRODUCTION)?.comments ?? [])].join('\n');
  expect(said).not.toContain('Everything is as the policies say');
  expect(said).not.toContain('**Settled**');
});

test('a difference that outlasts nights without a look is as old as it was, and still says who is likely to have made it', async () => {
  await twoAccounts();
  office.hours(10);
  office.vendor.portal(PRODUCTION).deleteByPortal('bob@acme.example', 'grace@acme.example');
  office.hours(1);
  expect((await office.drift()).exit).toBe(2);
  breakProduction();
  for (const _ of ['first', 'second', 'third']) {
    office.hours(1);
    expect((await office.drift()).exit).toBe(8);
  }
  office.vendor.faults.clear();
  office.hours(1);
  expect((await office.drift()).exit).toBe(2);
  expect(office.issue(PRODUCTION)).toMatchObject({ state: 'open', labels: ['rollcall', 'rollcall:drift'] });
  expect(office.issue(PRODUCTION)?.body).toContain(
    '| 🟡 | `bob@acme.example` | vanished (drift) | `→ member` | 2026-11-23 20:00 UTC, 4 hours ago | likely `grace@acme.example`, 2026-11-23 19:00 UTC |',
  );
  expect(office.writes()).toEqual([]);
});

test('plans of pull requests go on for the account that was read, and for the other say how old the last look is', async () => {
  await twoAccounts();
  breakProduction();
  office.hours(3);
  expect((await office.drift()).exit).toBe(8);
  const pull = await office.propose('ada', 'Hedy joins both', {
    'people/hedy.yaml': peopleFile(['hedy']),
    'teams/support.yaml': team(SUPPORT, 'member', ['hedy']),
    'teams/production.yaml': team(PRODUCTION, 'member', ['hedy']),
  });
  expect((await office.plan(pull)).exit).toBe(0);
  expect(office.comment(pull)).toContain('`telnyx-production` was observed 2026-11-23 09:00 UTC, 3 hours ago: 3 people, complete');
  expect(office.comment(pull)).toContain('`telnyx-support` was observed 2026-11-23 12:00 UTC, 1 minute ago: 3 people, complete');
});
