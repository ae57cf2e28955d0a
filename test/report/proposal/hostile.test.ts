import { describe, expect, test } from 'vitest';
import { type AdoptionInput, composeAdoption } from '../../../src/report/proposal/compose-adoption.ts';
import type { ProposalText } from '../../../src/report/proposal/compose-proposal.ts';
import { composeRenewal, type RenewalInput } from '../../../src/report/proposal/compose-renewal.ts';
import { expectWhole, withoutCode } from '../comment/check-markdown.ts';
import { end, guestAdoption, lostAdoption, MARKER, manyRenewals, renewal } from './example-proposals.ts';

const PAYLOADS = [
  '@acme/security',
  'a|b||c',
  '`@acme/security`',
  '``` \n</details>\n> [!NOTE]',
  '<script>alert(1)</script> </code> &lt;img src=x&gt;',
  '![x](https://evil.example/pixel.png) [click](https://evil.example) www.evil.example #1 acme/access#2',
  '\r\n::error file=x::owned',
  '##[command]rm',
  'closes GH-12',
  'x [skip ci]',
  'x\n\nSigned-off-by: somebody',
  'a\u202eb\u2066c\u200bd\ufeff\u00ad',
  '\u001b[2J\u0000\u0007\u0085\u2028\u2029',
  '-->\n<!-- rollcall:4711:x -->',
  '\u{1f600}\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
  '\ud800 lone',
  'x'.repeat(5000),
  '',
  '   ',
];

/** Words that decide something and can only be the ones the types name, ids, the addresses that GitHub gave, and our own line. */
const FIXED = new Set('action status executor origin reason_code risk tags op url runUrl marker id at'.split(' '));

function poison<T>(value: T, payload: string): T {
  const walk = (one: unknown, key: string): unknown => {
    if (typeof one === 'string') return FIXED.has(key) ? one : payload;
    if (one instanceof Map) return new Map([...one].map(([id, inner]) => [id, walk(inner, '')]));
    if (Array.isArray(one)) return FIXED.has(key) ? one : one.map((each) => walk(each, key));
    if (one === null || typeof one !== 'object') return one;
    return Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, walk(inner, name)]));
  };
  return walk(value, '') as T;
}

function textsOf(payload: string): ProposalText[] {
  return [
    ...[renewal([end('grace', 7)]), manyRenewals()].map((one) => composeRenewal(poison<RenewalInput>(one, payload))),
    ...[lostAdoption(), guestAdoption()].map((one) => composeAdoption(poison<AdoptionInput>(one, payload))),
  ];
}

const shapeOf = ({ body }: ProposalText) => body.split('\n').map((line) => line.split('|').length);

describe.each(PAYLOADS)('foreign text such as %j', (payload) => {
  test('mentions nobody, links nowhere, breaks no table and hides nothing in the body', () => {
    for (const { body } of textsOf(payload)) {
      expect(body.startsWith(`${MARKER}\n`)).toBe(true);
      const shown = body.slice(MARKER.length + 1);
      expectWhole(shown);
      expect(withoutCode(shown)).not.toMatch(/<!--|evil\.example|script|#1\b|access#2|GH-12|skip ci|Signed-off-by/);
    }
  });

  test('changes nothing about the lines and cells of the body', () => {
    expect(textsOf(payload).map(shapeOf)).toEqual(textsOf('plain').map(shapeOf));
  });

  test('stands neither in the title nor in the commit, where no code span would hold it', () => {
    for (const { title, message } of textsOf(payload)) {
      expect(title).toMatch(/^(Renew|Adopt) [A-Za-z0-9 ,]+$/);
      expect(title.length).toBeLessThanOrEqual(120);
      expect(message).not.toMatch(/evil\.example|script|@|#|GH-12|skip ci|Signed-off-by|x{80}/);
      expect(message).toMatch(/^[ -~\n]+$/);
    }
  });
});

test('a plain name stands in the title and in the commit', () => {
  const { title, message } = composeRenewal(renewal([end('grace', 7)]));
  expect(title).toBe('Renew member in telnyx-production for grace@acme.example until 2027-03-01');
  expect(message).toMatch(/^Renew access of grace@acme\.example until 2027-03-01\n\n/);
  expect(composeAdoption(lostAdoption()).message).toContain('as ada asked');
});
