import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, Plan } from '../../src/model.ts';
import { createStyle } from '../../src/report/create-style.ts';
import { type DoctorReport, doctorToJson, renderDoctor } from '../../src/report/render-doctor.ts';
import {
  type Explanation,
  explanationToJson,
  renderExplanation,
  renderWhoCan,
  type WhoCan,
  whoCanToJson,
} from '../../src/report/render-explain.ts';
import { renderFindings } from '../../src/report/render-findings.ts';
import { type LedgerReport, ledgerToJson, renderLedger } from '../../src/report/render-ledger.ts';
import { renderMarkdown } from '../../src/report/render-markdown.ts';
import { type ApplyReport, outcomesToJson, outcomesToMarkdown, renderOutcomes } from '../../src/report/render-outcomes.ts';
import { renderPlan } from '../../src/report/render-plan.ts';
import { blockedPlan, driftPlan, emptyPlan, firstPlan, vendorsPlan } from './example-plans.ts';
import { applyReport, doctorReport, explanation, ledgerReport, whoCan } from './example-reports.ts';

const PAYLOADS = [
  '\r\n::error file=x::owned',
  '::add-mask::x',
  '##[command]rm',
  '\u001b[2J\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
  '`</code> @acme/security | <script>alert(1)</script>',
  '\n\n| a | b |\n|---|---|\n# heading',
  '```\n</details>\n> [!NOTE]',
  'a\u202eb\u2066c\u200bd\ufeff\u00ad',
  '\u0000\u0007\u0085\u2028\u2029\u009b31m',
  '[link](https://evil.example) ![x](y) www.evil.example #1 &lt; \\',
  '',
  '   ',
];

/** Words that decide something and can only be the ones the types name. */
const FIXED = new Set(
  'format_version action status executor origin reason_code risk verdict mode guard budget tags outcome severity source_kind cause op interrupted answer credential probed'.split(
    ' ',
  ),
);

/** The same document with `payload` in every field that holds foreign text. */
function poison<T>(value: T, payload: string): T {
  const walk = (one: unknown, key: string): unknown => {
    if (typeof one === 'string') return FIXED.has(key) ? one : payload;
    if (Array.isArray(one)) return FIXED.has(key) ? one : one.map((each) => walk(each, key));
    if (one === null || typeof one !== 'object') return one;
    if (key === 'observation') return { ...(one as object), reason: payload, at: payload };
    return Object.fromEntries(Object.entries(one).map(([name, inner]) => [name, walk(inner, name)]));
  };
  return walk(value, '') as T;
}

const FINDINGS: readonly Finding[] = [
  { file: 'a.yaml', line: 1, column: 1, code: 'unknown-key', severity: 'error', message: 'x' },
  { file: 'b.yaml', line: 2, column: 1, code: 'no-end', severity: 'warning', message: 'y' },
];
const PLANS = [firstPlan, blockedPlan, driftPlan, emptyPlan, vendorsPlan];
const STYLE = createStyle(false, 100);

const DANGEROUS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b-\u200f\ufeff\u00ad]/u;

function expectHarmless(text: string): void {
  expect(text).not.toMatch(DANGEROUS);
  expect(text).not.toContain('##[');
  for (const line of text.split('\n')) expect(line.trimStart()).not.toMatch(/^::/);
}

function texts(payload: string): string[] {
  const report = poison<ApplyReport>(applyReport(), payload);
  const ledger = poison<LedgerReport>(ledgerReport(), payload);
  const why = poison<Explanation>(explanation(), payload);
  const who = poison<WhoCan>(whoCan(), payload);
  const findings = poison<readonly Finding[]>(FINDINGS, payload);
  return [
    ...PLANS.map((make) => renderPlan(poison<Plan>(make(), payload), STYLE)),
    renderOutcomes(report, STYLE),
    renderLedger(ledger, STYLE),
    renderExplanation(why, STYLE),
    renderWhoCan(who, STYLE),
    renderDoctor(poison<DoctorReport>(doctorReport(), payload), STYLE),
    renderFindings(findings, 'text', STYLE, 2),
  ];
}

function documents(payload: string): string[] {
  return [
    outcomesToJson(poison<ApplyReport>(applyReport(), payload)),
    ledgerToJson(poison<LedgerReport>(ledgerReport(), payload)),
    explanationToJson(poison<Explanation>(explanation(), payload)),
    doctorToJson(poison<DoctorReport>(doctorReport(), payload)),
    whoCanToJson(poison<WhoCan>(whoCan(), payload)),
    renderFindings(poison<readonly Finding[]>(FINDINGS, payload), 'json', STYLE, 2),
    renderFindings(poison<readonly Finding[]>(FINDINGS, payload), 'sarif', STYLE, 2),
  ];
}

function markdowns(payload: string): { readonly given: string; readonly plain: string }[] {
  return [
    ...PLANS.map((make) => ({
      given: renderMarkdown(poison<Plan>(make(), payload)),
      plain: renderMarkdown(poison<Plan>(make(), 'plain')),
    })),
    {
      given: outcomesToMarkdown(poison<ApplyReport>(applyReport(), payload)),
      plain: outcomesToMarkdown(poison<ApplyReport>(applyReport(), 'plain')),
    },
  ];
}

/** What is left of Markdown when its code is taken away: all of it has to be ours. */
function withoutCode(markdown: string): string {
  return markdown
    .replace(/^```diff\n[\s\S]*?\n```$/gm, 'FENCE')
    .replace(/<code>[^<]*<\/code>/g, 'CODE')
    .replace(/`[^`\n]+`/g, 'CODE');
}

function cells(markdown: string): number[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').length);
}

describe.each(PAYLOADS)('foreign text such as %j', (payload) => {
  test('does nothing to a terminal or a log', () => {
    for (const text of texts(payload)) expectHarmless(text);
  });

  test('stays what it is in a JSON document, and its characters are escaped', () => {
    for (const text of documents(payload)) {
      expectHarmless(text);
      expect(() => JSON.parse(text)).not.toThrow();
    }
    expect(JSON.parse(ledgerToJson(poison<LedgerReport>(ledgerReport(), payload))).entries[0].text).toBe(payload);
  });

  test('stays inside code spans in Markdown and breaks no table', () => {
    for (const { given, plain } of markdowns(payload)) {
      expectHarmless(given);
      expect(given.split('\n').length).toBe(plain.split('\n').length);
      expect(cells(given)).toEqual(cells(plain));
      const rest = withoutCode(given);
      expect(rest).not.toMatch(/<script|evil\.example|@acme|!\[x\]|\[link\]/);
      expect(rest.match(/^> \[!/gm)?.length ?? 0).toBeLessThanOrEqual(1);
    }
  });

  test('cannot end a workflow command or begin another', () => {
    const lines = renderFindings(poison<readonly Finding[]>(FINDINGS, payload), 'github', STYLE, 2).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).toMatch(/^::(error|warning) file=[^:,]*,line=\d+,col=\d+,title=[^:,]*::/);
      expect(line.split('::')).toHaveLength(3);
      expect(line).not.toMatch(DANGEROUS);
      expect(line).not.toContain('##[');
    }
  });
});

test('no text at all gets out of its place', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 120 }),
        fc.string({ unit: fc.constantFrom(':', '#', '[', '`', '|', '\n', '\u001b', 'a', ' ', '\\') }),
      ),
      (payload) => {
        for (const text of texts(payload)) expectHarmless(text);
        for (const { given, plain } of markdowns(payload)) expect(cells(given)).toEqual(cells(plain));
      },
    ),
    { numRuns: 40 },
  );
});
