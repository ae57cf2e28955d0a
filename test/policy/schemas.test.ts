import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import unhomoglyph from 'unhomoglyph';
import { expect, test } from 'vitest';
import { KEYS } from '../../src/policy/check-shape.ts';
import { createSkeleton } from '../../src/policy/skeleton.ts';

const KINDS = ['account', 'people', 'team', 'approval', 'roster'];
const ROOT = new URL('../../', import.meta.url);

interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly type?: string;
  readonly additionalProperties?: boolean;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

function schemaOf(kind: string): Schema {
  return JSON.parse(readFileSync(new URL(`schemas/${kind}.schema.json`, ROOT), 'utf8'));
}

function* partsOf(schema: Schema, path: string): Generator<[string, Schema]> {
  yield [path, schema];
  for (const [key, inner] of Object.entries({ ...schema.properties, ...schema.patternProperties, ...schema.$defs }))
    yield* partsOf(inner, `${path}/${key}`);
  if (schema.items !== undefined) yield* partsOf(schema.items, `${path}/*`);
}

const PARTS = KINDS.flatMap((kind) => [...partsOf(schemaOf(kind), kind)]);

test('what is generated is what the schemas say', async () => {
  const { generate } = (await import(new URL('scripts/generate.mjs', ROOT).href)) as { generate: () => Promise<Map<string, string>> };
  const generated = await generate();
  expect(generated.size).toBe(5);
  for (const [path, text] of generated) expect(text === readFileSync(new URL(path, ROOT), 'utf8'), path).toBe(true);
});

test.each(PARTS.filter(([, part]) => part.$ref === undefined))('%s tells an editor what it is, with an example', (path, part) => {
  expect(part.title, path).toBeTruthy();
  expect(part.description, path).toBeTruthy();
  // What there is to choose from is proposed from examples too, so that a map shows its keys', and an account's name stands in words.
  const isShown = part.type === 'object' || / such as /.test(part.description ?? '');
  if (path.includes('/') && !isShown) expect(part.examples?.length, path).toBeGreaterThan(0);
});

test('every map is closed and every list and text is bounded', () => {
  for (const [path, part] of PARTS) {
    if (part.type === 'object') expect(part.additionalProperties, path).toBe(false);
    if (part.type === 'array') expect(part.maxItems, path).toBeGreaterThan(0);
  }
});

test('unknown keys are compared with the keys that the schemas have', () => {
  const defs = {
    person: 'people/*',
    memberWithEnd: 'team/members/*',
    grant: 'team/grants/*',
    row: 'roster/rows/*',
    rotation: 'roster/rotated/*',
    review: 'roster/reviewed/*',
  };
  const found = PARTS.filter(([path, part]) => part.properties !== undefined || path === 'team').map(([path, part]) => {
    const name = path.split('/')[1] ?? '';
    return [name in defs ? defs[name as keyof typeof defs] : path, Object.keys(part.properties ?? {})];
  });
  expect(KEYS).toEqual(Object.fromEntries(found));
});

const MANY = 20_000;
test.each(PARTS.filter(([, part]) => part.pattern !== undefined))(
  'the pattern of %s gives up on a long text that almost matches',
  (_path, part) => {
    const pattern = new RegExp(part.pattern ?? '', 'u');
    for (const bait of ['a', '-a', '.a', 'a-', 'a.', '@a', ' ']) {
      for (const start of ['', 'a@', '@'])
        expect(pattern.test(`${start}${bait.repeat(MANY)}\u0000\n`) && part.pattern !== '\\S').toBe(false);
    }
  },
);

test('for ASCII, what a text looks like is what the table of look-alikes says', async () => {
  const skeleton = await createSkeleton([]);
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme-ascii' }),
      (text) => skeleton(text) === unhomoglyph(text.normalize('NFKC').toLowerCase()).toLowerCase(),
    ),
  );
});
