import { account, approval, CANARY as C, company, type HostileCase, PERSON, people, points as text, team } from './hostile-case.ts';

const grant = (more: string) => `members: []\ngrants:\n  - { account: telnyx-production, role: member, reason: ${C}, ${more} }\n`;

/** What YAML can say and a policy may not, and what looks like a way to run, fetch, include or put in something. */
const LANGUAGE: HostileCase[] = [
  team('a document mark twice', `---\n---\nmembers: [${C}]\n`, 'yaml-second-document', 2),
  team('an anchor on the whole document', `--- &${C}\nmembers: []\ngrants: []\n`, 'yaml-anchor', 2),
  team('a tag on the whole document', `--- !${C}\nmembers: []\ngrants: []\n`, 'yaml-tag', 1),
  team('a document that is a block of text', `--- |\n ${C}\n`, 'wrong-type', 1),
  team('a percent sign that begins a line of a text', `members: ["\n%${C} "]\ngrants: []\n`, 'yaml-directive', 2),
  team('a set', `members: !!set { ${C} }\ngrants: []\n`, 'yaml-tag', 1),
  team('a map instead of a list', `members: { ${C} }\ngrants: []\n`, 'wrong-type', 1),
  team('a pair in a list', `members: [ada@acme.example: ${C}]\ngrants: []\n`, 'unknown-key', 1),
  team('a number beside the same number as a text', `1: ${C}\n"1": ${C}\n`, 'yaml-key', 1),
  team('a key with a question mark', `? { a: ${C} }\n: x\n`, 'yaml-key', 1),
  team('a list as the value of a merge', `<<: [${C}]\nmembers: []\ngrants: []\n`, 'yaml-merge-key', 1),
  team('prototype as a key', `members: []\ngrants: []\nprototype: { ${C}: 1 }\n`, 'yaml-forbidden-key', 3),
  team('__proto__ in a map of a list', grant('__proto__: { role: admin }'), 'yaml-forbidden-key', 3),
  account('constructor among the approvers', `approvers: { constructor: ["@${C}/x"] }\n`, 'yaml-forbidden-key', 4),
  account('an approver key in two forms of Unicode', `approvers: { "${text(0xe9)}": ["@acme/x"], "e${text(0x301)}": ["@acme/y"] }\n`, 'yaml-duplicate-key', 4),
  account('a guard twice', 'guards:\n  max_deletes: 1\n  max_deletes: 100000\n', 'yaml-duplicate-key', 6),
  account('the owner twice', `owner: ${C}@acme.example\n`, 'yaml-duplicate-key', 4),
  people('a tag that includes', `- !include ${C}.yaml\n`, 'yaml-tag', 1),
  people('a tag that reads the environment', `- email: !env ${C}\n  name: x\n`, 'yaml-tag', 1),
  people('a tag that calls Python', `- !!python/object/apply:os.system ["${C}"]\n`, 'yaml-tag', 1),
  people('a tag in full', `- !<tag:yaml.org,2002:js/undefined> ${C}\n`, 'yaml-tag', 1),
  people('a reference', `- $ref: https://${C}.example/people.yaml\n`, 'unknown-key', 1),
  people('a reference to a file', `- { $ref: "file:///etc/passwd", ${C}: 1 }\n`, 'unknown-key', 1),
  people('an include', `include: ../../${C}.yaml\n`, 'wrong-type', 1),
  people('a variable of the shell', `- email: \${${C}}\n  name: x\n`, 'invalid-email', 1),
  people('a command of the shell', `- email: $(${C})\n  name: x\n`, 'invalid-email', 1),
  people('a template', `- email: {{ ${C} }}\n  name: x\n`, 'yaml-key', 1),
  people('a file as an address', `- email: file:///${C}\n  name: x\n`, 'invalid-email', 1),
  people('a web page as an address', `- email: https://${C}.example/\n  name: x\n`, 'invalid-email', 1),
  people('a file by an at sign', `- email: @/etc/${C}\n  name: x\n`, 'yaml-syntax', 1),
  people('a backtick', '- email: `x`\n  name: x\n', 'yaml-syntax', 1),
  people('a remote schema', `- email: eve@acme.example\n  name: x\n  $schema: https://${C}.example/\n`, 'unknown-key', 3),
  ...['url', 'base_url', 'endpoint', 'proxy', 'ca', 'webhook', 'headers', 'token', 'include', 'extends', 'run', 'exec', '$data'].map((key) =>
    account(`the key ${key}`, `${key}: https://${C}.example/\n`, 'unknown-key', 4),
  ),
];

