import { FORBIDDEN_KEYS, LIMITS, type Marked, type MarkedEntry, type MarkedScalar } from './policy-tree.ts';

/**
 * Reads the plain part of YAML that policies are written in: block lists and maps, flow collections on one line, plain and
 * simply quoted scalars, comments. Gives the same tree as the `yaml` package, some ten times faster, or null for
 * anything it is not certain about; it never judges. The tests hold it against the package.
 */
export function readPlainYaml(text: string): Marked | null {
  if (text.includes('\t') || text.includes('\r')) return null;
  const cursor: Cursor = { text, lines: [], next: 0, nodes: 0 };
  if (!splitLines(cursor)) return null;
  const first = cursor.lines[0];
  if (first === undefined || first.indent !== 0) return null;
  const root = readBlock(cursor, first, 1);
  return cursor.next < cursor.lines.length || cursor.nodes > LIMITS.nodes ? null : root;
}

/** A line that holds something: where its content starts and, without comment and spaces, ends. */
interface Line {
  indent: number;
  at: number;
  readonly end: number;
}

interface Cursor {
  readonly text: string;
  readonly lines: Line[];
  next: number;
  nodes: number;
}

/** Deeper than any policy; what nests more is left to the package. */
const MAX_DEPTH = 8;
const KEY = /([a-z][a-z_]{0,30}):(?=[ \n])/y;
/** Words and marks that mean nothing to YAML wherever they stand after the first; in flow no comma and no bracket. */
const BLOCK_PLAIN = /\p{L}[\p{L}\p{M}\p{N} ._%+@'(),/;=!?&*$~^"-]*/uy;
const FLOW_PLAIN = /\p{L}[\p{L}\p{M}\p{N} ._%+@'()/;=!&*$~^"-]*/uy;
const DIGITS = /[0-9][A-Za-z0-9._%+@-]*/y;
const QUOTED = /"[^"\\\n]*"|'[^'\n]*'/y;
const NOT_TEXT = /^(?:true|false|null)$/i;
const INTEGER = /^(?:0|[1-9][0-9]{0,14})$/;
const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const ADDRESS = /^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+$/;

function splitLines(cursor: Cursor): boolean {
  const { text, lines } = cursor;
  for (let start = 0; start < text.length; ) {
    const feed = text.indexOf('\n', start);
    const stop = feed === -1 ? text.length : feed;
    let at = start;
    while (text.charCodeAt(at) === 0x20) at += 1;
    if (at < stop && text[at] !== '#') {
      if (text[at] === '-' && text[at + 1] !== ' ') return false;
      let end = stop;
      while (text.charCodeAt(end - 1) === 0x20) end -= 1;
      lines.push({ indent: at - start, at, end });
    }
    start = stop + 1;
  }
  return true;
}

/** The list or map whose first line is the next one. */
function readBlock(cursor: Cursor, first: Line, depth: number): Marked | null {
  if (depth > MAX_DEPTH) return null;
  cursor.nodes += 1;
  return cursor.text[first.at] === '-' ? readBlockList(cursor, first, depth) : readBlockMap(cursor, first, depth);
}

function readBlockList(cursor: Cursor, { at, indent }: Line, depth: number): Marked | null {
  const items: Marked[] = [];
  for (let line = cursor.lines[cursor.next]; line !== undefined && line.indent >= indent; line = cursor.lines[cursor.next]) {
    if (line.indent > indent) return null;
    if (cursor.text[line.at] !== '-') break;
    const item = readItem(cursor, line, depth);
    if (item === null) return null;
    items.push(item);
  }
  return { kind: 'list', at, items };
}

/** What follows `- `: a map that goes on in the lines below, or a value that ends with the line. */
function readItem(cursor: Cursor, line: Line, depth: number): Marked | null {
  const at = line.at + 2;
  KEY.lastIndex = at;
  if (!KEY.test(cursor.text)) return readLineValue(cursor, line, at, depth);
  line.at = at;
  line.indent += 2;
  return readBlock(cursor, line, depth + 1);
}

function readBlockMap(cursor: Cursor, { at, indent }: Line, depth: number): Marked | null {
  const entries: MarkedEntry[] = [];
  for (let line = cursor.lines[cursor.next]; line !== undefined && line.indent >= indent; line = cursor.lines[cursor.next]) {
    if (line.indent > indent) return null;
    const keyAt = line.at;
    const key = readKey(cursor, keyAt, entries);
    if (key === null) return null;
    const value = readEntryValue(cursor, line, keyAt + key.length + 1, indent, depth);
    if (value === null) return null;
    entries.push({ key, keyAt, value });
  }
  return { kind: 'map', at, entries };
}

function readEntryValue(cursor: Cursor, line: Line, afterColon: number, indent: number, depth: number): Marked | null {
  let at = afterColon;
  while (cursor.text[at] === ' ') at += 1;
  if (at < line.end && cursor.text[at] !== '#') return readLineValue(cursor, line, at, depth);
  cursor.next += 1;
  const below = cursor.lines[cursor.next];
  if (below === undefined) return null;
  const isList = cursor.text[below.at] === '-';
  if (below.indent > indent || (isList && below.indent === indent)) return readBlock(cursor, below, depth + 1);
  return null;
}

/** A new key of a map, or null. */
function readKey(cursor: Cursor, at: number, entries: readonly MarkedEntry[]): string | null {
  KEY.lastIndex = at;
  const key = KEY.exec(cursor.text)?.[1];
  if (key === undefined || NOT_TEXT.test(key) || FORBIDDEN_KEYS.has(key)) return null;
  cursor.nodes += 1;
  return entries.length > 100 || entries.some((entry) => entry.key === key) ? null : key;
}

/** A value that ends with its line, but for a comment; whoever reads the next line sees whether that goes on with it. */
function readLineValue(cursor: Cursor, line: Line, at: number, depth: number): Marked | null {
  const flow = { cursor, at };
  const opens = cursor.text[at] === '{' || cursor.text[at] === '[';
  const value = opens ? readFlow(flow, depth + 1) : readScalar(flow, BLOCK_PLAIN);
  const rest = cursor.text.slice(flow.at, line.end);
  if (rest !== '' && !/^ +#/.test(rest)) return null;
  cursor.next += 1;
  return value;
}

/** Nothing that is read here takes a line end, so that no collection goes beyond its line. */
interface Flow {
  readonly cursor: Cursor;
  at: number;
}

function readFlow(flow: Flow, depth: number): Marked | null {
  const { text } = flow.cursor;
  const open = text[flow.at];
  if (open !== '{' && open !== '[') return readScalar(flow, FLOW_PLAIN);
  if (depth > MAX_DEPTH) return null;
  flow.cursor.nodes += 1;
  const at = flow.at;
  const close = open === '{' ? '}' : ']';
  const entries: MarkedEntry[] = [];
  const items: Marked[] = [];
  flow.at += 1;
  skipSpaces(flow);
  while (text[flow.at] !== close) {
    if (entries.length + items.length > 0 && !skipComma(flow)) return null;
    const isRead = open === '{' ? readFlowEntry(flow, entries, depth) : readFlowItem(flow, items, depth);
    if (!isRead) return null;
    skipSpaces(flow);
  }
  flow.at += 1;
  return open === '{' ? { kind: 'map', at, entries } : { kind: 'list', at, items };
}

function readFlowEntry(flow: Flow, entries: MarkedEntry[], depth: number): boolean {
  const keyAt = flow.at;
  const key = readKey(flow.cursor, keyAt, entries);
  if (key === null) return false;
  flow.at = keyAt + key.length + 1;
  skipSpaces(flow);
  const value = readFlow(flow, depth + 1);
  if (value === null) return false;
  entries.push({ key, keyAt, value });
  return true;
}

function readFlowItem(flow: Flow, items: Marked[], depth: number): boolean {
  const value = readFlow(flow, depth + 1);
  if (value === null) return false;
  items.push(value);
  return true;
}

function skipComma(flow: Flow): boolean {
  if (flow.cursor.text[flow.at] !== ',') return false;
  flow.at += 1;
  skipSpaces(flow);
  return true;
}

function skipSpaces(flow: Flow): void {
  while (flow.cursor.text[flow.at] === ' ') flow.at += 1;
}

/** A quoted text, a word, a day, an address or a decimal number. Whatever else YAML might read as no text is left to it. */
function readScalar(flow: Flow, plain: RegExp): MarkedScalar | null {
  const { text } = flow.cursor;
  const at = flow.at;
  flow.cursor.nodes += 1;
  const first = text[at] ?? '';
  const isQuoted = first === '"' || first === "'";
  const pattern = isQuoted ? QUOTED : '0123456789'.includes(first) ? DIGITS : plain;
  pattern.lastIndex = at;
  const found = pattern.exec(text)?.[0];
  if (found === undefined) return null;
  if (isQuoted) {
    flow.at = at + found.length;
    return found.length > LIMITS.textLength ? null : { kind: 'scalar', at, value: found.slice(1, -1) };
  }
  const word = found.trimEnd();
  flow.at = at + word.length;
  if (word.length > LIMITS.textLength || NOT_TEXT.test(word)) return null;
  if (pattern !== DIGITS || DAY.test(word) || ADDRESS.test(word)) return { kind: 'scalar', at, value: word };
  return INTEGER.test(word) ? { kind: 'scalar', at, value: Number(word) } : null;
}
