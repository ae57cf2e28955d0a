import { type Config, readConfig } from '../config.ts';
import { RollcallError } from '../errors.ts';
import type { Clock, World } from '../ports.ts';
import { createProgress, type Step } from '../report/create-progress.ts';
import { createStyle, decideColour, type Style } from '../report/create-style.ts';
import { wrapProse } from '../report/fit-text.ts';
import { visible } from '../text/encode.ts';

export type Format = 'text' | 'json' | 'markdown' | 'github' | 'sarif';

/** Where the ledger is when nobody says otherwise. */
export const DEFAULT_LEDGER = '.rollcall/ledger.jsonl';

/** The flags every command understands, as the command line gave them. */
export interface GlobalFlags {
  readonly policies: string;
  readonly account: readonly string[];
  readonly format: Format;
  readonly out: string | null;
  readonly quiet: boolean;
  readonly colour: boolean;
  readonly ledger: string;
  readonly debug: boolean;
}

/** What a command works with: the world, the flags, the settings, and the two ways to say something. */
export interface Run {
  readonly world: World;
  readonly flags: GlobalFlags;
  readonly config: Config;
  readonly clock: Clock;
  readonly style: Style;
  /** A result: to stdout. */
  print(text: string): void;
  /** What a person should know beside the result: to stderr, unless --quiet. */
  log(text: string): void;
  /** Where the work stands, on a terminal; null when it is over. */
  progress(step: Step | string | null): void;
  /** Sentences as wide as the terminal; in a log or a pipe every one stays on its line. */
  wrap(text: string): string;
  /** A result that --out sends to a file instead. */
  deliver(text: string): Promise<void>;
}

export function createRun(outer: World, flags: GlobalFlags): Run {
  refuseWrongPlace(outer, flags);
  const { show: progress, beside } = createProgress(outer.stderr, outer.clock, isWatched(outer, flags));
  const world = { ...outer, stdout: beside(outer.stdout), stderr: beside(outer.stderr) };
  const config = readConfig(world.env);
  const colour = decideColour({ env: world.env, flagNoColor: !flags.colour, isTerminal: world.stdout.isTerminal });
  const print = (text: string) => world.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  const log = (text: string) => {
    if (!flags.quiet) world.stderr.write(text.endsWith('\n') ? text : `${text}\n`);
  };
  return {
    world,
    flags,
    config,
    clock: config.nowMs === null ? world.clock : startClockAt(config.nowMs, world.clock),
    style: createStyle(colour && flags.format === 'text', world.stdout.columns),
    print,
    log,
    progress,
    wrap: (text) => (world.stdout.isTerminal ? wrapProse(text, world.stdout.columns) : text),
    deliver: async (text) => {
      if (flags.out === null) return print(text);
      await world.files.writeText(flags.out, text.endsWith('\n') ? text : `${text}\n`);
    },
  };
}

/** Whether somebody sits there who would see a line move: a log, a file and a pipe would keep every one of them. */
function isWatched({ env, stderr }: World, { quiet }: GlobalFlags): boolean {
  return stderr.isTerminal && !quiet && !env['CI'] && env['TERM'] !== 'dumb';
}

/** A result has a place of its own, and never replaces what rollcall stands on. */
function refuseWrongPlace({ files }: World, { out, ledger, policies }: GlobalFlags): void {
  if (out === null) return;
  if (out.trim() === '')
    throw new RollcallError('usage', '--out needs the name of a file, for import of a folder; it was given an empty one');
  const place = files.resolve(out);
  const kept = files.resolve(ledger);
  const folder = files.resolve(policies);
  if (place === kept || place === `${kept}.lock`) throw new RollcallError('outIsKept', visible(out, 200), 'it is the ledger');
  if (place === folder || place.startsWith(`${folder}/`))
    throw new RollcallError('outIsKept', visible(out, 200), 'it is among the policies');
}

/** A clock that stands where it was set and moves only by what is waited for, so that the same run gives the same bytes. */
function startClockAt(nowMs: number, real: Clock): Clock {
  let waitedMs = 0;
  return {
    now: () => nowMs + waitedMs,
    sleep: async (ms, signal) => {
      await real.sleep(ms, signal);
      waitedMs += ms;
    },
  };
}
