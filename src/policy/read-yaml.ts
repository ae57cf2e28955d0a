import type { Alias, Pair, ParsedNode, Scalar } from 'yaml';
import type { Finding } from '../model.ts';
import { forbiddenCharacters } from './decode-text.ts';
import { findSecrets } from './find-secrets.ts';
import { type FindingCode, finding } from './findings.ts';
import { showWord } from './nearest-word.ts';
import { createLocator, FORBIDDEN_KEYS, LIMITS, type Marked, type MarkedEntry, type MarkedScalar } from './policy-tree.ts';

export type ReadResult =
  | { readonly kind: 'tree'; readonly root: Marked }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

type Yaml = typeof import('yaml');
type Report = (code: FindingCode, at: number, ...facts: string[]) => void;

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  merge: false,
  // The package's own duplicate check is quadratic; the walk below has one.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
} as const;
const DECIMAL = /^(?:0|-?[1-9][0-9]{0,14})$/;

/**
 * Reads one file by the `yaml` package, and refuses every part of the language that reads otherwise than it looks:
 * directives, further documents, anchors, aliases, tags, merge keys, duplicate and non-text keys, numbers in odd forms.
 * `namesKeys` as in `findSecrets`.
 */
export async function readYaml(file: string, text: string, namesKeys: boolean): Promise<ReadResult> {
  const yaml = await import('yaml');
  const placeOf = createLocator(file, text);
  const findings: Finding[] = [];
  const report: Report = (code, at, ...facts) => {
    findings.push(finding(code, placeOf(at), ...facts));
  };
  const directive = /^%/m.exec(text);
  if (directive !== null) report('yaml-directive', directive.index);
  else {
    const root = readDocument(yaml, text, namesKeys, report);
    if (root !== null && findings.length === 0) return { kind: 'tree', root };
  }
  return { kind: 'refused', findings };
}

function readDocument(yaml: Yaml, text: string, namesKeys: boolean, report: Report): Marked | null {
  const documents = yaml.parseAllDocuments<ParsedNode, false>(text, OPTIONS);
  const [first, second] = 'empty' in documents ? [] : documents;
  if (first === undefined) {
    report('file-empty', 0);
    return null;
  }
  if (second !== undefined) {
    const mark = [...text.matchAll(/^(?:---|\.\.\.)(?!\S)/gm)].find(({ index }) => index > first.range[0]);
    report('yaml-second-document', mark?.index ?? second.range[0]);
    return null;
  }
  const troubles = [...first.errors, ...first.warnings];
  // A cascade of errors tells no more than its first few.
  for (const trouble of troubles.slice(0, 5)) {
    const code = codeOf(trouble.code);
    report(code, trouble.pos[0], code === 'yaml-too-deep' ? String(LIMITS.depth) : trouble.code.toLowerCase().replaceAll('_', ' '));
  }
  if (troubles.length > 0) return null;
  if (isNothing(yaml, first.contents)) {
    report('file-empty', 0);
    return null;
  }
  return createWalk(yaml, namesKeys, report)(first.contents, 1);
}

function codeOf(code: string): FindingCode {
  if (code === 'TAG_RESOLVE_FAILED') return 'yaml-tag';
  if (code === 'BAD_ALIAS') return 'yaml-alias';
  if (code === 'RESOURCE_EXHAUSTION') return 'yaml-too-deep';
  return 'yaml-syntax';
}

function isNothing(yaml: Yaml, contents: ParsedNode): boolean {
  return yaml.isScalar(contents) && contents.value === null && contents.source === '' && contents.anchor === undefined;
}

