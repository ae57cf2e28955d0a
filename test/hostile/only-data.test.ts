import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { load, memorySource } from '../policy/memory-source.ts';
import { CASES } from './cases.ts';

/** Nothing in policies is executed, included, fetched or interpolated: there is no code that could, on the way from bytes to findings. */
const ROOT = new URL('../../', import.meta.url).pathname;
const ROOMS = ['src/policy'];

const sources = ROOMS.flatMap((room) =>
  readdirSync(join(ROOT, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') || file.endsWith('.js'))
    .map((file) => {
      const text = readFileSync(join(ROOT, room, file), 'utf8');
      return { file: `${room}/${file}`, tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) };
    }),
);

function findAll<T>(pick: (node: ts.Node) => T | undefined): { readonly file: string; readonly found: T }[] {
  return sources.flatMap(({ file, tree }) => {
    const found: { file: string; found: T }[] = [];
    const walk = (node: ts.Node): void => {
      const one = pick(node);
      if (one !== undefined) found.push({ file, found: one });
      ts.forEachChild(node, walk);
    };
    walk(tree);
    return found;
  });
}

describe('on the way from bytes to findings', () => {
  test('there are files to look at', () => {
    expect(sources.length).toBeGreaterThan(50);
  });

  test('nothing is executed: no eval, no new Function, no process, no worker', () => {
    const NAMES = new Set(['eval', 'Function', 'process', 'Worker', 'WebAssembly', 'globalThis', 'require', 'setTimeout']);
    const found = findAll((node) => {
      const isUsed = ts.isIdentifier(node) && NAMES.has(node.text) && !ts.isPropertyAccessExpression(node.parent) && !ts.isTypeReferenceNode(node.parent);
      return isUsed ? node.text : undefined;
    });
    expect(found).toEqual([]);
  });

  test('nothing is loaded but what the code itself names: every import is a text', () => {
    const dynamic = findAll((node) => {
      const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
      return isImport && !(node.arguments[0] !== undefined && ts.isStringLiteral(node.arguments[0])) ? node.getText() : undefined;
    });
    expect(dynamic).toEqual([]);
    const named = findAll((node) => {
      const at = ts.isImportDeclaration(node) ? node.moduleSpecifier : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined;
      return at !== undefined && ts.isStringLiteral(at) && !at.text.startsWith('.') ? at.text : undefined;
    });
    expect([...new Set(named.map(({ found }) => found))].toSorted()).toEqual(['leven', 'unhomoglyph', 'yaml']);
  });

  test('nothing is fetched: no address of the network stands in the code', () => {
    const found = findAll((node) => (ts.isStringLiteralLike(node) && /^[a-z]+:\/\/|^\/\//i.test(node.text) ? node.text : undefined));
    expect(found.filter(({ file }) => !file.includes('generated/'))).toEqual([]);
  });

  test('nothing is interpolated: no pattern is put together from a value', () => {
    const found = findAll((node) => (ts.isNewExpression(node) && node.expression.getText() === 'RegExp' ? node.getText() : undefined));
    expect(found.filter(({ file }) => !file.includes('generated/')).map(({ file }) => file)).toEqual(['src/policy/read-console-cells.ts']);
  });
});

describe('the schemas', () => {
  const schemas = readdirSync(join(ROOT, 'schemas'))
    .filter((file) => file.endsWith('.schema.json'))
    .map((file) => ({ file, schema: JSON.parse(readFileSync(join(ROOT, 'schemas', file), 'utf8')) as unknown }));

  function valuesOf(node: unknown, key: string): unknown[] {
    if (typeof node !== 'object' || node === null) return [];
    return Object.entries(node).flatMap(([name, value]) => [...(name === key ? [value] : []), ...valuesOf(value, key)]);
  }

  test('refer to themselves and to the names of accounts beside them, and to nothing on the network', () => {
    expect(schemas.length).toBeGreaterThanOrEqual(6);
    const refs = schemas.flatMap(({ schema }) => valuesOf(schema, '$ref'));
    expect(refs.filter((ref) => !/^#\/\$defs\/[A-Za-z_]+$|^account-names\.schema\.json$/.test(String(ref)))).toEqual([]);
  });

  test('compute nothing from the data: no $data, no dynamic reference, no format but a day', () => {
    for (const key of ['$data', '$dynamicRef', '$recursiveRef', 'contentEncoding']) expect(schemas.flatMap(({ schema }) => valuesOf(schema, key))).toEqual([]);
    const formats = schemas.flatMap(({ schema }) => valuesOf(schema, 'format')).filter((format) => typeof format === 'string');
    expect([...new Set(formats)]).toEqual(['date']);
  });

  test('are compiled without loading others and without $data', () => {
    const generate = readFileSync(join(ROOT, 'scripts/generate.mjs'), 'utf8');
    expect(generate).toContain('new Ajv2020(');
    expect(generate).not.toMatch(/loadSchema|\$data|compileAsync/);
  });
});

test('a policy that names files, addresses and variables has only the files of its own folder read', async () => {
  const files = CASES.flatMap((one) => Object.entries(one.files)).filter(([, content]) => typeof content === 'string');
  const asked = new Set<string>();
  for (const one of CASES.filter(({ files: all }) => Object.keys(all).length < 20)) {
    const source = memorySource(one.files);
    const { loadPolicies } = await import('../../src/policy/load-policies.ts');
    await loadPolicies({
      source: {
        list: source.list,
        read: async (path) => {
          asked.add(path);
          return source.read(path);
        },
      },
      folder: 'policies',
      today: '2026-11-22',
      capabilitiesOf: () => null,
      commit: null,
    });
  }
  const there = new Set(files.map(([path]) => path));
  expect([...asked].filter((path) => !there.has(path) || !/^(accounts|people|teams|approvals|rosters)\/[a-z0-9-]+\.ya?ml$/.test(path))).toEqual([]);
});

/** Words that other tools would replace, each as a name: it arrives as it stands. */
const WORDS = ['$HOME', '${HOME}', '$(id)', '%PATH%', '{{ env.HOME }}', '<%= ENV %>', '#{HOME}', '~root', '$ref', '!include x', '@import', 'file:///etc/passwd', 'https://acme.example/', '../../secrets', '\\u0041', '&amp;', '%41', '${{ secrets.X }}', '__proto__', 'constructor'];

test.each(WORDS)('the name %s arrives as it stands', async (word) => {
  const { policies } = await load({
    'accounts/telnyx-production.yaml': 'provider: telnyx\napi: sub-users\nowner: root@acme.example\n',
    'people/a.yaml': `- email: eve@acme.example\n  name: '${word}'\n`,
  });
  expect(policies?.people.map(({ name }) => name)).toEqual([word]);
});
