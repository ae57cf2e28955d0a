import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SINKS } from './sinks.ts';

const SRC = new URL('../../src/', import.meta.url).pathname;

/** What is imported from report/ and writes nothing that somebody else said, or only a part of what a sink writes. */
const NO_SINK: Readonly<Record<string, string>> = {
  SHELLS: 'words of ours',
  countKeys: 'a number',
  countWords: 'a number',
  createProgress: 'says what has passed the encoder, as its callers show',
  createStyle: 'colours',
  decideColour: 'yes or no',
  describeAge: 'a number',
  describeChange: 'a part of every plan',
  describeGroups: 'a part of an explanation',
  describeHolding: 'a part of every plan',
  describeJudgement: 'words of ours',
  describeReach: 'a part of an explanation',
  describeReason: 'words of ours',
  encodeProse: 'the encoder itself, whose laws have a test',
  fitsReview: 'yes or no',
  formatInstant: 'an instant, or that it is none',
  isBlind: 'yes or no',
  judgeDrift: 'words of ours',
  leavesBehind: 'yes or no',
  listCapabilities: 'a part of the doctor',
  listSome: 'joins what has passed the encoder',
  mergeSteps: 'a part of every plan',
  nameAccount: 'a part of every plan',
  readLedgerPlace: 'reads',
  renderCompletion: 'words of ours',
  renderExamples: 'words of ours',
  renderExitCodes: 'words of ours',
  renderHelpItem: 'words of ours',
  unsupervisedLine: 'a part of every plan',
  wrapAfter: 'wraps what has passed the encoder',
  wrapProse: 'wraps what has passed the encoder',
  wrapText: 'wraps what has passed the encoder',
};
/** Functions of commands/ that make text. */
const MAKES_TEXT = /^export function ((?:render|describe|say|compose)\w*|\w+To(?:Json|Text|Markdown|Html|Csv))\(/gm;
/** Of those the ones that no sink has. */
const NO_COMMAND_SINK: Readonly<Record<string, string>> = {
  describeObserved: 'names of accounts, and numbers',
  describeUnapproved: 'becomes a note of an issue, and of the log through the encoder',
  say: 'words of the demo',
};

function filesIn(folder: string): string[] {
  return readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
    .map((file) => join(folder, file));
}

/** What files outside of report/ import from it, but for types. */
function importedFromReport(): Set<string> {
  const names = new Set<string>();
  for (const file of filesIn('').filter((one) => !one.startsWith('report/'))) {
    const text = readFileSync(join(SRC, file), 'utf8');
    for (const [, list = ''] of text.matchAll(/^import \{([^}]*)\} from '[./]+\/report\/[^']+';$/gms)) {
      for (const name of list.split(',').map((one) => one.trim())) if (name !== '' && !name.startsWith('type ')) names.add(name);
    }
  }
  return names;
}

function madeByCommands(): string[] {
  return filesIn('commands').flatMap((file) =>
    [...readFileSync(join(SRC, file), 'utf8').matchAll(MAKES_TEXT)].map(([, name = '']) => name),
  );
}

const WRITERS = new Set(SINKS.map(({ by }) => by));

test('every function by which commands make text of a plan, a ledger or a person is tried with every hostile text', () => {
  const imported = importedFromReport();
  expect(imported.size).toBeGreaterThan(40);
  expect([...imported].filter((name) => !WRITERS.has(name) && !(name in NO_SINK)).toSorted()).toEqual([]);
});

test('and so is every one that commands have themselves', () => {
  const made = madeByCommands();
  expect(made.length).toBeGreaterThan(5);
  expect(made.filter((name) => !WRITERS.has(name) && !(name in NO_COMMAND_SINK)).toSorted()).toEqual([]);
});

test('nothing is excused that is not there', () => {
  const [imported, made] = [importedFromReport(), new Set(madeByCommands())];
  expect(Object.keys(NO_SINK).filter((name) => !imported.has(name))).toEqual([]);
  expect(Object.keys(NO_COMMAND_SINK).filter((name) => !made.has(name))).toEqual([]);
});

test('every place has a field for somebody else to write in', () => {
  expect(SINKS.filter(({ fields }) => fields.length === 0).map(({ name }) => name)).toEqual([]);
  expect(SINKS.length).toBeGreaterThan(100);
});
