import { describe, expect, test } from 'vitest';
import { decodeText } from '../../src/policy/decode-text.ts';
import { plainValue } from '../../src/policy/policy-tree.ts';
import { readYaml } from '../../src/policy/read-yaml.ts';

/** The value that a file is read as, or what is said about it: `2:1 yaml-anchor`. */
async function reads(text: string): Promise<unknown> {
  const read = await readYaml('x.yaml', text, false);
  return read.kind === 'tree' ? plainValue(read.root) : read.findings.map(({ line, column, code }) => `${line}:${column} ${code}`);
}

async function says(text: string): Promise<string[]> {
  const read = await readYaml('x.yaml', text, false);
  return read.kind === 'tree' ? [] : read.findings.map(({ message }) => message);
}

const words = (length: number) =>
  'on call, '
    .repeat(length)
    .slice(0, length - 1)
    .concat('.');
const nested = (depth: number) => `${'- '.repeat(depth - 1)}a\n`;

describe('the language of a policy file:', () => {
  test.each<[what: string, text: string, expected: unknown]>([
    ['a percent sign within a line', 'a: b%\n', { a: 'b%' }],
    ['a directive behind the first line', 'a: b\n%c\n', ['2:1 yaml-directive']],
    ['a document that ends', 'a: b\n...\n', { a: 'b' }],
    ['a second document', 'a: b\n---\nc: d\n', ['2:1 yaml-second-document']],
    ['a second document behind the mark of the first', '---\na: b\n---\nc: d\n', ['3:1 yaml-second-document']],
    ['a second document behind an end', 'a: b\n...\nc: d\n', ['2:1 yaml-second-document']],
    ['a second document behind a comment and the mark of the first', '# a\n---\na: b\n---\nc: d\n', ['4:1 yaml-second-document']],
    ['a document behind an end of nothing', '...\na: b\n', ['2:1 yaml-second-document']],
    ['a second document behind an end and the end of the file', 'a: b\n...\n---', ['2:1 yaml-second-document']],
    ['a second document at the end of the file', 'a: b\n---', ['2:1 yaml-second-document']],
    ['dashes that are no mark', 'a: b ---\n---c: d\n---\ne: f\n', ['3:1 yaml-second-document']],
    ['a mark alone', '---\n', ['1:1 file-empty']],
    ['nothing', '', ['1:1 file-empty']],
    ['a comment alone', '# a\n', ['1:1 file-empty']],
    ['an empty text, which is not an empty file', '""\n', ''],
    ['a null, which is not an empty file', '~\n', null],
    ['an anchor of nothing', '&a\n', ['1:3 yaml-anchor']],
    ['an anchor and its alias', '- &a b\n- *a\n', ['1:6 yaml-anchor', '2:3 yaml-alias']],
    ['an alias of nothing', 'a: *b\n', ['1:4 yaml-alias']],
    ['an alias without a name', 'a: *\n', ['1:4 yaml-alias']],
    ['an anchor of a key', '&a b: c\n', ['1:4 yaml-anchor']],
    ['a tag of YAML', 'a: !!str b\n', ['1:10 yaml-tag']],
    ['a tag of somebody', 'a: !b c\n', ['1:4 yaml-tag']],
    ['a tag around an anchor, which is not looked into', 'a: !!seq [&b c]\n', ['1:10 yaml-tag']],
    ['an anchor of a key, and of its value, which is not looked into', '? &a b\n: &c d\n', ['1:6 yaml-anchor']],
    ['a key that is a number, with a value that is not looked into', '1: &b c\n', ['1:1 yaml-key']],
    ['a key that is a number', '1: b\n', ['1:1 yaml-key']],
    ['a key that is a list', '? [a]\n: b\n', ['1:3 yaml-key']],
    ['a key that is nothing', '{ : b }\n', ['1:2 yaml-key']],
    ['a key of two parts that look like one', '"e\u0301": b\n', { '\u00e9': 'b' }],
    ['a key twice', '- a: b\n  a: c\n', ['2:3 yaml-duplicate-key']],
    ['a key twice, in another form of Unicode', '"e\u0301": b\n"\u00e9": c\n', ['2:1 yaml-duplicate-key']],
    ['the same key in two maps', '- a: b\n- a: c\n', [{ a: 'b' }, { a: 'c' }]],
    ['a merge key', 'a:\n  <<: b\n', ['2:3 yaml-merge-key']],
    ['the prototype', 'a: b\nprototype: c\n', ['2:1 yaml-forbidden-key']],
    ['a key of 2000 characters', `? ${words(2_000)}\n: b\n`, { [words(2_000)]: 'b' }],
    ['a key of 2001 characters', `a: b\n? ${words(2_001)}\n: b\n`, ['2:3 text-too-long']],
    ['a text of 2000 characters', `- ${words(2_000)}\n`, [words(2_000)]],
    ['a text of 2001 characters', `- ${words(2_001)}\n`, ['1:3 text-too-long']],
    ['a key without a value', '? a\n', { a: null }],
    ['an item without a value', '- a\n-\n', ['a', null]],
    ['a pair in a list', '[a: b]\n', [{ a: 'b' }]],
    ['yes and no of YAML', '- true\n- false\n- null\n', [true, false, null]],
    ['numbers in plain decimal digits', '[0, 7, -3, 123456789012345]\n', [0, 7, -3, 123456789012345]],
    [
      'numbers in odd forms',
      '[0x1F, 0o17, 007, 1.5, 1e3, +1, -0, .inf, 1234567890123456]\n',
      ['1:2', '1:8', '1:14', '1:19', '1:24', '1:29', '1:33', '1:37', '1:43'].map((place) => `${place} yaml-number`),
    ],
    ['an invisible character behind an escape', '- "a\\u200bb"\n', ['1:3 forbidden-character']],
    ['two invisible characters in one text, of which the first is told', '- "a\\u200bb\\u200e"\n', ['1:3 forbidden-character']],
    ['an invisible character behind an escape in a key', '"a\\u200bb": c\n', ['1:1 forbidden-character']],
    ['a secret behind an escape', `- "\\x4bEY${'0A1B2C3D'.repeat(4)}"\n`, ['1:3 secret-in-policy']],
    ['both of them in one text', `- "\\u200b \\x4bEY${'0A1B2C3D'.repeat(4)}"\n`, ['1:3 forbidden-character', '1:3 secret-in-policy']],
    ['16 levels', nested(16), JSON.parse(`${'['.repeat(15)}"a"${']'.repeat(15)}`)],
    ['17 levels', nested(17), ['1:33 yaml-too-deep']],
    ['a key on the 16th level', `${'- '.repeat(15)}a: b\n`, ['1:34 yaml-too-deep']],
    ['a bracket that nothing closes', 'a: [b\n', ['2:1 yaml-syntax']],
    ['errors without end', '"\\q" '.repeat(9), Array.from({ length: 5 }, () => expect.stringContaining('yaml-syntax'))],
  ])('%s', async (_what, text, expected) => {
    expect(await reads(text)).toEqual(expected);
  });

  test('a key that stands twice is named, unless it could be a secret', async () => {
    expect(await says('role: b\nrole: c\n')).toEqual(['The key `role` stands twice in this map. Keep one of them.']);
    expect(await says('"r 1": b\n"r 1": c\n')).toEqual(['The key stands twice in this map. Keep one of them.']);
  });

  test('what is no YAML is said in words', async () => {
    expect(await says('a: [b\n')).toEqual([
      'This is not YAML (bad indent). Check the indentation, the quotes and the brackets here and above.',
    ]);
  });

  test('what is too deep is said with the limit', async () => {
    expect(await says(nested(17))).toEqual(['Nested more than 16 levels deep.']);
    expect(await says('['.repeat(5_000))).toContain('Nested more than 16 levels deep.');
  });

  test('20000 values are read, and of more the first is named', async () => {
    const list = (count: number) => `a: [${Array.from({ length: count }, () => 'b').join(', ')}]\n`;
    expect(await reads(list(19_997))).toMatchObject({ a: { length: 19_997 } });
    expect(await reads(list(19_999))).toEqual([`1:${5 + 3 * 19_997} yaml-too-many-nodes`]);
    expect(await says(list(19_998))).toEqual(['More than 20000 values in one file. Split it: the files of a folder add up.']);
    expect(await reads(list(19_998).replace(']', ', 0x1, &b c]'))).toEqual([`1:${5 + 3 * 19_997} yaml-too-many-nodes`]);
  });

  test('of many findings the first 200 are told, and how many more there are', async () => {
    expect(await says('- !!str b\n'.repeat(200))).toHaveLength(200);
    const more = await says('- !!str b\n'.repeat(203));
    expect(more).toHaveLength(201);
    expect(more[200]).toBe('And 3 more in this file. Mend the first ones and look again.');
  });
});

