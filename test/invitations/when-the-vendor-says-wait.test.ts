import { describe, expect, test } from 'vitest';
import { type Company, crowd, HOUR_MS, openCompany } from './support/open-company.ts';

const MINUTE_MS = 60_000;
const others = Array.from({ length: 10 }, (_, index) => `other-${index}@elsewhere.example`);

/** Somebody invites ten people in the portal and takes them back: none is open, and the hour is used up. */
function useUpTheHour({ vendor }: Company): void {
  for (const other of others) vendor.portal().inviteByPortal(other, 'member', 'Other');
  for (const other of others) vendor.portal().revoke(other);
}

describe('somebody else has used up the hour', () => {
  test('a 429 that names its time holds everybody until then, however often rollcall runs meanwhile', async () => {
    const company = openCompany({ people: crowd(8), switches: { limit_status: 429 } });
    useUpTheHour(company);
    for (let minute = 0; minute < 60; minute += 5) {
      const { exit, stdout } = await company.run('apply', '--yes');
      expect(exit).toBe(10);
      expect(stdout).toContain('from 2026-11-23 10:00 UTC');
      const plan = await company.plan();
      expect(plan.changes.map((change) => change.not_before)).toEqual(Array(8).fill('2026-11-23T10:00:00.000Z'));
      company.advance(5 * MINUTE_MS);
    }
    expect(company.posts.map((post) => post.person)).toEqual(['p001']);
    expect(await company.run('apply', '--yes')).toMatchObject({ exit: 0 });
    expect(company.who('invited')).toEqual(crowd(8));
    expect(company.broken).toEqual([]);
  });

  test('a refusal that names no time costs one POST a run, never more than the hour has, and ends with the hour', async () => {
    const company = openCompany({ people: crowd(8), switches: { limit_status: 422 } });
    useUpTheHour(company);
    for (let run = 0; run < 4; run += 1) {
      expect(await company.run('apply', '--yes')).toMatchObject({
        exit: 10,
        stdout: expect.stringMatching(/Invites are limited to 10 per\s+hour/),
      });
      expect(company.posts.map((post) => post.person)).toEqual(Array(run + 1).fill('p001'));
      company.advance(15 * MINUTE_MS);
    }
    expect(await company.run('apply', '--yes')).toMatchObject({ exit: 10 });
    company.advance(HOUR_MS);
    expect(await company.run('apply', '--yes')).toMatchObject({ exit: 0 });
    expect(company.who('invited')).toEqual(crowd(8));
    expect(company.broken).toEqual([]);
  });

  test.each([422, 429] as const)(
    'somebody invites in the portal in the middle of a run: one refusal (%i), and the run sends no more',
    async (limit_status) => {
      const company = openCompany({
        people: crowd(9),
        switches: { limit_status },
        afterPost: (nth, portal) => {
          if (nth === 4) for (const other of others.slice(0, 6)) portal.inviteByPortal(other, 'member', 'Other');
        },
      });
      expect(await company.run('apply', '--yes')).toMatchObject({ exit: 10 });
      expect(company.posts.map((post) => post.person)).toEqual(crowd(5));
      expect(company.who('invited').slice(0, 4)).toEqual(crowd(4));
      expect(company.broken).toEqual(['p005 invited while 10 invitations are open']);
      for (const person of crowd(4)) company.accept(person);
      company.advance(HOUR_MS);
      await company.run('apply', '--yes');
      expect(company.who('invited').filter((person) => person.startsWith('p'))).toEqual(crowd(9).slice(4, 8));
    },
  );
});

describe('a list that lags behind', () => {
  test.each([1, 5, 9])('who was invited %i minutes ago and is not listed yet is not invited again', async (minutes) => {
    const company = openCompany({ people: crowd(3), switches: { unique_email: false } });
    await company.run('apply', '--yes');
    for (const person of crowd(3)) company.accept(person);
    company.advance(2 * HOUR_MS);
    company.setPeople(crowd(5));
    const before = company.vendor.state().users;
    expect(await company.run('apply', '--yes')).toMatchObject({ exit: 0 });
    company.advance(minutes * MINUTE_MS);
    const meta = { total_results: before.length, total_pages: 1, page_number: 1, page_size: 250 };
    company.vendor.faults.add({
      kind: 'status',
      status: 200,
      body: { data: before, meta },
      match: { method: 'GET', path: '/v2/sub_users?' },
      times: 'always',
    });
    const run = await company.run('apply', '--yes');
    expect(company.posts.map((post) => post.person)).toEqual(crowd(5));
    expect(run.exit).toBe(10);
    expect(run.stdout).toContain('an earlier invitation may still turn up; until then none is sent');
    company.vendor.faults.clear();
    expect(await company.run('apply', '--yes')).toMatchObject({ exit: 0 });
    expect(company.broken).toEqual([]);
  });
});

test.each(['reset_before', 'not_applied'] as const)('after %s nobody is asked for again within ten minutes', async (kind) => {
  const company = openCompany({ people: ['p001'], faults: [{ kind, match: { method: 'POST' } }] });
  const first = await company.run('apply', '--yes');
  expect(first).toMatchObject({ exit: 6, stdout: expect.stringContaining('may have happened') });
  const endedMs = company.now();
  company.advance(9 * MINUTE_MS);
  await company.run('apply', '--yes');
  expect(company.posts).toHaveLength(1);
  company.advance(10 * MINUTE_MS + endedMs - company.now());
  expect(await company.run('apply', '--yes')).toMatchObject({ exit: 0 });
  expect(company.posts).toHaveLength(2);
  expect(company.who('invited')).toEqual(['p001']);
  expect(company.broken).toEqual([]);
});
