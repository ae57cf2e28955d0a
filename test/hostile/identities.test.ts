import { describe, expect, test } from 'vitest';
import { but, load } from '../policy/memory-source.ts';
import { points as text } from './hostile-case.ts';

/**
 * Two policies that differ anywhere are never merged silently: two addresses are two people, or one of them is refused with its place.
 * Nothing is folded but the case of ASCII letters, and that is said.
 */
type Verdict = 'two people' | 'two people, and a warning' | 'email-twice' | 'invalid-email' | 'forbidden-character';

const PAIRS: readonly (readonly [what: string, first: string, second: string, verdict: Verdict])[] = [
  ['the same twice', 'eve@acme.example', 'eve@acme.example', 'email-twice'],
  ['another case', 'eve@acme.example', 'Eve@acme.example', 'email-twice'],
  ['another case of the host', 'eve@acme.example', 'eve@ACME.example', 'email-twice'],
  ['all in capitals', 'eve@acme.example', 'EVE@ACME.EXAMPLE', 'email-twice'],
  ['a tag', 'eve@acme.example', 'eve+x@acme.example', 'two people'],
  ['two tags', 'eve+x@acme.example', 'eve+y@acme.example', 'two people'],
  ['an empty tag', 'eve@acme.example', 'eve+@acme.example', 'two people'],
  ['a dot', 'eve.l@acme.example', 'evel@acme.example', 'two people'],
  ['two dots', 'eve.l@acme.example', 'eve..l@acme.example', 'two people'],
  ['a dot at the end', 'eve@acme.example', 'eve.@acme.example', 'two people'],
  ['an underscore', 'eve_l@acme.example', 'evel@acme.example', 'two people'],
  ['a hyphen', 'eve-l@acme.example', 'evel@acme.example', 'two people'],
  ['a percent sign', 'eve%l@acme.example', 'evel@acme.example', 'two people'],
  ['another host', 'eve@acme.example', 'eve@acme.test', 'two people'],
  ['a host below', 'eve@acme.example', 'eve@mail.acme.example', 'two people'],
  ['a host with a hyphen', 'eve@acme.example', 'eve@ac-me.example', 'two people'],
  ['a host with a dot at the end', 'eve@acme.example', 'eve@acme.example.', 'invalid-email'],
  ['a space after it', 'eve@acme.example', '"eve@acme.example "', 'invalid-email'],
  ['a space before it', 'eve@acme.example', '" eve@acme.example"', 'invalid-email'],
  ['a line end after it', 'eve@acme.example', '"eve@acme.example\\n"', 'invalid-email'],
  ['quotes around the local part', 'eve@acme.example', `'"eve"@acme.example'`, 'invalid-email'],
  ['a comment in it', 'eve@acme.example', '"eve(x)@acme.example"', 'invalid-email'],
  ['angle brackets around it', 'eve@acme.example', '"<eve@acme.example>"', 'invalid-email'],
  ['a scheme before it', 'eve@acme.example', '"mailto:eve@acme.example"', 'invalid-email'],
  ['an address literal', 'eve@acme.example', '"eve@[127.0.0.1]"', 'invalid-email'],
  ['a one for an l', 'evel@acme.example', 'eve1@acme.example', 'two people, and a warning'],
  ['a capital I for an l', 'evel@acme.example', 'eveI@acme.example', 'two people, and a warning'],
  ['a nought for an o', 'bob@acme.example', 'b0b@acme.example', 'two people, and a warning'],
  ['rn for m', 'mia@acme.example', 'rnia@acme.example', 'two people, and a warning'],
  ['rn for m in the host', 'eve@acme.example', 'eve@acrne.example', 'two people, and a warning'],
  ['a Cyrillic e', 'eve@acme.example', `${text(0x435)}ve@acme.example`, 'invalid-email'],
  ['a Greek nu', 'eve@acme.example', `e${text(0x3bd)}e@acme.example`, 'invalid-email'],
  ['a full-width e', 'eve@acme.example', `${text(0xff45)}ve@acme.example`, 'invalid-email'],
  ['a full-width at sign', 'eve@acme.example', `eve${text(0xff20)}acme.example`, 'invalid-email'],
  ['an ideographic full stop', 'eve@acme.example', `eve@acme${text(0x3002)}example`, 'invalid-email'],
  ['the Kelvin sign', 'kim@acme.example', `${text(0x212a)}im@acme.example`, 'invalid-email'],
  ['a dotless i', 'kim@acme.example', `k${text(0x131)}m@acme.example`, 'invalid-email'],
  ['a capital I with a dot', 'kim@acme.example', `K${text(0x130)}M@acme.example`, 'invalid-email'],
  ['a sharp s', 'gross@acme.example', `gro${text(0xdf)}@acme.example`, 'invalid-email'],
  ['a ligature', 'fifi@acme.example', `${text(0xfb01)}${text(0xfb01)}@acme.example`, 'invalid-email'],
  ['an accent', 'eve@acme.example', `${text(0xe9)}ve@acme.example`, 'invalid-email'],
  ['an accent of its own', 'eve@acme.example', `e${text(0x301)}ve@acme.example`, 'invalid-email'],
  ['a mathematical e', 'eve@acme.example', `${text(0x1d41e)}ve@acme.example`, 'invalid-email'],
  ['a soft hyphen', 'eve@acme.example', `e${text(0xad)}ve@acme.example`, 'forbidden-character'],
  ['a zero-width space', 'eve@acme.example', `e${text(0x200b)}ve@acme.example`, 'forbidden-character'],
  ['a zero-width joiner', 'eve@acme.example', `e${text(0x200d)}ve@acme.example`, 'forbidden-character'],
  ['a bidirectional override', 'eve@acme.example', `${text(0x202e)}eve@acme.example`, 'forbidden-character'],
  ['a NUL', 'eve@acme.example', '"eve@acme.example\\0"', 'forbidden-character'],
  ['an invisible letter', 'eve@acme.example', `eve${text(0x3164)}@acme.example`, 'forbidden-character'],
  ['an invisible tag', 'eve@acme.example', `eve${text(0xe0061)}@acme.example`, 'forbidden-character'],
];