/** Sizes one beyond what is allowed, and shapes that go deep. */
const SIZES: HostileCase[] = [
  people('lists in lists in block form', `${'- '.repeat(2_000)}${C}\n`, 'yaml-too-deep', 1),
  people('lists in lists for 200 KB', `${'- '.repeat(100_000)}${C}\n`, 'yaml-too-deep', 1),
  people('open brackets for 200 KB', '['.repeat(200_000), 'yaml-too-deep', 1),
  people('open braces for 200 KB', '{a: '.repeat(50_000), 'yaml-too-deep', 1),
  people('question marks for 200 KB', `${'? '.repeat(100_000)}x\n`, 'yaml-too-deep', 1),
  people('a stair of maps', Array.from({ length: 300 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''), 'yaml-too-deep', 17),
  people('a key of 2,001 characters', `- email: eve@acme.example\n  "${'k '.repeat(1_000)}k": 1\n`, 'yaml-syntax', 2),
  people('a key of 2,001 characters with a question mark', `- ? "${'k '.repeat(1_000)}k"\n  : 1\n`, 'text-too-long', 1),
  team('a reason of 501 characters', `members: []\ngrants:\n  - { account: telnyx-production, role: member, reason: "${'x '.repeat(250)}y" }\n`, 'invalid-text', 3),
  account('51 approvers', `approvers: { admin: [${Array.from({ length: 51 }, (_, index) => `"@a${index}"`).join(', ')}] }\n`, 'out-of-range', 4),
  people('21 previous addresses', `- email: eve@acme.example\n  name: Eve\n  previously: [${Array.from({ length: 21 }, (_, index) => `e${index}@acme.example`).join(', ')}]\n`, 'out-of-range', 3),
];

/** Numbers that are none, or too small, or too large: a limit that is not read as it looks is no limit. */
const NUMBERS: HostileCase[] = [
  ['max_deletes: -1', 'out-of-range'],
  ['max_deletes: 100001', 'out-of-range'],
  ['max_deletes_percent: 101', 'out-of-range'],
  ['min_admins: -3', 'out-of-range'],
  ['min_admins: 1001', 'out-of-range'],
  ['max_deletes: 1.0', 'yaml-number'],
  ['max_deletes: +1', 'yaml-number'],
  ['max_deletes: 1e2', 'yaml-number'],
  ['max_deletes: .5', 'yaml-number'],
  ['max_deletes: -0', 'yaml-number'],
  ['max_deletes: .nan', 'yaml-number'],
  ['max_deletes: -.INF', 'yaml-number'],
  ['max_deletes: 3_000', 'wrong-type'],
  ['max_deletes: 0b1', 'wrong-type'],
  ['max_deletes: 1:30', 'wrong-type'],
  ['max_deletes: "3"', 'wrong-type'],
  ['max_deletes: true', 'wrong-type'],
  ['max_deletes: no', 'wrong-type'],
  ['max_deletes: ~', 'wrong-type'],
  ['max_deletes: [3]', 'wrong-type'],
  [`max_deletes: ${text(0x663)}`, 'wrong-type'],
  [`max_deletes: ${text(0xff13)}`, 'wrong-type'],
].map(([setting = '', code = '']) => account(`the guard ${setting}`, `guards:\n  ${setting}\n`, code as HostileCase['code'], 5));
const MORE_NUMBERS: HostileCase[] = [
  account('no invitation an hour', 'invites: { per_hour: 0 }\n', 'out-of-range', 4),
  account('invitations without end', 'invites: { open: 10001 }\n', 'out-of-range', 4),
  ...[
    ['0', 'out-of-range'],
    ['-12', 'out-of-range'],
    ['100001', 'out-of-range'],
    ['1.5', 'yaml-number'],
    ['1e400', 'yaml-number'],
    ['"12"', 'wrong-type'],
    ['', 'wrong-type'],
  ].map(([count = '', code = '']) =>
    approval(`an approval of "${count}" deletes`, `account: telnyx-production\ndeletes: ${count}\nreason: ${C}\nexpires: 2026-11-24\n`, code as HostileCase['code'], 2),
  ),
];

/** Ends that are no days. */
const DAYS: HostileCase[] = [
  ['2027-02-29', 'invalid-day'],
  ['2026-13-01', 'invalid-day'],
  ['2026-00-10', 'invalid-day'],
  ['2026-11-31', 'invalid-day'],
  ['2026-11-00', 'invalid-day'],
  ['2026-1-1', 'invalid-day'],
  ['20261130', 'wrong-type'],
  ['2026-W48-1', 'invalid-day'],
  ['2026-11-30 23:59', 'invalid-day'],
  ['"2026-11-30 "', 'invalid-day'],
  ['"2026-11-30\\n"', 'invalid-day'],
  ['26-11-30', 'invalid-day'],
  ['10000-01-01', 'invalid-day'],
  ['0000-00-00', 'invalid-day'],
  ['tomorrow', 'invalid-day'],
  ['never', 'invalid-day'],
  ['~', 'wrong-type'],
  ['[2026-11-30]', 'wrong-type'],
  [`${text(0xff12)}026-11-30`, 'invalid-day'],
  [`2026${text(0x2010)}11-30`, 'invalid-day'],
].map(([day = '', code = '']) => team(`a grant until ${JSON.stringify(day)}`, grant(`until: ${day}`), code as HostileCase['code'], 3));

/** What is no address stays none in every place that takes one. */
const ODD = 'eve@evil@acme.example';
const ADDRESSES: HostileCase[] = [
  account('an owner', '', 'invalid-email', 3),
  account('somebody who is never deleted', `guards: { never_delete: ["${ODD}"] }\n`, 'invalid-email', 4),
  people('a previous address', `- email: eve@acme.example\n  name: ${C}\n  previously: ["${ODD}"]\n`, 'invalid-email', 3),
  team('a member', `members: ["${ODD}"]\ngrants: []\n`, 'invalid-email', 1),
  team('a member with an end', `members: [{ email: "${ODD}", until: 2027-01-31 }]\ngrants: []\n`, 'invalid-email', 1),
  people('an address over two lines', '- email: >-\n    eve@\n    acme.example\n  name: x\n', 'invalid-email', 1),
  people('an address with its line end', '- email: |\n    eve@acme.example\n  name: x\n', 'invalid-email', 1),
  ...['attested_by', 'rows', 'reviewed'].map((key) => {
    const rows = key === 'rows' ? `rows:\n  - { email: "${ODD}", roles: [developer], status: active }\n` : 'rows: []\n';
    const reviewed = key === 'reviewed' ? `reviewed:\n  - { after: "${ODD}", on: 2026-11-20 }\n` : '';
    const content = `attested_by: "${key === 'attested_by' ? ODD : 'ada@acme.example'}"\nattested_on: 2026-11-20\n${rows}${reviewed}`;
    return company(`an address among the ${key} of a roster`, 'rosters/twilio-labs.yaml', content, 'invalid-email', { attested_by: 1, rows: 4, reviewed: 5 }[key] ?? 0);
  }),
].map((one) => (one.what === 'an owner' ? { ...one, files: { ...one.files, [one.at]: `provider: telnyx\napi: sub-users\nowner: "${ODD}"\n` } } : one));

/** Keys that are missing, or are another kind's. */
const KEYS: HostileCase[] = [
  approval('an approval that names who approved', `account: telnyx-production\ndeletes: 1\nreason: x\nexpires: 2026-11-24\napproved_by: ${C}\n`, 'unknown-key', 5),
  approval('an approval without an end', `account: telnyx-production\ndeletes: 1\nreason: ${C}\n`, 'missing-key', 1),
  approval('an approval of everything', `account: "*"\ndeletes: 1\nreason: ${C}\nexpires: 2026-11-24\n`, 'invalid-text', 1),
  approval('an approval of two accounts', `account: [telnyx-production, ${C}]\ndeletes: 1\nreason: x\nexpires: 2026-11-24\n`, 'wrong-type', 1),
  approval('an approval without a reason', 'account: telnyx-production\ndeletes: 1\nreason: " "\nexpires: 2026-11-24\n', 'invalid-text', 3),
  team('a team without grants', `members: [ada@acme.example]\n# ${C}\n`, 'missing-key', 1),
  team('a grant of a role and a group', grant('group: billing'), 'role-or-group', 3),
  team('a key of a person in a team', `members: []\ngrants: []\nemail: ${C}\n`, 'unknown-key', 3),
  team('a Cyrillic letter in a key', `members: []\ngr${text(0x430)}nts: []\n`, 'unknown-key', 2),
  team('a key in capitals', `MEMBERS: [${C}]\nmembers: []\ngrants: []\n`, 'unknown-key', 1),
  account('a scope on a Telnyx account', `scope: AC${'0'.repeat(32)}\n`, 'key-elsewhere', 4),
  account('a value in another case', 'unmanaged: Delete\n', 'unknown-value', 4),
  account('a value with a space after it', 'unmanaged: "delete "\n', 'unknown-value', 4),
  account('a boolean that YAML 1.1 knows', 'drift: { gained: off }\n', 'unknown-value', 4),
  people('an owner among the people', `${PERSON}- owner: ${C}\n`, 'unknown-key', 3),
];

export const SHAPE: readonly HostileCase[] = [...LANGUAGE, ...SIZES, ...NUMBERS, ...MORE_NUMBERS, ...DAYS, ...ADDRESSES, ...KEYS];
