import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { createStyle } from '../../src/report/create-style.ts';
import { textWidth } from '../../src/report/fit-text.ts';
import { renderDoctor } from '../../src/report/render-doctor.ts';
import { renderExplanation, renderWhoCan } from '../../src/report/render-explain.ts';
import { renderLedger } from '../../src/report/render-ledger.ts';
import { renderOutcomes } from '../../src/report/render-outcomes.ts';
import { renderPlan } from '../../src/report/render-plan.ts';
import { account, change, plan } from './build-plan.ts';
import { blockedPlan, driftPlan, emptyPlan, firstPlan, vendorsPlan } from './example-plans.ts';
import { applyReport, doctorReport, explanation, ledgerReport, whoCan } from './example-reports.ts';

const LONG = `${'very.long.'.repeat(12)}name@acme.example`;
/** The last line of counts is for scripts too, and never wrapped. */
const COUNTS = /^(Plan|Drift|Applied).*\.$/;

/** Lines that are too long although they could have been broken: an e-mail or an address alone may be as long as it is. */
function tooLong(text: string, columns: number): string[] {
  return text.split('\n').filter((line) => {
    if (stringWidth(line) <= columns || COUNTS.test(line)) return false;
    const words = line.trim().split(/ +/);
    return !words.some((word) => /@|:\/\//.test(word) && stringWidth(word) > columns - 20);
  });
}

describe.each([60, 100, 200])('on a terminal of %i columns', (columns) => {
  const style = createStyle(false, columns);

  test('no line of any report is longer than the terminal', () => {
    const long = plan({
      changes: [
        change({ action: 'invite', principal: LONG }),
        change({ action: 'patch', principal: 'ada@acme.example', before: null, tags: ['privilege_gained'] }),
      ],
    });
    const texts = [
      ...[firstPlan(), blockedPlan(), emptyPlan(), driftPlan(), vendorsPlan(), long].map((one) => renderPlan(one, style)),
      renderOutcomes(applyReport(), style),
      renderLedger(ledgerReport(), style),
      renderExplanation(explanation(), style),
      renderWhoCan(whoCan(), style),
      renderDoctor(doctorReport(), style),
    ];
    for (const text of texts) expect(tooLong(text, columns)).toEqual([]);
  });

  test('a principal and what is risky about it are never shortened', () => {
    const text = renderPlan(plan({ changes: [change({ action: 'patch', principal: LONG, tags: ['privilege_gained'] })] }), style);
    expect(text).toContain(LONG);
    expect(text).toContain('gains privilege');
  });

  test('columns stay in line, also with wide letters', () => {
    const roles = (name: string) => ({ status: 'active', name, roles: [name], groups: [] }) as const;
    const changes = [
      change({ action: 'patch', principal: 'ada@acme.example', before: roles('会員'), source: null }),
      change({ action: 'patch', principal: 'bo@acme.example', before: roles('x'), source: null }),
    ];
    const rows = renderPlan(plan({ changes, accounts: [account()] }), style)
      .split('\n')
      .filter((line) => line.includes('role differs'));
    expect(new Set(rows.map((row) => stringWidth(row.slice(0, row.indexOf('role differs'))))).size).toBe(1);
  });
});

test('ten thousand changes are one line each and none is missing', () => {
  const changes = Array.from({ length: 10_000 }, (_, at) => change({ action: 'invite', principal: `person${at}@acme.example` }));
  const lines = renderPlan(plan({ changes }), createStyle(false, 120)).split('\n');
  expect(lines.filter((line) => line.startsWith('  + invite  person'))).toHaveLength(10_000);
  expect(lines).toContain('Plan: 10,000 to invite, 0 to patch, 0 to delete, 0 by hand; 0 waiting; 0 unmanaged left alone.');
});

test('a text is as wide as a terminal shows it, whichever letter stands in it', () => {
  const letters = Array.from({ length: 0x3000 }, (_, code) => String.fromCodePoint(code));
  const texts = letters.flatMap((letter) => [letter, `é${letter}→`]);
  expect(texts.filter((text) => textWidth(text) !== stringWidth(text))).toEqual([]);
});
