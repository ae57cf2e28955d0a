import { expect, test } from 'vitest';
import { but, type Content, GOOD, load, places } from './memory-source.ts';

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
  expect(good).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(await digest({})).toBe(good);
  expect(await digest({ 'teams/voice.yaml': `${GOOD['teams/voice.yaml']}# a\n` })).not.toBe(good);
  expect(await digest({ 'teams/voice.yaml': null, 'teams/voices.yaml': GOOD['teams/voice.yaml'] })).not.toBe(good);
});

test('the number of files is told, also where one of them is wrong', async () => {
  expect((await load(GOOD)).files).toBe(3);
  expect((await load(but({ 'people/more.yaml': '' }))).files).toBe(4);
});
