import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAllDocuments, visit } from 'yaml';
import { FINDING_CODES, type FindingCode } from '../../src/policy/findings.ts';
import { type LoadedPolicies, loadPolicies } from '../../src/policy/load-policies.ts';
import type { PolicyKind } from '../../src/policy/policy-tree.ts';
import { capabilitiesOf } from '../../src/provider/capabilities.ts';
import type { PolicySource } from '../../src/ports.ts';
import { COMPANY } from '../policy/four-kinds.ts';
import { memorySource } from '../policy/memory-source.ts';

/** How many inputs of each sort. */
const RUNS = 10_000;
const FILES: Readonly<Record<string, string>> = {
  ...COMPANY,
  'accounts/telnyx-support.yaml': `${COMPANY['accounts/telnyx-support.yaml']}guards: { max_deletes: 3, min_admins: 2, never_delete: [pager@acme.example] }\ninvites: { per_hour: 10, open: 5 }\napprovers: { billing: ["@acme/security"] }\n`,
  'teams/voice.yaml':
    'members:\n  - ada@acme.example\n  - { email: grace@acme.example, until: 2027-01-31 }\ngrants:\n  - { account: telnyx-production, role: member, reason: Builds the IVR (OPS-1432) } # why\n  - account: telnyx-support\n    group: billing\n    reason: "Reads: invoices"\n    until: 2027-03-31\n',
  'approvals/leavers.yaml': 'account: telnyx-production\ndeletes: 12\nreason: Contractor programme ended (HR-221)\nexpires: 2026-11-24\n',
};
const KIND_OF: Readonly<Record<string, PolicyKind>> = { accounts: 'account', people: 'people', teams: 'team', approvals: 'approval', rosters: 'roster' };
const PATHS = Object.keys(FILES);
const PROTOTYPE = JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort());

/** The company with one file of other bytes. */
function withBytes(path: string, bytes: Uint8Array): PolicySource {
  const source = memorySource(FILES);
  return { list: source.list, read: async (file) => (file === path ? bytes : source.read(file)) };
}

async function load(path: string, content: string | Uint8Array): Promise<LoadedPolicies> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return loadPolicies({ source: withBytes(path, bytes), folder: 'policies', today: '2026-11-22', capabilitiesOf, commit: null });
}

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);
const REFERENCE = new Map(
  Object.entries(KIND_OF).map(([folder, kind]) => [folder, ajv.compile(JSON.parse(withoutHints(readFileSync(new URL(`../../schemas/${kind}.schema.json`, import.meta.url), 'utf8'))))]),
);

/** What editors propose beside a value checks nothing, and may name a file that is not there. */
function withoutHints(schema: string): string {
  return JSON.stringify(JSON.parse(schema, (key, value: unknown) => (key === 'anyOf' && Array.isArray(value) && value.includes(true) ? undefined : value)));
}

/** Whether other eyes than ours take the file for one plain document of its kind: the package's own reader and Ajv at run time. */
function isPlain(path: string, content: string | Uint8Array): boolean {
  let text: string;
  try {
    text = typeof content === 'string' ? content : new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return false;
  }
  const documents = parseAllDocuments(text, { version: '1.2', uniqueKeys: true });
  const [only, second] = 'empty' in documents ? [] : documents;
  if (only === undefined || second !== undefined || only.errors.length > 0 || only.warnings.length > 0) return false;
  let isBare = true;
  visit(only, {
    Alias: () => void (isBare = false),
    Node: (_key, node) => void (isBare &&= !('anchor' in node && node.anchor !== undefined) && node.tag === undefined),
  });
  return isBare && REFERENCE.get(path.split('/')[0] ?? '')?.(only.toJS({ maxAliasCount: 0 })) === true;
}

/** What holds of every input: findings or a state and never both, nothing but codes there are, and nothing accepted that others refuse. */
async function expectJudged(path: string, content: string | Uint8Array): Promise<boolean> {
  const { desired, findings } = await load(path, content);
  expect(desired === null).toBe(findings.some((one) => one.severity === 'error'));
  for (const { code, line, column } of findings) expect(FINDING_CODES.includes(code as FindingCode) && line > 0 && column > 0).toBe(true);
  if (desired !== null && !isPlain(path, content)) expect.fail(`accepted: ${path}\n${String(content)}`);
  return desired !== null;
}

const TOKENS = ['- ', ': ', '\n', '\n  ', '# ', '{', '}', '[', ']', ', ', '"', "'", '&a ', '*a', '!!str ', '!x ', '<<: ', '? ', '|\n', '>-\n', '---\n', '...\n', '%YAML 1.1\n', '\r', '\r\n', '\t', '\0', '\u0085', '\u2028', '\u202e', '\u200b', '\ufeff', '~', 'null', 'true', 'no', '0x10', '010', '1e3', '.inf', '-0', '__proto__: ', 'constructor: ', 'email: ', 'name: ', 'until: ', 'role: ', 'reason: ', 'owner: ', 'members:\n', '2027-02-30', 'ada@acme.example', 'telnyx-production', '${X}', '\\u0000'];

const edit = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('flip', 'insert', 'cut', 'copy', 'end', 'byte'),
  amount: fc.nat({ max: 12 }),
  token: fc.constantFrom(...TOKENS),
});

