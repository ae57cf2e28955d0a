/**
 * The words of the Twilio Console's users and invited pages. Which columns stand in which order depends on the age of the Console, so
 * cells are told by what they say wherever that is clear.
 */

export type RowStatus = 'active' | 'pending';

/** What one cell, or the rest of a line, says. */
export type Cell =
  | { readonly kind: 'words'; readonly roles: readonly string[]; readonly status: RowStatus | null; readonly isExpired: boolean }
  /** Dates, buttons and the like. */
  | { readonly kind: 'furniture' }
  | { readonly kind: 'unknown' };

export type Column = 'email' | 'roles' | 'status' | 'other';

export interface Header {
  readonly columns: readonly Column[];
  readonly separator: Separator;
  /** What its columns say of every row below: only invitations have somebody who sent them. */
  readonly status: RowStatus | null;
}

export type Separator = 'tab' | 'comma' | 'spaces';

const ROLES: ReadonlyMap<string, string> = new Map([
  ['account owner', 'owner'],
  ['owner', 'owner'],
  ['administrator', 'administrator'],
  ['admin', 'administrator'],
  ['developer', 'developer'],
  ['billing manager', 'billing_manager'],
  ['billing_manager', 'billing_manager'],
  ['support', 'support'],
]);
const STATUSES: ReadonlyMap<string, RowStatus> = new Map([
  ['active', 'active'],
  ['accepted', 'active'],
  ['pending', 'pending'],
  ['invited', 'pending'],
  ['invitation sent', 'pending'],
  ['invite sent', 'pending'],
  ['expired', 'pending'],
  ['invitation expired', 'pending'],
]);
const WORDS = [...ROLES.keys(), ...STATUSES.keys()].sort((a, b) => b.length - a.length);
const WORD = new RegExp(`^(${WORDS.join('|')})(?![\\p{L}\\p{N}_])[\\s,;/&+|]*(?:and\\s+)?`, 'iu');
const DATE =
  /^(?:\d{4}-\d{2}-\d{2}\b.*|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b.*|\p{L}{3,9}\.? \d{1,2},? \d{4}\b.*|\d{1,2} \p{L}{3,9}\.? \d{4}\b.*|(?:an?|\d+) (?:minute|hour|day|week|month|year)s? ago|\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?(?: ?utc)?)$/iu;
const FURNITURE =
  /^(?:actions?|edit|manage|manage users|invite|invite users?|remove(?: user)?|delete|resend(?: invit(?:e|ation))?|cancel(?: invit(?:e|ation))?|details|view|more|search|filter|you|\(you\)|never|today|yesterday|n\/a|yes|no|on|off|enabled|verified|sms|totp|authy|[-–—…⋮]+|rows per page:? ?\d*|previous|next|page \d+(?: of \d+)?|\d{1,4})$/iu;
/** A role that is a proper name: what the Console shows beside the general roles. */
const PRODUCT_ROLE = /^[A-Z][A-Za-z0-9 _.'()/&+-]{1,98}[A-Za-z0-9)]$/;

/** A cell that may stand anywhere: roles and a status in any order, or furniture. */
export function readCell(text: string): Cell {
  const roles: string[] = [];
  let status: RowStatus | null = null;
  let isExpired = false;
  let rest = text.replaceAll(/["<>()]/g, '').trim();
  if (rest === '' || DATE.test(rest) || FURNITURE.test(rest)) return { kind: 'furniture' };
  while (rest !== '') {
    const match = WORD.exec(rest);
    if (match === null)
      return DATE.test(rest) && (roles.length > 0 || status !== null) ? { kind: 'words', roles, status, isExpired } : UNKNOWN;
    const word = (match[1] ?? '').toLowerCase();
    const role = ROLES.get(word);
    if (role !== undefined) roles.push(role);
    else status = STATUSES.get(word) ?? status;
    isExpired ||= word.endsWith('expired');
    rest = rest.slice(match[0].length);
  }
  return { kind: 'words', roles, status, isExpired };
}

const UNKNOWN: Cell = { kind: 'unknown' };

/** The roles of a cell that a header says holds roles: also those of products, by their names. Null where one of them is none. */
export function readRoles(text: string): readonly string[] | null {
  const roles: string[] = [];
  for (const part of text.split(/[,;|]/).map((one) => one.replaceAll('"', '').trim())) {
    const cell = readCell(part);
    if (cell.kind === 'words' && cell.status === null) roles.push(...cell.roles);
    else if (cell.kind === 'unknown' && PRODUCT_ROLE.test(part)) roles.push(part);
    else if (part !== '') return null;
  }
  return roles;
}

const COLUMNS: readonly (readonly [RegExp, Column, RowStatus | null])[] = [
  [/^e-?mail(?: address)?$/i, 'email', null],
  [/^(?:account )?roles?(?:\(s\))?$|^permissions?$/i, 'roles', null],
  [/^(?:invit(?:e|ation) )?status$/i, 'status', null],
  [
    /^(?:invited|sent) ?(?:by|on|at|date)?$|^(?:date )?(?:invited|sent|last sent)$|^(?:date last sent|expires?(?: on)?|expiration)$/i,
    'other',
    'pending',
  ],
  [/^last (?:log ?in|sign[ -]?in|active|seen)$/i, 'other', 'active'],
  [
    /^(?:full |first |last |user ?)?name$|^users?$|^(?:two-factor.*|2fa|mfa|sso)$|^(?:date )?(?:added|created|joined)$|^actions?$|^$/i,
    'other',
    null,
  ],
];

/** The header of a table, or null where a line is none: every cell names a column, and one of them holds the addresses. */
export function readHeader(line: string): Header | null {
  const separator = separatorOf(line);
  const known = splitCells(line, separator).map((cell) => COLUMNS.find(([pattern]) => pattern.test(cell)));
  const columns = known.map((column) => column?.[1]);
  if (columns.length < 2 || columns.includes(undefined) || columns.filter((column) => column === 'email').length !== 1) return null;
  const status = known.map((column) => column?.[2]).find((one) => one != null) ?? null;
  return { columns: columns.filter((column) => column !== undefined), separator, status };
}

/** A column's name on a line of its own, where a page was copied one field a line. */
export function isColumnName(line: string): boolean {
  return COLUMNS.some(([pattern]) => pattern.test(line));
}

function separatorOf(line: string): Separator {
  if (line.includes('\t')) return 'tab';
  return line.includes(',') ? 'comma' : 'spaces';
}

/** The cells of a line; a quoted cell keeps its commas. */
export function splitCells(line: string, separator: Separator): string[] {
  if (separator === 'tab') return line.split('\t').map(unquoted);
  if (separator === 'spaces') return line.trim().split(/ {2,}/).map(unquoted);
  // With a comma in front of the first cell too no match is empty: after an empty one the next character would be passed over.
  return [...`,${line}`.matchAll(/,\s*("(?:[^"]|"")*"(?=\s*(?:,|$))|[^,]*)/g)].map((match) => unquoted(match[1] ?? ''));
}

function unquoted(cell: string): string {
  return cell
    .trim()
    .replace(/^"(.*)"$/s, '$1')
    .replaceAll('""', '"')
    .trim();
}
