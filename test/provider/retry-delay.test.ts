import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retryDelay } from '../../src/provider/retry-delay.ts';

const NOW = Date.parse('2026-11-22T09:00:00.000Z');
const IN_AN_HOUR = 'Sun, 22 Nov 2026 10:00:00 GMT';
const none = () => 0;
const most = () => 0.999_999;

function delay(headers: Record<string, string>, { attempt = 1, limited = true, random = none } = {}): number {
  return retryDelay({ attempt, headers, limited, nowMs: NOW }, random);
}

describe('how long to wait before asking again', () => {
  test.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['seconds with a fraction', { 'retry-after': '1.5' }, 1_500],
    ['seconds between blanks', { 'retry-after': ' 7 ' }, 7_000],
    ['a date', { 'retry-after': IN_AN_HOUR }, 3_600_000],
    ['seconds until the reset', { 'x-ratelimit-reset': '52' }, 52_000],
    ['both, the reset later', { 'retry-after': '7', 'x-ratelimit-reset': '52' }, 52_000],
    ['both, Retry-After later', { 'retry-after': '52', 'x-ratelimit-reset': '7' }, 52_000],
    ['a whole day', { 'retry-after': '86400' }, 86_400_000],
    ['seconds between tabs', { 'retry-after': '\t7\t' }, 7_000],
    ['nothing to wait for, and a reset', { 'retry-after': '0', 'x-ratelimit-reset': '52' }, 52_000],
    ['a single second', { 'retry-after': '1' }, 1_000],
    ['seconds with zeros in front', { 'retry-after': '007' }, 7_000],
    ['a fraction that is no whole millisecond, rounded up', { 'retry-after': '1.0001' }, 1_001],
    ['a reset with a fraction', { 'x-ratelimit-reset': '2.5' }, 2_500],
    ['a reset of a whole day', { 'x-ratelimit-reset': '86400' }, 86_400_000],
    ['both, alike', { 'retry-after': '9', 'x-ratelimit-reset': '9' }, 9_000],
    ['a date in the older form with a two-digit year', { 'retry-after': 'Sunday, 22-Nov-26 10:00:00 GMT' }, 3_600_000],
    ['a date as the C library writes it', { 'retry-after': 'Sun Nov 22 10:00:00 2026 GMT' }, 3_600_000],
    ['a date with an offset', { 'retry-after': 'Sun, 22 Nov 2026 11:00:00 +0100' }, 3_600_000],
    ['a date as ISO 8601 has it', { 'retry-after': '2026-11-22T10:00:00Z' }, 3_600_000],
    ['a date in the next second', { 'retry-after': 'Sun, 22 Nov 2026 09:00:01 GMT' }, 1_000],
    ['a date, and an earlier reset', { 'retry-after': IN_AN_HOUR, 'x-ratelimit-reset': '52' }, 3_600_000],
    ['a date, and a later reset', { 'retry-after': IN_AN_HOUR, 'x-ratelimit-reset': '7200' }, 7_200_000],
    ['seconds, and a reset that is no number', { 'retry-after': '7', 'x-ratelimit-reset': 'soon' }, 7_000],
    ['a reset, and a Retry-After that is no number', { 'retry-after': 'soon', 'x-ratelimit-reset': '52' }, 52_000],
    ['a reset, and a date gone by', { 'retry-after': 'Sun, 22 Nov 2020 10:00:00 GMT', 'x-ratelimit-reset': '52' }, 52_000],
  ])('the vendor names %s: exactly that', (_what, headers, ms) => {
    expect(delay(headers)).toBe(ms);
  });

  test.each([
    ['nothing', {}],
    ['nothing at all in it', { 'retry-after': '' }],
    ['a negative number', { 'retry-after': '-5' }],
    ['a word', { 'retry-after': 'soon' }],
    ['NaN', { 'retry-after': 'NaN', 'x-ratelimit-reset': 'NaN' }],
    ['a date gone by', { 'retry-after': 'Sun, 22 Nov 2020 10:00:00 GMT' }],
    ['hexadecimal', { 'x-ratelimit-reset': '0x10' }],
    ['zero', { 'retry-after': '0', 'x-ratelimit-reset': '0' }],
    ['nothing but blanks', { 'retry-after': '   ', 'x-ratelimit-reset': '  ' }],
    ['this very second', { 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' }],
    ['a negative reset', { 'x-ratelimit-reset': '-52' }],
    ['infinity', { 'retry-after': 'Infinity', 'x-ratelimit-reset': 'Infinity' }],
    ['a power of ten', { 'retry-after': '1e3', 'x-ratelimit-reset': '1e3' }],
    ['a unit', { 'retry-after': '52s', 'x-ratelimit-reset': '52s' }],
    ['two values in one', { 'retry-after': '7, 52', 'x-ratelimit-reset': '7, 52' }],
    ['a comma for the point', { 'retry-after': '7,5' }],
    ['a sign', { 'retry-after': '+7', 'x-ratelimit-reset': '+7' }],
    ['digits of another script', { 'retry-after': '\u0667', 'x-ratelimit-reset': '\u0667' }],
    ['a point alone', { 'retry-after': '.', 'x-ratelimit-reset': '.' }],
    ['null', { 'retry-after': 'null', 'x-ratelimit-reset': 'undefined' }],
    ['a day that no month has', { 'retry-after': 'Sun, 99 Nov 2026 10:00:00 GMT' }],
    ['a secret of somebody', { 'retry-after': 'Bearer KEY0192', 'x-ratelimit-reset': 'Bearer KEY0192' }],
  ])('the vendor names %s: our own backoff', (_what, headers) => {
    expect(delay(headers)).toBe(100);
    expect(delay(headers, { random: most })).toBe(1_000);
  });

  test.each([
    ['ten years in seconds', { 'retry-after': '315360000' }],
    ['a time since 1970', { 'x-ratelimit-reset': '1795338000' }],
    ['a year with four nines', { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }],
    ['more digits than a number holds', { 'retry-after': '9'.repeat(400) }],
    ['a reset with more digits than a number holds', { 'x-ratelimit-reset': '9'.repeat(400) }],
    ['a second more than a day', { 'retry-after': '86401' }],
    ['a reset in milliseconds', { 'x-ratelimit-reset': '1795338000000' }],
    ['a date the day after tomorrow', { 'retry-after': 'Tue, 24 Nov 2026 09:00:01 GMT' }],
    ['10^9 seconds', { 'retry-after': '1000000000', 'x-ratelimit-reset': '1000000000' }],
  ])('the vendor names %s: our longest backoff, since that cannot be meant', (_what, headers) => {
    expect(delay(headers)).toBe(30_000);
  });

  test('a count that comes with every answer is no wait unless the answer was a 429', () => {
    expect(delay({ 'x-ratelimit-reset': '52' }, { limited: false })).toBe(100);
    expect(delay({ 'retry-after': '52' }, { limited: false })).toBe(52_000);
  });

  test('law: never nothing, never less than a believable Retry-After, never more than 30 s of our own', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        fc.nat(86_400),
        (attempt, drawn, seconds) => {
          const own = delay({}, { attempt, random: () => drawn });
          expect(own).toBeGreaterThanOrEqual(100);
          expect(own).toBeLessThanOrEqual(30_000);
          expect(delay({ 'retry-after': String(seconds) }, { attempt, random: () => drawn })).toBe(Math.max(own, seconds * 1000));
        },
      ),
    );
  });

  test('law: whatever the headers hold, the wait is a whole number of milliseconds up to a day', () => {
    const text = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    );
    fc.assert(
      fc.property(text, text, (after, reset) => {
        const ms = delay({ 'retry-after': after, 'x-ratelimit-reset': reset });
        expect(Number.isInteger(ms)).toBe(true);
        expect(ms).toBeGreaterThan(0);
        expect(ms).toBeLessThanOrEqual(86_400_000);
      }),
    );
  });
});