function edited(whole: Uint8Array, { at, how, amount, token }: { at: number; how: string; amount: number; token: string }): Uint8Array {
  const start = at % (whole.length + 1);
  const join = (...parts: readonly (Uint8Array | readonly number[])[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
  if (how === 'flip') return whole.map((byte, index) => (index === start ? byte ^ (1 << (amount % 8)) : byte));
  if (how === 'insert') return join(whole.subarray(0, start), new TextEncoder().encode(token), whole.subarray(start));
  if (how === 'cut') return join(whole.subarray(0, start), whole.subarray(start + amount));
  if (how === 'copy') return join(whole.subarray(0, start), whole.subarray(Math.max(0, start - amount * 4)));
  if (how === 'end') return whole.subarray(0, start);
  return join(whole.subarray(0, start), [amount * 21], whole.subarray(start));
}

test('10,000 files with a few bytes changed are judged: none crashes, and none is accepted that YAML and the schema refuse', { timeout: 300_000 }, async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PATHS), fc.array(edit, { minLength: 1, maxLength: 3 }), async (path, edits) => {
      if (await expectJudged(path, edits.reduce(edited, new TextEncoder().encode(FILES[path])))) accepted += 1;
    }),
    { numRuns: RUNS },
  );
  // Some changes mean nothing, or another word of the same kind; most are refused.
  expect(accepted).toBeGreaterThan(RUNS / 50);
  expect(accepted).toBeLessThan(RUNS / 2);
  expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort())).toBe(PROTOTYPE);
});

type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value };

/** Values that fit nowhere, somewhere, or nearly. */
const odd: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom<Value>(null, true, false, 0, -1, 1, 12, 1e21, 1.5, 100_001, '', ' ', 'x', 'x\ny', 'admin', 'member', 'owner', 'viewer', 'constructor', 'ada@acme.example', 'ADA@acme.example', 'mallory@acme.example', '2026-11-24', '2027-02-30', '1999-12-31', 'telnyx-production', 'twilio', 'console', 'é', 'x'.repeat(101), [], {}, [[]], { email: 'ada@acme.example' }, { toString: 1 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.integer(),
  fc.array(fc.constantFrom<Value>('ada@acme.example', 1, null, {}), { maxLength: 3 }),
  fc.dictionary(fc.constantFrom('email', 'name', 'until', 'role', 'account', 'x', 'valueOf'), fc.constantFrom<Value>('x', 1, null, []), { maxKeys: 3 }),
);

const VALUES: Readonly<Record<string, Value>> = Object.fromEntries(PATHS.map((path) => [path, parseAllDocuments(FILES[path] ?? '').map((document) => document.toJS() as Value)[0] ?? null]));
const change = fc.record({ where: fc.nat(), how: fc.constantFrom('replace', 'drop', 'double', 'rename', 'wrap', 'add'), value: odd });

/** One node of the value, counted through, is changed. */
function changed(whole: Value, { where, how, value }: { where: number; how: string; value: Value }): Value {
  const nodes = count(whole);
  let left = where % nodes;
  const walk = (node: Value): Value | undefined => {
    if (left === 0) {
      left -= 1;
      if (how === 'drop') return undefined;
      if (how === 'wrap') return [node];
      if (how === 'add' && isMap(node)) return { ...node, x: value };
      if (how === 'add' && Array.isArray(node)) return [...node, value];
      return value;
    }
    left -= 1;
    if (Array.isArray(node)) return node.flatMap((item: Value) => walkItem(item, how));
    if (!isMap(node)) return node;
    const entries = Object.entries(node).flatMap(([key, item]): [string, Value][] => {
      const isHere = left === 0;
      const made = walk(item);
      if (isHere && how === 'rename') return [[key.toUpperCase(), item]];
      return made === undefined ? [] : [[key, made]];
    });
    return Object.fromEntries(entries);
  };
  const walkItem = (item: Value, kind: string): Value[] => {
    const isHere = left === 0;
    const made = walk(item);
    if (isHere && kind === 'double') return [item, item];
    return made === undefined ? [] : [made];
  };
  return walk(whole) ?? null;
}

function isMap(node: Value): node is { readonly [key: string]: Value } {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

function count(node: Value): number {
  if (Array.isArray(node)) return 1 + node.reduce((sum: number, item: Value) => sum + count(item), 0);
  return isMap(node) ? 1 + Object.values(node).reduce((sum: number, item) => sum + count(item), 0) : 1;
}

/** JSON is YAML: one writer that never disagrees with itself about what a value is. */
const write = (value: Value, indent: number): string => `${JSON.stringify(value, null, indent)}\n`;

test('10,000 files of a changed structure are judged: none crashes, and none is accepted that the schema refuses', { timeout: 300_000 }, async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PATHS), fc.array(change, { minLength: 1, maxLength: 2 }), fc.constantFrom(0, 2), async (path, changes, indent) => {
      if (await expectJudged(path, write(changes.reduce(changed, VALUES[path] ?? null), indent))) accepted += 1;
    }),
    { numRuns: RUNS },
  );
  expect(accepted).toBeGreaterThan(RUNS / 50);
  expect(accepted).toBeLessThan(RUNS / 2);
  expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype).sort())).toBe(PROTOTYPE);
});

test('whatever bytes a file holds, loading it ends with findings or with a state', async () => {
  const soup = fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 4 }), fc.constantFrom(...TOKENS)), { maxLength: 30 });
  const contents = fc.oneof(fc.uint8Array({ maxLength: 60 }), soup.map((parts) => parts.join('')));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...PATHS), contents, async (path, content) => void (await expectJudged(path, content))),
    { numRuns: 2_000 },
  );
});
