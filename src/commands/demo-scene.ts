import { EXIT, EXIT_MEANINGS, type ExitCode } from '../errors.ts';
import type { World } from '../ports.ts';
import { wrapText } from '../report/fit-text.ts';
import type { Run } from './run-context.ts';

export type RunCli = (argv: readonly string[], world: World) => Promise<ExitCode>;

/** Lines that say nothing new: from one that matches up to, not including, the next that matches the other, or to the end. */
export type Cut = readonly [from: RegExp, until: RegExp];

export const TO_THE_END = /(?!)/;

export interface Scene {
  readonly why: string;
  readonly argv: readonly string[];
  readonly expected: ExitCode;
  readonly cuts?: readonly Cut[];
}

/** Who tells the story, and with which command line. */
export interface Teller {
  readonly outer: Run;
  readonly runCli: RunCli;
}

/** One command of the story, as a user would type it, with the code it ends on. Another code than the story's is a defect. */
export async function playScene({ outer, runCli }: Teller, world: World, { why, argv, expected, cuts = [] }: Scene): Promise<void> {
  const { style } = outer;
  outer.print(`\n${wrapText(why, style.columns).map(style.bold).join('\n')}`);
  outer.print(`${style.cyan('$')} rollcall ${argv.join(' ')}`);
  // In a repository on GitHub the policies are where everybody has them, wherever the demo found its own.
  const policies = argv[0] === 'ci' ? 'policies' : outer.flags.policies;
  const written: string[] = [];
  const stdout = { ...world.stdout, write: (text: string) => void written.push(text) };
  const exit = await runCli([...argv, '--quiet', '--policies', policies, ...(outer.flags.colour ? [] : ['--no-color'])], {
    ...world,
    stdout,
  });
  outer.print(cutText(written.join(''), cuts, style.dim('  […]')));
  // What the words in brackets say of other commands is none of this scene.
  outer.print(style.dim(exit === EXIT.ok ? 'exit 0' : `exit ${exit}: ${EXIT_MEANINGS[exit].replace(/ \(.*\)$/, '')}`));
  if (exit !== expected) throw new Error(`the demo expected exit ${expected} from rollcall ${argv.join(' ')}, and got ${exit}`);
}

/** What happens between two commands. */
export function say(run: Run, text: string): void {
  const lines = wrapText(text, run.style.columns - 2).map((line) => `${run.style.dim('#')} ${line}`);
  run.print(`\n${lines.join('\n')}`);
}

/** A text that stands inside the story, such as a file or a comment. */
export function indent(text: string): string {
  return text.trimEnd().replaceAll(/^(?=.)/gm, '    ');
}

function cutText(text: string, cuts: readonly Cut[], mark: string): string {
  const kept: string[] = [];
  let cut: Cut | undefined;
  for (const line of text.split('\n')) {
    const plain = line.replaceAll(/\u001b\[\d+m/g, '');
    if (cut?.[1].test(plain) === false) continue;
    cut = cuts.find(([from]) => from.test(plain));
    if (cut !== undefined && kept.at(-1) === '') kept.pop();
    kept.push(cut === undefined ? line : mark);
  }
  return kept.join('\n');
}