const person = (email: string, name: string) => `- email: ${email}\n  name: ${name}\n`;

async function judge(files: Parameters<typeof but>[0], expected: readonly string[]): Promise<string> {
  const { findings, policies } = await load(but(files));
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (policies === null) return [...new Set(errors.map(({ code }) => code))].join(' ');
  const there = policies.people.map(({ email }) => email);
  for (const email of expected) expect(there).toContain(email.toLowerCase());
  expect(new Set(there).size).toBe(there.length);
  return findings.some(({ code }) => code === 'look-alike') ? 'two people, and a warning' : 'two people';
}

describe('two addresses that differ by', () => {
  test.each(PAIRS)('%s, in one file', async (_what, first, second, verdict) => {
    expect(await judge({ 'people/more.yaml': person(first, 'One') + person(second, 'Two') }, [first, second])).toBe(verdict);
  });

  test.each(PAIRS)('%s, in two files, whichever comes first', async (_what, first, second, verdict) => {
    expect(await judge({ 'people/a.yaml': person(first, 'One'), 'people/z.yaml': person(second, 'Two') }, [first, second])).toBe(verdict);
    expect(await judge({ 'people/a.yaml': person(second, 'Two'), 'people/z.yaml': person(first, 'One') }, [first, second])).toBe(verdict);
  });
});

/** What a byte changes is another policy, even where it means the same: an approval is of one text. */
const SAME_MEANING: readonly (readonly [what: string, change: (text: string) => string])[] = [
  ['a comment', (one) => `${one}# why\n`],
  ['a space at the end of a line', (one) => one.replace('\n', ' \n')],
  ['CRLF', (one) => one.replaceAll('\n', '\r\n')],
  ['a leading mark of UTF-8', (one) => `\ufeff${one}`],
  ['an escape', (one) => one.replace('ada@', '"\\u0061da@').replace('acme.example\n', 'acme.example"\n')],
  ['a name in another form of Unicode', (one) => one.replace('Ada', 'A\u0301da')],
];

test.each(SAME_MEANING)('policies that differ by %s are two digests, and name the same people', async (_what, change) => {
  const path = 'people/engineering.yaml';
  const whole = person('ada@acme.example', 'Ada') + person('grace@acme.example', 'Grace');
  const [one, other] = [await load(but({ [path]: whole })), await load(but({ [path]: change(whole) }))];
  expect(one.policies?.people.map(({ email }) => email)).toEqual(['ada@acme.example', 'grace@acme.example']);
  expect(other.policies?.people.map(({ email }) => email)).toEqual(['ada@acme.example', 'grace@acme.example']);
  expect(other.policies?.digest).not.toBe(one.policies?.digest);
});