/** Turns the package's nodes into ours. A tree of which something was reported is not whole, and goes no further. */
function createWalk(yaml: Yaml, namesKeys: boolean, report: Report): (node: ParsedNode, depth: number) => Marked {
  let nodes = 0;
  let reported = 0;
  const tell: Report = (code, at, ...facts) => {
    reported += 1;
    if (reported <= LIMITS.findings) report(code, at, ...facts);
  };

  /** Whether the node is one of those that policies may hold. */
  function isAllowed(node: ParsedNode, depth: number): node is Exclude<ParsedNode, Alias.Parsed> {
    const at = node.range[0];
    nodes += 1;
    if (nodes > LIMITS.nodes) {
      if (nodes === LIMITS.nodes + 1) tell('yaml-too-many-nodes', at, String(LIMITS.nodes));
      return false;
    }
    if (yaml.isAlias(node)) tell('yaml-alias', at);
    else if (node.anchor !== undefined) tell('yaml-anchor', at);
    else if (node.tag !== undefined) tell('yaml-tag', at);
    else if (depth > LIMITS.depth) tell('yaml-too-deep', at, String(LIMITS.depth));
    else return true;
    return false;
  }

  function walk(node: ParsedNode, depth: number): Marked {
    const at = node.range[0];
    if (!isAllowed(node, depth)) return nothing(at);
    if (yaml.isScalar(node)) return readScalar(node, at, namesKeys, tell);
    if (yaml.isSeq(node)) return { kind: 'list', at, items: node.items.map((item) => walk(item, depth + 1)) };
    const seen = new Set<string>();
    return { kind: 'map', at, entries: node.items.flatMap((pair) => walkPair(pair, seen, depth)) };
  }

  /** One entry, or none where the key is none. */
  function walkPair(pair: Pair<ParsedNode, ParsedNode | null>, seen: Set<string>, depth: number): MarkedEntry[] {
    const keyAt = pair.key.range[0];
    if (!isAllowed(pair.key, depth)) return [];
    if (!yaml.isScalar(pair.key) || typeof pair.key.value !== 'string') {
      tell('yaml-key', keyAt);
      return [];
    }
    const key = pair.key.value.normalize('NFC');
    const value = pair.value === null ? nothing(keyAt) : walk(pair.value, depth + 1);
    checkKey(key, keyAt, seen);
    return [{ key, keyAt, value }];
  }

  function checkKey(key: string, at: number, seen: Set<string>): void {
    const twice = seen.has(key);
    seen.add(key);
    const shown = showWord(key);
    if (key === '<<') tell('yaml-merge-key', at);
    else if (FORBIDDEN_KEYS.has(key)) tell('yaml-forbidden-key', at, key);
    else if (key.length > LIMITS.textLength) tell('text-too-long', at, String(LIMITS.textLength));
    else if (twice) tell('yaml-duplicate-key', at, shown === null ? '' : ` ${shown}`);
    else checkHidden(key, at, namesKeys, tell);
  }

  return (node, depth) => {
    const root = walk(node, depth);
    if (reported > LIMITS.findings) report('more-findings', node.range[0], String(reported - LIMITS.findings));
    return root;
  };
}

function nothing(at: number): MarkedScalar {
  return { kind: 'scalar', at, value: null };
}

function readScalar(node: Scalar.Parsed, at: number, namesKeys: boolean, tell: Report): MarkedScalar {
  const value = node.value;
  if (typeof value === 'string') {
    if (value.length > LIMITS.textLength) tell('text-too-long', at, String(LIMITS.textLength));
    else checkHidden(value, at, namesKeys, tell);
    return { kind: 'scalar', at, value };
  }
  if (typeof value === 'number') {
    if (!DECIMAL.test(node.source)) tell('yaml-number', at);
    return { kind: 'scalar', at, value };
  }
  if (typeof value === 'boolean' || value === null) return { kind: 'scalar', at, value };
  tell('yaml-tag', at);
  return nothing(at);
}

/** Escapes in double quotes can hide what the raw text does not show. */
function checkHidden(value: string, at: number, namesKeys: boolean, tell: Report): void {
  for (const { point } of forbiddenCharacters(value).slice(0, 1)) tell('forbidden-character', at, point);
  for (const { what } of findSecrets(value, 1, namesKeys)) tell('secret-in-policy', at, what);
}
