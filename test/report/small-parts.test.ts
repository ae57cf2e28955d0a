import { expect, test } from 'vitest';
import { createStyle, decideColour } from '../../src/report/create-style.ts';
import { fitPath, fitText, wrapText } from '../../src/report/fit-text.ts';
import { renderExplanation } from '../../src/report/render-explain.ts';
import { renderFindings } from '../../src/report/render-findings.ts';
import { countsLine, outcomesToJson, renderOutcomes } from '../../src/report/render-outcomes.ts';
import { encodeSentence } from '../../src/text/encode-sentence.ts';
import { applyReport, explanation } from './example-reports.ts';

const STYLE = createStyle(false, 100);

test('colour is decided by NO_COLOR, then --no-color, then FORCE_COLOR, then the terminal', () => {
  const decide = (env: Record<string, string>, flagNoColor: boolean, isTerminal: boolean) => decideColour({ env, flagNoColor, isTerminal });
  expect(decide({ NO_COLOR: '1', FORCE_COLOR: '1' }, false, true)).toBe(false);
  expect(decide({ NO_COLOR: '' }, false, true)).toBe(true);
  expect(decide({ FORCE_COLOR: '1' }, true, true)).toBe(false);
  expect(decide({ FORCE_COLOR: '1' }, false, false)).toBe(true);
  expect(decide({ FORCE_COLOR: '0' }, false, true)).toBe(false);
  expect(decide({ TERM: 'dumb', CI: 'true' }, false, true)).toBe(true);
  expect(decide({}, false, false)).toBe(false);
});

test('without colour not one escape sequence is printed', () => {
  expect(renderOutcomes(applyReport(), STYLE)).not.toContain('\u001b');
});

test('a sentence keeps its punctuation and loses what a terminal or a runner would obey', () => {
  expect(encodeSentence('See https://portal.telnyx.com/#/app: "keys"; done?')).toBe('See https://portal.telnyx.com/#/app: "keys"; done?');
  expect(encodeSentence('a::b ##[group]\u001b\n')).toBe('a\\u{3a}:b \\u{23}\\u{23}[group]\\u{1b}\\u{a}');
  expect(encodeSentence('x'.repeat(5000))).toHaveLength(1201);
});

test('long text is cut at its end, a path at its front', () => {
  expect(fitText('granted (git)', 8)).toBe('granted…');
  expect(fitPath('policies/teams/voice.yaml:6', 18)).toBe('…/voice.yaml:6');
  expect(fitPath('policies/teams/voice.yaml:6', 8)).toBe('….yaml:6');
  expect(wrapText(`one ${'x'.repeat(25)} two`, 10)).toEqual(['one', 'xxxxxxxxxx', 'xxxxxxxxxx', 'xxxxx two']);
});

const FINDING = {
  file: 'policies/teams/voice.yaml',
  line: 6,
  column: 5,
  code: 'unknown-key',
  severity: 'error',
  message: 'unknown key "rol"',
} as const;

test('findings in JSON are exactly what the contract says', () => {
  expect(renderFindings([FINDING], 'json', STYLE, 1)).toBe(`${JSON.stringify({ findings: [FINDING] }, null, 2)}\n`);
  expect(renderFindings([], 'json', STYLE, 1)).toBe('{\n  "findings": []\n}\n');
});

test('findings in text have a place to click on, and end in a count', () => {
  expect(renderFindings([FINDING, { ...FINDING, severity: 'warning' }], 'text', STYLE, 14)).toBe(
    'policies/teams/voice.yaml:6:5 error unknown-key unknown key "rol"\npolicies/teams/voice.yaml:6:5 warning unknown-key unknown key "rol"\n1 error, 1 warning in 14 files\n',
  );
  expect(renderFindings([], 'text', STYLE, 1)).toBe('0 errors, 0 warnings in 1 file\n');
});

test('findings in SARIF name their rule and their place', () => {
  const log = JSON.parse(
    renderFindings([FINDING, { ...FINDING, file: 'a b/ü.yaml', code: 'a-code', message: '[x](y)' }], 'sarif', STYLE, 1),
  );
  const [run] = log.runs;
  expect(log.version).toBe('2.1.0');
  expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(['a-code', 'unknown-key']);
  expect(run.results[0]).toMatchObject({ ruleId: 'unknown-key', ruleIndex: 1, level: 'error' });
  expect(run.results[1].message.text).toBe('\\[x\\](y)');
  expect(run.results[1].locations[0].physicalLocation.artifactLocation.uri).toBe('a%20b/%C3%BC.yaml');
});

test('the counts of an apply always name every outcome', () => {
  expect(countsLine(applyReport())).toBe('Applied 2, already 1, failed 1, undecided 1, deferred 2, manual 1, withheld 1.');
  expect(JSON.parse(outcomesToJson(applyReport())).counts.deferred).toBe(2);
});

test('an interrupted apply says that the next run goes on', () => {
  expect(renderOutcomes({ ...applyReport(), interrupted: true }, STYLE)).toContain(
    'Interrupted. The ledger is closed; the next run goes on where this one stopped.',
  );
});

test('an undecided change is not called done, and a withheld one has a way out', () => {
  const text = renderOutcomes(applyReport(), STYLE);
  expect(text).toContain('may have happened; the next run reads before it does anything');
  expect(text).toContain('Way out: run `rollcall plan --out FILE`, have that plan approved, and apply it.');
});

test('grants that overlap are said with their places: which one to delete, or that any of them may go', () => {
  const [account] = explanation().accounts;
  if (!account) throw new Error('the example has an account');
  expect(renderExplanation(explanation(), STYLE)).toContain(
    'Grants overlap (policies/teams/on-call.yaml:9): deleting that one changes nothing.',
  );
  const grants = account.grants.map((grant) => ({ ...grant, superfluous: !grant.ended }));
  expect(renderExplanation({ ...explanation(), accounts: [{ ...account, grants }] }, STYLE).replaceAll(/\s+/g, ' ')).toContain(
    'Grants overlap (policies/teams/voice.yaml:6, policies/teams/on-call.yaml:9): deleting any one of these changes nothing.',
  );
});
