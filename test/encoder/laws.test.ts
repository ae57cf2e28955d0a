import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeProse } from '../../src/report/comment/encode-prose.ts';
import { commandMessage, commandProperty, visible, visibleWord } from '../../src/text/encode.ts';
import { codeSentence, codeSpan, encodePath, encodePrincipal, encodeSentence } from '../../src/text/encode-sentence.ts';
import { faultsOfText } from './check-text.ts';
import { hostileText } from './hostile-text.ts';
import { PAYLOADS } from './payloads.ts';
import { readMarkdown } from './read-markdown.ts';

const ESCAPE = /\\u\{([0-9a-f]{1,6})\}/g;
/** What an encoder shows in the place of one character: itself, or at most this. */
const LONGEST_ESCAPE = '\\u{10ffff}'.length;
const MARK = '...(01234567)'.length;

/** What was shown read back; only a text that was cut cannot be. */
function readBack(shown: string): string {
  return shown.replace(ESCAPE, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

const LEGIBLE = [
  'ada@acme.example',
  "Zoë O'Brien-Müller (EMEA), jr.",
  '陳大文',
  'Łukasz Żółć',
  'a.b_c+d/e-f 123',
  'محمد عبدالله',
  'हिन्दी भाषा',
  'Αθηνά',
];

describe('text that harms nobody', () => {
  test.each(LEGIBLE)('%s is shown as it is', (text) => {
    expect([visible(text), encodePrincipal(text), encodePath(text), encodeSentence(text)]).toEqual([text, text, text, text]);
    expect([codeSpan(visible(text)), codeSentence(text)]).toEqual([`\`${text}\``, `\`${text}\``]);
  });

  test('that is a sentence of ours keeps its punctuation and its address', () => {
    const sentence =
      'Set `X_API_KEY`: "see" https://portal.telnyx.com/#/app/api-keys; 3 of 10% → done… – yes! (a|b) [c] {d} <e> *f* ~g~ $h ^i =j & k?';
    expect(encodeSentence(sentence)).toBe(sentence);
  });
});

describe('whatever somebody is called', () => {
  test('only these signs of ASCII are shown as they are, alone and among letters', () => {
    const signs = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
    const shown = (around: string) => signs.filter((sign) => visible(around + sign + around) === around + sign + around).join('');
    expect(shown('')).toBe(" '()+,-./0123456789@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");
    expect(shown('a')).toBe(shown(''));
  });

  test('every sign there is, alone, is harmless and reads back', () => {
    for (let code = 0; code < 0xe1000; code += code >= 0x20000 && code < 0xe0000 ? 0x101 : 1) {
      const sign = String.fromCodePoint(code);
      const text = visible(sign);
      if (/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(text.replaceAll(' ', '')) || readBack(text) !== readable(sign)) {
        expect.fail(`U+${code.toString(16)} is shown as ${JSON.stringify(text)}`);
      }
    }
  });

  test('is read back from what is shown: two names never look the same', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        expect(readBack(visible(text, Number.POSITIVE_INFINITY))).toBe(readable(text));
        expect(readBack(visibleWord(text.slice(0, 60)))).toBe(readable(text.slice(0, 60)));
      }),
      { numRuns: 1_000 },
    );
  });

  test('is as long as it may be, and says so where it is cut', () => {
    fc.assert(
      fc.property(hostileText(), fc.integer({ min: 1, max: 40 }), (text, most) => {
        const shown = visible(text, most);
        const points = [...text.normalize('NFC')];
        expect(shown.length).toBeLessThanOrEqual(most * LONGEST_ESCAPE + MARK);
        if (points.length <= most) expect(readBack(shown)).toBe(readable(text));
        else expect(readBack(shown)).toMatch(/\.\.\.\([0-9a-f]{8}\)$/);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['a name', visible, 80],
    ['a word', visibleWord, 80],
    ['an address', encodePrincipal, 254],
  ] as const)('looks different as %s where only what was cut off differs', (_what, encode, most) => {
    const same = '\u202ex'.repeat(most / 2);
    expect(encode(`${same}a`)).not.toBe(encode(`${same}b`));
    expect(encode(`${same}${'a'.repeat(100_000)}`).length).toBeLessThanOrEqual(most * LONGEST_ESCAPE + MARK);
    expect(encode(same).length).toBeLessThan(most * LONGEST_ESCAPE);
    expect(encode(encode(`${same}a`))).not.toBe(encode(`${same}a`));
  });

  test('is one line that a terminal and a runner only show', () => {
    const shown = [visible, visibleWord, encodePrincipal, encodePath, encodeSentence, codeSentence, encodeProse, withSpan];
    fc.assert(
      fc.property(hostileText(), (text) => {
        for (const encode of shown) expect(faultsOfText(encode(text))).toEqual([]);
        for (const encode of shown) expect(encode(text)).not.toContain('\n');
      }),
      { numRuns: 1_000 },
    );
  });

  test('stays in its code and in its cell, also beside another one', () => {
    const table = (cells: readonly string[]) => readMarkdown(['| a | b | c |', '|---|---|---|', `| ${cells.join(' | ')} |`, ''].join('\n'));
    const harmless = table([withSpan('x'), codeSentence('x'), withSpan('x')]);
    expect(harmless.words[1]).toBe('row of 3: CODE | CODE | CODE');
    fc.assert(
      fc.property(hostileText(), hostileText(), (one, other) => {
        expect(table([withSpan(one), codeSentence(other), withSpan(other)])).toEqual(harmless);
        expect(table([encodeProse(one), codeSentence(one), encodeProse(other)]).faults).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is shown the same a second time where it was made visible before', () => {
    fc.assert(
      fc.property(hostileText(), (text) => {
        const once = visible(text);
        expect(encodePath(once)).toBe(once);
        expect(encodeSentence(once)).toBe(once);
      }),
      { numRuns: 1_000 },
    );
  });
});

test('a sentence says where it was cut, and no half of a character is left there', () => {
  const long = encodeSentence('🙂'.repeat(100_000));
  expect(long).toBe(`${'\\u{1f642}'.repeat(1200)}…`);
  expect(encodeSentence(`${'x'.repeat(1199)}🙂`)).toBe(`${'x'.repeat(1199)}\\u{1f642}`);
});

test.each([
  ['a:b', 'a%3Ab'],
  ['a,b=c%0A', 'a%2Cb=c%250A'],
  ['a\r\nb', 'a%0D%0Ab'],
])('a property of a workflow command holds %j as %s', (text, escaped) => {
  expect(commandProperty(text)).toBe(escaped);
});

test('a message of a workflow command is what the runner reads from it', () => {
  expect(commandMessage('50% of a,b:c\r\nd')).toBe('50%25 of a,b:c%0D%0Ad');
});

test('there are at least forty texts that try', () => {
  expect(new Set(Object.values(PAYLOADS)).size).toBeGreaterThanOrEqual(40);
});

/** The only two inputs that look the same are those that Unicode says are. */
function readable(text: string): string {
  return text.normalize('NFC');
}

function withSpan(text: string): string {
  return codeSpan(visible(text));
}
