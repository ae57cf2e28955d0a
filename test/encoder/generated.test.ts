import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change, Finding } from '../../src/model.ts';
import { renderComment } from '../../src/report/comment/render-comment.ts';
import { createStyle } from '../../src/report/create-style.ts';
import { composeIssue } from '../../src/report/issue/compose-issue.ts';
import { renderFindings } from '../../src/report/render-findings.ts';
import { renderMarkdown } from '../../src/report/render-markdown.ts';
import { type ApplyReport, outcomesToMarkdown, renderOutcomes } from '../../src/report/render-outcomes.ts';
import { renderPlan } from '../../src/report/render-plan.ts';
import { showMarkdown } from '../../src/report/show-markdown.ts';
import { visible } from '../../src/text/encode.ts';
import { encodePath, encodePrincipal, encodeSentence } from '../../src/text/encode-sentence.ts';
import { access, account, change, plan } from '../report/build-plan.ts';
import { view } from '../report/comment/example-views.ts';
import { raised, watch } from '../report/issue/example-watches.ts';
import { faultsOfText } from './check-text.ts';
import { hostileText } from './hostile-text.ts';
import { parseRunnerCommands } from './parse-runner-commands.ts';
import { readMarkdown } from './read-markdown.ts';

/** So many texts stand in one document, one a row, and so many documents are made: 20,000 texts each, in every place. */
const ROWS = 200;
const RUNS = { numRuns: 100, endOnFailure: true };
/** A terminal's columns are measured character by character, which takes its time. */
const FEW_RUNS = { numRuns: 15, endOnFailure: true };
const STYLE = createStyle(false, 400);
const HARMLESS = Array.from({ length: ROWS }, (_, at) => `person-${at}`);

function changesOf(texts: readonly string[]): Change[] {
  return texts.map((text, at) => ({
    ...change({ action: 'patch', principal: `${at}` }),
    principal: text,
    before: access(text, { name: text }),
    after: access('member', { name: text, groups: [text] }),
    source: { file: text, line: 6, column: 5 },
  }));
}

function applyOf(texts: readonly string[]): ApplyReport {
  const results = changesOf(texts).map((one) => ({
    change: one,
    outcome: 'failed' as const,
    message: `Telnyx refused it: ${one.principal}`,
    not_before: null,
  }));
  return {
    results,
    accounts: [{ account: 'a', status: 'incomplete', message: texts[0] ?? '' }],
    warnings: texts.slice(0, 5),
    remaining: null,
    interrupted: false,
  };
}

function findingsOf(texts: readonly string[]): Finding[] {
  return texts.map((text) => ({ file: text, line: 1, column: 1, code: text, severity: 'error', message: `unknown key ${text}` }));
}

const planOf = (texts: readonly string[]) => plan({ changes: changesOf(texts), accounts: [account()] });

const PAGES: Readonly<Record<string, (texts: readonly string[]) => string>> = {
  'a plan': (texts) => renderMarkdown(planOf(texts)),
  'a comment': (texts) => renderComment({ kind: 'plan', view: viewOf(texts) }, Number.POSITIVE_INFINITY),
  'an apply': (texts) => outcomesToMarkdown(applyOf(texts)),
  'an issue': (texts) =>
    composeIssue(
      watch({ drift: changesOf(texts).map((one, at) => raised({ answer: 'x', likely: { actor: texts[at] ?? '', at: '' } }, one)) }),
      2_000_000,
    ).bodyWith(null),
};

/** Each row with the reason of its grant. */
function viewOf(texts: readonly string[]) {
  const made = view({ plan: planOf(texts) });
  const spots = [...made.spots].map(([id, spot], at) => [id, { ...spot, reason: texts[at] ?? '' }] as const);
  return { ...made, spots: new Map(spots) };
}

const LOGS: Readonly<Record<string, (texts: readonly string[]) => string>> = {
  'a plan': (texts) => renderPlan(planOf(texts), STYLE),
  'an apply': (texts) => renderOutcomes(applyOf(texts), STYLE),
  findings: (texts) => renderFindings(findingsOf(texts), 'text', STYLE, 2),
  'a comment': (texts) => showMarkdown(PAGES['an apply']?.(texts) ?? '', STYLE),
};

const ENCODERS = { 'as a name': visible, 'as an address': encodePrincipal, 'as a sentence': encodeSentence, 'as a path': encodePath };

const batches = fc.array(hostileText(), { minLength: ROWS, maxLength: ROWS });

describe('of 20,000 texts that somebody may be called', () => {
  test.each(Object.entries(PAGES))('none changes a row, a cell or a word outside of code in %s on GitHub', (_name, write) => {
    const harmless = readMarkdown(write(HARMLESS));
    expect(harmless.blocks.filter((block) => block.startsWith('row')).length).toBeGreaterThanOrEqual(ROWS);
    fc.assert(
      fc.property(batches, (texts) => {
        const page = readMarkdown(write(texts));
        expect(page.faults).toEqual([]);
        expect(page.words).toEqual(harmless.words);
      }),
      RUNS,
    );
  });

  test.each(Object.entries(ENCODERS))('none is obeyed by a terminal or a runner at the start of a line, %s', (_name, encode) => {
    fc.assert(
      fc.property(batches, (texts) => {
        const printed = texts.map((text) => `${encode(text)}\n`).join('');
        expect(faultsOfText(printed)).toEqual([]);
        expect(printed.split('\n')).toHaveLength(ROWS + 1);
      }),
      RUNS,
    );
  });

  test('none ends a workflow command of ours or begins another', () => {
    fc.assert(
      fc.property(batches, (texts) => {
        const printed = renderFindings(findingsOf(texts), 'github', STYLE, 2);
        const commands = parseRunnerCommands(printed);
        expect(commands.map(({ name }) => name)).toEqual(texts.map(() => 'error'));
        expect(commands.map(({ properties }) => properties['title'] ?? '')).toEqual(texts.map((text) => visible(text).trimEnd()));
        expect(commands.map(({ data }) => data)).toEqual(texts.map((text) => encodeSentence(`unknown key ${text}`)));
      }),
      RUNS,
    );
  });
});

describe('of 3,000 texts', () => {
  test.each(Object.entries(LOGS))('none is obeyed by a terminal or a runner in %s', (_name, write) => {
    fc.assert(
      fc.property(batches, (texts) => {
        expect(faultsOfText(write(texts))).toEqual([]);
      }),
      FEW_RUNS,
    );
  });
});
