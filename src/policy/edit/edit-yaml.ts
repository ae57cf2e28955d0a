import type { CST, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { addItems, type NewItem } from './add-items.ts';
import { endOfNode } from './end-of-node.ts';
import { type EditedLines, linesOf, type Splice, spliceText } from './splice-text.ts';
import { writeScalar } from './write-scalar.ts';

/** One edit of one file, by where it stands: `['grants', 2, 'role']`. */
export type YamlEdit =
  | { readonly kind: 'drop'; readonly list: string; readonly indexes: ReadonlySet<number> }
  | { readonly kind: 'set'; readonly at: readonly (string | number)[]; readonly text: string }
  | { readonly kind: 'add'; readonly list: string | null; readonly items: readonly NewItem[] };

export interface EditedText {
  readonly text: string;
  readonly lines: readonly EditedLines[];
}

const BOM = '\uFEFF';
const OPTIONS = { version: '1.2', schema: 'core', merge: false, uniqueKeys: false, logLevel: 'silent', keepSourceTokens: true } as const;

/**
 * Drops entries of lists, sets texts and adds entries at the end of lists (null is the list that the whole file is), and leaves every other byte as it is: comments, order, quotes, line ends. Null where the
 * file is written so that this cannot be done. What comes out is read again and is what was asked for, nothing else.
 */
export async function editYaml(text: string, edits: readonly YamlEdit[]): Promise<EditedText | null> {
  const yaml = await import('yaml');
  const mark = text.startsWith(BOM) ? BOM : '';
  const body = text.slice(mark.length);
  const document = yaml.parseDocument(body, OPTIONS);
  const splices: Splice[] = [];
  for (const edit of edits) {
    const found = spliceOne(document, body, edit);
    if (found === null) return null;
    splices.push(...found);
  }
  const edited = spliceText(body, splices);
  if (edited === null) return null;
  const again = yaml.parseDocument(edited, OPTIONS);
  const isMeant = again.errors.length === 0 && JSON.stringify(again.toJS()) === JSON.stringify(editValue(document.toJS(), edits));
  return isMeant ? { text: mark + edited, lines: linesOf(body, splices) } : null;
}

function spliceOne(document: Document, body: string, edit: YamlEdit): readonly Splice[] | null {
  if (edit.kind === 'drop') return dropItems(document, body, edit);
  return edit.kind === 'set' ? setText(document, edit) : addItems(document, body, edit.list, edit.items);
}

type Drop = Extract<YamlEdit, { kind: 'drop' }>;
type SetText = Extract<YamlEdit, { kind: 'set' }>;

function setText(document: Document, { at, text }: SetText): Splice[] | null {
  const node = document.getIn(at, true) as Scalar | undefined;
  if (!node?.range) return null;
  const [start, end] = node.range;
  if (node.type === 'PLAIN') return [{ start, end, text: writeScalar(text) }];
  if (node.type === 'QUOTE_SINGLE') return [{ start, end, text: `'${text.replaceAll("'", "''")}'` }];
  return node.type === 'QUOTE_DOUBLE' ? [{ start, end, text: JSON.stringify(text) }] : null;
}

function dropItems(document: Document, body: string, { list, indexes }: Drop): Splice[] | null {
  const seq = document.getIn([list], true) as Partial<YAMLSeq<Node>> | undefined;
  const { srcToken: token, items = [] } = seq ?? {};
  if ([...indexes].some((index) => items[index] === undefined)) return null;
  if (token?.type === 'flow-collection') return dropFromFlow(body, items, indexes);
  if (token?.type !== 'block-seq') return null;
  const dashes = token.items.flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind'));
  const splices: Splice[] = [];
  for (const index of indexes) {
    const item = items[index];
    const lines = item === undefined ? null : wholeLines(body, dashes[index]?.offset ?? 0, endOfNode(item), /^\s*(?:#.*)?$/);
    if (lines === null) return null;
    splices.push(lines);
  }
  if (indexes.size < items.length) return splices;
  const colon = colonOf(document, list);
  return colon === null ? null : [{ start: colon + 1, end: colon + 1, text: ' []' }, ...splices];
}

/** Where the colon after a key of the top map stands: what follows it when the list below it is empty. */
function colonOf(document: Document, key: string): number | null {
  const top = document.contents as YAMLMap<Scalar, Node> | null;
  const pair: Pair<Scalar, Node> | undefined = top?.items.find((one) => one.key.value === key);
  const tokens: readonly CST.SourceToken[] = pair?.srcToken?.sep ?? [];
  return tokens.find(({ type }) => type === 'map-value-ind')?.offset ?? null;
}

/** The lines from one offset to another, if nothing else stands on them than what `after` lets follow. */
function wholeLines(body: string, from: number, to: number, after: RegExp): Splice | null {
  const start = body.lastIndexOf('\n', from - 1) + 1;
  if (/\S/.test(body.slice(start, from))) return null;
  if (body[to - 1] === '\n') return { start, end: to, text: '' };
  const feed = body.indexOf('\n', to);
  const end = feed === -1 ? body.length : feed + 1;
  return after.test(body.slice(to, end).trimEnd()) ? { start, end, text: '' } : null;
}

/** An item with lines of its own goes with them; any other with one comma beside it. */
function dropFromFlow(body: string, items: readonly Node[], indexes: ReadonlySet<number>): Splice[] {
  const lastKept = items.findLastIndex((_, index) => !indexes.has(index));
  const splices: Splice[] = [];
  for (const index of [...indexes].toSorted((a, b) => a - b)) {
    const [start, end] = items[index]?.range ?? [0, 0];
    const own = wholeLines(body, start, end, /^\s*(?:,\s*)?(?:#.*)?$/);
    if (own !== null) {
      splices.push(own);
      continue;
    }
    const comma = /^\s*,[ \t]*/.exec(body.slice(end));
    const takesComma = comma !== null && (index < items.length - 1 || lastKept === -1);
    splices.push({ start, end: takesComma ? end + comma[0].length : end, text: '' });
    const before = items[index - 1]?.range?.[1] ?? start;
    const isFirstOfTail = index === lastKept + 1 && index > 0;
    if (isFirstOfTail && /^\s*,\s*$/.test(body.slice(before, start))) splices.push({ start: before, end: start, text: '' });
  }
  return splices;
}

/** What the edits mean, on the value alone. */
function editValue(value: unknown, edits: readonly YamlEdit[]): unknown {
  const root = structuredClone(value) as Record<string, unknown[]>;
  for (const edit of edits) if (edit.kind === 'set') setValue(root, edit);
  for (const edit of edits) {
    if (edit.kind === 'drop') root[edit.list] = (root[edit.list] ?? []).filter((_, index) => !edit.indexes.has(index));
  }
  for (const edit of edits) {
    if (edit.kind !== 'add') continue;
    const list: unknown = edit.list === null ? root : root[edit.list];
    if (Array.isArray(list)) list.push(...edit.items.map(({ value }) => value));
  }
  return root;
}

function setValue(root: unknown, { at, text }: SetText): void {
  let inner = root as Record<string | number, unknown>;
  for (const step of at.slice(0, -1)) inner = inner[step] as Record<string | number, unknown>;
  inner[at.at(-1) ?? ''] = text;
}
