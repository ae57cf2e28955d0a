import { expect, test } from 'vitest';
import { loadPolicies } from '../../src/policy/load-policies.ts';
import { digestOf, digestOfBytes } from '../../src/text/digest.ts';
import { but, CAPABILITIES, type Content, GOOD, load, memorySource, places } from './memory-source.ts';

const team = (members: readonly string[]) => `members: [${members.join(', ')}]\ngrants: []\n`;
const strangers = (count: number) => Array.from({ length: count }, (_, at) => `stranger${at}@acme.example`);
const people = (count: number) =>
  Array.from({ length: count }, (_, at) => `- email: p${at}@acme.example\n  name: Person in room number ${at}\n`).join('');
const gone = (count: number) => Array.from({ length: count }, (_, at) => `{ email: p${at}@acme.example, until: 2026-11-21 }`);

async function lastOf(changes: Record<string, Content>): Promise<[count: number, code: string | undefined, message: string | undefined]> {
  const { findings } = await load(but(changes));
  return [findings.length, findings.at(-1)?.code, findings.at(-1)?.message];
}

test('a file of 256 KiB is read, and one of a byte more is not', async () => {
  const file = (bytes: number) => GOOD['teams/voice.yaml'].concat('#'.repeat(bytes - GOOD['teams/voice.yaml'].length));
  expect(places(await load(but({ 'teams/voice.yaml': file(262_144) })))).toEqual([]);
  const { findings, desired } = await load(but({ 'teams/voice.yaml': file(262_145) }));
  expect(findings.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
    '1:1 The file is larger than 256 KiB. Split it: the files of a folder add up.',
  ]);
  expect(desired).toBeNull();
});

test('a file that has grown since it was listed is not read either', async () => {
  const source = memorySource(but({ 'teams/voice.yaml': 'x'.repeat(262_145) }));
  const list = async (folder: string) => (await source.list(folder))?.map((entry) => ({ ...entry, bytes: 1 })) ?? null;
  const loaded = await loadPolicies({
    source: { ...source, list },
    folder: 'policies',
    today: '2026-11-22',
    capabilitiesOf: () => CAPABILITIES,
    commit: null,
  });
  expect(loaded.findings.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`)).toEqual([
    'policies/teams/voice.yaml:1:1 The file is larger than 256 KiB. Split it: the files of a folder add up.',
  ]);
});

test('of the findings of one file 200 are told, and how many more there are; a single one more is told itself', async () => {
  const unknown = (count: number) => lastOf({ 'teams/web.yaml': team(strangers(count)) });
  expect(await unknown(200)).toMatchObject([200, 'person-unknown', expect.stringContaining('stranger199@acme.example')]);
  expect(await unknown(201)).toMatchObject([201, 'person-unknown', expect.stringContaining('stranger200@acme.example')]);
  expect(await unknown(202)).toEqual([201, 'more-findings', 'And 2 more in this file. Mend the first ones and look again.']);
});

test('warnings beyond the first 200 are no error, and an error among them is one', async () => {
  const warned = { 'people/more.yaml': people(202), 'teams/web.yaml': team(gone(202)) };
  const loaded = await load(but(warned));
  expect(loaded.findings).toHaveLength(201);
  expect(loaded.findings.at(-1)).toMatchObject({ code: 'more-warnings', message: 'And 2 more warnings in this file.' });
  expect(loaded.desired).not.toBeNull();
  const wrong = await load(but({ ...warned, 'teams/web.yaml': team([...gone(202), 'stranger@acme.example']) }));
  expect(wrong.findings.at(-1)).toMatchObject({
    code: 'more-findings',
    message: 'And 3 more in this file. Mend the first ones and look again.',
  });
  expect(wrong.desired).toBeNull();
});

test('many findings in one file hide none of the next', async () => {
  const { findings } = await load(but({ 'teams/a.yaml': team(strangers(203)), 'teams/b.yaml': team(['stranger@acme.example']) }));
  expect(findings).toHaveLength(202);
  expect(findings.at(-1)).toMatchObject({ file: 'policies/teams/b.yaml', code: 'person-unknown' });
});

test('the digest of policies is of every file, its path and its bytes', async () => {
  const digest = async (changes: Record<string, Content | null>) => (await load(but(changes))).policies?.digest;
  const good = await digest({});
  const digests = Object.entries(GOOD).map(([path, text]) => [path, digestOfBytes(new TextEncoder().encode(text))]);
  expect(good).toBe(digestOf(digests));
  expect(await digest({})).toBe(good);
  expect(await digest({ 'teams/voice.yaml': `${GOOD['teams/voice.yaml']}# a\n` })).not.toBe(good);
  expect(await digest({ 'teams/voice.yaml': null, 'teams/voices.yaml': GOOD['teams/voice.yaml'] })).not.toBe(good);
});

test('the number of files is told, also where one of them is wrong', async () => {
  expect((await load(GOOD)).files).toBe(3);
  expect((await load(but({ 'people/more.yaml': '' }))).files).toBe(4);
});

test('an empty folder is said to be one, and nothing else is', async () => {
  expect(places(await load({}))).toEqual(['policies:1:1 policies-empty']);
});

test('where a file cannot be opened, nobody is said to be unknown for being in it', async () => {
  const people = { 'people/engineering.yaml': null, 'people/Engineering.yaml': GOOD['people/engineering.yaml'] };
  expect(places(await load(but(people)))).toEqual(['people/Engineering.yaml:1:1 file-name']);
  const grant = 'members: []\ngrants: [{ account: telnyx-support, role: member, reason: On call }]\n';
  expect(places(await load(but({ 'accounts/Other.yaml': '', 'teams/web.yaml': grant })))).toEqual(['accounts/Other.yaml:1:1 file-name']);
});

test('a team is no account, whatever its name', async () => {
  const grant = 'members: []\ngrants: [{ account: voice, role: member, reason: On call }]\n';
  const { findings } = await load(but({ 'teams/web.yaml': grant }));
  expect(findings.map(({ message }) => message)).toEqual(['No file of accounts/ has the name `voice`.']);
});

test('the SID of a key is no secret where rosters name keys, and is one elsewhere', async () => {
  const rotated = (mark: string) =>
    `attested_by: ada@acme.example\nattested_on: 2026-11-20\nrotated: [{ key: ${mark}SK${'0a'.repeat(16)}${mark}, on: 2026-11-20 }]\n`;
  for (const mark of ['', '"']) expect(places(await load(but({ 'rosters/telnyx-production.yaml': rotated(mark) })))).toEqual([]);
  expect(places(await load(but({ 'teams/web.yaml': rotated('') })))).toEqual(['teams/web.yaml:3:18 secret-in-policy']);
});

test('bytes that are no text are refused at their line, and so is a directive', async () => {
  expect(places(await load(but({ 'teams/web.yaml': Uint8Array.of(0x61, 0x0a, 0xff) })))).toEqual(['teams/web.yaml:2:1 not-utf8']);
  expect(places(await load(but({ 'teams/web.yaml': '%YAML 1.2\n---\nmembers: []\n' })))).toEqual(['teams/web.yaml:1:1 yaml-directive']);
});
