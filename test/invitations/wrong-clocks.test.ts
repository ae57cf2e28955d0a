import { describe, expect, test } from 'vitest';
import { crowd, HOUR_MS, openCompany } from './support/open-company.ts';

const MINUTE_MS = 60_000;

describe('a clock that goes wrong between runs', () => {
  const jumps = [-24 * 60, -120, -60, -59, -30, -6, 6, 30, 59, 60, 61, 120, 24 * 60];
  const cases = jumps.flatMap((jump) => [1, 31].map((after) => ({ jump, after })));
  test.each(cases)(
    '$jump minutes, found $after minutes after a full hour: nothing is sent by it, and it is said',
    async ({ jump, after }) => {
      const company = openCompany({ people: crowd(25) });
      await company.run('apply', '--yes');
      for (const person of company.who('invited')) company.accept(person);
      company.advance(after * MINUTE_MS);
      company.setAhead(jump * MINUTE_MS);
      const run = await company.run('apply', '--yes');
      expect(run.exit).toBe(8);
      expect(run.stdout.replace(/\s+/g, ' ')).toContain(
        `this machine's clock is ${Math.abs(jump)} minutes ${jump > 0 ? 'ahead of' : 'behind'} the vendor's`,
      );
      expect(company.posts).toHaveLength(10);
      company.setAhead(0);
      await company.run('apply', '--yes');
      expect(company.posts).toHaveLength(10);
      company.advance(HOUR_MS - after * MINUTE_MS);
      await company.run('apply', '--yes');
      expect(company.posts).toHaveLength(20);
      expect(company.broken).toEqual([]);
    },
  );

  test.each([-60, -30, 30, 60])('%i minutes from the first run on: nothing is ever dated by it', async (jump) => {
    const company = openCompany({ people: crowd(15) });
    company.setAhead(jump * MINUTE_MS);
    expect(await company.run('apply', '--yes')).toMatchObject({ exit: 8 });
    expect(company.posts).toEqual([]);
    company.setAhead(0);
    await company.run('apply', '--yes');
    for (const person of company.who('invited')) company.accept(person);
    company.setAhead(jump * MINUTE_MS);
    expect(await company.run('apply', '--yes')).toMatchObject({ exit: 8 });
    expect(company.posts).toHaveLength(10);
    expect(company.broken).toEqual([]);
  });
});

describe('a clock that is a little off', () => {
  test.each([-4, -2, -1, 1, 2, 4])(
    '%i minutes: at worst the vendor says no to one, and nobody is invited beyond the hour',
    async (jump) => {
      const company = openCompany({ people: crowd(25) });
      await company.run('apply', '--yes');
      for (const person of company.who('invited')) company.accept(person);
      company.setAhead(jump * MINUTE_MS);
      company.advance(HOUR_MS - 5 * MINUTE_MS);
      for (let minute = 0; minute < 12; minute += 1) {
        const { exit } = await company.run('apply', '--yes');
        expect(exit).toBe(10);
        expect(company.vendor.state().invitations.last_hour).toBeLessThanOrEqual(10);
        for (const person of company.who('invited')) company.accept(person);
        company.advance(MINUTE_MS);
      }
      expect(company.who('active')).toHaveLength(20 - company.broken.length);
      expect(company.broken.length).toBeLessThanOrEqual(Math.max(0, jump));
    },
  );
});
