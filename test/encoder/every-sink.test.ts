import { describe, expect, test } from 'vitest';
import { faultsOfText } from './check-text.ts';
import { PAYLOADS, PLAIN } from './payloads.ts';
import { readMarkdown } from './read-markdown.ts';
import { SINKS, type Sink } from './sinks.ts';
import type { Swap } from './swap-texts.ts';

/**
 * Fields whose sentences are ours and become prose, and names that stand in such a sentence: the plain words of one that somebody else had
 * written would stand outside of code.
 */
const PROSE =
  /(?:^|\.)(?:message|why|answer|refused|meaning|notes|note|steps|left|keysLeftBehind|unknown|text|approvers|offboarding\.principal)$|^account$/;
/** Such a sentence. */
const SENTENCE = 'ordinary';
const LONG = 5_000;
/** Much of it at once, for one field after the other. */
const COMBINED = '\r::error::x\n##[add-mask]a\u001b[31m\u202e|`` <img src=x> @acme/security #1 ![x](https://evil.example) -->';

const MARKDOWN = SINKS.filter(({ kind, isCut }) => kind === 'markdown' && !isCut).map((sink) => ({
  ...sink,
  plain: readMarkdown(sink.write(() => PLAIN)),
  plainFacts: readMarkdown(sink.write(fillFacts(PLAIN))),
}));

function faultsOf(sink: Sink, swap: Swap): string[] {
  const text = sink.write(swap);
  const isJson = sink.kind === 'json';
  return [
    ...new Set([
      ...(sink.kind === 'markdown' ? readMarkdown(text).faults : []),
      ...faultsOfText(text, { isJson, commands: sink.commands }),
    ]),
  ];
}

/** The payload in every field; one that is so long that a page of nothing else would take a minute, once. */
function fill(payload: string): Swap {
  let isPlaced = false;
  return () => {
    if (isPlaced && payload.length > LONG) return PLAIN;
    isPlaced = true;
    return payload;
  };
}

/** The same, but for the sentences of ours: none of them is empty, and the words of others stay words. */
function fillFacts(payload: string): Swap {
  return (_text, field) => (PROSE.test(field) ? SENTENCE : payload);
}

describe.each(Object.entries(PAYLOADS))('%s', (_name, payload) => {
  test('does no harm to a terminal, a log, a document or a page', () => {
    const faults = SINKS.flatMap((sink) => faultsOf(sink, fill(payload)).map((fault) => `${sink.name}: ${fault}`));
    expect(faults).toEqual([]);
  });
});

// A label that is empty is left out, with its colon.
describe.each(Object.entries(PAYLOADS).filter(([, { length }]) => length > 0 && length <= LONG))('%s', (_name, payload) => {
  test('leaves every block, row and cell of a page where it is', () => {
    // A sentence is never empty, and one that somebody else wrote is one.
    const swap = payload.trim() === '' ? fillFacts(payload) : () => payload;
    for (const { name, write, plain } of MARKDOWN) expect(readMarkdown(write(swap)).blocks, name).toEqual(plain.blocks);
  });

  test('changes no word of a page outside of code', () => {
    for (const { name, write, plainFacts } of MARKDOWN) {
      expect(readMarkdown(write(fillFacts(payload))).words, name).toEqual(plainFacts.words);
    }
  });
});

test('no field of any place lets through what the others hold back', () => {
  const faults = SINKS.flatMap((sink) =>
    sink.fields.flatMap((field) =>
      faultsOf(sink, (text, here) => (here === field ? COMBINED : text)).map((fault) => `${sink.name}, ${field}: ${fault}`),
    ),
  );
  expect(faults).toEqual([]);
});

test('a document of JSON says what was there, whatever it was', () => {
  const hostile = Object.values(PAYLOADS).filter((payload) => payload.length < LONG);
  for (const payload of hostile) {
    for (const sink of SINKS.filter(({ kind, by }) => kind === 'json' && by !== 'renderFindings')) {
      const said = JSON.parse(sink.write(() => payload));
      expect(JSON.stringify(said), sink.name).toContain(JSON.stringify(payload));
    }
  }
});
