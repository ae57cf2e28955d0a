import type { Document, Node, YAMLSeq } from 'yaml';
import { endOfNode } from './end-of-node.ts';
import type { Splice } from './splice-text.ts';
import { writeMap } from './write-files.ts';
import { writeScalar } from './write-scalar.ts';

/** One entry that comes to the end of a list. */
export interface NewItem {
  readonly value: string | Readonly<Record<string, string>>;
  /** Comments above it, a line each, where the list has a line for each entry. */
  readonly notes: readonly string[];
}

/** What adds entries at the end of a list of a file, or of the list that the file is; null where it is written so that this cannot be done. */
export function addItems(document: Document, body: string, list: string | null, items: readonly NewItem[]): readonly Splice[] | null {
  const node = list === null ? document.contents : document.getIn([list], true);
  const seq = node as Partial<YAMLSeq<Node>> | null | undefined;
  const { srcToken: token, range } = seq ?? {};
  const last = seq?.items?.at(-1);
  if (token?.type === 'flow-collection' && range) return [addToFlow(body, range[0], last, items)];
  if (token?.type !== 'block-seq' || last === undefined) return null;
  const dash = token.items.flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind')).at(-1);
  return dash === undefined ? null : [addLines(body, dash.offset, endOfNode(last), items)];
}

/** As the list has them: behind the last entry and one comma, in the notation of the file. */
function addToFlow(body: string, start: number, last: Node | undefined, items: readonly NewItem[]): Splice {
  const isJson = /^\s*[[{]\s*"/.test(body);
  const written = items.map(({ value }) => {
    if (isJson) return JSON.stringify(value);
    return typeof value === 'string' ? writeScalar(value) : writeMap(value);
  });
  const at = last === undefined ? start + 1 : endOfNode(last);
  return { start: at, end: at, text: (last === undefined ? '' : ', ') + written.join(', ') };
}

/** Lines of their own below the last entry, as far in as its dash. */
function addLines(body: string, dash: number, end: number, items: readonly NewItem[]): Splice {
  const feed = body.includes('\r\n') ? '\r\n' : '\n';
  const pad = ' '.repeat(dash - (body.lastIndexOf('\n', dash - 1) + 1));
  const lines = items.flatMap(({ value, notes }) => [...notes.map((note) => `${pad}# ${note}`), ...linesOf(value, pad)]);
  const lineEnd = body[end - 1] === '\n' ? end - 1 : body.indexOf('\n', end);
  const at = lineEnd === -1 ? body.length : lineEnd + 1;
  const text = lines.join(feed);
  return { start: at, end: at, text: lineEnd === -1 ? feed + text : text + feed };
}

function linesOf(value: NewItem['value'], pad: string): string[] {
  if (typeof value === 'string') return [`${pad}- ${writeScalar(value)}`];
  return Object.entries(value).map(([key, one], index) => `${pad}${index === 0 ? '- ' : '  '}${key}: ${writeScalar(one)}`);
}
