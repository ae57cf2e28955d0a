import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPlainYaml } from '../../src/policy/read-plain-yaml.ts';
import { readYaml } from '../../src/policy/read-yaml.ts';

const EXAMPLES = [
  '- email: ada@acme.example\n  name: Ada Lovelace\n- email: grace@acme.example\n  name: Grace Höpper # comment\n  previously: [grace.murray@acme.example]\n',
  '# teams\nmembers:\n  - ada@acme.example\n  - { email: grace@acme.example, until: 2027-01-31 }\n\ngrants:\n  - { account: telnyx-production, role: admin, reason: On call for the voice edge (OPS-1432) } # why\n  - account: telnyx-support\n    role: member\n    reason: "Reads: invoices"\n    until: 2027-03-31\n',
  "members:\n- ada@acme.example\n- 'grace@acme.example'\n- 7up@acme.example\ngrants: []\n",
  'provider: telnyx                 # telnyx\napi: sub-users\nowner: root@acme.example\nunmanaged: report\ndrift: { gained: revert, lost: report }\nguards: { max_deletes: 3, max_deletes_percent: 10, min_admins: 2, never_delete: [] }\ninvites: { per_hour: 10, open: 10 }\napprovers: { admin: ["@acme/security"] }\nnames: invite\n',
  'guards:\n  max_deletes: 3\n  never_delete:\n    - root@acme.example\n  min_admins: 0\nname: x',
  'account: telnyx-production\ndeletes: 12\nreason: Contractor programme ended, all of it (HR-221)\nexpires: 2026-11-30\n',
];

/** What the fast reader gives must be what the package gives; and what it does not give, it may leave. */
async function agree(text: string): Promise<boolean> {
  const fast = readPlainYaml(text);
  if (fast !== null) expect(await readYaml('policies/x.yaml', text, false)).toEqual({ kind: 'tree', root: fast });
  return fast !== null;
}

test.each(EXAMPLES)('a policy as people write it is read without the package, to the same values and places: %#', async (text) => {
  expect(await agree(text)).toBe(true);
});

test.each([
  ['an anchor', '- email: &a ada@acme.example\n'],
  ['an alias', '- *a\n'],
  ['a tag', 'a: !x y\n'],
  ['an escape in quotes', 'a: "\\u0041"\n'],
  ['a doubled quote', "a: 'it''s'\n"],
  ['a text over two lines', 'a: b\n  c\n'],
  ['a block text', 'a: |\n  b\n'],
  ['a number in another base', 'a: 0x10\n'],
  ['a leading zero', 'a: 010\n'],
  ['a fraction', 'a: 1.5\n'],
  ['an exponent', 'a: 1e3\n'],
  ['true', 'a: true\n'],
  ['a tilde', 'a: ~\n'],
  ['nothing', 'a:\n'],
  ['a duplicate key', 'a: b\na: c\n'],
  ['a duplicate key in a flow map', 'a: { b: c, b: d }\n'],
  ['a tab', 'a:\tb\n'],
  ['a colon in a value', 'a: b: c\n'],
  ['a hash in a value', 'a: b#c\n'],
  ['a document mark', '---\na: b\n'],
  ['a document end', 'a: b\n...\n'],
  ['a merge key', '<<: b\n'],
  ['a trailing comma', 'a: [b, ]\n'],
  ['a flow list over two lines', 'a: [b,\n  c]\n'],
  ['a no-break space', 'a:\u00a0b\n'],
  ['a dash in the wrong column', 'a:\n  - b\n - c\n'],
  ['a key below a list', '- a\nb: c\n'],
  ['CRLF', 'a: b\r\n'],
  ['the prototype', 'constructor: b\n'],
  ['an empty file', ''],
  ['only a comment', '# a\n'],
])('%s is left to the package', (_what, text) => {
  expect(readPlainYaml(text)).toBeNull();
});

test('a file with too many values is left to the package', () => {
  expect(readPlainYaml(`a: [${Array.from({ length: 20_000 }, () => 'b').join(', ')}]\n`)).toBeNull();
});

const SNIPPETS = [
  'a',
  'b: c',
  'key: ',
  '- ',
  '-',
  ': ',
  ':',
  ' #',
  '#',
  '{',
  '}',
  '[',
  ']',
  ', ',
  ',',
  '"',
  "'",
  '\n',
  '\n  ',
  '\n    ',
  '\n- ',
  '\n  - ',
  ' ',
  '  ',
  '|',
  '>',
  '&a',
  '*a',
  '!t',
  '%',
  '?',
  '~',
  '1',
  '010',
  '0x1',
  '1e3',
  '.5',
  '-1',
  'true',
  'null',
  '2027-01-31',
  'é',
  '\u00a0',
  '\\',
  '@',
  '`',
  '---',
  '...',
  '<<: ',
  'é: x',
  '\t',
  '\r\n',
  '…',
  '=',
  '日本',
  '1.5.2',
  '12:30',
  'x@y.z',
  '+1',
  '_',
];

const mutated = fc
  .record({
    base: fc.constantFrom(...EXAMPLES),
    edits: fc.array(fc.record({ at: fc.nat(), cut: fc.nat({ max: 4 }), put: fc.constantFrom('', ...SNIPPETS) }), {
      minLength: 1,
      maxLength: 4,
    }),
  })
  .map(({ base, edits }) =>
    edits.reduce((text, edit) => {
      const at = edit.at % (text.length + 1);
      return text.slice(0, at) + edit.put + text.slice(at + edit.cut);
    }, base),
  );

test('a policy with a few characters changed is never read otherwise than by the package', async () => {
  await fc.assert(
    fc.asyncProperty(mutated, async (text) => void (await agree(text))),
    { numRuns: 3_000 },
  );
});

test('text put together from the marks of YAML is never read otherwise than by the package', async () => {
  const soup = fc.array(fc.constantFrom(...SNIPPETS), { maxLength: 14 }).map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(soup, async (text) => void (await agree(text))),
    { numRuns: 3_000 },
  );
});

const word = fc.constantFrom(
  'ada@acme.example',
  'On call, day and night',
  'x',
  '12',
  '0',
  '2027-01-31',
  '"quoted # text"',
  "'a: b'",
  'no',
  'Ünal (HR-1)',
);
const key = fc.constantFrom('account', 'role', 'reason', 'until', 'email', 'name');
const flow = fc
  .dictionary(
    key,
    word.map((text) => text.replace(',', '')),
    { maxKeys: 4 },
  )
  .map(
    (map) =>
      `{ ${Object.entries(map)
        .map(([k, v]) => `${k}: ${v}`)
        .join(', ')} }`,
  );
const block = fc.array(fc.tuple(fc.constantFrom('', ' # why', '   '), fc.oneof(word, flow)), { minLength: 1, maxLength: 6 });

test('generated lists and maps are read by both, to the same values and places', async () => {
  let fast = 0;
  const files = fc.tuple(fc.constantFrom('members:\n  - ', 'members:\n- ', '- '), block).map(([start, items]) => {
    const dash = start.slice(start.lastIndexOf('\n') + 1);
    return items.map(([tail, item], index) => `${index === 0 ? start : dash}${item}${tail}\n`).join('');
  });
  await fc.assert(
    fc.asyncProperty(files, async (text) => {
      if (await agree(text)) fast += 1;
    }),
    { numRuns: 1_000 },
  );
  expect(fast).toBeGreaterThan(900);
});
