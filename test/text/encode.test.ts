import { describe, expect, test } from 'vitest';
import { lengthOfPoints, redact, visible } from '../../src/text/encode.ts';
import { codeSentence, codeSpan, encodeSentence } from '../../src/text/encode-sentence.ts';

describe('foreign text that is too long', () => {
  test('is cut and told apart by a part of its hash, also where it is harmless', () => {
    expect(visible('a'.repeat(80))).toBe('a'.repeat(80));
    expect(visible('a'.repeat(81))).toMatch(/^a{80}\.\.\.\([0-9a-f]{8}\)$/);
    expect(visible(`${'a'.repeat(80)}b`)).not.toBe(visible(`${'a'.repeat(80)}c`));
  });

  test('is measured in characters, whatever they take in memory', () => {
    expect(lengthOfPoints('😀😀', 1)).toBe(2);
    expect(lengthOfPoints('😀😀', 3)).toBe(4);
    expect(lengthOfPoints('\uffff\uffff\uffff', 2)).toBe(2);
    expect(lengthOfPoints('abc', 3)).toBe(3);
  });
});

describe('a word of another script', () => {
  test('is shown as it is, and nothing invisible beside it', () => {
    expect(visible('Zoë Ω')).toBe('Zoë Ω');
    expect(visible('a\u200bb')).toBe('a\\u{200b}b');
    expect(visible('a\u3164b')).toBe('a\\u{3164}b');
  });

  test('is one with the same word written in parts, in a sentence too', () => {
    expect(visible('Zoe\u0308')).toBe('Zo\u00eb');
    expect(encodeSentence('Zoe\u0308: here')).toBe('Zo\u00eb: here');
  });
});

describe('a code span', () => {
  test('has no blanks at its ends, and shows one where there is nothing', () => {
    expect([codeSpan(' ada '), codeSpan(' '), codeSentence(' ada '), codeSentence(' ')]).toEqual(['`ada`', '` `', '`ada`', '` `']);
  });
});

describe('a secret', () => {
  test('of eight characters is looked for already', () => {
    expect(redact('key=12345678', ['12345678'])).toBe('key=[secret]');
  });

  test('is found in base64 without its padding', () => {
    const secret = 'secret???>>>~~~a';
    const padded = Buffer.from(secret).toString('base64');
    expect(padded).toMatch(/[+/].*==$/);
    expect(redact(`key=${padded.replace('==', '')};`, [secret])).toBe('key=[secret];');
  });

  test('is found in the middle of a JSON text', () => {
    const secret = 'abc"def\\ghi';
    expect(redact(JSON.stringify({ key: `Bearer ${secret} !` }), [secret])).toBe('{"key":"Bearer [secret] !"}');
  });
});
