import { account, approval, bytes, CANARY as C, company, type HostileCase, PERSON, people, points as text, team } from './hostile-case.ts';

const utf16 = (value: string, swap: boolean): number[] => [...value].flatMap((one) => (swap ? [0, one.charCodeAt(0)] : [one.charCodeAt(0), 0]));

/** Files in other encodings and of other kinds, as editors, tools and attackers make them. */
const BYTES: HostileCase[] = [
  people('UTF-16 with a mark', Uint8Array.from([0xff, 0xfe, ...utf16(PERSON, false)]), 'not-utf8', 1),
  people('UTF-16 of the other order with a mark', Uint8Array.from([0xfe, 0xff, ...utf16(PERSON, true)]), 'not-utf8', 1),
  people('UTF-16 without a mark', Uint8Array.from(utf16(PERSON, false)), 'forbidden-character', 1),
  people('UTF-7', `- email: +AGU-ve@acme.example\n  name: ${C}\n`, 'invalid-email', 1),
  people('Latin-1', bytes('- email: eve@acme.example\n  name: Ren', [0xe9], `e ${C}\n`), 'not-utf8', 2),
  people('an overlong NUL', bytes(`${PERSON}# `, [0xc0, 0x80], '\n'), 'not-utf8', 3),
  people('half of a surrogate pair in bytes', bytes(`${PERSON}# `, [0xed, 0xa0, 0x80], '\n'), 'not-utf8', 3),
  people('a code point beyond the last', bytes(`${PERSON}# `, [0xf4, 0x90, 0x80, 0x80], '\n'), 'not-utf8', 3),
  people('a byte that goes on with nothing', bytes(`${PERSON}# `, [0x80], '\n'), 'not-utf8', 3),
  people('a character cut by the end of the file', bytes(`${PERSON}# `, [0xe2, 0x82], ''), 'not-utf8', 3),
  people('a compressed file', Uint8Array.from([0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0]), 'not-utf8', 1),
  people('a picture', bytes('', [0x89], `PNG\r\n${text(0x1a)}\n${C}`), 'not-utf8', 1),
  people('NULs alone', '\0'.repeat(64), 'forbidden-character', 1),
  people('a pointer of Git LFS', `version https://git-lfs.github.com/spec/v1\noid sha256:${'0a1b2c3d'.repeat(8)}\nsize 123\n`, 'secret-in-policy', 2),
  people('marks of a merge conflict', `${PERSON}<<<<<<< HEAD\n- email: mallory@acme.example\n=======\n`, 'yaml-syntax', 3),
  people('a page of HTML', `<!DOCTYPE html>\n<html><body>${C}</body></html>\n`, 'wrong-type', 1),
  people('a script', `#!/bin/sh\necho ${C}\n`, 'wrong-type', 2),
  people('TOML', `[[people]]\nemail = "eve@acme.example"\nname = "${C}"\n`, 'yaml-syntax', 2),
  people('a private key', `-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVcB7Tz3kF9xQ2m1L\n-----END PRIVATE KEY-----\n`, 'secret-in-policy', 2),
  team('a zip file', bytes('PK', [3, 4, 20, 0], C), 'forbidden-character', 1),
  approval('Latin-1 in an approval', bytes('account: telnyx-production\ndeletes: 1\nreason: d', [0xe9], 'part\nexpires: 2026-11-24\n'), 'not-utf8', 3),
];

/** One odd character in a comment, where nobody looks. */
const CHARACTERS: HostileCase[] = [
  ['a vertical tab', 0x0b, 'forbidden-character'],
  ['a form feed', 0x0c, 'forbidden-character'],
  ['a bell', 0x07, 'forbidden-character'],
  ['a backspace', 0x08, 'forbidden-character'],
  ['DEL', 0x7f, 'forbidden-character'],
  ['an Arabic letter mark', 0x61c, 'forbidden-character'],
  ['a Mongolian vowel separator', 0x180e, 'forbidden-character'],
  ['a word joiner', 0x2060, 'forbidden-character'],
  ['an invisible plus', 0x2064, 'forbidden-character'],
  ['a left-to-right mark', 0x200e, 'forbidden-character'],
  ['a left-to-right embedding', 0x202a, 'forbidden-character'],
  ['the end of an isolate', 0x2069, 'forbidden-character'],
  ['a combining grapheme joiner', 0x34f, 'forbidden-character'],
  ['a Hangul filler', 0x3164, 'forbidden-character'],
  ['a half-width Hangul filler', 0xffa0, 'forbidden-character'],
  ['a picture selector', 0xfe0f, 'forbidden-character'],
  ['a paragraph separator', 0x2029, 'forbidden-character'],
  ['an interlinear anchor', 0xfff9, 'forbidden-character'],
  ['the place of an object', 0xfffc, 'forbidden-character'],
  ['a blank of Braille', 0x2800, 'forbidden-character'],
  ['a noncharacter', 0xfdd0, 'forbidden-character'],
  ['the last noncharacter', 0x10ffff, 'forbidden-character'],
  ['a language tag', 0xe0001, 'forbidden-character'],
  ['a beam of musical notation', 0x1d173, 'forbidden-character'],
].map(([what = '', point = 0]) => account(`${what} in a comment`, `# ${C}${text(Number(point))}\n`, 'forbidden-character', 4));