describe('the bytes of a policy file:', () => {
  const bytes = (...parts: (string | number)[]) =>
    Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...new TextEncoder().encode(part)])));
  const decodes = (content: Uint8Array) => {
    const decoded = decodeText('x.yaml', content, false);
    return decoded.kind === 'text' ? decoded.text : decoded.findings.map(({ line, column, code }) => `${line}:${column} ${code}`);
  };

  test.each<[what: string, content: Uint8Array, expected: string | string[]]>([
    ['a mark of UTF-8 before the text', bytes(0xef, 0xbb, 0xbf, 'a: b\n'), 'a: b\n'],
    ['line ends of Windows', bytes('a: b\r\nc: d\r\n'), 'a: b\r\nc: d\r\n'],
    ['a carriage return of its own', bytes('a: b\rc: d\n'), ['1:5 forbidden-character']],
    ['a tab', bytes('a:\tb\n'), 'a:\tb\n'],
    ['words of another script', bytes('name: Zoë 日本\n'), 'name: Zoë 日本\n'],
    ['a bad byte on the first line', bytes(0xff, 'a\nb\n'), ['1:1 not-utf8']],
    ['a bad byte on the third line', bytes('a\n\nb', 0xff, '\nc\n'), ['3:1 not-utf8']],
    ['a bad byte at the end of the last line', bytes('a\nb\n', 0xe2, 0x82), ['3:1 not-utf8']],
    ['a bad byte as the last of the file', bytes('a\nb', 0xff), ['2:1 not-utf8']],
    ['half a character before a line end', bytes('a\nb', 0xe2, 0x82, '\nc\n'), ['2:1 not-utf8']],
    [
      'two lines with invisible characters',
      bytes('a\u200b\nb\u0007\u200e\n'),
      ['1:2', '2:2', '2:3'].map((at) => `${at} forbidden-character`),
    ],
    [
      'an invisible character and a secret',
      bytes(`a\u200b\nKEY${'0A1B2C3D'.repeat(4)}\n`),
      ['1:2 forbidden-character', '2:1 secret-in-policy'],
    ],
    [
      'more invisible characters than anybody reads',
      bytes('\u200b'.repeat(300)),
      Array.from({ length: 200 }, (_, at) => `1:${at + 1} forbidden-character`),
    ],
  ])('%s', (_what, content, expected) => {
    expect(decodes(content)).toEqual(expected);
  });

  test('an invisible character is named by its number, in four digits at least', () => {
    const decoded = decodeText('x.yaml', bytes('\u0007\u{e0001}'), false);
    const said = decoded.kind === 'refused' ? decoded.findings.map(({ message }) => /U\+\w+/.exec(message)?.[0]) : [];
    expect(said).toEqual(['U+0007', 'U+E0001']);
  });
});
