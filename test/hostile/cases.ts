import type { FindingCode } from '../../src/policy/findings.ts';
import { but, type Content, GOOD } from '../policy/memory-source.ts';

/** Stands in every case where a value or an odd key can stand; no finding may repeat it. */
export const CANARY = 'hunter2-canary';

export interface HostileCase {
  readonly what: string;
  readonly files: Readonly<Record<string, Content>>;
  readonly code: FindingCode;
  readonly line: number;
  /** Path inside the policies. */
  readonly at: string;
}

const C = CANARY;
const PERSON = `- email: eve@acme.example\n  name: ${C}\n`;
const text = (...codes: number[]) => String.fromCodePoint(...codes);
const utf8 = (value: string) => new TextEncoder().encode(value);

/** A people file, since that is what a pull request by anybody may touch. */
function people(what: string, content: Content, code: FindingCode, line: number): HostileCase {
  return { what, files: but({ 'people/evil.yaml': content }), code, line, at: 'people/evil.yaml' };
}
function team(what: string, content: Content, code: FindingCode, line: number): HostileCase {
  return { what, files: but({ 'teams/evil.yaml': content }), code, line, at: 'teams/evil.yaml' };
}
function account(what: string, more: string, code: FindingCode, line: number): HostileCase {
  const path = 'accounts/telnyx-production.yaml';
  return { what, files: but({ [path]: `${GOOD[path]}${more}` }), code, line, at: path };
}
function tree(what: string, path: string, content: Content, code: FindingCode, at = path): HostileCase {
  return { what, files: but({ [path]: content }), code, line: 1, at };
}
function bytes(before: string, odd: number[], after: string): Uint8Array {
  return Uint8Array.from([...utf8(before), ...odd, ...utf8(after)]);
}

const LANGUAGE: HostileCase[] = [
  people('a second document', `${PERSON}---\n${PERSON}`, 'yaml-second-document', 3),
  people('a second document behind an end mark', `${PERSON}...\n- ${C}\n`, 'yaml-second-document', 3),
  people('an empty second document', `${PERSON}---\n`, 'yaml-second-document', 3),
  people('a %YAML 1.1 directive', `%YAML 1.1\n---\n${PERSON}`, 'yaml-directive', 1),
  people('a %TAG directive', `%TAG ! tag:${C},2026:\n---\n${PERSON}`, 'yaml-directive', 1),
  people('an unknown directive', `# note\n%${C} 1\n---\n${PERSON}`, 'yaml-directive', 2),
  people('an anchor', `- &${C} { email: eve@acme.example, name: Eve }\n`, 'yaml-anchor', 1),
  people('an anchor on a key', `- &k email: eve@acme.example\n  name: ${C}\n`, 'yaml-anchor', 1),
  people('an alias of nothing', `- *${C}\n`, 'yaml-alias', 1),
  people('an alias', `- &a { email: eve@acme.example, name: ${C} }\n- *a\n`, 'yaml-alias', 2),
  people('an alias bomb', bomb(), 'yaml-anchor', 1),
  people('a merge key', `- <<: { name: ${C} }\n  email: eve@acme.example\n`, 'yaml-merge-key', 1),
  people('a merge of an alias', `- &a { name: ${C} }\n- <<: *a\n  email: eve@acme.example\n`, 'yaml-merge-key', 2),
  people('a function tag', `- !!js/function "${C}"\n`, 'yaml-tag', 1),
  people('a binary tag', `- email: !!binary ${Buffer.from(C).toString('base64')}\n  name: Eve\n`, 'yaml-tag', 1),
  people('a text tag', `- email: eve@acme.example\n  name: !!str 1\n`, 'yaml-tag', 2),
  people('the non-specific tag', `- email: eve@acme.example\n  name: ! ${C}\n`, 'yaml-tag', 2),
  people('a local tag on a map', `- !${C} { email: eve@acme.example, name: Eve }\n`, 'yaml-tag', 1),
  people('a duplicate key', `- email: eve@acme.example\n  name: Eve\n  name: ${C}\n`, 'yaml-duplicate-key', 3),
  people('a duplicate key in quotes', `- email: eve@acme.example\n  name: Eve\n  "na\\x6de": ${C}\n`, 'yaml-duplicate-key', 3),
  people('a duplicate key in a flow map', `- { email: eve@acme.example, name: Eve, name: ${C} }\n`, 'yaml-duplicate-key', 1),
  people('a duplicate key by another form of Unicode', `- { "${text(0xe9)}": ${C}, "e${text(0x301)}": x }\n`, 'yaml-duplicate-key', 1),
  people('a number as a key', `- 1: ${C}\n`, 'yaml-key', 1),
  people('null as a key', `- ~: ${C}\n`, 'yaml-key', 1),
  people('true as a key', `- true: ${C}\n`, 'yaml-key', 1),
  people('a list as a key', `- ? [${C}]\n  : x\n`, 'yaml-key', 1),
  people('nothing as a key', `- : ${C}\n`, 'yaml-key', 1),
  people('__proto__ as a key', `- email: eve@acme.example\n  name: Eve\n  __proto__: { admin: ${C} }\n`, 'yaml-forbidden-key', 3),
  people('__proto__ as a key in disguise', `- "__pro\\x74o__": { admin: ${C} }\n`, 'yaml-forbidden-key', 1),
  people('constructor as a key', `- constructor: { prototype: { admin: ${C} } }\n`, 'yaml-forbidden-key', 1),
  people('a hexadecimal number', `- email: eve@acme.example\n  name: 0x1F\n`, 'yaml-number', 2),
  account('an octal number', 'guards: { max_deletes: 0o14 }\n', 'yaml-number', 4),
  account('a leading zero', 'guards: { max_deletes: 010 }\n', 'yaml-number', 4),
  account('infinity', 'guards: { max_deletes: .inf }\n', 'yaml-number', 4),
  account('an overflow to infinity', 'guards: { max_deletes: 1e400 }\n', 'yaml-number', 4),
  account('a number that loses a digit', 'guards: { max_deletes: 9007199254740993 }\n', 'yaml-number', 4),
  people('a tab as indentation', `- email: eve@acme.example\n\tname: ${C}\n`, 'yaml-syntax', 2),
  people('an open quote', `- email: "eve@acme.example\n  name: ${C}\n`, 'yaml-syntax', 3),
  people('an open bracket', `- { email: eve@acme.example, name: ${C}\n`, 'yaml-syntax', 2),
  people('a colon in a plain text', `- email: eve@acme.example\n  name: ${C}: x\n`, 'yaml-syntax', 2),
  people('a nesting of 17', `${'['.repeat(17)}${C}${']'.repeat(17)}\n`, 'yaml-too-deep', 1),
  people('a nesting of 5,000', `${'['.repeat(5_000)}${']'.repeat(5_000)}\n`, 'yaml-too-deep', 1),
  people('a nesting of blocks of 400', Array.from({ length: 400 }, (_, index) => `${' '.repeat(index)}a:`).join('\n'), 'yaml-too-deep', 17),
  people('20,001 values', `[${'x,'.repeat(20_001)}]\n`, 'yaml-too-many-nodes', 1),
  people('10,000 unknown keys', `- { ${Array.from({ length: 9_000 }, (_, index) => `k${index}: x`).join(', ')} }\n`, 'more-findings', 1),
  people('10,000 duplicate keys', `- { ${'a: x, '.repeat(9_000)} }\n`, 'more-findings', 1),
  people('a text of 2,001 characters', `- email: eve@acme.example\n  name: ${'x y '.repeat(501)}\n`, 'text-too-long', 2),
];

