import { findConsoleAddress } from './find-console-address.ts';
import { joinConsoleRows } from './join-console-rows.ts';
import { type Header, isColumnName, type RowStatus, readCell, readHeader, readRoles, splitCells } from './read-console-cells.ts';

/** One person as a pasted page shows them; `line` counts from 1. */
export interface ConsoleRow {
  readonly email: string;
  readonly roles: readonly string[];
  readonly status: RowStatus;
  readonly line: number;
}

/** A line, as it was pasted, and what about it. */
export interface Remark {
  readonly line: number;
  readonly text: string;
  readonly why: string;
}

export interface ConsolePages {
  /** Sorted by address. */
  readonly rows: readonly ConsoleRow[];
  /** What keeps the rows from being all that the pages show: with one of these they must not pass for a roster. */
  readonly problems: readonly Remark[];
  /** What was not needed, or taken for granted. */
  readonly notes: readonly Remark[];
}

interface Draft {
  readonly email: string;
  readonly line: number;
  readonly text: string;
  readonly roles: string[];
  status: RowStatus | null;
  /** A row of a table ends with its line, or with the blank line after a wrapped one; a row of one field a line with the next address. */
  readonly isTable: boolean;
  readonly strange: Remark[];
}

interface State {
  readonly rows: ConsoleRow[];
  readonly problems: Remark[];
  readonly notes: Remark[];
  section: RowStatus | 'either' | null;
  header: Header | null;
  /** Headings that follow each other are the tabs of a page and tell nothing. */
  afterHeading: boolean;
  /** How many rows a page says it has, and how many it had when that began to count. */
  total: { readonly rows: number; readonly line: number; readonly text: string } | null;
  rowsBefore: number;
  open: Draft | null;
  /** Unknown lines that may be the name above an address. */
  loose: Remark[];
  /** Whether people's names stand above their addresses on this page, one field a line; and whether they did on any page. */
  hasNames: boolean | null;
  hadNames: boolean;
  /** The line right above, where it would not be known for a name if it were one. */
  above: (Remark & { readonly isHeading: boolean }) | null;
}

const AT_SIGN = /[@\uff20\ufe6b]/;
const SECTION =
  /^(users|active users|account users|independent users|external users|invited|invited users|pending|pending users|pending invitations|invitations|invites)(?:\s*\(?(\d{1,5})\)?)?$/i;
const TOTAL =
  /^(?:showing |viewing )?\d{1,5}\s*(?:-|–|to)\s*\d{1,5} of (\d{1,5})(?: (?:users|results|rows|invitations))?\.?$|^(?:total:? )?(\d{1,5}) (?:users|results|invitations)(?: total)?$/i;
/** How Twilio names the roles of its products, and what may become of a user. */
const UNLIKE_A_NAME = /(?:viewer|admin|editor|manager|configurator|suspended|disabled|inactive|locked|closed)$/i;
const MAX_LINE = 1000;

/**
 * What the users page and the invited page of the Twilio Console say, as text copied out of them: tables by tabs, by spaces or as CSV, with
 * a header in any known order or without one, and pages that were copied one field a line. A line `Users` or `Invited` says which page
 * follows. Whatever holds an address and is not understood is a problem.
 */
export function readConsolePages(text: string): ConsolePages {
  const state: State = {
    rows: [],
    problems: [],
    notes: [],
    section: null,
    header: null,
    afterHeading: false,
    total: null,
    rowsBefore: 0,
    open: null,
    loose: [],
    hasNames: null,
    hadNames: false,
    above: null,
  };
  const lines = text
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\u00a0\u2007\u202f]/g, ' ')
    .split('\n');
  for (const [index, line] of lines.entries()) readLine(state, line, index + 1);
  endPage(state);
  const rows = joinConsoleRows(state.rows, state.problems);
  return {
    rows,
    problems: state.problems.sort(byLine),
    notes: state.notes.sort(byLine),
  };
}

