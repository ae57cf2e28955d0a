import { describe, expect, test } from 'vitest';
import type { Ci } from '../../src/commands/ci/open-ci.ts';
import { type Speech, speak } from '../../src/commands/ci/speak.ts';
import type { NewCheck } from '../../src/github/github.ts';
import type { CommentContent, Pull, PullView } from '../../src/pull.ts';
import { fullView, invalidContent, unplannedContent, vendorsView } from '../report/comment/example-views.ts';
import { faultsOfText } from './check-text.ts';
import { PAYLOADS, PLAIN } from './payloads.ts';
import { readMarkdown } from './read-markdown.ts';
import { swapTexts } from './swap-texts.ts';

interface Said {
  readonly check: NewCheck;
  readonly comment: string;
  readonly summary: string;
  readonly outputs: string;
  readonly printed: string;
}

const OURS = new Set(
  'kind mode action status executor origin reason_code risk verdict guard budget tags severity cause op path url runUrl id digest head mergeBase baseTip commits commit touched own takenIn why state code'.split(
    ' ',
  ),
);
const CONTENTS: readonly CommentContent[] = [
  { kind: 'plan', view: fullView() },
  { kind: 'plan', view: vendorsView() },
  invalidContent(5),
  unplannedContent(),
];

/** Everything that is said of one pull request, with every text of others swapped. */
async function say(content: CommentContent, payload: string): Promise<Said> {
  const hostile = swapTexts(content, OURS, () => payload);
  const said = { comment: '', summary: '', outputs: '', printed: '' };
  const checks: NewCheck[] = [];
  const ci = {
    run: {
      world: {
        files: {
          writeText: async (path: string, text: string) => {
            if (path === 'outputs') said.outputs = text;
          },
        },
      },
      flags: { format: 'text' },
      clock: { now: () => 0 },
      print: (text: string) => {
        said.printed += text;
      },
      log: (text: string) => {
        said.printed += `${text}\n`;
      },
    },
    config: { temp: '/tmp', outputFile: 'outputs', summaryFile: 'summary' },
    repositoryId: '4711',
    runUrl: null,
    summarise: async (markdown: string) => {
      said.summary += markdown;
    },
    github: {
      speech: {
        publishCheck: async (made: NewCheck) => {
          checks.push(made);
        },
        say: async (_number: number, _marker: string, body: string) => {
          said.comment = body;
          return 'made' as const;
        },
      },
    },
  } as unknown as Ci;
  const planned: PullView | null = hostile.kind === 'plan' ? hostile.view : null;
  const pull = { number: 42, title: payload, author: payload, branch: payload, head: '1f'.repeat(20), fork: false } as unknown as Pull;
  await speak(ci, { pull, commit: '1f'.repeat(20), content: hostile, planned, conclusion: 'failure', exit: 4 } as Speech);
  const [check] = checks;
  if (check === undefined) throw new Error('there was no check run');
  return { check, ...said };
}

const shapeOf = ({ check, comment, summary }: Said) => [check.summary, comment, summary].map((text) => readMarkdown(text).blocks);

describe.each(Object.entries(PAYLOADS).filter(([, { length }]) => length < 5_000))('%s', (_name, payload) => {
  test('stays in its place in a comment, a check run, a summary, an annotation and the outputs of a step', async () => {
    for (const content of CONTENTS) {
      const said = await say(content, payload);
      const plain = await say(content, PLAIN);
      const pages = [said.check.summary, said.comment, said.summary];
      expect(pages.flatMap((page) => readMarkdown(page).faults)).toEqual([]);
      if (payload.trim() !== '') expect(shapeOf(said)).toEqual(shapeOf(plain));
      const { title, annotations, text } = said.check;
      expect(annotations).toHaveLength(plain.check.annotations.length);
      for (const one of [title, ...annotations.flatMap((each) => [each.message, each.title])]) expect(one).not.toContain('\n');
      expect([title, ...annotations.map(({ message }) => message), text, said.printed].flatMap((one) => faultsOfText(one))).toEqual([]);
      expect(said.outputs.replace(/^verdict=.*$/m, '')).toBe(plain.outputs.replace(/^verdict=.*$/m, ''));
      expect(said.outputs.split('\n').map((line) => line.split('=')[0])).toEqual([
        'verdict',
        'digest',
        'changes',
        'exit_code',
        'plan_file',
        '',
      ]);
    }
  });
});