const CHARACTERS: HostileCase[] = [
  people('a byte that is not UTF-8', bytes(PERSON, [0x23, 0xff], '\n'), 'not-utf8', 3),
  people('an overlong slash', bytes(PERSON, [0x23, 0xc0, 0xaf], '\n'), 'not-utf8', 3),
  people('a lone surrogate in bytes', bytes(PERSON, [0x23, 0xed, 0xa0, 0x80], '\n'), 'not-utf8', 3),
  people('a cut sequence at the end', bytes(PERSON, [0x23, 0xe2, 0x82], ''), 'not-utf8', 3),
  people('UTF-16', Uint8Array.from([0xff, 0xfe, 0x2d, 0x00]), 'not-utf8', 1),
  people('NUL', `${PERSON}# ${text(0)}\n`, 'forbidden-character', 3),
  people('an escape sequence for terminals', `${PERSON}# ${text(0x1b)}[2J\n`, 'forbidden-character', 3),
  people('a C1 control', `${PERSON}# ${text(0x9b)}2J\n`, 'forbidden-character', 3),
  people('a lone carriage return', `${PERSON}# x\r::add-mask::${C}\n`, 'forbidden-character', 3),
  people('a next-line character', `${PERSON}# x${text(0x85)}y\n`, 'forbidden-character', 3),
  people('a line separator', `- email: eve@acme.example\n  name: x${text(0x2028)}y\n`, 'forbidden-character', 2),
  people('a bidirectional override in a comment', `# ${text(0x202e)}${C}\n${PERSON}`, 'forbidden-character', 1),
  people('a bidirectional isolate', `- email: eve@acme.example\n  name: x${text(0x2066)}y\n`, 'forbidden-character', 2),
  people('a right-to-left mark', `- email: eve@acme.example\n  name: x${text(0x200f)}y\n`, 'forbidden-character', 2),
  people('a zero-width space in an address', `- email: e${text(0x200b)}ve@acme.example\n  name: ${C}\n`, 'forbidden-character', 1),
  people('a soft hyphen', `- email: eve@acme.example\n  name: x${text(0xad)}y\n`, 'forbidden-character', 2),
  people('tag characters', `- email: eve@acme.example # ${text(0xe0061, 0xe0062)}\n  name: Eve\n`, 'forbidden-character', 1),
  people('a variation selector', `- email: eve@acme.example\n  name: x${text(0xe0100)}\n`, 'forbidden-character', 2),
  people('a second BOM', `${text(0xfeff, 0xfeff)}${PERSON}`, 'forbidden-character', 1),
  people('an override hidden by an escape', `- email: eve@acme.example\n  name: "x\\u202e${C}"\n`, 'forbidden-character', 2),
  people('a NUL hidden by an escape', `- email: eve@acme.example\n  name: "x\\0${C}"\n`, 'forbidden-character', 2),
  people('half a character hidden by an escape', `- email: eve@acme.example\n  name: "x\\ud800"\n`, 'forbidden-character', 2),
  people('a no-break space after the colon', `- email:${text(0xa0)}eve@acme.example\n`, 'wrong-type', 1),
];

