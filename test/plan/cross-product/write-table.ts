/** The product written for a person to read: a sentence, and under it the rows that it decides. */
import { type Cell, DIMENSIONS, groupBy, IMPOSSIBLE, MEANS, type Sentence } from './cells.ts';
import { cornersOf, DEBTS, type Fate, fateOf, first, LAST_TRUE, RULES, type Rule, stepOf, WANTED } from './rules.ts';

/** Cells of one sentence with one answer, which are every combination of the values that its columns name. */
export interface TableRow {
  readonly rule: Rule;
  readonly d: ReadonlySet<string>;
  readonly v: ReadonlySet<string>;
  readonly status: ReadonlySet<string>;
  readonly n: ReadonlySet<string>;
  readonly step: string;
  readonly fate: Fate;
  readonly cells: readonly Cell[];
}

const COLUMNS = ['d', 'v', 'status', 'n'] as const;

/** One row for each combination, then joined wherever two rows differ in one column alone. */
export function tableOf(cells: readonly Cell[]): TableRow[] {
  const rows = groupBy(cells, (cell) => {
    const { d, v, n } = cornersOf(cell);
    return JSON.stringify([RULES.indexOf(fateOf(cell).rule), d, v, cell.status, n, sayStep(cell), fateOf(cell).fate]);
  });
  let table = [...rows.values()].flatMap(rowOf);
  for (const column of ['n', 'd', 'status', 'v', 'n', 'd'] as const) table = joinBy(table, column);
  return table.toSorted((a, b) => RULES.indexOf(a.rule) - RULES.indexOf(b.rule));
}

function rowOf(cells: readonly Cell[]): TableRow[] {
  const [cell] = cells;
  if (cell === undefined) return [];
  const { d, v, n } = cornersOf(cell);
  const { rule, fate } = fateOf(cell);
  return [{ rule, d: new Set([d]), v: new Set([v]), status: new Set([cell.status]), n: new Set([n]), step: sayStep(cell), fate, cells }];
}

/** Which roles somebody inactive has left makes no difference to what becomes of them. */
function sayStep(cell: Cell): string {
  const { step } = stepOf(cell);
  return cell.status === 'inactive' ? step.replace(/^patch \w+/, 'patch inactive') : step;
}

function joinBy(table: readonly TableRow[], column: (typeof COLUMNS)[number]): TableRow[] {
  const alike = groupBy(table, (row) =>
    JSON.stringify([
      RULES.indexOf(row.rule),
      row.step,
      row.fate,
      ...COLUMNS.filter((one) => one !== column).map((one) => [...row[one]].toSorted()),
    ]),
  );
  return [...alike.values()].flatMap((rows) => {
    const [row] = rows;
    if (row === undefined) return [];
    return [{ ...row, [column]: new Set(rows.flatMap((one) => [...one[column]])), cells: rows.flatMap((one) => one.cells) }];
  });
}

const VALUES: Readonly<Record<(typeof COLUMNS)[number], readonly string[]>> = {
  d: ['unknown', 'nobody', 'member', 'admin', 'another role'],
  v: ['nobody', 'member', 'admin', 'another role'],
  status: DIMENSIONS.status,
  n: ['nobody', 'member', 'admin'],
};

