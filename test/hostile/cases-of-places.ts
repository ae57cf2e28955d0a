import { but, type Content, GOOD } from '../policy/memory-source.ts';
import { CANARY as C, type HostileCase, PERSON, points as text, tree } from './hostile-case.ts';

const many = (count: number, nameOf: (index: number) => string): Record<string, Content> =>
  but(Object.fromEntries(Array.from({ length: count }, (_, index) => [nameOf(index), `# ${C}\n`])));
const telnyx = GOOD['accounts/telnyx-production.yaml'];

/** Where files stand, what they are called and what they are. */
export const PLACES: readonly HostileCase[] = [
  { what: 'no policy at all', files: {}, code: 'policies-empty', line: 1, at: '' },
  { what: 'no account', files: { 'people/a.yaml': PERSON }, code: 'no-account', line: 1, at: '' },
  { what: '501 files', files: many(501, (index) => `people/p${index}.yaml`), code: 'too-many-files', line: 1, at: '' },
  { what: '10,000 files', files: many(10_000, (index) => `people/p${index}.yaml`), code: 'too-many-files', line: 1, at: '' },
  { what: '10,000 files with names that nobody may use', files: many(10_000, (index) => `people/P${index}.yaml`), code: 'too-many-files', line: 1, at: '' },
  { what: '10,000 folders', files: many(10_000, (index) => `f${index}/a.yaml`), code: 'too-many-files', line: 1, at: '' },
  tree('a file beside the folders', 'evil.yaml', PERSON, 'file-misplaced'),
  tree('a file with the name of a folder of policies', 'teams', { kind: 'file' }, 'file-misplaced'),
  tree('a folder that looks like another', `${text(0x440)}eople/evil.yaml`, PERSON, 'folder-unknown', `${text(0x440)}eople`),
  tree('a folder with a space after it', 'people /evil.yaml', PERSON, 'folder-unknown', 'people '),
  tree('a hidden folder', '.people/evil.yaml', PERSON, 'folder-unknown', '.people'),
  tree('a folder of two dots', '../evil.yaml', PERSON, 'folder-unknown', '..'),
  tree('a folder of workflows', '.github/workflows', { kind: 'folder' }, 'folder-unknown', '.github'),
  tree('a folder in a folder', 'people/more/evil.yaml', PERSON, 'file-kind', 'people/more'),
  tree('a folder of two dots in a folder', 'people/../evil.yaml', PERSON, 'file-kind', 'people/..'),
  tree('a link to an account file', 'accounts/evil.yaml', { kind: 'link' }, 'file-kind'),
  tree('a link among the teams', 'teams/evil.yaml', { kind: 'link' }, 'file-kind'),
  tree('a link among the approvals', 'approvals/evil.yaml', { kind: 'link' }, 'file-kind'),
  tree('a device among the rosters', 'rosters/evil.yaml', { kind: 'other' }, 'file-kind'),
  ...[
    ['two dots before the name', '..evil.yaml'],
    ['a hyphen before the name', '-evil.yaml'],
    ['a space in the name', 'evil one.yaml'],
    ['a capital in the name', 'Evil.yaml'],
    ['the ending in capitals', 'evil.YAML'],
    ["an editor's copy", 'evil.yaml~', 'evil.yaml\\u{7e}'],
    ['a swap file', '.evil.yaml.swp'],
    ['an underscore in the name', 'evil_one.yaml'],
    ["an object's own name", '__proto__.yaml'],
    ['only an ending', '.yaml'],
    ['no ending', 'evil'],
    ['a line end in the name', 'evil\n.yaml', 'evil\\u{a}.yaml'],
    ['a bidirectional override in the name', `evil${text(0x202e)}lmay.yaml`, 'evil\\u{202e}lmay.yaml'],
    ['an escape sequence in the name', `evil${text(0x1b)}c.yaml`, 'evil\\u{1b}c.yaml'],
    ['a command for the runner in the name', '##[add-mask]x.yaml', '\\u{23}\\u{23}\\u{5b}add-mask\\u{5d}x.yaml'],
    ['a link of Markdown in the name', '[x](y).yaml', '\\u{5b}x\\u{5d}(y).yaml'],
    ['a backslash in the name', '..\\evil.yaml', '..\\u{5c}evil.yaml'],
    ['a percent sign in the name', '%2e%2e.yaml', '\\u{25}2e\\u{25}2e.yaml'],
    ['an accent in the name', `${text(0xe9)}vil.yaml`],
    ['a Cyrillic letter in the name', `${text(0x435)}vil.yaml`],
  ].map(([what = '', name = '', shown = name]) => tree(what, `people/${name}`, PERSON, 'file-name', `people/${shown}`)),
  { what: 'one account in two files', files: but({ 'accounts/telnyx-production.yml': telnyx }), code: 'same-variable', line: 1, at: 'accounts/telnyx-production.yml' },
  { what: 'one team in two files', files: but({ 'teams/voice.yml': 'members: []\ngrants: []\n' }), code: 'same-name', line: 1, at: 'teams/voice.yml' },
  { what: 'one file of people in two', files: but({ 'people/engineering.yml': PERSON }), code: 'same-name', line: 1, at: 'people/engineering.yml' },
  {
    what: 'one approval in two files',
    files: but({
      'approvals/a.yaml': `account: telnyx-production\ndeletes: 1\nreason: ${C}\nexpires: 2026-11-24\n`,
      'approvals/a.yml': `account: telnyx-production\ndeletes: 9\nreason: ${C}\nexpires: 2026-11-24\n`,
    }),
    code: 'same-name',
    line: 1,
    at: 'approvals/a.yml',
  },
];