const ADDRESSES: HostileCase[] = [
  ['a Cyrillic letter', `${text(0x430)}da@acme.example`],
  ['the Kelvin sign', `${text(0x212a)}im@acme.example`],
  ['full-width letters', `${text(0xff41)}da@acme.example`],
  ['a formula', `"=cmd|' /C calc'!A0@acme.example"`],
  ['a leading dash', `"-rf@acme.example"`],
  ['a pipe', `"a|b@acme.example"`],
  ['a backtick', '"a`b@acme.example"'],
  ['a brace', `"{a}@acme.example"`],
  ['an expression', `"\${{ secrets.X }}@acme.example"`],
  ['a second at sign', `"eve@evil@acme.example"`],
  ['a line end', `"eve@acme.example\\n"`],
  ['a path', `"../eve@acme.example"`],
  ['a display name', `"Eve <eve@acme.example>"`],
  ['no host', `"eve@"`],
  ['an empty label', `"eve@acme..example"`],
  ['a label that begins with a hyphen', `"eve@-acme.example"`],
  ['an address of numbers', `"eve@127.0.0.1"`],
  ['255 characters', `"${'z.'.repeat(121)}@acme.example"`],
].map(([what = '', email = '']) => people(`an address with ${what}`, `- email: ${email}\n  name: ${C}\n`, 'invalid-email', 1));

const SHAPES: HostileCase[] = [
  people('an empty file', '', 'file-empty', 1),
  people('only comments', `# ${C}\n`, 'file-empty', 1),
  people('only a document mark', '---\n', 'file-empty', 1),
  people('null', 'null\n', 'wrong-type', 1),
  people('a list of nobody', '[]\n', 'out-of-range', 1),
  people('a person that is nothing', '-\n', 'wrong-type', 1),
  people('what a link to /proc/self/environ holds', `PATH=/bin TELNYX_KEY=${C}\n`, 'wrong-type', 1),
  people('an unknown key that could be a secret', `- email: eve@acme.example\n  name: Eve\n  ${C}: x\n`, 'unknown-key', 3),
  people('a key that is an object\'s own', `- email: eve@acme.example\n  name: Eve\n  toString: ${C}\n`, 'unknown-key', 3),
  people('a name of two lines', `- email: eve@acme.example\n  name: "${C}\\n::add-mask::x"\n`, 'invalid-text', 2),
  people('a name of 101 characters', `- email: eve@acme.example\n  name: ${'x '.repeat(50)}y\n`, 'invalid-text', 2),
  people('a login that is a command for the runner', `- email: eve@acme.example\n  name: Eve\n  github: "${C}\\n::add-mask::x"\n`, 'invalid-text', 3),
  people('a login that is a link', `- email: eve@acme.example\n  name: Eve\n  github: "[${C}](//git.acme.example)"\n`, 'invalid-text', 3),
  people('a login that looks like another', `- email: eve@acme.example\n  name: Eve\n  github: ${text(0x430)}da-${C}\n`, 'invalid-text', 3),
  people('a login that mentions a team', `- email: eve@acme.example\n  name: Eve\n  github: "@${C}/security"\n`, 'invalid-text', 3),
  people('a login of 2,000 characters', `- email: eve@acme.example\n  name: Eve\n  github: ${'a-'.repeat(1_000)}\n`, 'invalid-text', 3),
  people('a login that is a map', `- email: eve@acme.example\n  name: Eve\n  github: { login: ${C} }\n`, 'wrong-type', 3),
  people('a login that two have', `- email: eve@acme.example\n  name: ${C}\n  github: eve\n- email: mallory@acme.example\n  name: ${C}\n  github: EVE\n`, 'github-twice', 6),
  people('5,000 people without anything', '- {}\n'.repeat(5_000), 'more-findings', 1),
  team('a map of members', `members: { a: ${C} }\ngrants: []\n`, 'wrong-type', 1),
  team('a member that is a list', `members: [[${C}]]\ngrants: []\n`, 'wrong-type', 1),
  team('201 grants', `members: []\ngrants:\n${'  - { account: telnyx-production, role: member, reason: x }\n'.repeat(201)}`, 'out-of-range', 3),
  team('an account that is a path', `members: []\ngrants:\n  - { account: ../${C}, role: member, reason: x }\n`, 'invalid-text', 3),
  team('an end that is an instant', 'members: []\ngrants:\n  - { account: telnyx-production, role: member, reason: x, until: 2027-01-31T00:00:00Z }\n', 'invalid-day', 3),
  team('an end on no day', `members: [{ email: ada@acme.example, until: "${C}" }]\ngrants: []\n`, 'invalid-day', 1),
  account('a host', `host: https://${C}.example\n`, 'unknown-key', 4),
  account('a base URL among the guards', `guards: { base_url: "${C}" }\n`, 'unknown-key', 4),
  account('a guard that is no number', `guards: { max_deletes: ${C} }\n`, 'wrong-type', 4),
  account('a value of another setting', `names: ${C}\n`, 'unknown-value', 4),
  account('approvers that are a script', `approvers: { admin: ["@acme/$(${C})"] }\n`, 'invalid-text', 4),
];

