import { describe, expect, test } from 'vitest';
import { fewestWindows, whoMayGo } from './support/fewest-windows.ts';
import { type Company, crowd, HOUR_MS, openCompany } from './support/open-company.ts';

const TELNYX = { perHour: 10, open: 10 };

/** One run an hour, and everybody whom it invited accepts before the next; says what each run sent. */
async function runHourly(company: Company): Promise<{ readonly sent: readonly string[]; readonly exit: number }[]> {
  const runs = [];
  for (let hour = 0; hour < 250; hour += 1) {
    const before = company.posts.length;
    const { exit } = await company.run('apply', '--yes');
    runs.push({ exit, sent: company.posts.slice(before).map((post) => post.person) });
    for (const person of company.who('invited')) company.accept(person);
    if (exit !== 10) return runs;
    company.advance(HOUR_MS);
  }
  throw new Error('this never ends');
}

describe('everybody accepts: all are invited in as few hours as the limits allow, in one stable order', () => {
  test.each([1, 2, 9, 10, 11, 19, 20, 21, 55, 100, 101, 199, 200])('%i people, Telnyx’s ten an hour and ten open', async (count) => {
    const company = openCompany({ people: crowd(count) });
    const runs = await runHourly(company);
    expect(runs).toHaveLength(fewestWindows(count, TELNYX));
    expect(runs.flatMap((run) => run.sent)).toEqual(crowd(count));
    expect(runs.map((run) => run.exit)).toEqual([...Array(runs.length - 1).fill(10), 0]);
    expect(company.broken).toEqual([]);
    expect(company.who('active')).toEqual(crowd(count));
  });

  const limits = [1, 2, 3, 7, 10, 13, 20].flatMap((perHour) => [1, 2, 5, 10, 20].map((open) => ({ perHour, open })));
  test.each(limits)('23 people, $perHour an hour and $open open', async (own) => {
    const company = openCompany({ people: crowd(23), limits: own });
    const runs = await runHourly(company);
    expect(runs).toHaveLength(fewestWindows(23, own));
    expect(runs.flatMap((run) => run.sent)).toEqual(crowd(23));
    expect(company.broken).toEqual([]);
  });

  test.each([
    [3, 2],
    [5, 1],
    [1, 5],
  ])('an account that allows itself %i an hour and %i open keeps to that although the vendor allows ten', async (perHour, open) => {
    const own = { perHour, open };
    const company = openCompany({ people: crowd(12), limits: own, switches: { per_hour: 10, open: 10 } });
    expect(await runHourly(company)).toHaveLength(fewestWindows(12, own));
    expect(company.broken).toEqual([]);
  });
});

describe('some have a Telnyx account of their own', () => {
  test.each([[['p003', 'p014']], [crowd(10)], [['p001', 'p010', 'p011', 'p020', 'p021', 'p035']]])(
    'each of them costs one POST and never another one: %j',
    async (elsewhere) => {
      const company = openCompany({ people: crowd(35), elsewhere });
      const windows = Math.ceil(35 / 10);
      for (let hour = 0; hour < windows; hour += 1) {
        const waiting = crowd(35).filter((person) => !company.posts.some((post) => post.person === person));
        const expected = whoMayGo(company, waiting, TELNYX);
        const before = company.posts.length;
        expect(await company.run('apply', '--yes')).toMatchObject({ exit: 10 });
        expect(company.posts.slice(before).map((post) => post.person)).toEqual(expected);
        for (const person of company.who('invited')) company.accept(person);
        company.advance(HOUR_MS);
      }
      expect(company.who('active')).toEqual(crowd(35).filter((person) => !elsewhere.includes(person)));
      for (let day = 0; day < 9; day += 1) {
        company.advance(24 * HOUR_MS);
        expect(await company.run('apply', '--yes')).toMatchObject({ exit: 10 });
      }
      expect(company.posts).toHaveLength(35);
      expect(company.broken).toEqual([]);
    },
  );

  test('a crowd of them does not stop the account: whoever can be invited is', async () => {
    const elsewhere = crowd(40).filter((_, index) => index % 2 === 0);
    const company = openCompany({ people: crowd(40), elsewhere });
    for (let hour = 0; hour < 4; hour += 1) {
      await company.run('apply', '--yes');
      for (const person of company.who('invited')) company.accept(person);
      company.advance(HOUR_MS);
    }
    expect(company.who('active')).toEqual(crowd(40).filter((_, index) => index % 2 === 1));
    expect(company.posts).toHaveLength(40);
  });

  test('whoever turns out to have one leaves their open place to the next, within the same hour', async () => {
    const own = { perHour: 10, open: 5 };
    const company = openCompany({ people: crowd(8), elsewhere: ['p001', 'p002', 'p003'], limits: own });
    await company.run('apply', '--yes');
    const rest = await company.plan();
    const now = rest.changes.filter((change) => change.executor === 'api' && change.not_before === null);
    expect(now.filter((change) => !change.tags.includes('waits_for_open_slot'))).toHaveLength(3);
    await company.run('apply', '--yes');
    expect(company.who('invited')).toEqual(['p004', 'p005', 'p006', 'p007', 'p008']);
    expect(company.broken).toEqual([]);
  });
});

describe('what counts towards the hour', () => {
  test.each([
    ['refused', { elsewhere: crowd(10) }],
    ['lost on the way back', { faults: lostAt('reset_after') }],
    ['lost on the way there', { faults: lostAt('reset_before') }],
    ['accepted and not done', { faults: lostAt('not_applied') }],
  ] as const)('a POST that was %s: half an hour later none is sent, an hour later they are', async (_how, options) => {
    const company = openCompany({ people: crowd(25), ...options });
    await company.run('apply', '--yes');
    expect(company.posts).toHaveLength(10);
    for (const person of company.who('invited')) company.accept(person);
    company.advance(HOUR_MS / 2);
    expect(await company.run('apply', '--yes')).toMatchObject({ exit: 10 });
    expect(company.posts).toHaveLength(10);
    company.advance(HOUR_MS / 2 + 60_000);
    await company.run('apply', '--yes');
    expect(company.posts).toHaveLength(20);
    expect(company.broken).toEqual([]);
  });
});

function lostAt(kind: 'reset_before' | 'reset_after' | 'not_applied') {
  return [4, 9].map((nth) => ({ kind, match: { method: 'POST', nth } }));
}
