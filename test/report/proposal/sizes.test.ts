import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { composeAdoption } from '../../../src/report/proposal/compose-adoption.ts';
import type { ProposalText } from '../../../src/report/proposal/compose-proposal.ts';
import { composeRenewal } from '../../../src/report/proposal/compose-renewal.ts';
import { bytesOf, expectWhole } from '../comment/check-markdown.ts';
import { adoptions, end, MARKER, renewal, renewals } from './example-proposals.ts';

const rowsOf = (body: string, what: RegExp) => body.split('\n').filter((line) => what.test(line)).length;

/** The limits that hold whatever is proposed. */
function expectLimits({ title, body, message }: ProposalText): void {
  expect([...title].length).toBeLessThanOrEqual(120);
  expect(title).not.toMatch(/\n/);
  expect(bytesOf(body)).toBeLessThanOrEqual(60_000);
  expectWhole(body.slice(MARKER.length + 1));
  const [subject = '', empty, ...lines] = message.split('\n');
  expect(subject).not.toBe('');
  expect(empty).toBe('');
  for (const line of [subject, ...lines]) expect(line.length).toBeLessThanOrEqual(72);
}

describe('5,000 people', () => {
  test('whose access goes on are cut on a row, and every hidden one is counted', () => {
    const text = composeRenewal(renewals(5000));
    expectLimits(text);
    expect(text.title).toBe('Renew access of 5,000 people until 2027-03-01 (policies/teams/voice.yaml)');
    const rows = rowsOf(text.body, /^\| `person-/);
    expect(rows).toBeGreaterThan(100);
    expect(text.body).toContain(`**${(5000 - rows).toLocaleString('en')} more grants, for which there is no room here.**`);
    expect(text.body).toContain('Who likely made the difference or gains by it (5,000 people: `person-0@acme.example`,');
    expect(text.body).toContain('**Not merged**, the access goes when 2026-12-01 is over.');
  });

  test('who are adopted, and as many who are not, are cut and counted, and what becomes of it is still said', () => {
    const text = composeAdoption(adoptions(5000));
    expectLimits(text);
    const rows = rowsOf(text.body, /^\| 🟡 \| `guest-/);
    expect(rows).toBeGreaterThan(100);
    expect(text.body).toContain(`**${(5000 - rows).toLocaleString('en')} more differences, for which there is no room here.**`);
    expect(text.body).toContain('**5,000 differences, for which there is no room here.**');
    expect(text.body).toContain('#### What becomes of it');
    expect(text.body).toContain('#### Who may not approve this');
  });
});

const someText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('a', '@', '|', '`', '\n', '\u{1f600}', '.'), maxLength: 300 }),
);

test('whatever names there are, title, body and commit keep their limits', () => {
  const names = fc.array(fc.tuple(someText, someText, someText), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(names, fc.array(someText, { maxLength: 40 }), (all, logins) => {
      const ends = all.map(([principal, account, role], at) => end('x', at, { principal, account, roles: [role] }));
      const principals = all.map(([principal]) => principal);
      expectLimits(composeRenewal(renewal(ends, { barred: { logins, principals } })));
      const { adoption, ...rest } = adoptions(all.length);
      const adopted = adoption.adopted.map((one, at) => ({ ...one, principal: all[at]?.[0] ?? '', account: all[at]?.[1] ?? '' }));
      expectLimits(composeAdoption({ ...rest, adoption: { ...adoption, adopted }, barred: { logins, principals } }));
    }),
    { numRuns: 100 },
  );
});
