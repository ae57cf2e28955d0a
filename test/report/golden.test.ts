import { expect, test } from 'vitest';
import type { Plan } from '../../src/model.ts';
import { createStyle } from '../../src/report/create-style.ts';
import { doctorToJson, renderDoctor } from '../../src/report/render-doctor.ts';
import { explanationToJson, renderExplanation, renderWhoCan, whoCanToJson } from '../../src/report/render-explain.ts';
import { ledgerToJson, renderLedger } from '../../src/report/render-ledger.ts';
import { renderMarkdown } from '../../src/report/render-markdown.ts';
import { outcomesToJson, outcomesToMarkdown, renderOutcomes } from '../../src/report/render-outcomes.ts';
import { renderPlan } from '../../src/report/render-plan.ts';
import { blockedPlan, driftPlan, emptyPlan, firstPlan, vendorsPlan } from './example-plans.ts';
import { applyReport, doctorReport, explanation, ledgerReport, whoCan } from './example-reports.ts';

const STYLE = createStyle(false, 120);
const PLANS: Record<string, () => Plan> = {
  'first-plan': firstPlan,
  'blocked-plan': blockedPlan,
  'empty-plan': emptyPlan,
  'drift-plan': driftPlan,
  'vendors-plan': vendorsPlan,
};

for (const [name, make] of Object.entries(PLANS)) {
  test(`the ${name.replace('-', ' ')} reads as agreed, on a terminal and on GitHub`, async () => {
    await expect(renderPlan(make(), STYLE)).toMatchFileSnapshot(`golden/${name}.txt`);
    await expect(renderMarkdown(make())).toMatchFileSnapshot(`golden/${name}.md`);
  });
}

test('on a wide terminal each change takes one line', async () => {
  await expect(renderPlan(firstPlan(), createStyle(false, 160))).toMatchFileSnapshot('golden/first-plan-wide.txt');
});

test('an apply report reads as agreed, as text, Markdown and JSON', async () => {
  await expect(renderOutcomes(applyReport(), STYLE)).toMatchFileSnapshot('golden/apply-report.txt');
  await expect(outcomesToMarkdown(applyReport())).toMatchFileSnapshot('golden/apply-report.md');
  await expect(outcomesToJson(applyReport())).toMatchFileSnapshot('golden/apply-report.json');
});

test('the ledger and an explanation read as agreed', async () => {
  await expect(renderLedger(ledgerReport(), STYLE)).toMatchFileSnapshot('golden/ledger.txt');
  await expect(renderExplanation(explanation(), STYLE)).toMatchFileSnapshot('golden/explanation.txt');
  await expect(renderWhoCan(whoCan(), STYLE)).toMatchFileSnapshot('golden/who-can.txt');
  await expect(ledgerToJson(ledgerReport())).toMatchFileSnapshot('golden/ledger.json');
  await expect(explanationToJson(explanation()) + whoCanToJson(whoCan())).toMatchFileSnapshot('golden/explanation.json.txt');
});

test('a person is one table over all accounts, also where the terminal has room for one line a row', async () => {
  await expect(renderExplanation(explanation(), createStyle(false, 180))).toMatchFileSnapshot('golden/explanation-wide.txt');
});

test('what the doctor found reads as agreed', async () => {
  await expect(renderDoctor(doctorReport(), STYLE)).toMatchFileSnapshot('golden/doctor.txt');
  await expect(renderDoctor(doctorReport(), createStyle(false, 40))).toMatchFileSnapshot('golden/doctor-narrow.txt');
  await expect(doctorToJson(doctorReport())).toMatchFileSnapshot('golden/doctor.json');
});
