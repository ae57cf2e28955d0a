import type { Change } from '../model.ts';
import { encodePrincipal, encodeSentence } from '../text/encode-sentence.ts';
import type { Paint, Style } from './create-style.ts';
import { describeTransition } from './describe-change.ts';
import { describePlace, describeReason, hasOwnSteps, isWaiting, type Mark } from './describe-reason.ts';
import { fitPath, fitText, padText, textWidth, wrapAfter } from './fit-text.ts';

/** A change with what stands out about it. */
export interface Row {
  readonly change: Change;
  readonly marks: readonly Mark[];
}

/**
 * Lines for rows of changes, one line a row where the columns allow, else a few; nothing that matters is cut. The steps of those in
 * `shared` are said elsewhere.
 */
export function createRowPrinter(rows: readonly Row[], shared: ReadonlySet<Change>, style: Style): (row: Row) => string[] {
  const cells = new Map(rows.map((row) => [row, cellsOf(row)]));
  const widths = measure([...cells.values()], style.columns);
  return (row) => {
    const cell = cells.get(row) ?? cellsOf(row);
    return [...printRow(row, cell, widths, style), ...(shared.has(row.change) ? [] : printSteps(row.change, style))];
  };
}

interface Cells {
  readonly who: string;
  readonly access: string;
  readonly marks: string;
  readonly why: string;
  readonly place: string;
}

type Widths = { readonly [cell in keyof Cells]: number } & { readonly oneLine: boolean };

/** One odd row must not push all others apart: what is wider than this gets lines of its own. */
const MOST = { who: 44, access: 40, marks: 40 } as const;
const LEAST = { why: 16, place: 14 } as const;
const LEAD = '  + invite  '.length;
const GAP = 2;
/** Narrower terminals have no room to set what follows under the principal. */
const COLUMNS_TO_INDENT = 60;

function cellsOf({ change, marks }: Row): Cells {
  return {
    who: encodePrincipal(change.principal),
    access: describeTransition(change),
    marks: marks.map((mark) => mark.text).join(' · '),
    why: describeReason(change),
    place: describePlace(change.source),
  };
}

/** Column widths. Where the widest marks leave no room for one line, rows with such marks take two and the others still one. */
function measure(cells: readonly Cells[], columns: number): Widths {
  const marks = [...new Set(cells.map((cell) => textWidth(cell.marks)))].filter((width) => width <= MOST.marks).toSorted((a, b) => b - a);
  let widths = measureWith(cells, columns, marks[0] ?? 0);
  for (const most of marks.slice(1)) {
    if (widths.oneLine || cells.filter((cell) => textWidth(cell.marks) <= most).length * 2 < cells.length) break;
    const narrower = measureWith(cells, columns, most);
    if (narrower.oneLine) widths = narrower;
  }
  return widths;
}

function measureWith(cells: readonly Cells[], columns: number, mostMarks: number): Widths {
  const most = { ...MOST, marks: mostMarks, why: columns, place: columns };
  const widest = { who: 0, access: 0, marks: 0, why: 0, place: 0 };
  for (const cell of cells) {
    for (const key of ['who', 'access', 'marks', 'why', 'place'] as const) {
      const width = textWidth(cell[key]);
      if (width > widest[key] && width <= most[key]) widest[key] = width;
    }
  }
  const facts = LEAD + widest.who + GAP + widest.access + (widest.marks > 0 ? GAP + widest.marks : 0);
  const over = facts + GAP + widest.why + GAP + widest.place - columns;
  if (over <= 0) return { ...widest, oneLine: true };
  const place = Math.max(Math.min(widest.place, LEAST.place), widest.place - over);
  const why = Math.max(Math.min(widest.why, LEAST.why), widest.why - (over - (widest.place - place)));
  const oneLine = facts + GAP + why + GAP + place <= columns;
  return oneLine ? { ...widest, why, place, oneLine } : { ...widest, oneLine };
}

function printRow(row: Row, cell: Cells, widths: Widths, style: Style): string[] {
  const { symbol, paint } = symbolOf(row.change, style);
  const quiet = isWaiting(row.change) ? style.dim : plain;
  const alarm = row.marks.some((mark) => mark.alarm) ? style.red : style.yellow;
  const lead = `  ${paint(symbol)} ${paint(padText(row.change.action, LEAD - 4))}`;
  const access = paintTransition(cell.access, widths.access, quiet, style);
  const fits = (['who', 'access', 'marks'] as const).every((key) => textWidth(cell[key]) <= widths[key]);
  const facts = LEAD + widths.who + GAP + widths.access + (cell.marks === '' ? 0 : GAP + textWidth(cell.marks));
  if (fits && widths.oneLine) {
    const marks = widths.marks > 0 ? [paintCell(cell.marks, widths.marks, alarm)] : [];
    const why = paintCell(fitText(cell.why, widths.why), widths.why, style.dim);
    const place = paintCell(fitPath(cell.place, widths.place), 0, style.dim);
    return [[lead + quiet(padText(cell.who, widths.who)), access, ...marks, why, place].join('  ').trimEnd()];
  }
  const below = [cell.why, cell.place].filter((part) => part !== '').join(' · ');
  const indent = ' '.repeat(style.columns >= COLUMNS_TO_INDENT ? LEAD : 4);
  const reasons = wrapAfter(indent, below, style.columns).map(style.dim);
  if (fits && facts <= style.columns) {
    const first = [lead + quiet(padText(cell.who, widths.who)), access, ...(cell.marks === '' ? [] : [alarm(cell.marks)])];
    return [first.join('  ').trimEnd(), ...reasons];
  }
  const beside = textWidth(indent) + textWidth(cell.access) + 3 + textWidth(cell.marks) <= style.columns;
  const facing =
    cell.marks !== '' && beside
      ? [`${indent}${paintTransition(cell.access, 0, quiet, style)} · ${alarm(cell.marks)}`]
      : [...wrapAfter(indent, cell.access, style.columns).map(quiet), ...wrapAfter(indent, cell.marks, style.columns).map(alarm)];
  return [lead + quiet(cell.who), ...facing, ...reasons];
}

function printSteps(change: Change, style: Style): string[] {
  return hasOwnSteps(change) ? numberSteps(change.steps, '      ', style) : [];
}

/** Steps as a numbered list, wrapped under their numbers. */
export function numberSteps(steps: readonly string[], indent: string, style: Style): string[] {
  return steps.flatMap((step, at) => wrapAfter(`${indent}${at + 1}. `, encodeSentence(step), style.columns));
}

function symbolOf(change: Change, style: Style): { readonly symbol: string; readonly paint: Paint } {
  if (change.executor === 'manual') return { symbol: '!', paint: style.magenta };
  if (isWaiting(change)) return { symbol: '…', paint: style.dim };
  return {
    invite: { symbol: '+', paint: style.green },
    patch: { symbol: '~', paint: style.yellow },
    delete: { symbol: '-', paint: style.red },
  }[change.action];
}

/** The after stands out, the before does not. */
function paintTransition(access: string, width: number, quiet: Paint, style: Style): string {
  const at = access.lastIndexOf('→ ');
  const padding = ' '.repeat(Math.max(0, width - textWidth(access)));
  if (at < 0 || quiet !== plain) return quiet(access) + padding;
  return `${access.slice(0, at)}→ ${style.bold(access.slice(at + 2))}${padding}`;
}

function paintCell(text: string, width: number, paint: Paint): string {
  return (text === '' ? '' : paint(text)) + ' '.repeat(Math.max(0, width - textWidth(text)));
}

const plain: Paint = (text) => text;
