import { describe, expect, test } from 'vitest';
import { collectSet } from '../../../src/report/issue/collect-set.ts';
import { composeIssue } from '../../../src/report/issue/compose-issue.ts';
import { describeNews } from '../../../src/report/issue/describe-news.ts';
import { readLedgerPlace } from '../../../src/report/issue/read-ledger-place.ts';
import { readMemory } from '../../../src/report/issue/remember-set.ts';
import { renderBody, renderIssue } from '../../../src/report/issue/render-issue.ts';
import type { AccountWatch } from '../../../src/watch.ts';
import { bytesOf, withoutCode } from '../comment/check-markdown.ts';
import { expectIssueWhole } from './check-issue.ts';
import { AT, busyWatch, ended, ending, LEDGER, stranger, watch } from './example-watches.ts';

const PAYLOADS = [
  '@acme/security',
  'a|b||c',
  '`@acme/security`',
  '``` \n</details>\n> [!NOTE]',
  '<script>alert(1)</script> </code> &lt;img src=x&gt;',
  '![x](https://evil.example/pixel.png) [click](https://evil.example) www.evil.example #1 acme/access#2',
  '\r\n::error file=x::owned',
  '##[command]rm',
  'a\u202eb\u2066c\u200bd\ufeff\u00ad',
  '\u001b[2J\u0000\u0007\u0085\u2028\u2029',
  '-->\n<!-- ledger 999999 sha256:'.padEnd(95, 'f'),
  `--> <!-- set sha256:${'0'.repeat(64)}\n-->`,
  'drift 000000000000 applied x',
  '%3C!-- %0A--%3E %ZZ',
  '\ud800 lone',
  'x'.repeat(5000),
  '',
  '   ',
];

/** Words that decide something and can only be the ones the types name, the addresses GitHub gave, and our own hash. */
const FIXED = new Set(
  'action status executor origin reason_code risk verdict guard budget tags outcome turn url runUrl id hash changes roles until'.split(' '),
);
/** Instants that the day is told by. */
const INSTANTS = new Set(['at', 'since', 'notBefore', 'not_before']);

function poison<T>(value: T, payload: string): T {
  const walk = (one: unknown, key: string): unknown => {
    if (typeof one === 'string') return FIXED.has(key) || INSTANTS.has(key) ? one : payload;
    if (Array.isArray(one)) return FIXED.has(key) ? one : one.map((each) => walk(each, key));
    if (one === null || typeof one !== 'object') return one;
    return Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, walk(inner, name)]));
  };
  return walk(value, '') as T;
}

describe.each(PAYLOADS)('foreign text such as %j', (payload) => {
  const hostile = poison<AccountWatch>({ ...busyWatch(), unread: 'x' }, payload);

  test('mentions nobody, links nowhere, breaks no table and ends no hidden part', () => {
    const { title, body } = renderIssue(hostile);
    expectIssueWhole(body);
    expect(withoutCode(body.replace(/<!--[\s\S]*?-->/g, ''))).not.toMatch(/evil\.example|script|#1\b|access#2/);
    expect(title).not.toMatch(/[\n<>|#[\]]/);
    expect(readLedgerPlace(body)).toEqual(LEDGER);
  });

  test('is remembered and told again without harm', () => {
    const set = collectSet(hostile);
    const body = renderBody(hostile, set, { at: AT, before: set, byHand: true }, 59_800);
    expectIssueWhole(body);
    const memory = readMemory(body);
    expect(memory?.set.digest).toBe(set.digest);
    expect(memory?.unsaid?.before?.digest).toBe(set.digest);
    expect(memory?.set.counts).toEqual(set.counts);
    const empty = collectSet(watch());
    for (const known of [set, memory?.set ?? null]) {
      expectIssueWhole(describeNews({ at: AT, before: known, byHand: false }, empty) ?? '');
    }
    expectIssueWhole(describeNews({ at: AT, before: empty, byHand: false }, set) ?? '');
  });

  test('is carried through nights without a read without harm', () => {
    const unread = watch({ unread: payload || 'time-out' });
    const first = composeIssue(unread).resume(collectSet(hostile));
    expectIssueWhole(first.bodyWith(null));
    const known = first.remembered(first.bodyWith(null));
    expect(known?.set.counts).toMatchObject({ unread: 1, drift: 2, blocked: 1, war: 1, ended: 1 });
    expect(composeIssue(unread).resume(known?.set ?? first.set).set.digest).toBe(first.set.digest);
  });
});

test.each([59_800, 40_000, 30_000])('an issue of a thousand strangers, unsaid news and long words stays below %d bytes', (maxBytes) => {
  const long = 'é'.repeat(1150);
  const huge = watch({
    drift: Array.from({ length: 1000 }, (_, at) => ({ ...stranger(at), answer: at % 7 === 0 ? long : 'x' })),
    left: Array.from({ length: 300 }, () => long),
    keysLeftBehind: Array.from({ length: 300 }, (_, at) => `${at} ${long}`),
    parked: Array.from({ length: 300 }, (_, at) => ({ principal: `${at}@acme.example`, failures: 1, until: AT, message: long })),
    ended: Array.from({ length: 5000 }, (_, at) => ended({ principal: `${at}@acme.example`, until: '2026-11-20' })),
    ending: Array.from({ length: 5000 }, (_, at) => ending({ principal: `${at}@acme.example`, until: '2026-12-01', renewal: long })),
    unread: long,
  });
  const set = collectSet(huge);
  const body = renderBody(huge, set, { at: AT, before: set, byHand: false }, maxBytes);
  expectIssueWhole(body);
  expect(bytesOf(body)).toBeLessThanOrEqual(maxBytes);
  const rows = body.split('\n').filter((line) => line.startsWith('| 🔴')).length;
  expect(rows).toBeGreaterThan(20);
  expect(body).toContain(`**${1000 - rows} more differences, for which there is no room here.**`);
  expect(body).toContain('**300 parked people, for which there is no room here.**');
  const ends = body.split('\n').filter((line) => line.includes('): ended on ') || line.includes('): ends on '));
  const hidden = [...body.matchAll(/^\*\*([\d,]+) (?:more )?grants, for which there is no room here\.\*\*$/gm)].map(([, count = '']) =>
    Number(count.replace(',', '')),
  );
  expect(hidden).toHaveLength(2);
  expect(hidden.reduce((sum, count) => sum + count, ends.length)).toBe(10_000);
});

test('a line of policy with an odd path is named and not linked', () => {
  const source = { file: 'policies/teams/\\u{202e}a.yaml', line: 3, column: 1 };
  const { body } = renderIssue(watch({ ending: [ending({ principal: 'olga@acme.example', until: '2026-12-01', source })] }));
  expect(body).toContain('in 9 days, `teams/\\u{202e}a.yaml:3`\n');
});

test.each([
  'https://evil.example/acme/access/pull/12',
  'https://github.com/acme/access.evil.example/pull/12',
  'https://github.com/acme/access/../../evil/repo/pull/12',
  'https://github.com/acme/access/pull/12/../../../../evil',
  'https://github.com/acme/access/pull/12) [x](https://evil.example',
  'https://github.com/acme/access/pull/',
  'https://github.com/acme/access/issues/12',
  'javascript:alert(1)',
])('a renewal at %s is shown and not linked', (renewal) => {
  const { body } = renderIssue(watch({ ending: [ending({ principal: 'olga@acme.example', until: '2026-12-01', renewal })] }));
  expectIssueWhole(body);
  expect(body).toContain(', renewal proposed: `');
  expect(withoutCode(body)).not.toMatch(/evil|javascript|pull\/|issues\//);
});
