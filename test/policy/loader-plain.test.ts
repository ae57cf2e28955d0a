import { describe, expect, test } from 'vitest';
import { readPlainYaml } from '../../src/policy/read-plain-yaml.ts';
import { readYaml } from '../../src/policy/read-yaml.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** A map of so many keys, each its own. */
const keys = (count: number) =>
  Array.from({ length: count }, (_, at) => `${LETTERS[Math.floor(at / 26)]}${LETTERS[at % 26]}: x\n`).join('');
const words = (length: number) =>
  'on call, '
    .repeat(length)
    .slice(0, length - 1)
    .concat('.');
const list = (count: number) => `a: [${Array.from({ length: count }, () => 'b').join(', ')}]\n`;
const blockMaps = (count: number) =>
  Array.from({ length: count }, (_, at) => `${'  '.repeat(at)}a:`)
    .join('\n')
    .concat(' b\n');
const flowLists = (count: number) => `a: ${'['.repeat(count)}b${']'.repeat(count)}\n`;
const flowMaps = (count: number) => `a: ${'{ a: '.repeat(count)}b${' }'.repeat(count)}\n`;
const listsInMaps = (count: number) =>
  Array.from({ length: count }, (_, at) => `${'    '.repeat(at)}- a:`)
    .join('\n')
    .concat(' b\n');

describe('is read without the package, to the same values and places:', () => {
  test.each([
    ['spaces after a value', 'a: b  \n'],
    ['spaces after a key', 'a:  \n  b: c\n'],
    ['a comment far behind a value', "a: 'b'   # c\n"],
    ['a comment between a key and its list', 'a: # why\n  - b\n'],
    ['a comment on the last line, without a line end', 'a: b\n  # c'],
    ['a blank line of spaces', 'a: b\n   \nc: d\n'],
    ['a list in a list of maps, and the next item', '- a:\n    - b\n- c: d\n'],
    ['a map in a map, and the next key', 'a:\n  b: c\nd: e\n'],
    ['a list that stands under its key, and the next key', 'a:\n- b\nc: d\n'],
    ['a key of 31 letters', `${'a'.repeat(31)}: b\n`],
    ['101 keys in a map', keys(101)],
    ['a word that only begins with true', 'a: trueish\n'],
    ['a word that only ends with true', 'a: untrue\n'],
    ['a day', 'a: 2027-01-31\n'],
    ['a digit alone', 'a: 9\n'],
    ['a number of 15 digits', 'a: 123456789012345\n'],
    ['an address that begins with a digit', 'a: 7up@acme.example\n'],
    ['an empty text', `a: ""\nb: ''\n`],
    ['spaces within the brackets', 'a: [  b  ,  c  ]\nd: {  e:  f  ,  g:  h  }\n'],
    ['nothing in the brackets', 'a: []\nb: {}\nc: [ ]\n'],
    ['brackets beside brackets', 'a: [[b], { c: d }]\n'],
    ['a text of 2000 characters', `a: ${words(2_000)}\n`],
    ['a quoted text of 2000 characters with its quotes', `a: "${words(1_998)}"\n`],
    ['eight maps in each other', blockMaps(8)],
    ['seven lists in a map', flowLists(7)],
    ['seven maps in a map, on one line', flowMaps(7)],
    ['four lists and four maps in each other', listsInMaps(4)],
    ['as many values as a file may have', list(19_997)],
  ])('%s', async (_what, text) => {
    const root = readPlainYaml(text);
    expect(root).not.toBeNull();
    expect(await readYaml('policies/x.yaml', text, false)).toEqual({ kind: 'tree', root });
  });
});

describe('is left to the package:', () => {
  test.each([
    ['nothing', ''],
    ['a comment and a blank line', '# a\n\n'],
    ['a key behind a list', '- a\nb: c\n'],
    ['the same key twice', 'a: b\na: c\n'],
    ['a text over two lines', 'a: b\n  c\n'],
    ['an alias', 'a: *b\n'],
    ['an alias in brackets', 'a: [*b]\nc: { d: *e }\n'],
    ['true in brackets', 'a: [true, b]\n'],
    ['true in a map in brackets', 'a: { b: true }\n'],
    ['a key without a value, and nothing more', 'a:\n'],
    ['a word with a dash before it', '-a\n'],
    ['words with a dash before them', '-on call\n'],
    ['a tab in a comment', 'a: b # c\td\n'],
    ['a carriage return in a comment', 'a: b # c\r\n'],
    ['a file that begins with spaces', '  a: b\n'],
    ['a dash without a space in the middle of a list', '- a\n-b\n'],
    ['an item one column to the right', 'a:\n- b: c\n - d: e\n'],
    ['a key that goes back half way', 'a:\n    b: c\n  d: e\n'],
    ['a list that stands beside keys', 'a: b\n- c\n'],
    ['a key without a value before another key', 'a:\nb: c\n'],
    ['a key without a value before another item', '- a:\n- b\n'],
    ['a key without a value at the end', '- a:'],
    ['a dash with nothing behind it', '- \n- a\n'],
    ['a key of 32 letters', `${'a'.repeat(32)}: b\n`],
    ['102 keys in a map', keys(102)],
    ['the word true as a key', 'true: b\n'],
    ['the word null in capitals', 'a: NULL\n'],
    ['a number of 16 digits', 'a: 1234567890123456\n'],
    ['a day with a digit too many before it', 'a: 12027-01-31\n'],
    ['a day with a digit too many behind it', 'a: 2027-01-311\n'],
    ['a day without a nought', 'a: 2027-1-31\n'],
    ['an address of three parts', 'a: 7@b@c\n'],
    ['a comment right behind a bracket', 'a: [b]#c\n'],
    ['a word behind a quote', 'a: "b"c # d\n'],
    ['a bracket that nothing closes', 'a: [b\n'],
    ['a bracket that the next line closes', 'a: [\n]\n'],
    ['a bracket that a comment hides', 'a: [b # c]\n'],
    ['a bracket of another kind', 'a: [b}\n'],
    ['a comma before anything', 'a: [, b]\n'],
    ['words without a comma', 'a: ["b" "c"]\n'],
    ['a key without a value in a flow map', 'a: { b: }\n'],
    ['a key without a value at the end of a line', 'a: { b:\n  c }\n'],
    ['a key without a space behind it', 'a: {b:c}\n'],
    ['a text of 2001 characters', `a: ${words(2_001)}\n`],
    ['a quoted text of 2001 characters with its quotes', `a: "${words(1_999)}"\n`],
    ['nine maps in each other', blockMaps(9)],
    ['eight lists in a map', flowLists(8)],
    ['eight maps in a map, on one line', flowMaps(8)],
    ['five lists and five maps in each other', listsInMaps(5)],
    ['one value more than a file may have', list(19_998)],
  ])('%s', (_what, text) => {
    expect(readPlainYaml(text)).toBeNull();
  });
});
