import { expect, test } from 'vitest';
import type { Reading } from '../../../src/model.ts';
import { reply, rowOf } from '../../support/provider-answers.ts';
import { openProviderWorld, uuidOf } from '../../support/provider-world.ts';

type Row = Readonly<Record<string, unknown>>;
type Edit = (rows: readonly Row[], read: number) => readonly Row[];

const PAGE = 5;

function person(number: number): Row {
  return rowOf({ id: uuidOf(number), email: `person-${number}@acme.example` });
}

/** What somebody does to the list between two of its pages; `read` rows have been read by then. */
const EDITS: Readonly<Record<string, Edit>> = {
  'somebody comes in front': (rows) => [person(900), ...rows],
  'somebody comes at the end': (rows) => [...rows, person(900)],
  'somebody goes who was read': (rows) => rows.slice(1),
  'somebody goes who was not read yet': (rows, read) => rows.filter((_, index) => index !== read),
  'the first one is the last now': (rows) => [...rows.slice(1), ...rows.slice(0, 1)],
  'the list is the other way round': (rows) => rows.toReversed(),
};

/** Reads a list of so many people, in pages of five, that is another one from a certain request on. */
async function readMoving(people: number, total: 'stated' | 'absent', editAfter: readonly number[], edit: Edit) {
  let rows: readonly Row[] = Array.from({ length: people }, (_, index) => person(index + 1));
  let requests = 0;
  const world = openProviderWorld({
    wrap: (http) => ({
      ...http,
      send: async (request) => {
        if (editAfter.includes(requests)) rows = edit(rows, requests * PAGE);
        requests += 1;
        const page = Number(/number%5D=(\d+)/.exec(request.url)?.[1]);
        const data = rows.slice((page - 1) * PAGE, page * PAGE);
        const stated = total === 'stated' ? { total_results: rows.length } : {};
        return reply({ data, meta: { ...stated, page_number: page, page_size: PAGE } });
      },
    }),
  });
  const reading = await world.provider.reader.read(null, null);
  return { reading, truth: rows.map(({ id }) => String(id)).toSorted(), requests };
}

function idsOf(reading: Reading): readonly string[] | string {
  return reading.kind === 'complete' ? reading.observation.principals.map((one) => one.principal_id).toSorted() : reading.message;
}

test.each(['stated', 'absent'] as const)(
  'a list that is another one between any two of its pages is read again, until it is whole (total %s)',
  async (total) => {
    const wrong: string[] = [];
    let cuts = 0;
    for (let people = 0; people <= 60; people += 1) {
      for (const [what, edit] of Object.entries(EDITS)) {
        for (let after = 1; after < Math.ceil(people / PAGE); after += 1) {
          cuts += 1;
          const { reading, truth } = await readMoving(people, total, [after], edit);
          if (String(idsOf(reading)) !== String(truth)) wrong.push(`${people} people, ${what} after page ${after}: ${idsOf(reading)}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(cuts).toBeGreaterThan(1_900);
  },
);

test('a list that never rests is incomplete after three reads', async () => {
  const always = Array.from({ length: 99 }, (_, index) => index + 1);
  for (const total of ['stated', 'absent'] as const) {
    const { reading, requests } = await readMoving(12, total, always, (rows) => [...rows.slice(1), ...rows.slice(0, 1)]);
    expect(idsOf(reading)).toContain('(read 3 times)');
    expect(requests).toBeLessThan(13);
  }
});