const SECRETS: HostileCase[] = [
  ['a Telnyx key', `KEY${'0A1B2C3D'.repeat(4)}_${C}`],
  ['a Twilio key', `SK${'0a1b2c3d'.repeat(4)}`],
  ['a GitHub token', `ghp_${'aB3dE6gH'.repeat(4)}`],
  ['a GitHub token of a new form', `github_pat_${'aB3dE6gH'.repeat(4)}`],
  ['an AWS key', 'AKIAIOSFODNN7EXAMPLE'],
  ['a hash', '0a1b2c3d'.repeat(5)],
  ['random bytes in base64', 'dGhpc0lzTm90QVJlYWxTZWNyZXQ5OTk5Kz09Zg=='],
].flatMap(([what = '', secret = '']) => [
  people(`${what} as a name`, `- email: eve@acme.example\n  name: ${secret}\n`, 'secret-in-policy', 2),
  people(`${what} in a comment`, `${PERSON}# ${secret}\n`, 'secret-in-policy', 3),
  people(`${what} as a key`, `- ${secret}: x\n`, 'secret-in-policy', 1),
]);

const HIDDEN = people('a secret hidden by an escape', `- email: eve@acme.example\n  name: "KE\\x59${'0A1B2C3D'.repeat(4)}"\n`, 'secret-in-policy', 2);

const TREES: HostileCase[] = [
  tree('a link to the environment', 'people/evil.yaml', { kind: 'link' }, 'file-kind'),
  tree('a pipe', 'people/evil.yaml', { kind: 'other' }, 'file-kind'),
  tree('a folder with a file\'s name', 'people/evil.yaml', { kind: 'folder' }, 'file-kind'),
  tree('a link instead of a folder', 'more', { kind: 'link' }, 'file-kind'),
  tree('a pipe beside the folders', 'pipe', { kind: 'other' }, 'file-kind'),
  tree('a file name with a command for the runner', `people/x\n::add-mask::${'z'}.yaml`, PERSON, 'file-name', 'people/x\\u{a}\\u{3a}\\u{3a}add-mask\\u{3a}\\u{3a}z.yaml'),
  tree('a hidden file', 'people/.evil.yaml', PERSON, 'file-name'),
  tree('a file name of 70 characters', `people/${'x'.repeat(65)}.yaml`, PERSON, 'file-name'),
  tree('another ending', 'people/evil.json', PERSON, 'file-name'),
  tree('two endings', 'people/evil.yaml.yaml', PERSON, 'file-name'),
  tree('a folder of another case', 'People/evil.yaml', PERSON, 'folder-unknown', 'People'),
  tree('the folder of git', '.git/config', C, 'folder-unknown', '.git'),
  tree('a file of more than 256 KiB', 'people/evil.yaml', `# ${'x'.repeat(256 * 1024)}`, 'file-too-large'),
];

export const CASES: readonly HostileCase[] = [...LANGUAGE, ...CHARACTERS, ...ADDRESSES, ...SHAPES, ...SECRETS, HIDDEN, ...TREES];

function bomb(): string {
  const lines = [`a: &a [${Array.from({ length: 9 }, () => C).join(', ')}]`];
  for (const [index, name] of [...'bcdefgh'].entries()) lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[index]}`).join(', ')}]`);
  return `${lines.join('\n')}\n`;
}
