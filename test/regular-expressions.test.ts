import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from 'recheck';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/**
 * No regular expression may take more than linear time in what it reads: texts come from policies, vendors and pull requests. The
 * `recheck` package decides, by an automaton where the pattern has one and by fuzzing with a fixed seed where it has none.
 */
interface Pattern {
  /** Inside the repository. */
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

const ROOT = new URL('../', import.meta.url).pathname;

/** What recheck calls slow, and what bounds the text that it reads. Nothing is listed here that could be written in linear time. */
const BOUNDED: readonly { readonly file: string; readonly pattern: string; readonly bound: string }[] = [
  { file: 'src/commands/init.ts', pattern: '/[^/\\\\]*$/', bound: 'the path of the bundle itself' },
  { file: 'src/commands/demo-scene.ts', pattern: '/ \\(.*\\)$/', bound: 'a meaning of our own table of exit codes' },
  { file: 'src/commands/demo-speech.ts', pattern: '/((?:^\\|(?:[^|\\n]*\\|){7,}\\n)+)/m', bound: "a comment of the demo's own story" },
  { file: 'src/commands/demo-speech.ts', pattern: '/<!--[\\s\\S]*?-->\\n?/g', bound: "a comment of the demo's own story" },
  { file: 'src/commands/demo-vendors.ts', pattern: '/ intent .*patch ada/', bound: "lines of the demo's own story" },
  { file: 'src/commands/demo-vendors.ts', pattern: '/ intent .*patch mina/', bound: "lines of the demo's own story" },
  {
    file: 'src/commands/init-known.ts',
    pattern: '/^\\s*(?:- )?uses:\\s*([^\\s#]+(?:[ \\t]+#[ \\t]*v\\d+\\.\\d+\\.\\d+)?)[ \\t]*$/gm',
    bound: "the user's own workflow, when they run `rollcall init` by hand",
  },
  { file: 'src/report/comment/encode-prose.ts', pattern: '/[.,;:)]*$/', bound: 'one word of a sentence of ours' },
  {
    file: 'src/report/issue/remember-set.ts',
    pattern: '/([a-z]+)=(\\d+)/g',
    bound: 'the first line of a mark that the whole pattern before it has read',
  },
];

/**
 * Expressions put together at run time: each as the code has it (`{` for what is put in), and what it comes to. The emulator's read what
 * rollcall itself sends it.
 */
const COMPOSED: readonly { readonly file: string; readonly code: string; readonly instances: readonly RegExp[] }[] = [
  {
    file: 'src/commands/demo-night.ts',
    code: "new RegExp(`^ *- (email: )?{LEAVER}\\\\n(  \\\\w+: .*\\\\n)*`, 'm')",
    instances: [/^ *- (email: )?ada@acme\.example\n( {2}\w+: .*\n)*/m],
  },
  { file: 'src/commands/init-words.ts', code: 'new RegExp(pattern)', instances: [] },
  { file: 'src/commands/init.ts', code: "new RegExp(`[^\\\\n]{{columns}}(?=[^\\\\n])`, 'g')", instances: [/[^\n]{80}(?=[^\n])/g] },
  { file: 'src/emulator/github/answer-pulls.ts', code: 'new RegExp(`(\\\\d+) {word}`)', instances: [] },
  {
    file: 'src/emulator/github/github-route.ts',
    code: 'new RegExp(`^{source}$`)',
    instances: [/^\/repos\/(?<owner>[^/]+)\/(?<repo>[^/]+)\/contents\/(?<path>.+)$/],
  },
  { file: 'src/emulator/github/remember-git.ts', code: 'new RegExp(`^{pattern}$`)', instances: [] },
  { file: 'src/emulator/twilio/parse-twilio-seed.ts', code: 'new RegExp(`^{kind}[0-9a-fA-F]{32}$`)', instances: [/^AC[0-9a-fA-F]{32}$/] },
  {
    file: 'src/policy/read-console-cells.ts',
    code: "new RegExp(`^({WORDS.join('|')})(?![\\\\p{L}\\\\p{N}_])[\\\\s,;/&+|]*(?:and\\\\s+)?`, 'iu')",
    instances: [/^(billing manager|developer|owner)(?![\p{L}\p{N}_])[\s,;/&+|]*(?:and\s+)?/iu],
  },
  {
    file: 'src/setup/compose-advice.ts',
    code: "new RegExp(`^[ \\\\t]*command: {workflow.command}[ \\\\t]*\\\\r?$`, 'm')",
    instances: [/^[ \t]*command: ci-plan[ \t]*\r?$/m],
  },
  { file: 'src/setup/compose-advice.ts', code: 'new RegExp(`\\\\bsecrets\\\\.{variable}\\\\b`)', instances: [/\bsecrets\.A_API_KEY\b/] },
];

const inFolder = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.includes('generated/'))
    .map((file) => `${folder}/${file}`)
    .sort();

