import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { openRace, type Place, type Race, type Racer, recordsOf } from './race-office.ts';

// So long only on a machine that does much else beside.
vi.setConfig({ testTimeout: 240_000 });

const ACCOUNT = 'telnyx-production';
const racer: fc.Arbitrary<Racer> = fc.record({
  errand: fc.constantFrom('apply', 'revert'),
  diesAt: fc.option(fc.integer({ min: 1, max: 60 }), { freq: 2 }),
  lateBy: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 60 })),
});

/** Racing `numRuns` times in other orders each; what both came to is counted. */
async function raceOften(place: Place, numRuns: number, check: (race: Race) => void) {
  const exits: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), racer, racer, async (scheduler, one, other) => {
      const race = await openRace(place);
      const ended = await race.race([one, other], scheduler);
      for (const end of ended) {
        const exit = String(end?.exit ?? 'killed');
        exits[exit] = (exits[exit] ?? 0) + 1;
      }
      check(race);
      await checkEnd(race);
    }),
    { numRuns },
  );
  return exits;
}

/** Whatever happened: the ledger verifies, what is to be done gets done, and nothing that was made is without its outcome in the end. */
async function checkEnd(race: Race): Promise<void> {
  recordsOf(race);
  for (let runs = 1, exit = -1; runs <= 4 && exit !== 0; runs += 1) {
    race.office.minutes(11);
    exit = (await race.apply()).exit;
    expect([0, 6, 10]).toContain(exit);
  }
  const done = new Set(
    recordsOf(race).flatMap((record) =>
      record.kind === 'outcome' && (record.outcome === 'applied' || record.outcome === 'already') ? [record.principal] : [],
    ),
  );
  for (const write of race.office.writes()) expect(done).toContain(write.split(' ')[1]?.replace('!', ''));
  expect(race.office.live(ACCOUNT)).toEqual(expect.arrayContaining(['ada admin', 'bob admin', 'new member']));
  expect(race.office.live(ACCOUNT)).not.toContain('cleo member');
}

/** What is there more than once. */
function twice(words: readonly string[]): readonly string[] {
  return words.filter((word, index) => words.indexOf(word) !== index);
}

describe('two reconcilers at once, in every order their steps can have, some of them killed', () => {
  test('on a file: only who holds the lock asks a vendor for a change, and nothing is asked for twice', async () => {
    let takenOver = 0;
    const exits = await raceOften('file', 300, (race) => {
      takenOver += race.ledger().includes('which no longer runs, was taken over') ? 1 : 0;
      for (const { by, holder } of race.asked) expect(holder).toBe(by);
      expect(new Set(race.turns()).size).toBe(race.turns().length);
      expect(twice(race.office.writes())).toEqual([]);
      expect(race.office.writes().filter((write) => !write.endsWith('!'))).toEqual([]);
    });
    expect(Object.keys(exits).filter((exit) => !['0', '7', '10', 'killed'].includes(exit))).toEqual([]);
    expect(takenOver).toBeGreaterThan(20);
  });

  test('on the branch: who finds that another run has begun since begins nothing more, and nobody is invited twice', async () => {
    let overtaken = 0;
    const exits = await raceOften('branch', 500, (race) => {
      const turns = race.turns();
      overtaken += turns.length > 1 ? 1 : 0;
      expect(new Set(turns).size, `who wrote intents: ${turns}`).toBe(turns.length);
      expect(twice(race.office.writes().filter((write) => write.startsWith('POST ')))).toEqual([]);
      // What the first one was in the middle of when the second one read may be asked for again, of the same id: it takes nothing more.
      expect(twice(race.office.writes().filter((write) => write.startsWith('DELETE ') && write.endsWith('!')))).toEqual([]);
    });
    expect(overtaken).toBeGreaterThan(20);
    expect(Object.keys(exits)).toEqual(expect.arrayContaining(['0', '6', '7', 'killed']));
  });
});
