/**
 * The whole decision on one page: what rollcall does about one principal, for every way in which last-applied state (D), the account (V),
 * policy (N), ends, debts, the baseline and the vendor's status can stand to each other. cross-product/rules.ts restates the contract in
 * ordered sentences without any of the product's code; docs/decision-table.md is that product, written for a person to read.
 */
import { describe, expect, it } from 'vitest';
import { type Cell, describeCell, everyCell, IMPOSSIBLE } from './cross-product/cells.ts';
import { cornersOf, DEBTS, fateOf, first, LAST_TRUE, RULES, shownOf, stepOf, WANTED } from './cross-product/rules.ts';
import { type Found, runCells } from './cross-product/run-cells.ts';
import { tableOf, writeTable } from './cross-product/write-table.ts';

const ALL = everyCell();
const CELLS = ALL.filter((cell) => !IMPOSSIBLE.some((one) => one.fits(cell)));
const FOUND = runCells(CELLS);

/** What the sentences say of a cell, in the words in which the product's answer is told. */
function expected(cell: Cell): Found {
  const { fate } = fateOf(cell);
  const { origin, unapproved, approved } = fate;
  const debt = cell.owed === 'nothing' ? '–' : first(DEBTS, cell).is(cell);
  return { shown: shownOf(cell), ...stepOf(cell), origin, unapproved, approved, ...nights(cell), debt, debtAtNight: debt };
}

/** As by default (gained: revert, lost: report), and the other way round. */
function nights(cell: Cell): Pick<Found, 'night' | 'otherNight'> {
  const { night } = fateOf(cell).fate;
  if (night === 'rule for gained') return { night: 'reverted', otherNight: 'reported' };
  if (night === 'rule for lost') return { night: 'reported', otherNight: 'reverted' };
  return { night, otherNight: night };
}

/** Where the product and the sentences differ: each kind once, with how often and the first cell. */
function differences(of: readonly (keyof Found)[], cells: readonly Cell[], found: ReadonlyMap<Cell, Found>): string[] {
  const kinds = new Map<string, { count: number; cell: Cell }>();
  for (const cell of cells) {
    const [does, should] = [found.get(cell), expected(cell)];
    const wrong = of.filter((key) => JSON.stringify(does?.[key]) !== JSON.stringify(should[key]));
    if (wrong.length === 0) continue;
    const { d, v, n } = cornersOf(cell);
    const kind = `D ${d}, V ${v}, N ${n}: ${wrong.map((key) => `${key} is ${does?.[key]}, should be ${should[key]}`).join('; ')}`;
    kinds.set(kind, { count: (kinds.get(kind)?.count ?? 0) + 1, cell: kinds.get(kind)?.cell ?? cell });
  }
  return [...kinds].map(([kind, { count, cell }]) => `${kind} [${count} cells, the first: ${describeCell(cell)}]`);
}

describe('for every way in which ledger, account, policy, ends, debts, baseline and status can stand to each other', () => {
  it('a plan shows the step, and says who made the difference, as the contract says', () => {
    expect(differences(['shown', 'step', 'origin', 'reason', 'tags'], CELLS, FOUND)).toEqual([]);
  });

  it('an apply makes what is approved, and without an approval only what is owed or has ended', () => {
    expect(differences(['unapproved', 'approved'], CELLS, FOUND)).toEqual([]);
  });

  it('the night takes back, reports, goes on or waits by the account’s rules, and the issue tells the same', () => {
    expect(differences(['night', 'otherNight'], CELLS, FOUND)).toEqual([]);
  });

  it('what is owed stays owed until it is done or superseded, by day', () => {
    expect(differences(['debt'], CELLS, FOUND)).toEqual([]);
  });

  it('what is owed stays owed until it is done or superseded, by night', () => {
    expect(differences(['debtAtNight'], CELLS, FOUND)).toEqual([]);
  });

  it('nobody’s answer hangs on who else is in the account', () => {
    const some = tableOf(CELLS).flatMap(({ cells }) => [cells[0], cells.at(-1)].filter((cell) => cell !== undefined));
    const alone = new Map(some.flatMap((cell) => [...runCells([cell])]));
    expect(some.filter((cell) => JSON.stringify(alone.get(cell)) !== JSON.stringify(FOUND.get(cell))).map(describeCell)).toEqual([]);
  });
});

describe('the table that people read', () => {
  const written = writeTable(ALL);

  it('is docs/decision-table.md', async () => {
    await expect(written).toMatchFileSnapshot('../../docs/decision-table.md');
  });

  it('has each possible cell in exactly one row', () => {
    const rows = tableOf(CELLS);
    const covering = (cell: Cell) => {
      const { rule } = fateOf(cell);
      const { d, v, n } = cornersOf(cell);
      const has = (values: ReadonlySet<string>, value: string) => values.has(value);
      return rows.filter((row) => row.rule === rule && has(row.d, d) && has(row.v, v) && has(row.status, cell.status) && has(row.n, n));
    };
    const counted = new Map(CELLS.map((cell) => [cell, covering(cell)]));
    expect([...counted].filter(([, found]) => found.length !== 1).map(([cell]) => describeCell(cell))).toEqual([]);
    expect([...counted].filter(([cell, [row]]) => row?.cells.includes(cell) === false)).toEqual([]);
  });

  it('has counts that add up to the whole product', () => {
    const [, rows = '', impossible = ''] = written.match(/<!-- rows -->([\s\S]*)<!-- impossible -->([\s\S]*)<!-- end -->/) ?? [];
    const sum = (text: string) =>
      [...text.matchAll(/\| ([\d,]+) \|$/gm)].reduce((all, [, count]) => all + Number(count?.replaceAll(',', '')), 0);
    expect(sum(rows)).toBe(CELLS.length);
    expect(sum(rows) + sum(impossible)).toBe(9 * 4 * 8 * 5 * 3 * 7 * 5);
  });

  it('has no sentence that fits nothing', () => {
    const fitting = (
      list: readonly { readonly says: string }[],
      cells: readonly Cell[],
      which: (cell: Cell) => { readonly says: string },
    ) => {
      const used = new Set(cells.map((cell) => which(cell).says));
      return list.map(({ says }) => says).filter((says) => !used.has(says));
    };
    const owing = CELLS.filter((cell) => cell.owed !== 'nothing');
    expect([
      ...fitting(RULES, CELLS, (cell) => first(RULES, cell)),
      ...fitting(LAST_TRUE, CELLS, (cell) => first(LAST_TRUE, cell)),
      ...fitting(WANTED, CELLS, (cell) => first(WANTED, cell)),
      ...fitting(DEBTS, owing, (cell) => first(DEBTS, cell)),
      ...fitting(IMPOSSIBLE, ALL, (cell) => IMPOSSIBLE.find((one) => one.fits(cell)) ?? { says: '' }),
    ]).toEqual([]);
  });
});