function readLine(state: State, text: string, line: number): void {
  const trimmed = text.trim();
  if (trimmed === '') {
    if (state.open?.isTable !== true) return;
    close(state);
    state.above = null;
    return;
  }
  if (text.length > MAX_LINE) {
    close(state);
    (AT_SIGN.test(text) ? state.problems : state.notes).push({ line, text, why: `longer than ${MAX_LINE} characters` });
    return;
  }
  const { above } = state;
  const isTotal = readTotal(state, trimmed, line);
  const isHeading = !isTotal && readHeading(state, trimmed, line);
  if (!isTotal) state.afterHeading = isHeading;
  state.above = isTotal || isHeading ? { line, text: trimmed, why: `"${trimmed}" ${OR_HEADING}`, isHeading: true } : null;
  if (isTotal || isHeading) return;
  const header = readHeader(text);
  if (header !== null) {
    close(state);
    state.header = header;
    return;
  }
  if (AT_SIGN.test(trimmed)) readRow(state, text, line, above);
  else readRest(state, trimmed, line);
}

/** How many rows a page says it has, above them or below. */
function readTotal(state: State, text: string, line: number): boolean {
  const total = TOTAL.exec(text);
  if (total === null) return false;
  close(state);
  state.total = { rows: Number(total[1] ?? total[2]), line, text };
  return true;
}

/** The heading of a page, or the tabs above it, which tell nothing. */
function readHeading(state: State, text: string, line: number): boolean {
  const cells = text.split(/\t| {2,}/).map((cell) => SECTION.exec(cell.trim()));
  const first = cells[0];
  if (first == null || cells.includes(null)) return false;
  endPage(state);
  state.header = null;
  state.hasNames = null;
  const status = /^(?:invit|pending)/i.test(first[1] ?? '') ? 'pending' : 'active';
  state.section = cells.length > 1 || state.afterHeading ? 'either' : status;
  if (state.section !== 'either' && first[2] !== undefined) state.total = { rows: Number(first[2]), line, text };
  return true;
}

