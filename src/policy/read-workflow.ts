import type { Pair, ParsedNode } from 'yaml';

/** One value of a workflow: where it stands (`jobs`, `apply`, `steps`, 0, `uses`), as text. An empty map or list is `{}` or `[]`. */
export interface WorkflowValue {
  readonly path: readonly (string | number)[];
  readonly text: string;
  readonly line: number;
  /** What stands behind it on its last line after a number sign; null without. */
  readonly comment: string | null;
}

const MAX_CHARACTERS = 256 * 1024;
const MAX_DEPTH = 30;
const MAX_VALUES = 20_000;
const OPTIONS = { version: '1.2', schema: 'core', merge: false, uniqueKeys: false, prettyErrors: false, logLevel: 'error' } as const;

/**
 * Every value of a GitHub workflow; null for what is no YAML, too large, or may read otherwise than it looks: directives, further documents,
 * anchors, aliases, tags, merge keys, and keys that are no text or stand twice.
 */
export async function readWorkflow(text: string): Promise<readonly WorkflowValue[] | null> {
  if (text.length > MAX_CHARACTERS || /^%/m.test(text)) return null;
  const yaml = await import('yaml');
  if (nestsTooDeep(yaml, text)) return null;
  const documents = yaml.parseAllDocuments(text, OPTIONS);
  const [first, second] = 'empty' in documents ? [] : documents;
  if (first === undefined || second !== undefined || first.errors.length + first.warnings.length > 0) return null;
  const values: WorkflowValue[] = [];
  const lineOf = createLineCounter(text);

  function add(path: WorkflowValue['path'], said: string, range: readonly number[]): boolean {
    const [start = 0, end = start] = range;
    const feed = text.indexOf('\n', end);
    const comment = /(?:^|\s)#(.*)/s.exec(text.slice(end, feed === -1 ? text.length : feed))?.[1]?.trim() ?? '';
    values.push({ path, text: said, line: lineOf(start), comment: comment === '' ? null : comment });
    return values.length <= MAX_VALUES;
  }

  function walk(node: unknown, path: WorkflowValue['path'], around: readonly number[]): boolean {
    if (node === null) return add(path, '', around);
    if (!yaml.isNode(node) || yaml.isAlias(node) || path.length > MAX_DEPTH) return false;
    const { range, anchor, tag } = node as ParsedNode & { readonly anchor?: string };
    if (anchor !== undefined || tag !== undefined) return false;
    if (yaml.isScalar(node)) return add(path, typeof node.value === 'string' ? node.value : (node.source ?? ''), range);
    if (yaml.isSeq(node)) {
      if (node.items.length === 0) return add(path, '[]', range);
      return node.items.every((item, at) => walk(item, [...path, at], range));
    }
    return yaml.isMap(node) && walkMap(node.items, path, range);
  }

  function walkMap(items: readonly Pair[], path: WorkflowValue['path'], range: readonly number[]): boolean {
    if (items.length === 0) return add(path, '{}', range);
    const seen = new Set<string>(['<<']);
    return items.every(({ key, value }) => {
      if (!yaml.isScalar(key) || typeof key.value !== 'string' || key.anchor !== undefined || key.tag !== undefined) return false;
      if (seen.has(key.value)) return false;
      seen.add(key.value);
      return walk(value, [...path, key.value], key.range ?? range);
    });
  }

  return walk(first.contents, [], [0, 0]) ? values : null;
}

/** Values come nearly in the order of the text, so that counting goes on from the last one. */
function createLineCounter(text: string): (at: number) => number {
  let [last, line] = [0, 1];
  return (at) => {
    if (at < last) [last, line] = [0, 1];
    for (; last < at; last += 1) if (text[last] === '\n') line += 1;
    return line;
  };
}

/** Asked of the package's parser, which keeps a stack of its own: what it composes by recursion could end the process. */
function nestsTooDeep(yaml: typeof import('yaml'), text: string): boolean {
  const parser = new yaml.Parser();
  for (const lexeme of new yaml.Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > 4 * MAX_DEPTH) return true;
  }
  return false;
}
