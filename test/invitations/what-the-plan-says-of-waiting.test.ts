import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/model.ts';
import { addressOf, type Company, crowd, HOUR_MS, openCompany, personOf } from './support/open-company.ts';

/** Invitations that rollcall sends, by when the plan says. */
function forecastOf(changes: readonly Change[]) {
  const invites = changes.filter(({ action, executor }) => action === 'invite' && executor === 'api');
  const namesOf = (which: (change: Change) => boolean) => invites.filter(which).map(({ principal }) => personOf(principal));
  return {
    now: namesOf(({ not_before, tags }) => not_before === null && !tags.includes('waits_for_open_slot')),
    waiting: namesOf(({ tags }) => tags.includes('waits_for_open_slot')),
    /** Those whom only the hour keeps back. */
    dated: invites.filter(({ not_before, tags }) => not_before !== null && !tags.includes('waits_for_open_slot')),
    all: namesOf(() => true),
  };
}

const WAITS = /^deferred +invite (\S+) as member(?: ·|\n) +owed; .*waits for one of the open invitations to be accepted$/gm;

/** Who is named by a pattern's first group. */
function namedIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, email = '']) => personOf(email));
}

function acceptAll(company: Company): void {
  for (const person of company.who('invited')) company.accept(person);
}

describe('the time that a plan names is honest', () => {
  const limits = [
    [10, 10],
    [3, 20],
    [10, 4],
    [1, 1],
    [20, 10],
    [7, 7],
  ] as const;
  test.each(limits)(
    '%i an hour, %i open: a moment before it nobody goes, and at it exactly those whom the plan names',
    async (perHour, open) => {
      const company = openCompany({ people: crowd(24), limits: { perHour, open } });
      const first = forecastOf((await company.plan()).changes);
      await company.run('apply', '--yes');
      expect(company.posts.map((post) => post.person)).toEqual(first.now);
      for (let window = 0; window < 30 && company.who('active').length < 24; window += 1) {
        acceptAll(company);
        const { now, dated } = forecastOf((await company.plan()).changes);
        const before = company.posts.length;
        const [next] = dated;
        if (now.length === 0 && next?.not_before) {
          company.advance(Date.parse(next.not_before) - company.now() - 1);
          await company.run('apply', '--yes');
          expect(company.posts).toHaveLength(before);
          company.advance(1);
        }
        const due = now.length > 0 ? now : dated.filter((one) => one.not_before === next?.not_before).map((one) => personOf(one.principal));
        await company.run('apply', '--yes');
        expect(company.posts.slice(before).map((post) => post.person)).toEqual(due);
      }
      expect(company.who('active')).toHaveLength(24);
      expect(company.broken).toEqual([]);
    },
  );

  test('when people accept as fast as the hour allows, everybody goes at the time that the very first plan named', async () => {
    const company = openCompany({ people: crowd(45) });
    const times = new Map((await company.plan()).changes.map(({ principal, not_before }) => [personOf(principal), not_before]));
    const start = company.now();
    for (let hour = 0; hour < 5; hour += 1) {
      await company.run('apply', '--yes');
      acceptAll(company);
      company.advance(HOUR_MS);
    }
    expect(company.posts).toHaveLength(45);
    for (const { person, atMs } of company.posts) {
      expect(atMs === start ? null : new Date(atMs).toISOString(), person).toBe(times.get(person) ?? null);
    }
  });
});

describe('nobody accepts', () => {
  test.each([
    [12, 10],
    [30, 3],
    [200, 10],
  ])('%i people, %i open: nothing more is sent however long it lasts, and everybody who waits is named', async (count, open) => {
    const company = openCompany({ people: crowd(count), limits: { perHour: 10, open } });
    const waiting = crowd(count).slice(open);
    for (let run = 0; run < 6; run += 1) {
      const { exit, stdout } = await company.run('apply', '--yes');
      expect(exit).toBe(10);
      expect(company.posts).toHaveLength(open);
      expect(namedIn(stdout, WAITS)).toEqual(waiting);
      company.advance(9 * HOUR_MS);
    }
    const text = (await company.run('plan')).stdout;
    expect(text).toContain(`Invitations: ${waiting.length} as people accept.`);
    expect(namedIn(text, /… invite {2}(\S+)\s+→ member\s+(?:· )?owed · as people accept/g)).toEqual(waiting);
    expect(namedIn(text, /(\S+) \(member\s+since\s+2026-11-23\)/g)).toEqual(company.who('invited'));
    const { now, all } = forecastOf((await company.plan()).changes);
    expect({ now, all }).toEqual({ now: [], all: waiting });
    expect(company.broken).toEqual([]);
  });

  test('one of them accepts: exactly one more goes, the one who has waited in front', async () => {
    const company = openCompany({ people: crowd(15) });
    await company.run('apply', '--yes');
    company.advance(2 * HOUR_MS);
    for (const [accepts, next] of [
      ['p007', 'p011'],
      ['p001', 'p012'],
      ['p011', 'p013'],
    ] as const) {
      company.accept(accepts);
      const before = company.posts.length;
      expect(await company.run('apply', '--yes')).toMatchObject({ exit: 10 });
      expect(company.posts.slice(before).map((post) => post.person)).toEqual([next]);
    }
    expect(company.broken).toEqual([]);
  });

  test('while invitations lapse without end, each person gets four and then there is a question about each, by name', async () => {
    const company = openCompany({ people: crowd(8), limits: { perHour: 4, open: 5 } });
    for (let hour = 0; hour < 40; hour += 1) {
      await company.run('apply', '--yes');
      company.advance(3 * HOUR_MS);
      if (hour % 2 === 1) for (const person of company.who('invited')) company.vendor.portal().expire(addressOf(person));
    }
    const { exit, stdout } = await company.run('apply', '--yes');
    expect(exit).toBe(10);
    for (const person of crowd(8)) {
      expect(
        company.posts.filter((post) => post.person === person),
        person,
      ).toHaveLength(4);
      expect(stdout).toContain(`invite ${addressOf(person)} as member`);
    }
    expect(stdout).toContain('lapsed');
    expect(company.broken).toEqual([]);
  });
});
