import { test } from 'vitest';
import { createStyle } from '../../src/report/create-style.ts';
import { renderMarkdown } from '../../src/report/render-markdown.ts';
import { renderPlan } from '../../src/report/render-plan.ts';
import { blockedPlan, driftPlan, emptyPlan, firstPlan } from './example-plans.ts';
test('look', () => {
  for (const w of [140, 100, 60]) process.stdout.write(`#### ${w}\n${renderPlan(firstPlan(), createStyle(false, w))}`);
  for (const p of [blockedPlan(), emptyPlan(), driftPlan()]) process.stdout.write(`####\n${renderPlan(p, createStyle(false, 120))}`);
  process.stdout.write(renderMarkdown(firstPlan()));
  process.stdout.write(renderMarkdown(blockedPlan()));
});