/** A line with an address: a row of a table, or the first field of somebody whose others follow. */
function readRow(state: State, text: string, line: number, above: State['above']): void {
  const byHeader = state.header === null ? null : splitCells(text, state.header.separator);
  if (state.header !== null && byHeader !== null && byHeader.length === state.header.columns.length) {
    refuseName(state, above, false);
    close(state);
    readByHeader(state, state.header, byHeader, text, line);
    return;
  }
  const address = findConsoleAddress(text);
  if (typeof address === 'string') {
    close(state);
    state.problems.push({ line, text, why: address });
    return;
  }
  const { email, before, after } = address;
  const isTable = after.trim() !== '';
  if (!isTable && before.trim() === '') takeName(state);
  refuseName(state, above, !isTable && state.hasNames === false);
  close(state);
  const open: Draft = { email, line, text, roles: [], status: null, isTable, strange: [] };
  state.open = open;
  let mayBeName = before.trim() === '';
  for (const cell of after.split(/\t| {2,}|[|;,"]/)) {
    if (take(state, open, cell, line)) continue;
    if (!mayBeName || open.roles.length > 0 || UNLIKE_A_NAME.test(cell.trim())) open.strange.push(strange(open, cell));
    mayBeName = false;
  }
}

/** Of the lines above an address the last is a name, if there was one above the first address too, and it is not named as roles are. */
function takeName(state: State): void {
  state.hasNames ??= state.loose.length > 0;
  state.hadNames ||= state.hasNames;
  const last = state.loose.at(-1);
  if (state.hasNames && last !== undefined && !UNLIKE_A_NAME.test(last.text)) state.loose.pop();
}

/** People choose their names: one that reads like a role, a status or a heading would say something of somebody else. */
function refuseName(state: State, above: State['above'], isNameless: boolean): void {
  if (above !== null && (above.isHeading ? state.hadNames : !isNameless)) state.problems.push(above);
}

const OR_HEADING =
  'may be a heading, or the name of the person below: delete the line if it is a name, and put a line `Email` after it if it is none';
const OR_WORDS = 'may be a role or status of the person above, or the name of the one below: delete the line if it is a name';

function readByHeader(state: State, header: Header, cells: readonly string[], text: string, line: number): void {
  const cellOf = (column: 'email' | 'status') => cells[header.columns.indexOf(column)] ?? '';
  const email = cellOf('email');
  const address = findConsoleAddress(email);
  if (typeof address === 'string' || address.before !== '' || address.after !== '') {
    state.problems.push({ line, text, why: 'the column of addresses holds no address' });
    return;
  }
  const open: Draft = { email: address.email, line, text, roles: [], status: null, isTable: true, strange: [] };
  state.open = open;
  for (const [index, cell] of cells.entries()) {
    if (header.columns[index] !== 'roles') continue;
    const roles = readRoles(cell);
    if (roles === null) open.strange.push(strange(open, cell));
    else open.roles.push(...roles);
  }
  const status = cellOf('status');
  if (status !== '' && !take(state, open, status, line)) open.strange.push(strange(open, status));
}

/** Adds what a cell says to somebody; false where it says nothing that is known. */
function take(state: State, open: Draft, text: string, line: number): boolean {
  const cell = readCell(text);
  if (cell.kind !== 'words') return cell.kind === 'furniture';
  open.roles.push(...cell.roles);
  open.status = cell.status ?? open.status;
  if (cell.isExpired) state.notes.push({ line, text, why: 'the invitation has expired; resend it from the invited page' });
  return true;
}

/** A line without an address: more of whoever is open, the name of who comes next, or the page around them. */
function readRest(state: State, text: string, line: number): void {
  if (isColumnName(text)) return;
  const { open } = state;
  if (open !== null) {
    const cells = text.split(/\t| {2,}/);
    if (state.loose.length === 0 && cells.every((cell) => readCell(cell).kind !== 'unknown')) {
      for (const cell of cells) take(state, open, cell, line);
      const isWords = cells.some((cell) => readCell(cell).kind === 'words');
      if (isWords) state.above = { line, text, why: `"${text}" ${OR_WORDS}`, isHeading: false };
      return;
    }
  } else if (readCell(text).kind === 'furniture') return;
  state.loose.push({ line, text, why: open === null ? 'not needed' : `"${text}" is no role, status or name that belongs to anybody` });
}

function strange({ line, text }: Draft, cell: string): Remark {
  return { line, text, why: `"${cell.trim()}" is no role or status that rollcall knows` };
}

/** Ends whoever is open. Unknown lines after them may be roles, so that they are no roster's worth. */
function close(state: State): void {
  const { open, loose, header, section } = state;
  state.open = null;
  state.loose = [];
  if (open === null) {
    state.notes.push(...loose);
    return;
  }
  state.problems.push(...open.strange, ...loose);
  const status = open.status ?? header?.status ?? section;
  const { email, line, text } = open;
  if (open.roles.length === 0 && open.strange.length === 0) state.problems.push({ line, text, why: 'no role stands beside the address' });
  if (status === 'either')
    state.problems.push({
      line,
      text,
      why: 'users or invited? Both tabs stand above it: keep only the line `Users` or `Invited` that the page is',
    });
  if (status === null && !state.notes.some(({ why }) => why === TAKEN)) state.notes.push({ line, text, why: TAKEN });
  const roles = [...new Set(open.roles)].sort();
  state.rows.push({ email, roles, status: status === 'pending' ? 'pending' : 'active', line });
}

const TAKEN = 'taken as the users page, since no line `Users` or `Invited` stands before it';

/** A page that says how many rows it has must have had them. */
function endPage(state: State): void {
  close(state);
  const { total } = state;
  const rows = state.rows.length - state.rowsBefore;
  if (total !== null && total.rows !== rows) {
    state.problems.push({ line: total.line, text: total.text, why: `the page has ${total.rows} rows and ${rows} of them were found` });
  }
  state.total = null;
  state.rowsBefore = state.rows.length;
}

function byLine(a: Remark, b: Remark): number {
  return a.line - b.line;
}