/** Ajv compiles `pattern` and the keys of `patternProperties` with the flag u. */
function readSchemaPatterns(): Pattern[] {
  return inFolder('schemas', '.json').flatMap((file) =>
    patternsOf(JSON.parse(readFileSync(join(ROOT, file), 'utf8'))).map((source) => ({ file, source, flags: 'u' })),
  );
}

function patternsOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (key === 'pattern' && typeof value === 'string') return [value];
    return [...(key === 'patternProperties' ? Object.keys(value as object) : []), ...patternsOf(value)];
  });
}

interface SourcePatterns {
  readonly literals: readonly Pattern[];
  readonly composed: readonly { readonly file: string; readonly code: string }[];
}

function readSourcePatterns(): SourcePatterns {
  const literals: Pattern[] = [];
  const composed: { file: string; code: string }[] = [];
  for (const file of inFolder('src', '.ts')) {
    const walk = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf('/');
        literals.push({ file, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
      }
      if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp')
        composed.push({ file, code: node.getText().replaceAll('${', '{') });
      ts.forEachChild(node, walk);
    };
    walk(ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.Latest, true));
  }
  return { literals, composed };
}

const schemas = readSchemaPatterns();
const { literals, composed } = readSourcePatterns();

function say({ file, source, flags }: Pattern): string {
  return `${file} /${source}/${flags}`;
}

async function isLinear({ source, flags }: Pattern): Promise<boolean> {
  const { status } = await check(source, flags, { randomSeed: 1, timeout: 60_000 });
  return status === 'safe';
}

describe('every regular expression', () => {
  test('is found: those of the schemas, and those of the code', () => {
    expect(schemas.length).toBeGreaterThan(30);
    expect(literals.length).toBeGreaterThan(350);
    expect(schemas.map(({ source }) => source)).toContain('^AC[0-9a-f]{32}$');
    expect(literals.map(({ source }) => source)).toContain('(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{20,}');
  });

  test('takes time in proportion to what it reads, but for those whose text is bounded', { timeout: 600_000 }, async () => {
    const instances = COMPOSED.flatMap(({ file, instances }) => instances.map(({ source, flags }) => ({ file, source, flags })));
    const all = [...schemas, ...literals, ...instances];
    const verdicts = new Map<string, boolean>();
    for (const pattern of all) {
      const key = `/${pattern.source}/${pattern.flags}`;
      if (!verdicts.has(key)) verdicts.set(key, await isLinear(pattern));
    }
    const bounded = new Set(BOUNDED.map(({ file, pattern }) => `${file} ${pattern}`));
    const slow = all.filter(({ source, flags }) => verdicts.get(`/${source}/${flags}`) === false).map(say);
    expect(slow.filter((pattern) => !bounded.has(pattern))).toEqual([]);
  });

  test('that is listed as bounded is still there', () => {
    const there = new Set(literals.map(say));
    expect(BOUNDED.map(({ file, pattern }) => `${file} ${pattern}`).filter((pattern) => !there.has(pattern))).toEqual([]);
  });

  test('refers back to nothing, and looks back at one character at most', () => {
    const all = [...schemas, ...literals];
    expect(all.filter(({ source }) => /\\[1-9]|\\k</.test(source)).map(say)).toEqual([]);
    const back = all.filter(({ source }) => /\(\?<[=!]/.test(source.replaceAll(/\(\?<[=!](?:\[(?:\\.|[^\]\\])*\]|\\?.)\)/g, '')));
    expect(back.map(say)).toEqual([]);
  });

  test('that is put together at run time is one of those in the table', () => {
    expect(composed).toEqual(COMPOSED.map(({ file, code }) => ({ file, code })));
  });
});