/** Each looks like a credential; each field that takes a text gets one. */
const TELNYX = `KEY${'0A1B2C3D'.repeat(4)}`;
const HEX = '0a1b2c3d'.repeat(4);
const GITHUB = `ghs_${'aB3dE6gH'.repeat(4)}`;
const GRANT = 'account: telnyx-production, role: member';
const SECRETS: HostileCase[] = [
  people('a secret as an address', `- email: ${HEX}@acme.example\n  name: Eve\n`, 'secret-in-policy', 1),
  people('a secret as a host', `- email: eve@${HEX}.example\n  name: Eve\n`, 'secret-in-policy', 1),
  people('a secret as a previous address', `- email: eve@acme.example\n  name: Eve\n  previously: [${HEX}@acme.example]\n`, 'secret-in-policy', 3),
  people('a secret as a login', `- email: eve@acme.example\n  name: Eve\n  github: ${HEX}\n`, 'secret-in-policy', 3),
  people('a secret over two lines', `- email: eve@acme.example\n  name: "KEY${'0A1B2C3D'.repeat(2)}\\\n    ${'0A1B2C3D'.repeat(2)}"\n`, 'secret-in-policy', 2),
  people('a secret in a file that is no YAML', `{ ${TELNYX}\n`, 'secret-in-policy', 1),
  team('a secret as a member', `members: [${TELNYX}]\ngrants: []\n`, 'secret-in-policy', 1),
  team('a secret as a reason', `members: []\ngrants:\n  - { ${GRANT}, reason: ${GITHUB} }\n`, 'secret-in-policy', 3),
  team('a secret within a reason', `members: []\ngrants:\n  - { ${GRANT}, reason: "see ${TELNYX}, thanks" }\n`, 'secret-in-policy', 3),
  team('a secret in a block of text', `members: []\ngrants:\n  - ${GRANT.replace(', ', '\n    ')}\n    reason: |\n      See\n      ${HEX}\n`, 'secret-in-policy', 7),
  team('a secret as a role', `members: []\ngrants:\n  - { account: telnyx-production, role: ${TELNYX}, reason: x }\n`, 'secret-in-policy', 3),
  team('a secret as a group', `members: []\ngrants:\n  - { account: telnyx-production, group: ${GITHUB}, reason: x }\n`, 'secret-in-policy', 3),
  team('a secret as an account', `members: []\ngrants:\n  - { account: ${HEX}, role: member, reason: x }\n`, 'secret-in-policy', 3),
  team('a secret as an end', `members: []\ngrants:\n  - { ${GRANT}, reason: x, until: ${HEX} }\n`, 'secret-in-policy', 3),
  approval('a secret as an account of an approval', `account: ${HEX}\ndeletes: 1\nreason: x\nexpires: 2026-11-24\n`, 'secret-in-policy', 1),
  approval('a secret as the reason of an approval', `account: telnyx-production\ndeletes: 1\nreason: ${GITHUB}\nexpires: 2026-11-24\n`, 'secret-in-policy', 3),
  account('a secret as a setting', `api_key: ${TELNYX}\n`, 'secret-in-policy', 4),
  account('a secret as an approver', `approvers: { admin: ["@${HEX}"] }\n`, 'secret-in-policy', 4),
  account('a secret as a guarded address', `guards: { never_delete: [${HEX}@acme.example] }\n`, 'secret-in-policy', 4),
  account('a secret in a URL', `# https://eve:${HEX}@git.acme.example/\n`, 'secret-in-policy', 4),
  company('an auth token beside a key', 'rosters/twilio-labs.yaml', `attested_by: ada@acme.example\nattested_on: 2026-11-20\nrows: []\nrotated:\n  - { key: ${HEX}, on: 2026-11-20 }\n`, 'secret-in-policy', 5),
  company('the SID of a key in an account file', 'accounts/twilio-labs.yaml', `provider: twilio\napi: console\nscope: SK${HEX}\nowner: root@acme.example\n`, 'secret-in-policy', 3),
];

export const TEXT: readonly HostileCase[] = [...BYTES, ...CHARACTERS, ...SECRETS];