export function writeTable(all: readonly Cell[]): string {
  const impossible = groupBy(all, (cell) => IMPOSSIBLE.find((one) => one.fits(cell)));
  const cells = impossible.get(undefined) ?? [];
  const owing = cells.filter((cell) => cell.owed !== 'nothing');
  const table = tableOf(cells);
  const rules = RULES.map((rule, index) => writeRule(rule, index + 1, table));
  return `${[
    '# What rollcall decides about one person in one account',
    INTRODUCTION,
    `${count(all)} combinations, of which ${count(cells)} can be; ${table.length} rows say what happens in them.`,
    '## What is combined',
    grid(
      ['', 'values', 'what it is'],
      Object.entries(DIMENSIONS).map(([name, values]) => [name, values.map((one) => `\`${one}\``).join(' · '), MEANS[name as keyof Cell]]),
    ),
    '## What the three corners are',
    '**V**, live, is what the vendor reports; an open invitation counts as what it gives, and whoever is inactive as nobody.',
    '**D**, the last-applied state:',
    sentences(LAST_TRUE, cells),
    '**N**, what policy wants today:',
    sentences(WANTED, cells),
    '## What is decided',
    COLUMNS_EXPLAINED,
    '<!-- rows -->',
    ...rules,
    '## What cannot be',
    '<!-- impossible -->',
    grid(
      ['', 'section', 'cells'],
      IMPOSSIBLE.map((one) => [one.says, one.section, count(impossible.get(one) ?? [])]),
    ),
    '<!-- end -->',
    '## What becomes of what is owed',
    `Of the combinations above, ${count(owing)} owe something. By day and by night alike:`,
    sentences(DEBTS, owing),
    '## Where roles add up',
    SETS_EXPLAINED,
  ].join('\n\n')}\n`;
}

const INTRODUCTION = `Every way in which last-applied state, the account, policy, end dates, what is owed, the baseline and the vendor's status can stand to
each other for one person, and what rollcall then does. This page is written by \`test/plan/cross-product.test.ts\`, which puts every
one of these combinations through the planner and the decisions of apply and of the scheduled run, and fails where they do anything
else. Sections are those of the contract; decisions are in \`docs/decisions\`. Limits are left out: guards, invitation limits and wars over a field
(sections 7 and 8) can stop or delay what stands here, never add to it; and on GitHub an end date that nobody accepted counts as a change of
policy like any other.`;

const COLUMNS_EXPLAINED = `The sentences are read from above, and the first that fits decides. In a row, *any* is every value that can be.

- *Night* is the scheduled run and \`drift --revert\`. *Rule for gained* is the account's \`drift.gained\`, \`revert\` unless it says otherwise;
  *rule for lost* is \`drift.lost\`, \`report\` unless it says otherwise. *Waits* is shown as a difference and needs an approval.
- *Apply, not approved* is an apply in which nobody approved this step; *withheld* is listed and ends with exit 4. *Apply, approved* is one
  in which people did.
- *Left to drift* is shown by the plan and made by no apply, whatever was approved.`;

const SETS_EXPLAINED = `Twilio's roles are a set, of which \`administrator\` stands alone and covers the others. The same sentences decide there;
\`test/plan/cross-product-sets.test.ts\` puts 2,160 combinations of ledger, account (inactive people too), policy, an ended grant and a change
that was cut off between its parts through the same runs. What differs:

- V gives more when it has a role that N neither has nor covers, so that a swap of one role for another takes and gives.
- V is an end when it is N and, beyond N, nothing but roles whose grants have ended, however many of those went before.
- A change that was cut off is still owed from every holding between its parts.
- An empty login that a change of ours has left is deleted or given its roles by the approval of that change; others are left alone.`;

function writeRule(rule: Rule, place: number, table: readonly TableRow[]): string {
  const rows = table.filter((row) => row.rule === rule);
  const header = ['D', 'V', 'status', 'N', 'shown or step', 'origin', 'night', 'apply, not approved', 'apply, approved', 'cells'];
  const body = rows.map(({ fate, step, cells, ...row }) => [
    ...COLUMNS.map((column) => sayValues(row[column], VALUES[column])),
    [fate.shown, step].filter((one) => one !== '' && one !== 'nothing').join('; ') || 'nothing',
    fate.origin ?? '–',
    fate.night,
    fate.unapproved,
    fate.approved,
    count(cells),
  ]);
  return `### ${place}. ${rule.says} (${cite(rule)})\n\n${grid(header, body)}`;
}

function sayValues(values: ReadonlySet<string>, all: readonly string[]): string {
  if (all.every((one) => values.has(one))) return 'any';
  return all.filter((one) => values.has(one)).join(', ');
}

function sentences(list: readonly Sentence[], cells: readonly Cell[]): string {
  const found = groupBy(cells, (cell) => first(list, cell));
  return list.map((one, index) => `${index + 1}. ${one.says} (${cite(one)}; ${count(found.get(one) ?? [])} cells)`).join('\n');
}

function cite({ section }: Sentence): string {
  return /^\d/.test(section) ? `section ${section}` : section;
}

function grid(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

function count(list: readonly unknown[]): string {
  return list.length.toLocaleString('en-GB');
}
